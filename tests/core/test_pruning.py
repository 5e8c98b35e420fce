from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa

from denshi_hosho.core import pruning
from denshi_hosho.core.pruning import prune
from denshi_hosho.core.tables import ended_session, idempotency, session, throttle, webhook_delivery
from tests.core.telling import hook
from tests.core.world import NOW, World, grown

pytestmark = pytest.mark.anyio
KEEP = timedelta(days=30)
SECOND = timedelta(seconds=1)


async def remember(world: World, key: str, at: datetime) -> None:
    row = {
        "account_id": world.contractor.account_id,
        "key": key,
        "operation": "apply",
        "digest": "d" * 64,
        "created_at": at,
    }
    await world.execute(sa.insert(idempotency).values(row))


async def begin(world: World, token: str, family: str, expires: datetime) -> None:
    row = {"account_id": world.contractor.account_id, "refresh_hash": token, "family": family, "created_at": NOW,
           "expires_at": expires}  # fmt: skip
    await world.execute(sa.insert(session).values(row))


async def deliver(world: World) -> None:
    """Five deliveries: two taken and one parked long ago; one taken lately, and one that waits."""
    made = await hook(world, world.contractor)
    row = {"webhook_id": made, "body": "{}", "due_at": NOW - 2 * KEEP, "created_at": NOW - 2 * KEEP}
    old, young = NOW - KEEP, NOW - KEEP + SECOND
    for index, values in enumerate(({"delivered_at": old}, {"delivered_at": old}, {"parked_at": old},
                                    {"delivered_at": young}, {})):  # fmt: skip
        await world.execute(sa.insert(webhook_delivery).values(row | values | {"entry_index": index}))


async def test_what_helps_no_more_goes_and_all_else_stays(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pruning, "BATCH", 2)
    await world.concluded()
    for number in range(5):
        await remember(world, f"old {number}", NOW - KEEP)
    await remember(world, "young", NOW - KEEP + SECOND)
    await begin(world, "dead 1", "dead", NOW - KEEP - SECOND)
    await begin(world, "dead 2", "dead", NOW - KEEP)
    await begin(world, "first of a living chain", "living", NOW - 2 * KEEP)
    await begin(world, "last of a living chain", "living", NOW - KEEP + SECOND)
    for family, ended in (("long ago", NOW - timedelta(minutes=30)), ("now", NOW - timedelta(minutes=15))):
        await world.execute(sa.insert(ended_session).values(family=family, ended_at=ended))
    for name, free in (("free", NOW), ("held", NOW + SECOND)):
        await world.execute(sa.insert(throttle).values(name=name, free_at=free))
    await deliver(world)
    before = await world.rows()
    counts = {"idempotency": 5, "session": 2, "ended_session": 1, "throttle": 1, "webhook_delivery": 3}
    assert await prune(world.database, NOW, KEEP) == counts
    assert grown(before, await world.rows()) == {table: -count for table, count in counts.items()}
    assert [row.key for row in await world.all(sa.select(idempotency.c.key))] == ["young"]
    assert {row.family for row in await world.all(sa.select(session.c.family))} == {"living"}
    assert [row.family for row in await world.all(sa.select(ended_session.c.family))] == ["now"]
    assert await prune(world.database, NOW, KEEP) == dict.fromkeys(counts, 0)

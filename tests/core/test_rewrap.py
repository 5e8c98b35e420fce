import asyncio
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import keys, rewrap
from denshi_hosho.core.rewrap import Rewrapped, Standing, check_keys, standing
from denshi_hosho.core.tables import access_key, webhook
from denshi_hosho.core.vault import Vault
from tests.core.telling import hook
from tests.core.world import NOW, SECRET, World, rows

pytestmark = pytest.mark.anyio
BOTH = {"k2": b"n" * 32, **SECRET}
ONLY_NEW = {"k2": b"n" * 32}


async def shown(world: World, vault: Vault, guarantee_id: int) -> str:
    return (await world.database.write(lambda c: keys.reveal(c, vault, guarantee_id))).notice.access_key


async def run(world: World, vault: Vault | None = None) -> tuple[Rewrapped, list[int]]:
    told: list[int] = []
    done = await rewrap.rewrap(world.database, vault or Vault(BOTH, BOTH), lambda each: told.append(each.renewed))
    return done, told


async def rotate(world: World, guarantee_id: int) -> None:
    await world.database.write(lambda c: keys.rotate(c, world.vault, world.contractor, guarantee_id, "交換", NOW))


async def test_every_live_key_is_kept_under_the_newest_secrets(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewrap, "BATCH", 2)
    ids = [await world.concluded() for _ in range(5)]
    before = {each: await shown(world, world.vault, each) for each in ids}
    assert await standing(world.database) == Standing(sealed={"k1": 5}, checked={"k1": 5}, dead=0)  # type: ignore[arg-type]  # a Counter equals a dict
    counted = await rows(world.database)
    done, told = await run(world)
    assert (done, told) == (Rewrapped(renewed=5, wiped=0, broken=[]), [2, 4, 5])
    assert await standing(world.database) == Standing(sealed={"k2": 5}, checked={"k2": 5}, dead=0)  # type: ignore[arg-type]
    new = Vault(ONLY_NEW, ONLY_NEW)
    assert {each: await shown(world, new, each) for each in ids} == before
    assert await check_keys(world.database, new) == (5, [])
    assert await rows(world.database) == counted
    assert await run(world) == (Rewrapped(), [])


async def test_secrets_of_open_webhooks_are_kept_under_the_newest_secret_too(world: World) -> None:
    kept, closed, broken = [await hook(world, world.contractor) for _ in range(3)]
    await world.execute(sa.update(webhook).where(webhook.c.id == closed).values(disabled_at=NOW))
    await world.execute(sa.update(webhook).where(webhook.c.id == broken).values(sealed=b"x" * 60))
    assert (await standing(world.database)).sealed == {"k1": 2}
    assert (await run(world))[0] == Rewrapped(renewed=1)
    assert (await standing(world.database)).sealed == {"k1": 1, "k2": 1}  # the broken one is left as it is
    row = await world.one(sa.select(webhook.c.sealed, webhook.c.sealed_with).where(webhook.c.id == kept))
    assert Vault(ONLY_NEW, ONLY_NEW).unseal_secret(kept, row.sealed, row.sealed_with) == b"w" * 32
    assert (await run(world))[0] == Rewrapped()


async def test_one_of_two_secrets_may_be_rotated_alone(world: World) -> None:
    await world.concluded()
    await run(world, Vault(SECRET, BOTH))
    assert await standing(world.database) == Standing(sealed={"k1": 1}, checked={"k2": 1}, dead=0)  # type: ignore[arg-type]


async def test_a_key_that_was_rotated_meanwhile_is_left_as_it_is(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    guarantee_id = await world.concluded()
    real = rewrap._replace

    async def late(kept: Any, connection: Any) -> int:
        await keys.rotate(connection, world.vault, world.contractor, guarantee_id, "交換", NOW)
        return await real(kept, connection)

    monkeypatch.setattr(rewrap, "_replace", late)
    done, _ = await run(world)
    assert done.renewed == 0
    live = sa.select(access_key.c.sealed_with, access_key.c.mac_with).where(access_key.c.retired_at.is_(None))
    assert tuple(await world.one(live)) == ("k1", "k1")
    assert await check_keys(world.database, world.vault) == (1, [])


async def test_two_runs_at_once_keep_every_key(world: World) -> None:
    ids = [await world.concluded() for _ in range(30)]
    before = {each: await shown(world, world.vault, each) for each in ids}
    first, second = await asyncio.gather(run(world), run(world))
    assert first[0].renewed + second[0].renewed == 30
    assert {each: await shown(world, Vault(ONLY_NEW, ONLY_NEW), each) for each in ids} == before


@pytest.mark.parametrize("column", ["sealed", "mac"])
async def test_a_key_that_cannot_be_opened_is_named_and_left_as_it_is(world: World, column: str) -> None:
    guarantee_id = await world.concluded()
    await world.concluded()
    mine = access_key.c.guarantee_id == guarantee_id
    await world.execute(
        sa.update(access_key).where(mine).values({column: b"x" * 40 if column == "sealed" else b"x" * 32})
    )
    before = await world.one(sa.select(access_key).where(mine))
    done, _ = await run(world)
    assert (done.renewed, done.broken) == (1, ["1070000473"])
    assert await world.one(sa.select(access_key).where(mine)) == before
    assert await check_keys(world.database, Vault(BOTH, BOTH)) == (1, ["1070000473"])


async def test_without_the_old_secret_nothing_is_changed(world: World) -> None:
    await world.concluded()
    done, _ = await run(world, Vault(ONLY_NEW, ONLY_NEW))
    assert (done.renewed, done.broken) == (0, ["1070000473"])
    assert (await standing(world.database)).sealed == {"k1": 1}


async def test_nothing_is_left_of_a_replaced_key(world: World) -> None:
    guarantee_id = await world.concluded()
    await rotate(world, guarantee_id)
    dead = sa.select(access_key).where(access_key.c.retired_at.is_not(None))
    row = await world.one(dead)
    assert (row.sealed, row.sealed_with, row.mac, row.mac_with, row.retired_at) == (b"", "", b"", "", NOW)


async def test_what_older_versions_left_of_replaced_keys_is_wiped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewrap, "BATCH", 2)
    guarantee_id = await world.concluded()
    monkeypatch.setattr(keys, "GONE", {})
    for _ in range(3):
        await rotate(world, guarantee_id)
    assert await standing(world.database) == Standing(sealed={"k1": 1}, checked={"k1": 1}, dead=3)  # type: ignore[arg-type]
    done, _ = await run(world)
    assert replace(done, broken=[]) == Rewrapped(renewed=1, wiped=3)
    wiped = await world.all(
        sa.select(access_key.c.sealed, access_key.c.mac).where(access_key.c.retired_at.is_not(None))
    )
    assert [tuple(each) for each in wiped] == [(b"", b"")] * 3
    assert await check_keys(world.database, Vault(BOTH, BOTH)) == (1, [])


async def _rotated(vault: Vault, world: World, guarantee_id: int, connection: AsyncConnection) -> None:
    await keys.rotate(connection, vault, world.contractor, guarantee_id, "交換", NOW)


async def test_keys_that_share_one_secret_are_counted_together(world: World) -> None:
    ids = [await world.concluded() for _ in range(2)]
    for guarantee_id, vault in ((ids[0], Vault(SECRET, ONLY_NEW)), (ids[1], Vault(ONLY_NEW, SECRET))):
        await world.database.write(partial(_rotated, vault, world, guarantee_id))
    await world.concluded()
    found = await standing(world.database)
    assert (found.sealed, found.checked) == ({"k1": 2, "k2": 1}, {"k1": 2, "k2": 1})


async def test_every_broken_key_is_named_in_whichever_batch(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rewrap, "BATCH", 1)
    for _ in range(3):
        await world.concluded()
    first = sa.select(sa.func.min(access_key.c.id)).scalar_subquery()
    await world.execute(sa.update(access_key).where(access_key.c.id != first).values(mac=b"x" * 32))
    done, told = await run(world)
    assert (done.renewed, done.broken, told) == (1, ["1070000474", "1070000475"], [1, 1, 1])


async def test_whoever_runs_it_is_told_after_each_batch_that_is_wiped(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rewrap, "BATCH", 1)
    guarantee_id = await world.concluded()
    monkeypatch.setattr(keys, "GONE", {})
    for _ in range(2):
        await rotate(world, guarantee_id)
    told: list[tuple[int, int]] = []
    await rewrap.rewrap(world.database, Vault(BOTH, BOTH), lambda each: told.append((each.renewed, each.wiped)))
    assert told == [(1, 0), (1, 1), (1, 2)]


async def test_where_there_are_no_keys_there_is_nothing_to_do(world: World) -> None:
    assert await run(world) == (Rewrapped(), [])
    assert await check_keys(world.database, world.vault) == (0, [])

"""Expiry: noted once for each last day, by whichever process comes first, and nothing is released."""

import asyncio
from datetime import date, datetime, timedelta

import pytest
import sqlalchemy as sa

from denshi_hosho.core.clock import JST
from denshi_hosho.core.database import Database
from denshi_hosho.core.ending import expiry
from denshi_hosho.core.ending.expiry import note_expired
from denshi_hosho.core.tables import guarantee, guarantee_step
from denshi_hosho.core.vocabulary import GuaranteeState, GuaranteeStep
from tests.core.world import World

pytestmark = pytest.mark.anyio
LAST = datetime(2025, 3, 15, 23, 59, tzinfo=JST)
OVER = datetime(2025, 3, 16, tzinfo=JST)


async def _noted(world: World) -> list[tuple[GuaranteeStep, str, int | None]]:
    columns = guarantee_step.c.step, guarantee_step.c.note, guarantee_step.c.account_id
    return [tuple(row) for row in await world.all(sa.select(*columns).order_by(guarantee_step.c.id))]


async def test_a_guarantee_expires_when_its_last_day_is_over_in_japan_and_stays_active(world: World) -> None:
    await world.concluded()
    assert await note_expired(world.database, LAST) == 0
    assert await note_expired(world.database, OVER) == 1
    assert await note_expired(world.database, OVER + timedelta(days=400)) == 0
    assert await _noted(world) == [(GuaranteeStep.GUARANTEE_EXPIRED, "2025-03-15", None)]
    assert (await world.one(sa.select(guarantee.c.state))).state is GuaranteeState.ACTIVE


async def test_a_term_that_was_moved_is_noted_again_when_it_passes(world: World) -> None:
    await world.concluded()
    await note_expired(world.database, OVER)
    await world.execute(sa.update(guarantee).values(moved_ends_on=date(2025, 6, 30)))
    assert await note_expired(world.database, OVER) == 0
    assert await note_expired(world.database, datetime(2025, 7, 1, tzinfo=JST)) == 1
    assert [day for _step, day, _who in await _noted(world)] == ["2025-03-15", "2025-06-30"]


@pytest.mark.parametrize("state", [each for each in GuaranteeState if each is not GuaranteeState.ACTIVE])
async def test_what_is_claimed_or_over_does_not_expire(world: World, state: GuaranteeState) -> None:
    await world.concluded()
    await world.execute(sa.update(guarantee).values(state=state))
    assert await note_expired(world.database, OVER) == 0


async def test_processes_side_by_side_note_each_guarantee_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(expiry, "BATCH", 2)
    for _each in range(5):
        await world.concluded()
    others = [Database(world.database.url.render_as_string(hide_password=False)) for _each in range(3)]
    try:
        counts = await asyncio.gather(*(note_expired(each, OVER) for each in others))
    finally:
        for each in others:
            await each.close()
    assert sum(counts) + await note_expired(world.database, OVER) == 5
    assert len(await _noted(world)) == 5

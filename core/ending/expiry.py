"""That the last day of a guarantee has passed (保証期間の満了): it is told, once for each last day, and releases nothing (ADR 37)."""

from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.database import Database
from denshi_hosho.core.guarantees import COLUMNS, LIVE
from denshi_hosho.core.life.steps import note_step
from denshi_hosho.core.tables import guarantee, guarantee_step
from denshi_hosho.core.vocabulary import GuaranteeState, GuaranteeStep

BATCH: Final = 100  # guarantees in one transaction


async def note_expired(database: Database, now: datetime) -> int:
    """Note each guarantee in force whose last day is over and was not noted yet; return how many. Japan's days count.

    Several processes may do so at once: a guarantee that one of them holds is passed over by the others.
    """
    noted = 0
    while count := await database.write(lambda connection: _batch(connection, now)):
        noted += count
    return noted


async def _batch(connection: AsyncConnection, now: datetime) -> int:
    ends = COLUMNS["current_ends_on"]
    told = sa.exists().where(
        guarantee_step.c.guarantee_id == guarantee.c.id,
        guarantee_step.c.step == GuaranteeStep.GUARANTEE_EXPIRED,
        guarantee_step.c.note == sa.cast(ends, sa.Text),
    )
    over = guarantee.c.state == GuaranteeState.ACTIVE, ends < japan_day(now), ~told
    statement = sa.select(guarantee.c.id, ends.label("ends_on")).select_from(LIVE).where(*over).order_by(guarantee.c.id)
    held = statement.limit(BATCH).with_for_update(skip_locked=True, key_share=True, of=guarantee)
    rows = (await connection.execute(held)).all()
    noted = 0
    for row in rows:
        day: date = row.ends_on
        if await _is_noted(connection, row.id, day):  # by another process, before this one held the row
            continue
        noted += 1
        said = {"on": day.isoformat()}
        step = GuaranteeStep.GUARANTEE_EXPIRED
        await note_step(connection, None, row.id, step, now, note=day.isoformat(), said=said)
    return noted


async def _is_noted(connection: AsyncConnection, guarantee_id: int, day: date) -> bool:
    mine = guarantee_step.c.guarantee_id == guarantee_id, guarantee_step.c.note == day.isoformat()
    expired = guarantee_step.c.step == GuaranteeStep.GUARANTEE_EXPIRED
    return (await connection.execute(sa.select(guarantee_step.c.id).where(*mine, expired))).first() is not None

"""Notice of guarantees whose last day (保証期間の末日) has passed: noted once for each such day, and nothing is released.

Any number of processes may do this side by side: each holds the rows that it looks at, leaves those that another one
holds alone, and the database takes no second notice of the same day.
"""

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

BATCH: Final = 100
ENDS: Final = COLUMNS["ends_today"]


async def note_expired(database: Database, now: datetime) -> int:
    """Note every active guarantee whose last day has passed in Japan, and was not noted; return how many there were."""
    noted, after = 0, 0
    while True:
        start = after

        async def work(connection: AsyncConnection, start: int = start) -> tuple[int, int]:
            return await _batch(connection, start, now)

        count, after = await database.write(work)
        noted += count
        if after == start:
            return noted


async def _batch(connection: AsyncConnection, after: int, now: datetime) -> tuple[int, int]:
    """Note the first guarantees with an id above `after`; return how many, and the last id that was looked at."""
    passed = sa.select(guarantee.c.id).select_from(LIVE).where(guarantee.c.id > after, *_passed(japan_day(now)))
    held = passed.order_by(guarantee.c.id).limit(BATCH)
    # The log names the rows (ADR 23); those that another transaction changes are looked at next time.
    ids = (
        (await connection.execute(held.with_for_update(of=guarantee, key_share=True, skip_locked=True))).scalars().all()
    )
    if not ids:
        return 0, after
    # Asked again now that they are held: another process may have noted them, or their term have moved, in between.
    still = sa.select(guarantee.c.id, ENDS.label("day")).select_from(LIVE)
    rows = await connection.execute(still.where(guarantee.c.id.in_(ids), *_passed(japan_day(now))))
    found = rows.all()
    for row in found:
        await note_step(connection, None, row.id, GuaranteeStep.GUARANTEE_EXPIRED, now, day=row.day)
    return len(found), int(ids[-1])


def _passed(today: date) -> tuple[sa.ColumnElement[bool], ...]:
    """Return the conditions: in force and not claimed, its last day has passed, and that was not noted."""
    noted = sa.exists().where(
        guarantee_step.c.guarantee_id == guarantee.c.id,
        guarantee_step.c.step == GuaranteeStep.GUARANTEE_EXPIRED,
        guarantee_step.c.day == ENDS,
    )
    return guarantee.c.state == GuaranteeState.ACTIVE, today > ENDS, ~noted

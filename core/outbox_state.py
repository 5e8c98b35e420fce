"""How the outbox is: what waits, what is late, what fails and why, and the word by which parked mail is tried again."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.database import Database
from denshi_hosho.core.outbox import OPEN
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import mail

LATE = timedelta(minutes=15)  # a mail that is due for longer says that the outbox is not delivered as it should be
_UNSENT = mail.c.sent_at.is_(None)
_TRIED = mail.c.last_error.is_not(None)


@dataclass(frozen=True, slots=True)
class OutboxState:
    """How many mails wait for their time, are due, are due for more than 15 minutes, failed at least once, are parked.

    `failing` and `late` are among the due ones or wait for their next try; `oldest` is since when the oldest is due.
    """

    waiting: int
    due: int
    late: int
    failing: int
    parked: int
    oldest: datetime | None


async def outbox_state(connection: AsyncConnection, now: datetime) -> OutboxState:
    """Return how the outbox is."""
    is_due, parked = OPEN & (mail.c.due_at <= now), _UNSENT & mail.c.parked_at.is_not(None)
    counted = (OPEN & (mail.c.due_at > now), is_due, OPEN & (mail.c.due_at < now - LATE), OPEN & _TRIED, parked)
    counts = [sa.func.count().filter(which) for which in counted]
    oldest = sa.func.min(mail.c.due_at).filter(is_due)
    row: AnyRow = (await connection.execute(sa.select(*counts, oldest).select_from(mail).where(_UNSENT))).one()
    return OutboxState(*row)


async def unsent(database: Database, limit: int) -> list[AnyRow]:
    """Return mails that failed and are not sent, parked ones first: id, recipient, attempts, due_at, last_error, parked_at."""
    columns = mail.c.id, mail.c.recipient, mail.c.attempts, mail.c.due_at, mail.c.last_error, mail.c.parked_at
    failed = sa.select(*columns).where(_UNSENT, _TRIED).order_by(mail.c.parked_at.is_(None), mail.c.due_at, mail.c.id)
    async with database.read() as connection:
        return list((await connection.execute(failed.limit(limit))).all())


async def retry(database: Database, ids: Collection[int] | None) -> int:
    """Let the failed mails `ids` (None: all) be tried again at once, parked ones too; return how many there were."""
    which = (mail.c.id.in_(ids),) if ids is not None else ()
    again = sa.update(mail).where(_UNSENT, _TRIED, mail.c.lease_by.is_(None), *which)

    async def work(connection: AsyncConnection) -> int:
        return (await connection.execute(again.values(parked_at=None, lease_until=None, attempts=0))).rowcount

    return await database.write(work)

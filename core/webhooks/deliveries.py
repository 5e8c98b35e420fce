"""Deliveries that wait: leased to one process at a time, tried again with doubling pauses, and parked after a day."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.database import Database
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import webhook, webhook_delivery

LEASE = timedelta(minutes=2)
BATCH = 20
MAX_PAUSE = timedelta(hours=1)
DELIVERY_LIFE = timedelta(days=1)  # for how long it is tried
OPEN = webhook_delivery.c.delivered_at.is_(None) & webhook_delivery.c.parked_at.is_(None)
_D = webhook_delivery.c


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: the status of the answer, or why there was none."""

    status: int | None
    error: str | None


async def claim(database: Database, who: str, now: datetime) -> list[AnyRow]:
    """Return deliveries that are due with url and sealed secret, leased to `who` for two minutes: nobody else gets them."""
    hooks = sa.select(webhook.c.id).where(webhook.c.disabled_at.is_(None))
    waiting = (
        sa.select(_D.id)
        .where(OPEN, _D.due_at <= now, _D.lease_until.is_(None) | (_D.lease_until <= now), _D.webhook_id.in_(hooks))
        .order_by(_D.due_at, _D.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True, of=webhook_delivery)
        # As a table of its own: PostgreSQL may ask a subquery anew for each row, and each time lock as many others.
        .cte("waiting")
    )
    mine = webhook_delivery.update().where(_D.id.in_(sa.select(waiting.c.id)))
    lease = mine.values(lease_by=who, lease_until=now + LEASE, attempts=_D.attempts + 1).returning(_D.id)
    columns = *webhook_delivery.c, webhook.c.url, webhook.c.sealed, webhook.c.sealed_with

    async def work(connection: AsyncConnection) -> list[AnyRow]:
        ids = (await connection.execute(lease)).scalars().all()
        joined = webhook_delivery.join(webhook, webhook.c.id == _D.webhook_id)
        leased = sa.select(*columns).select_from(joined).where(_D.id.in_(ids)).order_by(_D.due_at, _D.id)
        return list((await connection.execute(leased)).all()) if ids else []

    return await database.write(work)


async def settle(database: Database, row: AnyRow, who: str, outcome: Outcome, now: datetime) -> None:
    """Write down that a leased delivery was taken."""
    values = {
        "delivered_at": now,
        "lease_by": None,
        "lease_until": None,
        "last_status": outcome.status,
        "last_error": None,
    }

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(_leased(row, who).values(values))

    await database.write(work)


async def postpone(database: Database, row: AnyRow, who: str, outcome: Outcome, now: datetime) -> bool:
    """Write down why a leased delivery was not taken; return whether it is parked: a day after it was due.

    The pause before the next try doubles, up to an hour. All else that waits for a receiver that gave no answer waits as
    long, so that it does not hold up the others.
    """
    parked = bool(now - row.due_at >= DELIVERY_LIFE)
    until = now + min(timedelta(seconds=2 ** min(int(row.attempts), 12)), MAX_PAUSE)
    values = {"lease_by": None, "lease_until": until, "last_status": outcome.status, "last_error": outcome.error,
              "parked_at": now if parked else None}  # fmt: skip
    behind = (
        _D.webhook_id == row.webhook_id,
        OPEN,
        _D.lease_by.is_(None),
        _D.lease_until.is_(None) | (_D.lease_until < until),
    )

    async def work(connection: AsyncConnection) -> None:
        changed = await connection.execute(_leased(row, who).values(values))
        if changed.rowcount and outcome.status is None:
            await connection.execute(sa.update(webhook_delivery).where(*behind).values(lease_until=until))

    await database.write(work)
    return parked


async def give_back(database: Database, who: str) -> None:
    """Return the deliveries that `who` has leased and not settled: another courier may take them at once."""
    mine = sa.update(webhook_delivery).where(_D.lease_by == who, OPEN)
    values = {"lease_by": None, "lease_until": None, "attempts": _D.attempts - 1}

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(mine.values(values))

    await database.write(work)


def _leased(row: AnyRow, who: str) -> sa.Update:
    return sa.update(webhook_delivery).where(_D.id == row.id, _D.lease_by == who)


async def again(connection: AsyncConnection, which: sa.ColumnElement[bool], now: datetime) -> int:
    """Have the deliveries of `which` sent again from now on, for a day; return how many there are."""
    anew = {"due_at": now, "attempts": 0, "lease_until": None, "parked_at": None, "delivered_at": None}
    free = sa.update(webhook_delivery).where(which, _D.lease_by.is_(None))
    return (await connection.execute(free.values(anew))).rowcount


async def unpark(database: Database, ids: Collection[int] | None, now: datetime) -> int:
    """Have the parked deliveries `ids` (None: all) of open webhooks tried again; return how many there were."""
    hooks = sa.select(webhook.c.id).where(webhook.c.disabled_at.is_(None))
    which = _D.parked_at.is_not(None) & _D.webhook_id.in_(hooks)

    async def work(connection: AsyncConnection) -> int:
        return await again(connection, which if ids is None else which & _D.id.in_(ids), now)

    return await database.write(work)


async def park(database: Database, ids: Collection[int], now: datetime) -> int:
    """Try the waiting deliveries `ids` no more until somebody says so; return how many there were."""

    async def work(connection: AsyncConnection) -> int:
        waiting = sa.update(webhook_delivery).where(_D.id.in_(ids), OPEN)
        return (await connection.execute(waiting.values(parked_at=now))).rowcount

    return await database.write(work)


async def undelivered(connection: AsyncConnection, limit: int) -> list[AnyRow]:
    """Return deliveries that failed and were not taken since, parked ones first: with webhook, attempts and why."""
    columns = _D.id, _D.webhook_id, _D.entry_index, _D.attempts, _D.due_at, _D.last_status, _D.last_error, _D.parked_at
    failed = _D.delivered_at.is_(None) & ((_D.attempts > 0) | _D.parked_at.is_not(None))
    statement = sa.select(*columns).where(failed).order_by(_D.parked_at.is_(None), _D.due_at, _D.id)
    return list((await connection.execute(statement.limit(limit))).all())


async def counts(connection: AsyncConnection) -> tuple[int, int]:
    """Return how many deliveries wait, and how many are parked."""
    parked = _D.parked_at.is_not(None) & _D.delivered_at.is_(None)
    both = sa.func.count().filter(OPEN), sa.func.count().filter(parked)
    waiting, still = (await connection.execute(sa.select(*both).select_from(webhook_delivery))).one()
    return int(waiting), int(still)

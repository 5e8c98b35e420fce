"""Clears away rows that only help for a while: nothing that proves what was done, when, or by whom."""

from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.database import Database
from denshi_hosho.core.tables import ended_session, idempotency, session, throttle, webhook_delivery
from denshi_hosho.core.tokens import ACCESS_LIFE

BATCH = 1000


async def prune(database: Database, now: datetime, keep: timedelta) -> dict[str, int]:
    """Return how many rows were deleted of each table.

    Idempotency keys go `keep` after they were used, sessions `keep` after the last of their refresh tokens expired, the
    marks of ended sessions when no access token of theirs can be valid any more, throttles when they hold nobody back. Deliveries to
    webhooks go `keep` after they were taken or parked.
    """
    old = now - keep
    lasting = sa.select(session.c.family).where(session.c.expires_at > old)
    gone = {
        idempotency.c.id: idempotency.c.created_at <= old,
        session.c.id: session.c.family.not_in(lasting),
        ended_session.c.family: ended_session.c.ended_at <= now - 2 * ACCESS_LIFE,
        throttle.c.name: throttle.c.free_at <= now,
        webhook_delivery.c.id: (webhook_delivery.c.delivered_at <= old) | (webhook_delivery.c.parked_at <= old),
    }
    return {key.table.name: await _delete(database, key, which) for key, which in gone.items()}


async def _delete(database: Database, key: sa.Column[int] | sa.Column[str], which: sa.ColumnElement[bool]) -> int:
    """Delete in small transactions: none of them holds up the requests that are served meanwhile."""
    statement = sa.delete(key.table).where(key.in_(sa.select(key).where(which).limit(BATCH)))

    async def work(connection: AsyncConnection) -> int:
        return (await connection.execute(statement)).rowcount

    deleted = 0
    while some := await database.write(work):
        deleted += some
    return deleted

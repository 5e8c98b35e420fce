"""Sessions that have ended: their access tokens are refused in every process within a second, though they live 15 minutes."""

import asyncio
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.database import Database
from denshi_hosho.core.errors import TokenInvalid
from denshi_hosho.core.tables import ended_session, session
from denshi_hosho.core.tokens import ACCESS_LIFE, LEEWAY

FRESH = timedelta(seconds=1)
# As long as a token lives that another process, whose clock goes differently, made at the last moment.
KEPT = ACCESS_LIFE + 2 * LEEWAY


async def end_sessions(connection: AsyncConnection, which: sa.ColumnElement[bool], now: datetime) -> None:
    """End the sessions that have a row `which`, and have their access tokens refused. Their account is held by the caller.

    Whatever ended so long ago that its tokens are dead by themselves is forgotten.
    """
    live = sa.update(session).where(which, session.c.ended_at.is_(None)).values(ended_at=now)
    families = set((await connection.execute(live.returning(session.c.family))).scalars())
    if families:
        await connection.execute(sa.insert(ended_session), [{"family": each, "ended_at": now} for each in families])
    await _forget(connection, now)


async def _forget(connection: AsyncConnection, now: datetime) -> None:
    old = sa.select(ended_session.c.family).where(ended_session.c.ended_at < now - KEPT)
    # Another transaction may be at the same rows in another order: each leaves the other's alone.
    mine = (await connection.execute(old.with_for_update(skip_locked=True))).scalars().all()
    if mine:
        await connection.execute(sa.delete(ended_session).where(ended_session.c.family.in_(mine)))


class EndedSessions:
    """What one process knows of ended sessions: read again when it is asked a second or more after it read last."""

    def __init__(self, database: Database) -> None:
        """Prepare for `database`; nothing is read yet."""
        self._database = database
        self._families: frozenset[str] = frozenset()
        self._read_at: datetime | None = None
        self._changes = 0
        self._reading = asyncio.Lock()

    def look_again(self) -> None:
        """Have the next question answered from the database: this process has ended sessions, or may have."""
        self._changes += 1
        self._read_at = None

    async def check(self, family: str, now: datetime) -> None:
        """Raise `TokenInvalid` if the session `family` has ended; what ended elsewhere is seen within a second."""
        if not self._is_fresh(now):
            async with self._reading:  # those who come meanwhile wait for the answer, none goes by the old one
                if not self._is_fresh(now):
                    await self._read(now)
        if family in self._families:
            raise TokenInvalid(
                "ログアウト済みです。もう一度ログインしてください。", "The session has ended. Sign in again."
            )

    def _is_fresh(self, now: datetime) -> bool:
        return self._read_at is not None and timedelta() <= now - self._read_at < FRESH

    async def _read(self, now: datetime) -> None:
        changes = self._changes
        statement = sa.select(ended_session.c.family).where(ended_session.c.ended_at >= now - KEPT)
        async with self._database.read() as connection:
            self._families = frozenset((await connection.execute(statement)).scalars())
        # A session that ended here while this was read may be missing in it.
        self._read_at = now if changes == self._changes else None

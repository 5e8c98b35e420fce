"""The two drivers without anything over them, as R uses them: `sqlite3` on the event loop, a small `asyncpg` pool."""

import re
import sqlite3
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

import asyncpg
from sqlalchemy import make_url

from benchmarks.bare import Driver, Row, Writing

POOL = 10


class Sqlite:
    """A read-only connection and one that writes, with the platform's pragmas; both block the loop while they work."""

    def __init__(self, file: str) -> None:
        self._reader = sqlite3.connect(f"file:{file}?mode=ro", uri=True, isolation_level=None)
        self._writer = sqlite3.connect(file, isolation_level=None)
        for pragma in ("journal_mode=WAL", "foreign_keys=ON", "synchronous=FULL"):
            self._writer.execute(f"PRAGMA {pragma}")

    async def all(self, sql: str, *values: Any) -> Sequence[Row]:
        """Return the rows that `sql` finds."""
        return self._reader.execute(_numbered(sql), values).fetchall()

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Writing]:
        """Give a transaction, committed at its end."""
        self._writer.execute("BEGIN IMMEDIATE")
        yield self
        self._writer.execute("COMMIT")

    async def execute(self, sql: str, *values: Any) -> None:
        """Run one statement of the transaction."""
        self._writer.execute(_numbered(sql), values)

    def instant(self, value: str | None) -> str | None:
        """Return `2024-06-03 01:00:00.000000` as `2024-06-03T01:00:00+00:00`."""
        return None if value is None else f"{value[:10]}T{value[11:].removesuffix('.000000')}+00:00"

    def stored(self, value: datetime) -> str:
        """Return an instant as text in UTC."""
        return f"{value:%Y-%m-%d %H:%M:%S.%f}"

    def close(self) -> None:
        """Close both connections."""
        self._reader.close()
        self._writer.close()


@lru_cache
def _numbered(sql: str) -> str:
    return re.sub(r"\$(?=\d)", "?", sql)


class Postgres:
    """A pool whose connections are given back as they are: no statement here leaves anything behind."""

    def __init__(self, pool: Any) -> None:
        self._pool = pool

    async def all(self, sql: str, *values: object) -> Sequence[Row]:
        """Return the rows that `sql` finds."""
        rows: Sequence[Row] = await self._pool.fetch(sql, *values)
        return rows

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[Writing]:
        """Give a transaction, committed at its end."""
        async with self._pool.acquire() as connection, connection.transaction():
            yield connection

    def instant(self, value: datetime | None) -> datetime | None:
        """Return the instant, which is aware and in UTC already."""
        return value

    def stored(self, value: datetime) -> datetime:
        """Return the instant as it is."""
        return value


@asynccontextmanager
async def driver(url: str) -> AsyncIterator[Driver]:
    """Give the bare driver for the database at `url`."""
    if url.startswith("sqlite"):
        sqlite = Sqlite(str(make_url(url).database))
        yield sqlite
        sqlite.close()
        return

    async def as_it_is(_connection: object) -> None:
        return None

    async with asyncpg.create_pool(url, min_size=POOL, max_size=POOL, reset=as_it_is) as pool:
        yield Postgres(pool)

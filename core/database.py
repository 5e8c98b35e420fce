"""Transactions on SQLite or PostgreSQL: a writer's work is done whole or not at all, also when the client goes away."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from typing import Any, TypeVar

import sqlalchemy as sa
from asyncpg import PostgresError
from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.engine.interfaces import DBAPIConnection, DBAPICursor
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, AsyncTransaction, create_async_engine
from sqlalchemy.pool import ConnectionPoolEntry
from sqlalchemy.util import await_only

from denshi_hosho.core.errors import DatabaseBusy, DatabaseUnavailable, DatabaseUnreachable, SettingsError

T = TypeVar("T")

_DRIVERS = {
    "sqlite": "sqlite+aiosqlite",
    "postgresql": "postgresql+asyncpg",
    "postgres": "postgresql+asyncpg",
}
_ENDING = "hosho_ending"
_NOT_KEPT = {None, "", ":memory:"}  # in SQLite's memory each connection would have a database of its own
SQLITE_READERS = 5
SQLITE_LOG_BYTES = 64 * 1024 * 1024  # what the write-ahead log is cut back to after a checkpoint
POSTGRES_CONNECTIONS = 10
POSTGRES_MORE = 10  # connections beyond those, for as long as they are needed
WAIT_SECONDS = 10  # for a lock, and for a free connection
PATIENT_SECONDS = 300  # the same, of a migration
STATEMENT_SECONDS = 30
IDLE_SECONDS = 60  # how long a transaction may stand still before PostgreSQL ends it
_RETRY_SECONDS = 0.02
# What a driver says, by the beginning of SQLite's name or PostgreSQL's SQLSTATE (its appendix A): locks, deadlocks, too
# many connections and statements that took too long pass; a server that stops, starts or breaks the connection, and a
# file that cannot be read, do not.
_BUSY = ("SQLITE_BUSY", "SQLITE_LOCKED", "40001", "40P01", "53300", "55P03", "57014")
_UNREACHABLE = ("SQLITE_CANTOPEN", "SQLITE_IOERR", "08", "28", "3D000", "57P01", "57P02", "57P03")


def database_url(text: str) -> URL:
    """Return the URL with this project's driver put in. Raise `SettingsError` for any other database."""
    try:
        url = make_url(text)
    except (ArgumentError, ValueError):  # a port that is no number is a ValueError
        url = None
    driver = _DRIVERS.get(url.drivername.partition("+")[0]) if url else None
    if url is not None and "sslmode" in url.query:  # libpq's word; the driver's own is ssl
        url = url.difference_update_query(["sslmode"]).update_query_dict({"ssl": str(url.query["sslmode"])})
    if url is None or driver is None or url.database in _NOT_KEPT:
        raise SettingsError(
            "データベースのURLは sqlite:///ファイル か postgresql://利用者@ホスト/名前 の形で指定してください。",
            "The database URL must look like sqlite:///file or postgresql://user@host/name.",
        )
    return url.set(drivername=driver)


@contextmanager
def _answering() -> Iterator[None]:
    """Raise `DatabaseUnavailable` instead of what drivers raise when the database does not answer."""
    try:
        yield
    except (DBAPIError, PoolTimeout, PostgresError, OSError) as error:
        unavailable = _unavailable(error)
        if unavailable is None:
            raise
        raise unavailable from error


def _unavailable(error: Exception) -> DatabaseUnavailable | None:
    cause = error.orig if isinstance(error, DBAPIError) and error.orig is not None else error
    said = str(getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None) or "")
    if isinstance(error, PoolTimeout) or said.startswith(_BUSY):
        return DatabaseBusy(
            "データベースが混み合っています。少し待って、同じ内容をもう一度送ってください。",
            "The database is busy. Wait a little and send the same again.",
        )
    lost = isinstance(error, DBAPIError) and error.connection_invalidated
    if lost or said.startswith(_UNREACHABLE) or _is_of_a_connection(error):
        return DatabaseUnreachable(
            "データベースに接続できません。少し待って、同じ内容(同じidempotencyKey)をもう一度送ってください。",
            "The database cannot be reached. Wait a little and send the same again, with the same idempotencyKey.",
        )
    return None


def _is_of_a_connection(error: Exception) -> bool:
    """Tell an operating system's error of a socket: unlike one of a file, which the caller read, it names none."""
    if isinstance(error, ConnectionError | TimeoutError):
        return True
    return isinstance(error, OSError) and error.errno is not None and error.filename is None


def _sqlite_connect(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    # The driver's own transaction control is switched off: `_begin` below opens every transaction itself.
    connection.isolation_level = None
    cursor = connection.cursor()
    _write_ahead(cursor)
    for pragma in ("foreign_keys=ON", "synchronous=FULL", f"journal_size_limit={SQLITE_LOG_BYTES}"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _write_ahead(cursor: DBAPICursor) -> None:
    """Switch the file to its write-ahead log, once in its life. SQLite does not wait here while another one does so."""
    for left in reversed(range(int(WAIT_SECONDS / _RETRY_SECONDS))):
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or not left:
                raise
            await_only(asyncio.sleep(_RETRY_SECONDS))
        else:
            return


def _sqlite_engine(url: URL, begin: str, size: int, wait: float) -> AsyncEngine:
    engine = create_async_engine(
        url, pool_size=size, max_overflow=0, pool_timeout=WAIT_SECONDS, connect_args={"timeout": wait}
    )
    event.listen(engine.sync_engine, "connect", _sqlite_connect)

    def _begin(connection: sa.Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine.sync_engine, "begin", _begin)
    return engine


def _postgres_engine(url: URL, *, patient: bool) -> AsyncEngine:
    # The server itself ends what takes too long or was left behind: a client that vanished holds no lock for ever.
    limits = {
        "lock_timeout": PATIENT_SECONDS if patient else WAIT_SECONDS,
        "statement_timeout": 0 if patient else STATEMENT_SECONDS,
        "idle_in_transaction_session_timeout": PATIENT_SECONDS if patient else IDLE_SECONDS,
    }
    told = {name: f"{seconds}s" for name, seconds in limits.items()} | {"application_name": "hosho"}
    return create_async_engine(
        url, pool_size=POSTGRES_CONNECTIONS, max_overflow=POSTGRES_MORE, pool_timeout=WAIT_SECONDS, pool_pre_ping=True,
        connect_args={"timeout": WAIT_SECONDS, "server_settings": told},
    )  # fmt: skip


def _sqlite_read_only(connection: DBAPIConnection, _entry: ConnectionPoolEntry) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA query_only=ON")
    cursor.close()


AtEnd = Callable[[AsyncConnection, Sequence[Any]], Awaitable[None]]


def at_end(connection: AsyncConnection, work: AtEnd, item: object) -> None:
    """Have `work(connection, items)` done after all else in this transaction of `Database.write`, before it commits.

    It is called once, with all that was given for it; of several, the one that was first asked for comes first. A row
    that every transaction needs is so taken last and held shortest, and no two of them wait for each other (ADR 23).
    """
    connection.info[_ENDING].setdefault(work, []).append(item)


class Database:
    """One database, with one engine to read and one to write.

    SQLite writers take the write lock when they begin (`BEGIN IMMEDIATE`): with the default they would read first,
    and two of them could hand out one number twice.
    """

    def __init__(self, url: str, *, patient: bool = False) -> None:
        """Prepare for `url` (see `database_url`); nothing is connected yet.

        Nothing waits for ever: for a lock or a free connection 10 seconds, for a statement on PostgreSQL 30. A `patient`
        one waits for locks up to five minutes, and its statements take as long as they take: for migrations.
        """
        self.url = database_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        if self.is_sqlite:
            wait = PATIENT_SECONDS if patient else WAIT_SECONDS
            self.writer = _sqlite_engine(self.url, "BEGIN IMMEDIATE", 1, wait)
            self.reader = _sqlite_engine(self.url, "BEGIN", SQLITE_READERS, wait)
            event.listen(self.reader.sync_engine, "connect", _sqlite_read_only)
        else:
            self.writer = _postgres_engine(self.url, patient=patient)
            # The same pool. PostgreSQL's default would show each statement of a reader another state.
            self.reader = self.writer.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
        self._running: set[asyncio.Task[object]] = set()

    @asynccontextmanager
    async def read(self) -> AsyncIterator[AsyncConnection]:
        """Give a connection that reads one consistent state and writes nothing; if its reader goes away, it is given back.

        Raise `DatabaseUnavailable`.
        """
        with _answering():
            async with self.reader.connect() as connection:
                yield connection

    async def write(self, work: Callable[[AsyncConnection], Awaitable[T]]) -> T:
        """Return what `work` returns, after its transaction is committed; if it raises, nothing was written.

        `work` may await nothing but the database. It is shielded: a client that goes away neither interrupts it half-way
        nor leaves the write lock held. What still waits for a connection then is not begun any more: nobody waits for it,
        and others do. Raise `DatabaseUnavailable`.
        """
        begun = asyncio.Event()
        task = asyncio.ensure_future(self._transaction(work, begun))
        self._running.add(task)
        task.add_done_callback(self._running.discard)
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            if not begun.is_set():
                task.cancel()
            raise

    async def _transaction(self, work: Callable[[AsyncConnection], Awaitable[T]], begun: asyncio.Event) -> T:
        with _answering():
            async with self.writer.connect() as connection, self._begin(connection, begun):
                ending: dict[AtEnd, list[object]] = {}
                connection.info[_ENDING] = ending  # anew: the connection comes from a pool, perhaps after a failure
                result = await work(connection)
                for last, items in ending.items():
                    await last(connection, items)
                return result

    @staticmethod
    def _begin(connection: AsyncConnection, begun: asyncio.Event) -> AsyncTransaction:
        begun.set()
        return connection.begin()

    async def close(self) -> None:
        """Wait for running transactions, then close every connection."""
        await asyncio.gather(*self._running, return_exceptions=True)
        await self.writer.dispose()
        await self.reader.dispose()

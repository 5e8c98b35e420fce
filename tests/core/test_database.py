import asyncio
import random
from collections.abc import Awaitable, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa
import sqlalchemy.exc
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.database import POSTGRES_CONNECTIONS, POSTGRES_MORE, Database, at_end, database_url
from denshi_hosho.core.errors import DatabaseBusy, SettingsError
from denshi_hosho.core.tables import rule_text

pytestmark = pytest.mark.anyio


async def add(connection: AsyncConnection, name: str) -> str:
    await connection.execute(sa.insert(rule_text).values(digest=name, text=name))
    return name


async def names(database: Database) -> list[str]:
    async with database.read() as connection:
        return list((await connection.execute(sa.select(rule_text.c.digest).order_by(rule_text.c.digest))).scalars())


@pytest.mark.parametrize(
    ("given", "driver"),
    [
        ("sqlite:///var/hosho.db", "sqlite+aiosqlite"),
        ("sqlite+pysqlite:////srv/hosho.db", "sqlite+aiosqlite"),
        ("postgresql://hosho@db/hosho", "postgresql+asyncpg"),
        ("postgres://hosho@db/hosho", "postgresql+asyncpg"),
        ("postgresql+psycopg://hosho:secret@db:5432/hosho", "postgresql+asyncpg"),
    ],
)
def test_the_driver_is_put_into_the_url(given: str, driver: str) -> None:
    url = database_url(given)
    assert url.drivername == driver
    assert url.database == sa.make_url(given).database


@pytest.mark.parametrize(
    "given",
    ["", "hosho.db", "mysql://hosho@db/hosho", "sqlite", "://", "postgresql://db:port/hosho", "\0", "sqlite://",
     "sqlite:///", "sqlite:///:memory:"],
)  # fmt: skip
def test_any_other_url_is_refused_without_being_repeated(given: str) -> None:
    with pytest.raises(SettingsError) as caught:
        database_url(given)
    assert caught.value.code == "SETTINGS"
    assert "postgresql://" in caught.value.en


def test_the_password_is_not_in_the_message_of_a_wrong_url() -> None:
    with pytest.raises(SettingsError) as caught:
        Database("mysql://hosho:s3cret@db/hosho")
    assert "s3cret" not in f"{caught.value}{caught.value.ja}{caught.value.en}"


async def test_what_work_returns_is_returned_after_the_commit(database: Database) -> None:
    assert await database.write(lambda connection: add(connection, "a")) == "a"
    assert await names(database) == ["a"]


async def test_an_exception_takes_everything_back_and_comes_through(database: Database) -> None:
    error = ZeroDivisionError()

    async def fails(connection: AsyncConnection) -> None:
        await add(connection, "a")
        raise error

    with pytest.raises(ZeroDivisionError) as caught:
        await database.write(fails)
    assert caught.value is error
    assert await names(database) == []
    await database.write(lambda connection: add(connection, "b"))
    assert await names(database) == ["b"]


async def test_a_client_that_goes_away_does_not_interrupt_the_work(database: Database) -> None:
    under_way, go_on = asyncio.Event(), asyncio.Event()

    async def work(connection: AsyncConnection) -> None:
        await add(connection, "a")
        under_way.set()
        await go_on.wait()
        await add(connection, "b")

    client = asyncio.create_task(database.write(work))
    await under_way.wait()
    client.cancel()
    with pytest.raises(asyncio.CancelledError):
        await client
    assert await names(database) == []
    go_on.set()
    await asyncio.wait_for(database.write(lambda connection: add(connection, "c")), 5)
    await database.close()
    assert await names(database) == ["a", "b", "c"]


async def test_who_goes_away_before_its_turn_has_nothing_done(database: Database) -> None:
    """All connections are taken; a client that waits for one gives up, and the next one comes through at once."""
    held = 1 if database.is_sqlite else POSTGRES_CONNECTIONS + POSTGRES_MORE
    go_on, all_held = asyncio.Event(), asyncio.Barrier(held + 1)

    async def long(connection: AsyncConnection) -> None:
        await connection.execute(sa.select(1))
        await all_held.wait()
        await go_on.wait()

    writers = [asyncio.create_task(database.write(long)) for _ in range(held)]
    await all_held.wait()
    gone = asyncio.create_task(database.write(lambda connection: add(connection, "gone")))
    await asyncio.sleep(0.05)
    gone.cancel()
    with pytest.raises(asyncio.CancelledError):
        await gone
    go_on.set()
    await asyncio.gather(*writers)
    await asyncio.wait_for(database.write(lambda connection: add(connection, "next")), 5)
    await database.close()
    assert await names(database) == ["next"]


async def test_a_hundred_clients_that_go_away_leave_no_lock_and_no_half(database: Database) -> None:
    async def pair(connection: AsyncConnection, number: int) -> None:
        await add(connection, f"{number:03d} one")
        await add(connection, f"{number:03d} two")

    async def client(number: int) -> None:
        task = asyncio.create_task(database.write(lambda connection: pair(connection, number)))
        await asyncio.sleep(0.0003 * (number % 20))
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    await asyncio.gather(*(client(number) for number in range(100)))
    await asyncio.wait_for(database.write(lambda connection: add(connection, "last")), 5)
    await database.close()
    stored = await names(database)
    assert stored[-1] == "last"
    assert {name[:3] for name in stored if name.endswith("one")} == {
        name[:3] for name in stored if name.endswith("two")
    }
    assert all(not engine.pool.checkedout() for engine in (database.writer, database.reader))  # type: ignore[attr-defined]  # a queue pool


async def test_work_that_fails_after_its_client_went_away_writes_nothing(database: Database) -> None:
    under_way, go_on = asyncio.Event(), asyncio.Event()

    async def work(connection: AsyncConnection) -> None:
        await add(connection, "a")
        under_way.set()
        await go_on.wait()
        raise ZeroDivisionError

    client = asyncio.create_task(database.write(work))
    await under_way.wait()
    client.cancel()
    await asyncio.gather(client, return_exceptions=True)
    go_on.set()
    await database.close()
    assert await names(database) == []


async def test_readers_do_not_wait_for_a_writer_and_see_what_was_before(database: Database) -> None:
    under_way, go_on = asyncio.Event(), asyncio.Event()

    async def work(connection: AsyncConnection) -> None:
        await add(connection, "a")
        under_way.set()
        await go_on.wait()

    writing = asyncio.create_task(database.write(work))
    await under_way.wait()
    assert await asyncio.wait_for(names(database), 2) == []
    go_on.set()
    await writing
    assert await names(database) == ["a"]


async def test_a_reader_sees_one_state_however_often_it_asks(database: Database) -> None:
    statement = sa.select(rule_text.c.digest)
    async with database.read() as connection:
        assert (await connection.execute(statement)).all() == []
        await database.write(lambda other: add(other, "a"))
        assert (await connection.execute(statement)).all() == []
    assert await names(database) == ["a"]


async def test_a_reader_cannot_write(database: Database) -> None:
    async with database.read() as connection:
        with pytest.raises(DBAPIError, match=r"read-?only"):
            await add(connection, "a")
    await database.write(lambda other: add(other, "b"))
    assert await names(database) == ["b"]


async def test_writers_on_sqlite_do_not_read_before_they_hold_the_lock(database: Database) -> None:
    """Read, wait, write: without the lock at the beginning two of them would write the same."""

    async def count(connection: AsyncConnection) -> None:
        seen = (await connection.execute(sa.select(sa.func.count()).select_from(rule_text))).scalar_one()
        await asyncio.sleep(0)
        await add(connection, f"{seen:02d}")

    if not database.is_sqlite:
        pytest.skip("PostgreSQL writers take row locks where they need them")
    await asyncio.gather(*(database.write(count) for _ in range(20)))
    assert await names(database) == [f"{number:02d}" for number in range(20)]


async def test_two_that_write_to_the_same_database_wait_for_each_other(database_url: str) -> None:
    ours, theirs = Database(database_url), Database(database_url)

    def write(number: int) -> Awaitable[str]:
        return (ours, theirs)[number % 2].write(lambda connection: add(connection, f"{number:02d}"))

    await asyncio.gather(*map(write, range(20)))
    assert await names(theirs) == [f"{number:02d}" for number in range(20)]
    await ours.close()
    await theirs.close()


async def test_close_waits_for_what_is_under_way(database: Database) -> None:
    under_way = asyncio.Event()

    async def work(connection: AsyncConnection) -> None:
        under_way.set()
        await asyncio.sleep(0.05)
        await add(connection, "a")

    writing = asyncio.create_task(database.write(work))
    await under_way.wait()
    await database.close()
    assert writing.done()
    assert await names(database) == ["a"]


async def test_close_does_not_fail_because_work_fails(database: Database) -> None:
    async def fails(_connection: AsyncConnection) -> None:
        await asyncio.sleep(0.01)
        raise ZeroDivisionError

    writing = asyncio.create_task(database.write(fails))
    await asyncio.sleep(0)
    await database.close()
    with pytest.raises(ZeroDivisionError):
        await writing


async def test_sqlite_is_set_to_lose_nothing(tmp_path: Path) -> None:
    database = Database(f"sqlite:///{tmp_path / 'new.db'}")
    for engine in (database.writer, database.reader):
        async with engine.connect() as connection:
            found = [
                (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()
                for name in ("journal_mode", "synchronous", "foreign_keys")
            ]
        assert found == ["wal", 2, 1]
    await database.close()


async def test_what_is_asked_for_at_the_end_is_done_last_once_and_with_all_items(database: Database) -> None:
    done: list[object] = []

    async def last(_connection: AsyncConnection, items: Sequence[object]) -> None:
        done.append(list(items))

    async def very_last(_connection: AsyncConnection, items: Sequence[object]) -> None:
        done.append(tuple(items))

    async def work(connection: AsyncConnection) -> int:
        for item in (1, 2):
            at_end(connection, last, item)
            at_end(connection, very_last, item)
        done.append("work")
        return 7

    async def fails(connection: AsyncConnection) -> None:
        at_end(connection, last, 3)
        raise ZeroDivisionError

    assert await database.write(work) == 7
    with pytest.raises(ZeroDivisionError):
        await database.write(fails)
    assert await database.write(work) == 7
    assert done == ["work", [1, 2], (1, 2)] * 2


def idle(database: Database) -> bool:
    return not any(engine.pool.checkedout() for engine in (database.writer, database.reader))  # type: ignore[attr-defined]  # a queue pool


async def test_after_1000_cancelled_readers_and_writers_everything_works_and_nothing_acknowledged_is_missing(
    database: Database,
) -> None:
    chance, acknowledged = random.Random(7), set[str]()  # noqa: S311  no secret

    async def read_slowly() -> None:
        async with database.read() as connection:
            for _ in range(3):
                await connection.execute(sa.select(rule_text.c.digest))

    async def write(name: str) -> None:
        acknowledged.add(await database.write(lambda connection: add(connection, name)))

    async def client(number: int) -> bool:
        work = write(f"{number:04d}") if number % 2 else read_slowly()
        try:
            await asyncio.wait_for(work, chance.random() * 0.02)
        except TimeoutError:
            return True
        return False

    cancelled, tried = 0, 0
    while cancelled < 1000:
        assert tried < 10_000
        cancelled += sum(await asyncio.gather(*(client(tried + each) for each in range(20))))
        tried += 20
    await asyncio.gather(*database._running)
    stored = set(await names(database))
    assert acknowledged <= stored
    assert idle(database)
    await asyncio.wait_for(database.write(lambda connection: add(connection, "last")), 5)
    assert "last" in await asyncio.wait_for(names(database), 5)


async def test_a_free_connection_is_waited_for_no_longer_than_said(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in (
        ("WAIT_SECONDS", 0.2),
        ("SQLITE_READERS", 1),
        ("POSTGRES_CONNECTIONS", 1),
        ("POSTGRES_MORE", 0),
    ):
        monkeypatch.setattr(f"denshi_hosho.core.database.{name}", value)
    small = Database(database_url)
    async with small.read() as connection:
        await connection.execute(sa.select(1))
        with pytest.raises(DatabaseBusy):
            await names(small)
    assert await names(small) == []
    await small.close()


async def test_a_lock_is_waited_for_no_longer_than_said(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    holder = Database(database_url)
    monkeypatch.setattr("denshi_hosho.core.database.WAIT_SECONDS", 1)
    waiting = Database(database_url)
    held, go_on = asyncio.Event(), asyncio.Event()

    async def hold(connection: AsyncConnection) -> None:
        await add(connection, "same")
        held.set()
        await go_on.wait()

    holding = asyncio.create_task(holder.write(hold))
    await held.wait()
    with pytest.raises(DatabaseBusy):
        await waiting.write(lambda connection: add(connection, "same"))
    go_on.set()
    await holding
    assert await names(waiting) == ["same"]
    for each in (holder, waiting):
        await each.close()


async def test_postgresql_itself_ends_what_takes_too_long(database: Database) -> None:
    if database.is_sqlite:
        pytest.skip("SQLite's statements run in this process")
    async with database.read() as connection:
        limits = ("statement_timeout", "lock_timeout", "idle_in_transaction_session_timeout", "application_name")
        shown = {name: (await connection.exec_driver_sql(f"SHOW {name}")).scalar_one() for name in limits}
    assert shown == {"statement_timeout": "30s", "lock_timeout": "10s", "idle_in_transaction_session_timeout": "1min",
                     "application_name": "hosho"}  # fmt: skip


async def test_a_file_is_switched_to_its_write_ahead_log_by_many_at_once(tmp_path: Path) -> None:
    each = [Database(f"sqlite:///{tmp_path / 'new.db'}") for _ in range(8)]

    async def mode(database: Database) -> str:
        async with database.reader.connect() as connection:
            return str((await connection.exec_driver_sql("PRAGMA journal_mode")).scalar_one())

    assert await asyncio.gather(*map(mode, each)) == ["wal"] * 8
    for database in each:
        await database.close()

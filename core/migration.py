"""Bring a database to the newest schema, or back; the migrations are in migrations/."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib.resources import as_file, files
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.database import Database


def _config(folder: Any, connection: Connection | None = None) -> Config:
    config = Config()
    config.set_main_option("script_location", str(folder))
    config.attributes["connection"] = connection
    return config


async def upgrade(database: Database, revision: str = "head") -> None:
    """Bring the database up to `revision`, in one transaction."""
    await _migrate(database, revision, up=True)


async def downgrade(database: Database, revision: str) -> None:
    """Bring the database back to `revision`, in one transaction; what later ones added is lost."""
    await _migrate(database, revision, up=False)


async def _migrate(database: Database, revision: str, *, up: bool) -> None:
    run = command.upgrade if up else command.downgrade

    def work(connection: Connection) -> None:
        with as_file(files("denshi_hosho.migrations")) as folder:
            run(_config(folder, connection), revision)

    async def transaction(connection: AsyncConnection) -> None:
        await connection.run_sync(work)
        if database.is_sqlite and (await connection.exec_driver_sql("PRAGMA foreign_key_check")).first():
            raise RuntimeError("the migration left a row without the one that it refers to")

    async with _references_unchecked(database):
        await database.write(transaction)


@asynccontextmanager
async def _references_unchecked(database: Database) -> AsyncIterator[None]:
    """Let SQLite rebuild tables to which rows refer: it has no other way to change one, and would take that for a loss.

    The switch works outside transactions only, so the references are checked by hand at the end of the migration. The
    writer's pool has one connection: it is the one that migrates. https://sqlite.org/lang_altertable.html#otheralter
    """
    if not database.is_sqlite:
        yield
        return
    await _switch(database, "OFF")
    try:
        yield
    finally:
        await _switch(database, "ON")


async def _switch(database: Database, state: str) -> None:
    async with database.writer.connect() as connection:
        driver: Any = (await connection.get_raw_connection()).driver_connection
        await (await driver.execute(f"PRAGMA foreign_keys={state}")).close()


async def is_current(database: Database) -> bool:
    """Return whether the database has the newest schema."""

    def revision(connection: Connection) -> str | None:
        return MigrationContext.configure(connection).get_current_revision()

    with as_file(files("denshi_hosho.migrations")) as folder:
        head = ScriptDirectory.from_config(_config(folder)).get_current_head()
    async with database.read() as connection:
        return await connection.run_sync(revision) == head

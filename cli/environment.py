"""What commands share: the settings from the environment, and a platform for one piece of work."""

import asyncio
import os
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

from denshi_hosho.core.database import Database, database_url
from denshi_hosho.core.settings import Settings

T = TypeVar("T")


def settings() -> Settings:
    """Return the settings in the environment. Raise `SettingsError`."""
    return Settings.from_environment(os.environ)


def make_folder_of(url: str) -> None:
    """Make the folder in which the SQLite database of `url` is to lie."""
    parsed = database_url(url)
    if parsed.get_backend_name() == "sqlite" and parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)


def with_database(work: Callable[[Database], Awaitable[T]], *, patient: bool = False) -> T:
    """Return what `work` returns for the database of the settings; a `patient` one waits long for locks."""
    url = settings().database_url
    make_folder_of(url)

    async def run() -> T:
        database = Database(url, patient=patient)
        try:
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())

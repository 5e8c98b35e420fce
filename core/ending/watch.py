"""Who looks each day whether a guarantee's last day has passed."""

import asyncio
from contextlib import suppress
from datetime import date

import structlog

from denshi_hosho.core.clock import Clock, japan_day
from denshi_hosho.core.database import Database
from denshi_hosho.core.ending.expiry import note_expired
from denshi_hosho.core.errors import DatabaseUnavailable

_log = structlog.get_logger("watch")


class Watch:
    """Notes what expired, once a day of Japan's and when it begins. Any number of processes may watch side by side."""

    def __init__(self, database: Database, clock: Clock) -> None:
        self._database = database
        self._clock = clock
        self._looked: date | None = None
        self._stopped = asyncio.Event()

    async def round(self) -> int:
        """Look, if this day was not looked at yet; return how many guarantees have expired."""
        now = self._clock()
        if self._looked == japan_day(now):
            return 0
        noted = await note_expired(self._database, now)
        self._looked = japan_day(now)
        if noted:
            _log.info("guarantees expired", count=noted)
        return noted

    def stop(self) -> None:
        """Let the walk end."""
        self._stopped.set()

    async def walk(self, every_seconds: int) -> None:
        """Do a round every so many seconds until stopped; an error is logged, and the next round tries again."""
        while not self._stopped.is_set():
            try:
                await self.round()
            except DatabaseUnavailable as error:
                _log.warning("watch waits for the database", code=error.code)
            except Exception:  # noqa: BLE001  one bad round must not end the watch; it is logged
                _log.exception("watch failed")
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), every_seconds)

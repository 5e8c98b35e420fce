"""Computing off the event loop: a few pieces of work at a time in threads of their own, and only so many that wait."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import TypeVar

T = TypeVar("T")


class WorkbenchFull(Exception):
    """As much work waits as may wait; none of it was begun."""


class Workbench:
    """Threads for one kind of work: `at_a_time` pieces of it are done side by side, `waiting` more may wait (None: any)."""

    def __init__(self, name: str, at_a_time: int, waiting: int | None = None) -> None:
        self._pool = ThreadPoolExecutor(at_a_time, name)
        self._room = None if waiting is None else BoundedSemaphore(at_a_time + waiting)

    async def run(self, work: Callable[[], T]) -> T:
        """Return what `work` returns, or raise what it raises. Raise `WorkbenchFull` if it may not even wait."""
        room = self._room
        if room is not None and not room.acquire(blocking=False):
            raise WorkbenchFull
        begun = self._pool.submit(work)
        if room is not None:
            # Its place is taken until it is really over: a client that goes away does not stop work that has begun.
            begun.add_done_callback(lambda _: room.release())
        return await asyncio.wrap_future(begun)

"""Where a run is: lines on standard error with the time, how much is done, how fast, and how long it will take."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import click

_EVERY = 20.0  # seconds between two lines of the same work


def say(text: str) -> None:
    """Write one line on standard error, with the time."""
    click.echo(f"{datetime.now(UTC):%H:%M:%S} {text}", err=True)


class Progress:
    """Counts from 0 to `count`, as `range` does, and tells of it now and then, and at the end."""

    def __init__(self, what: str, count: int) -> None:
        self._what, self._count = what, count

    def __iter__(self) -> Iterator[int]:
        start = told = time.monotonic()
        for index in range(self._count):
            yield index
            now = time.monotonic()
            if now - told > _EVERY:
                told = now
                say(self._line(index + 1, now - start))
        say(self._line(self._count, time.monotonic() - start))

    def _line(self, done: int, seconds: float) -> str:
        rate = done / max(seconds, 0.001)
        left = f", {(self._count - done) / rate:.0f} s to go" if done < self._count else f", {seconds:.0f} s"
        return f"{self._what}: {done:,} of {self._count:,}, {rate:,.1f}/s{left}"

"""Shares: in which layer of the platform the time of a read is spent, by looking at the stack a thousand times a second.

A profiler that counts calls makes layers of many small functions look dearer than they are; a look at the stack does
not. The looks are taken on asyncio's own event loop, one client, wall-clock time: what is spent waiting for the
database (and for the thread in which `aiosqlite` works) is a layer too.
"""

import signal
import time
from asyncio import Runner
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import CodeType, FrameType

from benchmarks.calling import direct, seconds_per_call
from benchmarks.databases import NAMES
from benchmarks.figures import Shares
from benchmarks.reads import sides
from benchmarks.scale import Scale
from benchmarks.stock import entered
from denshi_hosho import core, resolvers, schema

EVERY = 0.00097  # seconds; not a divisor of anything that repeats

# From the outermost layer to the innermost: a look counts for the innermost one that is on the stack.
# A mark is a part of "path:function"; the platform's own rooms begin with "hosho:".
LAYERS = (
    ("event loop and tasks", ("/asyncio/",)),
    ("routes, headers, request id", ("/starlette/", "hosho:schema/headers.py", "hosho:schema/log.py", "hosho:schema/app.py")),
    ("HTTP door: body, token, answer", (
        "hosho:schema/http.py", "hosho:schema/body.py", "hosho:schema/negotiation.py", "hosho:core/tokens.py",
    )),
    ("log line", ("/structlog/", "hosho:schema/log.py:_log_request")),
    ("JSON encoding", ("hosho:schema/http.py:_json",)),
    ("GraphQL execution", ("/strawberry/", "/graphql/")),
    ("parse and validate, cached", (
        "/graphql/language/", "/graphql/validation/", "/parser_cache.py", "/validation_cache.py",
        "hosho:schema/extensions.py",
    )),
    ("own fields, cursors, key check", ("hosho:schema/", "hosho:resolvers/", "hosho:core/")),
    ("own choice of columns", ("hosho:schema/selection.py",)),
    ("SQLAlchemy", ("/sqlalchemy/",)),
    ("driver, database and waiting", ("/asyncpg/", "/aiosqlite/", "/dialects/sqlite/aiosqlite.py", "/selectors.py")),
)  # fmt: skip
_OWN = next(index for index, (_, marks) in enumerate(LAYERS) if "hosho:core/" in marks)
_ROOMS = {
    str(Path(room.__file__ or "").resolve().parent): room.__name__.rpartition(".")[2]
    for room in (core, resolvers, schema)
}


def measure(kind: str, url: str, folder: Path, scale: Scale) -> list[Shares]:
    """Return where the time of the three reads goes on the empty database at `url`."""
    found = []
    with Runner() as runner, entered(runner, sides(url, folder, scale.guarantees)) as both:
        for name, calls in both.calls.items():
            runner.run(seconds_per_call(direct(both.platform, 1), calls, scale.profile_seconds / 5))
            with looking() as counted:
                seconds = runner.run(seconds_per_call(direct(both.platform, 1), calls, scale.profile_seconds))
            found.append(_shares(f"{name} {NAMES[kind]}", seconds, counted))
    return found


def _shares(what: str, seconds: float, counted: Counter[int]) -> Shares:
    total = counted.total()
    of = {layer: counted[index] / total if total else 0.0 for index, (layer, _) in enumerate(LAYERS)}
    return Shares(what=what, microseconds=seconds * 1e6, samples=total, of=of)


@contextmanager
def looking() -> Iterator[Counter[int]]:
    """Count, by index into `LAYERS`, in which layer the main thread is, every `EVERY` seconds."""
    counted: Counter[int] = Counter()

    def look(_signal: int, frame: FrameType | None) -> None:
        counted[innermost(frame)] += 1

    before = signal.signal(signal.SIGALRM, look)
    signal.setitimer(signal.ITIMER_REAL, EVERY, EVERY)
    try:
        yield counted
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        time.sleep(2 * EVERY)
        signal.signal(signal.SIGALRM, before)


def innermost(frame: FrameType | None) -> int:
    """Return the index of the innermost layer on the stack that ends with `frame`; 0 if none is."""
    found = 0
    while frame is not None:
        found = max(found, layer_of(frame.f_code))
        frame = frame.f_back
    return found


@cache
def layer_of(code: CodeType) -> int:
    """Return the index of the innermost layer that this code belongs to; 0 if it belongs to none."""
    place = f"{_place(code.co_filename)}:{code.co_name}"
    inner = [index for index, (_, marks) in enumerate(LAYERS) if any(mark in place for mark in marks)]
    # A file of ours that stands in an outer layer by name is also in a room: the first mark that names it counts.
    own = [index for index in inner if place.startswith("hosho:") and index != _OWN]
    return max(own or inner, default=0)


def _place(file: str) -> str:
    path = str(Path(file).resolve())
    for folder, room in _ROOMS.items():
        if path.startswith(f"{folder}/"):
            return f"hosho:{room}{path.removeprefix(folder)}"
    return path

"""Reads: the platform's answers beside those of R, which are the same answers, in turn in one process on one core."""

import statistics
from asyncio import Runner
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import uvloop
from starlette.types import ASGIApp

from benchmarks import queries
from benchmarks.bare import Bare
from benchmarks.calling import Call, Post, ask, call, direct, seconds_per_call
from benchmarks.databases import NAMES
from benchmarks.drivers import driver
from benchmarks.figures import Figure
from benchmarks.scale import Scale
from benchmarks.stock import Stock, entered, stock
from benchmarks.timing import Comparison, Slice, interleaved
from denshi_hosho.schema.app import build_app

PART = "reads"
WHAT = {"A": "one certificate", "B": "a page of 50", "K": "by number and key"}


@dataclass(frozen=True, slots=True)
class Sides:
    """The platform and R on one database, and the calls of each query that both are sent."""

    platform: ASGIApp
    bare: ASGIApp
    calls: Mapping[str, list[Call]]


def measure(kind: str, url: str, folder: Path, scale: Scale) -> list[Figure]:
    """Return the figures of the three reads on the empty database at `url`. Raise `AssertionError` if answers differ."""
    opened = sides(url, folder, scale.guarantees)
    with Runner(loop_factory=uvloop.new_event_loop) as runner, entered(runner, opened) as both:
        clients = direct(both.platform, scale.clients), direct(both.bare, scale.clients)
        return compared(kind, runner, clients, both.calls, scale)


@asynccontextmanager
async def sides(url: str, folder: Path, guarantees: int) -> AsyncIterator[Sides]:
    """Give both sides on the empty database at `url`, with `guarantees` in it, checked to give the same answers."""
    async with stock(url, folder) as made, driver(url) as bare_driver:
        platform = made.platform
        bare = Bare(bare_driver, platform.tokens, platform.vault, platform.clock)
        both = Sides(build_app(platform, deliver_mail=False), bare, await _calls(made, guarantees))
        await check(both)
        yield both


async def _calls(made: Stock, guarantees: int) -> Mapping[str, list[Call]]:
    ids = await made.concluded(guarantees, "市道見本線 道路改良工事")
    proofs = await made.proofs(ids)
    bearer = made.bearer(made.contractor)
    return {
        "A": [call(queries.ONE, "One", {"number": number}, bearer) for number, _ in proofs],
        "B": [call(queries.LIST, "List", {"first": queries.PAGE}, bearer)],
        "K": [call(queries.OPEN, "Open", {"number": number, "key": key}) for number, key in proofs],
    }


async def check(both: Sides) -> None:
    """Raise `AssertionError` unless both sides answer each of the first calls with the same JSON, and with content."""
    for name, calls in both.calls.items():
        for each in calls[:50]:
            ours, bare = await ask(both.platform, each), await ask(both.bare, each)
            assert ours == bare, (name, ours, bare)
            assert "worksName" in str(ours), (name, ours)


def compared(
    kind: str,
    runner: Runner,
    clients: tuple[Sequence[Post], Sequence[Post]],
    calls: Mapping[str, list[Call]],
    scale: Scale,
) -> list[Figure]:
    """Return the figures of the three reads; `clients` are those of the platform and those of R."""

    def slice_of(side: Sequence[Post], name: str) -> Slice:
        return lambda: runner.run(seconds_per_call(side, calls[name], scale.seconds))

    ours, bare = clients
    return [_figure(kind, name, interleaved(slice_of(ours, name), slice_of(bare, name), scale.slices)) for name in WHAT]


def _figure(kind: str, name: str, found: Comparison) -> Figure:
    return Figure(
        part=PART, what=f"{name} {WHAT[name]}, {NAMES[kind]}", value=statistics.median(found.ours) * 1e6, unit="µs",
        base=statistics.median(found.base) * 1e6, base_is="R", ratio=found.share, ratio_is="of R",
    )  # fmt: skip

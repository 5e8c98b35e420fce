"""PostgreSQL is stopped without warning, killed, and loses single connections, while the platform lives on."""

import asyncio
import os
import random
import signal
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress

import sqlalchemy as sa

from denshi_hosho.cli import seeding
from tests.chaos import roots
from tests.chaos.clients import Load, free_port
from tests.chaos.databases import Ground, Postgres, ground
from tests.chaos.figures import Row, Seen, stopwatch
from tests.chaos.ledger import repeat, verdict
from tests.chaos.lengths import Lengths
from tests.chaos.progress import Progress
from tests.chaos.serving import nursery
from tests.chaos.world import World, environment_of, settings_of, world

CLIENTS = 4
_RECOVER_SECONDS = 60
_WINDOW = 0.15
_RENEW = 50
Blow = Callable[[World, Postgres, random.Random, int], Awaitable[None]]


def run(kind: str, lengths: Lengths, seed: int) -> list[Row]:
    return [
        _row(kind, "PostgreSQL stopped at once (two of three), or its first process killed", lengths.stops, seed, _stop),
        _row(kind, "single connections of PostgreSQL killed (two of three), or ended", lengths.backends, seed, _hang_up),
    ]  # fmt: skip


def _row(kind: str, what: str, wanted: int, seed: int, blow: Blow) -> Row:
    with stopwatch() as taken, ground(kind) as place:
        seen, wrong = asyncio.run(_run(place, wanted, random.Random(seed), blow))
    return Row(part="database", what=what, database=kind, cases=wanted, wanted=wanted, wrong=wrong, seen=seen,
               seconds=taken[0])  # fmt: skip


async def _run(place: Ground, blows: int, rng: random.Random, blow: Blow) -> tuple[dict[str, Seen], dict[str, int]]:
    port, log = free_port(), place.folder / "server.log"
    async with world(place) as made:
        with nursery(environment_of(settings_of(place)), port, log) as nest:
            served = await asyncio.to_thread(nest.start)
            load = Load(made, port, await made.token(seeding.SURETY), rng)
            pauses = await _blows(made, place, load, blows, blow)
            os.kill(served, 0)  # the very process that was there at the beginning: raises if it is not
            await asyncio.to_thread(nest.stop)
        wrong = {**await verdict(made, load.ledger), "answered as a bug": load.failed()}
        token = await made.token(seeding.SURETY)
        wrong["another answer on retry"] += await repeat(made, load.ledger, token, len(load.ledger.acknowledged))
        root = await roots.wrong(made.platform.database)
    seen: dict[str, Seen] = {
        "guarantees": len(load.ledger.acknowledged), "answered meanwhile": _meanwhile(load),
        "longest until it concludes again": f"{max(pauses):.2f} s", "audit log": root.seen,
    }  # fmt: skip
    return seen, {**wrong, **root.wrong}


async def _blows(made: World, place: Ground, load: Load, blows: int, blow: Blow) -> list[float]:
    """Strike again and again; return the seconds from each blow to the first acknowledgement after it."""
    assert place.server is not None
    pauses = []
    await load.fill(count=4_000)
    async with load.running(CLIENTS):
        for index in Progress("blows at postgresql", blows):
            await _acknowledged(load)
            await asyncio.sleep(load.rng.uniform(0, _WINDOW))
            start = time.monotonic()
            await blow(made, place.server, load.rng, index)
            await _acknowledged(load)
            pauses.append(time.monotonic() - start)
            if index % _RENEW == _RENEW - 1:
                load.token = await made.token(seeding.SURETY)
            await load.fill()
        load.on = False
    return pauses


async def _acknowledged(load: Load) -> None:
    load.first.clear()
    async with asyncio.timeout(_RECOVER_SECONDS):
        await load.first.wait()


async def _stop(_made: World, server: Postgres, _rng: random.Random, index: int) -> None:
    await asyncio.to_thread(server.kill if index % 3 == 1 else server.stop_at_once)
    await asyncio.to_thread(server.start)


async def _hang_up(made: World, server: Postgres, rng: random.Random, index: int) -> None:
    if index % 3 != 1:
        victims = await asyncio.to_thread(server.backends)
        with suppress(ProcessLookupError):
            os.kill(rng.choice(victims), signal.SIGKILL)
        return
    ours = "SELECT pid FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()"
    async with made.platform.database.read() as connection:
        victims = list((await connection.execute(sa.text(ours))).scalars())
        await connection.execute(sa.text("SELECT pg_terminate_backend(:pid)"), {"pid": rng.choice(victims)})


def _meanwhile(load: Load) -> str:
    codes = {code: count for code, count in load.answers.items() if code != "acknowledged"}
    return " ".join(f"{code} × {count:,}" for code, count in sorted(codes.items())) or "nothing"

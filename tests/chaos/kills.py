"""kill -9 of the serving process while clients conclude guarantees, again and again."""

import asyncio
import random
from pathlib import Path

from denshi_hosho.cli import seeding
from tests.chaos import backups, roots
from tests.chaos.clients import Load, free_port
from tests.chaos.databases import Ground, ground
from tests.chaos.figures import Row, Seen, stopwatch
from tests.chaos.ledger import against, kept, repeat, verdict
from tests.chaos.lengths import Lengths
from tests.chaos.progress import Progress
from tests.chaos.serving import Nursery, nursery
from tests.chaos.world import World, environment_of, settings_of, world

CLIENTS = 4
CHECK_EVERY = 200
_FIRST_SECONDS = 60
_BLIND = 0.15  # the share of kills that do not wait for a first answer: they hit the start as well
_WINDOW = 0.06  # seconds within which the kill falls


def run(kind: str, lengths: Lengths, seed: int) -> list[Row]:
    with ground(kind) as place:
        return [_killed(place, lengths.kills, seed), backups.row(place)]


def _killed(place: Ground, cycles: int, seed: int) -> Row:
    with stopwatch() as taken:
        seen, wrong = asyncio.run(_run(place, cycles, random.Random(seed)))
    what = f"the serving process was killed while {CLIENTS} clients concluded guarantees"
    return Row(part="kill -9", what=what, database=place.kind, cases=cycles, wanted=cycles, wrong=wrong, seen=seen,
               seconds=taken[0])  # fmt: skip


async def _run(place: Ground, cycles: int, rng: random.Random) -> tuple[dict[str, Seen], dict[str, int]]:
    port, log = free_port(), place.folder / "server.log"
    async with world(place) as made:
        with nursery(environment_of(settings_of(place)), port, log) as nest:
            load = Load(made, port, await made.token(seeding.SURETY), rng)
            early = await _cycles(nest, load, made, cycles)
        wrong = {**await verdict(made, load.ledger), "answered as a bug": load.failed(), "bugs in the log": bugs(log)}
        wrong["lost"] += early
        token = await made.token(seeding.SURETY)
        wrong["another answer on retry"] += await repeat(made, load.ledger, token, len(load.ledger.acknowledged))
        root = await roots.wrong(made.platform.database)
    seen: dict[str, Seen] = {
        "guarantees": len(load.ledger.acknowledged),
        "cut under way": load.cut(),
        "audit log": root.seen,
    }
    return seen, {**wrong, **root.wrong}


async def _cycles(nest: Nursery, load: Load, made: World, cycles: int) -> int:
    """Kill again and again; return how many acknowledged guarantees were missing at a check on the way."""
    missing = 0
    await load.fill()
    async with load.running(CLIENTS):
        for cycle in Progress(f"kills {made.kind}", cycles):
            await _cycle(nest, load)
            await load.fill()
            if cycle % CHECK_EVERY == CHECK_EVERY - 1:
                missing += await _missing(made, load)
                load.token = await made.token(seeding.SURETY)  # an access token lives 15 minutes
        await asyncio.to_thread(nest.start)  # whoever still waits is answered now
        load.on = False
    await asyncio.to_thread(nest.stop)
    return missing


async def _cycle(nest: Nursery, load: Load) -> None:
    await asyncio.to_thread(nest.start)
    load.first.clear()
    if load.rng.random() > _BLIND:
        async with asyncio.timeout(_FIRST_SECONDS):
            await load.first.wait()
    await asyncio.sleep(load.rng.uniform(0, _WINDOW))
    await asyncio.to_thread(nest.kill)


async def _missing(made: World, load: Load) -> int:
    async with made.platform.database.read() as connection:
        found = against(load.ledger, await kept(connection))
    return sum(found[name] for name in ("lost", "doubled", "gaps", "half-written", "another answer on retry"))


def bugs(log: Path) -> int:
    """Return how many lines of the log tell of an error."""
    return sum(b'"level":"error"' in line or b"Traceback" in line for line in log.read_bytes().splitlines())

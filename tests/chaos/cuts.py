"""Clients that go away: connections cut at any instant, and requests cancelled inside the process."""

import asyncio
import random
from collections.abc import Awaitable, Callable, Iterator
from contextlib import suppress

from sqlalchemy.pool import QueuePool

from denshi_hosho.cli import seeding
from tests.chaos import roots
from tests.chaos.clients import Connection, Load, asking, free_port, request
from tests.chaos.databases import Ground, ground
from tests.chaos.figures import Row, Seen, stopwatch
from tests.chaos.kills import bugs
from tests.chaos.ledger import kept, verdict
from tests.chaos.lengths import Lengths
from tests.chaos.progress import Progress
from tests.chaos.serving import nursery
from tests.chaos.world import World, environment_of, send, settings_of, world

AT_ONCE = 4
_WINDOW = 0.02  # seconds after sending within which the connection is cut; an answer takes about half of it
_DRAIN_SECONDS = 60
_HEALTH_SECONDS = 5
Found = tuple[int, dict[str, Seen], dict[str, int]]
Work = Callable[[Ground, int, random.Random], Awaitable[Found]]


def run(kind: str, lengths: Lengths, seed: int) -> list[Row]:
    return [
        _row(kind, "connections cut: before, within and after the request, within the answer", lengths.cuts, seed, _cut_all),
        _row(kind, "requests cancelled in the process", lengths.cancels, seed, _cancel_all),
    ]  # fmt: skip


def _row(kind: str, what: str, wanted: int, seed: int, work: Work) -> Row:
    async def all_of_it() -> Found:
        return await work(place, wanted, random.Random(seed))

    with stopwatch() as taken, ground(kind) as place:
        cases, seen, wrong = asyncio.run(all_of_it())
    return Row(
        part="cut", what=what, database=kind, cases=cases, wanted=wanted, wrong=wrong, seen=seen, seconds=taken[0]
    )


async def _cut_all(place: Ground, cuts: int, rng: random.Random) -> Found:
    port, log = free_port(), place.folder / "server.log"
    async with world(place) as made:
        with nursery(environment_of(settings_of(place)), port, log) as nest:
            await asyncio.to_thread(nest.start)
            load = Load(made, port, await made.token(seeding.SURETY), rng)
            await load.fill(count=cuts + AT_ONCE + 1)
            await load.insist(Connection(port), *load.next())  # it answers now
            waiting = [load.next() for _ in range(cuts)]
            work = _counted(waiting, f"cuts {place.kind}")
            await asyncio.gather(*(_cutter(load, port, work) for _ in range(AT_ONCE)))
            concluded = await _concluded(made)
            connection = Connection(port)
            for application, key in waiting:  # the client comes back, with the same key
                await load.insist(connection, application, key)
            connection.close()
            await asyncio.to_thread(nest.stop)
        wrong = {**await verdict(made, load.ledger), "answered as a bug": load.failed(), "bugs in the log": bugs(log)}
        root = await roots.wrong(made.platform.database)
    seen: dict[str, Seen] = {"concluded though cut": concluded - 1, "audit log": root.seen}
    return cuts, seen, {**wrong, **root.wrong}


def _counted(waiting: list[tuple[str, str]], what: str) -> Iterator[tuple[str, str]]:
    for each, _ in zip(waiting, Progress(what, len(waiting)), strict=True):
        yield each


async def _cutter(load: Load, port: int, work: Iterator[tuple[str, str]]) -> None:
    for application, key in work:
        await _cut(Connection(port), request(asking(application, key), load.token), load.rng)


async def _cut(connection: Connection, raw: bytes, rng: random.Random) -> None:
    """Send a request (or a part of it), wait for some of the answer, and cut the connection."""
    reader, writer = await connection.open()
    whole = rng.random()
    writer.write(raw if whole > 0.1 else raw[: rng.randrange(len(raw))])
    with suppress(OSError, EOFError, TimeoutError):
        await writer.drain()
        if rng.random() < 0.3:
            async with asyncio.timeout(1):
                await reader.readexactly(rng.randrange(1, 200))
        else:
            await asyncio.sleep(rng.uniform(0, _WINDOW))
    connection.close(reset=rng.random() > 0.3)


async def _concluded(made: World) -> int:
    async with made.platform.database.read() as connection:
        return len((await kept(connection)).guarantees)


async def _cancel_all(place: Ground, cancels: int, rng: random.Random) -> Found:
    async with world(place) as made:
        load = Load(made, 0, await made.token(seeding.SURETY), rng)
        await load.fill(count=cancels)
        waiting = [load.next() for _ in range(cancels)]
        work = _counted(waiting, f"cancels {place.kind}")
        cancelled = await asyncio.gather(*(_canceller(load, work) for _ in range(AT_ONCE)))
        wrong = await _health(made)
        concluded = await _concluded(made)
        for application, key in waiting:
            answer = await _ask(load, application, key)
            load.take(application, key, *answer)
        wrong = {**await verdict(made, load.ledger), "answered as a bug": load.failed(), **wrong}
        root = await roots.wrong(made.platform.database)
    seen: dict[str, Seen] = {
        "cancelled under way": sum(cancelled), "concluded all the same": concluded, "audit log": root.seen
    }  # fmt: skip
    return cancels, seen, {**wrong, **root.wrong}


async def _ask(load: Load, application: str, key: str) -> tuple[int, bytes]:
    answer = await send(load.world.app, asking(application, key), {"authorization": f"Bearer {load.token}"})
    return answer.status, answer.body


async def _canceller(load: Load, work: Iterator[tuple[str, str]]) -> int:
    """Cancel one request after the other; return how many were still under way."""
    cancelled = 0
    for application, key in work:
        task = asyncio.create_task(_ask(load, application, key))
        for _ in range(load.rng.randrange(12)):  # half of them while it is still being read
            await asyncio.sleep(0)
        if load.rng.random() > 0.5:
            await asyncio.sleep(load.rng.uniform(0, _WINDOW))
        task.cancel()
        try:
            status, body = await task
        except asyncio.CancelledError:
            cancelled += 1
        else:
            load.take(application, key, status, body)
    return cancelled


async def _health(made: World) -> dict[str, int]:
    """Return what is wrong with locks and connections once nobody asks any more.

    What cancelled requests had begun is done first, one transaction after the other on SQLite, or given up by its own wait.
    """
    wrong = {"locks held": 0, "connections held": 0}
    try:
        async with asyncio.timeout(_DRAIN_SECONDS):
            while made.platform.database._running or _held(made):  # noqa: ASYNC110  a pool has no event to wait for
                await asyncio.sleep(0.01)
        async with asyncio.timeout(_HEALTH_SECONDS):
            await made.approved(1)
    except TimeoutError:
        wrong["locks held"] = 1
        wrong["connections held"] = _held(made)
    return wrong


def _held(made: World) -> int:
    """Return how many connections are out of the pools."""
    pools = [engine.pool for engine in (made.platform.database.writer, made.platform.database.reader)]
    return sum(pool.checkedout() for pool in pools if isinstance(pool, QueuePool))

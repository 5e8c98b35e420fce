"""Whether the time of an answer tells what the answer itself does not: does this number, or this login id, exist?"""

import asyncio
import math
import random
import statistics
import time
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from denshi_hosho.cli import seeding
from denshi_hosho.core.tables import throttle
from denshi_hosho.core.vault import new_key
from tests.chaos.clients import Connection, free_port, request
from tests.chaos.databases import Ground, ground
from tests.chaos.figures import Row, Seen, stopwatch
from tests.chaos.lengths import Lengths
from tests.chaos.progress import Progress
from tests.chaos.serving import nursery
from tests.chaos.world import World, environment_of, graphql, send, settings_of, world
from tests.client import CONCLUDE, OPEN, SIGN_IN

LIMIT = 0.02  # how far from 0.5, where the two cannot be told apart, the AUC may be
SURE = 3.29  # standard errors: short runs may be off by chance, once in a thousand
_NUMBERS = 60
_CALM = 8  # pairs after which the throttle's count is taken back: it would answer in place of what is timed
_WARM = 100
Ask = Callable[[bytes], Awaitable[bytes]]


@dataclass(frozen=True, slots=True)
class Auc:
    """How well the time tells the two apart: 0.5 not at all, 0 or 1 always."""

    value: float
    error: float

    @property
    def off(self) -> bool:
        """Return whether it is further from 0.5 than allowed, and than chance explains."""
        return abs(self.value - 0.5) > max(LIMIT, SURE * self.error)


def auc(one: Sequence[float], other: Sequence[float]) -> Auc:
    """Return the area under the ROC curve: how often a value of `one` is above one of `other`; half of ties count."""
    joined = sorted([(value, 0) for value in one] + [(value, 1) for value in other])
    ranks, start = 0.0, 0
    while start < len(joined):
        end = start
        while end < len(joined) and joined[end][0] == joined[start][0]:
            end += 1
        ranks += (start + end + 1) / 2 * sum(1 for _, side in joined[start:end] if not side)
        start = end
    n, m = len(one), len(other)
    return Auc((ranks - n * (n + 1) / 2) / (n * m), math.sqrt((n + m + 1) / (12 * n * m)))


def run(kind: str, lengths: Lengths, seed: int) -> list[Row]:
    with ground(kind) as place:
        return asyncio.run(_run(place, lengths, random.Random(seed)))


async def _run(place: Ground, lengths: Lengths, rng: random.Random) -> list[Row]:
    rows = []
    async with world(place) as made:
        certificates = await _questions(made, rng)
        whom = _login_questions(rng)

        async def inside(body: bytes) -> bytes:
            return (await send(made.app, body)).body

        what = "existing number with a wrong key, against an unknown number"
        rows.append(await _row(made, place.kind, f"{what}, in process", inside, certificates, lengths.pairs))
        port = free_port()
        with nursery(environment_of(settings_of(place)), port, place.folder / "server.log") as nest:
            await asyncio.to_thread(nest.start)
            connection = Connection(port)

            async def outside(body: bytes) -> bytes:
                return (await _patiently(connection, request(body, "").replace(b"Authorization: Bearer \r\n", b"")))[1]

            rows.append(await _row(made, place.kind, f"{what}, over HTTP", outside, certificates, lengths.served_pairs))
            connection.close()
            await asyncio.to_thread(nest.stop)
        what = "existing login id with a wrong password, against an unknown one, in process"
        rows.append(await _row(made, place.kind, what, inside, whom, lengths.sign_in_pairs))
    return rows


async def _patiently(connection: Connection, raw: bytes) -> tuple[int, bytes]:
    for _ in range(500):
        try:
            return await connection.post(raw)
        except (OSError, EOFError):  # it has only just been started
            connection.close()
            await asyncio.sleep(0.02)
    raise TimeoutError("nobody listens")


Question = Callable[[], tuple[bytes, bytes]]


async def _questions(made: World, rng: random.Random) -> Question:
    token = await made.token(seeding.SURETY)
    existing = []
    for application in await made.approved(_NUMBERS):
        given = {"applicationId": application, "idempotencyKey": application}
        answer = (await made.ask(CONCLUDE, token, input=given))["concludeGuarantee"]
        existing.append(answer["guarantee"]["number"])
    unknown = [f"{int(max(existing)) + 1_000 + index:010}" for index in range(_NUMBERS)]

    def question() -> tuple[bytes, bytes]:
        at = rng.randrange(_NUMBERS)
        return _open(existing[at]), _open(unknown[at])

    return question


def _open(number: str) -> bytes:
    return graphql(OPEN, number=number, accessKey=new_key())


def _login_questions(rng: random.Random) -> Question:
    def question() -> tuple[bytes, bytes]:
        password = f"wrong {rng.getrandbits(64):016x}"
        known = rng.choice((seeding.CONTRACTOR, seeding.SURETY))
        unknown = "".join(rng.sample("abcdefghijklmnopqrstuvwxyz", len(known)))
        one, other = ({"loginId": who, "password": password} for who in (known, unknown))
        return graphql(SIGN_IN, input=one), graphql(SIGN_IN, input=other)

    return question


async def _row(made: World, kind: str, what: str, ask: Ask, question: Question, pairs: int) -> Row:
    with stopwatch() as taken:
        one, other, answers = await timed(made, ask, question, pairs, f"pairs {kind}")
    found = auc(one, other)
    seen: dict[str, Seen] = {
        "AUC": f"{found.value:.4f} ± {1.96 * found.error:.4f}",
        "medians": " / ".join(f"{statistics.median(values) * 1000:.3f}" for values in (one, other)) + " ms",
    }
    wrong = {"told apart by time": int(found.off), "told apart by the answer": len(answers) - 1}
    return Row(part="timing oracle", what=what, database=kind, cases=pairs, wanted=pairs, wrong=wrong, seen=seen,
               seconds=taken[0])  # fmt: skip


async def timed(
    made: World, ask: Ask, question: Question, pairs: int, name: str
) -> tuple[list[float], list[float], set[bytes]]:
    """Return the seconds that either question took, and the different answers that came; the first ones only warm up."""
    taken: tuple[list[float], list[float]] = [], []
    answers = set()
    warm = min(_WARM, pairs // 5)
    for index in Progress(name, pairs + warm):
        if index % _CALM == 0:
            await made.platform.database.write(lambda connection: connection.execute(sa.delete(throttle)))
        asked = question()
        for side in (0, 1) if random.getrandbits(1) else (1, 0):
            start = time.perf_counter()
            answer = await ask(asked[side])
            seconds = time.perf_counter() - start
            answers.add(answer)
            if index >= warm:
                taken[side].append(seconds)
    return taken[0], taken[1], answers

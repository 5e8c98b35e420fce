"""Bytes that no client would send: whatever comes in, the answer is JSON with a code, never HTTP 500."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

import orjson

from denshi_hosho.cli import seeding
from tests.chaos import roots
from tests.chaos.bytes_that_break import cases
from tests.chaos.databases import Ground, ground
from tests.chaos.figures import Row, Seen, stopwatch
from tests.chaos.lengths import Lengths
from tests.chaos.progress import Progress
from tests.chaos.world import Answer, World, send, world
from tests.client import CONCLUDE
from tests.schema import fuzzing

_RENEW = 50_000  # cases after which the signed-in ones get another token
_SIGNED_IN = 0.66
_DEAR = 4  # one case in so many comes from the door's own generator: most of its documents are whole, and executed
_PASSWORDS = 0.02  # the share of sign-ins that are asked: each costs a password's derivation, tens of milliseconds
_AT_ONCE = 8
Sent = tuple[bytes, fuzzing.Headers, str]  # body, headers, address of the client


@dataclass(slots=True)
class Tally:
    """What came back."""

    wrong: Counter[str] = field(
        default_factory=lambda: Counter({"HTTP 500": 0, "INTERNAL": 0, "no JSON": 0, "no code": 0})
    )
    statuses: Counter[int] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)


def run(kind: str, lengths: Lengths, seed: int) -> list[Row]:
    with stopwatch() as taken, ground(kind) as place:
        seen, wrong = asyncio.run(_run(place, lengths.fuzz, random.Random(seed)))
    row = Row(part="fuzz", what="damaged, hostile and random request bodies", database=kind, cases=lengths.fuzz,
              wanted=lengths.fuzz, wrong=wrong, seen=seen, seconds=taken[0])  # fmt: skip
    return [row]


async def _run(place: Ground, count: int, rng: random.Random) -> tuple[dict[str, Seen], dict[str, int]]:
    tally, counted = Tally(), iter(Progress(f"fuzz {place.kind}", count))
    async with world(place) as made:
        await _conclude(made)
        for _ in range(0, count, _RENEW):
            tokens = [await made.token(seeding.CONTRACTOR), await made.token(seeding.SURETY)]
            sent = zip(islice(counted, min(_RENEW, count)), _sent(rng, tokens), strict=False)
            await asyncio.gather(*(_ask(made, sent, tally) for _ in range(_AT_ONCE)))
        root = await roots.wrong(made.platform.database)
    seen: dict[str, Seen] = {f"HTTP {status}": times for status, times in sorted(tally.statuses.items())}
    return {**seen, "audit log": root.seen, **tally.examples}, {**tally.wrong, **root.wrong}


async def _conclude(made: World) -> None:
    """Let there be something to find, to break, and to audit."""
    (application,) = await made.approved(1)
    given = {"applicationId": application, "idempotencyKey": "fuzz"}
    await made.ask(CONCLUDE, await made.token(seeding.SURETY), input=given)


async def _ask(made: World, sent: Iterator[tuple[int, Sent]], tally: Tally) -> None:
    for _, (body, headers, source) in sent:
        answer = await send(made.app, body, source=source, raw=headers)
        tally.statuses[answer.status] += 1
        for what in judged(answer):
            tally.wrong[what] += 1
            tally.examples.setdefault(f"first with {what}", repr((body[:500], headers)))


def _sent(rng: random.Random, tokens: list[str]) -> Iterator[Sent]:
    """Yield requests without end: as the users of `tokens`, as nobody, and with tokens that are none."""
    ours, theirs = cases(rng), fuzzing.cases(rng.getrandbits(32), [*tokens, "none"])
    bearers = [(b"authorization", f"Bearer {token}".encode()) for token in tokens]
    for index, (body, odd) in enumerate(ours):
        source = f"10.{index >> 16 & 63}.{index >> 8 & 255}.{index & 255}"
        if index % _DEAR:
            yield body, [*([rng.choice(bearers)] if rng.random() < _SIGNED_IN else []), *_lines(len(body), odd)], source
            continue
        case = next(theirs)
        while b"signIn" in case.body and rng.random() > _PASSWORDS:
            case = next(theirs)
        yield case.body, case.headers, source


def _lines(length: int, odd: dict[str, str]) -> fuzzing.Headers:
    usual = {"content-type": "application/json", "content-length": str(length)}
    return [(name.encode(), value.encode("latin-1")) for name, value in {**usual, **odd}.items()]


def judged(answer: Answer) -> list[str]:
    """Return what is wrong with an answer."""
    if answer.status >= 500:
        return ["HTTP 500"]
    try:
        body = orjson.loads(answer.body)
    except orjson.JSONDecodeError:
        return ["no JSON"]
    if not isinstance(body, dict):
        return ["no JSON"]
    codes = [error.get("extensions", {}).get("code") for error in body.get("errors", ())]
    if "INTERNAL" in codes:
        return ["INTERNAL"]
    return ["no code"] if not all(codes) or not (codes or "data" in body) else []

"""Bytes that no client would send: whatever comes in, the answer is JSON with a code, never HTTP 500."""

import asyncio
import random
from collections import Counter
from collections.abc import Iterator

import orjson

from denshi_hosho.cli import seeding
from tests.chaos.bytes_that_break import cases
from tests.chaos.databases import Ground, ground
from tests.chaos.figures import Row, Seen, stopwatch
from tests.chaos.lengths import Lengths
from tests.chaos.world import Answer, send, world
from tests.schema import fuzzing

_RENEW = 100_000  # cases after which the signed-in ones get another token

_SIGNED_IN = 0.66


def run(kind: str, lengths: Lengths, seed: int) -> list[Row]:
    with stopwatch() as taken, ground(kind) as place:
        seen, wrong = asyncio.run(_run(place, lengths.fuzz, random.Random(seed)))
    row = Row(part="fuzz", what="damaged, hostile and random request bodies", database=kind, cases=lengths.fuzz,
              wanted=lengths.fuzz, wrong=wrong, seen=seen, seconds=taken[0])  # fmt: skip
    return [row]


async def _run(place: Ground, count: int, rng: random.Random) -> tuple[dict[str, Seen], dict[str, int]]:
    wrong: Counter[str] = Counter({"HTTP 500": 0, "INTERNAL": 0, "no JSON": 0, "no code": 0})
    statuses: Counter[int] = Counter()
    async with world(place) as made:
        tokens: list[str] = []
        theirs: Iterator[fuzzing.Case] = iter(())
        for index, (body, headers) in enumerate(cases(rng, count)):
            if index % _RENEW == 0:
                tokens = [await made.token(seeding.CONTRACTOR), await made.token(seeding.SURETY)]
                theirs = fuzzing.cases(rng.getrandbits(32), [*tokens, "none"])
            source = f"10.0.{index >> 8 & 255}.{index & 255}"
            if index % 2:  # the generator of the door's own tests: odder headers
                case = next(theirs)
                answer = await send(made.app, case.body, source=source, raw=case.headers)
            else:
                bearer = {"authorization": f"Bearer {rng.choice(tokens)}"} if rng.random() < _SIGNED_IN else {}
                answer = await send(made.app, body, {**bearer, **headers}, source=source)
            statuses[answer.status] += 1
            wrong.update(judged(answer))
    return {f"HTTP {status}": times for status, times in sorted(statuses.items())}, dict(wrong)


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

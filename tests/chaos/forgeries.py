"""Forged tokens, one after the other at the API's door, and forged certificate files: none may be taken."""

import asyncio
from collections import Counter

from denshi_hosho.cli import seeding
from denshi_hosho.core.clock import system_clock
from denshi_hosho.core.tokens import Ticket
from tests.chaos import forged_files
from tests.chaos.databases import Ground, ground
from tests.chaos.figures import Row, stopwatch
from tests.chaos.lengths import Lengths
from tests.chaos.progress import Progress
from tests.chaos.world import SECRET, World, graphql, send, world
from tests.core.forging import Genuine, forgeries

WHO = graphql("{ viewer { role } }")
_RENEW = 5_000  # forgeries after which they are made of a new token: one that is expired anyway would prove nothing


def run(kind: str, lengths: Lengths, seed: int) -> list[Row]:
    with ground(kind) as place:
        tokens = asyncio.run(_tokens(place, lengths.tokens, seed))
    with ground(kind) as place:
        return [tokens, forged_files.row(place, lengths.files, seed)]


async def _tokens(place: Ground, count: int, seed: int) -> Row:
    found: Counter[str] = Counter()
    kinds: set[str] = set()
    refused = 0
    with stopwatch() as taken:
        async with world(place) as made:
            genuine = await genuine_of(made)
            endless = forgeries(genuine, seed)
            for index in Progress(f"forged tokens {place.kind}", count):
                if index % _RENEW == _RENEW - 1:
                    refused += await outcome(made, genuine.access) != "accepted"
                    genuine = await genuine_of(made)
                    endless = forgeries(genuine, seed + index)
                kind, token = next(endless)
                kinds.add(kind)
                found[await outcome(made, token)] += 1
            refused += await outcome(made, genuine.access) != "accepted"
    refusals = found.pop("refused", 0)
    return Row(part="forgeries", what="forged access tokens", database=place.kind, cases=count, wanted=count,
               wrong={"accepted": 0, "HTTP 500": 0, **found, "genuine refused": refused},
               seen={"kinds": len(kinds), "refused with 401": refusals}, seconds=taken[0])  # fmt: skip


async def genuine_of(made: World) -> Genuine:
    """Return what the forger has."""
    ticket = made.platform.tokens.ticket(Ticket("certificate", 1, 1), system_clock())
    return Genuine(await made.token(seeding.CONTRACTOR), ticket, SECRET)


async def outcome(made: World, token: str) -> str:
    """Return what the API's door makes of a token: "refused" (401), "accepted", or "HTTP 500"."""
    headers = [(b"content-type", b"application/json"), (b"authorization", b"Bearer " + token.encode("utf-8"))]
    answer = await send(made.app, WHO, raw=headers)
    if answer.status == 401:
        return "refused"
    return "HTTP 500" if answer.status >= 500 else "accepted"

"""Forged tokens, one after the other at the API's door, and forged certificate files: none may be taken."""

import asyncio
import base64
import hmac
import json
import random
from collections import Counter
from collections.abc import Iterator
from typing import Any

from denshi_hosho.cli import seeding
from denshi_hosho.core.clock import system_clock
from denshi_hosho.core.tokens import Ticket
from tests.chaos import forged_files
from tests.chaos.databases import Ground, ground
from tests.chaos.figures import Row, stopwatch
from tests.chaos.lengths import Lengths
from tests.chaos.world import SECRET, World, graphql, send, world

WHO = graphql("{ viewer { role } }")


def run(kind: str, lengths: Lengths, seed: int) -> list[Row]:
    with ground(kind) as place:
        return [
            asyncio.run(_tokens(place, lengths.tokens, seed)),
            asyncio.run(forged_files.row(place, lengths.files, seed)),
        ]


async def _tokens(place: Ground, count: int, seed: int) -> Row:
    with stopwatch() as taken:
        async with world(place) as made:
            genuine = await made.token(seeding.CONTRACTOR)
            ticket = made.platform.tokens.ticket(Ticket("certificate", 1, 1), system_clock())
            found: Counter[str] = Counter({"accepted": 0, "HTTP 500": 0})
            refused = Counter({"genuine refused": int(await outcome(made, genuine) != "accepted")})
            kinds: set[str] = set()
            for (kind, token), _ in zip(forged(genuine, ticket, seed), range(count), strict=False):
                kinds.add(kind)
                found[await outcome(made, token)] += 1
    refusals = found.pop("refused", 0)
    return Row(part="forgeries", what="forged access tokens", database=place.kind, cases=count, wanted=count,
               wrong={**found, **refused}, seen={"kinds": len(kinds), "refused with 401": refusals}, seconds=taken[0])  # fmt: skip


async def outcome(made: World, token: str) -> str:
    """Return what the API's door makes of a token: "refused" (401), "accepted", or "HTTP 500"."""
    answer = await send(made.app, WHO, {"authorization": f"Bearer {token}"})
    if answer.status == 401:
        return "refused"
    return "HTTP 500" if answer.status >= 500 else "accepted"


def forged(genuine: str, ticket: str, seed: int) -> Iterator[tuple[str, str]]:
    """Yield (kind of forgery, token) for ever."""
    rng = random.Random(seed)
    while True:
        yield from _made_of(genuine, ticket, rng)


def _made_of(genuine: str, ticket: str, rng: random.Random) -> Iterator[tuple[str, str]]:
    head, claims = (_json(part) for part in genuine.split(".")[:2])
    whole = genuine.split(".")
    other = rng.randbytes(32)
    yield "another secret", _signed(head, claims, other)
    yield "no algorithm", f"{_part({**head, 'alg': rng.choice(('none', 'None', 'NONE', ''))})}.{whole[1]}."
    yield (
        "another algorithm",
        _signed({**head, "alg": rng.choice(("HS384", "RS256", "EdDSA", 1, None))}, claims, SECRET),
    )
    yield "another secret's name", _signed({**head, "kid": rng.choice(("", "x", 1, None, "../chaos"))}, claims, other)
    yield (
        "another type",
        _signed({**head, "typ": rng.choice(("JWT", "ticket+jwt", "", None, "AT+JWT"))}, claims, SECRET),
    )
    yield "a ticket", ticket
    for name in ("exp", "iat", "aud", "iss", "sub", "jti"):
        yield f"without {name}", _signed(head, {key: claims[key] for key in claims if key != name}, SECRET)
    for name, values in _WRONG.items():
        yield f"wrong {name}", _signed(head, {**claims, name: rng.choice(values)}, SECRET)
    yield "claims of another", f"{whole[0]}.{_part({**claims, 'sub': str(rng.randrange(2, 99))})}.{whole[2]}"
    yield "cut", genuine[: rng.randrange(len(genuine) - 8)]
    yield "parts swapped", ".".join(whole[at] for at in rng.choice(((1, 0, 2), (2, 1, 0), (0, 2, 1))))
    place = rng.randrange(len(genuine) - 1)
    yield "one symbol changed", _changed(genuine, place, rng)
    yield "bytes by chance", base64.urlsafe_b64encode(rng.randbytes(rng.randrange(1, 90))).decode()


_WRONG: dict[str, tuple[Any, ...]] = {
    "exp": (0, 1, -1, "9999999999", None, []),
    "aud": ("ticket+jwt", "", None, "at"),
    "iss": ("http://elsewhere.test", "", None),
    "role": ("ADMIN", "", None, 1, ["SURETY"]),
    "sub": ("x", "", None, {}),
}


def _changed(token: str, place: int, rng: random.Random) -> str:
    """Return `token` with another symbol at `place`; where base64 has spare bits, the last symbol of a part is spared."""
    if token[place] == "." or token[place + 1] == ".":
        place = 3
    new = rng.choice(
        [each for each in "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_" if each != token[place]]
    )
    return token[:place] + new + token[place + 1 :]


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def _json(part: str) -> dict[str, Any]:
    return dict(json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))))


def _signed(head: object, claims: object, secret: bytes) -> str:
    text = f"{_part(head)}.{_part(claims)}"
    mac = hmac.digest(secret, text.encode(), "sha256")
    return f"{text}.{base64.urlsafe_b64encode(mac).decode().rstrip('=')}"

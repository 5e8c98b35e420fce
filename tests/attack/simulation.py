"""Attacks on access keys over real HTTP, and what they do to the public body that opens its certificate meanwhile.

Each attack lasts for simulated minutes: the attackers try as fast as they are let, and forty-eight times the rightful
public body opens its certificate: with its device's cookie, without one, and without one from the very address from
which the attacker comes. `python -m tests.attack.simulation DATABASE_URL [MINUTES [BITS]]` prints the rows.
"""

import hashlib
import itertools
import json
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import httpx

from denshi_hosho.core.work import WORK_BITS
from tests.attack.serving import Served, served

Row = dict[str, object]
Target = Iterator[tuple[str, str]]  # source, number

TRIES = 48
STEP = timedelta(seconds=30)
WRONG = "AAAAAAAAAAAA"
ATTACKER, BODY = "192.0.2.66", "203.0.113.10"
OPEN = """
query ($number: GuaranteeNumber!, $accessKey: AccessKey!, $work: WorkInput) {
  certificate(number: $number, accessKey: $accessKey, work: $work) {
    ... on Certificate { number }
    ... on Refused { refusals { code } retryAfterSeconds work { challenge bits } }
  }
}
"""


@dataclass
class Visitor:
    """One client: where it comes from, whether it keeps cookies, and what its attempts cost it."""

    http: httpx.Client
    source: str
    cookie: str | None = None
    codes: Counter[str] = field(default_factory=Counter)
    hashes: int = 0

    def ask(self, number: str, key: str, work: Row | None = None) -> Row:
        """Try once; return the answer."""
        headers = {"X-Forwarded-For": self.source, **({"Cookie": self.cookie} if self.cookie else {})}
        variables = {"number": number, "accessKey": key, "work": work}
        response = self.http.post("/graphql", json={"query": OPEN, "variables": variables}, headers=headers)
        self.http.cookies.clear()
        answer: dict[str, Any] = response.json()["data"]["certificate"]
        if "set-cookie" in response.headers and self.cookie is not None:
            self.cookie = response.headers["set-cookie"].partition(";")[0]
        self.codes[answer["refusals"][0]["code"] if "refusals" in answer else "OPENED"] += 1
        return answer

    def open(self, number: str, key: str) -> bool:
        """Open as a patient client does: solve what is asked, and try once more."""
        answer = self.ask(number, key)
        if answer.get("work"):
            answer = self.ask(number, key, self.solve(answer["work"]))
        return "refusals" not in answer

    def solve(self, challenge: Any) -> Row:
        """Do the work."""
        for nonce in itertools.count():
            digest = hashlib.sha256(f"{challenge['challenge']}:{nonce}".encode()).digest()
            if int.from_bytes(digest) >> (256 - challenge["bits"]) == 0:
                self.hashes += nonce + 1
                return {"challenge": challenge["challenge"], "nonce": str(nonce)}
        raise AssertionError


def one_source_one_guarantee(keys: list[str]) -> Target:
    """One attacker at one guarantee."""
    return itertools.repeat((ATTACKER, keys[0]))


def one_source_many_guarantees(keys: list[str]) -> Target:
    """One attacker at one guarantee after the other, and at numbers of none."""
    return zip(itertools.repeat(ATTACKER), itertools.cycle([*keys, "9999999999"]))


def many_sources_one_guarantee(keys: list[str]) -> Target:
    """Ten addresses at one guarantee; one of them is the public body's own."""
    return zip(itertools.cycle([ATTACKER, *(f"198.51.100.{n}" for n in range(9))]), itertools.repeat(keys[0]))


def many_sources_many_guarantees(keys: list[str]) -> Target:
    """Ten addresses at all guarantees."""
    sources = [ATTACKER, *(f"198.51.100.{n}" for n in range(9))]
    return itertools.cycle(itertools.product(sources, keys))


ATTACKS: tuple[Callable[[list[str]], Target], ...] = (
    one_source_one_guarantee, one_source_many_guarantees, many_sources_one_guarantee, many_sources_many_guarantees,
)  # fmt: skip
GREED = 12  # refusals in a row after which an attacker waits for the next half minute


def attack(at: Served, plan: Callable[[list[str]], Target], minutes: int) -> Row:
    """Attack for so many simulated minutes; return what it brought the attacker and cost the public body."""
    number, key = at.keys[0]
    steps = minutes * 60 // int(STEP.total_seconds())
    moments = {round(place * (steps - 1) / (TRIES - 1)) for place in range(TRIES)}
    with httpx.Client(base_url=at.url, timeout=60) as http:
        bodies = {
            "with cookie": Visitor(http, BODY, cookie=""),
            "without cookie": Visitor(http, "203.0.113.11"),
            "without cookie, attacker's address": Visitor(http, ATTACKER),
        }
        bodies["with cookie"].open(number, key)  # before the attack
        attackers = Visitor(http, "")
        targets = plan([each for each, _ in at.keys])
        locked_out, slowest = Counter[str](), Counter[str]()
        for step in range(steps):
            _try_on(attackers, targets)
            for name, body in bodies.items() if step in moments else ():
                begun = time.perf_counter()
                locked_out[name] += not body.open(number, key)
                slowest[name] = max(slowest[name], round((time.perf_counter() - begun) * 1000))
            at.clock.now += STEP
    return {
        "attack": plan.__name__, "minutes": minutes, "attempts": attackers.codes.total(),
        "guesses looked at": attackers.codes["CERTIFICATE_NOT_OPENED"], "guesses that opened": attackers.codes["OPENED"],
        **{f"{name}: {measure}": value for name, body in bodies.items() for measure, value in (
            ("tries", len(moments)), ("locked out", locked_out[name]), ("asked to work", body.codes["WORK_NEEDED"]),
            ("told to wait or work", body.codes["TOO_MANY_ATTEMPTS"]), ("hashes", body.hashes), ("slowest ms", slowest[name]),
        )},
    }  # fmt: skip


def _try_on(attackers: Visitor, targets: Target) -> None:
    refused = 0
    while refused < GREED:
        attackers.source, number = next(targets)
        answer: Any = attackers.ask(number, WRONG)
        refused = 0 if answer["refusals"][0]["code"] == "CERTIFICATE_NOT_OPENED" else refused + 1


def simulate(
    database_url: str,
    minutes: int = 24 * 60,
    bits: int = WORK_BITS,
    plans: tuple[Callable[[list[str]], Target], ...] = ATTACKS,
) -> list[Row]:
    """Run attacks one after the other, an hour apart, at an empty, migrated database; return a row for each."""
    rows = []
    with served(database_url, guarantees=4, bits=bits) as at:
        for plan in plans:
            rows.append(attack(at, plan, minutes))
            at.clock.now += timedelta(hours=1)
    return rows


if __name__ == "__main__":
    url, *numbers = sys.argv[1:]
    given = dict(zip(("minutes", "bits"), map(int, numbers), strict=False))
    for row in simulate(url, given.get("minutes", 24 * 60), given.get("bits", WORK_BITS)):
        sys.stdout.write(json.dumps(row, indent=1) + "\n")

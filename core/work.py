"""Proof of work: what an attempt costs where too many have failed, so that nobody needs to be locked out.

A challenge is a signed sentence that nobody stores: difficulty, expiry, randomness, and a stamp that binds them to what
is attempted. It is solved by a nonce such that SHA-256 of `challenge:nonce` begins with `bits` zero bits.
"""

import hashlib
import re
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from denshi_hosho.core.stamps import Stamps

WORK_BITS = 18  # 2^18 hashes on average; docs/adr/0017 says what that is
WORK_LIFE = timedelta(minutes=5)
MAX_NONCE = 64
_FORM = re.compile(r"([1-9]\d?)\.(\d{1,12})\.([0-9a-f]{32})\.([0-9a-f]{64})", re.ASCII)


@dataclass(frozen=True, slots=True)
class Challenge:
    """Work to be done: the text, and how many zero bits its hash with the nonce must begin with."""

    challenge: str
    bits: int


@dataclass(frozen=True, slots=True)
class Solution:
    """Work that somebody says was done."""

    challenge: str
    nonce: str


def new_challenge(stamps: Stamps, subject: tuple[str, str], now: datetime, bits: int = WORK_BITS) -> Challenge:
    """Return a challenge for `subject` (what is attempted, and at what), good for five minutes."""
    expires = int((now + WORK_LIFE).timestamp())
    head = f"{bits}.{expires}.{secrets.token_hex(16)}"
    return Challenge(f"{head}.{stamps.stamp('work', head, *subject)}", bits)


def expiry(stamps: Stamps, subject: tuple[str, str], solution: Solution, now: datetime) -> datetime | None:
    """Return when the challenge expires if `solution` solves one of ours for `subject`, else None."""
    parts = _FORM.fullmatch(solution.challenge)
    if parts is None or len(solution.nonce) > MAX_NONCE:
        return None
    bits, seconds, _, stamp = parts.groups()
    head = solution.challenge.rpartition(".")[0]
    expires = datetime.fromtimestamp(min(int(seconds), _FAR), UTC)
    fits = stamps.fits(stamp, "work", head, *subject)
    return expires if fits and expires > now and is_solved(solution, int(bits)) else None


def is_solved(solution: Solution, bits: int) -> bool:
    """Return whether SHA-256 of `challenge:nonce` begins with `bits` zero bits."""
    text = f"{solution.challenge}:{solution.nonce}".encode(errors="surrogatepass")
    return int.from_bytes(hashlib.sha256(text).digest()) >> (256 - bits) == 0


_FAR = 2**37  # seconds: the year 6325, which `datetime` can still hold

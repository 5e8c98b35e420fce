"""Devices that succeeded before: a cookie proves it for each thing that they opened, and for nothing else.

A cookie is `device.seal.proof.proof…`: 128 random bits, a stamp that says that we chose them, and for each thing opened
a stamp of device and thing. Nothing of it is stored here. A proof that is copied to another device stays with the first
one's bucket, for it names the device; one for another thing fits nothing.
"""

import re
import secrets
from dataclasses import dataclass

from denshi_hosho.core.stamps import SHORT, Stamps

PROOFS_KEPT = 64  # the newest; some 1.7 kB of the 4 kB that browsers keep
_COOKIE = re.compile(rf"([0-9a-f]{{32}})\.([0-9a-f]{{{SHORT}}})((?:\.[0-9a-f]{{{SHORT}}}){{0,{PROOFS_KEPT}}})")


@dataclass(slots=True)
class Caller:
    """Who sends a request, as far as throttling knows, and what the answer is to tell it.

    `source` is a network address as it is counted. `cookie` is the device cookie that came along, as it came.
    """

    source: str
    cookie: str = ""
    new_cookie: str | None = None
    retry_after: int | None = None


def device_of(stamps: Stamps, caller: Caller, subject: tuple[str, str]) -> str | None:
    """Return the caller's device if it succeeded with `subject` before, else None."""
    device, proofs = _read(stamps, caller.new_cookie or caller.cookie)
    known = any(stamps.fits(proof, "proof", device, *subject) for proof in proofs)
    return device if known else None


def remember(stamps: Stamps, caller: Caller, subject: tuple[str, str]) -> None:
    """Let the caller's next request prove that it succeeded with `subject`."""
    if device_of(stamps, caller, subject) is not None:
        return
    device, proofs = _read(stamps, caller.new_cookie or caller.cookie)
    device = device or secrets.token_hex(16)
    newest = [*proofs, stamps.stamp("proof", device, *subject)[:SHORT]][-PROOFS_KEPT:]
    caller.new_cookie = ".".join((device, stamps.stamp("device", device)[:SHORT], *newest))


def _read(stamps: Stamps, cookie: str) -> tuple[str, list[str]]:
    """Return device and proofs of a cookie; nothing of one that we did not make."""
    parts = _COOKIE.fullmatch(cookie)
    if parts is None or not stamps.fits(parts[2], "device", parts[1]):
        return "", []
    return parts[1], parts[3].split(".")[1:]

"""Passwords: kept as argon2id, checked off the event loop, few at a time, and refused when too short to be one."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from threading import BoundedSemaphore
from typing import TypeVar

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError

from denshi_hosho.core.errors import Refusal, Refused

MIN_LENGTH = 12
MAX_LENGTH = 256
# Each hash takes 64 MiB and, being parallel itself, most of the processor: more at a time would end none of them sooner.
AT_A_TIME = 2
WAITING = 32  # some seconds' worth; whoever comes on top is told to come back, instead of waiting for a minute
_hasher = PasswordHasher()
_pool = ThreadPoolExecutor(AT_A_TIME, "argon2")
_room = BoundedSemaphore(AT_A_TIME + WAITING)
T = TypeVar("T")


class HashingBusy(Exception):
    """As many passwords wait to be hashed as may wait; nothing was looked at."""


def check_new_password(password: str, path: tuple[str, ...]) -> None:
    """Raise `Refused` unless `password` has 12 to 256 characters. `path` is the input field."""
    if not MIN_LENGTH <= len(password) <= MAX_LENGTH:
        raise Refused(
            Refusal(
                "PASSWORD_LENGTH",
                f"パスワードは{MIN_LENGTH}文字以上{MAX_LENGTH}文字以内にしてください。",
                f"A password has {MIN_LENGTH} to {MAX_LENGTH} characters.",
                path,
            )
        )


async def hashed(password: str) -> str:
    """Return the argon2id hash to store for `password`. Raise `HashingBusy`."""
    return await _in_turn(lambda: _hasher.hash(_bytes(password)))


async def matches(password_hash: str | None, password: str) -> bool:
    """Return whether `password` is the one behind `password_hash`; without a hash the same time is spent on a dummy.

    Raise `HashingBusy`.
    """
    return await _in_turn(lambda: _verify(password_hash, password))


async def _in_turn(work: Callable[[], T]) -> T:
    if not _room.acquire(blocking=False):
        raise HashingBusy
    hashing = _pool.submit(work)
    # Its place is taken until it is really over: a client that goes away does not stop a hash that has begun.
    hashing.add_done_callback(lambda _: _room.release())
    return await asyncio.wrap_future(hashing)


def _verify(password_hash: str | None, password: str) -> bool:
    try:
        _hasher.verify(password_hash or _dummy_hash(), _bytes(password))
    except VerificationError:
        return False
    return password_hash is not None


def _bytes(password: str) -> bytes:
    return password.encode(errors="surrogatepass")


@cache
def _dummy_hash() -> str:
    return _hasher.hash("nobody has this password")

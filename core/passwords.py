"""Passwords: kept as argon2id, checked off the event loop, few at a time, and refused when too short to be one."""

from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import VerificationError
from argon2.profiles import RFC_9106_LOW_MEMORY

from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.workbench import Workbench, WorkbenchFull

MIN_LENGTH = 12
MAX_LENGTH = 256
# Each hash takes 64 MiB and, being parallel itself, most of the processor: more at a time would end none of them sooner.
AT_A_TIME = 2
WAITING = 32  # some seconds' worth; whoever comes on top is told to come back, instead of waiting for a minute
# RFC 9106, 4: the second recommended option, 64 MiB, 3 passes, 4 lanes; OWASP asks for 19 MiB and 2 passes at least.
_hasher = PasswordHasher.from_parameters(RFC_9106_LOW_MEMORY)
_bench = Workbench("argon2", AT_A_TIME, WAITING)
HashingBusy = WorkbenchFull  # as many passwords wait to be hashed as may wait; nothing was looked at


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
    return await _bench.run(lambda: _hasher.hash(_bytes(password)))


def is_outdated(password_hash: str) -> bool:
    """Return whether a password is kept under other parameters than new ones are."""
    return _hasher.check_needs_rehash(password_hash)


async def matches(password_hash: str | None, password: str) -> bool:
    """Return whether `password` is the one behind `password_hash`; without a hash the same time is spent on a dummy.

    Raise `HashingBusy`.
    """
    return await _bench.run(lambda: _verify(password_hash, password))


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

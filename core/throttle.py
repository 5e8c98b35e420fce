"""Throttling of attempts at access keys and passwords: failures cost waiting, then work; nothing is ever locked.

An attempt is paid for before it is looked at, and the price is given back if it succeeds. So what is answered never
depends on a key or a password that was not paid for, and attempts in parallel cannot slip through together.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import devices, gcra
from denshi_hosho.core.devices import Caller
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.gcra import Bucket, Charged, Limit
from denshi_hosho.core.stamps import Stamps
from denshi_hosho.core.work import WORK_BITS, Challenge, Solution, expiry, new_challenge

TOO_MANY = Refusal(
    "TOO_MANY_ATTEMPTS",
    "失敗した試行が多すぎます。しばらく待ってから、もう一度お試しください。",
    "Too many attempts have failed. Wait a while, then try again.",
)
VERIFIED_OFTEN = Refusal(
    "TOO_MANY_ATTEMPTS",
    "検証の回数が多すぎます。しばらく待ってから、もう一度お試しください。",
    "Too many copies have been handed in to be verified. Wait a while, then try again.",
)
WORK_NEEDED = Refusal(
    "WORK_NEEDED",
    "失敗した試行が続いたため、計算による確認が必要です。workの計算結果を添えて、もう一度お試しください。",
    "After many failed attempts a proof of work is asked for. Solve what stands in work and try again with it.",
)


@dataclass(frozen=True, slots=True)
class Door:
    """Something that can be attempted, and its limits: for a source, for what is attempted, for a device that succeeded.

    `worked` limits a source's attempts that were worked for; None where the secret is too long to be guessed at any rate.
    """

    name: str
    source: Limit
    target: Limit
    device: Limit
    worked: Limit | None


_SOURCE = Limit(20, timedelta(seconds=30))
_TARGET = Limit(20, timedelta(seconds=60))
_DEVICE = Limit(10, timedelta(seconds=60))
_WORKED = Limit(20, timedelta(seconds=2))
OPENING = Door("opening", _SOURCE, _TARGET, _DEVICE, worked=None)
SIGN_IN = Door("sign-in", _SOURCE, _TARGET, _DEVICE, _WORKED)
# Verifying a PDF takes a tenth of a second of computing, whatever comes of it: each copy counts, not only bad ones.
MAX_VERIFIED_AT_ONCE = 20
VERIFYING = Limit(MAX_VERIFIED_AT_ONCE, timedelta(seconds=3))
CHANGE_PASSWORD = Door("change-password", _SOURCE, _TARGET, _DEVICE, _WORKED)


@dataclass(frozen=True, slots=True, repr=False)
class Attempt:
    """One try of `caller` at `target` (a guarantee's number or a login id as typed, whether there is one or not)."""

    door: Door
    target: str
    caller: Caller
    work: Solution | None = None

    @property
    def subject(self) -> tuple[str, str]:
        """What proofs of work and of earlier success are bound to."""
        return self.door.name, self.target


class Throttle:
    """Counts attempts. `peppers`: name → 32 bytes; what is counted stands in the database as a hash with the first one."""

    def __init__(self, peppers: Mapping[str, bytes], bits: int = WORK_BITS) -> None:
        self._stamps = Stamps(peppers)
        self._bits = bits

    async def reserve(self, connection: AsyncConnection, attempt: Attempt, now: datetime) -> list[Charged]:
        """Charge for `attempt`, before anything about it is looked at; return what a success gets back.

        Raise `Refused`, with `retry_after` or `work`; the transaction must then be taken back.
        """
        device = devices.device_of(self._stamps, attempt.caller, attempt.subject)
        if device is not None:
            own = self._bucket(attempt.door.device, "device", device, *attempt.subject)
            if paid := await gcra.charge(connection, [own], now):
                return paid
        source = self._bucket(attempt.door.source, "source", attempt.door.name, attempt.caller.source)
        target = self._bucket(attempt.door.target, "target", *attempt.subject)
        paid = await gcra.charge(connection, [source, target], now)
        if len(paid) == len((source, target)):
            return paid
        if await self._worked(connection, attempt, now):
            return paid + await self._pay_by_work(connection, attempt, now)
        seconds = await gcra.wait(connection, source, now)
        raise self._refused(attempt, seconds, self._challenge(attempt, now))

    async def count(self, connection: AsyncConnection, limit: Limit, name: str, caller: Caller, now: datetime) -> int:
        """Charge the caller's source for something open to anybody; return 0, or after how many seconds it may be done."""
        bucket = self._bucket(limit, "source", name, caller.source)
        if await gcra.charge(connection, [bucket], now):
            return 0
        return max(1, await gcra.wait(connection, bucket, now))

    async def refund(self, connection: AsyncConnection, charged: list[Charged], now: datetime) -> None:
        """Give back, in the transaction that charged it, what an attempt that succeeded was charged."""
        await gcra.refund(connection, charged, now)

    async def refund_later(self, connection: AsyncConnection, charged: list[Charged], now: datetime) -> None:
        """Give back, in another transaction, what an attempt that succeeded was charged."""
        await gcra.hold(connection, charged)
        await gcra.refund(connection, charged, now)

    async def clear(self, connection: AsyncConnection, now: datetime) -> None:
        """Delete some rows that count nothing any more."""
        await gcra.clear(connection, now)

    def remember(self, attempt: Attempt) -> None:
        """Let the caller's device be known for what it has opened. Call it once the success is committed."""
        devices.remember(self._stamps, attempt.caller, attempt.subject)

    def _bucket(self, limit: Limit, *counted: str) -> Bucket:
        return Bucket(self._stamps.stamp(*counted), limit)

    def _challenge(self, attempt: Attempt, now: datetime) -> Challenge:
        return new_challenge(self._stamps, attempt.subject, now, self._bits)

    async def _worked(self, connection: AsyncConnection, attempt: Attempt, now: datetime) -> bool:
        """Return whether the attempt brings work that is ours, solved, not expired and not spent; it is spent now."""
        if attempt.work is None:
            return False
        until = expiry(self._stamps, attempt.subject, attempt.work, now)
        if until is None:
            return False
        return await gcra.spend(connection, self._stamps.stamp("spent", attempt.work.challenge), until)

    async def _pay_by_work(self, connection: AsyncConnection, attempt: Attempt, now: datetime) -> list[Charged]:
        if attempt.door.worked is None:
            return []
        worked = self._bucket(attempt.door.worked, "worked", attempt.door.name, attempt.caller.source)
        paid = await gcra.charge(connection, [worked], now)
        if not paid:
            raise self._refused(attempt, await gcra.wait(connection, worked, now), None)
        return paid

    def _refused(self, attempt: Attempt, seconds: int, work: Challenge | None) -> Refused:
        if not seconds:
            return Refused(WORK_NEEDED, work=work)
        return too_many(attempt.caller, seconds, work)


def too_many(caller: Caller, seconds: int, work: Challenge | None = None, why: Refusal = TOO_MANY) -> Refused:
    """Return the refusal that asks to wait for `seconds`; what is attempted was not looked at."""
    caller.retry_after = max(seconds, caller.retry_after or 0)
    return Refused(why, retry_after=seconds, work=work)

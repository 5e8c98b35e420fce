"""The end of a guarantee: released, cancelled; claimed after a default, examined and paid. And its timeline."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.calculators.lines import check_amounts
from denshi_hosho.core.claims import claims
from denshi_hosho.core.claims.claims import ClaimFacts, Examined
from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.ending import ends
from denshi_hosho.core.errors import Refusal, Refused, under
from denshi_hosho.core.fees.restating import restate
from denshi_hosho.core.life.timeline import MAX_TIMELINE, timeline_of
from denshi_hosho.core.notes import check_note
from denshi_hosho.core.paging import PageMalformed
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import GuaranteeStep, Role
from denshi_hosho.resolvers.doing import done
from denshi_hosho.resolvers.platform import Platform


async def release(
    platform: Platform,
    actor: Actor | None,
    guarantee_id: int,
    completed_on: date,
    note: str | None,
    idempotency_key: str,
) -> int:
    """Return the guarantee's id after the surety released it. Raise `Refused`."""
    if note is not None:
        check_note(note, "note")
    _check_past(platform, completed_on, "completed_on")

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        await ends.release(connection, who, guarantee_id, completed_on, note, now)
        return guarantee_id

    asked = "releaseGuarantee", {"guarantee_id": guarantee_id, "completed_on": completed_on, "note": note}
    return await done(platform, actor, Role.SURETY, asked, idempotency_key, work)


async def cancel(
    platform: Platform, actor: Actor | None, guarantee_id: int, cancelled_on: date, reason: str, idempotency_key: str
) -> int:
    """Return the guarantee's id after the surety cancelled it; what is returned of its fee is stated. Raise `Refused`."""
    check_note(reason, "reason")
    _check_past(platform, cancelled_on, "cancelled_on")

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        await ends.cancel(connection, who, guarantee_id, cancelled_on, reason, now)
        await restate(
            connection, who, guarantee_id, now, reason="CANCELLATION", guaranteed_amount=None, ends_on=None,
            day=cancelled_on,
        )  # fmt: skip
        return guarantee_id

    asked = "cancelGuarantee", {"guarantee_id": guarantee_id, "cancelled_on": cancelled_on, "reason": reason}
    return await done(platform, actor, Role.SURETY, asked, idempotency_key, work)


async def make_claim(
    platform: Platform, actor: Actor | None, guarantee_id: int, facts: ClaimFacts, amount: int, idempotency_key: str
) -> int:
    """Return the id of a claim, by the obligee's account or by the surety which got it on paper. Raise `Refused`."""
    with under("facts"):
        check_note(facts.reason, "reason")
        told = {name: value for name, value in asdict(facts).items() if name not in {"defaulted_on", "reason"}}
        check_amounts(0, **told)
        _check_past(platform, facts.defaulted_on, "defaulted_on")

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        return await claims.make(connection, who, guarantee_id, (facts, amount), now)

    asked = "makeClaim", {"guarantee_id": guarantee_id, "facts": asdict(facts), "amount": amount}
    return await done(platform, actor, _claimant(actor), asked, idempotency_key, work)


def _claimant(actor: Actor | None) -> Role:
    return Role.SURETY if actor is not None and actor.role is Role.SURETY else Role.OBLIGEE


async def determine_claim(
    platform: Platform, actor: Actor | None, claim_id: int, examined: Examined, idempotency_key: str
) -> int:
    """Return the claim's id after the surety determined what it pays. Raise `Refused`."""
    with under("examined"):
        check_amounts(0, **asdict(examined))

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        return await claims.determine(connection, who, claim_id, examined, now)

    asked = "determineClaim", {"claim_id": claim_id, **asdict(examined)}
    return await done(platform, actor, Role.SURETY, asked, idempotency_key, work)


async def refuse_claim(platform: Platform, actor: Actor | None, claim_id: int, note: str, idempotency_key: str) -> int:
    """Return the claim's id after the surety refused it; the guarantee is in force again. Raise `Refused`."""
    return await _end(platform, (actor, Role.SURETY), claim_id, (GuaranteeStep.CLAIM_REFUSED, note), idempotency_key)


async def withdraw_claim(
    platform: Platform, actor: Actor | None, claim_id: int, note: str, idempotency_key: str
) -> int:
    """Return the claim's id after who made it withdrew it; the guarantee is in force again. Raise `Refused`."""
    who = actor, _claimant(actor)
    return await _end(platform, who, claim_id, (GuaranteeStep.CLAIM_WITHDRAWN, note), idempotency_key)


async def _end(
    platform: Platform,
    who: tuple[Actor | None, Role],
    claim_id: int,
    how: tuple[GuaranteeStep, str],
    idempotency_key: str,
) -> int:
    (actor, role), (step, note) = who, how
    check_note(note, "note")

    async def work(connection: AsyncConnection, acting: Actor, now: datetime) -> int:
        return await claims.end(connection, acting, claim_id, how, now)

    return await done(platform, actor, role, (step.value, {"claim_id": claim_id, "note": note}), idempotency_key, work)


async def record_claim_paid(
    platform: Platform, actor: Actor | None, claim_id: int, paid_on: date, idempotency_key: str
) -> int:
    """Return the claim's id after its payment was recorded; the guarantee is performed. Raise `Refused`."""
    _check_past(platform, paid_on, "paid_on")

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        return await claims.paid(connection, who, claim_id, paid_on, now)

    asked = "recordClaimPaid", {"claim_id": claim_id, "paid_on": paid_on}
    return await done(platform, actor, Role.SURETY, asked, idempotency_key, work)


def _check_past(platform: Platform, day: date, field: str) -> None:
    if day > japan_day(platform.clock()):
        raise Refused(
            Refusal("DAY_IN_FUTURE", "未来の日付は指定できません。", "This day lies in the future.", (field,))
        )


async def claims_of(platform: Platform, actor: Actor, guarantee_ids: Sequence[int]) -> list[list[AnyRow]]:
    """Return, for each guarantee that the actor may see, the claims on it, oldest first."""
    async with platform.database.read() as connection:
        found = await claims.claims_of(connection, actor, guarantee_ids)
    return [found[each] for each in guarantee_ids]


async def claim(platform: Platform, actor: Actor, claim_id: int) -> AnyRow | None:
    """Return a claim on a guarantee that the actor may see, or None."""
    async with platform.database.read() as connection:
        return await claims.claim_of(connection, actor, claim_id)


async def timeline(platform: Platform, actor: Actor, guarantee_id: int, first: int, skip: int) -> Sequence[AnyRow]:
    """Return what happened to a guarantee that the actor may see, oldest first. Raise `PageMalformed`."""
    if not (1 <= first <= MAX_TIMELINE and skip >= 0):
        raise PageMalformed(f"first は1以上{MAX_TIMELINE}以下、skip は0以上にしてください。",
                            f"first is 1 to {MAX_TIMELINE}, skip is 0 or more.")  # fmt: skip
    async with platform.database.read() as connection:
        return await timeline_of(connection, actor, guarantee_id, first, skip)

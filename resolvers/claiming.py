"""Claims (保証金の請求): made by the obligee or recorded by the surety, determined, refused or paid by the surety."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.calculators.lines import check_amounts
from denshi_hosho.core.claims import claims
from denshi_hosho.core.claims.amounts import ClaimFacts, Figures, check_claimed
from denshi_hosho.core.errors import under
from denshi_hosho.core.notes import check_note
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import Role
from denshi_hosho.resolvers.doing import done
from denshi_hosho.resolvers.platform import Platform

End = Callable[[AsyncConnection, Actor, int, str, datetime], Awaitable[int]]


async def make(
    platform: Platform, actor: Actor | None, guarantee_id: int, facts: ClaimFacts, amount: int, idempotency_key: str
) -> int:
    """Return the id of a new claim, by the obligee, or by the surety that received it on paper. Raise `Refused`."""
    facts.check()
    check_claimed(amount)
    body = {"guarantee_id": guarantee_id, "facts": facts.text(), "amount": amount}

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        return await claims.make(connection, who, guarantee_id, facts, amount, now)

    return await done(platform, actor, claimant(actor), ("makeClaim", body), idempotency_key, work)


async def withdraw(platform: Platform, actor: Actor | None, claim_id: int, note: str, idempotency_key: str) -> int:
    """Return the id of a claim after who made it withdrew it. Raise `Refused`."""
    return await _end(
        platform, (actor, claimant(actor)), claim_id, ("withdrawClaim", claims.withdraw, note), idempotency_key
    )


async def refuse(platform: Platform, actor: Actor | None, claim_id: int, note: str, idempotency_key: str) -> int:
    """Return the id of a claim after the surety refused it. Raise `Refused`."""
    return await _end(platform, (actor, Role.SURETY), claim_id, ("refuseClaim", claims.refuse, note), idempotency_key)


async def determine(
    platform: Platform, actor: Actor | None, claim_id: int, examined: Figures, told: int | None, idempotency_key: str
) -> int:
    """Return the id of a claim after the surety determined what is paid of it. Raise `Refused`."""
    with under("examined"):
        examined.check()
    check_amounts(1, determined_amount=told)
    body = {"claim_id": claim_id, "examined": examined.plain(), "told": told}

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        return await claims.determine(connection, who, claim_id, examined, told, now)

    return await done(platform, actor, Role.SURETY, ("determineClaim", body), idempotency_key, work)


async def record_paid(
    platform: Platform, actor: Actor | None, claim_id: int, amount: int, day: date, idempotency_key: str
) -> int:
    """Return the id of a claim after the surety recorded its payment on `day` (Japan's). Raise `Refused`."""
    check_amounts(1, amount=amount)
    body = {"claim_id": claim_id, "amount": amount, "paid_on": day.isoformat()}

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        return await claims.record_paid(connection, who, claim_id, amount, day, now)

    return await done(platform, actor, Role.SURETY, ("recordClaimPaid", body), idempotency_key, work)


async def _end(
    platform: Platform, who: tuple[Actor | None, Role], claim_id: int, how: tuple[str, End, str], idempotency_key: str
) -> int:
    (actor, role), (operation, end, note) = who, how
    check_note(note, "note")

    async def work(connection: AsyncConnection, acting: Actor, now: datetime) -> int:
        return await end(connection, acting, claim_id, note, now)

    return await done(platform, actor, role, (operation, {"claim_id": claim_id, "note": note}), idempotency_key, work)


def claimant(actor: Actor | None) -> Role:
    """Return for whom `actor` claims: the surety, where it records what it received on paper, or else the obligee."""
    return Role.SURETY if actor is not None and actor.role is Role.SURETY else Role.OBLIGEE


async def claims_of(platform: Platform, actor: Actor, guarantee_ids: Sequence[int]) -> list[list[AnyRow]]:
    """Return, for each guarantee that the actor may see, its claims, oldest first."""
    async with platform.database.read() as connection:
        found = await claims.claims_of(connection, actor, guarantee_ids)
    return [found[each] for each in guarantee_ids]


async def claim(platform: Platform, actor: Actor, claim_id: int) -> AnyRow | None:
    """Return a claim of a guarantee that the actor may see, or None."""
    async with platform.database.read() as connection:
        return await claims.claim_of(connection, actor, claim_id)

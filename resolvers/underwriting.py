"""The surety's side of an application: return, decline, approve, record the fee, conclude."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import date, datetime
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import applications, issuing
from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.errors import Refusal, Refused, at
from denshi_hosho.core.fees import statements
from denshi_hosho.core.idempotency import digest, once
from denshi_hosho.core.interim import following
from denshi_hosho.core.notes import check_note
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import Role
from denshi_hosho.resolvers.decisions import at_conclusion, eligibility, record, require_delivery
from denshi_hosho.resolvers.doing import done
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.resolvers.policy import acting_for


async def send_back(
    platform: Platform, actor: Actor | None, application_id: int, note: str, idempotency_key: str | None = None
) -> int:
    """Return the application's id after it was returned for correction. Raise `Refused`."""
    check_note(note, "note")
    asked = "return", {"application_id": application_id, "note": note}
    return await _step(platform, actor, asked, idempotency_key, partial(applications.send_back, note=note))


async def decline(
    platform: Platform, actor: Actor | None, application_id: int, note: str, idempotency_key: str | None = None
) -> int:
    """Return the application's id after it was declined. Raise `Refused`."""
    check_note(note, "note")
    asked = "decline", {"application_id": application_id, "note": note}
    return await _step(platform, actor, asked, idempotency_key, partial(applications.decline, note=note))


async def approve(
    platform: Platform, actor: Actor | None, application_id: int, branch_id: int | None,
    idempotency_key: str | None = None,
) -> int:  # fmt: skip
    """Return the application's id after it was approved. Raise `Refused`."""
    asked = "approve", {"application_id": application_id, "branch_id": branch_id}
    return await _step(platform, actor, asked, idempotency_key, partial(applications.approve, branch_id=branch_id))


async def record_fee(  # noqa: PLR0913  whose fee of how much was received when, or is paid consolidated
    platform: Platform, actor: Actor | None, application_id: int, *, amount: int | None, received_on: date | None,
    consolidated: bool, idempotency_key: str | None = None,
) -> int:  # fmt: skip
    """Return the application's id after its fee was recorded, as received or as consolidated. Raise `Refused`."""
    asked = "record fee", {"application_id": application_id, "amount": amount, "received_on": received_on,
                           "consolidated": consolidated}  # fmt: skip
    if consolidated:
        if amount is not None or received_on is not None:
            raise Refused(_ONE_OF)
        return await _step(platform, actor, asked, idempotency_key, applications.record_fee_consolidated)
    if amount is None or received_on is None:
        raise Refused(_ONE_OF)
    if received_on > japan_day(platform.clock()):
        raise Refused(Refusal("DAY_IN_FUTURE", "領収日が未来の日付です。", "The fee cannot have been received in the future.",
                              ("received_on",)))  # fmt: skip

    async def take(connection: AsyncConnection, who: Actor, application_id: int, now: datetime) -> None:
        await statements.check_recorded(connection, who, application_id, amount)
        await applications.record_fee_received(connection, who, application_id, now, (amount, received_on))

    return await _step(platform, actor, asked, idempotency_key, take)


async def conclude(platform: Platform, actor: Actor | None, application_id: int, idempotency_key: str) -> int:
    """Return the id of the guarantee concluded for an approved application.

    The obligee's rules are asked again: they may have changed since. Raise `Refused`: then nothing was written.
    """
    who = acting_for(actor, Role.SURETY)
    now = platform.clock()
    request = "conclude", digest("conclude", {"application_id": application_id})
    how = issuing.Conclusion(actor=who, now=now, vault=platform.vault, post=platform.post)

    async def work(connection: AsyncConnection) -> int:
        async def issue() -> int:
            row = await issuing.approved(connection, who, application_id)
            if (wish := following.wish_of(row, row.principal_id)) is not None:
                with at("application_id"):
                    await following.followed(connection, who, wish, japan_day(now))
            told = at_conclusion(row.facts, japan_day(now))
            with at("application_id"):
                decision = eligibility(platform, told)
                require_delivery(decision, row.delivery)
            return await issuing.issue(connection, row, record(platform, told, decision), how)

        return await once(connection, who.account_id, idempotency_key, request, now, issue)

    return await platform.database.write(work)


_ONE_OF = Refusal(
    "FEE_AMBIGUOUS",
    "領収額と領収日の両方か、一括後払のどちらかを指定してください。",
    "Give either amount and receivedOn, or consolidated.",
    ("amount",),
)
_Step = Callable[[AsyncConnection, Actor, int, datetime], Awaitable[None]]


async def _step(
    platform: Platform, actor: Actor | None, asked: tuple[str, Mapping[str, object]], idempotency_key: str | None,
    take: _Step,
) -> int:  # fmt: skip
    application_id = int(str(asked[1]["application_id"]))

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        await take(connection, who, application_id, now)
        return application_id

    return await done(platform, actor, Role.SURETY, asked, idempotency_key, work)

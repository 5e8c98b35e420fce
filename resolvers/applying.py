"""A principal applies for a guarantee: the form is checked, the obligee's rules are asked, then it is kept."""

from collections.abc import Sequence
from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import applications
from denshi_hosho.core.calculators.interim import Interim
from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.decisions import DecisionRecord, keep_decision
from denshi_hosho.core.errors import under
from denshi_hosho.core.form import Form, check_form
from denshi_hosho.core.interim import following
from denshi_hosho.core.notes import check_note
from denshi_hosho.core.parties import surety_called
from denshi_hosho.core.principals.reading import acting_party
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import Role, Stage
from denshi_hosho.resolvers.decisions import eligibility, facts_json, record, require_delivery
from denshi_hosho.resolvers.doing import done
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.resolvers.policy import acting_for
from denshi_hosho.rules import Application

_FORM = ("application",)  # where the form stands in the mutations' inputs


async def apply(
    platform: Platform, actor: Actor | None, form: Form, facts: Application, idempotency_key: str, *,
    on_behalf_of: int | None = None,
) -> int:  # fmt: skip
    """Return the id of the new application, made for the actor's own principal or `on_behalf_of` another.

    Raise `Refused`: then nothing was written.
    """
    acting_for(actor, Role.PRINCIPAL)
    with under(*_FORM):
        check_form(form)
    body: dict[str, object] = {"form": asdict(form), "facts": facts.to_json()}
    asked = "apply", body if on_behalf_of is None else {**body, "on_behalf_of": on_behalf_of}

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        principal_id = await acting_party(connection, who, on_behalf_of)
        with under(*_FORM):
            return await submitted(platform, connection, (who, principal_id), (form, facts), now)

    return await done(platform, actor, Role.PRINCIPAL, asked, idempotency_key, work)


async def submitted(
    platform: Platform, connection: AsyncConnection, by: tuple[Actor, int], filled: tuple[Form, Application],
    now: datetime,
) -> int:  # fmt: skip
    """Return the id of the new application that is made by (actor, principal's id): the rules are asked, it is kept.

    `filled` is the checked form, and what the rules are told. Raise `Refused`.
    """
    who, principal_id = by
    form, facts = filled
    facts = await _after(connection, who, following.wish_of(form, principal_id), facts, now)
    told, decided = await asked_for(platform, connection, form, facts, now)
    application_id = await applications.submit(connection, who, form, facts_json(told), now, principal_id=principal_id)
    await keep_decision(connection, application_id, Stage.APPLICATION, decided, now)
    return application_id


async def resubmit(
    platform: Platform, actor: Actor | None, application_id: int, form: Form, facts: Application,
    idempotency_key: str | None = None,
) -> int:  # fmt: skip
    """Return the id of a returned application after it went back to the surety with new content. Raise `Refused`."""
    acting_for(actor, Role.PRINCIPAL)
    with under(*_FORM):
        check_form(form)
    asked = "resubmit", {"application_id": application_id, "form": asdict(form), "facts": facts.to_json()}

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        wish = following.wish_of(form, await following.principal_of(connection, who, application_id))
        with under(*_FORM):
            known = await _after(connection, who, wish, facts, now)
            told, decided = await asked_for(platform, connection, form, known, now)
        await applications.resubmit(connection, who, application_id, form, facts_json(told), now)
        await keep_decision(connection, application_id, Stage.APPLICATION, decided, now)
        return application_id

    return await done(platform, actor, Role.PRINCIPAL, asked, idempotency_key, work)


async def _after(
    connection: AsyncConnection, who: Actor, wish: following.Wish | None, facts: Application, now: datetime
) -> Application:
    """Return the facts with the day of the guarantee that is followed, unless one was told. Raise `Refused`."""
    if wish is None:
        return facts
    followed = await following.followed(connection, who, wish, japan_day(now))
    return replace(facts, first_guarantee_on=facts.first_guarantee_on or japan_day(followed.concluded_at))


async def interims_of(platform: Platform, actor: Actor, application_ids: Sequence[int]) -> list[Interim | None]:
    """Return, for each application that the actor may see and that follows a guarantee, its conditions as of today."""
    async with platform.database.read() as connection:
        found = await following.interims_of(connection, actor, application_ids, japan_day(platform.clock()))
    return [found.get(each) for each in application_ids]


async def withdraw(
    platform: Platform, actor: Actor | None, application_id: int, reason: str, idempotency_key: str
) -> int:
    """Return the application's id after its principal withdrew it (取下げ). Raise `Refused`."""
    acting_for(actor, Role.PRINCIPAL)
    check_note(reason, "reason")

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        await applications.withdraw(connection, who, application_id, now, reason)
        return application_id

    asked = "withdraw", {"application_id": application_id, "reason": reason}
    return await done(platform, actor, Role.PRINCIPAL, asked, idempotency_key, work)


async def asked_for(
    platform: Platform, connection: AsyncConnection, form: Form, facts: Application, now: datetime
) -> tuple[Application, DecisionRecord]:
    """Return what the rules were told and what they answered; a guarantee that is not concluded yet counts as today's.

    Raise `Refused`.
    """
    surety = await surety_called(connection, form.surety_id)
    told = replace(
        facts,
        surety=surety.name,
        surety_class=surety.surety_class,
        guarantee_on=facts.guarantee_on or japan_day(now),
    )
    decision = eligibility(platform, told)
    require_delivery(decision, form.delivery)
    return told, record(platform, told, decision)

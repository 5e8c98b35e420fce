"""A principal applies for a guarantee: the form is checked, the obligee's rules are asked, then it is kept."""

from dataclasses import asdict, replace
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import applications
from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.decisions import DecisionRecord, keep_decision
from denshi_hosho.core.errors import under
from denshi_hosho.core.form import Form, check_form
from denshi_hosho.core.idempotency import digest, once
from denshi_hosho.core.parties import surety_called
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import Role, Stage
from denshi_hosho.resolvers.decisions import eligibility, facts_json, record, require_delivery
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.resolvers.policy import acting_for
from denshi_hosho.rules import Application

_FORM = ("application",)  # where the form stands in the mutations' inputs


async def apply(platform: Platform, actor: Actor | None, form: Form, facts: Application, idempotency_key: str) -> int:
    """Return the id of the new application. Raise `Refused`: then nothing was written."""
    who = acting_for(actor, Role.PRINCIPAL)
    with under(*_FORM):
        check_form(form)
    request = "apply", digest("apply", {"form": asdict(form), "facts": facts.to_json()})
    now = platform.clock()

    async def work(connection: AsyncConnection) -> int:
        async def submit() -> int:
            told, decided = await _decided(platform, connection, form, facts, now)
            application_id = await applications.submit(connection, who, form, facts_json(told), now)
            await keep_decision(connection, application_id, Stage.APPLICATION, decided, now)
            return application_id

        return await once(connection, who.account_id, idempotency_key, request, now, submit)

    return await platform.database.write(work)


async def resubmit(platform: Platform, actor: Actor | None, application_id: int, form: Form, facts: Application) -> int:
    """Return the id of a returned application after it went back to the surety with new content. Raise `Refused`."""
    who = acting_for(actor, Role.PRINCIPAL)
    with under(*_FORM):
        check_form(form)
    now = platform.clock()

    async def work(connection: AsyncConnection) -> int:
        told, decided = await _decided(platform, connection, form, facts, now)
        await applications.resubmit(connection, who, application_id, form, facts_json(told), now)
        await keep_decision(connection, application_id, Stage.APPLICATION, decided, now)
        return application_id

    return await platform.database.write(work)


async def _decided(
    platform: Platform, connection: AsyncConnection, form: Form, facts: Application, now: datetime
) -> tuple[Application, DecisionRecord]:
    """Return what the rules were told and what they answered; a guarantee that is not concluded yet counts as today's."""
    with under(*_FORM):
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

"""Changes (変更契約): what follows is told before anything is asked, the obligee's rules are asked again, a version is issued."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.changes import requests, versions
from denshi_hosho.core.changes.consequence import Content, Followed, follow
from denshi_hosho.core.changes.differences import Difference, differences
from denshi_hosho.core.changes.requests import facts_of
from denshi_hosho.core.changes.versions import NewVersion, Version
from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.decisions import keep_decision
from denshi_hosho.core.documents import missing_glyphs
from denshi_hosho.core.errors import Refusal, Refused, at, under
from denshi_hosho.core.fees.restating import restate
from denshi_hosho.core.form import Form, check_form
from denshi_hosho.core.guarantees import certificate_of
from denshi_hosho.core.life import steps
from denshi_hosho.core.notes import check_line, check_note
from denshi_hosho.core.queue import lineage_of
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.text import kept
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import Consequence, GuaranteeKind, GuaranteeStep, Medium, Role, Stage
from denshi_hosho.resolvers.decisions import eligibility, record, require_delivery
from denshi_hosho.resolvers.doing import done
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.resolvers.policy import signed_in
from denshi_hosho.rules import Application, Decision, Outcome

_TEXTS = ("principal_name", "obligee_name", "works_name", "depositary_bank")


@dataclass(frozen=True, slots=True)
class Asked:
    """A change as it is asked for: new values by field (those left out stay), and whether it corrects a mistake."""

    values: Mapping[str, Any]
    correction: bool

    @property
    def kept(self) -> dict[str, Any]:
        """Return the values as they are stored."""
        return {name: kept(value) if name in _TEXTS and value else value for name, value in self.values.items()}


@dataclass(frozen=True, slots=True)
class Preview:
    """What follows from a change.

    `medium` is that of the certificate which is issued; `told` and `decision` are what the rules were told of it and what
    they answered. None: no certificate is issued, and no rule is asked.
    """

    followed: Followed
    medium: Medium | None = None
    told: Application | None = None
    decision: Decision | None = None


async def preview(platform: Platform, actor: Actor | None, guarantee_id: int, asked: Asked) -> Preview:
    """Return what would follow from a change; nothing is written. Raise `Refused`."""
    who = signed_in(actor)
    async with platform.database.read() as connection:
        return await _followed(platform, connection, who, guarantee_id, asked)


async def request(
    platform: Platform, actor: Actor | None, guarantee_id: int, asked: Asked, reason: str, idempotency_key: str
) -> int:
    """Return the id of the principal's request; a change without a certificate is recorded at once. Raise `Refused`."""
    check_note(reason, "reason")
    body = {"guarantee_id": guarantee_id, **asked.kept, "correction": asked.correction, "reason": reason}

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        row = await steps.held(connection, who, guarantee_id)
        found = await _followed(platform, connection, who, guarantee_id, asked)
        change_id = await requests.keep(connection, who, guarantee_id, found.followed, found.medium, reason, now)
        await _keep_decision(platform, connection, row.application_id, found, now)
        return change_id

    return await done(platform, actor, Role.PRINCIPAL, ("requestChange", body), idempotency_key, work)


async def conclude(
    platform: Platform, actor: Actor | None, change_id: int, idempotency_key: str, *, new_key: bool | None
) -> int:
    """Return the id of a request after the surety issued the version that it asks for. Raise `Refused`.

    The rules are asked again: they may have changed since, and with them how the version is delivered.
    """
    body = {"change_id": change_id, "new_key": new_key}

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        step = GuaranteeStep.CERTIFICATE_CHANGED
        row = await requests.held(connection, who, change_id, step)
        asked = Asked(requests.asked_of(row), correction=requests.consequence_of(row) is Consequence.CORRECTION)
        with at("change_id"):
            found = await _followed(platform, connection, who, row.guarantee_id, asked)
        await _issue(platform, connection, who, row, found, new_key=new_key, now=now)
        return change_id

    return await done(platform, actor, Role.SURETY, ("concludeChange", body), idempotency_key, work)


async def _issue(  # noqa: PLR0913  whose change it is, and all that a new version needs
    platform: Platform, connection: AsyncConnection, who: Actor, row: AnyRow, found: Preview, *, new_key: bool | None,
    now: datetime,
) -> None:  # fmt: skip
    change = found.followed.issued_as
    if change is None or found.medium is None:
        raise AssertionError("only what leads to a certificate waits for the surety")
    new = NewVersion(
        content=found.followed.content, change=change, medium=found.medium, new_key=new_key, vault=platform.vault,
        post=platform.post,
    )  # fmt: skip
    version = await versions.issue(connection, who, row.guarantee_id, new, now)
    await restate(
        connection, who, row.guarantee_id, now, reason="CHANGE", guaranteed_amount=new.content.guaranteed_amount,
        ends_on=new.content.guarantee_ends_on, day=japan_day(now),
    )  # fmt: skip
    await requests.settle(connection, row, versions.STEPS[change], now, version)
    await _keep_decision(platform, connection, row.application_id, found, now)


async def decline(platform: Platform, actor: Actor | None, change_id: int, note: str, idempotency_key: str) -> int:
    """Return the id of a request after the surety declined it. Raise `Refused`."""
    return await _end(platform, (actor, Role.SURETY), change_id, (GuaranteeStep.CHANGE_DECLINED, note), idempotency_key)


async def withdraw(platform: Platform, actor: Actor | None, change_id: int, note: str, idempotency_key: str) -> int:
    """Return the id of a request after its principal withdrew it. Raise `Refused`."""
    who = actor, Role.PRINCIPAL
    return await _end(platform, who, change_id, (GuaranteeStep.CHANGE_WITHDRAWN, note), idempotency_key)


async def _end(
    platform: Platform,
    who: tuple[Actor | None, Role],
    change_id: int,
    how: tuple[GuaranteeStep, str],
    idempotency_key: str,
) -> int:
    (actor, role), (step, note) = who, how
    check_note(note, "note")

    async def work(connection: AsyncConnection, acting: Actor, now: datetime) -> int:
        return await requests.end(connection, acting, change_id, step, now, note)

    return await done(
        platform, actor, role, (step.value, {"change_id": change_id, "note": note}), idempotency_key, work
    )


async def _followed(
    platform: Platform, connection: AsyncConnection, who: Actor, guarantee_id: int, asked: Asked
) -> Preview:
    today = await requests.content_of(connection, who, guarantee_id)
    followed = follow(today, asked.kept, correction=asked.correction)
    with under("change"):
        _check(followed.content, followed.changed)
    if followed.issued_as is None:
        return Preview(followed)
    lineage = await lineage_of(connection, guarantee_id)
    told = _told(lineage, followed, platform.clock())
    with at("change"):
        decision = eligibility(platform, told)
        return Preview(followed, _medium(decision, lineage.medium), told, decision)


def _told(lineage: AnyRow, followed: Followed, now: datetime) -> Application:
    """Return what the rules are told of a change: the facts of the application, with the lineage."""
    facts = Application.from_json(json.loads(lineage.facts))
    first = facts.first_guarantee_on or japan_day(lineage.concluded_at)
    change = followed.issued_as
    if change is None:
        raise AssertionError("no rule is asked where no certificate is issued")
    return replace(
        facts, change=change, original_medium=lineage.medium, first_guarantee_on=first, guarantee_on=japan_day(now),
        initial_contract_on=facts.initial_contract_on or facts.contract_on, **facts_of(followed.content),
    )  # fmt: skip


def _medium(decision: Decision, original: Medium) -> Medium:
    """Return how the new version is delivered: a guarantee on paper stays there. Raise `Refused` if neither way is open."""
    closed = decision.outcome in {Outcome.PAPER_ONLY, Outcome.REFUSED}  # an open question is no answer, and is refused
    electronic = original is Medium.ELECTRONIC and not closed
    medium = Medium.ELECTRONIC if electronic else Medium.PAPER
    require_delivery(decision, medium)
    return medium


async def _keep_decision(
    platform: Platform, connection: AsyncConnection, application_id: int, found: Preview, now: datetime
) -> None:
    if found.told is not None and found.decision is not None:
        kept_record = record(platform, found.told, found.decision)
        await keep_decision(connection, application_id, Stage.CHANGE, kept_record, now)


def _check(content: Content, changed: Sequence[str]) -> None:
    """Raise `Refused` with everything that is wrong with a new content."""
    check_form(
        Form(
            surety_id=0, kind=GuaranteeKind.PERFORMANCE, obligee="", obligee_name=content.obligee_name, delivery=Medium.ELECTRONIC,
            works_name=content.works_name, contract_price=content.contract_price, covered_price=content.covered_price,
            guaranteed_amount=content.guaranteed_amount, completion_on=content.completion_on,
            guarantee_ends_on=content.guarantee_ends_on, depositary_bank=content.depositary_bank, urgent=False,
        )
    )  # fmt: skip
    if "principal_name" in changed:
        path = ("principal_name",)
        check_line(content.principal_name, path)
        if missing := missing_glyphs(content.principal_name):
            raise Refused(Refusal("TEXT_NOT_PRINTABLE", f"証書に印字できない文字があります: {missing}",
                                  f"These characters cannot be printed on the certificate: {missing}", path))  # fmt: skip


async def changes_of(platform: Platform, actor: Actor, guarantee_ids: Sequence[int]) -> list[list[AnyRow]]:
    """Return, for each guarantee that the actor may see, its requests for changes, oldest first."""
    async with platform.database.read() as connection:
        found = await requests.changes_of(connection, actor, guarantee_ids)
    return [found[each] for each in guarantee_ids]


async def change(platform: Platform, actor: Actor, change_id: int) -> AnyRow | None:
    """Return a request of a guarantee that the actor may see, or None."""
    async with platform.database.read() as connection:
        return await requests.change_of(connection, actor, change_id)


async def versions_of(platform: Platform, guarantee_ids: Sequence[int]) -> list[list[Version]]:
    """Return every version of the certificates of guarantees that the asker is shown."""
    async with platform.database.read() as connection:
        found = await versions.versions_of(connection, guarantee_ids)
    return [found.get(each, []) for each in guarantee_ids]


def differences_of(version: Version) -> Sequence[Difference]:
    """Return what a version says otherwise than the one before; nothing for the first one."""
    if version.plain_before is None:
        return ()
    return differences(certificate_of(version.plain_before), certificate_of(version.plain))

"""The messages that hand keys in: composed of an obligee's plan and what is known, anew each time they are needed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.resolvers.decisions import canonical, eligibility, stored
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.rules import Application, Artefact, Outcome, SubmissionPlan, Way
from denshi_hosho.rules.compose import compose, grouped
from denshi_hosho.rules.handin import Attachment, HandIn, HandInItem, Message

HIDDEN = "＊" * 12  # stands for a key where the message is only shown


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What the principal tells for a message; None: not told. The keys are not among it, so it may be stored."""

    contact_name: str | None = None
    contact_phone: str | None = None
    contact_email: str | None = None
    works_number: str | None = None
    contract_number: str | None = None
    division: str | None = None
    subject: str | None = None
    surety_email: str | None = None
    way: Way | None = None
    address: str | None = None

    def to_json(self) -> str:
        """Return it as canonical JSON."""
        return canonical(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> "Told":
        """Return what `to_json` wrote."""
        values = json.loads(text)
        return cls(**{**values, "way": Way(values["way"]) if values["way"] else None})


@dataclass(frozen=True, slots=True)
class Composed:
    """A message with the ids of the guarantees whose keys it hands in."""

    message: Message
    guarantee_ids: tuple[int, ...]
    key_id: int = 0  # the newest of the keys in it, 0 where they are hidden


def compose_all(
    platform: Platform, rows: Sequence[AnyRow], told: Told, keys: Mapping[int, str], day: date
) -> list[Composed]:
    """Return the messages that hand in the guarantees `rows` on `day`, by the plan that today's rules give.

    `keys` maps a guarantee's id to its key. Raise `Refused` if the guarantees are not of one works contract's obligee.
    """
    if len({(row.obligee, row.works_name) for row in rows}) > 1:
        raise Refused(Refusal("DIFFERENT_WORKS", "一度に提出できるのは、同じ発注者の同じ工事の保証だけです。",
                              "Only guarantees of the same works of the same obligee can be handed in together.",
                              ("guarantee_ids",)))  # fmt: skip
    ids = {row.number: row.id for row in rows}
    planned = [(_plan(platform, row, told), _item(row, keys)) for row in rows]
    return [
        Composed(message, tuple(ids[number] for number in message.items))
        for plan, items in grouped(planned)
        for message in compose(plan, _hand_in(rows[0], items, told, day))
    ]


def _plan(platform: Platform, row: AnyRow, told: Told) -> SubmissionPlan:
    """Return the plan of today's rules; if they no longer accept the guarantee, that of its conclusion."""
    facts = _facts(row)
    decision = stored(row.decision)
    try:
        today = eligibility(platform, replace(facts, division=told.division or facts.division))
    except Refused:  # no rules are installed any more
        today = decision
    # Only an accepted decision's plan is more than provisional.
    plan = today.plan if today.outcome is Outcome.ACCEPTED else decision.plan
    if plan is None:
        raise Refused(Refusal("NO_PLAN", "この保証契約の提出方法は規則にありません。発注者にご確認ください。",
                              "The rules hold no way to hand this guarantee in. Ask the obligee.",
                              ("guarantee_ids",)))  # fmt: skip
    return plan


def _facts(row: AnyRow) -> Application:
    return Application.from_json(json.loads(row.facts))


def _hand_in(row: AnyRow, items: tuple[HandInItem, ...], told: Told, day: date) -> HandIn:
    facts = _facts(row)
    known: dict[str, Any] = {**asdict(told), "division": told.division or facts.division}
    return HandIn(
        items=items,
        day=day,
        principal_name=row.principal_name,
        bidding_on=facts.bidding_on,
        notice_on=facts.notice_on,
        contract_on=facts.contract_on,
        **known,
    )


def _item(row: AnyRow, keys: Mapping[int, str]) -> HandInItem:
    return HandInItem(
        kind=row.kind,
        number=row.number,
        access_key=keys.get(row.id, HIDDEN),
        works_name=row.works_name,
        obligee_name=row.obligee_name,
        surety_name=row.surety_name,
        surety_class=row.surety_class,
    )


def is_ours(attachment: Attachment) -> bool:
    """Return whether the platform itself can attach it: a key notice as a file without a password."""
    return attachment.artefact is Artefact.KEY_NOTICE and not (attachment.password or attachment.printed)

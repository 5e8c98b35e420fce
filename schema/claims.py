"""Claims (保証金の請求) and the timeline (経過) of a guarantee as GraphQL types."""

import json
from datetime import date, datetime
from typing import Annotated, Any, TypeAlias

import strawberry

from denshi_hosho.core.claims.claims import ClaimFacts, Examined
from denshi_hosho.core.life import timeline
from denshi_hosho.core.trail import KEY_HOLDER, PLATFORM
from denshi_hosho.schema.calculators import CalculationLine
from denshi_hosho.schema.context import CoreObject, shown
from denshi_hosho.schema.node import Node, shows
from denshi_hosho.schema.policy import Reach, reached
from denshi_hosho.schema.refusals import Refused
from denshi_hosho.schema.scalars import Yen
from denshi_hosho.schema.words import ClaimState, Role


@strawberry.input(description="What is said of a default (債務不履行); what is left out is not told.")
class ClaimFactsInput:
    advance_paid: Yen | None = strawberry.field(default=None, description="The advance that was paid (前払金額).")
    interim_paid: Yen | None = strawberry.field(
        default=None, description="The interim advance that was paid (中間前払金額)."
    )
    partial_payments: Yen | None = strawberry.field(
        default=None, description="Partial payments that were made (部分払金額)."
    )
    work_done: Yen | None = strawberry.field(default=None, description="What the work done is worth (出来高).")
    defaulted_on: date = strawberry.field(
        description="Day of the default, such as that of the contract's termination (解除日)."
    )
    reason: str = strawberry.field(description="What happened: 1 to 1,000 characters.")

    def told(self) -> ClaimFacts:
        """Return what is told."""
        return ClaimFacts(**vars(self))


@strawberry.input(description="What the surety found in its examination (審査).")
class ExaminedInput:
    advance_paid: Yen | None = strawberry.field(
        default=None, description="The advance that was paid; needed of an advance."
    )
    interim_paid: Yen = strawberry.field(default=Yen(0), description="The interim advance that was paid.")
    partial_payments: Yen = strawberry.field(default=Yen(0), description="Partial payments that were made.")
    work_done: Yen | None = strawberry.field(
        default=None, description="What the work done is worth; needed of an advance."
    )
    amount: Yen | None = strawberry.field(
        default=None, description="The payment itself; needed of a performance guarantee (契約保証), and of no other."
    )

    def told(self) -> Examined:
        """Return what was found."""
        return Examined(**vars(self))


@reached(Reach.OWN)
@strawberry.type(description="A claim after a default (保証金の請求), and what became of it.")
class Claim(Node):
    is_type_of = staticmethod(shows("Claim"))

    state: ClaimState = strawberry.field(description="Where it stands.")
    claimed_amount: Yen = strawberry.field(description="How much was claimed (請求額).")
    determined_amount: Yen | None = strawberry.field(
        description="How much the surety pays (支払決定額); null: not determined."
    )
    paid_amount: Yen | None = strawberry.field(description="How much was paid (支払額).")
    paid_on: date | None = strawberry.field(description="Day of the payment.")
    made_at: datetime = strawberry.field(description="When it was made.")
    settled_at: datetime | None = strawberry.field(description="When it ended.")

    @strawberry.field(description="Who made it: the obligee by itself, or the surety for a claim that came on paper.")
    def made_by(self) -> Role:
        return Role.SURETY if shown(self).obligee_id is None else Role.OBLIGEE

    @strawberry.field(description="What happened, as who made it says.")
    def reason(self) -> str | None:
        return _facts(self).get("reason")

    @strawberry.field(description="Day of the default.")
    def defaulted_on(self) -> date:
        return date.fromisoformat(_facts(self)["defaulted_on"])

    @strawberry.field(description="The advance that was paid, as who made it says; null: not told.")
    def advance_paid(self) -> Yen | None:
        return _yen(self, "advance_paid")

    @strawberry.field(description="The interim advance that was paid, as who made it says; null: not told.")
    def interim_paid(self) -> Yen | None:
        return _yen(self, "interim_paid")

    @strawberry.field(description="Partial payments that were made, as who made it says; null: not told.")
    def partial_payments(self) -> Yen | None:
        return _yen(self, "partial_payments")

    @strawberry.field(description="What the work done is worth, as who made it says; null: not told.")
    def work_done(self) -> Yen | None:
        return _yen(self, "work_done")

    @strawberry.field(description="How the determined amount comes about, line by line (算出内訳); they add up to it.")
    def derivation(self) -> list[CalculationLine]:
        told = shown(self).derivation
        return [
            CalculationLine(ja=each["ja"], en=each["en"], yen=Yen(each["yen"])) for each in json.loads(told or "[]")
        ]


def _yen(row: object, name: str) -> Yen | None:
    told = _facts(row)[name]
    return None if told is None else Yen(told)


def _facts(row: object) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(shown(row).facts)
    return facts


@reached(Reach.OWN)
@strawberry.type(description="Something that happened to a guarantee (保証契約の経過).")
class TimelineEntry:
    at: datetime = strawberry.field(description="When.")
    note: str | None = strawberry.field(description="What was said with it.")

    @strawberry.field(description="What happened: the code of a step of application, key, submission or guarantee.")
    def code(self) -> str:
        return str(timeline.word_of(shown(self)).value)

    @strawberry.field(description="What happened, in Japanese.")
    def ja(self) -> str:
        return timeline.word_of(shown(self)).ja

    @strawberry.field(
        description="Who: an account of one's own party by its login id, another party by its name, else whoever held number and "
        "key, or the platform by itself."
    )
    def who(self) -> str:
        row = shown(self)
        if row.role is None:
            return PLATFORM if row.source == timeline.GUARANTEE else KEY_HOLDER
        return str(row.login_id) if row.login_id is not None else f"{row.party_name}（{row.role.ja}）"


@reached(Reach.ANSWER)
@strawberry.type(description="The claim as it stands now.")
class ClaimPayload:
    claim: Claim = strawberry.field(description="The claim (保証金の請求).")


ClaimResult: TypeAlias = Annotated[
    ClaimPayload | Refused, strawberry.union("ClaimResult", description="The claim, or why it was refused.")
]


def payload(row: CoreObject) -> ClaimPayload:
    """Return how the API answers with a claim."""
    return ClaimPayload(claim=row)

"""Claims (保証金の請求) as GraphQL types, for all three parties: what was claimed, determined and paid, line by line."""

import json
from datetime import date, datetime
from typing import Annotated, Any, TypeAlias

import strawberry

from denshi_hosho.core.claims.amounts import ClaimFacts, Figures, lines_of
from denshi_hosho.core.text import kept
from denshi_hosho.schema.calculators import CalculationLine
from denshi_hosho.schema.context import CoreObject, shown
from denshi_hosho.schema.node import Node, shows
from denshi_hosho.schema.policy import Reach, reached
from denshi_hosho.schema.refusals import Refused
from denshi_hosho.schema.scalars import Yen
from denshi_hosho.schema.words import ClaimState


@strawberry.input(description="What a claim rests on (請求の根拠).")
class ClaimFactsInput:
    advance_paid: Yen | None = strawberry.field(default=None, description="The advance that was paid (前払金額).")
    interim_paid: Yen | None = strawberry.field(
        default=None, description="The interim advance that was paid (中間前払金額)."
    )
    partial_payments: Yen | None = strawberry.field(default=None, description="Partial payments made (部分払金額).")
    work_done: Yen | None = strawberry.field(
        default=None, description="What the work done is worth in the claimant's eyes (出来高); the surety examines it."
    )
    defaulted_on: date = strawberry.field(description="Day of the default (債務不履行の日).")
    reason: str = strawberry.field(description="What happened: 1 to 1,000 characters (請求の理由).")

    def told(self) -> ClaimFacts:
        """Return them as the core takes them."""
        figures = Figures(
            advance_paid=self.advance_paid, interim_paid=self.interim_paid, partial_payments=self.partial_payments,
            work_done=self.work_done,
        )  # fmt: skip
        return ClaimFacts(figures=figures, defaulted_on=self.defaulted_on, reason=kept(self.reason))


@strawberry.input(description="What the surety examined (調査の結果); of what is left out, the claim's figures hold.")
class ExaminedInput:
    advance_paid: Yen | None = strawberry.field(
        default=None, description="The advance (前払金額); at last the one that is recorded as received."
    )
    interim_paid: Yen | None = strawberry.field(default=None, description="The interim advance (中間前払金額).")
    partial_payments: Yen | None = strawberry.field(default=None, description="Partial payments (部分払金額).")
    work_done: Yen | None = strawberry.field(
        default=None, description="What the work done is worth, as examined (出来高); needed where it is calculated."
    )

    def told(self) -> Figures:
        """Return them as the core takes them."""
        return Figures(
            advance_paid=self.advance_paid, interim_paid=self.interim_paid, partial_payments=self.partial_payments,
            work_done=self.work_done,
        )  # fmt: skip


@reached(Reach.OWN)
@strawberry.type(description="A claim (保証金の請求) after a default.")
class Claim(Node):
    is_type_of = staticmethod(shows("Claim"))

    state: ClaimState = strawberry.field(description="Where it stands.")
    made_at: datetime = strawberry.field(description="When it was made, or recorded.")
    settled_at: datetime | None = strawberry.field(description="When it was withdrawn, refused or paid; null: not yet.")
    claimed_amount: Yen = strawberry.field(description="What was claimed (請求額).")
    determined_amount: Yen | None = strawberry.field(
        description="What the surety determined (支払決定額); null: nothing yet."
    )
    paid_amount: Yen | None = strawberry.field(description="What was paid (支払額); null: nothing yet.")
    paid_on: date | None = strawberry.field(description="Day of payment (支払日).")
    note: str | None = strawberry.field(description="Why it was withdrawn or refused (理由).")

    @strawberry.field(description="It came on paper, and the surety recorded it; else the obligee's account made it.")
    def recorded_by_surety(self) -> bool:
        return shown(self).obligee_id is None

    @strawberry.field(description="Day of the default (債務不履行の日).")
    def defaulted_on(self) -> date:
        return date.fromisoformat(_facts(self)["defaulted_on"])

    @strawberry.field(description="What happened, as the claimant told it (請求の理由).")
    def reason(self) -> str:
        return str(_facts(self)["reason"])

    @strawberry.field(graphql_type=Yen | None, description="The advance as claimed (前払金額); null: not told.")
    def advance_paid(self) -> CoreObject:
        return _facts(self)["advance_paid"]

    @strawberry.field(graphql_type=Yen | None, description="The interim advance as claimed; null: not told.")
    def interim_paid(self) -> CoreObject:
        return _facts(self)["interim_paid"]

    @strawberry.field(graphql_type=Yen | None, description="Partial payments as claimed (部分払金額); null: not told.")
    def partial_payments(self) -> CoreObject:
        return _facts(self)["partial_payments"]

    @strawberry.field(graphql_type=Yen | None, description="The work done as claimed (出来高); null: not told.")
    def work_done(self) -> CoreObject:
        return _facts(self)["work_done"]

    @strawberry.field(
        graphql_type=list[CalculationLine],
        description="How the determined amount comes about (算出内訳): the lines add up to it; empty until it is determined.",
    )
    def derivation(self) -> CoreObject:
        return lines_of(shown(self).derivation)


def _facts(claim: Claim) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(shown(claim).facts)
    return facts


@reached(Reach.ANSWER)
@strawberry.type(description="The claim as it stands now.")
class ClaimPayload:
    claim: Claim = strawberry.field(description="The claim (保証金の請求).")


ClaimResult: TypeAlias = Annotated[
    ClaimPayload | Refused, strawberry.union("ClaimResult", description="The claim, or why it was refused.")
]

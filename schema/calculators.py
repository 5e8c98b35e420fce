"""Calculations that everybody can ask for: half of a term, interim and maximum advances, payment after a default."""

from datetime import date
from typing import Annotated, TypeAlias, cast

import strawberry

from denshi_hosho.core.calculators.default_payment import Default, default_payment
from denshi_hosho.core.calculators.interim import Interim, InterimFacts
from denshi_hosho.core.calculators.terms import half_term
from denshi_hosho.resolvers import calculating
from denshi_hosho.resolvers.calculating import Told, told_by
from denshi_hosho.resolvers.policy import Policy
from denshi_hosho.schema.context import CoreObject, Request
from denshi_hosho.schema.policy import Reach, may, reached
from denshi_hosho.schema.refusals import Refused
from denshi_hosho.schema.scalars import Yen
from denshi_hosho.schema.terms import ObligeeTerms, TermsRemark, remark_of, terms_of
from denshi_hosho.schema.words import ConditionState, WorkType

_INPUT = strawberry.argument(description="What is known.")
_OBLIGEE_SAID = (
    "Code of the obligee (発注者), the issuer, by whose terms of payment (支払条件), as far as they are known"
)
_OBLIGEE = strawberry.argument(description=f"{_OBLIGEE_SAID}; left out: by the general rule.")
_ON = strawberry.argument(description="By the obligee's rules of which day; today in Japan if left out.")
_TERMS = "The obligee's terms as far as they are known; null: none are, or no obligee was named."
_REMARK = "What is known of the obligee's terms and what is not; null: no obligee was named."


@reached(Reach.ANSWER)
@strawberry.type(description="One line of a derivation (算出内訳).")
class CalculationLine:
    ja: str = strawberry.field(description="What it is, in Japanese.")
    en: str = strawberry.field(description="What it is, in English.")
    yen: Yen = strawberry.field(description="How much; what is taken off is negative.")


@reached(Reach.ANSWER)
@strawberry.type(description="A calculated amount, and line by line how it comes about: the lines add up to it.")
class Calculation:
    amount: Yen = strawberry.field(description="The amount.")
    lines: list[CalculationLine] = strawberry.field(description="How it comes about (算出内訳).")
    obligee_terms: ObligeeTerms | None = strawberry.field(default=None, description=_TERMS)
    terms_remark: TermsRemark | None = strawberry.field(default=None, description=_REMARK)


@reached(Reach.ANSWER)
@strawberry.type(description="Half of a term (工期の2分の1).")
class HalfTerm:
    days: int = strawberry.field(description="The term in days, both ends counted (工期日数).")
    half: int = strawberry.field(description="Half of it in days, rounded up.")
    from_day: int = strawberry.field(description="From which day of the term half of it has passed, counted from 1.")
    possible_on: date | None = strawberry.field(
        description="The calendar day of that; null where half passes only with the end of a term of one day."
    )
    rounded: bool = strawberry.field(
        description="The term is odd: what half of it is, no source says. At least half has passed from this day on."
    )


@reached(Reach.ANSWER)
@strawberry.type(description="One condition of an interim advance.")
class InterimCondition:
    code: str = strawberry.field(description="Stable code.")
    state: ConditionState = strawberry.field(description="Whether it is met.")
    ja: str = strawberry.field(description="Why, in Japanese.")
    en: str = strawberry.field(description="Why, in English.")


@reached(Reach.ANSWER)
@strawberry.type(description="Whether an interim advance (中間前払金) can be paid.")
class InterimEligibility:
    eligible: bool | None = strawberry.field(description="Null while a condition is unknown and none fails.")
    maximum: Yen | None = strawberry.field(description="The most that can be paid; null while the advance is unknown.")
    conditions: list[InterimCondition] = strawberry.field(description="Each condition.")
    obligee_terms: ObligeeTerms | None = strawberry.field(default=None, description=_TERMS)
    terms_remark: TermsRemark | None = strawberry.field(default=None, description=_REMARK)


@strawberry.input(description="What is known of the works for which an interim advance (中間前払金) is asked.")
class InterimInput:
    contract_price: Yen = strawberry.field(description="Contract price (請負金額).")
    starts_on: date | None = strawberry.field(default=None, description="First day of the term (工期の始期).")
    ends_on: date = strawberry.field(description="Last day of the term (工期末日).")
    on: date = strawberry.field(description="The day for which is asked.")
    advance_received: Yen | None = strawberry.field(
        default=None, description="The advance that was received; null: not told."
    )
    amount: Yen | None = strawberry.field(default=None, description="The interim advance that is asked for.")
    work_done: Yen | None = strawberry.field(default=None, description="What the work done is worth (出来高).")
    work_on_time: bool | None = strawberry.field(
        default=None, description="The work due by the half of the term is done, as the obligee certified (認定)."
    )
    partial_paid: bool | None = strawberry.field(default=None, description="A partial payment (部分払) was made.")
    excludes_partial: bool | None = strawberry.field(
        default=None,
        description="The obligee's rules say that interim advances and partial payments exclude each other; null: as "
        "the obligee's terms say, if they are known.",
    )
    obligee: str | None = strawberry.field(default=None, description=f"{_OBLIGEE_SAID}; null: by the general rule.")


@strawberry.input(description="What a payment after a default (保証金) depends on.")
class DefaultInput:
    advance: Yen = strawberry.field(description="The advance that was paid (前払金額).")
    work_done: Yen = strawberry.field(description="What the work done is worth, as examined (出来高).")
    interim: Yen = strawberry.field(default=Yen(0), description="The interim advance that was paid (中間前払金額).")
    partial_payments: Yen = strawberry.field(
        default=Yen(0), description="Partial payments that were made (部分払金額)."
    )
    guaranteed_amount: Yen | None = strawberry.field(default=None, description="What is guaranteed; null: not a limit.")


def _either(name: str, description: str) -> CoreObject:
    return strawberry.union(name, description=description)


CalculationResult: TypeAlias = Annotated[
    Calculation | Refused, _either("CalculationResult", "The amount, or why it cannot be calculated.")
]
HalfTermResult: TypeAlias = Annotated[HalfTerm | Refused, _either("HalfTermResult", "The half, or why there is none.")]
InterimResult: TypeAlias = Annotated[
    InterimEligibility | Refused, _either("InterimResult", "The conditions, or why they cannot be looked at.")
]


def calculation(derived: CoreObject, told: Told | None = None) -> Calculation:
    """Return how the API shows a derived amount, and by which obligee's terms it was derived."""
    lines: CoreObject = derived.lines
    terms, remark = terms_of(told), remark_of(told)
    return Calculation(amount=Yen(derived.amount), lines=list(lines), obligee_terms=terms, terms_remark=remark)


def conditions(found: Interim, told: Told | None = None) -> InterimEligibility:
    """Return how the API shows the conditions of an interim advance, and by which obligee's terms."""
    rows: CoreObject = list(found.conditions)
    maximum = None if found.maximum is None else Yen(found.maximum)
    return InterimEligibility(eligible=found.eligible, maximum=maximum, conditions=rows, obligee_terms=terms_of(told),
                              terms_remark=remark_of(told))  # fmt: skip


@strawberry.type
class CalculatorQueries:
    @strawberry.field(
        description="Half of a term, from which on an interim advance can be asked for (工期の2分の1).",
        metadata=may(Policy.OPEN),
    )
    def half_term(
        self,
        starts_on: Annotated[date, strawberry.argument(description="First day of the term (工期の始期).")],
        ends_on: Annotated[date, strawberry.argument(description="Last day of the term (工期末日).")],
    ) -> HalfTermResult:
        return cast("HalfTermResult", _half_term(starts_on, ends_on))

    @strawberry.field(
        description="Whether an interim advance can be paid, condition by condition (中間前払金の要件).",
        metadata=may(Policy.OPEN),
    )
    def interim_eligibility(self, info: Request, input: Annotated[InterimInput, _INPUT]) -> InterimResult:
        facts = {name: getattr(input, name) for name in InterimFacts.__dataclass_fields__}
        told = told_by(info.context.platform, input.obligee, input.on, calculating.INTERIM)
        return conditions(calculating.interim_advance(InterimFacts(**facts), told), told)

    @strawberry.field(
        description="The most that may be paid in advance (前払金の上限); null where no rule is known for this kind of work. By "
        "the general rule, and where an obligee (発注者, issuer) is named by what is known of its floor, cap and rounding.",
        metadata=may(Policy.OPEN),
    )
    def maximum_advance(
        self,
        info: Request,
        work_type: Annotated[WorkType, strawberry.argument(description="Kind of work (業種).")],
        contract_price: Annotated[Yen, strawberry.argument(description="Contract price (請負金額(総額)).")],
        covered_price: Annotated[Yen | None, strawberry.argument(description="Covered part of it (対象額).")] = None,
        obligee: Annotated[str | None, _OBLIGEE] = None,
        on: Annotated[date | None, _ON] = None,
    ) -> CalculationResult | None:
        told = told_by(info.context.platform, obligee, on, calculating.ADVANCE)
        derived = calculating.advance(work_type, contract_price, covered_price, told)
        return None if derived is None else calculation(derived, told)

    @strawberry.field(
        description="The least that a performance guarantee (契約保証) covers: a percentage of the contract price: the one that "
        "is told, else the obligee's (発注者, issuer's) if known, else 10; some want more of low bids.",
        metadata=may(Policy.OPEN),
    )
    def performance_guarantee(
        self,
        info: Request,
        contract_price: Annotated[Yen, strawberry.argument(description="Contract price (請負金額).")],
        percent: Annotated[int | None, strawberry.argument(description="The percentage that is wanted.")] = None,
        obligee: Annotated[str | None, _OBLIGEE] = None,
        on: Annotated[date | None, _ON] = None,
    ) -> CalculationResult:
        told = told_by(info.context.platform, obligee, on, calculating.PERFORMANCE)
        return calculation(calculating.performance(contract_price, percent, told), told)

    @strawberry.field(
        description="What a surety pays after a default (保証金の支払額): advance, interim advance and partial payments less the work "
        "done, at most both advances.",
        metadata=may(Policy.OPEN),
    )
    def default_payment(self, input: Annotated[DefaultInput, _INPUT]) -> CalculationResult:
        told = {name: getattr(input, name) for name in Default.__dataclass_fields__}
        return calculation(default_payment(Default(**told)))


def _half_term(starts_on: date, ends_on: date) -> HalfTerm:
    half = half_term(starts_on, ends_on)
    return HalfTerm(
        days=half.days, half=half.half, from_day=half.from_day, possible_on=half.possible_on, rounded=half.rounded
    )

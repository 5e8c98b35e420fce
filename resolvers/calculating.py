"""Calculations by the terms that an obligee's rules state (支払条件); what they leave out stays unknown."""

from dataclasses import dataclass
from datetime import date

from denshi_hosho.core.calculators.advance import (
    UNKNOWN_TERMS,
    AdvanceTerms,
    maximum_advance,
    performance_amount,
)
from denshi_hosho.core.calculators.interim import Interim, InterimFacts, InterimTerms, interim
from denshi_hosho.core.calculators.lines import Derived
from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.vocabulary import WorkType
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.rules.faults import UnknownObligee
from denshi_hosho.rules.payment import LABELS, Payment

ADVANCE = ("advance_percent", "advance_floor", "advance_rounding", "advance_cap")
INTERIM = ("interim_percent", "interim_floor", "excludes_partial_payment")
PERFORMANCE = ("performance_percent", "low_bid_percent")
_EXAMPLE = "（例示の規則です。）", " (This is an example rule.)"


@dataclass(frozen=True, slots=True)
class Told:
    """What an obligee's rules say of payments on a day (None: nothing is known), and a sentence about it."""

    payment: Payment | None
    ja: str
    en: str
    example: bool


def told_by(platform: Platform, obligee: str | None, on: date | None, keys: tuple[str, ...]) -> Told | None:
    """Return what the obligee says of `keys` on a day (Japan's today if None); None: no obligee is named.

    Raise `Refused` (OBLIGEE_UNKNOWN) where no rules are installed for it.
    """
    if obligee is None:
        return None
    try:
        rules = platform.rulebook.rules_on(obligee, on or japan_day(platform.clock()))
    except UnknownObligee as error:
        raise Refused(Refusal(error.code, error.ja, error.en, ("obligee",))) from error
    ja, en = _sentence(rules.payment, keys)
    if rules.obligee.example:
        ja, en = ja + _EXAMPLE[0], en + _EXAMPLE[1]
    return Told(rules.payment, ja, en, rules.obligee.example)


def _sentence(payment: Payment | None, keys: tuple[str, ...]) -> tuple[str, str]:
    if payment is None:
        return ("この発注者の支払条件は分かりません。一般の基準によります。",
                "Nothing is known of this obligee's terms of payment; the general rule is used.")  # fmt: skip
    unknown = [LABELS[key] for key in keys if getattr(payment, key) is None]
    if not unknown:
        return "この発注者の支払条件が分かっています。", "This obligee's terms of payment are known."
    return (f"この発注者の支払条件のうち、分かっていないもの: {'、'.join(ja for ja, _ in unknown)}。",
            f"Of this obligee's terms of payment is not known: {'; '.join(en for _, en in unknown)}.")  # fmt: skip


def advance(work_type: WorkType, contract_price: int, covered_price: int | None, told: Told | None) -> Derived | None:
    """Return the most that may be paid in advance, None where no rule is known for this kind of work. Raise `Refused`."""
    said = told and told.payment
    terms = UNKNOWN_TERMS
    if said:
        terms = AdvanceTerms(percent=said.advance_percent, floor_price=said.advance_floor, rounding=said.advance_rounding,
                             cap=said.advance_cap)  # fmt: skip
    return maximum_advance(work_type, contract_price, covered_price, terms)


def interim_advance(facts: InterimFacts, told: Told | None) -> Interim:
    """Return whether an interim advance can be paid. Raise `Refused`."""
    if told is None:
        return interim(facts)
    said = told.payment
    if said is None:
        return interim(facts, InterimTerms())
    terms = InterimTerms(percent=said.interim_percent, floor_price=said.interim_floor,
                         excludes_partial=said.excludes_partial_payment)  # fmt: skip
    return interim(facts, terms)


def performance(contract_price: int, percent: int | None, told: Told | None) -> Derived:
    """Return the least that a performance guarantee covers; a told `percent` goes before the obligee's. Raise `Refused`."""
    said = told and told.payment
    if percent is None and said:
        percent = said.performance_percent
    return performance_amount(contract_price, percent)

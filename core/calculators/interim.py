"""Whether an interim advance (中間前払金) can be paid: conditions, each met, not met or unknown.

After the advance was received; when half the term has passed, the work due by then is done, and what was done is worth at
least half the contract price; at most 2/10 of the contract price, with the advance at most 6/10. At many obligees interim
advances and partial payments (部分払) exclude each other. Unknown is never taken for met.
"""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date

from denshi_hosho.core.calculators.advance import HUNDRED_PERCENT, INTERIM_TENTHS, TOTAL_TENTHS
from denshi_hosho.core.calculators.lines import check_amounts
from denshi_hosho.core.calculators.terms import half_term
from denshi_hosho.core.vocabulary import ConditionState

_MET, _NOT, _UNKNOWN = ConditionState.MET, ConditionState.NOT_MET, ConditionState.UNKNOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class InterimFacts:
    """What is known of the works on the day `on`; None: not told. Yen, days of Japan's.

    `work_done`: what was done is worth so much; `work_on_time`: the work due by the half of the term is done, as the obligee
    certified (認定); `partial_paid`: a partial payment (部分払) was made; `excludes_partial`: the obligee's rules say that
    both exclude each other.
    """

    contract_price: int
    starts_on: date | None
    ends_on: date
    on: date
    advance_received: int | None = None
    amount: int | None = None
    work_done: int | None = None
    work_on_time: bool | None = None
    partial_paid: bool | None = None
    excludes_partial: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class InterimTerms:
    """What an obligee says of interim advances; None: not known. Percent of the contract price, the price from which, yen."""

    percent: int | None = None
    floor_price: int | None = None
    excludes_partial: bool | None = None


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition: its code, whether it is met, and why."""

    code: str
    state: ConditionState
    ja: str
    en: str


@dataclass(frozen=True, slots=True)
class Interim:
    """All conditions; `eligible` is None while one is unknown and none fails. `maximum`: yen, None if the advance is unknown."""

    eligible: bool | None
    maximum: int | None
    conditions: tuple[Condition, ...]


def interim(facts: InterimFacts, terms: InterimTerms | None = None) -> Interim:
    """Return whether an interim advance can be paid, by the `terms` of an obligee or, if None, of none in particular.

    What the facts tell of partial payments goes before the terms. Raise `Refused` for facts that cannot be.
    """
    known = terms or InterimTerms()
    if facts.excludes_partial is None:
        facts = replace(facts, excludes_partial=known.excludes_partial)
    check_amounts(1, contract_price=facts.contract_price, amount=facts.amount)
    check_amounts(0, advance_received=facts.advance_received, work_done=facts.work_done)
    conditions = (_received(facts), _half(facts), _on_time(facts), _worth(facts), *_amounts(facts, _percent(known)),
                  _partial(facts), *([] if terms is None else [_floor(facts, terms)]))  # fmt: skip
    states = {each.state for each in conditions}
    eligible = False if _NOT in states else None if _UNKNOWN in states else True
    return Interim(eligible, _maximum(facts, known), conditions)


def _percent(terms: InterimTerms) -> int:
    return INTERIM_TENTHS * 10 if terms.percent is None else terms.percent


def _floor(facts: InterimFacts, terms: InterimTerms) -> Condition:
    name, least = "PRICE_ABOVE_FLOOR", terms.floor_price
    if least is None:
        return Condition(name, _UNKNOWN, "中間前払金の対象となる請負金額の下限は、この発注者については分かりません。",
                         "From which contract price on this obligee pays an interim advance is unknown.")  # fmt: skip
    enough = facts.contract_price >= least
    ja, en = ("以上", "at least") if enough else ("未満", "less than")
    return Condition(name, _MET if enough else _NOT, f"請負金額がこの発注者の下限({least:,}円){ja}です。",
                     f"The contract price is {en} {least:,} yen, from which on this obligee pays one.")  # fmt: skip


def _maximum(facts: InterimFacts, terms: InterimTerms) -> int | None:
    if terms.floor_price is not None and facts.contract_price < terms.floor_price:
        return 0
    if facts.advance_received is None:
        return None
    total = facts.contract_price * TOTAL_TENTHS // 10 - facts.advance_received
    return max(0, min(facts.contract_price * _percent(terms) // HUNDRED_PERCENT, total))


def _received(facts: InterimFacts) -> Condition:
    if facts.advance_received is None:
        return Condition(
            "ADVANCE_RECEIVED", _UNKNOWN, "前払金の受領が分かりません。", "Whether the advance was received is unknown."
        )
    if facts.advance_received == 0:
        return Condition("ADVANCE_RECEIVED", _NOT, "前払金を受領していません。", "The advance was not received.")
    return Condition("ADVANCE_RECEIVED", _MET, "前払金を受領しています。", "The advance was received.")


def _half(facts: InterimFacts) -> Condition:
    if facts.starts_on is None:
        return Condition("HALF_TERM_PASSED", _UNKNOWN, "工期の始期が分からないため、2分の1を経過したか分かりません。",
                         "When the term starts is unknown, so whether half of it has passed is, too.")  # fmt: skip
    half = half_term(facts.starts_on, facts.ends_on)
    when = (f"工期{half.days}日の2分の1({half.half}日)を経過するのは{half.from_day}日目からです。",
            f"Half of the term of {half.days} days ({half.half} days) has passed from its day {half.from_day} on.")  # fmt: skip
    passed = (facts.on - facts.starts_on).days >= half.half
    return Condition("HALF_TERM_PASSED", _MET if passed else _NOT, *when)


def _on_time(facts: InterimFacts) -> Condition:
    name = "WORK_ON_TIME"
    if facts.work_on_time is None:
        return Condition(name, _UNKNOWN, "工期の2分の1までに行うべき作業が行われたかは、発注者の認定によります。",
                         "Whether the work due by the half of the term is done, the obligee certifies.")  # fmt: skip
    if facts.work_on_time:
        return Condition(
            name,
            _MET,
            "工期の2分の1までに行うべき作業が行われています。",
            "The work due by the half of the term is done.",
        )
    return Condition(
        name,
        _NOT,
        "工期の2分の1までに行うべき作業が行われていません。",
        "The work due by the half of the term is not done.",
    )


def _worth(facts: InterimFacts) -> Condition:
    name = "WORK_WORTH_HALF"
    if facts.work_done is None:
        return Condition(name, _UNKNOWN, "出来高が分かりません。", "What the work done is worth is unknown.")
    enough = 2 * facts.work_done >= facts.contract_price
    ja, en = ("以上", "at least") if enough else ("未満", "less than")
    return Condition(name, _MET if enough else _NOT, f"出来高が請負金額の2分の1{ja}です。",
                     f"The work done is worth {en} half the contract price.")  # fmt: skip


def _amounts(facts: InterimFacts, percent: int) -> Iterator[Condition]:
    if facts.amount is None:
        return
    share = HUNDRED_PERCENT * facts.amount <= percent * facts.contract_price
    ja, en = ("10分の2", "2/10") if percent == INTERIM_TENTHS * 10 else (f"{percent}%", f"{percent} percent")
    yield Condition("AMOUNT_IN_SHARE", _MET if share else _NOT, f"中間前払金は請負金額の{ja}以内です。",
                    f"An interim advance is at most {en} of the contract price.")  # fmt: skip
    if facts.advance_received is None:
        yield Condition("TOTAL_IN_SHARE", _UNKNOWN, "前払金額が分からないため、合計が10分の6以内か分かりません。",
                        "The advance is unknown, so whether the total is within 6/10 is, too.")  # fmt: skip
        return
    total = 10 * (facts.amount + facts.advance_received) <= TOTAL_TENTHS * facts.contract_price
    yield Condition("TOTAL_IN_SHARE", _MET if total else _NOT, "前払金との合計は請負金額の10分の6以内です。",
                    "With the advance it is at most 6/10 of the contract price.")  # fmt: skip


def _partial(facts: InterimFacts) -> Condition:
    name = "NO_PARTIAL_PAYMENT"
    if facts.partial_paid is False or facts.excludes_partial is False:
        return Condition(name, _MET, "部分払による妨げはありません。", "No partial payment stands in the way.")
    if facts.partial_paid and facts.excludes_partial:
        return Condition(name, _NOT, "この発注者では、部分払を受けた工事に中間前払金は支払われません。",
                         "This obligee pays no interim advance where a partial payment was made.")  # fmt: skip
    return Condition(
        name,
        _UNKNOWN,
        "部分払との関係は、発注者の規則によります。",
        "What a partial payment means depends on the obligee.",
    )

from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from denshi_hosho.core.calculators.advance import AdvanceTerms, maximum_advance, performance_amount
from denshi_hosho.core.calculators.default_payment import Default, default_payment
from denshi_hosho.core.calculators.interim import InterimFacts, InterimTerms, interim
from denshi_hosho.core.calculators.terms import half_term
from denshi_hosho.core.errors import Refused
from denshi_hosho.core.money import MAX_YEN
from denshi_hosho.core.vocabulary import ConditionState, WorkType

YEN = st.integers(0, MAX_YEN)
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))


def refusals(*codes: str) -> "pytest.RaisesExc[Refused]":
    return pytest.raises(Refused, check=lambda error: [each.code for each in error.refusals] == list(codes))


@pytest.mark.parametrize(
    ("default", "amount"),
    [
        (Default(advance=4_000_000, work_done=1_500_000), 2_500_000),
        (Default(advance=4_000_000, partial_payments=2_000_000, work_done=4_500_000), 1_500_000),
        (Default(advance=4_000_000, interim=2_000_000, work_done=4_500_000), 1_500_000),
        (Default(advance=4_000_000, work_done=4_000_001), 0),
        (Default(advance=4_000_000, partial_payments=2_000_000, work_done=0), 4_000_000),
        (Default(advance=4_000_000, work_done=0, guaranteed_amount=3_000_000), 3_000_000),
    ],
)
def test_what_is_paid_after_a_default(default: Default, amount: int) -> None:
    derived = default_payment(default)
    assert derived.amount == amount
    assert sum(line.yen for line in derived.lines) == amount


@given(advance=YEN, interim_=YEN, partial=YEN, done=YEN, limit=st.none() | YEN)
def test_the_payment_stays_within_its_limits(
    advance: int, interim_: int, partial: int, done: int, limit: int | None
) -> None:
    told = Default(advance=advance, interim=interim_, partial_payments=partial, work_done=done, guaranteed_amount=limit)
    derived = default_payment(told)
    limits = [advance + interim_, *([] if limit is None else [limit])]
    assert derived.amount == max(0, min(*limits, advance + interim_ + partial - done))
    assert derived.amount == sum(line.yen for line in derived.lines)


def test_impossible_amounts_are_refused_by_their_fields() -> None:
    with refusals("AMOUNT_OUT_OF_RANGE", "AMOUNT_OUT_OF_RANGE") as caught:
        default_payment(Default(advance=-1, work_done=MAX_YEN + 1))
    assert [each.path for each in caught.value.refusals] == [("advance",), ("work_done",)]


def test_half_of_258_days_has_passed_from_the_130th_day_on() -> None:
    half = half_term(date(2024, 7, 1), date(2024, 7, 1) + timedelta(days=257))
    assert (half.days, half.half, half.from_day, half.rounded) == (258, 129, 130, False)
    assert half.possible_on == date(2024, 7, 1) + timedelta(days=129)


@given(DAYS, st.integers(0, 5000))
def test_at_least_half_has_passed_and_a_day_earlier_it_had_not(start: date, length: int) -> None:
    half = half_term(start, start + timedelta(days=length))
    assert 2 * half.half >= half.days > 2 * (half.half - 1)
    assert half.rounded is (half.days % 2 == 1)
    if half.possible_on is None:
        assert half.days == 1
    else:
        assert (half.possible_on - start).days + 1 == half.from_day <= half.days


def test_a_term_does_not_end_before_it_starts() -> None:
    with refusals("TERM_REVERSED"):
        half_term(date(2024, 7, 2), date(2024, 7, 1))


WORKS = InterimFacts(
    contract_price=100, starts_on=date(2024, 7, 1), ends_on=date(2025, 3, 15), on=date(2024, 11, 7), advance_received=40,
    amount=20, work_done=50, work_on_time=True, partial_paid=False,
)  # fmt: skip


def states(facts: InterimFacts) -> dict[str, ConditionState]:
    return {each.code: each.state for each in interim(facts).conditions}


def changed(**facts: object) -> InterimFacts:
    known = {name: getattr(WORKS, name) for name in InterimFacts.__dataclass_fields__}
    return InterimFacts(**{**known, **facts})


def test_all_conditions_met() -> None:
    found = interim(WORKS)
    assert (found.eligible, found.maximum) == (True, 20)
    assert set(states(WORKS).values()) == {ConditionState.MET}


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"advance_received": 0}, "ADVANCE_RECEIVED"),
        ({"on": date(2024, 11, 6)}, "HALF_TERM_PASSED"),
        ({"work_on_time": False}, "WORK_ON_TIME"),
        ({"work_done": 49}, "WORK_WORTH_HALF"),
        ({"amount": 21, "advance_received": 30}, "AMOUNT_IN_SHARE"),
        ({"advance_received": 41}, "TOTAL_IN_SHARE"),
        ({"partial_paid": True, "excludes_partial": True}, "NO_PARTIAL_PAYMENT"),
    ],
)
def test_one_condition_not_met_is_enough(facts: dict[str, object], code: str) -> None:
    found = changed(**facts)
    assert [name for name, state in states(found).items() if state is ConditionState.NOT_MET] == [code]
    assert interim(found).eligible is False


def test_unknown_is_neither_met_nor_failed() -> None:
    found = changed(advance_received=None, work_done=None, work_on_time=None, partial_paid=None)
    assert {name for name, state in states(found).items() if state is ConditionState.UNKNOWN} == {
        "ADVANCE_RECEIVED", "WORK_ON_TIME", "WORK_WORTH_HALF", "TOTAL_IN_SHARE", "NO_PARTIAL_PAYMENT",
    }  # fmt: skip
    assert (interim(found).eligible, interim(found).maximum) == (None, None)


def by_terms(facts: InterimFacts, **terms: int | bool) -> dict[str, ConditionState]:
    known = InterimTerms(**terms)  # type: ignore[arg-type]  # each test names the keys that it means
    return {each.code: each.state for each in interim(facts, known).conditions}


@pytest.mark.parametrize(
    ("floor", "state", "eligible", "maximum"),
    [
        (100, ConditionState.MET, True, 20),
        (101, ConditionState.NOT_MET, False, 0),
        (None, ConditionState.UNKNOWN, None, 20),
    ],
)
def test_an_obligees_floor_is_one_condition_more(
    floor: int | None, state: ConditionState, *, eligible: bool | None, maximum: int
) -> None:
    found = interim(WORKS, InterimTerms(floor_price=floor))
    assert {each.code: each.state for each in found.conditions} == {**states(WORKS), "PRICE_ABOVE_FLOOR": state}
    assert (found.eligible, found.maximum) == (eligible, maximum)
    assert "PRICE_ABOVE_FLOOR" not in states(WORKS)


def test_an_obligees_share_of_an_interim_advance_is_the_limit() -> None:
    assert by_terms(WORKS, percent=19)["AMOUNT_IN_SHARE"] is ConditionState.NOT_MET
    assert by_terms(WORKS, percent=20)["AMOUNT_IN_SHARE"] is ConditionState.MET
    assert interim(WORKS, InterimTerms(percent=10)).maximum == 10


def test_what_the_facts_tell_of_partial_payments_goes_before_the_terms() -> None:
    paid = changed(partial_paid=True)
    assert by_terms(paid)["NO_PARTIAL_PAYMENT"] is ConditionState.UNKNOWN
    assert by_terms(paid, excludes_partial=True)["NO_PARTIAL_PAYMENT"] is ConditionState.NOT_MET
    assert by_terms(paid, excludes_partial=False)["NO_PARTIAL_PAYMENT"] is ConditionState.MET
    told = changed(partial_paid=True, excludes_partial=False)
    assert by_terms(told, excludes_partial=True)["NO_PARTIAL_PAYMENT"] is ConditionState.MET


@given(price=st.integers(1, MAX_YEN), work=st.sampled_from(list(WorkType)), unit=st.none() | st.integers(1, 10**6),
       cap=st.none() | YEN)  # fmt: skip
def test_an_advance_is_within_its_share(price: int, work: WorkType, unit: int | None, cap: int | None) -> None:
    derived = maximum_advance(work, price, None, AdvanceTerms(rounding=unit, cap=cap))
    if work is WorkType.SERVICES:
        assert derived is None
        return
    assert derived is not None
    assert derived.amount == sum(line.yen for line in derived.lines)
    tenths = 4 if work is WorkType.CONSTRUCTION else 3
    assert 0 <= derived.amount <= price * Fraction(tenths, 10)
    assert cap is None or derived.amount <= cap


def test_an_obligees_own_terms_come_first() -> None:
    terms = AdvanceTerms(percent=40, floor_price=1_000_000, rounding=100_000)
    derived = maximum_advance(WorkType.SERVICES, 12_345_678, None, terms)
    assert derived is not None
    assert [line.yen for line in derived.lines] == [4_938_271, -38_271]
    below = maximum_advance(WorkType.CONSTRUCTION, 999_999, None, terms)
    assert below is not None
    assert below.amount == 0
    with refusals("COVERED_PRICE_ABOVE_CONTRACT_PRICE"):
        maximum_advance(WorkType.CONSTRUCTION, 10, 11)


def test_a_performance_guarantee_is_a_tenth_or_what_is_wanted() -> None:
    assert performance_amount(2_172_720_000).amount == 217_272_000
    assert performance_amount(101).amount == 11
    assert performance_amount(100, 30).amount == 30
    with refusals("PERCENT_OUT_OF_RANGE"):
        performance_amount(100, 0)

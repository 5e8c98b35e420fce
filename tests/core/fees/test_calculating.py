from datetime import date, timedelta
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from denshi_hosho.core.errors import Refused
from denshi_hosho.core.fees.calculating import Charged, fee, percent_of, refund
from denshi_hosho.core.fees.tariff import Band, Discount, Method, OnCancellation, OnChange, Rate, Tariff, parse
from denshi_hosho.core.money import MAX_YEN
from denshi_hosho.core.vocabulary import GuaranteeKind
from tests.core.fees.test_tariff import EXAMPLE

ADVANCE, PERFORMANCE = GuaranteeKind.ADVANCE_PAYMENT, GuaranteeKind.PERFORMANCE
AMOUNTS = st.integers(1, MAX_YEN)
DAYS = st.dates(date(1990, 1, 1), date(2100, 1, 1))
PERCENTS = st.integers(0, 100_000_000).map(lambda millionths: Fraction(millionths, 100_000_000))


@st.composite
def tariffs(draw: st.DrawFn) -> Tariff:
    ends = sorted(draw(st.sets(AMOUNTS, max_size=4)))
    bands = tuple(Band(end, draw(PERCENTS)) for end in [*ends, None])
    minimum = draw(st.integers(1, 100_000))
    rate = Rate(
        kind=ADVANCE, class_=None, method=draw(st.sampled_from(Method)), bands=bands, minimum=minimum,
        unit=draw(st.sampled_from([1, 10, 100, 1_000])), on_change=OnChange.DIFFERENCE, on_cancellation=OnCancellation.NONE,
    )  # fmt: skip
    off = (
        st.builds(Discount, st.integers(1, minimum - 1), AMOUNTS, st.just(frozenset({ADVANCE})))
        if minimum > 1
        else st.none()
    )
    return Tariff("料率", example=False, rates=(rate,), discount=draw(st.none() | off))


@pytest.mark.parametrize(
    ("charged", "lines"),
    [
        # 10,000,000 at 0.40 % and 9,200,000 at 0.30 %, 200 yen off.
        (Charged(kind=ADVANCE, guaranteed_amount=19_200_000), [40_000, 27_600, -200]),
        (Charged(kind=ADVANCE, guaranteed_amount=19_200_000, online=False), [40_000, 27_600]),
        # One yen below the amount from which there is a discount; 11,999.996 is rounded down to hundreds.
        (Charged(kind=ADVANCE, guaranteed_amount=2_999_999), [11_999, -99]),
        (Charged(kind=ADVANCE, guaranteed_amount=3_000_000), [12_000, -200]),
        # The least fee is 3,000 yen.
        (Charged(kind=ADVANCE, guaranteed_amount=1), [0, 3_000]),
        # The whole at the rate of its band: at the end of the band, and just beyond it.
        (Charged(kind=PERFORMANCE, guaranteed_amount=10_000_000), [50_000]),
        (Charged(kind=PERFORMANCE, guaranteed_amount=10_000_001), [45_000]),
        (Charged(kind=PERFORMANCE, guaranteed_amount=10_000_000, class_="A"), [35_000]),
        (Charged(kind=PERFORMANCE, guaranteed_amount=10_000_000, class_="B"), [50_000]),
    ],
)
def test_the_example_tariff_line_by_line(charged: Charged, lines: list[int]) -> None:
    derived = fee(parse(EXAMPLE), charged)
    assert [line.yen for line in derived.lines] == lines
    assert derived.amount == sum(lines)


def test_fractions_of_a_yen_are_added_before_they_are_dropped() -> None:
    rate = Rate(
        kind=ADVANCE, class_=None, method=Method.PROGRESSIVE, bands=(Band(50, Fraction(1, 100)), Band(None, Fraction(1, 100))),
        minimum=1, unit=1, on_change=OnChange.NONE, on_cancellation=OnCancellation.NONE,
    )  # fmt: skip
    derived = fee(
        Tariff("料率", example=False, rates=(rate,), discount=None), Charged(kind=ADVANCE, guaranteed_amount=100)
    )
    assert [line.yen for line in derived.lines] == [0, 0, 1]
    assert derived.amount == 1


@given(tariffs(), AMOUNTS)
def test_the_lines_add_up_and_something_is_always_left_to_pay(tariff: Tariff, amount: int) -> None:
    derived = fee(tariff, Charged(kind=ADVANCE, guaranteed_amount=amount))
    off = tariff.discount.yen if tariff.discount is not None else 0
    assert sum(line.yen for line in derived.lines) == derived.amount
    assert derived.amount >= tariff.rates[0].minimum - off >= 1


@given(tariffs(), AMOUNTS)
def test_the_fee_is_the_exact_sum_rounded_down(tariff: Tariff, amount: int) -> None:
    (rate,) = tariff.rates
    below, exact = 0, Fraction(0)
    for band in rate.bands:
        end = amount if band.up_to is None else min(band.up_to, amount)
        exact += max(0, end - below) * band.rate
        below = max(below, end)
    if rate.method is Method.WHOLE:
        exact = amount * next(band.rate for band in rate.bands if band.up_to is None or amount <= band.up_to)
    expected = max(rate.minimum, exact // rate.unit * rate.unit)
    assert fee(tariff, Charged(kind=ADVANCE, guaranteed_amount=amount, online=False)).amount == expected


@given(tariffs(), AMOUNTS, AMOUNTS)
def test_more_never_costs_less_where_bands_are_progressive(tariff: Tariff, one: int, other: int) -> None:
    if tariff.rates[0].method is Method.PROGRESSIVE:
        low, high = (
            fee(tariff, Charged(kind=ADVANCE, guaranteed_amount=each, online=False)).amount
            for each in sorted((one, other))
        )
        assert low <= high


@given(PERCENTS)
def test_a_rate_is_written_exactly(rate: Fraction) -> None:
    assert Fraction(percent_of(rate)) == rate * 100


@pytest.mark.parametrize(
    ("rate", "text"), [("1/2", "50"), ("3/1000", "0.3"), ("1", "100"), ("0", "0"), ("1/100000000", "0.000001")]
)
def test_a_rate_is_written_in_percent(rate: str, text: str) -> None:
    assert percent_of(Fraction(rate)) == text


def test_a_kind_or_class_without_a_rate_is_refused() -> None:
    told = parse(EXAMPLE)
    classed = Tariff(
        told.name, example=True, rates=tuple(each for each in told.rates if each.class_ == "A"), discount=None
    )
    for charged in (
        Charged(kind=PERFORMANCE, guaranteed_amount=1),
        Charged(kind=ADVANCE, guaranteed_amount=1, class_="A"),
    ):
        with pytest.raises(Refused) as caught:
            fee(classed, charged)
        assert [each.code for each in caught.value.refusals] == ["NO_RATE"]


@pytest.mark.parametrize(
    ("day", "amount"),
    [
        (date(2024, 4, 1), 9_900),  # 100 days in all, the first one is over: 99 are left
        (date(2024, 3, 1), 10_000),
        (date(2024, 7, 8), 100),
        (date(2024, 7, 9), 0),
        (date(2030, 1, 1), 0),
    ],
)
def test_what_is_returned_goes_by_the_days_that_are_left(day: date, amount: int) -> None:
    assert refund(10_000, date(2024, 4, 1), date(2024, 7, 9), day).amount == amount


@given(st.integers(0, MAX_YEN), DAYS, st.integers(0, 4_000), DAYS)
def test_never_is_more_returned_than_was_paid(paid: int, concluded_on: date, days: int, day: date) -> None:
    derived = refund(paid, concluded_on, concluded_on + timedelta(days), day)
    assert 0 <= derived.amount <= paid
    assert sum(line.yen for line in derived.lines) == derived.amount

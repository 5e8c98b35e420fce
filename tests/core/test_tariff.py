from datetime import date, timedelta
from fractions import Fraction
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from denshi_hosho.core.errors import Refused
from denshi_hosho.core.fees.calculating import Charged, fee, refund
from denshi_hosho.core.fees.tariff import Method, TariffMalformed, parse
from denshi_hosho.core.money import MAX_YEN
from denshi_hosho.core.vocabulary import GuaranteeKind

TEXT = files("denshi_hosho.examples").joinpath("tariff_example.toml").read_text(encoding="utf-8")
EXAMPLE = parse(TEXT)
ADVANCE, PERFORMANCE = GuaranteeKind.ADVANCE_PAYMENT, GuaranteeKind.PERFORMANCE


def charged(amount: int, kind: GuaranteeKind = ADVANCE, class_: str | None = None, *, online: bool = True) -> int:
    return fee(EXAMPLE, Charged(kind=kind, guaranteed_amount=amount, class_=class_, online=online)).amount


@pytest.mark.parametrize(
    ("amount", "expected"),
    [
        (1, 3_000),
        (2_999_999, 11_900),
        (3_000_000, 11_800),
        (10_000_000, 39_800),
        (10_000_001, 39_800),
        (19_200_000, 67_400),
        (100_000_000, 309_800),
        (200_000_000, 509_800),
    ],
)
def test_the_example_charges_band_by_band(amount: int, expected: int) -> None:
    assert charged(amount) == expected


def test_whole_amounts_classes_and_paper() -> None:
    assert charged(10_000_000, PERFORMANCE) == 50_000
    assert charged(10_000_100, PERFORMANCE) == 45_000
    assert charged(10_000_000, PERFORMANCE, "A") == 35_000
    assert charged(10_000_000, PERFORMANCE, "Z") == 50_000
    assert charged(3_000_000, online=False) == 12_000


def test_each_line_is_shown() -> None:
    derived = fee(EXAMPLE, Charged(kind=ADVANCE, guaranteed_amount=19_200_000))
    assert [(line.ja, line.yen) for line in derived.lines] == [
        ("10,000,000円 × 0.4%", 40_000),
        ("9,200,000円 × 0.3%", 27_600),
        ("インターネット申込割引(保証金額3,000,000円以上)", -200),
    ]


@given(st.integers(1, MAX_YEN), st.sampled_from([ADVANCE, PERFORMANCE, GuaranteeKind.INTERIM_ADVANCE_PAYMENT]))
def test_the_lines_add_up_to_the_fee_and_it_is_never_under_the_least(amount: int, kind: GuaranteeKind) -> None:
    derived = fee(EXAMPLE, Charged(kind=kind, guaranteed_amount=amount))
    assert derived.amount == sum(line.yen for line in derived.lines)
    assert derived.amount >= 3_000 - 200


@given(st.lists(st.integers(1, 10**9), min_size=1, max_size=5, unique=True), st.integers(1, 10**10),
       st.lists(st.decimals(0, 5, places=3), min_size=6, max_size=6))  # fmt: skip
def test_a_progressive_fee_is_the_exact_sum_rounded_down_once(
    ends: list[int], amount: int, percents: list[object]
) -> None:
    bands = [f'{{ up_to = {end}, percent = "{percents[at]}" }}' for at, end in enumerate(sorted(ends))]
    bands.append(f'{{ percent = "{percents[5]}" }}')
    text = f"""name = "料率の例"
example = true
[[rate]]
kind = "BID"
method = "PROGRESSIVE"
band = [{", ".join(bands)}]
minimum = 1
unit = 1
on_change = "NONE"
on_cancellation = "NONE"
"""
    exact, below = Fraction(0), 0
    for at, end in enumerate([*sorted(ends), amount]):
        part = max(0, min(end, amount) - below)
        exact += part * Fraction(str(percents[at if at < len(ends) else 5])) / 100
        below = max(below, min(end, amount))
    derived = fee(parse(text), Charged(kind=GuaranteeKind.BID, guaranteed_amount=amount))
    assert derived.amount == max(1, int(exact)) == sum(line.yen for line in derived.lines)


def test_what_the_tariff_does_not_say_is_not_charged() -> None:
    with pytest.raises(Refused, check=lambda error: error.refusals[0].code == "NO_RATE"):
        charged(1, GuaranteeKind.BID)


@given(st.integers(0, MAX_YEN), st.integers(0, 1000), st.integers(-10, 1100))
def test_what_is_returned_is_within_what_was_paid(paid: int, days: int, after: int) -> None:
    start = date(2024, 6, 3)
    derived = refund(paid, start, start + timedelta(days=days), start + timedelta(days=after))
    assert 0 <= derived.amount <= paid
    assert derived.amount == sum(line.yen for line in derived.lines)


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("example = true", 'example = "yes"', "example"),
        ("example = true", "example = false", "name"),
        ('percent = "0.40"', "percent = 0.40", "rate[0].band[0].percent"),
        ('percent = "0.40"', 'percent = "NaN"', "rate[0].band[0].percent"),
        ("up_to = 100_000_000, ", "up_to = 10_000_000, ", "rate[0].band"),
        ('method = "WHOLE"', 'method = "HALF"', "rate[2].method"),
        ("unit = 100", "unit = 0", "rate[0].unit"),
        ("minimum = 3_000", "minimum = -1", "rate[0].minimum"),
        ('class = "A"', "clas = 1", "rate[3].clas"),
        ('class = "A"\n', "", "rate[3]"),
        ("[discount]", "[discounts]", "discounts"),
        ('kinds = ["ADVANCE_PAYMENT"]', 'kinds = ["ADVANCE"]', "discount.kinds"),
        ('name = "例示', 'name = "\\u0000例示', "name"),
        ("[[rate]]", "[rate", "-"),
    ],
)
def test_a_mistake_is_named_by_its_place(old: str, new: str, place: str) -> None:
    assert old in TEXT
    with pytest.raises(TariffMalformed) as caught:
        parse(TEXT.replace(old, new, 1))
    assert caught.value.place == place


def test_the_example_says_that_it_is_one() -> None:
    assert (EXAMPLE.example, "例示" in EXAMPLE.name, EXAMPLE.rates[2].method) == (True, True, Method.WHOLE)

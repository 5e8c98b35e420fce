from fractions import Fraction
from importlib.resources import files

import pytest

from denshi_hosho.core.fees.tariff import MAX_BANDS, Method, OnCancellation, OnChange, TariffMalformed, parse
from denshi_hosho.core.vocabulary import GuaranteeKind

EXAMPLE = files("denshi_hosho.examples").joinpath("tariff_example.toml").read_text(encoding="utf-8")
RATE = """
[[rate]]
kind = "PERFORMANCE"
method = "WHOLE"
band = [{ up_to = 100, percent = "0.5" }, { percent = "0.4" }]
minimum = 300
unit = 10
on_change = "NONE"
on_cancellation = "PRO_RATA_DAYS"
"""
PLAIN = f'name = "料率"\nexample = false\n{RATE}'
DISCOUNT = '\n[discount]\nyen = 200\nfrom_amount = 1\nkinds = ["PERFORMANCE"]\n'


def test_the_example_says_in_its_name_that_it_is_one() -> None:
    told = parse(EXAMPLE)
    assert told.example
    assert "例" in told.name
    kinds = {GuaranteeKind.ADVANCE_PAYMENT, GuaranteeKind.INTERIM_ADVANCE_PAYMENT, GuaranteeKind.PERFORMANCE}
    assert {rate.kind for rate in told.rates if rate.class_ is None} == kinds


def test_a_tariff_is_read_as_it_is_written() -> None:
    told = parse(PLAIN + DISCOUNT)
    (rate,) = told.rates
    assert (told.name, told.example, rate.kind, rate.class_) == ("料率", False, GuaranteeKind.PERFORMANCE, None)
    assert (rate.method, rate.minimum, rate.unit) == (Method.WHOLE, 300, 10)
    assert [(band.up_to, band.rate) for band in rate.bands] == [(100, Fraction(1, 200)), (None, Fraction(1, 250))]
    assert (rate.on_change, rate.on_cancellation) == (OnChange.NONE, OnCancellation.PRO_RATA_DAYS)
    assert told.discount is not None
    assert (told.discount.yen, told.discount.from_amount, told.discount.kinds) == (
        200,
        1,
        frozenset({GuaranteeKind.PERFORMANCE}),
    )


@pytest.mark.parametrize(
    ("old", "new", "place"),
    [
        ("example = false", "example = 0", "example"),
        ("example = false", "example = true", "name"),
        ('"料率"', '"例示料率"', "name"),
        ('"料率"', '""', "name"),
        ('"料率"', '"\\u0007"', "name"),
        ('"料率"', '"\\U0010FFFD"', "name"),
        ("example = false", "exemple = false", "exemple"),
        ("minimum = 300", "minimum = 0", "rate[0].minimum"),
        ("minimum = 300", "minimum = true", "rate[0].minimum"),
        ("minimum = 300", "minimum = 3e2", "rate[0].minimum"),
        ("minimum = 300", "minimum = 10_000_000_000_001", "rate[0].minimum"),
        ("minimum = 300", f"minimum = {'9' * 5000}", "-"),
        ("unit = 10", "unit = 0", "rate[0].unit"),
        ("unit = 10", "", "rate[0].unit"),
        ("unit = 10", "unit = 10\nrounding = 1", "rate[0].rounding"),
        ('"PERFORMANCE"', '"LOAN"', "rate[0].kind"),
        ('"WHOLE"', '"SOMEHOW"', "rate[0].method"),
        ('"0.5"', "0.5", "rate[0].band[0].percent"),
        ('"0.5"', '"1e-9"', "rate[0].band[0].percent"),
        ('"0.5"', '"-1"', "rate[0].band[0].percent"),
        ('"0.5"', '"100.1"', "rate[0].band[0].percent"),
        ('"0.5"', '"０.5"', "rate[0].band[0].percent"),
        ('"0.5"', '"NaN"', "rate[0].band[0].percent"),
        ("{ percent", "{ up_to = 100, percent", "rate[0].band"),
        ("{ percent", "{ up_to = 200, percent", "rate[0].band"),
        ("up_to = 100, ", "", "rate[0].band"),
        ("band = [", "band = [1, ", "rate[0].band[0]."),
        ('"NONE"', '"HALF"', "rate[0].on_change"),
        ('"PRO_RATA_DAYS"', '"DIFFERENCE"', "rate[0].on_cancellation"),
        ("yen = 200", "yen = 300", "discount.yen"),
        ('kinds = ["PERFORMANCE"]', 'kinds = ["LOAN"]', "discount.kinds"),
        ('kinds = ["PERFORMANCE"]', 'kinds = "PERFORMANCE"', "discount.kinds"),
        ("name =", "name", "-"),
    ],
)
def test_what_is_wrong_is_told_with_its_place(old: str, new: str, place: str) -> None:
    text = PLAIN + DISCOUNT
    assert old in text
    with pytest.raises(TariffMalformed) as caught:
        parse(text.replace(old, new, 1))
    assert caught.value.place == place
    assert place in str(caught.value)


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (PLAIN.replace(RATE, ""), "rate"),
        (PLAIN + RATE, "rate[1]"),
        (PLAIN.replace("band = [", "band = [" + '{ up_to = 1, percent = "1" }, ' * MAX_BANDS), "rate[0].band"),
        ("a = " + "[" * 10_000, "-"),
    ],
)
def test_what_is_twice_or_too_much_or_nothing_is_no_tariff(text: str, place: str) -> None:
    with pytest.raises(TariffMalformed) as caught:
        parse(text)
    assert caught.value.place == place

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.form import check_form
from denshi_hosho.core.money import MAX_YEN
from denshi_hosho.core.notes import check_note
from tests.core.world import form

TEXTS = ("obligee_name", "works_name", "depositary_bank")
OUT, ABOVE, COVERED = (
    "AMOUNT_OUT_OF_RANGE",
    "GUARANTEED_AMOUNT_ABOVE_CONTRACT_PRICE",
    "COVERED_PRICE_ABOVE_CONTRACT_PRICE",
)


def refused(**changes: Any) -> list[tuple[str, str]]:
    """Code and field of everything that is wrong with the plain form, so changed."""
    found: tuple[Refusal, ...] = ()
    try:
        check_form(form(1, **changes))
    except Refused as error:
        found = error.refusals
    assert all(each.ja and each.en and len(each.path) == 1 for each in found)
    return [(each.code, each.path[0]) for each in found]


def test_the_plain_form_is_right() -> None:
    assert refused() == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"guaranteed_amount": 0}, [(OUT, "guaranteed_amount")]),
        ({"guaranteed_amount": -1}, [(OUT, "guaranteed_amount")]),
        ({"guaranteed_amount": 1}, []),
        ({"guaranteed_amount": 48_000_000}, []),
        ({"guaranteed_amount": 48_000_001}, [(ABOVE, "guaranteed_amount")]),
        ({"contract_price": MAX_YEN, "guaranteed_amount": MAX_YEN, "covered_price": MAX_YEN}, []),
        ({"contract_price": MAX_YEN + 1}, [(OUT, "contract_price")]),
        ({"contract_price": 0}, [(OUT, "contract_price"), (ABOVE, "guaranteed_amount")]),
        ({"contract_price": MAX_YEN, "guaranteed_amount": MAX_YEN + 1},
         [(OUT, "guaranteed_amount"), (ABOVE, "guaranteed_amount")]),
        ({"covered_price": 0}, [(OUT, "covered_price")]),
        ({"covered_price": 1}, []),
        ({"covered_price": 48_000_000}, []),
        ({"covered_price": 48_000_001}, [(COVERED, "covered_price")]),
        ({"covered_price": MAX_YEN + 1}, [(OUT, "covered_price"), (COVERED, "covered_price")]),
        ({"completion_on": date(2024, 6, 1)}, []),
        ({"completion_on": date(2024, 5, 31)}, [("COMPLETION_BEFORE_CONTRACT", "completion_on")]),
        ({"guarantee_ends_on": date(2024, 6, 1)}, []),
        ({"guarantee_ends_on": date(2024, 5, 31)}, [("GUARANTEE_ENDS_BEFORE_CONTRACT", "guarantee_ends_on")]),
        ({"contract_on": None, "completion_on": date(1900, 1, 1), "guarantee_ends_on": date(1873, 1, 1)}, []),
        ({"contract_on": None, "completion_on": date(1872, 12, 31)}, [("DATE_BEFORE_SOLAR_CALENDAR", "completion_on")]),
        ({"contract_on": None, "guarantee_ends_on": date(1, 1, 1)}, [("DATE_BEFORE_SOLAR_CALENDAR", "guarantee_ends_on")]),
        ({"depositary_bank": None}, []),
    ],
)  # fmt: skip
def test_what_is_wrong_is_refused_with_its_field(changes: dict[str, Any], expected: list[tuple[str, str]]) -> None:
    assert refused(**changes) == expected


def test_everything_that_is_wrong_is_said_at_once() -> None:
    assert refused(
        guaranteed_amount=0, covered_price=10**14, completion_on=date(2024, 5, 31), works_name="", obligee_name="a\nb"
    ) == [
        (OUT, "covered_price"),
        (OUT, "guaranteed_amount"),
        (COVERED, "covered_price"),
        ("COMPLETION_BEFORE_CONTRACT", "completion_on"),
        ("TEXT_CONTROL_CHARACTER", "obligee_name"),
        ("TEXT_LENGTH", "works_name"),
    ]


@pytest.mark.parametrize("field", TEXTS)
@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "TEXT_LENGTH"), ("工" * 201, "TEXT_LENGTH"), ("工", None), ("工" * 200, None), ("国道〇号線　その1", None),
        *((f"工{symbol}事", "TEXT_CONTROL_CHARACTER") for symbol in "\0\n\r\t\x1b\x7f\x85\u2028\u2029"),
        ("\u5409\U00020bb7", "TEXT_NOT_PRINTABLE"), ("工事😀", "TEXT_NOT_PRINTABLE"), ("\ud800", "TEXT_NOT_PRINTABLE"),
        ("工\u200b事", "TEXT_NOT_PRINTABLE"), ("工\u202e事", "TEXT_NOT_PRINTABLE"), ("\ufeff工事", "TEXT_NOT_PRINTABLE"),
    ],
)  # fmt: skip
def test_a_text_that_a_certificate_cannot_hold_is_refused(field: str, text: str, code: str | None) -> None:
    assert refused(**{field: text}) == ([(code, field)] if code else [])


def test_the_glyphs_that_are_missing_are_named() -> None:
    with pytest.raises(Refused) as caught:
        check_form(form(1, works_name="𠮷野家と😀と𠮷"))
    (refusal,) = caught.value.refusals
    assert refusal.ja.endswith(": 𠮷😀")
    assert refusal.en.endswith(": 𠮷😀")


@given(st.integers(-(10**15), 10**15), st.integers(-(10**15), 10**15), st.none() | st.integers(-(10**15), 10**15))
def test_amounts_that_pass_are_positive_and_within_the_contract_price(
    price: int, amount: int, covered: int | None
) -> None:
    wrong = refused(contract_price=price, guaranteed_amount=amount, covered_price=covered)
    right = 1 <= amount <= price <= MAX_YEN and (covered is None or 1 <= covered <= price)
    assert (wrong == []) is right


@pytest.mark.parametrize("note", ["理", "理由\n二行目\t", "\r\n理由", " 理由 ", "理" * 1000])
def test_a_note_may_have_lines(note: str) -> None:
    check_note(note, "note")


@pytest.mark.parametrize(
    ("note", "code"),
    [("", "NOTE_LENGTH"), (" \u3000\n", "NOTE_LENGTH"), ("理" * 1001, "NOTE_LENGTH"), ("a\0b", "TEXT_CONTROL_CHARACTER"),
     ("a\x1bb", "TEXT_CONTROL_CHARACTER")],
)  # fmt: skip
def test_a_note_that_says_nothing_or_too_much_is_refused(note: str, code: str) -> None:
    with pytest.raises(Refused) as caught:
        check_note(note, "reason")
    assert [(each.code, each.path) for each in caught.value.refusals] == [(code, ("reason",))]

"""What follows from a change: exact cases, and what holds whatever is changed."""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from denshi_hosho.core.certificate import Certificate
from denshi_hosho.core.changes.consequence import FIELDS, NOTHING, WHY, Content, follow
from denshi_hosho.core.changes.differences import LABELS, differences, shown
from denshi_hosho.core.errors import Refused
from denshi_hosho.core.money import MAX_YEN
from denshi_hosho.core.vocabulary import Change, Consequence, Medium
from tests.samples import LEAFLET_ADVANCE

TODAY = Content(
    principal_name="（例）建設", obligee_name="松江市", guaranteed_amount=19_200_000, guarantee_ends_on=date(2025, 3, 15),
    completion_on=date(2025, 3, 15), works_name="工事", contract_price=48_000_000, covered_price=None, depositary_bank=None,
)  # fmt: skip
NAMES = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1, max_size=20)
DAYS = st.dates(date(1873, 1, 1), date(2999, 12, 31))
VALUES: dict[str, st.SearchStrategy[Any]] = {
    "principal_name": NAMES, "obligee_name": NAMES, "works_name": NAMES, "depositary_bank": NAMES,
    "guaranteed_amount": st.integers(1, MAX_YEN), "contract_price": st.integers(1, MAX_YEN),
    "covered_price": st.integers(1, MAX_YEN), "guarantee_ends_on": DAYS, "completion_on": DAYS,
}  # fmt: skip
ASKED = st.fixed_dictionaries({}, optional=VALUES)


@pytest.mark.parametrize(
    ("asked", "consequence", "changed"),
    [
        ({"completion_on": date(2025, 5, 14)}, "TERM_MOVES", ("guarantee_ends_on", "completion_on")),
        ({"completion_on": date(2025, 5, 14), "guarantee_ends_on": date(2025, 5, 14)}, "TERM_MOVES",
         ("guarantee_ends_on", "completion_on")),
        ({"contract_price": 50_000_000}, "PRICE_NOTED", ("contract_price",)),
        ({"contract_price": 50_000_000, "covered_price": 20_000_000}, "PRICE_NOTED", ("contract_price", "covered_price")),
        ({"completion_on": date(2025, 5, 14), "contract_price": 1}, "TERM_AND_PRICE",
         ("guarantee_ends_on", "completion_on", "contract_price")),
        ({"guaranteed_amount": 1}, "AMENDMENT", ("guaranteed_amount",)),
        ({"guaranteed_amount": 1, "contract_price": 2}, "AMENDMENT", ("guaranteed_amount", "contract_price")),
        ({"works_name": "工事 その2"}, "AMENDMENT", ("works_name",)),
        ({"guarantee_ends_on": date(2025, 3, 16)}, "AMENDMENT", ("guarantee_ends_on",)),
        ({"completion_on": date(2025, 5, 14), "guarantee_ends_on": date(2025, 3, 15)}, "AMENDMENT", ("completion_on",)),
    ],
)  # fmt: skip
def test_what_follows(asked: dict[str, Any], consequence: str, changed: tuple[str, ...]) -> None:
    found = follow(TODAY, asked, correction=False)
    assert (found.consequence, found.changed) == (consequence, changed)
    assert follow(TODAY, asked, correction=True).consequence == "CORRECTION"


def test_the_guarantee_moves_by_as_many_days_as_the_works() -> None:
    longer = replace(TODAY, guarantee_ends_on=date(2025, 4, 30))
    moved = follow(longer, {"completion_on": date(2025, 3, 5)}, correction=False)
    assert (moved.content.guarantee_ends_on, moved.consequence) == (date(2025, 4, 20), Consequence.TERM_MOVES)
    assert follow(longer, {"completion_on": date.max}, correction=False).content.guarantee_ends_on == date.max


def test_every_consequence_says_why() -> None:
    assert WHY.keys() == set(Consequence)
    assert LABELS.keys() == {*FIELDS, "medium"}


@given(ASKED)
def test_a_certificate_follows_exactly_when_more_than_term_and_price_differs(asked: dict[str, Any]) -> None:
    new = {name for name, value in asked.items() if value != getattr(TODAY, name)}
    if not new:
        with pytest.raises(Refused) as refused:
            follow(TODAY, asked, correction=False)
        assert list(refused.value.refusals) == [NOTHING]
        return
    found = follow(TODAY, asked, correction=False)
    assert {name: getattr(found.content, name) for name in asked} == asked
    assert new <= set(found.changed) <= new | {"guarantee_ends_on"}
    quiet = set(found.changed) <= {"completion_on", "guarantee_ends_on", "contract_price", "covered_price"}
    moves = found.content.guarantee_ends_on - TODAY.guarantee_ends_on
    assert (found.issued_as is None) == (quiet and moves == found.content.completion_on - TODAY.completion_on)
    assert follow(TODAY, asked, correction=True).issued_as is Change.CORRECTION


@given(ASKED, st.sampled_from(Medium))
def test_differences_applied_to_the_old_version_give_the_new_one(asked: dict[str, Any], medium: Medium) -> None:
    old: Certificate = LEAFLET_ADVANCE
    new = replace(old, **asked, medium=medium)
    found = differences(old, new)
    afters: dict[str, Any] = {each.field: each.after for each in found}
    befores: dict[str, Any] = {each.field: each.before for each in found}
    assert (replace(old, **afters), replace(new, **befores)) == (new, old)
    assert all(shown(each.before) != shown(each.after) for each in found)
    assert not differences(new, new)

from datetime import date

import pytest

from denshi_hosho.core.vocabulary import Procurement, WorkType
from denshi_hosho.rules import conditions
from denshi_hosho.rules.conditions import (
    FIELD_NAMES,
    Condition,
    Every,
    OneOf,
    Opposite,
    Some,
    Within,
    said,
    when_said,
)
from denshi_hosho.rules.guards import GUARD_KEYS

DIVISION = OneOf("division", ("水道課",))
NEGOTIATED = OneOf("procurement", (Procurement.NEGOTIATED,))
PRICE = Within("contract_price", (("at_least", 1_000_000),))
DAY = date(2024, 4, 1)


@pytest.mark.parametrize(
    ("condition", "ja", "en"),
    [
        (DIVISION, "発注担当課が水道課", "ordering division is 水道課"),
        (OneOf("division", ("水道課", "契約課")), "発注担当課が水道課・契約課", "ordering division is 水道課 or 契約課"),
        (OneOf("trial", (True,)), "試行への参加がはい", "part in a trial is yes"),
        (OneOf("trial", (False,)), "試行への参加がいいえ", "part in a trial is no"),
        (OneOf("procurement", (Procurement.OPEN_TENDER,)), f"契約方式が{Procurement.OPEN_TENDER.ja}",
         "procurement method is open tender"),
        (OneOf("work_type", (WorkType.SURVEY, WorkType.SERVICES)),
         f"業務の種別が{WorkType.SURVEY.ja}・{WorkType.SERVICES.ja}", "work type is survey or services"),
        (Opposite(DIVISION), "「発注担当課が水道課」以外", "not (ordering division is 水道課)"),
        (Every((DIVISION, PRICE)), "発注担当課が水道課、かつ請負金額（総額）が1,000,000円以上",
         "ordering division is 水道課 and contract price is at least 1,000,000 yen"),
        (Some((DIVISION, PRICE)), "（発注担当課が水道課、または請負金額（総額）が1,000,000円以上）",
         "(ordering division is 水道課 or contract price is at least 1,000,000 yen)"),
        (Within("contract_price", (("above", 5), ("below", 9_000))), "請負金額（総額）が5円超・9,000円未満",
         "contract price is above 5 yen and below 9,000 yen"),
    ],
)  # fmt: skip
def test_a_condition_is_said_in_both_languages(condition: Condition, ja: str, en: str) -> None:
    assert said(condition) == (ja, en)


@pytest.mark.parametrize(
    ("key", "bound", "ja", "en"),
    [
        ("from", DAY, "2024年4月1日以後", "on or after 2024-04-01"),
        ("after", DAY, "2024年4月1日より後", "after 2024-04-01"),
        ("until", DAY, "2024年4月1日まで", "on or before 2024-04-01"),
        ("before", DAY, "2024年4月1日より前", "before 2024-04-01"),
        ("at_least", 3_000_000, "3,000,000円以上", "at least 3,000,000 yen"),
        ("above", 3_000_000, "3,000,000円超", "above 3,000,000 yen"),
        ("at_most", 3_000_000, "3,000,000円以下", "at most 3,000,000 yen"),
        ("below", 3_000_000, "3,000,000円未満", "below 3,000,000 yen"),
    ],
)
def test_a_bound_is_said_as_the_file_means_it(key: str, bound: date | int, ja: str, en: str) -> None:
    field = "order_on" if isinstance(bound, date) else "covered_price"
    names = FIELD_NAMES[field]
    assert said(Within(field, ((key, bound),))) == (f"{names[0]}が{ja}", f"{names[1]} is {en}")


def test_the_tail_of_a_guarded_clause_says_when_and_there_is_none_without_a_guard() -> None:
    assert when_said(None) == ("", "")
    assert when_said(DIVISION) == ("（発注担当課が水道課の場合）", " (where ordering division is 水道課)")


def test_the_tests_of_single_fields_are_found_however_deep_they_stand() -> None:
    assert list(conditions.tests(DIVISION)) == [DIVISION]
    deep = Every((Some((DIVISION, Opposite(PRICE))), NEGOTIATED))
    assert list(conditions.tests(deep)) == [DIVISION, PRICE, NEGOTIATED]


def test_every_field_that_a_guard_may_test_has_a_name_in_both_languages() -> None:
    assert GUARD_KEYS - {"any", "not"} <= FIELD_NAMES.keys()
    assert (
        len({ja for ja, _ in FIELD_NAMES.values()}) == len({en for _, en in FIELD_NAMES.values()}) == len(FIELD_NAMES)
    )
    assert {name: en for name, (_, en) in FIELD_NAMES.items()} == {
        "kind": "kind", "work_type": "work type", "work_wording": "wording of the work", "surety": "surety",
        "surety_class": "class of surety", "division": "ordering division", "procurement": "procurement method",
        "contract_medium": "form of the works contract", "change": "original, amendment or correction",
        "original_medium": "form of the first guarantee", "contract_price": "contract price",
        "covered_price": "covered price", "guaranteed_amount": "guaranteed amount", "notice_on": "day of the tender notice",
        "nomination_on": "day of the nomination", "bidding_on": "day of the bidding", "order_on": "day of the order",
        "contract_on": "day of the contract", "initial_contract_on": "day of the initial contract",
        "guarantee_on": "day of the guarantee", "first_guarantee_on": "day of the first guarantee",
        "excluded_in_notice": "exclusion in the tender notice", "trial": "part in a trial", "works_numbers": "works numbers",
    }  # fmt: skip

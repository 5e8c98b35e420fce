from datetime import date

import pytest

from denshi_hosho.core.vocabulary import GuaranteeKind, WorkType
from denshi_hosho.rules import Application, Decision, MalformedRecord
from denshi_hosho.rules.application import DATE_FIELDS, FLAG_FIELDS, TEXT_FIELDS, WORD_FIELDS, YEN_FIELDS, told_as
from denshi_hosho.rules.rulebook import Rulebook
from tests.rules.rule_texts import MINIMAL

TOLD = {
    "obligee": "test/town",
    "kind": "ADVANCE_PAYMENT",
    "work_type": "CONSTRUCTION",
    "change": "ORIGINAL",
    "contract_price": 2_172_720_000,
    "contract_on": "2024-04-01",
}


def test_an_application_writes_what_was_told_in_order() -> None:
    application = Application(
        contract_on=date(2024, 4, 1),
        contract_price=2_172_720_000,
        work_type=WorkType.CONSTRUCTION,
        kind=GuaranteeKind.ADVANCE_PAYMENT,
        obligee="test/town",
    )
    assert application.to_json() == TOLD
    assert list(application.to_json()) == list(TOLD)
    assert Application.from_json(TOLD) == application


def test_every_field_of_an_application_but_its_numbers_can_stand_in_a_guard() -> None:
    known = {*WORD_FIELDS, *DATE_FIELDS, *YEN_FIELDS, *TEXT_FIELDS, *FLAG_FIELDS, "obligee", "works_numbers"}
    assert known == set(Application.__slots__)


def test_flags_and_works_numbers_are_written_only_when_told() -> None:
    assert "trial" not in Application.from_json(TOLD).to_json()
    told = {**TOLD, "excluded_in_notice": False, "trial": True, "works_numbers": ["7-1", "7-2"]}
    application = Application.from_json(told)
    assert (application.excluded_in_notice, application.works_numbers) == (False, ("7-1", "7-2"))
    assert application.to_json() == told


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("contract_price", "3,000,000", 3_000_000),
        ("contract_price", "three", "three"),
        ("trial", "true", True),
        ("trial", "yes", "yes"),
        ("works_numbers", "7-1, 7-2", ["7-1", "7-2"]),
        ("contract_on", "2024-04-01", "2024-04-01"),
    ],
)
def test_what_a_person_types_is_read_as_its_field(name: str, text: str, value: object) -> None:
    assert told_as(name, text) == value


@pytest.mark.parametrize(
    ("wrong", "line"),
    [
        ({"contracted_on": "2024-04-01"}, "contracted_on: 'contracted_on' is not a field of Application"),
        ({"contract_on": "1.4.2024"}, "contract_on: '1.4.2024' is not a day such as 2024-06-01"),
        ({"contract_price": "5"}, "contract_price: '5' is not a whole number"),
        ({"contract_price": True}, "contract_price: True is not a whole number"),
        ({"obligee": 322016}, "obligee: 322016 is not text"),
        (
            {"kind": "PAYMENT"},
            "kind: 'PAYMENT' is not one of ADVANCE_PAYMENT, INTERIM_ADVANCE_PAYMENT, PERFORMANCE, BID",
        ),
    ],
)
def test_what_is_not_an_application_says_which_field(wrong: dict[str, object], line: str) -> None:
    with pytest.raises(MalformedRecord) as refused:
        Application.from_json({**TOLD, **wrong})
    assert refused.value.en == line
    assert refused.value.code == "RECORD_MALFORMED"


def test_an_application_without_its_kind_or_no_application_at_all() -> None:
    with pytest.raises(MalformedRecord) as refused:
        Application.from_json({"obligee": "test/town"})
    assert refused.value.en == "Application: ['obligee'] is not every field without a default"
    with pytest.raises(MalformedRecord) as nothing:
        Application.from_json([])
    assert nothing.value.en == "Application: [] is not an object"


def test_a_decision_is_read_back_and_a_broken_one_is_not() -> None:
    decision = Rulebook.from_texts({"town": MINIMAL}).decide(Application.from_json(TOLD))
    raw = decision.to_json()
    assert Decision.from_json(raw) == decision
    assert raw["outcome"] == "ACCEPTED"
    assert raw["revision"] == "2024-04-01"
    with pytest.raises(MalformedRecord) as refused:
        Decision.from_json({**raw, "reasons": [{**decision.to_json(), "code": 1}]})
    assert refused.value.place == "reasons[0].outcome"
    with pytest.raises(MalformedRecord) as refused:
        Decision.from_json({**raw, "reasons": "STARTED"})
    assert refused.value.en == "reasons: 'STARTED' is not a list"

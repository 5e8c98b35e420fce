from datetime import date
from typing import Any

import pytest

from denshi_hosho.core.vocabulary import Change, GuaranteeKind, Medium, WorkType
from denshi_hosho.rules import Application, Decision, Outcome, RecipientKnown, Rulebook, Way

RULEBOOK = Rulebook.load()
MONTH_READING = (
    "The start is stated to the month only (令和6年2月以降); it is read as new contracts from 2024-02-01 on."
)
OVERLAP = (
    "Both wordings, 2月以降 and 2月以前, contain February 2024; "
    "“2月以前” is read as: guaranteed before the start, 2024-02-01."
)


def decided(**told: Any) -> Decision:
    facts: dict[str, Any] = {
        "kind": GuaranteeKind.ADVANCE_PAYMENT,
        "work_type": WorkType.CONSTRUCTION,
        "contract_on": date(2024, 2, 1),
    }
    return RULEBOOK.decide(Application(obligee="465011", **(facts | told)))


def readings(decision: Decision) -> list[str]:
    return [reason.en for reason in decision.reasons if reason.code == "READING_TAKEN"]


@pytest.mark.parametrize(
    ("day", "outcome"),
    [(date(2024, 1, 31), Outcome.PAPER_ONLY), (date(2024, 2, 1), Outcome.ACCEPTED)],
)
def test_new_contracts_from_february_2024_with_the_reading_repeated(day: date, outcome: Outcome) -> None:
    decision = decided(contract_on=day)
    assert decision.outcome is outcome
    assert MONTH_READING in readings(decision)


FOLLOWING = [
    {"kind": GuaranteeKind.INTERIM_ADVANCE_PAYMENT},
    {"change": Change.AMENDMENT, "initial_contract_on": date(2024, 2, 1)},
    {"change": Change.CORRECTION, "initial_contract_on": date(2024, 2, 1)},
]


@pytest.mark.parametrize("lineage", FOLLOWING)
@pytest.mark.parametrize(
    ("first", "outcome"),
    [
        (date(2024, 1, 31), Outcome.PAPER_ONLY),
        (date(2024, 2, 1), Outcome.ACCEPTED),
        (None, Outcome.UNDETERMINED),
    ],
)
def test_what_follows_a_guarantee_from_before_the_start_stays_on_paper(
    lineage: dict[str, Any], first: date | None, outcome: Outcome
) -> None:
    decision = decided(**lineage, first_guarantee_on=first)
    assert decision.outcome is outcome
    assert decision.missing == (("first_guarantee_on",) if first is None else ())
    assert (OVERLAP in readings(decision)) is (outcome is not Outcome.ACCEPTED or first == date(2024, 2, 1))


def test_an_overlap_inside_february_is_repeated_although_it_refuses_nothing() -> None:
    decision = decided(kind=GuaranteeKind.INTERIM_ADVANCE_PAYMENT, first_guarantee_on=date(2024, 2, 29))
    assert decision.outcome is Outcome.ACCEPTED
    assert OVERLAP in readings(decision)
    march = decided(kind=GuaranteeKind.INTERIM_ADVANCE_PAYMENT, first_guarantee_on=date(2024, 3, 1))
    assert OVERLAP not in readings(march)


def test_an_amended_contract_is_counted_by_its_first_day() -> None:
    told: dict[str, Any] = {"change": Change.AMENDMENT, "first_guarantee_on": date(2024, 2, 5)}
    assert decided(**told, contract_on=date(2024, 9, 1)).missing == ("initial_contract_on",)
    old = decided(**told, contract_on=date(2024, 9, 1), initial_contract_on=date(2024, 1, 31))
    assert old.outcome is Outcome.PAPER_ONLY


@pytest.mark.parametrize("medium", Medium)
def test_a_paper_works_contract_is_fine(medium: Medium) -> None:
    decision = decided(contract_medium=medium)
    assert decision.outcome is Outcome.ACCEPTED
    assert "CONTRACT_MEDIUM_TAKEN" in [reason.code for reason in decision.reasons]


@pytest.mark.parametrize(
    ("work_type", "outcome"),
    [
        (WorkType.CONSTRUCTION, Outcome.ACCEPTED),
        (WorkType.SERVICES, Outcome.ACCEPTED),
        (WorkType.SURVEY, Outcome.UNDETERMINED),
        (WorkType.CONSULTING, Outcome.UNDETERMINED),
    ],
)
def test_works_and_outsourced_services_and_what_that_word_leaves_open(work_type: WorkType, outcome: Outcome) -> None:
    assert decided(work_type=work_type).outcome is outcome


def test_bid_guarantees_stay_on_paper() -> None:
    assert decided(kind=GuaranteeKind.BID).outcome is Outcome.PAPER_ONLY


def test_the_key_goes_to_the_division_and_the_invoice_apart_from_it() -> None:
    plan = decided(division="建設課").plan
    assert plan is not None
    (channel,) = plan.channels
    assert channel.way is Way.EMAIL
    recipient = channel.recipient
    assert (recipient.known, recipient.address, recipient.confirm) == (RecipientKnown.BY_DIVISION, None, True)
    (invoice,) = plan.companions
    assert "前払金請求書" in invoice.ja
    assert plan.notes[0].literal == "認証キーは前払、契約それぞれ別にありますので注意して下さい。"

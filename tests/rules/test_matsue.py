from datetime import date
from typing import Any

import pytest

from denshi_hosho.core.vocabulary import GuaranteeKind, Medium, WorkType
from denshi_hosho.rules import Application, Artefact, Decision, Need, Outcome, RecipientKnown, Rulebook, Way

RULEBOOK = Rulebook.load()


def decided(**told: Any) -> Decision:
    facts: dict[str, Any] = {
        "kind": GuaranteeKind.ADVANCE_PAYMENT,
        "work_type": WorkType.CONSTRUCTION,
        "contract_on": date(2024, 6, 1),
    }
    return RULEBOOK.decide(Application(obligee="322016", **(facts | told)))


@pytest.mark.parametrize(
    ("day", "outcome", "revision"),
    [
        (date(2024, 5, 31), Outcome.PAPER_ONLY, None),
        (date(2024, 6, 1), Outcome.ACCEPTED, date(2024, 6, 1)),
        (None, Outcome.UNDETERMINED, None),
    ],
)
def test_contracts_from_2024_06_01_on(day: date | None, outcome: Outcome, revision: date | None) -> None:
    decision = decided(contract_on=day)
    assert (decision.outcome, decision.revision) == (outcome, revision)
    assert decision.missing == (("contract_on",) if day is None else ())


@pytest.mark.parametrize(
    ("work_type", "outcome"),
    [
        (WorkType.CONSTRUCTION, Outcome.ACCEPTED),
        (WorkType.CONSULTING, Outcome.ACCEPTED),
        (WorkType.SURVEY, Outcome.PAPER_ONLY),
        (WorkType.SERVICES, Outcome.PAPER_ONLY),
    ],
)
def test_works_and_construction_consulting(work_type: WorkType, outcome: Outcome) -> None:
    assert decided(work_type=work_type).outcome is outcome


@pytest.mark.parametrize(
    ("kind", "outcome"),
    [
        (GuaranteeKind.ADVANCE_PAYMENT, Outcome.ACCEPTED),
        (GuaranteeKind.INTERIM_ADVANCE_PAYMENT, Outcome.ACCEPTED),
        (GuaranteeKind.PERFORMANCE, Outcome.ACCEPTED),
        (GuaranteeKind.BID, Outcome.PAPER_ONLY),
    ],
)
def test_three_kinds_and_never_the_fourth(kind: GuaranteeKind, outcome: Outcome) -> None:
    assert decided(kind=kind).outcome is outcome


@pytest.mark.parametrize("medium", [None, *Medium])
def test_the_form_of_the_works_contract_plays_no_part(medium: Medium | None) -> None:
    assert decided(contract_medium=medium).outcome is Outcome.ACCEPTED


def test_the_key_goes_by_mail_to_an_address_that_has_to_be_asked_for() -> None:
    plan = decided().plan
    assert plan is not None
    (channel,) = plan.channels
    assert channel.way is Way.EMAIL
    assert channel.recipient.known is RecipientKnown.ASK
    assert (channel.recipient.address, channel.recipient.resolved) == (None, False)
    assert "契約窓口" in channel.recipient.ja
    needs = [(artefact.artefact, artefact.need) for artefact in plan.artefacts]
    assert needs == [
        (Artefact.KEY_NOTICE, Need.REQUIRED),
        (Artefact.CERTIFICATE_SCREEN, Need.FORBIDDEN),
    ]
    assert (plan.subject, plan.body, plan.cc, plan.deadline, plan.follow_up) == (None, (), (), None, None)


def test_every_reason_of_a_decision_cites_the_leaflet_or_says_that_it_is_silent() -> None:
    for reason in decided().reasons:
        titles = [source.title for source in reason.sources]
        silent = reason.code == "SURETY_NOT_STATED"
        assert titles == [] if silent else set(titles) == {"電子保証のご案内（令和6年6月1日より松江市で運用開始）"}


def test_the_rules_on_a_day_are_readable_by_people_and_machines() -> None:
    rules = RULEBOOK.rules_on("322016", date(2024, 6, 1))
    assert (rules.revision, rules.plugin) == (date(2024, 6, 1), "matsue")
    facts = {fact.code: fact for fact in rules.facts}
    assert facts["START"].ja == "契約締結日が2024年6月1日以後の案件から。"
    assert facts["START"].en == "From 2024-06-01 on, counted by the day of the contract."
    assert facts["WORK_TYPE"].value == "CONSTRUCTION,CONSULTING"
    assert facts["CHANNEL"].value == "EMAIL"
    assert facts["RECIPIENT"].value == "ASK"
    assert all(fact.sources for fact in rules.facts)
    assert RULEBOOK.text(rules.digest) == rules.text
    assert rules.text.startswith("format = 1\n")


def test_before_the_first_revision_only_its_start_is_a_fact() -> None:
    rules = RULEBOOK.rules_on("322016", date(2024, 5, 31))
    assert rules.revision is None
    assert [(fact.code, fact.value) for fact in rules.facts] == [("START", "2024-06-01")]

from datetime import date

from denshi_hosho.core.vocabulary import GuaranteeKind, WorkType
from denshi_hosho.rules import Application, Reason, Rulebook
from denshi_hosho.rules.explain import explain_steps
from denshi_hosho.rules.vocabulary import Standing
from tests.rules.rule_texts import MINIMAL

INTERIM = Application(
    obligee="465011",
    kind=GuaranteeKind.INTERIM_ADVANCE_PAYMENT,
    work_type=WorkType.CONSTRUCTION,
    contract_on=date(2024, 2, 1),
)
TOWN = Application(
    obligee="test/town",
    kind=GuaranteeKind.PERFORMANCE,
    work_type=WorkType.CONSTRUCTION,
    contract_on=date(2025, 3, 31),
)
SECOND = MINIMAL[MINIMAL.index("[[revision]]") :].replace("2024-04-01", "2025-04-01")
PAPER = '\n[[revision.paper]]\nwhen = { division = "契約課" }\naccepted = true\nsource = "page"\n'


def test_every_clause_looked_at_is_a_step_with_its_place_and_standing() -> None:
    steps = Rulebook.load().explained(INTERIM).steps
    assert [(step.place, step.standing) for step in steps] == [
        ("revision[1]", Standing.HOLDS),
        ("revision[1].kinds", Standing.HOLDS),
        ("revision[1].work_types", Standing.HOLDS),
        ("revision[1].sureties", Standing.NOT_STATED),
        ("revision[1].contract_media", Standing.HOLDS),
        ("revision[1].exclusion[1]", Standing.OPEN),
        ("revision[1].paper", Standing.HOLDS),
    ]
    (exclusion,) = [step for step in steps if step.standing is Standing.OPEN]
    assert exclusion.missing == ("first_guarantee_on",)
    assert exclusion.en == (
        "(kind is interim advance payment or original, amendment or correction is amendment or correction) "
        "and day of the first guarantee is before 2024-02-01"
    )
    assert exclusion.ja == (
        "（保証の種類が中間前払金保証、または当初・変更・訂正が変更・訂正）、かつ最初の保証契約日が2024年2月1日より前"
    )


def test_a_later_revision_that_has_not_begun_is_a_step_that_does_not_hold() -> None:
    steps = Rulebook.from_texts({"town": MINIMAL + SECOND}).explained(TOWN).steps
    assert [(step.place, step.standing.value) for step in steps[:2]] == [
        ("revision[2]", "DOES_NOT_HOLD"),
        ("revision[1]", "HOLDS"),
    ]
    assert steps[0].reasons == ()
    assert steps[0].en.endswith("here that is 2025-03-31.")


def test_the_steps_are_said_one_a_line_in_both_languages() -> None:
    explanation = Rulebook.from_texts({"town": MINIMAL + PAPER}).explained(TOWN)
    assert explain_steps(explanation, "en").splitlines() == [
        "1. [holds] revision[1]: no condition",
        "    - [holds] STARTED: The day of the contract (2025-03-31) is on or after the start (2024-04-01).",
        "2. [holds] revision[1].kinds: no condition",
        "    - [holds] KIND_TAKEN: The kind of guarantee “performance” is taken electronically.",
        "3. [holds] revision[1].work_types: no condition",
        "    - [holds] WORK_TYPE_TAKEN: The work type “construction” is taken electronically.",
        "4. [not stated] revision[1].sureties: nothing stated for this application",
        "    - [holds] SURETY_NOT_STATED: The rule's sources say nothing of sureties other than guarantee companies.",
        "5. [open] revision[1].paper[1]: ordering division is 契約課",
        "    Missing: division",
        (
            "    - [holds] PAPER_NOT_STATED: The rule does not say whether a paper certificate may be handed in; "
            "ask the obligee."
        ),
        "Outcome: ACCEPTED",
    ]
    assert explain_steps(explanation, "ja").splitlines()[8] == "5. [未確定] revision[1].paper[1]: 発注担当課が契約課"


def test_the_plugins_own_review_is_a_step() -> None:
    house = Reason(code="HOUSE_RULE", ja="不可", en="No.", refuses=True)
    rulebook = Rulebook.from_texts({"town": MINIMAL}, reviews={"town": lambda _application, _revision: [house]})
    explanation = rulebook.explained(TOWN)
    (review,) = [step for step in explanation.steps if step.aspect == "REVIEW"]
    assert (review.place, review.reasons) == ("town.review", (house,))
    assert tuple(reason for step in explanation.steps for reason in step.reasons) == explanation.decision.reasons

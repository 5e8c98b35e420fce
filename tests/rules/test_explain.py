from datetime import date

from denshi_hosho.core.vocabulary import GuaranteeKind, WorkType
from denshi_hosho.rules import Application, Rulebook
from denshi_hosho.rules.explain import explain

RULEBOOK = Rulebook.load()
INTERIM = Application(
    obligee="465011",
    kind=GuaranteeKind.INTERIM_ADVANCE_PAYMENT,
    work_type=WorkType.CONSTRUCTION,
    contract_on=date(2024, 2, 1),
)
MATSUE = Application(
    obligee="322016",
    kind=GuaranteeKind.ADVANCE_PAYMENT,
    work_type=WorkType.CONSTRUCTION,
    contract_on=date(2024, 6, 1),
)


def test_an_open_outcome_is_explained_clause_by_clause() -> None:
    decision = RULEBOOK.decide(INTERIM)
    lines = explain(decision, INTERIM, "en").splitlines()
    assert lines[:3] == [
        "Outcome: UNDETERMINED",
        "Revision in force: 2024-02-01",
        (
            "Told: obligee=465011, kind=INTERIM_ADVANCE_PAYMENT, work_type=CONSTRUCTION, change=ORIGINAL, "
            "contract_on=2024-02-01"
        ),
    ]
    assert (
        "- [holds] STARTED: The day of the initial contract (2024-02-01) is on or after the start (2024-02-01)."
        in lines
    )
    assert any(line.startswith("- [open] EXCLUSION_OPEN: ") for line in lines)
    assert (
        "    source: 電子保証について（中種子町） / 電子保証の対象は？ / 西日本建設業保証株式会社 鹿児島支店" in lines
    )
    assert "Missing: first_guarantee_on" in lines
    assert lines[-1] == f"Rule file: nakatane (denshi-hosho 0.1.0) sha256:{decision.digest}"


def test_every_reason_stands_in_the_explanation_in_both_languages() -> None:
    decision = RULEBOOK.decide(MATSUE)
    ja, en = explain(decision, MATSUE, "ja"), explain(decision, MATSUE, "en")
    for reason in decision.reasons:
        assert reason.ja in ja
        assert reason.en in en
    assert ja.startswith("結果: ACCEPTED（電子交付可）\n")


def test_the_plan_is_explained_when_there_is_one() -> None:
    text = explain(RULEBOOK.decide(MATSUE), MATSUE, "en")
    assert "- EMAIL: The key is handed in by e-mail.\n    Ask Matsue City's contract desk" in text
    assert "- FORBIDDEN: Do not hand in a print-out or a saved copy of the certificate screen." in text
    assert "- Things go smoothly when" in text


def test_a_refusal_before_the_start_has_no_revision_and_no_plan() -> None:
    early = Application(
        obligee="322016",
        kind=GuaranteeKind.ADVANCE_PAYMENT,
        work_type=WorkType.CONSTRUCTION,
        contract_on=date(2024, 5, 31),
    )
    text = explain(RULEBOOK.decide(early), early, "ja")
    assert "適用された版: なし（開始前または不明）" in text
    assert "[不可] BEFORE_START" in text
    assert "認証キーの提出方法" not in text

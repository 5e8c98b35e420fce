import json
from collections.abc import Iterable
from datetime import date

import pytest

from denshi_hosho.core.vocabulary import GuaranteeKind, WorkType
from denshi_hosho.rules import Application, Decision, MalformedRecord, Outcome, Reason, Rulebook, RuleFileError
from denshi_hosho.rules.replay import _FILE_CODES, _FILE_ENDINGS, replay
from tests.rules.rule_texts import MINIMAL, replaced

TOWN = Application(
    obligee="test/town",
    kind=GuaranteeKind.PERFORMANCE,
    work_type=WorkType.CONSTRUCTION,
    contract_on=date(2024, 4, 1),
)
FACTS = json.dumps(TOWN.to_json())


def body(decision: Decision) -> str:
    return json.dumps(decision.to_json(), ensure_ascii=False, separators=(",", ":"))


def stored(review: object = None) -> Decision:
    return Rulebook.from_texts({"town": MINIMAL}, reviews={"town": review} if review else None).decide(TOWN)  # type: ignore[dict-item] # a review of the test


def test_the_same_text_gives_the_same_decision_bit_for_bit() -> None:
    replayed = replay(MINIMAL, FACTS, body(stored()))
    assert (replayed.same, replayed.same_bits, replayed.same_text, replayed.changes) == (True, True, True, ())
    assert replayed.again == stored()
    assert replayed.en == "By the very rule text the decision comes out the same."


def test_the_version_of_the_plugin_is_the_stored_one() -> None:
    raw = {**stored().to_json(), "plugin_version": "denshi-hosho-rules-town 0.0.1"}
    assert replay(MINIMAL, FACTS, json.dumps(raw)).same


def test_a_changed_text_shows_what_changes() -> None:
    changed = replaced('["ADVANCE_PAYMENT", "PERFORMANCE"]', '"ADVANCE_PAYMENT"')
    replayed = replay(changed, FACTS, body(stored()))
    assert (replayed.same, replayed.same_bits, replayed.same_text) == (False, False, False)
    assert replayed.again.outcome is Outcome.REFUSED
    lines = [change.line() for change in replayed.changes if change.place != "digest"]
    assert lines[:3] == [
        "outcome: ACCEPTED → REFUSED",
        "reasons[KIND_TAKEN]: The kind of guarantee “performance” is taken electronically. → —",
        "reasons[KIND_NOT_TAKEN]: — → The kind of guarantee “performance” is not among those this obligee takes electronically.",
    ]
    assert [change.place for change in replayed.changes][-1] == "plan"
    assert replayed.en == "By another rule text the decision comes out differently."


def test_a_later_start_shows_as_one_reason_that_changed() -> None:
    replayed = replay(replaced("from = 2024-04-01", "from = 2024-03-01"), FACTS, body(stored()))
    assert [change.place for change in replayed.changes] == ["revision", "digest", "reasons[STARTED]"]


def house_rule(_application: Application, _revision: object) -> Iterable[Reason]:
    return (Reason(code="HOUSE_RULE", ja="不可", en="No.", refuses=True),)


@pytest.mark.parametrize("text", [MINIMAL, MINIMAL + "# a remark\n"])
def test_the_plugins_own_review_is_taken_over_and_said_not_to_be_replayed(text: str) -> None:
    decision = stored(house_rule)
    assert decision.outcome is Outcome.REFUSED
    replayed = replay(text, FACTS, body(decision))
    assert [reason.code for reason in replayed.not_replayed] == ["HOUSE_RULE"]
    assert replayed.again.outcome is Outcome.REFUSED
    assert replayed.same is (text == MINIMAL)
    assert replayed.en.endswith("its reasons of then were taken over.")


def test_a_review_that_failed_then_leaves_everything_open_again() -> None:
    def failing(_application: Application, _revision: object) -> Iterable[Reason]:
        raise ValueError("broken")

    replayed = replay(MINIMAL, FACTS, body(stored(failing)))
    assert (replayed.same, replayed.again.outcome) == (True, Outcome.UNDETERMINED)


def test_what_cannot_be_read_is_named() -> None:
    with pytest.raises(RuleFileError):
        replay("format = 2", FACTS, body(stored()))
    with pytest.raises(MalformedRecord):
        replay(MINIMAL, "{}", body(stored()))
    with pytest.raises(MalformedRecord):
        replay(MINIMAL, FACTS, "{}")


def test_every_code_that_a_file_can_give_is_known_to_the_replay() -> None:
    from tests.rules.test_docs import file_codes  # noqa: PLC0415 the reference's own list

    assert {code for code in file_codes() if code not in _FILE_CODES and not code.endswith(_FILE_ENDINGS)} == set()

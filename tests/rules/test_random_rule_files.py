"""What holds of every rule file that can be written, not only of those that are."""

import json
from dataclasses import replace
from typing import Any, cast

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from denshi_hosho.rules import Application, Decision, Outcome, Rulebook
from denshi_hosho.rules.lint import lint
from denshi_hosho.rules.replay import replay
from denshi_hosho.rules.rulefile import parse
from denshi_hosho.rules.vocabulary import Standing
from tests.rules.rule_files import rule_files, text
from tests.rules.test_file_schema import faults
from tests.rules.test_properties import APPLICATIONS, TOLD

FILES = rule_files()
ASKED = APPLICATIONS.map(lambda application: replace(application, obligee="test/town"))
THOROUGH = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large]
)
# Alternative bases are judged by the told ones, a start without a stated basis by all days that are told.
SHARED_DAYS = {"notice_on", "nomination_on", "initial_contract_on"}


def decided(file: dict[str, Any], application: Application) -> Decision:
    return Rulebook.from_texts({"town": text(file)}).decide(application)


@THOROUGH
@given(FILES, ASKED)
def test_nothing_is_accepted_and_refused_and_the_plan_agrees(file: dict[str, Any], application: Application) -> None:
    decision = decided(file, application)
    refused = any(reason.refuses for reason in decision.reasons)
    unsettled = any(reason.unsettled for reason in decision.reasons)
    assert (decision.outcome is Outcome.ACCEPTED) == (not refused and not unsettled)
    assert refused == (decision.outcome in (Outcome.PAPER_ONLY, Outcome.REFUSED))
    assert decision.plan is not None or decision.outcome is not Outcome.ACCEPTED
    assert decision.plan is None or decision.outcome in {Outcome.ACCEPTED, Outcome.UNDETERMINED}
    assert decided(file, application) == decision


@THOROUGH
@given(FILES, ASKED, st.sets(st.sampled_from(TOLD), min_size=1))
def test_what_is_unknown_never_becomes_accepted(
    file: dict[str, Any], application: Application, untold: set[str]
) -> None:
    whole = decided(file, application)
    assume(not any(reason.code.endswith("_CONTRADICTS") for reason in whole.reasons))
    untold -= SHARED_DAYS | {"surety_class", "work_wording"}
    if "not_stated" in text(file):
        untold = {name for name in untold if not name.endswith("_on")}
    partial = decided(file, replace(application, **cast("dict[str, Any]", dict.fromkeys(untold))))
    if partial.outcome is Outcome.ACCEPTED:
        assert whole.outcome is Outcome.ACCEPTED


@THOROUGH
@given(FILES, ASKED)
def test_adding_a_revision_changes_nothing_that_is_counted_before_it(
    file: dict[str, Any], application: Application
) -> None:
    assume(len(file["revision"]) == 2)
    now = decided(file, application)
    before = decided({**file, "revision": file["revision"][:1]}, application)
    earlier = now.revision is not None and now.revision == file["revision"][0]["from"]
    if earlier or "BEFORE_START" in [reason.code for reason in now.reasons]:
        assert (now.outcome, now.reasons, now.plan) == (before.outcome, before.reasons, before.plan)


@THOROUGH
@given(FILES, ASKED)
def test_the_steps_say_what_the_decision_says_and_a_dead_clause_never_holds(
    file: dict[str, Any], application: Application
) -> None:
    explanation = Rulebook.from_texts({"town": text(file)}).explained(application)
    said = tuple(reason for step in explanation.steps for reason in step.reasons)
    assert said == explanation.decision.reasons
    rules = parse(text(file).encode())
    dead = {fault.place.removesuffix(".when") for fault in lint(rules) if fault.code in {"UNREACHABLE", "SHADOWED"}}
    held = {step.place for step in explanation.steps if step.standing is Standing.HOLDS}
    assert not held & dead


@THOROUGH
@given(FILES, ASKED)
def test_a_stored_decision_is_replayed_bit_for_bit(file: dict[str, Any], application: Application) -> None:
    decision = decided(file, application)
    facts, body = (json.dumps(each.to_json(), ensure_ascii=False) for each in (application, decision))
    replayed = replay(text(file), facts, body)
    assert (replayed.same, replayed.same_bits, replayed.same_text, replayed.not_replayed) == (True, True, True, ())


@THOROUGH
@given(FILES)
def test_every_file_that_loads_keeps_to_the_schema(file: dict[str, Any]) -> None:
    parse(text(file).encode())
    assert faults(text(file)) == []

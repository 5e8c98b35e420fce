import json
from dataclasses import fields, replace
from datetime import date
from functools import cache
from typing import Any, cast

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from denshi_hosho.core.vocabulary import Change, GuaranteeKind, Procurement, SuretyClass, WorkType
from denshi_hosho.rules import Application, Decision, Outcome, Rulebook
from denshi_hosho.rules.application import DATE_FIELDS, FLAG_FIELDS, WORD_FIELDS, YEN_FIELDS
from tests.rules.rule_texts import MINIMAL

SECOND = MINIMAL[MINIMAL.index("[[revision]]") :].replace("2024-04-01", "2024-06-01")
TANGLED = (
    MINIMAL
    + """
[[revision.start]]
when = { procurement = "NEGOTIATED" }
from = 2024-05-01
counted_by = ["notice", "nomination"]
source = "page"

[[revision.exclusion]]
when = { any = [{ not = { division = "契約課" } }, { contract_price = { below = 3_000_000 } }] }
ja = "対象外です。"
en = "Excluded."
source = "page"

[[revision.paper]]
when = { kind = "ADVANCE_PAYMENT" }
accepted = true
source = "page"

[[revision.sureties]]
when = { kind = "PERFORMANCE" }
accepted = ["GUARANTEE_COMPANY", "INSURER"]
source = "page"

[[revision.sureties]]
accepted = "GUARANTEE_COMPANY"
source = "page"
"""
    + SECOND
)

DAYS = st.sampled_from(
    [date(2024, month, day) for month in range(1, 8) for day in (1, 2, 15, 28)]
    + [date(2024, 1, 31), date(2024, 2, 29), date(2024, 3, 31), date(2024, 4, 30), date(2024, 5, 31)]
)
CHOICES: dict[str, st.SearchStrategy[Any]] = {
    "obligee": st.sampled_from(["322016", "465011", "test/town"]),
    "kind": st.sampled_from(GuaranteeKind),
    "change": st.sampled_from(Change),
    **{name: st.none() | DAYS for name in DATE_FIELDS},
    **{name: st.none() | st.sampled_from([0, 2_999_999, 3_000_000, 10**13]) for name in YEN_FIELDS},
    **{name: st.none() | st.booleans() for name in FLAG_FIELDS},
    "division": st.none() | st.sampled_from(["契約課", "水道課"]),
    "work_wording": st.none() | st.sampled_from(["工事", "建設工事", "業務委託", "何か"]),
    "surety": st.none() | st.just("西日本建設業保証株式会社"),
}
CHOICES |= {name: st.none() | st.sampled_from(kind) for name, kind in WORD_FIELDS.items() if name not in CHOICES}
ACCEPTABLE: dict[str, Any] = {
    "kind": GuaranteeKind.ADVANCE_PAYMENT,
    "work_type": WorkType.CONSTRUCTION,
    "surety_class": SuretyClass.GUARANTEE_COMPANY,
    "procurement": Procurement.OPEN_TENDER,
    "change": Change.ORIGINAL,
    "division": "契約課",
    "contract_price": 3_000_000,
    **dict.fromkeys(FLAG_FIELDS, False),
    **dict.fromkeys(DATE_FIELDS, date(2024, 7, 1)),
}


@st.composite
def applications(draw: st.DrawFn) -> Application:
    """Draw an application of which anything may be, around one that most rules accept."""
    changed = draw(st.sets(st.sampled_from(sorted(CHOICES)), max_size=draw(st.sampled_from([2, 4, 25]))))
    told = {**ACCEPTABLE, "obligee": draw(CHOICES["obligee"])}
    return Application(**(told | {name: draw(CHOICES[name]) for name in sorted(changed)}))


APPLICATIONS = applications()
UNHURRIED = settings(deadline=None)  # the first example loads the rulebook
TOLD = [field.name for field in fields(Application) if field.default is None]


@cache
def rulebook() -> Rulebook:
    real = {name: Rulebook.load().rules_on(name, date(2025, 1, 1)).text for name in ("322016", "465011")}
    return Rulebook.from_texts({**real, "town": TANGLED})


@UNHURRIED
@given(APPLICATIONS)
def test_an_outcome_is_one_and_fits_its_reasons(application: Application) -> None:
    decision = rulebook().decide(application)
    refused = any(reason.refuses for reason in decision.reasons)
    unsettled = any(reason.unsettled for reason in decision.reasons)
    assert (decision.outcome is Outcome.ACCEPTED) == (not refused and not unsettled)
    assert refused == (decision.outcome in (Outcome.PAPER_ONLY, Outcome.REFUSED))
    assert decision.plan is not None or decision.outcome is not Outcome.ACCEPTED
    assert decision.plan is None or decision.outcome in {Outcome.ACCEPTED, Outcome.UNDETERMINED}
    assert (decision.outcome is Outcome.PAPER_ONLY) == (refused and decision.paper is True)
    assert not decision.missing or decision.outcome is Outcome.UNDETERMINED
    assert decision.reasons
    if application.kind is GuaranteeKind.BID:
        assert refused


@UNHURRIED
@given(APPLICATIONS)
def test_what_is_missing_is_not_told_or_contradicts(application: Application) -> None:
    decision = rulebook().decide(application)
    contradicted = "WORK_TYPE_CONTRADICTS" in [reason.code for reason in decision.reasons]
    allowed = {"work_type", "work_wording"} if contradicted else set()
    for name in decision.missing:
        assert getattr(application, name) is None or name in allowed


@UNHURRIED
@given(APPLICATIONS)
def test_the_same_application_gets_the_same_decision(application: Application) -> None:
    again = Application.from_json(json.loads(json.dumps(application.to_json())))
    assert again == application
    assert rulebook().decide(again) == rulebook().decide(application)


@UNHURRIED
@given(APPLICATIONS)
def test_a_decision_survives_json_bit_for_bit(application: Application) -> None:
    decision = rulebook().decide(application)
    text = json.dumps(decision.to_json(), ensure_ascii=False)
    again = Decision.from_json(json.loads(text))
    assert again == decision
    assert json.dumps(again.to_json(), ensure_ascii=False) == text


@settings(UNHURRIED, max_examples=300)
@given(APPLICATIONS, st.sets(st.sampled_from(TOLD)))
def test_untelling_facts_never_turns_anything_into_an_acceptance(application: Application, untold: set[str]) -> None:
    """Of what the unknown could be, an acceptance must hold for all: so a told refusal cannot hide behind it.

    Three facts stand for something when untold, as docs/rules.md says: the initial contract of an original
    guarantee is its contract, alternative bases are judged by the told ones, and a rule silent about sureties
    speaks of guarantee companies. What contradicts itself is nothing that the unknown could be.
    """
    untold -= {"initial_contract_on", "notice_on", "nomination_on", "surety_class", "work_wording"}
    full = rulebook().decide(application)
    assume("WORK_TYPE_CONTRADICTS" not in [reason.code for reason in full.reasons])
    partial = rulebook().decide(replace(application, **cast("dict[str, Any]", dict.fromkeys(untold))))
    if partial.outcome is Outcome.ACCEPTED:
        assert full.outcome is Outcome.ACCEPTED
    if full.outcome is Outcome.ACCEPTED:
        assert partial.outcome in (Outcome.ACCEPTED, Outcome.UNDETERMINED)


@UNHURRIED
@given(APPLICATIONS.filter(lambda application: application.obligee == "test/town"))
def test_adding_a_revision_never_changes_a_decision_by_an_earlier_one(application: Application) -> None:
    shorter = Rulebook.from_texts({"town": TANGLED[: -len(SECOND)]})
    now, before = rulebook().decide(application), shorter.decide(application)
    if now.revision == date(2024, 4, 1):
        assert (now.outcome, now.reasons, now.plan) == (before.outcome, before.reasons, before.plan)

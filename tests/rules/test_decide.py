from datetime import date
from typing import Any

import pytest

from denshi_hosho.core.vocabulary import Change, GuaranteeKind, Procurement, SuretyClass, WorkType
from denshi_hosho.rules import Application, Decision, Outcome, Rulebook, Way
from tests.rules.rule_texts import MINIMAL, replaced, with_lines

PAPER = '\n[revision.paper]\naccepted = true\nsource = "page"\n'


def decided(text: str, **told: Any) -> Decision:
    facts: dict[str, Any] = {
        "kind": GuaranteeKind.ADVANCE_PAYMENT,
        "work_type": WorkType.CONSTRUCTION,
        "contract_on": date(2024, 4, 1),
    }
    application = Application(obligee="test/town", **(facts | told))
    return Rulebook.from_texts({"town": text}).decide(application)


def codes(decision: Decision) -> list[str]:
    return [reason.code for reason in decision.reasons]


def test_accepted_on_the_first_day_with_reasons_and_a_plan() -> None:
    decision = decided(MINIMAL)
    assert decision.outcome is Outcome.ACCEPTED
    assert decision.revision == date(2024, 4, 1)
    assert codes(decision) == [
        "STARTED",
        "KIND_TAKEN",
        "WORK_TYPE_TAKEN",
        "SURETY_NOT_STATED",
        "PAPER_NOT_STATED",
    ]
    assert (decision.plugin, decision.plugin_version, decision.missing) == ("town", "memory", ())
    assert decision.plan is not None
    (channel,) = decision.plan.channels
    assert (channel.way, channel.recipient.address) == (Way.EMAIL, "keiyaku@example.lg.jp")
    assert channel.sources[0].locator == "提出方法"


def test_before_the_start_names_start_basis_and_the_applications_day() -> None:
    decision = decided(MINIMAL + PAPER, contract_on=date(2024, 3, 31))
    assert decision.outcome is Outcome.PAPER_ONLY
    assert decision.revision is None
    before = decision.reasons[0]
    assert before.code == "BEFORE_START"
    assert before.facts == ("contract_on",)
    assert before.ja == ("電子保証は契約締結日が2024年4月1日以後の案件からです。契約締結日は2024年3月31日です。")
    assert before.en == (
        "Taken electronically from 2024-04-01 on, counted by the day of the contract; here that is 2024-03-31."
    )


def test_refused_without_a_word_on_paper_is_refused_and_says_ask() -> None:
    decision = decided(MINIMAL, contract_on=date(2024, 3, 31))
    assert (decision.outcome, decision.paper) == (Outcome.REFUSED, None)
    assert codes(decision) == ["BEFORE_START", "PAPER_NOT_STATED"]


def test_refused_where_paper_is_closed() -> None:
    decision = decided(MINIMAL + PAPER.replace("true", "false"), contract_on=date(2024, 3, 31))
    assert (decision.outcome, decision.paper) == (Outcome.REFUSED, False)


def test_everything_missing_is_named_at_once() -> None:
    decision = decided(MINIMAL, contract_on=None, work_type=None)
    assert decision.outcome is Outcome.UNDETERMINED
    assert decision.missing == ("contract_on", "work_type")
    assert decision.revision is None
    assert decision.plan is not None  # how it would be handed in, should it be accepted


def test_a_refusal_outweighs_what_is_missing() -> None:
    decision = decided(MINIMAL + PAPER, contract_on=None, work_type=WorkType.SURVEY)
    assert (decision.outcome, decision.missing) == (Outcome.PAPER_ONLY, ())


def test_bid_guarantees_are_never_electronic_and_stay_on_paper() -> None:
    decision = decided(MINIMAL, kind=GuaranteeKind.BID)
    assert (decision.outcome, decision.paper) == (Outcome.PAPER_ONLY, True)
    assert codes(decision) == ["STARTED", "KIND_NEVER_ELECTRONIC"]


def test_a_bid_guarantee_is_refused_where_paper_is_closed() -> None:
    decision = decided(MINIMAL + PAPER.replace("true", "false"), kind=GuaranteeKind.BID)
    assert (decision.outcome, decision.paper) == (Outcome.REFUSED, False)


def test_a_kind_that_is_not_listed() -> None:
    decision = decided(MINIMAL + PAPER, kind=GuaranteeKind.INTERIM_ADVANCE_PAYMENT)
    assert decision.outcome is Outcome.PAPER_ONLY
    assert "KIND_NOT_TAKEN" in codes(decision)


@pytest.mark.parametrize("table", ["kinds", "work_types"])
def test_a_list_that_the_page_does_not_state_is_never_taken_for_everything(table: str) -> None:
    start = MINIMAL.index(f"[revision.{table}]")
    text = MINIMAL[:start] + MINIMAL[MINIMAL.index("\n[", start) + 1 :]
    decision = decided(text)
    assert (decision.outcome, decision.missing) == (Outcome.UNDETERMINED, ())
    assert {"kinds": "KIND_NOT_STATED", "work_types": "WORK_TYPE_NOT_STATED"}[table] in codes(decision)


def test_any_takes_every_work_type_and_none() -> None:
    text = replaced('{ CONSTRUCTION = "工事" }', '"ANY"')
    assert decided(text, work_type=None).outcome is Outcome.ACCEPTED
    assert decided(text, work_type=WorkType.SERVICES).outcome is Outcome.ACCEPTED


def test_the_obligees_own_wording_stands_for_its_work_type() -> None:
    assert decided(MINIMAL, work_type=None, work_wording="工事").outcome is Outcome.ACCEPTED
    unknown = decided(MINIMAL, work_type=None, work_wording="委託")
    assert (unknown.outcome, unknown.missing) == (Outcome.UNDETERMINED, ("work_type",))


def test_a_wording_that_stands_for_two_types_settles_neither() -> None:
    text = replaced('{ CONSTRUCTION = "工事" }', '{ CONSTRUCTION = "工事等", SERVICES = "工事等" }')
    assert decided(text, work_type=None, work_wording="工事等").missing == ("work_type",)
    assert decided(text, work_type=WorkType.SERVICES, work_wording="工事等").outcome is Outcome.ACCEPTED


def test_silence_about_sureties_accepts_guarantee_companies_only() -> None:
    assert decided(MINIMAL, surety_class=SuretyClass.GUARANTEE_COMPANY).outcome is Outcome.ACCEPTED
    for other in (SuretyClass.INSURER, SuretyClass.BANK):
        assert decided(MINIMAL, surety_class=other).outcome is Outcome.UNDETERMINED


def test_listed_sureties_decide_and_must_be_told() -> None:
    listed = MINIMAL + '\n[revision.sureties]\naccepted = "GUARANTEE_COMPANY"\nsource = "page"\n'
    assert decided(listed, surety_class=SuretyClass.GUARANTEE_COMPANY).outcome is Outcome.ACCEPTED
    assert decided(listed, surety_class=SuretyClass.BANK).outcome is Outcome.REFUSED
    assert decided(listed).missing == ("surety_class",)


def test_a_list_can_depend_on_another_fact() -> None:
    text = replaced(
        "[revision.kinds]\n",
        '[[revision.kinds]]\nwhen = { work_type = "SURVEY" }\naccepted = "PERFORMANCE"\n'
        'source = "page"\n\n[[revision.kinds]]\n',
    ).replace('{ CONSTRUCTION = "工事" }', '["CONSTRUCTION", "SURVEY"]')
    assert decided(text).outcome is Outcome.ACCEPTED
    assert decided(text, work_type=WorkType.SURVEY).outcome is Outcome.REFUSED
    survey = decided(text, work_type=WorkType.SURVEY, kind=GuaranteeKind.PERFORMANCE)
    assert survey.outcome is Outcome.ACCEPTED
    assert decided(text, work_type=None).missing == ("work_type",)


def test_alternative_bases_any_one_of_them_does() -> None:
    text = replaced('counted_by = "contract"', 'counted_by = ["notice", "nomination"]')
    assert decided(text, notice_on=date(2024, 4, 1)).outcome is Outcome.ACCEPTED
    assert decided(text, nomination_on=date(2024, 4, 1)).outcome is Outcome.ACCEPTED
    assert decided(text, notice_on=date(2024, 3, 31)).outcome is Outcome.REFUSED
    assert decided(text).missing == ("notice_on", "nomination_on")


def test_a_guarded_start_counts_negotiated_contracts_by_another_day() -> None:
    text = with_lines(
        "[[revision.start]]",
        'when = { procurement = "NEGOTIATED" }',
        "from = 2024-07-01",
        'counted_by = "order"',
        'source = "page"',
    )
    negotiated: dict[str, Any] = {"procurement": Procurement.NEGOTIATED}
    assert decided(text, procurement=Procurement.OPEN_TENDER).outcome is Outcome.ACCEPTED
    assert decided(text, **negotiated, order_on=date(2024, 6, 30)).outcome is Outcome.REFUSED
    assert decided(text, **negotiated, order_on=date(2024, 7, 1)).outcome is Outcome.ACCEPTED
    assert decided(text).missing == ("procurement",)


def test_the_latest_revision_that_has_begun_decides() -> None:
    second = MINIMAL[MINIMAL.index("[[revision]]") :].replace("2024-04-01", "2025-04-01")
    text = MINIMAL + second.replace("PERFORMANCE", "INTERIM_ADVANCE_PAYMENT")
    interim = GuaranteeKind.INTERIM_ADVANCE_PAYMENT
    assert decided(text, kind=interim, contract_on=date(2025, 3, 31)).outcome is Outcome.REFUSED
    late = decided(text, kind=interim, contract_on=date(2025, 4, 1))
    assert (late.outcome, late.revision) == (Outcome.ACCEPTED, date(2025, 4, 1))
    assert decided(text, contract_on=date(2025, 3, 31)).revision == date(2024, 4, 1)
    untold = decided(text, kind=interim, contract_on=None)
    assert (untold.outcome, untold.missing) == (Outcome.UNDETERMINED, ("contract_on",))


def test_adding_a_revision_changes_no_earlier_day() -> None:
    text = MINIMAL + MINIMAL[MINIMAL.index("[[revision]]") :].replace("2024-04-01", "2025-04-01")
    for day in (date(2024, 3, 31), date(2024, 4, 1), date(2025, 3, 31)):
        before, after = decided(MINIMAL, contract_on=day), decided(text, contract_on=day)
        assert (before.outcome, before.reasons, before.plan) == (after.outcome, after.reasons, after.plan)


def test_initial_contract_is_the_contract_of_an_original_guarantee_only() -> None:
    text = replaced('counted_by = "contract"', 'counted_by = "initial_contract"')
    assert decided(text).outcome is Outcome.ACCEPTED
    assert decided(text, change=Change.AMENDMENT).missing == ("initial_contract_on",)
    assert decided(text, initial_contract_on=date(2024, 3, 31)).outcome is Outcome.REFUSED


EXCLUSION = """
[[revision.exclusion]]
when = WHEN
ja = "対象外です。"
en = "Excluded."
source = "page"
"""


@pytest.mark.parametrize(
    ("when", "told", "outcome"),
    [
        ("{ contract_price = { below = 3_000_000 } }", {"contract_price": 2_999_999}, Outcome.REFUSED),
        ("{ contract_price = { below = 3_000_000 } }", {"contract_price": 3_000_000}, Outcome.ACCEPTED),
        ("{ contract_price = { at_most = 3_000_000 } }", {"contract_price": 3_000_000}, Outcome.REFUSED),
        ("{ contract_price = { above = 3_000_000 } }", {"contract_price": 3_000_000}, Outcome.ACCEPTED),
        ("{ contract_price = { at_least = 3_000_000 } }", {"contract_price": 3_000_000}, Outcome.REFUSED),
        ("{ contract_price = { below = 3_000_000 } }", {}, Outcome.UNDETERMINED),
        ('{ division = ["水道課", "下水道課"] }', {"division": "水道課"}, Outcome.REFUSED),
        ('{ division = ["水道課", "下水道課"] }', {"division": "契約課"}, Outcome.ACCEPTED),
        ('{ not = { procurement = "NEGOTIATED" } }', {"procurement": "NEGOTIATED"}, Outcome.ACCEPTED),
        ('{ not = { procurement = "NEGOTIATED" } }', {"procurement": "OPEN_TENDER"}, Outcome.REFUSED),
        ('{ not = { procurement = "NEGOTIATED" } }', {}, Outcome.UNDETERMINED),
        ("{ order_on = { after = 2024-04-01 } }", {"order_on": "2024-04-01"}, Outcome.ACCEPTED),
        ("{ order_on = { from = 2024-04-01 } }", {"order_on": "2024-04-01"}, Outcome.REFUSED),
        ("{ order_on = { until = 2024-04-01 } }", {"order_on": "2024-04-01"}, Outcome.REFUSED),
        ("{ order_on = { before = 2024-04-01 } }", {"order_on": "2024-04-01"}, Outcome.ACCEPTED),
        (
            '{ any = [{ division = "水道課" }, { procurement = "NEGOTIATED" }] }',
            {"division": "水道課"},
            Outcome.REFUSED,
        ),
        (
            '{ any = [{ division = "水道課" }, { procurement = "NEGOTIATED" }] }',
            {"division": "契約課"},
            Outcome.UNDETERMINED,
        ),
        ('{ division = "水道課", procurement = "NEGOTIATED" }', {"division": "契約課"}, Outcome.ACCEPTED),
    ],
)
def test_guards_answer_yes_no_or_which_fact_is_missing(when: str, told: dict[str, object], outcome: Outcome) -> None:
    told = {"kind": "ADVANCE_PAYMENT", "work_type": "CONSTRUCTION", "contract_on": "2024-04-01", **told}
    rulebook = Rulebook.from_texts({"town": MINIMAL + EXCLUSION.replace("WHEN", when)})
    decision = rulebook.decide(Application.from_json({"obligee": "test/town", **told}))
    assert decision.outcome is outcome


def test_a_remark_is_repeated_and_refuses_nothing() -> None:
    remark = '\n[[revision.remark]]\nja = "試行です。"\nen = "A trial."\nsource = "page"\n'
    decision = decided(MINIMAL + remark)
    assert decision.outcome is Outcome.ACCEPTED
    assert [reason.en for reason in decision.reasons if reason.code == "REMARK"] == ["A trial."]


def test_channels_and_addresses_follow_kind_and_division() -> None:
    recipient = '{ known = "BY_DIVISION", ja = "担当課", en = "Division", addresses = { "土木課" = "d@example.jp" } }'
    text = MINIMAL + (
        '\n[[revision.submission.channel]]\nway = "FAX"\nwhen = { kind = "PERFORMANCE" }\n'
        'from = 2024-04-01\nuntil = 2026-05-01\nja = "FAX"\nen = "Fax"\nsource = "page"\n'
        f"recipient = {recipient}\n"
    )
    advance = decided(text).plan
    assert advance is not None
    assert [channel.way for channel in advance.channels] == [Way.EMAIL]
    performance = decided(text, kind=GuaranteeKind.PERFORMANCE, division="土木課").plan
    assert performance is not None
    fax = performance.channels[1]
    assert (fax.valid_from, fax.valid_until) == (date(2024, 4, 1), date(2026, 5, 1))
    assert (fax.recipient.address, fax.recipient.resolved) == ("d@example.jp", True)
    unknown = decided(text, kind=GuaranteeKind.PERFORMANCE, division="農林課").plan
    assert unknown is not None
    assert unknown.channels[1].recipient.resolved is False


def test_a_channel_that_hangs_on_an_untold_fact_says_so() -> None:
    decision = decided(MINIMAL + 'when = { division = "契約課" }\n')
    assert decision.plan is not None
    assert decision.plan.channels[0].depends_on == ("division",)


def test_every_saying_of_the_submission_reaches_the_plan() -> None:
    keys = ("subject", "body", "cc", "deadline", "follow_up", "companion", "note")
    text = MINIMAL + "".join(
        f'\n[[revision.submission.{key}]]\nja = "{key}"\nen = "{key}"\nsource = "page"\n' for key in keys
    )
    plan = decided(text).plan
    assert plan is not None
    assert plan.subject is not None
    assert plan.deadline is not None
    assert plan.follow_up is not None
    singles = (plan.subject.en, plan.deadline.en, plan.follow_up.en)
    assert singles == ("subject", "deadline", "follow_up")
    lists = (plan.body, plan.cc, plan.companions, plan.notes)
    assert [[saying.en for saying in sayings] for sayings in lists] == [
        ["body"],
        ["cc"],
        ["companion"],
        ["note"],
    ]


def test_divisions_are_taken_by_name() -> None:
    text = MINIMAL + '\n[revision.divisions]\naccepted = "契約課"\nunclear = "水道課"\nsource = "page"\n'
    assert decided(text, division="契約課").outcome is Outcome.ACCEPTED
    assert decided(text, division="農林課").outcome is Outcome.REFUSED
    assert decided(text, division="水道課").outcome is Outcome.UNDETERMINED
    assert decided(text).missing == ("division",)


def test_paper_that_hangs_on_an_untold_fact_is_not_stated() -> None:
    text = MINIMAL + PAPER + 'when = { division = "契約課" }\n'
    assert decided(text, contract_on=date(2024, 3, 31)).paper is None
    assert decided(text, contract_on=date(2024, 3, 31), division="契約課").paper is True
    assert decided(text, contract_on=date(2024, 3, 31), division="農林課").paper is None


def test_an_exclusion_repeats_its_reading_wherever_it_may_hold() -> None:
    text = MINIMAL + EXCLUSION.replace("WHEN", '{ division = "水道課" }')
    text += '\n[revision.exclusion.reading]\nja = "読み"\nen = "Read so."\n'
    for division, repeated in (("水道課", True), (None, True), ("契約課", False)):
        texts = [reason.en for reason in decided(text, division=division).reasons]
        assert ("Read so." in texts) is repeated


def test_a_list_repeats_its_reading() -> None:
    text = replaced(
        '{ CONSTRUCTION = "工事" }', '{ CONSTRUCTION = "工事" }\nreading = { ja = "読み", en = "Read so." }'
    )
    assert "Read so." in [reason.en for reason in decided(text).reasons]


def test_a_decision_is_replayed_from_its_stored_text() -> None:
    decision = decided(MINIMAL)
    assert decided(Rulebook.from_texts({"town": MINIMAL}).text(decision.digest)) == decision

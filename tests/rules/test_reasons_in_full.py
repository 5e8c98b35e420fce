"""Each reason of a decision as a client reads it: its code, what it rests on, and where that is published."""

from datetime import date
from typing import Any

import pytest

from denshi_hosho.core.vocabulary import GuaranteeKind, SuretyClass, WorkType
from denshi_hosho.rules import Application, Decision, Outcome, Reason, Rulebook, RuleFileError, rulefile
from denshi_hosho.rules.decision import PLUGIN_FAILED, outcome_of
from tests.rules.rule_texts import MINIMAL, replaced, with_lines
from tests.rules.test_decide import codes, decided

BARE = replaced('counted_by = "contract"', 'counted_by = "not_stated"')
BEFORE, FIRST = date(2024, 3, 31), date(2024, 4, 1)
SECOND = MINIMAL + MINIMAL[MINIMAL.index("[[revision]]") :].replace("2024-04-01", "2025-04-01")
BY_DIVISION = 'when = { division = "水道課" }'


def parse(text: str) -> rulefile.RuleFile:
    return rulefile.parse(text.encode())


def exclusion(when: str) -> str:
    return f'\n[[revision.exclusion]]\nwhen = {when}\nja = "対象外です。"\nen = "Excluded."\nsource = "page#三"\n'


def paper(accepted: str, when: str = "") -> str:
    return f'\n[[revision.paper]]\naccepted = {accepted}\nsource = "page"\n{when}\n'


def named(decision: Decision, code: str) -> Reason:
    """The one reason of `decision` that has this code."""
    (reason,) = [each for each in decision.reasons if each.code == code]
    return reason


@pytest.mark.parametrize(
    ("text", "told", "code", "facts"),
    [
        (MINIMAL, {}, "STARTED", ("contract_on",)),
        (MINIMAL, {"contract_on": BEFORE}, "BEFORE_START", ("contract_on",)),
        (MINIMAL, {"contract_on": None}, "START_DATE_MISSING", ("contract_on",)),
        (BARE, {"notice_on": FIRST}, "STARTED", ("notice_on", "contract_on")),
        (BARE, {"contract_on": BEFORE, "guarantee_on": BEFORE}, "BEFORE_START", ("contract_on", "guarantee_on")),
        (BARE, {"notice_on": BEFORE}, "START_BASIS_NOT_STATED", ()),
    ],
)
def test_a_reason_about_the_start_names_its_days_and_its_page(
    text: str, told: dict[str, Any], code: str, facts: tuple[str, ...]
) -> None:
    reason = decided(text, **told).reasons[0]
    assert (reason.code, reason.facts) == (code, facts)
    assert [source.title for source in reason.sources] == ["試験町の電子保証"]


def test_several_days_by_which_a_start_may_be_counted_are_all_named() -> None:
    reason = decided(replaced('"contract"', '["notice", "nomination"]'), contract_on=None).reasons[0]
    assert (
        reason.ja == "適用開始日（2024年4月1日）は入札公告日または指名日で判定しますが、その日付が伝えられていません。"
    )
    assert reason.en.startswith("The start (2024-04-01) is counted by the ")
    assert " or " in reason.en
    assert "XX" not in reason.en


def test_of_several_days_before_the_start_the_first_one_is_told() -> None:
    text = replaced('"contract"', '["notice", "nomination"]')
    decision = decided(text, notice_on=BEFORE, nomination_on=date(2024, 3, 1))
    assert decision.reasons[0].facts == ("notice_on",)


def test_a_question_that_a_told_day_would_settle_does_not_send_the_client_to_the_obligee() -> None:
    reason = decided(BARE, contract_on=None).reasons[0]
    assert reason.ja.endswith("判定できません。")
    assert reason.en.endswith("it matters here.")


def test_a_day_of_the_start_is_kept_as_the_page_words_it() -> None:
    (revision,) = parse(with_lines('literal = "令和6年4月1日以後"')).revisions
    assert [start.literal for start in revision.starts] == ["令和6年4月1日以後"]


def test_a_start_that_hangs_on_an_untold_fact_says_so() -> None:
    text = with_lines(
        "[[revision.start]]", BY_DIVISION, "from = 2025-04-01", 'counted_by = "contract"', 'source = "page"'
    )
    reason = decided(text).reasons[0]
    assert (reason.code, reason.facts, reason.unsettled) == ("START_OPEN", ("division",), True)


def test_where_the_start_of_the_latest_revision_is_open_the_first_one_is_judged_and_no_other() -> None:
    later = SECOND[: SECOND.rindex("[[revision]]")] + SECOND[SECOND.rindex("[[revision]]") :].replace(
        '["ADVANCE_PAYMENT", "PERFORMANCE"]', '["PERFORMANCE"]'
    )
    untold = decided(later, contract_on=None)
    assert (untold.outcome, untold.revision, untold.plan) == (Outcome.UNDETERMINED, None, None)
    assert codes(untold) == ["START_DATE_MISSING", "PAPER_NOT_STATED"]
    alone = decided(MINIMAL, contract_on=None)
    assert alone.revision is None
    assert alone.plan is not None
    assert "KIND_TAKEN" in codes(alone)


def test_before_every_start_the_paper_of_the_first_revision_holds() -> None:
    one, two = SECOND.split("[[revision]]")[1:]
    text = SECOND.split("[[revision]]")[0] + f"[[revision]]{one}{paper('true')}[[revision]]{two}{paper('false')}"
    assert decided(text, contract_on=BEFORE).paper is True
    assert decided(text, contract_on=date(2025, 3, 31)).paper is True
    assert decided(text, contract_on=date(2025, 4, 1)).paper is False


def test_an_example_says_first_that_it_is_one() -> None:
    text = replaced('name = "試験町"', 'name = "試験町"\nexample = true')
    assert codes(decided(text))[:2] == ["EXAMPLE_RULE", "STARTED"]


def reviewed(review: object, **told: Any) -> Decision:
    plain: dict[str, Any] = {
        "kind": GuaranteeKind.ADVANCE_PAYMENT,
        "work_type": WorkType.CONSTRUCTION,
        "contract_on": FIRST,
    }
    rulebook = Rulebook.from_texts({"town": MINIMAL}, reviews={"town": review})  # type: ignore[dict-item]  # the test's own
    return rulebook.decide(Application(obligee="test/town", **(plain | told)))


def test_a_review_is_asked_only_once_a_revision_has_begun() -> None:
    asked: list[Application] = []

    def review(application: Application, _: object) -> tuple[Reason, ...]:
        asked.append(application)
        return ()

    reviewed(review, contract_on=BEFORE)
    reviewed(review, contract_on=None)
    assert asked == []
    reviewed(review)
    assert len(asked) == 1


def test_a_review_that_fails_leaves_everything_open_and_says_whose_it_is() -> None:
    def breaks(*_: object) -> tuple[Reason, ...]:
        raise ZeroDivisionError

    decision = reviewed(breaks)
    reason = named(decision, PLUGIN_FAILED)
    assert (reason.unsettled, reason.refuses) == (True, False)
    assert "“town” failed (ZeroDivisionError)" in reason.en
    assert (decision.outcome, decision.plan) == (Outcome.UNDETERMINED, None)
    wrong = named(reviewed(lambda *_: ("no reason",)), PLUGIN_FAILED)
    assert "(review() returned something that is not a Reason)" in wrong.en


def test_a_failed_plugin_outweighs_even_a_refusal() -> None:
    failed = Reason(code=PLUGIN_FAILED, ja="…", en="…")
    refusal = Reason(code="EXCLUDED", ja="…", en="…", refuses=True)
    assert outcome_of([failed, refusal], paper=True) is Outcome.UNDETERMINED
    assert outcome_of([refusal], paper=True) is Outcome.PAPER_ONLY
    assert outcome_of([failed], paper=None) is Outcome.UNDETERMINED


def test_a_bid_guarantee_is_refused_for_its_kind() -> None:
    reason = named(decided(MINIMAL, kind=GuaranteeKind.BID), "KIND_NEVER_ELECTRONIC")
    assert (reason.facts, reason.refuses) == (("kind",), True)


def test_a_remark_stands_where_it_may_hold_and_cites_its_page() -> None:
    remark = '\n[[revision.remark]]\nja = "試行です。"\nen = "A trial."\nsource = "page"\n' + BY_DIVISION
    for division, said in (("水道課", 1), (None, 1), ("契約課", 0)):
        found = [each for each in decided(MINIMAL + remark, division=division).reasons if each.code == "REMARK"]
        assert len(found) == said
        assert all(each.sources for each in found)


def test_an_exclusion_cites_its_page_whether_it_holds_or_is_open() -> None:
    text = MINIMAL + exclusion('{ division = "水道課" }')
    excluded, opened = decided(text, division="水道課"), decided(text)
    for reason in (named(excluded, "EXCLUDED"), named(opened, "EXCLUSION_OPEN")):
        assert [source.locator for source in reason.sources] == ["三"]
    assert named(opened, "EXCLUSION_OPEN").facts == ("division",)


def test_every_untold_fact_on_which_an_exclusion_hangs_is_named_once() -> None:
    text = MINIMAL + exclusion('{ division = "水道課", procurement = "NEGOTIATED", trial = true }')
    assert decided(text).missing == ("division", "procurement", "trial")
    twice = '{ any = [{ division = "水道課" }, { division = "契約課", trial = true }] }'
    assert decided(MINIMAL + exclusion(twice)).missing == ("division", "trial")


def test_a_list_of_which_it_is_open_whether_it_holds_is_not_passed_over() -> None:
    first = f'[[revision.kinds]]\n{BY_DIVISION}\naccepted = "PERFORMANCE"\nsource = "page"\n\n[[revision.kinds]]\n'
    decision = decided(replaced("[revision.kinds]\n", first))
    assert named(decision, "KIND_OPEN").facts == ("division",)
    assert "KIND_TAKEN" not in codes(decision)


def test_several_readings_of_a_list_follow_what_it_says() -> None:
    text = replaced(
        '{ CONSTRUCTION = "工事" }',
        '{ CONSTRUCTION = "工事" }\nreading = [{ ja = "一", en = "One." }, { ja = "二", en = "Two." }]',
    )
    said = [(reason.code, reason.en) for reason in decided(text).reasons]
    assert said[2][0] == "WORK_TYPE_TAKEN"
    assert said[3:5] == [("READING_TAKEN", "One."), ("READING_TAKEN", "Two.")]


def test_a_list_of_sureties_none_of_which_holds_asks_the_obligee() -> None:
    text = MINIMAL + f'\n[[revision.sureties]]\n{BY_DIVISION}\naccepted = "GUARANTEE_COMPANY"\nsource = "page"\n'
    reason = named(decided(text, division="契約課", surety_class=SuretyClass.GUARANTEE_COMPANY), "SURETY_NOT_STATED")
    assert (reason.unsettled, reason.en) == (
        True,
        "The rule does not say which class of surety is taken; ask the obligee.",
    )


def test_of_a_surety_that_the_rule_is_silent_on_the_obligee_is_to_be_asked() -> None:
    reason = named(decided(MINIMAL, surety_class=SuretyClass.BANK), "SURETY_NOT_STATED")
    assert reason.ja == ("規則の出典は保証事業会社以外の保証機関について何も述べていません。発注者にご確認ください。")
    assert reason.en == "The rule's sources say nothing of sureties other than guarantee companies. Ask the obligee."


def test_a_word_that_contradicts_the_type_told_beside_it_is_named_with_both_fields() -> None:
    text = replaced('{ CONSTRUCTION = "工事" }', '{ CONSTRUCTION = "工事", SERVICES = "委託" }')
    work = named(decided(text, work_wording="委託"), "WORK_TYPE_CONTRADICTS")
    assert (work.facts, work.unsettled) == (("work_type", "work_wording"), True)
    assert "「委託」" in work.ja
    assert "発注者の表記" in work.ja
    assert "contradicts the wording “委託”" in work.en
    sureties = MINIMAL + '\n[revision.sureties]\naccepted = { INSURER = ["試験火災"] }\nsource = "page"\n'
    surety = named(decided(sureties, surety="試験火災", surety_class=SuretyClass.BANK), "SURETY_CONTRADICTS")
    assert (surety.facts, surety.unsettled) == (("surety_class", "surety"), True)
    assert "保証機関「試験火災」" in surety.ja
    assert "contradicts the surety “試験火災”" in surety.en


def test_the_first_paper_clause_that_may_hold_decides() -> None:
    closed, opened = paper("false", BY_DIVISION), paper("true")
    assert decided(MINIMAL + closed + opened, division="水道課").paper is False
    assert decided(MINIMAL + closed + opened, division="契約課").paper is True
    assert decided(MINIMAL + closed + opened).paper is None


def fault(text: str) -> tuple[str, str]:
    with pytest.raises(RuleFileError) as refused:
        parse(text)
    (one,) = refused.value.faults
    return one.code, one.place


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        (with_lines('precision = "month"'), "MONTH_READING", "revision[1]"),
        (with_lines('precision = "month"').replace("from = 2024-04-01", "from = 2024-04-02"), "MONTH_FIRST_DAY",
         "revision[1].from"),
        (MINIMAL + exclusion("{}"), "EMPTY_GUARD", "revision[1].exclusion[1].when"),
        (MINIMAL + exclusion("{ order_on = {} }"), "EMPTY_GUARD", "revision[1].exclusion[1].when.order_on"),
        (MINIMAL + exclusion("{ contract_price = {} }"), "EMPTY_GUARD", "revision[1].exclusion[1].when.contract_price"),
        (MINIMAL + exclusion("{ any = [{ trial = true }, {}] }"), "EMPTY_GUARD", "revision[1].exclusion[1].when.any[2]"),
    ],
)  # fmt: skip
def test_a_mistake_in_a_start_or_a_guard_has_its_code_and_its_place(text: str, code: str, place: str) -> None:
    assert fault(text) == (code, place)


@pytest.mark.parametrize(
    ("when", "asked", "bounds"),
    [("{ order_on = {} }", "条件", "from / after / until / before"),
     ("{ contract_price = {} }", "条件", "at_least / above / at_most / below")],
)  # fmt: skip
def test_a_test_without_a_bound_names_those_that_there_are(when: str, asked: str, bounds: str) -> None:
    with pytest.raises(RuleFileError) as refused:
        parse(MINIMAL + exclusion(when))
    assert bounds in refused.value.faults[0].en
    assert asked not in refused.value.faults[0].ja


@pytest.mark.parametrize(
    ("when", "expected"),
    [
        ("{ order_on = { from = 5 } }", "a day"),
        ("{ contract_price = { below = 2024-04-01 } }", "a whole number of yen"),
    ],
)
def test_a_bound_of_the_wrong_kind_says_which_kind_is_needed(when: str, expected: str) -> None:
    with pytest.raises(RuleFileError) as refused:
        parse(MINIMAL + exclusion(when))
    assert expected in refused.value.faults[0].en


def test_a_value_keeps_every_bound_of_its_test() -> None:
    text = MINIMAL + exclusion("{ contract_price = { at_least = 1_000, below = 2_000 } }")
    outcomes = [decided(text, contract_price=price).outcome for price in (999, 1_000, 1_999, 2_000)]
    assert outcomes == [Outcome.ACCEPTED, Outcome.REFUSED, Outcome.REFUSED, Outcome.ACCEPTED]


def test_a_guard_knows_the_fields_that_it_tests() -> None:
    (revision,) = parse(
        MINIMAL + exclusion('{ division = "水道課", any = [{ trial = true }, { kind = "BID" }] }')
    ).revisions
    assert revision.exclusions[0].guard.fields == {"division", "trial", "kind"}
    assert revision.starts[0].guard.fields == set()

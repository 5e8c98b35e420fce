"""The ways in which real obligees differ, each as small as it can be written."""

from datetime import date
from typing import Any

import pytest

from denshi_hosho.core.vocabulary import Change, GuaranteeKind, Medium, Procurement, SuretyClass, WorkType
from denshi_hosho.rules import Application, Decision, Outcome, Rulebook
from tests.rules.rule_texts import MINIMAL, replaced, with_lines
from tests.rules.test_decide import codes, decided

BARE = replaced('counted_by = "contract"', 'counted_by = "not_stated"')
BEFORE, FIRST = date(2024, 3, 31), date(2024, 4, 1)
EXCLUSION = '\n[[revision.exclusion]]\nwhen = WHEN\nja = "対象外です。"\nen = "Excluded."\nsource = "page"\n'


def excluding(when: str) -> str:
    return MINIMAL + EXCLUSION.replace("WHEN", when)


def sureties(accepted: str, *more: str) -> str:
    return MINIMAL + "\n".join(("\n[revision.sureties]", f"accepted = {accepted}", *more, 'source = "page"', ""))


@pytest.mark.parametrize(
    ("told", "outcome", "missing"),
    [
        ({}, Outcome.UNDETERMINED, ("notice_on", "nomination_on")),
        ({"contract_on": FIRST}, Outcome.UNDETERMINED, ("notice_on", "nomination_on")),
        ({"contract_on": date(2030, 1, 1)}, Outcome.UNDETERMINED, ("notice_on", "nomination_on")),
        ({"notice_on": FIRST}, Outcome.ACCEPTED, ()),
        ({"nomination_on": FIRST, "contract_on": FIRST}, Outcome.ACCEPTED, ()),
        ({"notice_on": BEFORE, "contract_on": FIRST}, Outcome.UNDETERMINED, ()),
        ({"notice_on": FIRST, "first_guarantee_on": BEFORE}, Outcome.UNDETERMINED, ()),
        ({"notice_on": BEFORE}, Outcome.UNDETERMINED, ("contract_on", "guarantee_on")),
        ({"contract_on": BEFORE}, Outcome.UNDETERMINED, ("guarantee_on",)),
        ({"contract_on": BEFORE, "guarantee_on": BEFORE}, Outcome.REFUSED, ()),
        ({"order_on": FIRST}, Outcome.UNDETERMINED, ("notice_on", "nomination_on")),
        ({"order_on": FIRST, "procurement": Procurement.NEGOTIATED}, Outcome.ACCEPTED, ()),
    ],
)
def test_a_bare_start_is_judged_only_where_every_day_it_may_mean_agrees(
    told: dict[str, Any], outcome: Outcome, missing: tuple[str, ...]
) -> None:
    decision = decided(BARE, **{"contract_on": None, **told})
    assert (decision.outcome, decision.missing) == (outcome, missing)


def test_a_bare_start_says_that_its_basis_is_not_stated() -> None:
    reason = decided(BARE, notice_on=BEFORE).reasons[0]
    assert (reason.code, reason.facts) == ("START_BASIS_NOT_STATED", ())
    assert reason.en.endswith("it matters here. Ask the obligee.")
    facts = Rulebook.from_texts({"town": BARE}).rules_on("test/town", FIRST).facts
    assert facts[0].en == "From 2024-04-01 on; by which day that is counted is not stated."


def test_a_tender_by_notice_or_nomination_otherwise_by_contract() -> None:
    text = with_lines(
        "[[revision.start]]",
        'when = { procurement = ["OPEN_TENDER", "NOMINATED_TENDER"] }',
        "from = 2024-04-01",
        'counted_by = ["notice", "nomination"]',
        'source = "page"',
    )
    tender = {"procurement": Procurement.NOMINATED_TENDER, "contract_on": FIRST}
    assert decided(text, **tender, nomination_on=BEFORE).outcome is Outcome.REFUSED
    assert decided(text, **tender, nomination_on=FIRST).outcome is Outcome.ACCEPTED
    assert decided(text, procurement=Procurement.NEGOTIATED, contract_on=FIRST).outcome is Outcome.ACCEPTED
    assert decided(text, contract_on=FIRST).missing == ("procurement",)


@pytest.mark.parametrize(
    ("when", "excluded", "taken"),
    [
        ("{ excluded_in_notice = true }", {"excluded_in_notice": True}, {"excluded_in_notice": False}),
        ("{ trial = false }", {"trial": False}, {"trial": True}),
        ('{ procurement = "NEGOTIATED" }', {"procurement": "NEGOTIATED"}, {"procurement": "OPEN_TENDER"}),
        ("{ contract_price = { below = 5_000_000 } }", {"contract_price": 4_999_999}, {"contract_price": 5_000_000}),
        (
            '{ change = ["AMENDMENT", "CORRECTION"], original_medium = "PAPER" }',
            {"change": Change.AMENDMENT, "original_medium": Medium.PAPER},
            {"change": Change.AMENDMENT, "original_medium": Medium.ELECTRONIC},
        ),
        ('{ surety = "試験火災" }', {"surety": "試験　火災"}, {"surety": "西日本建設業保証株式会社"}),
    ],
)
def test_what_an_exclusion_can_hang_on(when: str, excluded: dict[str, Any], taken: dict[str, Any]) -> None:
    text = excluding(when)
    assert decided(text, **excluded).outcome is Outcome.REFUSED
    assert decided(text, **taken).outcome is Outcome.ACCEPTED
    untold = dict.fromkeys(key for key in excluded if key != "change")
    open_one = decided(text, **{**excluded, **untold})
    assert (open_one.outcome, set(open_one.missing)) == (Outcome.UNDETERMINED, set(untold))


def test_one_division_decides_for_itself_and_the_others_have_to_be_asked() -> None:
    text = MINIMAL + '\n[revision.divisions]\naccepted = "契約課"\nothers = "ASK"\nsource = "page"\n'
    assert decided(text, division=" 契約　課").outcome is Outcome.ACCEPTED
    other = decided(text, division="農林課")
    assert (other.outcome, other.missing) == (Outcome.UNDETERMINED, ())
    assert "DIVISION_UNCLEAR" in codes(other)
    assert decided(text).missing == ("division",)


def test_names_are_compared_without_width_and_spaces_and_shown_as_told() -> None:
    text = MINIMAL + '\n[revision.divisions]\naccepted = "ﾄﾞﾎﾞｸ課"\nsource = "page"\n'
    assert decided(text, division="ドボク 課").outcome is Outcome.ACCEPTED
    told = decided(text, division="農林　課").reasons
    assert any("農林　課" in reason.ja for reason in told)


INSURER = {"surety_class": SuretyClass.INSURER}


@pytest.mark.parametrize(
    ("told", "outcome", "reason"),
    [
        ({"surety_class": SuretyClass.GUARANTEE_COMPANY}, Outcome.ACCEPTED, "SURETY_TAKEN"),
        ({**INSURER, "surety": "試験火災"}, Outcome.ACCEPTED, "SURETY_TAKEN"),
        ({"surety": "試験 火災"}, Outcome.ACCEPTED, "SURETY_TAKEN"),
        ({**INSURER, "surety": "別火災"}, Outcome.REFUSED, "SURETY_NOT_TAKEN"),
        (INSURER, Outcome.UNDETERMINED, "SURETY_MISSING"),
        ({"surety": "別火災"}, Outcome.UNDETERMINED, "SURETY_MISSING"),
        ({"surety_class": SuretyClass.BANK}, Outcome.REFUSED, "SURETY_NOT_TAKEN"),
        (
            {"surety_class": SuretyClass.GUARANTEE_COMPANY, "surety": "試験火災"},
            Outcome.UNDETERMINED,
            "SURETY_CONTRADICTS",
        ),
    ],
)
def test_sureties_by_name_and_by_class(told: dict[str, Any], outcome: Outcome, reason: str) -> None:
    decision = decided(sureties('{ GUARANTEE_COMPANY = "ANY", INSURER = ["試験火災"] }'), **told)
    assert decision.outcome is outcome
    assert reason in codes(decision)


def test_a_surety_that_no_list_names_may_have_to_be_asked_about() -> None:
    decision = decided(sureties('{ INSURER = ["試験火災"] }', 'others = "ASK"'), **INSURER, surety="別火災")
    assert (decision.outcome, decision.missing) == (Outcome.UNDETERMINED, ())


def test_the_obligees_word_is_enough_for_a_guard_on_the_work_type() -> None:
    text = MINIMAL.replace('{ CONSTRUCTION = "工事" }', '{ CONSTRUCTION = "工事", SERVICES = "委託" }')
    text += EXCLUSION.replace("WHEN", '{ work_type = "SERVICES" }')
    assert decided(text, work_type=None, work_wording="委託").outcome is Outcome.REFUSED
    assert decided(text, work_type=None, work_wording="工 事").outcome is Outcome.ACCEPTED
    assert decided(text, work_type=None, work_wording="別").missing == ("work_type",)


def test_starts_differ_by_kind_surety_division_and_work_type() -> None:
    for when, told in (
        ('{ kind = "PERFORMANCE" }', {"kind": GuaranteeKind.PERFORMANCE}),
        ('{ surety_class = "GUARANTEE_COMPANY" }', {"surety_class": SuretyClass.GUARANTEE_COMPANY}),
        ('{ division = "水道課" }', {"division": "水道課"}),
        ('{ work_type = "CONSTRUCTION" }', {"work_type": WorkType.CONSTRUCTION}),
    ):
        text = with_lines(
            "[[revision.start]]", f"when = {when}", "from = 2025-04-01", 'counted_by = "contract"', 'source = "page"'
        )
        assert decided(text, **told, contract_on=date(2025, 3, 31)).outcome is Outcome.REFUSED
        assert decided(text, **told, contract_on=date(2025, 4, 1)).outcome is Outcome.ACCEPTED


def test_a_channel_of_its_own_by_class_of_surety_and_contract_date() -> None:
    text = MINIMAL + 'when = { not = { surety_class = "INSURER", contract_on = { from = 2026-02-01 } } }\n'
    text += MINIMAL[MINIMAL.index("\n[[revision.submission.channel]]") :].replace("EMAIL", "WEB_FORM").replace(
        '"LITERAL"', '"ASK"').replace(', address = "keiyaku@example.lg.jp"', "")  # fmt: skip
    text += 'when = { surety_class = "INSURER", contract_on = { from = 2026-02-01 } }\n'
    text += '\n[revision.sureties]\naccepted = ["GUARANTEE_COMPANY", "INSURER"]\nsource = "page"\n'
    for day, told, way in (
        (date(2026, 1, 31), INSURER, "EMAIL"),
        (date(2026, 2, 1), INSURER, "WEB_FORM"),
        (date(2026, 2, 1), {"surety_class": SuretyClass.GUARANTEE_COMPANY}, "EMAIL"),
    ):
        plan = decided(text, contract_on=day, **told).plan
        assert plan is not None
        assert [channel.way for channel in plan.channels] == [way]


def test_what_the_page_is_silent_on_decides_nothing() -> None:
    text = with_lines('silent_on = ["sureties", "paper", "deadline"]')
    silent: Decision = decided(text)
    assert (silent.outcome, silent.reasons) == (Outcome.ACCEPTED, decided(MINIMAL).reasons)


def test_everything_an_application_can_tell_is_read_back() -> None:
    application = Application(
        obligee="test/town", kind=GuaranteeKind.PERFORMANCE, excluded_in_notice=False, trial=True,
        works_numbers=("07-1",),
    )  # fmt: skip
    assert Application.from_json(application.to_json()) == application

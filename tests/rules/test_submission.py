import json
import re
from dataclasses import fields, replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from denshi_hosho.core.vocabulary import GuaranteeKind, SuretyClass
from denshi_hosho.rules import Application, Decision, Rulebook, RuleFileError, Way
from denshi_hosho.rules import channels as ways
from denshi_hosho.rules import prescriptions as said
from denshi_hosho.rules.cases import read_cases
from denshi_hosho.rules.compose import compose
from denshi_hosho.rules.expectations import EXPECTATION_KEYS, check_expectations
from denshi_hosho.rules.lint import lint
from denshi_hosho.rules.plan import Contact, KindWord, SubmissionPlan
from denshi_hosho.rules.rulefile import parse
from denshi_hosho.rules.submission import SUBMISSION_KEYS
from denshi_hosho.rules.vocabulary import (
    Artefact,
    Batching,
    CompanionWay,
    CopyFor,
    DeadlineEvent,
    KeyForm,
    Need,
    RecipientKnown,
)
from tests.rules.rule_texts import MINIMAL, replaced
from tests.rules.submission_texts import (
    ADVANCE,
    INSTALLED,
    INTERIM,
    OBLIGEES,
    PERFORMANCE,
    RULEBOOK,
    hand_in_of,
    item_of,
    plan_of,
)

DOCS = (Path(__file__).parents[2] / "docs/submission.md").read_text(encoding="utf-8")
PROSE = re.sub(r"```.*?```", "", DOCS, flags=re.DOTALL)
SAID = 'ja = "…"\nen = "…"\nsource = "page"\n'
PLACE = "revision[1].submission"


def stating(key: str, *lines: str) -> str:
    """Return MINIMAL with one more table of the submission."""
    return MINIMAL + f"\n[[revision.submission.{key}]]\n" + "\n".join(lines) + "\n" + SAID


def channel(*lines: str, recipient: str = 'known = "ASK", ja = "…", en = "…"') -> str:
    """Return MINIMAL with a second channel."""
    return stating("channel", *lines, f"recipient = {{ {recipient} }}")


MISTAKES = {
    "unknown placeholder": (
        stating("subject", 'template = "【電子保証】{work_number}"'),
        f'{PLACE}.subject[1].template: there is no placeholder {{work_number}}; did you mean "works_number"?',
    ),
    "wrong format of a text": (
        stating("subject", 'template = "{works_number:digit(11)}"'),
        (
            f'{PLACE}.subject[1].template: {{works_number:digit(11)}}: "digit(11)" is not a format for it; '
            'did you mean "digits(11)"?'
        ),
    ),
    "format of a day on a text": (
        stating("subject", 'template = "{works_number:M月D日}"'),
        (
            f'{PLACE}.subject[1].template: {{works_number:M月D日}}: "M月D日" is not a format for it; known here: '
            "as_given, at_most(40), digits, digits(11), fullwidth, halfwidth, no_hyphens"
        ),
    ),
    "wrong format of a day": (
        stating("subject", 'template = "{bidding_on:M月d日}"'),
        f'{PLACE}.subject[1].template: {{bidding_on:M月d日}}: "M月d日" is not a format for it; did you mean "M月D日"?',
    ),
    "format of a kind": (
        stating("subject", 'template = "{kind:short}"'),
        (
            f"{PLACE}.subject[1].template: {{kind:short}}: {{kind}} takes no format; "
            "the obligee's own words stand in the table `kinds`."
        ),
    ),
    "open brace": (
        stating("subject", 'template = "【電子保証】{works_number"'),
        f'{PLACE}.subject[1].template: a "{{" stands alone; write {{{{ and }}}} for braces that are text.',
    ),
    "two lines": (
        stating("subject", r'template = "電子保証\n{works_number}"'),
        f"{PLACE}.subject[1].template: must be one line without spaces at its ends.",
    ),
    "kind without a word": (
        stating("subject", 'template = "【{kind}】"', 'kinds = { PERFORMANCE = "契約" }'),
        (
            f"{PLACE}.subject[1].kinds: has no word for ADVANCE_PAYMENT; "
            "add it (or limit the subject to its kinds with `when`)."
        ),
    ),
    "guarded kind without a word": (
        stating(
            "subject",
            'when = { kind = "ADVANCE_PAYMENT" }',
            'template = "【{kind}】"',
            'kinds = { PERFORMANCE = "契約" }',
        ),
        (
            f"{PLACE}.subject[1].kinds: has no word for ADVANCE_PAYMENT; "
            "add it (or limit the subject to its kinds with `when`)."
        ),
    ),
    "words for kinds that the line does not hold": (
        stating("subject", 'template = "【電子保証】"', 'kinds = { PERFORMANCE = "契約", ADVANCE_PAYMENT = "前払" }'),
        f"{PLACE}.subject[1].kinds: the template has no {{kind}}; put it in or remove `kinds`.",
    ),
    "word for a misspelt kind": (
        stating("subject", 'template = "【{kind}】"', 'kinds = { PERFOMANCE = "契約" }'),
        f'{PLACE}.subject[1].kinds: unknown key "PERFOMANCE"; did you mean "PERFORMANCE"?',
    ),
    "examples without a template": (
        stating("subject", 'examples = [{ given = {}, subject = "x" }]'),
        f'{PLACE}.subject[1]: "template" is missing; add it.',
    ),
    "example that comes out otherwise": (
        stating(
            "subject",
            'template = "【電子保証】{works_number:no_hyphens}"',
            'examples = [{ given = { works_number = "504-1" }, subject = "【電子保証】504-1" }]',
        ),
        f"{PLACE}.subject[1].examples[1].subject: the template gives “【電子保証】5041”; mend the example or the template.",
    ),
    "example that tells too little": (
        stating("subject", 'template = "{works_number}"', 'examples = [{ given = {}, subject = "5" }]'),
        f"{PLACE}.subject[1].examples[1].given: makes no subject. The works number is not told.",
    ),
    "example that tells something else": (
        stating(
            "subject", 'template = "{works_number}"', 'examples = [{ given = { works_numbr = "5" }, subject = "5" }]'
        ),
        f'{PLACE}.subject[1].examples[1].given: unknown key "works_numbr"; did you mean "works_number"?',
    ),
    "field of the text without its label": (
        stating("body", 'value = "{company}"'),
        f'{PLACE}.body[1]: "label" is missing; add it.',
    ),
    "field of the text with a wrong placeholder": (
        stating("body", 'label = "受注者"', 'value = "{compny}"'),
        f'{PLACE}.body[1].value: there is no placeholder {{compny}}; did you mean "company"?',
    ),
    "what stands between kinds that the text does not hold": (
        stating("body", 'label = "受注者"', 'value = "{company}"', 'joined_by = " "'),
        f"{PLACE}.body[1].joined_by: the value has no {{kind}}; put it in or remove `joined_by`.",
    ),
    "what stands between kinds without a template": (
        stating("body", 'joined_by = " "'),
        f'{PLACE}.body[1]: "label" is missing; add it.',
    ),
    "copy to no address": (
        stating("cc", 'address = "契約課"'),
        f"{PLACE}.cc[1].address: must be one mail address, not “契約課”.",
    ),
    "unknown event": (
        stating("deadline", 'event = "BEFORE_SIGNIN"'),
        f'{PLACE}.deadline[1].event: "BEFORE_SIGNIN" is not known here; did you mean "BEFORE_SIGNING"?',
    ),
    "batching without its rule": (
        stating("batching"),
        f'{PLACE}.batching[1]: "rule" is missing; add it.',
    ),
    "key of a companion": (
        stating("companion", 'documnet = "請求書"'),
        f'{PLACE}.companion[1]: unknown key "documnet"; did you mean "document"?',
    ),
    "form of the key that does not fit": (
        channel('way = "IN_PERSON"', 'key_as = "TEXT"'),
        f"{PLACE}.channel[2].key_as: TEXT does not fit way = IN_PERSON; known for it: PRINTED_NOTICE.",
    ),
    "system on a mail": (
        channel('way = "EMAIL"', 'system = "GECS"'),
        f'{PLACE}.channel[2].system: belongs to way = "CONTRACT_SYSTEM" only; remove it or mend `way`.',
    ),
    "mail address that is none": (
        replaced("keiyaku@example.lg.jp", "keiyaku＠example.lg.jp"),
        f"{PLACE}.channel[1].recipient.address: must be one mail address, not “keiyaku＠example.lg.jp”.",
    ),
    "two mail addresses in one": (
        replaced("keiyaku@example.lg.jp", "a@example.jp, b@example.jp"),
        f"{PLACE}.channel[1].recipient.address: must be one mail address, not “a@example.jp, b@example.jp”.",
    ),
    "division without a real address": (
        channel(
            'way = "WEB_FORM"',
            recipient='known = "BY_DIVISION", ja = "…", en = "…", addresses = { "契約課" = "logo-form" }',
        ),
        f"{PLACE}.channel[2].recipient.addresses.契約課: must be an address that starts with https://, not “logo-form”.",
    ),
    "division with an unknown key": (
        channel(
            'way = "EMAIL"',
            recipient='known = "BY_DIVISION", ja = "…", en = "…", addresses = { "契約課" = { tel = "1" } }',
        ),
        f'{PLACE}.channel[2].recipient.addresses.契約課: unknown key "tel"; known here: address, phone',
    ),
    "form's key on another artefact": (
        stating("artefact", 'what = "KEY_NOTICE"', 'need = "REQUIRED"', "as_pdf = true"),
        f'{PLACE}.artefact[1].as_pdf: belongs to what = "OWN_FORM" only; remove it.',
    ),
}


@pytest.mark.parametrize(("text", "line"), MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_one_line_that_says_where_what_and_how_to_mend_it(text: str, line: str) -> None:
    with pytest.raises(RuleFileError) as refused:
        parse(text.encode(), "town/rules.toml")
    (fault,) = refused.value.faults
    assert fault.line() == f"town/rules.toml: {line}"
    assert fault.ja != fault.en
    assert "\n" not in fault.line("ja")


def test_every_key_word_code_of_the_submission_is_documented() -> None:
    keys = SUBMISSION_KEYS | ways.CHANNEL_KEYS | ways.RECIPIENT_KEYS | ways.CONTACT_KEYS | EXPECTATION_KEYS
    keys |= said.SUBJECT_KEYS | said.EXAMPLE_KEYS | said.BODY_KEYS | said.COPY_KEYS | said.DEADLINE_KEYS
    keys |= said.FOLLOW_UP_KEYS | said.COMPANION_KEYS | said.BATCHING_KEYS | said.ARTEFACT_KEYS
    sets = (Way, KeyForm, DeadlineEvent, Batching, CompanionWay, CopyFor, Artefact, Need, RecipientKnown)
    words = {word.value for each in sets for word in each}
    rooms = Path(__file__).parents[2] / "rules"
    found = "\n".join((rooms / f"{name}.py").read_text() for name in ("compose", "recipients", "enclosing", "filling"))
    codes = set(re.findall(r'code="([A-Z_]+)"', found)) | {f"RECIPIENT_{word}" for word in RecipientKnown}
    assert len(codes) > 15
    spans = " ".join(re.findall(r"`[^`]+`", PROSE))
    expected = keys | words | (codes - {"RECIPIENT_LITERAL"})
    assert {word for word in expected if not re.search(rf"(?<![A-Za-z_]){word}(?![A-Za-z_])", spans)} == set()


def test_the_plan_of_tsu_says_everything_that_the_page_says() -> None:
    plan = plan_of("242012", PERFORMANCE, division="上下水道管理課")
    to = plan.channels[0].recipient
    assert (to.address, to.phone, to.resolved) == ("237-5811@city.tsu.lg.jp", "059-237-5803", True)
    assert to.divisions == (
        Contact(division="調達契約課", address="229-3121@city.tsu.lg.jp", phone="059-229-3122"),
        Contact(division="上下水道管理課", address="237-5811@city.tsu.lg.jp", phone="059-237-5803"),
    )
    assert plan.subject is not None
    assert (plan.subject.template, plan.subject.kinds) == ("(電子保証){works_name}", ())
    assert [(field.label, field.value) for field in plan.body] == [
        ("(1)受注者", "{company}"),
        ("(2)担当者の氏名・連絡先", "{contact}"),
        ("(3)保証名称", "{kind}"),
    ]
    assert plan.batching is not None
    assert plan.batching.rule is Batching.TOGETHER
    assert plan.deadline is not None
    assert plan.deadline.event is DeadlineEvent.BEFORE_PAPER_CONTRACT_IS_BROUGHT
    assert plan.follow_up is not None


def test_a_division_without_an_address_stays_unresolved() -> None:
    for division in (None, "建設課"):
        to = plan_of("242012", division=division).channels[0].recipient
        assert (to.address, to.phone, to.resolved) == (None, None, False)


def test_recipient_and_companions_follow_the_kind() -> None:
    performance, interim = plan_of("212181", PERFORMANCE), plan_of("212181", INTERIM)
    assert performance.channels[0].recipient.address == "zaisei@city.motosu.lg.jp"
    assert performance.companions == ()
    assert interim.channels[0].recipient.known is RecipientKnown.OFFICER
    assert [(each.document, each.way) for each in interim.companions] == [("中間前払金請求書", CompanionWay.TOGETHER)]
    assert performance.subject is not None
    assert performance.subject.kinds == (
        KindWord(kind=PERFORMANCE, word="契約"),
        KindWord(kind=ADVANCE, word="前払金"),
        KindWord(kind=INTERIM, word="中間前払金"),
    )


def test_the_subject_of_shiga_differs_by_kind_and_is_silent_on_the_interim() -> None:
    templates = {}
    for kind in (PERFORMANCE, ADVANCE, INTERIM):
        subject = plan_of("250007", kind).subject
        templates[kind] = subject and subject.template
    assert templates == {
        PERFORMANCE: "【電子保証】{works_number}{works_name}",
        ADVANCE: "【請求関係書類】{works_number}{works_name}",
        INTERIM: None,
    }


def test_what_hangs_on_an_untold_fact_says_so() -> None:
    untold = plan_of("250007", PERFORMANCE, surety_class=None)
    assert [(need.artefact, need.depends_on) for need in untold.artefacts] == [
        (Artefact.VIEWER_ADDRESS, ("surety_class",))
    ]
    told = plan_of("250007", PERFORMANCE, surety_class=SuretyClass.INSURER)
    assert [(need.artefact, need.depends_on) for need in told.artefacts] == [(Artefact.VIEWER_ADDRESS, ())]
    assert plan_of("250007", PERFORMANCE, surety_class=SuretyClass.GUARANTEE_COMPANY).artefacts == ()


@pytest.mark.parametrize("obligee", OBLIGEES)
@pytest.mark.parametrize("kind", [ADVANCE, INTERIM, PERFORMANCE])
def test_a_decision_with_its_plan_survives_json(obligee: str, kind: GuaranteeKind) -> None:
    application = Application(obligee=obligee, kind=kind, contract_on=date(2025, 10, 1))
    decision = RULEBOOK.decide(application)
    assert decision.plan is not None
    assert Decision.from_json(json.loads(json.dumps(decision.to_json()))) == decision


NEW = {
    "subject": {"template", "kinds", "joined_by"},
    "channels": {"key_as", "system"},
    "recipient": {"phone", "divisions"},
    "artefacts": {"name", "url", "as_pdf", "password", "depends_on", "valid_from", "valid_until"},
    "body": {"joined_by"},
    "companions": {"document", "way", "need"},
}
NEW_ANYWHERE = {"depends_on", "batching"}


def as_stored_before(value: Any, place: str = "") -> Any:
    """Return a plan's JSON as it was written before plans had subject templates, divisions and batching."""
    if isinstance(value, list):
        return [as_stored_before(item, place) for item in value]
    if not isinstance(value, dict):
        return value
    gone = NEW.get(place, set()) | (NEW_ANYWHERE if place != "channels" else set())
    return {key: as_stored_before(item, key) for key, item in value.items() if key not in gone}


@pytest.mark.parametrize("obligee", ["322016", "465011"])
def test_a_plan_stored_before_is_read_as_what_the_same_rules_say_today(obligee: str) -> None:
    plan = plan_of(obligee)
    decision = INSTALLED.decide(
        Application.from_json(
            {"obligee": obligee, "kind": "ADVANCE_PAYMENT", "work_type": "CONSTRUCTION", "contract_on": "2025-10-20"}
        )
    )
    old = {**decision.to_json(), "plan": as_stored_before(decision.to_json()["plan"])}
    assert set(old["plan"]) == {field.name for field in fields(SubmissionPlan)} - {"batching"}
    assert set(old["plan"]["channels"][0]) == {
        "way", "recipient", "valid_from", "valid_until", "depends_on", "ja", "en", "literal", "sources",
    }  # fmt: skip
    assert set(old["plan"]["channels"][0]["recipient"]) == {"known", "ja", "en", "address", "confirm"}
    read = Decision.from_json(old)
    assert read == decision
    assert read.plan == plan


def test_an_old_subject_without_a_template_is_read_and_has_to_be_written_by_hand() -> None:
    raw = RULEBOOK.decide(Application(obligee="070009", kind=ADVANCE, contract_on=date(2025, 10, 1))).to_json()
    old = {**raw, "plan": as_stored_before(raw["plan"])}
    plan = Decision.from_json(old).plan
    assert plan is not None
    assert plan.subject is not None
    assert plan.subject.template is None
    hand_in = hand_in_of(item_of("070009"), address="doboku@pref.fukushima.lg.jp")
    (message,) = compose(plan, hand_in)
    assert (message.subject, [each.code for each in message.unresolved]) == (None, ["SUBJECT_DESCRIBED"])
    (written,) = compose(plan, replace(hand_in, subject="【電子保証書】_50400012345"))
    assert (written.subject, written.ready) == ("【電子保証書】_50400012345", True)


def bond(need: str, *lines: str) -> str:
    """Return one more artefact of a submission, the bond as PDF."""
    return "\n".join(["\n[[revision.submission.artefact]]", 'what = "BOND_PDF"', f'need = "{need}"', *lines, SAID])


@pytest.mark.parametrize(("last", "faults"), [("2025-11-30", []), ("2025-12-01", ["ARTEFACT_CONTRADICTION"])])
def test_an_artefact_may_be_required_until_the_day_before_it_is_forbidden(last: str, faults: list[str]) -> None:
    plain = MINIMAL + bond("REQUIRED", f"until = {last}") + bond("FORBIDDEN", "from = 2025-12-01")
    kind = 'when = { kind = "PERFORMANCE" }'
    guarded = MINIMAL + bond("REQUIRED", f"until = {last}", kind) + bond("FORBIDDEN", "from = 2025-12-01", kind)
    if faults:
        with pytest.raises(RuleFileError) as refused:
            parse(plain.encode())
        assert [fault.code for fault in refused.value.faults] == faults
    else:
        days = [
            (need.valid_from, need.valid_until) for _, need in parse(plain.encode()).revisions[0].submission.artefacts
        ]
        assert days == [(None, date(2025, 11, 30)), (date(2025, 12, 1), None)]
    assert [fault.code for fault in lint(parse(guarded.encode()))] == faults


def test_a_case_looks_at_the_artefacts_of_its_day() -> None:
    text = MINIMAL + bond("REQUIRED", "until = 2025-11-30")
    plan = (
        Rulebook.from_texts({"town": text})
        .decide(Application(obligee="test/town", kind=ADVANCE, work_wording="工事", contract_on=date(2025, 4, 1)))
        .plan
    )
    assert check_expectations(plan, {"on": date(2025, 11, 30), "required": ["BOND_PDF"]}) == []
    assert check_expectations(plan, {"on": date(2025, 12, 1), "required": []}) == []
    assert check_expectations(plan, {"required": ["BOND_PDF"]}) == []


TSU = {
    "ways": ["EMAIL"],
    "recipient": "229-3121@city.tsu.lg.jp",
    "known": "BY_DIVISION",
    "phone": "059-229-3122",
    "given": {"works_name": "〇〇〇〇道路改修工事"},
    "subject": "(電子保証)〇〇〇〇道路改修工事",
    "forbidden": [],
    "deadline": "BEFORE_PAPER_CONTRACT_IS_BROUGHT",
    "batching": "TOGETHER",
}


def test_a_case_may_state_what_the_plan_says() -> None:
    assert check_expectations(plan_of("242012", division="調達契約課"), TSU) == []


@pytest.mark.parametrize(
    ("expected", "line"),
    [
        ({"ways": ["EMAIL", "FAX"]}, "the ways are EMAIL, expected EMAIL, FAX"),
        ({"recipient": "a@b.jp"}, "recipient is 229-3121@city.tsu.lg.jp, expected a@b.jp"),
        ({"known": "ASK"}, "known is BY_DIVISION, expected ASK"),
        ({"phone": "1"}, "phone is 059-229-3122, expected 1"),
        ({"subject": "電子保証"}, "the subject is “(電子保証)〇〇〇〇道路改修工事”, expected “電子保証”"),
        ({"given": {}}, "the subject cannot be made: The works name is not told."),
        ({"forbidden": ["BOND_PDF"]}, "FORBIDDEN is nothing, expected BOND_PDF"),
        (
            {"deadline": "BEFORE_SIGNING"},
            "the deadline is BEFORE_PAPER_CONTRACT_IS_BROUGHT, expected BEFORE_SIGNING",
        ),
        ({"batching": "ONE_EACH"}, "batching is TOGETHER, expected ONE_EACH"),
    ],
)
def test_a_case_that_comes_out_otherwise_says_how(expected: dict[str, object], line: str) -> None:
    assert check_expectations(plan_of("242012", division="調達契約課"), {**TSU, **expected}) == [line]


def test_a_case_tells_kind_and_days_by_its_application_and_looks_at_one_day() -> None:
    application = Application(obligee="212181", kind=INTERIM)
    table = {"given": {"works_number": "第3号"}, "subject": "【電子保証(中間前払金)】第3号"}
    assert check_expectations(plan_of("212181", INTERIM), table, application) == []
    text = MINIMAL + "until = 2026-04-30\n"
    plan = parse(text.encode()).revisions[0].submission.plan(Application(obligee="test/town", kind=ADVANCE))
    assert check_expectations(plan, {"on": date(2026, 4, 30), "ways": ["EMAIL"]}) == []
    assert check_expectations(plan, {"on": date(2026, 5, 1), "ways": []}) == []
    assert check_expectations(None, {}) == ["there is no submission plan, since the outcome is not ACCEPTED"]
    assert check_expectations(plan, {"subject": "x"}) == ["no subject is prescribed by a template, expected “x”"]


def test_an_expectation_with_an_unknown_key_or_word_is_a_mistake() -> None:
    plan = plan_of("242012")
    for table, code in (({"way": "EMAIL"}, "UNKNOWN_KEY"), ({"ways": "MAIL"}, "UNKNOWN_WORD")):
        with pytest.raises(RuleFileError) as refused:
            check_expectations(plan, table)
        assert refused.value.faults[0].code == code


def test_the_kit_reads_the_expectations_of_a_case() -> None:
    rules = parse(MINIMAL.encode())
    case = """
[[case]]
name = "電子メール"
application = { kind = "ADVANCE_PAYMENT", work_type = "CONSTRUCTION", contract_on = 2024-04-01 }
outcome = "ACCEPTED"

[case.submission]
recipient = "doboku@example.lg.jp"
"""
    (read,) = read_cases(case.encode(), rules).cases
    decision = Rulebook.from_texts({"town": MINIMAL}).decide(read.application)
    assert read.differences(decision) == ["recipient is keiyaku@example.lg.jp, expected doboku@example.lg.jp"]
    with pytest.raises(RuleFileError) as refused:
        read_cases(case.replace("recipient", "recipent").encode(), rules)
    assert refused.value.en == ('cases.toml: case[1].submission: unknown key "recipent"; did you mean "recipient"?')

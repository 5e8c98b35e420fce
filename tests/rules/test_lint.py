from pathlib import Path

import pytest

from denshi_hosho.rules.check import check
from denshi_hosho.rules.faults import Grade
from denshi_hosho.rules.lint import lint
from denshi_hosho.rules.rulefile import parse
from tests.rules.rule_texts import MINIMAL, replaced, with_lines

HOUSE = Path(__file__).parents[2]
SAID = 'ja = "日本語"\nen = "English"\nsource = "page"\n'
SECOND = MINIMAL[MINIMAL.index("[[revision]]") :].replace("2024-04-01", "2025-04-01")
FAX = (
    MINIMAL[MINIMAL.index("[[revision.submission.channel]]") :]
    .replace("EMAIL", "FAX")
    .replace('"LITERAL"', '"ASK"')
    .replace(', address = "keiyaku@example.lg.jp"', "")
)


def sureties(*lists: str) -> str:
    return "".join(f'\n[[revision.sureties]]\n{body}\nsource = "page"\n' for body in lists)


def exclusion(when: str) -> str:
    return f"\n[[revision.exclusion]]\nwhen = {when}\n{SAID}"


def artefact(need: str, when: str) -> str:
    return f'\n[[revision.submission.artefact]]\nwhat = "KEY_NOTICE"\nneed = "{need}"\nwhen = {when}\n{SAID}'


def deadline(when: str, ja: str) -> str:
    return f"\n[[revision.submission.deadline]]\nwhen = {when}\n{SAID.replace('日本語', ja)}"


ERRORS = {
    "a guard that can never hold": (
        MINIMAL + exclusion("{ contract_on = { from = 2025-01-01, before = 2025-01-01 } }"),
        "UNREACHABLE",
        "revision[1].exclusion[1].when: can never hold; mend the tests that exclude each other, or remove this clause.",
    ),
    "a guard against itself": (
        MINIMAL + exclusion('{ kind = "PERFORMANCE", not = { kind = "PERFORMANCE" } }'),
        "UNREACHABLE",
        "revision[1].exclusion[1].when: can never hold; mend the tests that exclude each other, or remove this clause.",
    ),
    "a list behind one for everybody": (
        MINIMAL + sureties('accepted = "GUARANTEE_COMPANY"', 'when = { kind = "PERFORMANCE" }\naccepted = "INSURER"'),
        "SHADOWED",
        (
            "revision[1].sureties[2]: is never reached: revision[1].sureties[1] always holds before it; "
            "write what is special first and what is general last."
        ),
    ),
    "two lists for some of the same": (
        MINIMAL
        + sureties(
            'when = { kind = "PERFORMANCE" }\naccepted = ["GUARANTEE_COMPANY", "INSURER"]',
            'when = { work_type = "SURVEY" }\naccepted = "GUARANTEE_COMPANY"',
            'accepted = "GUARANTEE_COMPANY"',
        ).replace("INSURER", "BANK"),
        "OVERLAP",
        (
            "revision[1].sureties[2]: can hold together with revision[1].sureties[1] (such as kind = PERFORMANCE, "
            "work_type = SURVEY), and only their order decides; "
            "add to one `when` what sets it apart from the other."
        ),
    ),
    "two deadlines at once": (
        MINIMAL + deadline('{ kind = "PERFORMANCE" }', "契約前") + deadline('{ division = "契約課" }', "持参前"),
        "OVERLAP",
        (
            "revision[1].submission.deadline[2]: can hold together with revision[1].submission.deadline[1] (such as "
            "kind = PERFORMANCE, division = 契約課), and only their order decides; "
            "add to one `when` what sets it apart from the other."
        ),
    ),
    "a kind taken and always refused": (
        MINIMAL + exclusion('{ kind = "PERFORMANCE" }'),
        "CONTRADICTION",
        "revision[1].exclusion[1]: always refuses PERFORMANCE, which revision[1].kinds takes; remove one of the two.",
    ),
    "everything refused": (
        MINIMAL + exclusion("{ any = [{ trial = true }, { trial = false }] }"),
        "CONTRADICTION",
        (
            "revision[1].exclusion[1].when: excludes every application, so that this revision takes nothing; "
            "mend the guard."
        ),
    ),
    "a value both taken and unclear": (
        replaced('{ CONSTRUCTION = "工事" }', '"CONSTRUCTION"\nunclear = "CONSTRUCTION"'),
        "CONTRADICTION",
        "revision[1].work_types: CONSTRUCTION stands both in accepted and in unclear; remove one.",
    ),
    "a kind without a channel": (
        MINIMAL + 'when = { kind = "ADVANCE_PAYMENT" }\n',
        "NO_CHANNEL_FOR",
        (
            "revision[1].submission: PERFORMANCE of GUARANTEE_COMPANY is taken, yet no channel is open to it; "
            'add a channel (way = "NOT_STATED" when the page is silent).'
        ),
    ),
    "an insurer without a channel": (
        MINIMAL
        + 'when = { surety_class = "GUARANTEE_COMPANY" }\n'
        + sureties('when = { kind = "PERFORMANCE" }\naccepted = ["GUARANTEE_COMPANY", "INSURER"]', 'accepted = "GUARANTEE_COMPANY"'),
        "NO_CHANNEL_FOR",
        (
            "revision[1].submission: PERFORMANCE of INSURER is taken, yet no channel is open to it; "
            'add a channel (way = "NOT_STATED" when the page is silent).'
        ),
    ),
    "an artefact required and forbidden at once": (
        MINIMAL + artefact("REQUIRED", '{ kind = "PERFORMANCE" }') + artefact("FORBIDDEN", "{ trial = true }"),
        "ARTEFACT_CONTRADICTION",
        (
            "revision[1].submission.artefact[2]: can hold together with revision[1].submission.artefact[1], "
            "so that KEY_NOTICE is both REQUIRED and FORBIDDEN; part them by `when`."
        ),
    ),
    "a start overtaken by the next revision": (
        with_lines(
            "[[revision.start]]", "when = { trial = true }", "from = 2025-06-01", 'counted_by = "contract"',
            'source = "page"',
        ) + SECOND,
        "NEVER_BEGINS",
        (
            "revision[1].start[1]: never decides: revision[2] begins no later than this start (2025-06-01); "
            "mend the day or remove the start."
        ),
    ),
    "a placeholder left": (
        replaced("電子メールで提出します。", "（仮）電子メールで提出します。"),
        "PLACEHOLDER_LEFT",
        "line 29: a placeholder （仮） is left; replace it by what the page says.",
    ),
}  # fmt: skip

WARNINGS = {
    "a source nobody cites": (
        replaced(
            "[[revision]]", '[sources.other]\ntitle = "別"\nseen_on = 2026-01-05\npublisher = "町"\n\n[[revision]]'
        ),
        "SOURCE_UNUSED",
        "sources.other: warning: is cited by no fact; cite it where it says something, or remove it.",
    ),
    "a source nobody can find": (
        replaced('publisher = "試験町"\n', ""),
        "SOURCE_NOT_FINDABLE",
        "sources.page: warning: names neither url nor publisher, so that nobody can find it again; add one of them.",
    ),
    "a guard that always holds": (
        MINIMAL + "when = { any = [{ trial = true }, { not = { trial = true } }] }\n",
        "ALWAYS_HOLDS",
        "revision[1].submission.channel[1].when: warning: always holds; remove the `when`.",
    ),
    "a division that no list knows": (
        MINIMAL
        + '\n[revision.divisions]\naccepted = ["契約課", "下水道課"]\nsource = "page"\n'
        + exclusion('{ division = "契約係" }'),
        "UNKNOWN_NAME",
        (
            'revision[1].exclusion[1].when.division: warning: "契約係" stands in no list of this revision; '
            'did you mean "契約課"?'
        ),
    ),
    "a word for two work types": (
        replaced('{ CONSTRUCTION = "工事" }', '{ CONSTRUCTION = "工事等", SERVICES = "工事等" }'),
        "TWO_MEANINGS",
        (
            'revision[1].work_types: warning: "工事等" stands for CONSTRUCTION and SERVICES: '
            "an application that tells this word alone stays open."
        ),
    ),
    "channels that all end": (
        MINIMAL + "until = 2026-04-30\n",
        "CHANNELS_END",
        (
            "revision[1].submission: warning: after 2026-04-30 no channel is open; say what comes then "
            '(way = "NOT_STATED" when the page is silent).'
        ),
    ),
    "a channel from a later contract on": (
        MINIMAL + "when = { contract_on = { from = 2026-02-01 } }\n",
        "CHANNEL_GAP",
        (
            "revision[1].submission: warning: no channel is open to this application: kind = ADVANCE_PAYMENT, "
            "surety_class = GUARANTEE_COMPANY, contract_on = 2026-01-31; add one, or widen a `when`."
        ),
    ),
    "a revision that forgets paper": (
        MINIMAL + '\n[revision.paper]\naccepted = true\nsource = "page"\n\n' + SECOND,
        "REVISION_GAP",
        (
            'revision[2]: warning: says nothing of "paper", which the revision before it states; revisions inherit '
            "nothing: write it again, or add it to silent_on when the page has dropped it."
        ),
    ),
    "a revision that forgets the payment": (
        MINIMAL + '\n[revision.payment]\nadvance_floor = 1\nsource = "page"\n\n' + SECOND,
        "REVISION_GAP",
        (
            'revision[2]: warning: says nothing of "payment", which the revision before it states; revisions inherit '
            "nothing: write it again, or add it to silent_on when the page has dropped it."
        ),
    ),
    "words that name another day": (
        with_lines('literal = "令和6年4月2日以降の契約"'),
        "LITERAL_DAY",
        (
            "revision[1].from: warning: 2024-04-01 is not a day in the page's own words; "
            "mend one of them, or say in `reading` how it is read."
        ),
    ),
    "words that name a month": (
        with_lines('literal = "令和６年４月以降の契約"'),
        "LITERAL_MONTH",
        'revision[1]: warning: the page\'s words name a month only; write precision = "month" and a reading.',
    ),
    "a year that slipped": (
        replaced("from = 2024-04-01", "from = 2204-04-01"),
        "IMPLAUSIBLE_DAY",
        "revision[1].from: warning: 2204-04-01 looks like a slip; check the year.",
    ),
}


@pytest.mark.parametrize(("text", "code", "line"), ERRORS.values(), ids=ERRORS)
def test_an_error_says_where_what_and_how_to_mend_it(text: str, code: str, line: str) -> None:
    found = [fault for fault in lint(parse(text.encode())) if fault.grade is Grade.ERROR]
    assert [fault.code for fault in found] == [code] * len(found)
    assert line in [fault.line() for fault in found]
    assert all(fault.ja != fault.en and "\n" not in fault.line("ja") for fault in found)


@pytest.mark.parametrize(("text", "code", "line"), WARNINGS.values(), ids=WARNINGS)
def test_a_warning_is_marked_as_one(text: str, code: str, line: str) -> None:
    found = lint(parse(text.encode()))
    assert {fault.grade for fault in found} == {Grade.WARNING}
    assert line in [fault.line() for fault in found if fault.code == code]
    assert all("注意: " in fault.line("ja") for fault in found)


@pytest.mark.parametrize(
    "text",
    [
        MINIMAL,
        MINIMAL + SECOND,
        MINIMAL
        + sureties(
            'when = { kind = "PERFORMANCE", work_type = "SURVEY" }\naccepted = "GUARANTEE_COMPANY"',
            'when = { kind = "PERFORMANCE" }\naccepted = ["GUARANTEE_COMPANY", "INSURER"]',
            'accepted = "GUARANTEE_COMPANY"',
        ),
        MINIMAL + "until = 2026-04-30\n\n" + FAX + "from = 2026-05-01\n",
        replaced('{ CONSTRUCTION = "工事" }', '"ANY"') + exclusion('{ work_type = "SURVEY" }'),
        with_lines('literal = "令和6年（2024年）4月1日以降に契約するもの"'),
        with_lines('literal = "4月1日以降の契約"'),
        MINIMAL + '\n[[revision.paper]]\nwhen = { kind = "BID" }\naccepted = true\nsource = "page"\n',
    ],
    ids=[
        "minimal", "two revisions", "special before general", "one channel after another", "all but one",
        "era and year", "no year", "paper for bids",
    ],
)  # fmt: skip
def test_what_is_meant_so_is_left_alone(text: str) -> None:
    assert lint(parse(text.encode())) == []


def test_guards_with_too_many_combinations_are_left_alone() -> None:
    tests = ", ".join(f"{field} = {{ from = 2024-01-0{day} }}" for day, field in enumerate(
        ("notice_on", "nomination_on", "bidding_on", "order_on", "contract_on", "initial_contract_on", "guarantee_on",
         "first_guarantee_on"), 1))  # fmt: skip
    prices = ", ".join(f"{field} = {{ below = 5 }}" for field in ("contract_price", "covered_price"))
    assert lint(parse((MINIMAL + exclusion(f"{{ {tests}, {prices} }}")).encode())) == []


def test_the_rules_of_the_house_have_neither_errors_nor_warnings() -> None:
    assert check(HOUSE / "rules") == []
    assert check(HOUSE / "examples") == []


def test_check_names_errors_before_warnings(tmp_path: Path) -> None:
    text = replaced('publisher = "試験町"\n', "") + exclusion('{ kind = "PERFORMANCE" }')
    (tmp_path / "rules.toml").write_text(text, encoding="utf-8")
    assert [fault.code for fault in check(tmp_path)] == ["CONTRADICTION", "NO_CASES", "SOURCE_NOT_FINDABLE"]

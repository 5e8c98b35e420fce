from pathlib import Path

import pytest

from denshi_hosho.rules.check import check
from tests.rules.rule_texts import MINIMAL, replaced

CASE = """\
[[case]]
name = "{name}"
application = {{ kind = "ADVANCE_PAYMENT", work_type = "CONSTRUCTION", contract_on = {day} }}
outcome = "{outcome}"
"""
FIRST = CASE.format(name="first", day="2024-04-01", outcome="ACCEPTED")
BEFORE = CASE.format(name="before", day="2024-03-31", outcome="REFUSED")


def lines(folder: Path, rules: str | None, cases: str | None) -> list[str]:
    if rules is not None:
        (folder / "rules.toml").write_text(rules, encoding="utf-8")
    if cases is not None:
        (folder / "cases.toml").write_text(cases, encoding="utf-8")
    return [fault.line().replace(f"{folder}/", "") for fault in check(folder)]


def test_nothing_wrong(tmp_path: Path) -> None:
    assert lines(tmp_path, MINIMAL, FIRST + BEFORE) == []
    assert check(tmp_path / "rules.toml") == []


def test_no_rule_file_at_all(tmp_path: Path) -> None:
    (fault,) = check(tmp_path)
    assert fault.line() == f"{tmp_path}: no rules.toml is found here; name a rules.toml or a folder that holds one."


def test_built_copies_and_hidden_folders_are_not_looked_at(tmp_path: Path) -> None:
    for folder in ("build", ".venv"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "rules.toml").write_text("broken", encoding="utf-8")
    assert [fault.code for fault in check(tmp_path)] == ["NO_RULE_FILE"]


def test_rules_without_cases(tmp_path: Path) -> None:
    assert lines(tmp_path, MINIMAL, None) == ["rules.toml: has no cases.toml beside it; write down its cases."]


def test_a_wrong_rule_file_is_reported_before_its_cases(tmp_path: Path) -> None:
    assert lines(tmp_path, replaced("format = 1", "format = 2"), "junk") == ["rules.toml: format: must be 1."]


def test_a_start_needs_a_case_on_its_first_day_and_on_the_day_before(tmp_path: Path) -> None:
    assert lines(tmp_path, MINIMAL, "") == [
        (
            "cases.toml: revision[1]: has no case on its first day, 2024-04-01; "
            "add a [[case]] with contract_on = 2024-04-01."
        ),
        (
            "cases.toml: revision[1]: has no case on the day before its first day, 2024-03-31; "
            "add a [[case]] with contract_on = 2024-03-31."
        ),
    ]


def test_every_difference_from_what_a_case_expects_is_one_line(tmp_path: Path) -> None:
    wrong = (
        CASE.format(name="wrong", day="2024-04-01", outcome="REFUSED")
        + 'reasons = ["BEFORE_START"]\nmissing = ["order_on"]\nchannels = ["FAX"]\npaper = true\n'
    )
    assert lines(tmp_path, MINIMAL, FIRST + BEFORE + wrong) == [
        "cases.toml: case[3] “wrong”: outcome is ACCEPTED, expected REFUSED",
        (
            "cases.toml: case[3] “wrong”: reason BEFORE_START is not among "
            "STARTED, KIND_TAKEN, WORK_TYPE_TAKEN, SURETY_NOT_STATED, PAPER_NOT_STATED"
        ),
        "cases.toml: case[3] “wrong”: missing is [], expected ['order_on']",
        "cases.toml: case[3] “wrong”: paper is None, expected True",
        "cases.toml: case[3] “wrong”: channels are EMAIL, expected FAX",
    ]


@pytest.mark.parametrize(
    ("cases", "line"),
    [
        ("[[case]", "is not TOML: Expected ']]' at the end of an array declaration (at line 1, column 7)"),
        ("[[cases]]", 'unknown key "cases"; did you mean "case"?'),
        ('[[case]]\nname = "x"', 'case[1]: "application" is missing; add it.'),
        ('[[case]]\napplication = "x"', "case[1].application: must be a table."),
        (
            FIRST.replace("contract_on", "contracted_on"),
            "case[1].application: contracted_on: 'contracted_on' is not a field of Application",
        ),
        (
            FIRST.replace('"ACCEPTED"', '"ACCEPT"'),
            'case[1].outcome: "ACCEPT" is not known here; did you mean "ACCEPTED"?',
        ),
    ],
)
def test_a_wrong_case_file_says_where(tmp_path: Path, cases: str, line: str) -> None:
    assert lines(tmp_path, MINIMAL, cases) == [f"cases.toml: {line}"]

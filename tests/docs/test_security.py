"""The threat model names code and tests that exist; a threat without them is accepted, and it is said why."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.code_base import ROOT

PAGE = ROOT / "docs" / "security.md"
_HEAD = "| threat | control | test | what remains |"
_TEST = re.compile(r"`(tests/[\w/]+\.py)::(\w+)`")


def _threats() -> Iterator[tuple[str, str, str]]:
    """Threat, control and tests of each row."""
    for section in PAGE.read_text().split(_HEAD)[1:]:
        for row in section.split("\n\n")[0].splitlines()[2:]:
            threat, control, tests, _remains = (cell.strip() for cell in row.strip("|").split("|"))
            yield threat, control, tests


THREATS = list(_threats())


def _accepted() -> list[tuple[str, str]]:
    """What is accepted, and why."""
    section = PAGE.read_text().split("## Accepted, and why")[1].split("| what | why |")[1].split("\n\n")[0]
    rows = (row.strip("|").split("|") for row in section.strip().splitlines()[1:])
    return [(what.strip(), why.strip()) for what, why in rows]


def _functions(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_there_are_the_threats_of_every_part() -> None:
    assert len(THREATS) > 100
    sections = re.findall(r"^## (.+)\n\n\| threat ", PAGE.read_text(), re.MULTILINE)
    assert len(sections) == PAGE.read_text().count(_HEAD) >= 10
    assert len({threat for threat, _, _ in THREATS}) == len(THREATS)


@pytest.mark.parametrize(("threat", "control", "tests"), THREATS, ids=[threat[:50] for threat, _, _ in THREATS])
def test_a_control_names_its_code_and_a_test_that_there_is(threat: str, control: str, tests: str) -> None:
    (code,) = re.findall(r"\]\(\.\./([\w/.]+)\)", control)
    assert (ROOT / code).is_file(), code
    named = _TEST.findall(tests)
    assert tests == ", ".join(f"`{file}::{name}`" for file, name in named)
    assert named, threat
    for file, name in named:
        assert name in _functions(ROOT / file), f"{file}::{name}"


def test_what_is_accepted_says_why_and_has_no_control() -> None:
    accepted = _accepted()
    assert len(accepted) > 10
    assert all(len(why) > 10 for _what, why in accepted)
    assert len({what for what, _why in accepted} - {threat for threat, _, _ in THREATS}) == len(accepted)


@pytest.mark.parametrize(
    "word",
    ["guess", "spraying", "plugin", "sign-out", "ID token", "forged", "stale", "old secrets", "backup", "killed", "time that",
     "rewrites", "denies", "migration", "hash", "frame", "inner network", "bomb", "log", "header", "endless", "wildcard",
     "font", "clock", "fill", "core file", "flood", "second factor"],
)  # fmt: skip
def test_each_known_kind_of_threat_is_answered_or_accepted(word: str) -> None:
    said = [" ".join(each) for each in (*THREATS, *_accepted())]
    assert any(word.lower() in each.lower() for each in said)


def test_the_controls_in_short_stand_on_this_page_alone() -> None:
    short = PAGE.read_text().split("## Controls in short")[1]
    assert short.count("\n| **") > 15
    assert "| **" not in (ROOT / "SECURITY.md").read_text()

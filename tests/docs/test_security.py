"""The threat model names code and tests that exist; a control without a test is not in it."""

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


def _functions(file: Path) -> set[str]:
    tree = ast.parse(file.read_text())
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}


def test_there_are_the_threats_of_every_part() -> None:
    assert len(THREATS) > 50
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

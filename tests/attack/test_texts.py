"""Texts made to deceive or to stall: invisible symbols in a name, and what makes a search for a pattern endless."""

import ast
import importlib
import re
import sys
import time
import unicodedata
from collections.abc import Iterator

import pytest

from denshi_hosho.core.errors import Refused
from denshi_hosho.core.form import check_form
from tests.core.world import form
from tests.docs.code_base import ROOT

ROOMS = ("core", "rules", "resolvers", "schema", "cli")
SECONDS = 0.25  # of computing
UNITS = ("a", "A", "0", " ", "\n", "-", "_", ".", "@", "/", ":", "ー", "あ", "a.", "a@")
INVISIBLE = [chr(code) for code in range(sys.maxunicode + 1) if unicodedata.category(chr(code)) in {"Cf", "Cc"}]


def test_no_name_holds_what_nobody_sees() -> None:
    assert {"\u202e", "\u200b", "\u2066", "\ufeff", "\u00ad", "\0"} <= set(INVISIBLE)
    for symbol in INVISIBLE:
        with pytest.raises(Refused) as refused:
            check_form(form(1, works_name=f"道路{symbol}改良工事"))
        assert refused.value.refusals[0].path == ("works_name",), hex(ord(symbol))


def _modules() -> Iterator[str]:
    for room in ROOMS:
        for file in sorted((ROOT / room).rglob("*.py")):
            if not file.stem.startswith("__"):
                yield ".".join(("denshi_hosho", *file.relative_to(ROOT).with_suffix("").parts))


def _inline() -> Iterator[str]:
    """Patterns that stand in a call of `re`."""
    for room in ROOMS:
        for file in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                match node:
                    case ast.Call(
                        func=ast.Attribute(value=ast.Name(id="re")), args=[ast.Constant(value=str(text)), *_]
                    ):
                        yield text


def _patterns() -> set[re.Pattern[str]]:
    kept = {each for name in _modules() for each in vars(importlib.import_module(name)).values()
            if isinstance(each, re.Pattern) and isinstance(each.pattern, str)}  # fmt: skip
    return kept | {re.compile(text) for text in _inline()}


def _slowest(pattern: re.Pattern[str], length: int) -> float:
    slowest = 0.0
    for unit in UNITS:
        text = unit * (length // len(unit)) + "\x7f"
        begun = time.process_time()
        pattern.search(text)
        pattern.fullmatch(text)
        slowest = max(slowest, time.process_time() - begun)
    return slowest


def test_an_endless_search_would_be_noticed() -> None:
    assert _slowest(re.compile(r"(a+)+$"), 22) > SECONDS


def test_no_pattern_of_ours_is_searched_for_endlessly() -> None:
    patterns = _patterns()
    assert len(patterns) > 30
    for length in (22, 1_000):  # what grows without end is found before it is tried on more
        assert [each.pattern for each in patterns if _slowest(each, length) > SECONDS] == []
    assert [each.pattern for each in patterns if _slowest(each, 6_000) > SECONDS] == []

"""docs/limits.md names every limit in the code, with its figure, and no other."""

import ast
import re
from collections.abc import Iterator
from datetime import timedelta
from importlib import import_module
from pathlib import Path

from tests.docs.code_base import ROOT, codes

ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in (ROOT / "docs" / "limits.md").read_text().splitlines()
    if re.match(r"\| .*\| `\w+(?:\.\w+)+` \|", line)
]
_NAMES = re.compile(r"_?MAX_\w+|\w+_LIFE")


def _limits(file: Path) -> Iterator[str]:
    room, module = file.parent.name, file.stem
    for node in ast.parse(file.read_text()).body:
        targets = (
            node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AnnAssign) else []
        )
        names = [target.id for target in targets if isinstance(target, ast.Name)]
        yield from (f"`{room}.{module}.{name}`" for name in names if _NAMES.fullmatch(name))


def _shown(value: object) -> str:
    if isinstance(value, timedelta):
        for unit, one in (("day", timedelta(days=1)), ("hour", timedelta(hours=1)), ("minute", timedelta(minutes=1))):
            if value % one == timedelta():
                return f"{value // one} {unit}" + "s" * (value > one)
    assert isinstance(value, int)
    return f"{value:,}"


def test_every_figure_is_the_codes() -> None:
    assert len(ROWS) > 30
    for what, limit, place, _ in ROWS:
        module, name = place.strip("`").rsplit(".", 1)
        value = getattr(import_module(f"denshi_hosho.{module}"), name)
        assert re.fullmatch(re.escape(_shown(value)) + r"(, or `HOSHO_\w+`)?", limit), f"{what}: the code says {value}"


def test_every_limit_of_the_code_has_its_row() -> None:
    files = [file for room in ("core", "rules", "resolvers", "schema") for file in (ROOT / room).glob("*.py")]
    documented = {place for _, _, place, _ in ROWS}
    assert {name for file in files for name in _limits(file)} <= documented, "docs/limits.md lacks a row"


def test_every_answer_has_a_code_that_there_is() -> None:
    told = {code for *_, beyond in ROWS for code in re.findall(r"`([A-Z_]+)`", beyond)}
    assert told <= codes()

import tomllib
from datetime import date
from pathlib import Path

import pytest

from denshi_hosho.rules import RuleFileError
from denshi_hosho.rules.check import check
from denshi_hosho.rules.rulefile import parse
from denshi_hosho.rules.scaffold import ScaffoldError, new

DAY = date(2026, 1, 5)


def test_a_new_plugin_passes_at_once_and_says_that_it_is_an_example(tmp_path: Path) -> None:
    project = new(tmp_path, "462195", 'いちき"串木野"市', seen_on=DAY)
    assert project == tmp_path / "denshi-hosho-rules-462195"
    assert check(project) == []
    rules = parse((project / "src/denshi_hosho_rules_462195/rules.toml").read_bytes())
    assert (rules.obligee.name, rules.obligee.example) == ('いちき"串木野"市', True)
    assert rules.sources["page"].title.startswith("（仮の出典）")


def test_its_project_file_names_the_entry_point(tmp_path: Path) -> None:
    project = new(tmp_path, "352012/water", "試験市水道局", seen_on=DAY)
    told = tomllib.loads((project / "pyproject.toml").read_text(encoding="utf-8"))
    assert told["project"]["entry-points"]["denshi_hosho.rules"] == {"352012-water": "denshi_hosho_rules_352012_water"}
    assert not list(project.rglob("test_*.py"))


def test_nothing_is_overwritten(tmp_path: Path) -> None:
    new(tmp_path, "462195", "いちき串木野市", seen_on=DAY)
    with pytest.raises(ScaffoldError) as refused:
        new(tmp_path, "462195", "いちき串木野市", seen_on=DAY)
    assert refused.value.en == f"{tmp_path}/denshi-hosho-rules-462195 exists already."


def test_a_wrong_id_writes_nothing(tmp_path: Path) -> None:
    with pytest.raises(RuleFileError) as refused:
        new(tmp_path, "462194", "いちき串木野市", seen_on=DAY)
    assert refused.value.faults[0].code == "CHECK_DIGIT"
    assert list(tmp_path.iterdir()) == []

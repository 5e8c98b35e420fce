"""The distribution of the published obligees: it installs, each of its plugins is served, and every case passes."""

import json
import shutil
import tomllib
from pathlib import Path

import pytest

from denshi_hosho.core.vocabulary import SuretyClass
from denshi_hosho.rules.cases import Case, read_cases
from denshi_hosho.rules.check import check
from denshi_hosho.rules.faults import Grade
from denshi_hosho.rules.rulefile import parse
from tests.outside import installed, run

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "obligees"
PACKAGE = PROJECT / "denshi_hosho_obligees"
FOLDERS = sorted(file.parent for file in PACKAGE.glob("*/__init__.py"))
RULES = {folder.name: parse((folder / "rules.toml").read_bytes(), folder.name) for folder in FOLDERS}
ROOMS = ("core", "rules", "resolvers", "schema", "cli")
BUILT_IN = ["322016", "465011"]

ASK = """
import json
from denshi_hosho.rules import Rulebook
rulebook = Rulebook.load(strict=True)
ids = [obligee.id for obligee in rulebook.obligees()]
print(json.dumps([[each, rulebook.served(each).plugin, rulebook.served(each).rules.digest] for each in ids]))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy: setuptools leaves its `build` beside what it builds."""
    skipped = shutil.ignore_patterns("build", "*.egg-info", "__pycache__")
    return shutil.copytree(PROJECT, tmp_path_factory.mktemp("outside") / "obligees", ignore=skipped)


@pytest.fixture(scope="module")
def site(project: Path) -> Path:
    return installed(project)


@pytest.mark.slow
def test_all_of_them_are_served_beside_the_built_in_ones(site: Path) -> None:
    asked = run("-c", ASK, site=site)
    assert asked.returncode == 0, asked.stderr
    served = {obligee: (plugin, digest) for obligee, plugin, digest in json.loads(asked.stdout)}
    assert len(served) == 22
    assert set(BUILT_IN) < served.keys()
    ours = {rules.obligee.id: (name, rules.digest) for name, rules in RULES.items()}
    assert {obligee: each for obligee, each in served.items() if obligee not in BUILT_IN} == ours


@pytest.mark.slow
def test_the_kit_passes_every_case_through_the_installed_plugins(project: Path, site: Path) -> None:
    checked = run("-m", "pytest", "-q", "-p", "no:cacheprovider", str(project), site=site)
    assert checked.returncode == 0, checked.stdout
    kit = 3  # the file is the one installed, no clause against another, the boundaries
    assert f"{sum(len(_cases(name)) + kit for name in RULES)} passed" in checked.stdout


@pytest.mark.slow
def test_the_table_is_the_one_that_the_installed_files_make(site: Path) -> None:
    made = run("-m", "denshi_hosho_obligees.table", site=site)
    assert made.returncode == 0, made.stderr
    assert made.stdout == (ROOT / "docs" / "obligees.md").read_text(encoding="utf-8")


def test_there_are_twenty_and_each_has_its_entry_point() -> None:
    stated = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    points = stated["project"]["entry-points"]["denshi_hosho.rules"]
    assert len(FOLDERS) == 20
    assert points == {folder.name: f"denshi_hosho_obligees.{folder.name}" for folder in FOLDERS}


def test_the_checker_finds_no_mistake() -> None:
    assert [fault.line("en") for fault in check(PROJECT) if fault.grade is Grade.ERROR] == []


@pytest.mark.parametrize("name", RULES)
def test_none_is_an_example_and_each_source_names_its_page_or_says_why_not(name: str) -> None:
    assert RULES[name].obligee.example is False
    for source in RULES[name].sources.values():
        assert source.publisher or source.url
        assert source.seen_on is not None
        assert source.url is not None or "写し" in source.title
        assert "cache" not in (source.url or "")


@pytest.mark.parametrize("name", RULES)
def test_what_is_accepted_has_a_case_for_each_kind_and_class_of_surety(name: str) -> None:
    told = [case.application for case in _cases(name)]
    kinds = {each.kind for each in told}
    classes = {each.surety_class or SuretyClass.GUARANTEE_COMPANY for each in told}
    for revision in RULES[name].revisions:
        for listing in revision.listings["kinds"]:
            assert listing.accepted | listing.unclear <= kinds
        for listing in revision.listings["sureties"]:
            assert listing.accepted | listing.unclear <= classes


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_knows_any_of_them(room: str) -> None:
    names = {rules.obligee.name for rules in RULES.values()}
    quoted = {f"{mark}{word}{mark}" for name in RULES for word in (name, RULES[name].obligee.id) for mark in "'\""}
    found = [
        (str(file.relative_to(ROOT)), name)
        for file in (ROOT / room).rglob("*")
        if file.suffix in {".py", ".toml", ".json", ".graphql"}
        for name in names | quoted
        if name in file.read_text(encoding="utf-8")
    ]
    assert found == []


def _cases(name: str) -> tuple[Case, ...]:
    return read_cases((PACKAGE / name / "cases.toml").read_bytes(), RULES[name]).cases

"""One more obligee by `pip install` alone: a scaffolded project is built, installed and served, without network."""

import json
import subprocess
from datetime import date
from pathlib import Path

import pytest

from denshi_hosho.rules.scaffold import new
from tests.outside import installed, run

pytestmark = pytest.mark.slow

ASK = """
import json
from datetime import date
from denshi_hosho.core.vocabulary import GuaranteeKind, WorkType
from denshi_hosho.rules import Application, Rulebook
rulebook = Rulebook.load(strict=True)
application = Application(obligee="352012/water", kind=GuaranteeKind.ADVANCE_PAYMENT,
                          work_type=WorkType.CONSTRUCTION, contract_on=date(2026, 1, 5))
decision = rulebook.decide(application)
print(json.dumps([[obligee.id for obligee in rulebook.obligees()], decision.outcome, decision.plugin,
                  decision.plugin_version, [reason.code for reason in decision.reasons]]))
"""


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return new(tmp_path_factory.mktemp("outside"), "352012/water", "試験市水道局", seen_on=date(2026, 1, 5))


@pytest.fixture(scope="module")
def site(project: Path) -> Path:
    return installed(project)


def kit(project: Path, site: Path) -> subprocess.CompletedProcess[str]:
    return run("-m", "pytest", "-q", "-p", "no:cacheprovider", str(project), site=site)


def test_an_installed_distribution_is_served_beside_the_built_in_ones(site: Path) -> None:
    asked = run("-c", ASK, site=site)
    assert asked.returncode == 0, asked.stderr
    obligees, outcome, plugin, version, codes = json.loads(asked.stdout)
    assert obligees == ["322016", "352012/water", "465011"]
    assert (outcome, plugin) == ("ACCEPTED", "352012-water")
    assert version == "denshi-hosho-rules-352012-water 0.1.0"
    assert codes[:2] == ["EXAMPLE_RULE", "STARTED"]


def test_the_kit_runs_its_cases_without_any_test_code(project: Path, site: Path) -> None:
    checked = kit(project, site)
    assert checked.returncode == 0, checked.stdout
    assert "5 passed" in checked.stdout


def test_the_kit_notices_that_another_file_is_installed(project: Path, site: Path) -> None:
    rules = next(project.rglob("src/*/rules.toml"))
    before = rules.read_text(encoding="utf-8")
    rules.write_text(before.replace("2026-01-05", "2026-01-06"), encoding="utf-8")
    try:
        checked = kit(project, site)
    finally:
        rules.write_text(before, encoding="utf-8")
    assert checked.returncode == 1
    assert "serves another file than this one; install it again." in checked.stdout
    assert (
        "revision[1]: has no case on its first day, 2026-01-06; "
        "add a [[case]] with contract_on = 2026-01-06." in checked.stdout
    )


def test_the_kit_notices_that_nothing_is_installed(project: Path) -> None:
    empty = project.parent / "empty"
    empty.mkdir()
    checked = kit(project, empty)
    assert checked.returncode == 1
    assert "Install the plugin (pip install -e .) and run the cases again." in checked.stdout
    assert "4 passed" in checked.stdout

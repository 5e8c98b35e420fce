import subprocess
import sys
from pathlib import Path

import pytest

from denshi_hosho.rules import _HOME_OF, kit
from denshi_hosho.rules import __all__ as public
from denshi_hosho.rules.cases import read_cases
from denshi_hosho.rules.conformance import errors, installed
from denshi_hosho.rules.rulefile import parse
from tests.rules.rule_texts import MINIMAL


@pytest.mark.parametrize("rules", [None, "title = 'another project'\n"])
def test_the_kit_leaves_other_projects_alone(tmp_path: Path, request: pytest.FixtureRequest, rules: str | None) -> None:
    cases = tmp_path / "cases.toml"
    cases.write_text("", encoding="utf-8")
    if rules is not None:
        (tmp_path / "rules.toml").write_text(rules, encoding="utf-8")
    assert kit.pytest_collect_file(cases, request.session) is None


def test_the_kit_imports_nothing_before_it_is_needed() -> None:
    ask = "import sys, denshi_hosho.rules.kit; print([n for n in sys.modules if n.startswith('denshi_hosho.')])"
    loaded = subprocess.run(  # noqa: S603 this interpreter
        [sys.executable, "-c", ask], capture_output=True, text=True, check=True, timeout=60
    )
    assert loaded.stdout.strip() == "['denshi_hosho.rules', 'denshi_hosho.rules.kit']"


def test_rules_that_no_plugin_serves_are_judged_by_the_file_and_said_not_to_be_installed() -> None:
    rules = parse(MINIMAL.encode())
    served, complaint = installed(rules, read_cases(b"", rules))
    assert (served.rules, served.review) == (rules, None)
    assert complaint[-1] == "Install the plugin (pip install -e .) and run the cases again."


def test_every_public_name_has_its_home() -> None:
    assert sorted(_HOME_OF) == public
    room = sys.modules["denshi_hosho.rules"]
    for name in public:
        assert getattr(room, name) is getattr(sys.modules[f"denshi_hosho.rules.{_HOME_OF[name]}"], name)
    with pytest.raises(AttributeError, match="has no attribute 'Rulebok'"):
        room.Rulebok  # noqa: B018 the access is what is tested


def test_the_kit_refuses_clauses_against_each_other_and_leaves_what_is_only_odd() -> None:
    against = '\n[[revision.exclusion]]\nwhen = { kind = "PERFORMANCE" }\nja = "不可"\nen = "No"\nsource = "page"\n'
    odd = MINIMAL.replace('publisher = "試験町"\n', "")
    assert [fault.code for fault in errors(parse((odd + against).encode()), "rules.toml")] == ["CONTRADICTION"]
    assert errors(parse(odd.encode()), "rules.toml") == []

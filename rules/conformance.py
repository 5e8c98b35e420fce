"""What the pytest plugin checks of a rule file: its cases, its boundaries, that it is the installed one."""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from denshi_hosho.core.errors import HoshoError
from denshi_hosho.rules.cases import Case, CaseFile, boundary_gaps, read_cases
from denshi_hosho.rules.deciding import ServedRules, decide
from denshi_hosho.rules.faults import Fault, Grade
from denshi_hosho.rules.lint import lint
from denshi_hosho.rules.rulebook import Rulebook
from denshi_hosho.rules.rulefile import RuleFile, parse


class Check(pytest.Item):
    """One check; it fails with the lines that `lines` returns."""

    def __init__(self, *, lines: Callable[[], list[str]], **arguments: Any) -> None:
        super().__init__(**arguments)
        self.lines = lines

    def runtest(self) -> None:
        """Fail with every line found."""
        found = self.lines()
        if found:
            pytest.fail("\n".join(found), pytrace=False)

    def reportinfo(self) -> tuple[Path, None, str]:
        """Return the place that a failure is reported for."""
        return self.path, None, self.name


class CasesFile(pytest.File):
    """A `cases.toml` beside a `rules.toml`."""

    def collect(self) -> Iterator[pytest.Item]:
        """Yield the checks; a file that does not load fails collection with its one-line faults."""
        beside = self.path.with_name("rules.toml")
        try:
            rules = parse(beside.read_bytes(), str(beside))
            cases = read_cases(self.path.read_bytes(), rules, str(self.path))
        except HoshoError as error:
            raise self.CollectError(str(error)) from error
        served, complaint = installed(rules, cases)
        yield self._check("installed plugin serves this file", lambda: complaint)
        yield self._check("no clause against another", lambda: [fault.line() for fault in errors(rules, str(beside))])
        yield self._check("boundaries", lambda: [fault.line() for fault in boundary_gaps(served, cases.cases)])
        for case in cases.cases:
            yield self._check(case.name, partial(case_lines, served, case))

    def _check(self, name: str, lines: Callable[[], list[str]]) -> Check:
        check: Check = Check.from_parent(self, name=name, lines=lines)
        return check


def errors(rules: RuleFile, file: str) -> list[Fault]:
    """Return what the linter finds wrong; what is only odd is left to `hosho rules check`."""
    return [fault for fault in lint(rules, file) if fault.grade is Grade.ERROR]


def case_lines(served: ServedRules, case: Case) -> list[str]:
    """Return what one case's decision gets wrong."""
    return case.differences(decide(served, case.application))


def installed(rules: RuleFile, cases: CaseFile) -> tuple[ServedRules, list[str]]:
    """Return the rules as the installed plugin serves them, and what speaks against it being this file."""
    rulebook = Rulebook.load(modules=(cases.module,) if cases.module else ())
    try:
        served = rulebook.served(rules.obligee.id)
    except HoshoError as error:
        served = ServedRules(rules=rules, plugin="not installed", plugin_version="none", review=None)
        problems = [f"{problem.plugin}: {problem.en}" for problem in rulebook.problems]
        return served, [error.en, *problems, "Install the plugin (pip install -e .) and run the cases again."]
    if served.rules.digest != rules.digest:
        own = ServedRules(rules=rules, plugin=served.plugin, plugin_version=served.plugin_version, review=served.review)
        return own, [f"{served.plugin} ({served.plugin_version}) serves another file than this one; install it again."]
    return served, []

"""One run of a group's tests without any change: which tests reach which statement, what each costs, what is imported."""

import json
import sys
import time
from collections.abc import Generator
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

import hypothesis
import pytest

from tests.mutation.importing import parsed, put_in, telling
from tests.mutation.targets import Group

# Instead of a test: while a module of ours was imported; while a file of tests was; in a fixture that several tests share.
IMPORT, COLLECTED, SHARED = "<import>", "<collected>", "<shared>"
ARGUMENTS = (
    "-q", "--no-header", "--tb=no", "--assert=plain", "-s", "-p", "no:cacheprovider", "-p", "no:xdist", "-p", "no:pytest_cov",
    "-p", "no:schemathesis", "-p", "no:denshi_hosho_cases", "-k", "not postgresql",
)  # fmt: skip


@dataclass(slots=True)
class Measured:
    """What the run saw. `reached`: "file:line" of a statement → the tests; `seconds`: of the processor, for each test."""

    reached: dict[str, list[str]] = field(default_factory=dict)
    seconds: dict[str, float] = field(default_factory=dict)
    failed: list[str] = field(default_factory=list)
    modules: list[str] = field(default_factory=list)


def same_examples() -> None:
    """Let Hypothesis try the same examples in every run, and not shrink what fails."""
    phases = (hypothesis.Phase.explicit, hypothesis.Phase.generate)
    hypothesis.settings.register_profile(
        "mutants", derandomize=True, database=None, deadline=None, phases=phases,
        suppress_health_check=list(hypothesis.HealthCheck),
    )  # fmt: skip
    hypothesis.settings.load_profile("mutants")


class _Measuring:
    def __init__(self) -> None:
        self.test = ""
        self.reached: dict[str, set[str]] = {}
        self.measured = Measured()

    def reach(self, file: str, line: int) -> None:
        self.reached.setdefault(f"{file}:{line}", set()).add(self.test or _outside())

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, object, object]:
        start, self.test = time.process_time(), item.nodeid
        try:
            return (yield)
        finally:
            self.test = ""
            self.measured.seconds[item.nodeid] = time.process_time() - start

    @pytest.hookimpl(wrapper=True)
    def pytest_fixture_setup(self, fixturedef: pytest.FixtureDef[object]) -> Generator[None, object, object]:
        before = self.test
        if fixturedef.scope != "function":
            self.test = SHARED
        try:
            return (yield)
        finally:
            self.test = before

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        if report.failed:
            self.measured.failed.append(report.nodeid)


def _outside() -> str:
    """Return whether a statement outside of tests runs because a module of ours is imported, or for a file of tests."""
    frame: FrameType | None = sys._getframe(2)
    while frame is not None:
        name = frame.f_code.co_filename
        if name.startswith("<frozen importlib"):
            return IMPORT
        if "/tests/" in name and "/tests/mutation/" not in name:
            return COLLECTED
        frame = frame.f_back
    return IMPORT


def measure(group: Group, out: Path) -> int:
    """Run the tests of `group` in this process, which has imported nothing of ours; put what was seen into `out`."""
    measuring = _Measuring()
    put_in({file: telling(file, parsed(file)) for file in group.files}, {"__reached__": measuring.reach})
    same_examples()
    code = pytest.main([*ARGUMENTS, *group.tests], plugins=[measuring])
    seen = measuring.measured
    seen.reached = {place: sorted(tests) for place, tests in measuring.reached.items()}
    seen.modules = [name for name in sys.modules if not name.startswith(("tests", "__m"))]
    out.write_text(
        json.dumps({name: getattr(seen, name) for name in ("reached", "seconds", "failed", "modules")}), "utf-8"
    )
    return int(code)

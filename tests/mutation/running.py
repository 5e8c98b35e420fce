"""Runs tests against mutants, each in a process of its own, forked from one in which all that it needs is imported.

A mutant in a function's body gets its code put into the function, wherever that is known already. One that changes what
a module does on import gets a process in which nothing that imports the module was imported yet.
"""

import json
import os
import resource
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from tests.mutation.importing import ROOT, Where, compiled, functions, put_in, swap
from tests.mutation.measuring import ARGUMENTS, same_examples
from tests.mutation.mutants import Mutant
from tests.mutation.trees import Trees

SURVIVED, NOTICED, UNKNOWN, NONE = 0, 1, 3, 4  # exit codes of a mutant's process
_STATES = {SURVIVED: "survived", NOTICED: "noticed", UNKNOWN: "again", NONE: "none"}
_WAITING = 20  # times more than computing: for machines that do other things


@dataclass(frozen=True, slots=True)
class Job:
    """A mutant, the tests that reach it, and how many seconds of the processor they may take."""

    file: str
    mutant: Mutant
    tests: Sequence[str]
    seconds: float


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the job at `number`: "noticed" (by a test), "timeout", "survived", "none" (no code), or "again"."""

    number: int
    state: str
    by: str


class Tester:
    """A pytest plugin: forks one process after another once pytest has begun, each of which goes on with its own tests."""

    def __init__(self, trees: Trees, jobs: Sequence[Job], folder: Path, *, swapped: bool) -> None:
        self._trees, self._jobs, self._folder, self._swapped = trees, jobs, folder, swapped
        self._known: dict[Where, list[FunctionType]] = {}
        self._noticed: Counter[str] = Counter()
        self._order: list[str] = []
        self._mine = -1

    def run(self, side_by_side: int) -> None:
        """Test all jobs in this process's children, and write what became of them into `outcomes`. Ends the process."""
        self._side_by_side = side_by_side
        same_examples()
        files = sorted({test.split("::")[0] for job in self._jobs for test in job.tests})
        pytest.main([*ARGUMENTS, "--noconftest", *files], plugins=[self])
        os._exit(70)  # pytest has not come to the collection

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        if self._swapped:
            self._known = functions(self._trees.of)
        job = self._forked()
        if job is None:
            os._exit(0)
        session.config.pluginmanager._noconftest = False
        session.config.args[:] = sorted({test.split("::")[0] for test in self._order})
        factory: Any = session.config._tmp_path_factory  # type: ignore[attr-defined]  # pytest's own
        factory._given_basetemp = self._folder / f"tmp{self._mine}"

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        place = {name: at for at, name in enumerate(self._order)}
        items[:] = sorted((item for item in items if item.nodeid in place), key=lambda item: place[item.nodeid])
        conftest: Any = sys.modules.get("tests.conftest")
        migrated = self._folder / "migrated.db"
        if conftest is not None and migrated.exists():
            conftest._migrate = _copier(migrated)

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtest_makereport(self, item: pytest.Item, call: pytest.CallInfo[None]) -> None:
        if call.excinfo is not None and not call.excinfo.errisinstance(pytest.skip.Exception):
            self._end(NOTICED, item.nodeid)

    def pytest_collectreport(self, report: pytest.CollectReport) -> None:
        if report.failed:
            self._end(NOTICED, "collection")

    def pytest_internalerror(self) -> None:
        self._end(NOTICED, "an error in pytest")

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        self._end(SURVIVED if session.testscollected else NOTICED, "collection")

    def _end(self, code: int, by: str) -> None:
        if code == NOTICED:
            (self._folder / f"by{self._mine}").write_text(by, "utf-8")
        os._exit(code)

    def _forked(self) -> Job | None:
        """Return the job of this process in each child, and None in the parent when all have ended."""
        waiting, running = list(range(len(self._jobs)))[::-1], dict[int, tuple[int, float]]()
        with (self._folder / "outcomes").open("w", encoding="utf-8") as out:
            while waiting or running:
                while waiting and len(running) < self._side_by_side:
                    number = waiting.pop()
                    job = self._jobs[number]
                    self._order = sorted(job.tests, key=self._rank)
                    child = os.fork()
                    if not child:
                        self._mine = number
                        self._become(job)
                        return job
                    running[child] = number, time.monotonic() + _WAITING * job.seconds
                for outcome in self._ended(running):
                    self._noticed[outcome.by] += 1
                    out.write(json.dumps([outcome.number, outcome.state, outcome.by]) + "\n")
                    out.flush()
                time.sleep(0.003)
        return None

    def _rank(self, test: str) -> tuple[int, float, str]:
        return -self._noticed[test], self._trees.seconds.get(test, 0.0), test

    def _ended(self, running: dict[int, tuple[int, float]]) -> Iterator[Outcome]:
        for child, (number, deadline) in list(running.items()):
            late = time.monotonic() > deadline
            if late:
                with suppress(ProcessLookupError):
                    os.killpg(child, signal.SIGKILL)
            ended, status = os.waitpid(child, 0 if late else os.WNOHANG)
            if not ended:
                continue
            del running[child]
            code = os.waitstatus_to_exitcode(status)
            shutil.rmtree(self._folder / f"tmp{number}", ignore_errors=True)
            by = self._folder / f"by{number}"
            state = "timeout" if late or code == -signal.SIGXCPU else _STATES.get(code, "noticed")
            yield Outcome(number, state, by.read_text("utf-8") if by.exists() else "")

    def _become(self, job: Job) -> None:
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(null, number)
        seconds = int(time.process_time() + job.seconds) + 1
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 5))
        try:
            job.mutant.apply()
            tree = self._trees.of[job.file]
            code = compiled(job.file, tree)
            if not self._swapped:
                put_in({job.file: tree})
            elif not swap(self._known, code):
                os._exit(UNKNOWN)
        except SyntaxError:
            os._exit(NONE)
        except ValueError:  # a function that uses other names of those around it cannot get the code
            os._exit(UNKNOWN)


def _copier(migrated: Path) -> Any:
    async def copied(url: str) -> None:
        shutil.copy(migrated, url.removeprefix("sqlite:///"))

    return copied


def outcomes(folder: Path) -> list[Outcome]:
    """Return what became of the jobs, as far as they went."""
    return [Outcome(*json.loads(line)) for line in (folder / "outcomes").read_text("utf-8").splitlines()]


__all__ = ["ROOT", "Job", "Outcome", "Tester", "outcomes"]

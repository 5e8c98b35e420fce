"""Runs tests against mutants, each in a process of its own, forked from one in which all that it needs is imported.

A mutant in a function's body gets its code put into the function, wherever that is known already. One that changes what
a module does on import gets a process in which nothing that imports the module was imported yet.
"""

import gc
import json
import os
import resource
import shutil
import signal
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import FunctionType
from typing import Any

import pytest

from tests.mutation.importing import Where, compiled, functions, put_in, swap
from tests.mutation.measuring import ARGUMENTS, same_examples
from tests.mutation.mutants import Mutant
from tests.mutation.trees import Trees

SURVIVED, NOTICED, UNKNOWN, NONE = 0, 1, 3, 4  # exit codes of a mutant's process
_STATES = {SURVIVED: "survived", NOTICED: "noticed", UNKNOWN: "again", NONE: "none"}
_LIMITS = {signal.SIGPROF, signal.SIGALRM}
_FACTOR, _MORE = 5, 1.0  # how many times its usual seconds of the processor, and how many more, a test may take
_WAITING = 20  # times more by the clock: for machines that do other things
_BEFORE = 20.0  # seconds of the processor, until the first test begins
_MEMORY = 2 << 30


@dataclass(frozen=True, slots=True)
class Job:
    """A mutant, and the tests that reach it."""

    file: str
    mutant: Mutant
    tests: Sequence[str]


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
        pytest.main([*ARGUMENTS, *([] if self._swapped else ["--noconftest"]), *files], plugins=[self])
        os._exit(70)  # pytest has not come to the collection

    @pytest.hookimpl(tryfirst=True)
    def pytest_collection(self, session: pytest.Session) -> None:
        if self._swapped:
            return  # the tests are collected once, for all
        self._fork()
        session.config.pluginmanager._noconftest = False
        session.config.args[:] = sorted({test.split("::")[0] for test in self._order})

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        if self._swapped:
            self._known = functions(self._trees.of)
            gc.collect()
            gc.freeze()
            self._fork()
        place = {name: at for at, name in enumerate(self._order)}
        session.items[:] = sorted(
            (each for each in session.items if each.nodeid in place), key=lambda each: place[each.nodeid]
        )
        factory: Any = session.config._tmp_path_factory  # type: ignore[attr-defined]  # pytest's own
        factory._given_basetemp = self._folder / f"tmp{self._mine}"
        conftest: Any = sys.modules.get("tests.conftest")
        migrated = self._folder / "migrated.db"
        if conftest is not None and migrated.exists():
            conftest._migrate = _copier(migrated)

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        limit = _FACTOR * self._trees.seconds.get(nodeid, 0.0) + _MORE
        signal.setitimer(signal.ITIMER_PROF, limit)  # which ends the process
        signal.alarm(int(_WAITING * limit))

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

    def _fork(self) -> None:
        """Return in each child, with its job; the parent waits for all of them, and ends."""
        waiting, running = list(range(len(self._jobs)))[::-1], dict[int, int]()
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
                        return
                    running[child] = number
                for outcome in self._ended(running):
                    self._noticed[outcome.by] += 1
                    out.write(json.dumps([outcome.number, outcome.state, outcome.by]) + "\n")
                    out.flush()
                time.sleep(0.003)
        os._exit(0)

    def _rank(self, test: str) -> tuple[int, float, str]:
        return -self._noticed[test], self._trees.seconds.get(test, 0.0), test

    def _ended(self, running: dict[int, int]) -> Iterator[Outcome]:
        for child, number in list(running.items()):
            ended, status = os.waitpid(child, os.WNOHANG)
            if not ended:
                continue
            del running[child]
            code = os.waitstatus_to_exitcode(status)
            shutil.rmtree(self._folder / f"tmp{number}", ignore_errors=True)
            by = self._folder / f"by{number}"
            state = "timeout" if -code in _LIMITS else _STATES.get(code, "noticed")
            yield Outcome(number, state, by.read_text("utf-8") if by.exists() else "")

    def _become(self, job: Job) -> None:
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(null, number)
        resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
        signal.setitimer(signal.ITIMER_PROF, _BEFORE)
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

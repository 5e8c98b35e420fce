"""Running parts side by side, each in a process of its own, and ending all of them whatever happens."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

import click

from tests.chaos.figures import Row
from tests.chaos.parts import PARTS

_HERE = Path(__file__).resolve().parents[2]
_LONGEST = 45 * 60
_GRACE = 30


@dataclass(frozen=True, slots=True)
class Unit:
    """One part on one database."""

    part: str
    kind: str

    def command(self, *, full: bool, seed: int) -> list[str]:
        database = ["--database", self.kind] if self.kind else []
        length = "--full" if full else "--short"
        return [
            sys.executable,
            "-m",
            "tests.chaos",
            "--alone",
            length,
            "--seed",
            str(seed),
            "--part",
            self.part,
            *database,
        ]


@dataclass(slots=True)
class Conductor:
    """The processes that run now."""

    running: set["subprocess.Popen[bytes]"] = field(default_factory=set)
    ended: threading.Event = field(default_factory=threading.Event)

    def run(self, unit: Unit, *, full: bool, seed: int) -> list[Row]:
        """Return the rows of a unit; one that failed to run has a row that says so."""
        start = time.monotonic()
        with tempfile.TemporaryFile() as output, tempfile.TemporaryFile() as errors:
            if self.ended.is_set():
                return [_not_run(unit, "interrupted")]
            command = unit.command(full=full, seed=seed)
            process = subprocess.Popen(  # noqa: S603  this very interpreter and module
                command, stdout=output, stderr=errors, cwd=_HERE, start_new_session=True
            )
            self.running.add(process)
            try:
                process.wait(_LONGEST)
            except subprocess.TimeoutExpired:
                end(process)
            self.running.discard(process)
            output.seek(0)
            errors.seek(0)
            rows = _rows(unit, process.returncode, output.read(), errors.read())
        _say(
            f"{unit.part} {unit.kind}: {time.monotonic() - start:.0f} s, {'good' if all(r.passed for r in rows) else 'NOT GOOD'}"
        )
        return rows

    def end(self) -> None:
        """End everything that runs."""
        self.ended.set()
        for process in list(self.running):
            end(process)


def end(process: "subprocess.Popen[bytes]") -> None:
    """Ask a unit to clean up and end; after half a minute it is not asked any more."""
    process.terminate()
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _rows(unit: Unit, code: int, output: bytes, errors: bytes) -> list[Row]:
    try:
        return [Row.from_json(values) for values in json.loads(output)]
    except ValueError:
        said = errors.decode(errors="replace").strip()
        _say(f"{unit.part} {unit.kind} failed (exit code {code}):\n{said}")
        return [_not_run(unit, f"exit code {code}: {said.splitlines()[-1] if said else 'nothing said'}")]


def _not_run(unit: Unit, why: str) -> Row:
    return Row(part=unit.part, what="the part did not come to its end", database=unit.kind, missing=why)


def _say(text: str) -> None:
    click.echo(text, err=True)


def interruptible() -> None:
    """Let SIGTERM end this process as Ctrl-C does, so that everything is cleaned up."""

    def stop(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)


def conduct(names: Sequence[str], kinds: Sequence[str], *, full: bool, jobs: int, seed: int) -> list[Row]:
    """Return the rows of the parts `names` on the databases `kinds` (none given: all), in the order of the table."""
    units = [
        Unit(name, lane)
        for name in PARTS
        if name in names
        for lane in (PARTS[name].lanes if full or kinds else PARTS[name].short)
        if not kinds or lane in kinds
    ]
    conductor = Conductor()
    with ThreadPoolExecutor(jobs) as pool:
        try:
            found = list(pool.map(lambda unit: conductor.run(unit, full=full, seed=seed), units))
        except BaseException:
            conductor.end()
            raise
    return [row for rows in found for row in rows]

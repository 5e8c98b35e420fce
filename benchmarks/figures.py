"""One figure of a run, and how figures are shown: a text table for people, JSON for programs."""

import unicodedata
from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from benchmarks.timing import Spread


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured: `value` in `unit`; where there is a base, its value in the same unit, and `ratio` to it."""

    part: str
    what: str
    value: float
    unit: str
    base: float | None = None
    base_is: str = ""
    ratio: Spread | None = None
    ratio_is: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shares:
    """Where the time of one operation goes: share of samples by layer, in the order of the layers."""

    what: str
    microseconds: float
    samples: int
    of: dict[str, float]


@dataclass(slots=True)
class Run:
    """Everything that one run has found, with what it ran on."""

    machine: dict[str, str]
    figures: list[Figure] = field(default_factory=list)
    shares: list[Shares] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """Return the run as JSON values."""
        return asdict(self)


Table = list[list[str]]


def figure_table(figures: Sequence[Figure]) -> Table:
    """Return the figures as rows of cells, the heading first."""
    rows = [["part", "what", "figure", "beside it", "ratio", "middle half"]]
    for each in figures:
        beside = f"{each.base_is}: {_number(each.base)} {each.unit}" if each.base is not None else ""
        ratio = middle = ""
        if each.ratio is not None:
            ratio = f"{_ratio(each.ratio.median, each.ratio_is)} {each.ratio_is}"
            middle = " – ".join(_ratio(value, each.ratio_is) for value in (each.ratio.low, each.ratio.high))
        rows.append([each.part, each.what, f"{_number(each.value)} {each.unit}", beside, ratio, middle])
    return rows


def share_table(shares: Sequence[Shares]) -> Table:
    """Return where the time goes as rows of cells, a column for each operation, the heading first."""
    layers = list(dict.fromkeys(layer for each in shares for layer in each.of))
    rows = [["layer", *(each.what for each in shares)]]
    rows += [[layer, *(f"{each.of.get(layer, 0) * 100:.0f} %" for each in shares)] for layer in layers]
    return [*rows, ["one request", *(f"{each.microseconds:,.0f} µs" for each in shares)]]


def plain(table: Table) -> str:
    """Return a table as lines of text."""
    widths = [max(_width(row[column]) for row in table) for column in range(len(table[0]))]
    lines = ["  ".join(cell + " " * (width - _width(cell)) for cell, width in zip(row, widths, strict=True))
             for row in table]  # fmt: skip
    return "\n".join(line.rstrip() for line in [lines[0], "-" * _width(lines[0]), *lines[1:]])


def markdown(table: Table) -> str:
    """Return a table as Markdown."""
    heading, *rows = ("| " + " | ".join(row) + " |" for row in table)
    return "\n".join([heading, "|" + "---|" * len(table[0]), *rows])


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(character) in "WF" else 1 for character in text)


def _number(value: float) -> str:
    return f"{value:,.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def _ratio(value: float, ratio_is: str) -> str:
    return f"{value * 100:.1f} %" if ratio_is.startswith("of") else f"× {_number(value)}"

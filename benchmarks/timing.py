"""Measuring two sides in turn: what disturbs the machine disturbs both, and the ratio stays."""

import gc
import os
import statistics
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from denshi_hosho.schema.log import configure

# Measures one slice and returns the seconds that one operation took.
Slice: TypeAlias = Callable[[], float]


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of some values, and the quartiles between which the middle half of them lies."""

    median: float
    low: float
    high: float

    @classmethod
    def of(cls, values: list[float]) -> "Spread":
        """Return the spread of `values`; a single value is its own quartiles."""
        if len(values) == 1:
            return cls(values[0], values[0], values[0])
        low, median, high = statistics.quantiles(values, n=4, method="inclusive")
        return cls(median, low, high)


@dataclass(frozen=True, slots=True)
class Comparison:
    """Seconds per operation of both sides, slice by slice: the values of one index were measured one after the other."""

    ours: list[float]
    base: list[float]

    @property
    def times(self) -> Spread:
        """Return how many times as long as the base ours takes."""
        return Spread.of([ours / base for ours, base in zip(self.ours, self.base, strict=True)])

    @property
    def share(self) -> Spread:
        """Return our speed as a share of the base's (1: as fast)."""
        return Spread.of([base / ours for ours, base in zip(self.ours, self.base, strict=True)])


def interleaved(ours: Slice, base: Slice, slices: int) -> Comparison:
    """Return `slices` measurements of each side, in turn, each side first every other time; one before them is thrown away."""
    found: dict[Slice, list[float]] = {ours: [], base: []}
    for side in (ours, base):
        side()
    gc.collect()
    for index in range(slices):
        for side in (ours, base) if index % 2 else (base, ours):
            found[side].append(side())
    return Comparison(found[ours], found[base])


def repeated(call: Callable[[], object], seconds: float) -> Slice:
    """Return a slice that calls `call` again and again for `seconds`."""

    def measure() -> float:
        count, start = 0, time.perf_counter()
        end = start + seconds
        while (now := time.perf_counter()) < end or not count:
            call()
            count += 1
        return (now - start) / count

    return measure


@contextmanager
def one_core(*, last: bool = True) -> Iterator[None]:
    """Keep this process on one core inside: the last one, or the first; do nothing where the system cannot."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(before) if last else min(before)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def quiet() -> None:
    """Write the platform's log lines as in production, but to nowhere."""
    configure(json=True, stream=Path(os.devnull).open("w", encoding="utf-8"))  # noqa: SIM115  (open as long as the process)

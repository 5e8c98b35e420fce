"""The rulebook: what starting and deciding cost with the rules of every municipality, beside two of them."""

import importlib
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib.metadata import entry_points
from pathlib import Path

from benchmarks import synthetic
from benchmarks.figures import Figure
from benchmarks.scale import Scale
from benchmarks.timing import Comparison, Slice, interleaved
from denshi_hosho.rules import Application, Outcome, Rulebook
from denshi_hosho.rules.hooks import ENTRY_POINT_GROUP

PART = "rulebook"
FEW = 2
_OUTCOMES = {
    "accepted": {Outcome.ACCEPTED},
    "refused": {Outcome.PAPER_ONLY, Outcome.REFUSED},
    "undetermined": {Outcome.UNDETERMINED},
}


def measure(scale: Scale) -> list[Figure]:
    """Return the figures of starting from texts, starting from installed plugins, and deciding."""
    texts = synthetic.rule_texts(scale.obligees)
    few = dict(itertools.islice(texts.items(), FEW))
    built = _built(texts, few, scale.builds)
    return [
        _start(f"start, {len(texts)} rule files in memory", built, len(texts)),
        _start(f"start, {len(texts)} installed plugins", _loaded(texts, few, scale.builds), len(texts)),
        *_decided(Rulebook.from_texts(texts), Rulebook.from_texts(few), scale),
        *_decided_published(scale),
    ]


def _start(what: str, found: Comparison, count: int) -> Figure:
    return _figure(f"{what} ({count / FEW:,.1f} times as many)", found, 1e3, "ms")


def _figure(what: str, found: Comparison, scale: float, unit: str) -> Figure:
    return Figure(
        part=PART, what=what, value=statistics.median(found.ours) * scale, unit=unit,
        base=statistics.median(found.base) * scale, base_is=f"{FEW} obligees", ratio=found.times, ratio_is="as long",
    )  # fmt: skip


def _built(texts: Mapping[str, str], few: Mapping[str, str], rounds: int) -> Comparison:
    def build(given: Mapping[str, str]) -> Slice:
        return lambda: _timed(lambda: Rulebook.from_texts(given), len(given))

    return interleaved(build(texts), build(few), rounds)


def _loaded(texts: Mapping[str, str], few: Mapping[str, str], rounds: int) -> Comparison:
    """Return what loading costs when each obligee is an installed plugin, imported anew each time."""
    installed = [entry.name for entry in entry_points(group=ENTRY_POINT_GROUP)]

    def load(folder: Path, given: Mapping[str, str]) -> Slice:
        def measured() -> float:
            with _importable(folder, given):
                return _timed(lambda: Rulebook.load(disabled=installed, strict=True), len(given))

        return measured

    with tempfile.TemporaryDirectory() as many_folder, tempfile.TemporaryDirectory() as few_folder:
        synthetic.distribution(Path(many_folder), texts, ENTRY_POINT_GROUP)
        synthetic.distribution(Path(few_folder), few, ENTRY_POINT_GROUP)
        return interleaved(load(Path(many_folder), texts), load(Path(few_folder), few), rounds)


@contextmanager
def _importable(folder: Path, names: Mapping[str, str]) -> Iterator[None]:
    sys.path.insert(0, str(folder))
    importlib.invalidate_caches()
    try:
        yield
    finally:
        sys.path.remove(str(folder))
        for name in names:
            sys.modules.pop(name, None)


def _timed(make: Callable[[], Rulebook], count: int) -> float:
    start = time.perf_counter()
    rulebook = make()
    seconds = time.perf_counter() - start
    assert len(rulebook.obligees()) == count, rulebook.problems
    return seconds


def _decided(many: Rulebook, few: Rulebook, scale: Scale) -> list[Figure]:
    figures = []
    for outcome in _OUTCOMES:
        asked = [synthetic.applications(index)[outcome] for index in range(scale.obligees)]
        _check(many, asked, outcome)
        alone = _deciding(few, asked[:FEW], scale.seconds / 4)
        for who, given in ((f"{FEW} among {scale.obligees}", asked[:FEW]), (f"all {scale.obligees} in turn", asked)):
            found = interleaved(_deciding(many, given, scale.seconds / 4), alone, scale.slices)
            figures.append(_figure(f"decide, {outcome}: {who}", found, 1e6, "µs"))
    return figures


def _decided_published(scale: Scale) -> list[Figure]:
    """Return what deciding costs by rules as rich as the published ones: whatever they answer to one application each."""
    texts = synthetic.published_texts(scale.obligees)
    many, few = Rulebook.from_texts(texts), Rulebook.from_texts(dict(itertools.islice(texts.items(), FEW)))
    asked = [synthetic.applications(index)["accepted"] for index in range(scale.obligees)]
    alone = _deciding(few, asked[:FEW], scale.seconds / 4)
    return [
        _figure(
            f"decide, published rules: {who}",
            interleaved(_deciding(many, given, scale.seconds / 4), alone, scale.slices),
            1e6,
            "µs",
        )
        for who, given in ((f"{FEW} among {scale.obligees}", asked[:FEW]), (f"all {scale.obligees} in turn", asked))
    ]


def _check(rulebook: Rulebook, asked: Sequence[Application], outcome: str) -> None:
    answers = {rulebook.decide(each).outcome for each in asked}
    assert answers <= _OUTCOMES[outcome], (outcome, answers)


def _deciding(rulebook: Rulebook, asked: Sequence[Application], seconds: float) -> Slice:
    turn = itertools.cycle(asked)

    def measured() -> float:
        count, start = 0, time.perf_counter()
        end = start + seconds
        while (now := time.perf_counter()) < end or not count:
            for application in itertools.islice(turn, 50):
                rulebook.decide(application)
            count += 50
        return (now - start) / count

    return measured

"""Texts of a rule file in both languages, and the readings that a decision repeats."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from denshi_hosho.core.vocabulary import Word
from denshi_hosho.rules.application import Application
from denshi_hosho.rules.citations import cited
from denshi_hosho.rules.decision import Reason
from denshi_hosho.rules.guards import Guard, always, read_guard
from denshi_hosho.rules.plan import Saying, Source
from denshi_hosho.rules.reader import Table

SAYING_KEYS = frozenset({"when", "ja", "en", "literal", "source"})
READING_KEYS = frozenset({"when", "ja", "en"})


@dataclass(frozen=True, slots=True)
class Guarded:
    """A saying that holds when its guard does."""

    guard: Guard
    saying: Saying


def read_saying(table: Table, sources: Mapping[str, Source]) -> Saying:
    """Return what `table` says in both languages, with its sources."""
    return Saying(
        ja=table.text("ja"),
        en=table.text("en"),
        literal=table.text_or_none("literal"),
        sources=cited(table, sources),
    )


def read_sayings(table: Table, key: str, sources: Mapping[str, Source]) -> tuple[Guarded, ...]:
    """Return the sayings of `key`, in the order of the file."""
    found = []
    for raw, place in table.tables(key):
        item = Table(raw, place, SAYING_KEYS)
        found.append(Guarded(read_guard(item), read_saying(item, sources)))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Reading:
    """Which reading of an ambiguous wording the file takes; a decision that it touches repeats it."""

    guard: Guard
    reason: Reason

    def repeated(self, application: Application) -> tuple[Reason, ...]:
        """Return the reading as a reason, unless it certainly does not touch `application`."""
        return () if self.guard(application) is False else (self.reason,)


def read_readings(table: Table, sources: tuple[Source, ...], otherwise: Guard = always) -> tuple[Reading, ...]:
    """Return the readings of a fact's table, each citing the fact's own sources.

    A reading without its own `when` is repeated wherever the guard `otherwise` is not certainly false.
    """
    found = []
    for raw, place in table.tables("reading"):
        item = Table(raw, place, READING_KEYS)
        reason = Reason(code="READING_TAKEN", ja=item.text("ja"), en=item.text("en"), sources=sources)
        found.append(Reading(read_guard(item) if item.has("when") else otherwise, reason))
    return tuple(found)


def day_ja(day: date) -> str:
    """Return a day as 2024年6月1日."""
    return f"{day.year}年{day.month}月{day.day}日"


def word_en(word: Word) -> str:
    """Return a word's code as English prose: "interim advance payment"."""
    return word.value.replace("_", " ").lower()

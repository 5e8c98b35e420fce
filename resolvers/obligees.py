"""The obligees whose rules are installed, and their rules on a day."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.text import folded
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.rules import Obligee, RulesInForce, UnknownObligee


@dataclass(frozen=True, slots=True)
class ObligeePage:
    """A page of obligees in order of code."""

    rows: Sequence[Obligee]
    total: int
    start: int

    @property
    def has_next(self) -> bool:
        """Return whether more follow."""
        return self.start + len(self.rows) < self.total


def search(platform: Platform, text: str, first: int, after: str | None) -> ObligeePage:
    """Return obligees whose code, name, Latin name or prefecture holds `text`; `after` is the last code seen."""
    wanted = folded(text)
    found = [each for each in platform.rulebook.obligees() if any(wanted in word for word in _words(each))]
    start = sum(each.id <= after for each in found) if after else 0
    return ObligeePage(found[start : start + first], len(found), start)


def _words(obligee: Obligee) -> list[str]:
    return [folded(word or "") for word in (obligee.id, obligee.name, obligee.name_en, obligee.prefecture)]


def one(platform: Platform, code: str) -> Obligee | None:
    """Return the obligee with this code, or None if no rules are installed for it."""
    try:
        return platform.rulebook.obligee(code)
    except UnknownObligee:
        return None


def rules_on(platform: Platform, code: str, day: date | None) -> RulesInForce:
    """Return an obligee's rules on `day` (default: today in Japan)."""
    return platform.rulebook.rules_on(code, day or japan_day(platform.clock()))


def name(platform: Platform, code: str) -> str:
    """Return the obligee's own name. Raise `Refused` if no rules are installed for it."""
    try:
        return platform.rulebook.obligee(code).name
    except UnknownObligee as error:
        raise Refused(Refusal(error.code, error.ja, error.en, ("application", "obligee"))) from error

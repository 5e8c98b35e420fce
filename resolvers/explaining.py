"""Why rules answer as they do: explained, compared, covered, grown old, and replayed from what was kept."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.resolvers.decisions import stored
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.rules import Application, Decision, UnknownObligee
from denshi_hosho.rules.compare import Comparison, compare, compare_days
from denshi_hosho.rules.coverage import Covered, Stale, coverage, stale
from denshi_hosho.rules.explain import explain_steps
from denshi_hosho.rules.replay import Replayed, replay
from denshi_hosho.rules.steps import Step


@dataclass(frozen=True, slots=True)
class Explained:
    """A decision with its clauses, and both as text."""

    decision: Decision
    steps: Sequence[Step]
    text: str
    text_en: str


def explained(platform: Platform, application: Application) -> Explained:
    """Return the decision for an application that is not made yet, clause by clause. Raise `Refused`."""
    try:
        found = platform.rulebook.explained(application)
    except UnknownObligee as error:
        raise _unknown(error) from error
    return Explained(found.decision, found.steps, explain_steps(found, "ja"), explain_steps(found, "en"))


def compared(platform: Platform, left: str, right: str, day: date | None) -> Comparison:
    """Return how the rules of two obligees differ on `day` (default: today in Japan). Raise `Refused`."""
    for side, obligee in (("left", left), ("right", right)):
        try:
            platform.rulebook.served(obligee)
        except UnknownObligee as error:
            raise _unknown(error, side) from error
    return compare(platform.rulebook, left, right, day or japan_day(platform.clock()))


def compared_days(platform: Platform, obligee: str, earlier: date, later: date) -> Comparison:
    """Return how an obligee's rules differ between two days. Raise `Refused`."""
    try:
        return compare_days(platform.rulebook, obligee, earlier, later)
    except UnknownObligee as error:
        raise _unknown(error) from error


def covered(platform: Platform, obligee: str, day: date | None) -> Sequence[Covered] | None:
    """Return what is known of an obligee's rules on `day` (default: today in Japan), None if none are installed."""
    try:
        return coverage(platform.rulebook, obligee, day or japan_day(platform.clock()))
    except UnknownObligee:
        return None


def grown_old(platform: Platform, days: int) -> Sequence[Stale]:
    """Return the rule files that nobody has compared with their page for more than `days` days, oldest first."""
    return stale(platform.rulebook, japan_day(platform.clock()), days)


def replayed(platform: Platform, record: AnyRow, *, by_todays_text: bool) -> Replayed | None:
    """Return a stored decision made again: by the text kept with it, or by the one installed today (None: there is none)."""
    if not by_todays_text:
        return replay(record.text, record.facts, record.body)
    try:
        rules = platform.rulebook.rules_on(stored(record.body).obligee, japan_day(platform.clock()))
    except UnknownObligee:
        return None
    return replay(rules.text, record.facts, record.body)


def _unknown(error: UnknownObligee, field: str = "obligee") -> Refused:
    return Refused(Refusal(error.code, error.ja, error.en, (field,)))

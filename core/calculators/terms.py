"""Half of a term (工期の2分の1), from when on an interim advance can be asked for.

A term is counted with both its ends: 258 days, half of them are 129, so it is possible from the 130th day. What half of an
odd number of days is, no source says: here at least half must have passed, so that of 259 days 130 have, and it is
possible from the 131st (ADR 32).
"""

from dataclasses import dataclass
from datetime import date, timedelta

from denshi_hosho.core.errors import Refusal, Refused


@dataclass(frozen=True, slots=True)
class HalfTerm:
    """A term in days (both ends counted), half of it, and from which day of the term, and day of Japan's, it has passed.

    `possible_on` is None where the term is a single day: its half passes with its end. `rounded`: the term is odd.
    """

    days: int
    half: int
    from_day: int
    possible_on: date | None
    rounded: bool


def half_term(starts_on: date, ends_on: date) -> HalfTerm:
    """Return the half of the term from `starts_on` to `ends_on`. Raise `Refused` if it ends before it starts."""
    if ends_on < starts_on:
        raise Refused(Refusal("TERM_REVERSED", "工期の末日が初日より前です。", "The term ends before it starts.",
                              ("ends_on",)))  # fmt: skip
    days = (ends_on - starts_on).days + 1
    half = -(-days // 2)
    within = half < days
    return HalfTerm(days, half, half + 1, starts_on + timedelta(days=half) if within else None, days % 2 == 1)

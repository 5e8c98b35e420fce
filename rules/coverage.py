"""What is known of an obligee's rules and what is not, aspect by aspect, and which files have grown old."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from denshi_hosho.rules.deciding import ServedRules, today_is
from denshi_hosho.rules.dimensions import DIMENSIONS, Listing, shown
from denshi_hosho.rules.obligees import Obligee
from denshi_hosho.rules.payment import FACT_KEYS
from denshi_hosho.rules.rulebook import Rulebook
from denshi_hosho.rules.rulefile import Revision
from denshi_hosho.rules.vocabulary import Known, Others, RecipientKnown, Way

_UNKNOWN_WAYS = (Way.NOT_STATED, Way.TOLD_ON_AWARD)
_UNKNOWN_RECIPIENTS = (RecipientKnown.NOT_STATED, RecipientKnown.ASK, RecipientKnown.OFFICER)
Pairs = Sequence[tuple[str, str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Covered:
    """How far one aspect (a key of docs/rules.md) is known; `ja`, `en` say what the file holds of it."""

    aspect: str
    known: Known
    ja: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """A rule file one of whose sources was last compared with the page `age` days ago, on `seen_on`."""

    obligee: Obligee
    source: str
    url: str | None
    seen_on: date
    age: int


def coverage(rulebook: Rulebook, obligee: str, day: date) -> tuple[Covered, ...]:
    """Return what the obligee's rules on `day` state, state as unknown, and do not state.

    Before the first revision it is that one which is looked at. Raise UnknownObligee where none serves it.
    """
    served = rulebook.served(obligee)
    revision = today_is(served.rules.revisions, day) or served.rules.revisions[0]
    return tuple(_covered(revision))


def stale(rulebook: Rulebook, day: date, days: int = 365) -> tuple[Stale, ...]:
    """Return the rule files that nobody has compared with their page for more than `days` days, oldest first.

    A file is as old as its oldest source. `day` is today in Japan.
    """
    oldest = [_oldest(rulebook.served(obligee.id), day) for obligee in rulebook.obligees()]
    return tuple(sorted((each for each in oldest if each.age > days), key=lambda each: (each.seen_on, each.obligee.id)))


def _oldest(served: ServedRules, day: date) -> Stale:
    found = []
    for name, source in served.rules.sources.items():
        if source.seen_on is not None:
            age = (day - source.seen_on).days
            found.append(
                Stale(obligee=served.rules.obligee, source=name, url=source.url, seen_on=source.seen_on, age=age)
            )
    return min(found, key=lambda each: each.seen_on)


def _covered(revision: Revision) -> Iterator[Covered]:
    days = [(start.from_on.isoformat(), start.from_on.isoformat()) for start in revision.starts]
    yield _one("from", Known.STATED, days)
    bases = [(basis.ja, basis.en) for start in revision.starts for basis in start.counted_by]
    stated = [bool(start.counted_by) for start in revision.starts]
    yield _one("counted_by", _how_far(stated), bases)
    for dimension in DIMENSIONS:
        yield _listed(dimension.key, revision.listings[dimension.key], revision)
    papers = [(clause.reason.ja, clause.reason.en) for clause in revision.paper]
    yield _one("paper", _known("paper", papers, revision), papers)
    yield _paid(revision)
    changes = [each.saying for each in revision.exclusions if each.guard.fields & {"change", "original_medium"}]
    yield _one("change", Known.STATED if changes else Known.NOT_STATED, [(each.ja, each.en) for each in changes])
    yield from _handed_in(revision)


def _paid(revision: Revision) -> Covered:
    payment = revision.payment
    facts = [] if payment is None else [(ja, en) for _, ja, en, _ in payment.told()]
    if payment is not None and payment.ja is not None and payment.en is not None:
        facts.insert(0, (payment.ja, payment.en))
    known = _known("payment", facts, revision)
    if payment is not None and len(list(payment.told())) < len(FACT_KEYS):
        known = Known.PARTLY
    return _one("payment", known, facts)


def _known(key: str, stated: Sequence[object], revision: Revision) -> Known:
    if stated:
        return Known.STATED
    return Known.UNKNOWN if key in revision.silent_on else Known.NOT_STATED


def _how_far(stated: Sequence[bool]) -> Known:
    return Known.STATED if all(stated) else Known.PARTLY if any(stated) else Known.UNKNOWN


def _listed(key: str, listings: tuple[Listing, ...], revision: Revision) -> Covered:
    asked = any(
        listing.others is Others.ASK or any(reason.unsettled for reason in listing.settled.values())
        for listing in listings
    )
    values = sorted({value for listing in listings for value in listing.accepted})
    known = Known.PARTLY if asked else _known(key, listings, revision)
    return _one(key, known, [shown(value) for value in values])


def _handed_in(revision: Revision) -> Iterator[Covered]:
    submission = revision.submission
    channels = [guarded.channel for guarded in submission.channels]
    ways = [(each.way.ja, each.way.value) for each in channels]
    yield _one("channel", _how_far([each.way not in _UNKNOWN_WAYS for each in channels]), ways)
    to = [each.recipient for each in channels]
    known = [each.known not in _UNKNOWN_RECIPIENTS for each in to]
    yield _one("recipient", _how_far(known), [(each.known.ja, each.known.value) for each in to])
    needs = [(need.ja, need.en) for _, need in submission.artefacts]
    yield _one("artefact", _known("artefact", needs, revision), needs)
    for key, clauses in submission.sayings.items():
        pairs = [(clause.saying.ja, clause.saying.en) for clause in clauses]
        yield _one(key, _known(key, pairs, revision), pairs)


def _one(aspect: str, known: Known, pairs: Pairs) -> Covered:
    held = [" / ".join(dict.fromkeys(side)) for side in zip(*pairs, strict=True)] or ["", ""]
    ja, en = f"{aspect}: {known.ja}", f"{aspect}: {known.value.replace('_', ' ').lower()}"
    return Covered(
        aspect=aspect,
        known=known,
        ja=f"{ja}（{held[0]}）" if pairs else ja,
        en=f"{en} ({held[1]})" if pairs else en,
    )

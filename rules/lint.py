"""The linter: what a rule file that loads says twice, never, or against itself, with the place and the remedy."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date

from denshi_hosho.core.vocabulary import GuaranteeKind, SuretyClass
from denshi_hosho.rules import lint_words
from denshi_hosho.rules.application import Application
from denshi_hosho.rules.dimensions import DIMENSIONS, KINDS, SURETIES, WORK_TYPES, Listing
from denshi_hosho.rules.faults import Fault
from denshi_hosho.rules.guards import Guard
from denshi_hosho.rules.lint_clauses import Item, alone, first_holds, if_not_too_tangled, warned
from denshi_hosho.rules.lint_revisions import between_revisions
from denshi_hosho.rules.rulefile import Exclusion, Revision, RuleFile
from denshi_hosho.rules.vocabulary import Need
from denshi_hosho.rules.worlds import told_in, worlds

# Of these sayings the first that holds counts; of the others all that hold.
_SINGLE = ("subject", "deadline", "follow_up", "batching")


def lint(rules: RuleFile, file: str = "") -> list[Fault]:
    """Return what is wrong, or odd, in a rule file that loads: errors and warnings, in the order of the file."""
    found = [*lint_words.sources(rules), *lint_words.placeholders(rules)]
    for revision in rules.revisions:
        found += _revision(revision)
    found += between_revisions(rules)
    return [replace(fault, file=file) for fault in dict.fromkeys(found)]


def _revision(revision: Revision) -> Iterator[Fault]:
    for start in revision.starts:
        yield from lint_words.days(start)
    yield from first_holds([Item(each.place, each.guard, (each.from_on, each.counted_by)) for each in revision.starts])
    for dimension in DIMENSIONS:
        yield from _lists(revision.listings[dimension.key])
    yield from first_holds([Item(each.place, each.guard, each.accepted) for each in revision.paper])
    yield from _wordings(revision)
    for exclusion in revision.exclusions:
        yield from _exclusion(revision, exclusion)
    for number, remark in enumerate(revision.remarks, 1):
        yield from alone(Item(f"{revision.place}.remark[{number}]", remark.guard, None))
    yield from _submission(revision)
    yield from lint_words.names(revision, dict(_guards(revision)))


def _guards(revision: Revision) -> Iterator[tuple[str, Guard]]:
    for start in revision.starts:
        yield start.place, start.guard
    for listings in revision.listings.values():
        for listing in listings:
            yield listing.place, listing.guard
    for exclusion in revision.exclusions:
        yield exclusion.place, exclusion.guard
    for paper in revision.paper:
        yield paper.place, paper.guard
    for channel in revision.submission.channels:
        yield channel.place, channel.guard


def _lists(listings: Sequence[Listing]) -> Iterator[Fault]:
    says = [(each.accepted, each.unclear, tuple(each.names.items()), each.others) for each in listings]
    yield from first_holds([Item(each.place, each.guard, what) for each, what in zip(listings, says, strict=True)])
    for listing in listings:
        for value in sorted(listing.accepted & listing.unclear):
            yield Fault(
                "CONTRADICTION",
                listing.place,
                f"{value} が accepted と unclear の両方にあります。一方を削除してください。",
                f"{value} stands both in accepted and in unclear; remove one.",
            )


def _wordings(revision: Revision) -> Iterator[Fault]:
    twice = [(WORK_TYPES.key, word, kinds) for word, kinds in revision.meanings.wordings.items() if len(kinds) > 1]
    twice += [(SURETIES.key, word, kinds) for word, kinds in revision.meanings.sureties.items() if len(kinds) > 1]
    for key, word, kinds in twice:
        yield warned(
            "TWO_MEANINGS",
            f"{revision.place}.{key}",
            f"「{word}」が {'、'.join(kinds)} の両方を指すため、この語だけでは区分が決まりません。",
            f'"{word}" stands for {" and ".join(kinds)}: an application that tells this word alone stays open.',
        )


def _exclusion(revision: Revision, exclusion: Exclusion) -> Iterator[Fault]:
    found = list(alone(Item(exclusion.place, exclusion.guard, None)))
    if [fault.code for fault in found] == ["ALWAYS_HOLDS"]:
        yield Fault(
            "CONTRADICTION",
            f"{exclusion.place}.when",
            "すべての申込を対象外としており、この版では何も受け付けられません。条件を直してください。",
            "excludes every application, so that this revision takes nothing; mend the guard.",
        )
        return
    yield from found
    if not found:
        for dimension in DIMENSIONS:
            for listing in revision.listings[dimension.key]:
                yield from _taken_and_refused(listing, exclusion)


@if_not_too_tangled
def _taken_and_refused(listing: Listing, exclusion: Exclusion) -> Iterator[Fault]:
    """Yield each value that a list takes and an exclusion always refuses; a list of all values names none."""
    dimension = listing.dimension
    everything = set(dimension.words or ()) - {GuaranteeKind.BID}
    if dimension.words is not None and listing.accepted >= everything:
        return
    for value in sorted(listing.accepted):
        fixed = {dimension.field: value}
        held = [
            exclusion.guard(world) is True
            for world in worlds([listing.guard, exclusion.guard], fixed)
            if listing.guard(world) is True
        ]
        if held and all(held):
            yield Fault(
                "CONTRADICTION",
                exclusion.place,
                f"{listing.place} が対象とする {value} を必ず対象外とします。どちらかを削除してください。",
                f"always refuses {value}, which {listing.place} takes; remove one of the two.",
            )


def _submission(revision: Revision) -> Iterator[Fault]:
    submission = revision.submission
    for key, clauses in submission.sayings.items():
        items = [Item(each.place, each.guard, (each.saying.ja, each.saying.en)) for each in clauses]
        if key in _SINGLE:
            yield from first_holds(items)
        else:
            for item in items:
                yield from alone(item)
    for channel in submission.channels:
        yield from alone(Item(channel.place, channel.guard, None))
    yield from _artefacts(revision)
    for kind in _kinds_taken(revision):
        for surety in SuretyClass:
            yield from _channels_for(revision, kind, surety)
    yield from _ending(revision)


def _kinds_taken(revision: Revision) -> list[str]:
    return sorted({kind for listing in revision.listings[KINDS.key] for kind in listing.accepted})


@if_not_too_tangled
def _artefacts(revision: Revision) -> Iterator[Fault]:
    needs = revision.submission.needs
    for number, one in enumerate(needs):
        for other in needs[:number]:
            pair = {one.saying.need, other.saying.need}
            if one.saying.artefact is not other.saying.artefact or pair != {Need.REQUIRED, Need.FORBIDDEN}:
                continue
            if not one.saying.meets(other.saying):
                continue
            guards = [one.guard, other.guard]
            both = next((each for each in worlds(guards, {}) if all(guard(each) is True for guard in guards)), None)
            if both is not None:
                yield Fault(
                    "ARTEFACT_CONTRADICTION",
                    one.place,
                    f"{other.place} と同時に成り立ち、{one.saying.artefact} が必要かつ不可になります。when で分けてください。",
                    f"can hold together with {other.place}, so that {one.saying.artefact} is both REQUIRED and FORBIDDEN; "
                    "part them by `when`.",
                )


@if_not_too_tangled
def _channels_for(revision: Revision, kind: str, surety: SuretyClass) -> Iterator[Fault]:
    """Yield a fault where a kind is taken of a class of surety and cannot be handed in."""
    lists = (*revision.listings[KINDS.key], *revision.listings[SURETIES.key])
    channels = revision.submission.channels
    guards = [*(each.guard for each in lists), *(each.guard for each in channels)]
    fixed = {"kind": kind, "surety_class": surety}
    taken = [world for world in worlds(guards, fixed) if _taken(revision, world)]
    closed = [world for world in taken if not any(each.guard(world) is True for each in channels)]
    if not closed:
        return
    if len(closed) == len(taken):
        yield Fault(
            "NO_CHANNEL_FOR",
            f"{revision.place}.submission",
            f"{surety.ja}の {kind} は対象ですが、提出方法がありません。channel を書いてください"
            '（不明なら way = "NOT_STATED"）。',
            f"{kind} of {surety} is taken, yet no channel is open to it; add a channel "
            '(way = "NOT_STATED" when the page is silent).',
        )
    else:
        yield warned(
            "CHANNEL_GAP",
            f"{revision.place}.submission",
            f"次の申込には開いている提出方法がありません: {told_in(closed[0])}",
            f"no channel is open to this application: {told_in(closed[0])}; add one, or widen a `when`.",
        )


def _taken(revision: Revision, world: Application) -> bool:
    return all(_holds(revision.listings[each.key], world, getattr(world, each.field)) for each in (KINDS, SURETIES))


def _holds(listings: Sequence[Listing], world: Application, value: str) -> bool:
    if not listings:
        return value in (SuretyClass.GUARANTEE_COMPANY, *GuaranteeKind)
    listing = next((each for each in listings if each.guard(world) is True), None)
    return listing is not None and value in listing.accepted


def _ending(revision: Revision) -> Iterator[Fault]:
    ends = [each.channel.valid_until for each in revision.submission.channels]
    last = max((day for day in ends if day is not None), default=None)
    if isinstance(last, date) and None not in ends:
        yield warned(
            "CHANNELS_END",
            f"{revision.place}.submission",
            f"{last} の翌日以降は、どの提出方法も開いていません。その後の方法を書いてください"
            '（不明なら way = "NOT_STATED"）。',
            f'after {last} no channel is open; say what comes then (way = "NOT_STATED" when the page is silent).',
        )

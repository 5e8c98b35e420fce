"""What differs between two decisions, field by field: of their outcome, their reasons and their submission plan."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from denshi_hosho.rules.decision import Decision, Reason


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One difference. `place` is the dotted path of the field; a value that is absent on one side is None.

    A reason stands as a whole under `reasons[CODE]`; reasons that both have in common are no difference.
    """

    place: str
    before: object
    after: object

    def line(self) -> str:
        """Return the difference as one line."""
        return f"{self.place}: {_shown(self.before)} → {_shown(self.after)}"


def changes(before: Decision, after: Decision) -> tuple[Change, ...]:
    """Return what differs between two decisions about the same application, in order of their fields."""
    one, other = before.to_json(), after.to_json()
    found: list[Change] = []
    for name in one:
        if name == "reasons":
            found += _reasons(before.reasons, after.reasons)
        else:
            found += _values(name, one[name], other[name])
    return tuple(found)


def _reasons(before: Sequence[Reason], after: Sequence[Reason]) -> Iterator[Change]:
    for reason in before:
        if reason not in after:
            yield Change(place=f"reasons[{reason.code}]", before=reason.en, after=_same_code(reason, after))
    codes = [reason.code for reason in before if reason not in after]
    for reason in after:
        if reason not in before and reason.code not in codes:
            yield Change(place=f"reasons[{reason.code}]", before=None, after=reason.en)
    kept = [reason for reason in before if reason in after]
    if kept != [reason for reason in after if reason in before]:
        yield Change(place="reasons", before=[each.code for each in before], after=[each.code for each in after])


def _same_code(reason: Reason, others: Sequence[Reason]) -> str | None:
    return next((other.en for other in others if other.code == reason.code), None)


def _values(place: str, before: object, after: object) -> Iterator[Change]:
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        for key in {**before, **after}:
            yield from _values(f"{place}.{key}", before.get(key), after.get(key))
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (one, other) in enumerate(zip(before, after, strict=True)):
            yield from _values(f"{place}[{index}]", one, other)
    elif before != after:
        yield Change(place=place, before=before, after=after)


def _shown(value: object) -> str:
    return "—" if value is None else str(value)

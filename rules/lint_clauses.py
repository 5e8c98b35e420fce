"""Look through clauses that stand beside each other: unreachable, shadowed, overlapping, always true."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import wraps
from typing import ParamSpec

from denshi_hosho.rules.application import Application
from denshi_hosho.rules.faults import Fault, Grade
from denshi_hosho.rules.guards import Guard
from denshi_hosho.rules.worlds import TooManyWorlds, told_in, worlds

Arguments = ParamSpec("Arguments")


@dataclass(frozen=True, slots=True)
class Item:
    """A clause: its place, its guard, and what it says, so that two can be told to say the same."""

    place: str
    guard: Guard
    says: object


def warned(code: str, place: str, ja: str, en: str) -> Fault:
    """Return a warning."""
    return Fault(code, place, ja, en, grade=Grade.WARNING)


def if_not_too_tangled(
    look: Callable[Arguments, Iterator[Fault]],
) -> Callable[Arguments, Iterator[Fault]]:
    """Return `look` so that guards with too many combinations are left alone."""

    @wraps(look)
    def looked(*args: Arguments.args, **kwargs: Arguments.kwargs) -> Iterator[Fault]:
        try:
            yield from look(*args, **kwargs)
        except TooManyWorlds:
            return

    return looked


def first_holds(family: Sequence[Item]) -> Iterator[Fault]:
    """Yield what is wrong with clauses of which the first that holds decides."""
    for number, item in enumerate(family):
        never = list(alone(item))
        yield from never
        if not any(fault.grade is Grade.ERROR for fault in never):
            yield from _behind(item, family[:number])


@if_not_too_tangled
def alone(item: Item) -> Iterator[Fault]:
    """Yield what is wrong with the guard of one clause by itself: it can never hold, or it always does."""
    if item.guard.condition is None:
        return
    answers = {item.guard(world) for world in worlds([item.guard], {}, bid=True)}
    if answers == {False}:
        yield Fault(
            "UNREACHABLE",
            f"{item.place}.when",
            "この条件は決して成り立ちません。矛盾する条件を直すか、この項を削除してください。",
            "can never hold; mend the tests that exclude each other, or remove this clause.",
        )
    elif answers == {True}:
        yield warned(
            "ALWAYS_HOLDS",
            f"{item.place}.when",
            "この条件は常に成り立ちます。when を削除してください。",
            "always holds; remove the `when`.",
        )


@if_not_too_tangled
def _behind(item: Item, earlier: Sequence[Item]) -> Iterator[Fault]:
    if not earlier:
        return
    guards = [item.guard, *(other.guard for other in earlier)]
    held = [world for world in worlds(guards, {}, bid=True) if item.guard(world) is True]
    if all(any(other.guard(world) is True for other in earlier) for world in held):
        yield _shadowed(item, earlier, held)
        return
    for other in earlier:
        yield from _overlapping(item, other)


def _shadowed(item: Item, earlier: Sequence[Item], held: Sequence[Application]) -> Fault:
    before = [other.place for other in earlier if any(other.guard(world) is True for world in held)]
    return Fault(
        "SHADOWED",
        item.place,
        f"前にある {'、'.join(before)} が必ず先に成り立つため、この項は使われません。"
        "限定された項を先に、条件のない項を最後に書いてください。",
        f"is never reached: {', '.join(before)} always holds before it; "
        "write what is special first and what is general last.",
    )


@if_not_too_tangled
def _overlapping(item: Item, other: Item) -> Iterator[Fault]:
    if item.says == other.says:
        return
    pairs = [
        (item.guard(world) is True, other.guard(world) is True, world)
        for world in worlds([item.guard, other.guard], {}, bid=True)
    ]
    both = next((world for one, two, world in pairs if one and two), None)
    if both is None or not any(two and not one for one, two, _ in pairs):
        return
    yield Fault(
        "OVERLAP",
        item.place,
        f"{other.place} と同時に成り立つことがあり（例: {told_in(both)}）、書かれた順で決まってしまいます。"
        "どちらかの when に、もう一方と分ける条件を加えてください。",
        f"can hold together with {other.place} (such as {told_in(both)}), and only their order decides; "
        "add to one `when` what sets it apart from the other.",
    )

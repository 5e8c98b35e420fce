"""Guards (`when = {…}`): tests of an application that answer yes, no, or which facts are not told."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from operator import attrgetter, ge, gt, le, lt
from typing import Any, TypeAlias

from denshi_hosho.core import text
from denshi_hosho.rules.application import (
    DATE_FIELDS,
    FLAG_FIELDS,
    TEXT_FIELDS,
    WORD_FIELDS,
    YEN_FIELDS,
    Application,
)
from denshi_hosho.rules.conditions import Condition, Every, OneOf, Opposite, Some, Within, tests
from denshi_hosho.rules.reader import Table, mistake, word

# True, False, or the fields that are not told and decide.
Answer: TypeAlias = bool | tuple[str, ...]
Test: TypeAlias = Callable[[Application], Answer]

DAY_BOUNDS = {"from": ge, "after": gt, "until": le, "before": lt}
YEN_BOUNDS = {"at_least": ge, "above": gt, "at_most": le, "below": lt}
_COMPARE: Mapping[str, Callable[[Any, Any], bool]] = {**DAY_BOUNDS, **YEN_BOUNDS}
_ANY, _NOT = "any", "not"
GUARD_KEYS = frozenset(WORD_FIELDS) | DATE_FIELDS | YEN_FIELDS | TEXT_FIELDS | FLAG_FIELDS | {_ANY, _NOT}


@lru_cache(maxsize=4096)
def folded(given: str) -> str:
    """Return a name or wording as rules compare it: width, case and white space make no difference."""
    return text.folded(given)


@dataclass(frozen=True, slots=True, eq=False)
class Guard:
    """What `when` of a clause tests; call it with an application. `condition`: None where it holds always."""

    test: Test
    condition: Condition | None

    @property
    def fields(self) -> frozenset[str]:
        """Return the application's fields that the guard tests."""
        return frozenset(test.field for test in tests(self.condition)) if self.condition else frozenset()

    def __call__(self, application: Application) -> Answer:
        """Return True, False, or the fields that are not told and decide."""
        return self.test(application)


# The guard of a clause without `when`.
always = Guard(lambda _: True, None)


def read_guard(table: Table, key: str = "when") -> Guard:
    """Return the guard that `key` of `table` states, `always` where it states none."""
    if not table.has(key):
        return always
    condition = _condition(table.raw[key], table.at(key))
    return Guard(compiled(condition), condition)


def _condition(raw: object, place: str) -> Condition:
    table = Table(raw, place, GUARD_KEYS)
    if not table.raw:
        raise mistake(
            "EMPTY_GUARD",
            place,
            "条件がありません。when ごと削除してください。",
            "states no test; remove the whole `when`.",
        )
    return _together(Every, [_part(table, key) for key in table.raw])


def _together(kind: type[Every | Some], parts: Sequence[Condition]) -> Condition:
    return parts[0] if len(parts) == 1 else kind(tuple(parts))


def _part(table: Table, key: str) -> Condition:
    place = table.at(key)
    if key == _ANY:
        items = enumerate(table.items(key), 1)
        return _together(Some, [_condition(item, f"{place}[{index}]") for index, item in items])
    if key == _NOT:
        return Opposite(_condition(table.raw[key], place))
    if key in DATE_FIELDS:
        return _within(key, Table(table.raw[key], place, frozenset(DAY_BOUNDS)), date)
    if key in YEN_FIELDS:
        return _within(key, Table(table.raw[key], place, frozenset(YEN_BOUNDS)), int)
    return OneOf(key, _named(table, key))


def _named(table: Table, key: str) -> tuple[object, ...]:
    if key in FLAG_FIELDS:
        return (table.flag(key),)
    if key in WORD_FIELDS:
        return tuple(word(item, table.at(key), WORD_FIELDS[key]) for item in table.items(key))
    return table.texts(key)


def _within(field: str, table: Table, kind: type[date | int]) -> Within:
    known = DAY_BOUNDS if kind is date else YEN_BOUNDS
    if not table.raw:
        listed = " / ".join(known)
        raise mistake("EMPTY_GUARD", table.place, f"範囲がありません（{listed}）。", f"states no bound; use {listed}.")
    bounds: list[tuple[str, Any]] = []
    for key, value in table.raw.items():
        if type(value) is not kind:
            expected = ("日付", "a day") if kind is date else ("円の整数", "a whole number of yen")
            raise table.wrong(key, *expected)
        bounds.append((key, value))
    return Within(field, tuple(bounds))


def compiled(condition: Condition) -> Test:
    """Return `condition` as a function; what is unknown and decides is named in the order of the file."""
    if isinstance(condition, OneOf):
        return _among(condition)
    if isinstance(condition, Within):
        return _bounded(condition)
    if isinstance(condition, Opposite):
        return _negated(compiled(condition.part))
    parts = [compiled(part) for part in condition.parts]
    return _settled_by(parts, verdict=isinstance(condition, Some))


def _settled_by(parts: Sequence[Test], *, verdict: bool) -> Test:
    """Return the test that one part answering `verdict` settles: True for any of them, False for all of them."""

    def together(application: Application) -> Answer:
        missing: tuple[str, ...] = ()
        for part in parts:
            answer = part(application)
            if answer is verdict:
                return verdict
            if answer is not (not verdict):
                missing += answer  # type: ignore[operator] # neither True nor False: the untold fields
        return missing or (not verdict)

    return together


def _negated(test: Test) -> Test:
    def opposite(application: Application) -> Answer:
        answer = test(application)
        return (not answer) if isinstance(answer, bool) else answer

    return opposite


def _among(test: OneOf) -> Test:
    field, told = test.field, attrgetter(test.field)
    untold = (field,)
    if field in TEXT_FIELDS:
        names = frozenset(folded(str(value)) for value in test.values)

        def named(application: Application) -> Answer:
            value = told(application)
            return untold if value is None else folded(value) in names

        return named
    values = frozenset(test.values)

    def among(application: Application) -> Answer:
        value = told(application)
        return untold if value is None else value in values

    return among


def _bounded(test: Within) -> Test:
    told, untold = attrgetter(test.field), (test.field,)
    bounds = [(_COMPARE[key], bound) for key, bound in test.bounds]

    def within(application: Application) -> Answer:
        value = told(application)
        return untold if value is None else all(compare(value, bound) for compare, bound in bounds)

    return within

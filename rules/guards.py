"""Guards (`when = {…}`): tests of an application that answer yes, no, or which facts are not told."""

from collections.abc import Callable, Iterable, Mapping
from datetime import date
from operator import attrgetter, ge, gt, le, lt
from typing import Any, TypeAlias

from denshi_hosho.rules.application import DATE_FIELDS, TEXT_FIELDS, WORD_FIELDS, YEN_FIELDS, Application
from denshi_hosho.rules.reader import Table, mistake, word

# True, False, or the fields that are not told and decide.
Answer: TypeAlias = bool | tuple[str, ...]
Guard: TypeAlias = Callable[[Application], Answer]

_DAYS = {"from": ge, "after": gt, "until": le, "before": lt}
_YEN = {"at_least": ge, "above": gt, "at_most": le, "below": lt}
_ANY, _NOT = "any", "not"
GUARD_KEYS = frozenset(WORD_FIELDS) | DATE_FIELDS | YEN_FIELDS | TEXT_FIELDS | {_ANY, _NOT}


def always(_: Application) -> Answer:
    """Return True: the guard of a clause without `when`."""
    return True


def read_guard(table: Table, key: str = "when") -> Guard:
    """Return the guard that `key` of `table` states, `always` where it states none."""
    return _guard(table.raw[key], table.at(key)) if table.has(key) else always


def all_of(guards: Iterable[Guard]) -> Guard:
    """Return the guard that holds when every one of `guards` holds."""
    given = tuple(guards)
    if len(given) == 1:
        return given[0]

    def every(application: Application) -> Answer:
        missing: tuple[str, ...] = ()
        for guard in given:
            answer = guard(application)
            if answer is False:
                return False
            if answer is not True:
                missing += answer
        return missing or True

    return every


def any_of(guards: Iterable[Guard]) -> Guard:
    """Return the guard that holds when at least one of `guards` holds."""
    return negated(all_of([negated(guard) for guard in guards]))


def negated(guard: Guard) -> Guard:
    """Return the guard that holds when `guard` does not; what is unknown stays unknown."""

    def opposite(application: Application) -> Answer:
        answer = guard(application)
        return (not answer) if isinstance(answer, bool) else answer

    return opposite


def _guard(raw: object, place: str) -> Guard:
    table = Table(raw, place, GUARD_KEYS)
    if not table.raw:
        raise mistake(
            "EMPTY_GUARD",
            place,
            "条件がありません。when ごと削除してください。",
            "states no test; remove the whole `when`.",
        )
    return all_of([_test(table, key) for key in table.raw])


def _test(table: Table, key: str) -> Guard:
    place = table.at(key)
    if key == _ANY:
        return any_of([_guard(item, f"{place}[{index}]") for index, item in enumerate(table.items(key), 1)])
    if key == _NOT:
        return negated(_guard(table.raw[key], place))
    if key in DATE_FIELDS:
        return _range(key, Table(table.raw[key], place, frozenset(_DAYS)), _DAYS, date)
    if key in YEN_FIELDS:
        return _range(key, Table(table.raw[key], place, frozenset(_YEN)), _YEN, int)
    if key in WORD_FIELDS:
        return _one_of(key, frozenset(word(item, place, WORD_FIELDS[key]) for item in table.items(key)))
    return _one_of(key, frozenset(table.texts(key)))


def _one_of(field: str, values: frozenset[Any]) -> Guard:
    told = attrgetter(field)

    def among(application: Application) -> Answer:
        value = told(application)
        return (field,) if value is None else value in values

    return among


def _range(field: str, table: Table, known: Mapping[str, Callable[[Any, Any], bool]], kind: type[date | int]) -> Guard:
    bounds = [(known[key], table.raw[key]) for key in table.raw]
    if not bounds:
        ja, en = " / ".join(known), " / ".join(known)
        raise mistake("EMPTY_GUARD", table.place, f"範囲がありません（{ja}）。", f"states no bound; use {en}.")
    for key in table.raw:
        if type(table.raw[key]) is not kind:
            expected = ("日付", "a day") if kind is date else ("円の整数", "a whole number of yen")
            raise table.wrong(key, *expected)
    told = attrgetter(field)

    def within(application: Application) -> Answer:
        value = told(application)
        return (field,) if value is None else all(test(value, bound) for test, bound in bounds)

    return within

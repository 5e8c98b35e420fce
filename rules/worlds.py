"""Worlds: every application that a few guards can tell apart, so that what they say of each other is exact."""

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from itertools import product
from typing import Any

from denshi_hosho.core.vocabulary import GuaranteeKind
from denshi_hosho.rules.application import DATE_FIELDS, FLAG_FIELDS, WORD_FIELDS, YEN_FIELDS, Application
from denshi_hosho.rules.conditions import OneOf, Within, tests
from denshi_hosho.rules.guards import Guard, folded

MOST = 20_000
SOMETHING_ELSE = "（上記以外）"


class TooManyWorlds(Exception):
    """The guards tell apart more applications than are looked through."""


def worlds(guards: Iterable[Guard], fixed: Mapping[str, object], *, bid: bool = False) -> Iterator[Application]:
    """Yield one application for each that `guards` can tell apart, `fixed` facts apart; raise TooManyWorlds.

    Each tells every field that a guard tests. 契約保証予約 is among the kinds only with `bid`.
    """
    found: dict[str, list[OneOf | Within]] = {}
    for guard in guards:
        for test in tests(guard.condition) if guard.condition else ():
            found.setdefault(test.field, []).append(test)
    values = {field: _values(field, of_field, bid=bid) for field, of_field in found.items() if field not in fixed}
    if math.prod(map(len, values.values())) > MOST:
        raise TooManyWorlds
    told: dict[str, Any] = {"obligee": "world", "kind": GuaranteeKind.PERFORMANCE, **fixed}
    for chosen in product(*values.values()):
        yield Application(**{**told, **dict(zip(values, chosen, strict=True))})


def _values(field: str, of_field: Iterable[OneOf | Within], *, bid: bool) -> list[object]:
    if field in WORD_FIELDS:
        return [word for word in WORD_FIELDS[field] if bid or word is not GuaranteeKind.BID]
    if field in FLAG_FIELDS:
        return [True, False]
    if field in DATE_FIELDS or field in YEN_FIELDS:
        return sorted({point for test in of_field if isinstance(test, Within) for point in _points(test)})
    named = {folded(str(value)): value for test in of_field if isinstance(test, OneOf) for value in test.values}
    return [*named.values(), SOMETHING_ELSE]


def _points(test: Within) -> Iterator[Any]:
    for _, bound in test.bounds:
        if isinstance(bound, date):
            yield from (bound - timedelta(days=1), bound, bound + timedelta(days=1))
        else:
            yield from (bound - 1, bound, bound + 1)


def told_in(world: Application) -> str:
    """Return what a world tells, as an example for a person."""
    told = {key: value for key, value in world.to_json().items() if key not in {"obligee", "change"}}
    return ", ".join(f"{key} = {value}" for key, value in told.items())

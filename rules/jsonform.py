"""Turn the frozen records of this room into JSON values and back, without loss and in one fixed order."""

import types
import typing
from collections.abc import Hashable, Mapping
from dataclasses import fields, is_dataclass
from datetime import date
from enum import Enum
from functools import cache
from typing import Any, TypeVar, cast

from denshi_hosho.rules.faults import MalformedRecord

Record = TypeVar("Record")


def encode(value: object) -> object:
    """Return `value` as dicts, lists, strings, numbers, booleans and None; days as ISO 8601."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, tuple):
        return [encode(item) for item in value]
    if is_dataclass(value):
        return {field.name: encode(getattr(value, field.name)) for field in fields(value)}
    return value


def encode_record(record: object) -> dict[str, object]:
    """Return the dataclass instance `record` as a JSON object with every field in order of declaration."""
    return cast("dict[str, object]", encode(record))


def decode_record(kind: type[Record], raw: object, place: str = "") -> Record:
    """Return the `kind` that `encode_record` wrote as `raw`; raise MalformedRecord for anything else."""
    if not isinstance(raw, Mapping):
        raise MalformedRecord(place or kind.__name__, "an object", raw)
    hints = _hints(cast("Hashable", kind))
    for name in raw:
        if name not in hints:
            raise MalformedRecord(f"{place}.{name}".lstrip("."), f"a field of {kind.__name__}", name)
    values = {name: _decode(hints[name], raw[name], f"{place}.{name}".lstrip(".")) for name in raw}
    try:
        return kind(**values)
    except TypeError as error:
        raise MalformedRecord(place or kind.__name__, "every field without a default", sorted(raw)) from error


@cache
def _hints(kind: Any) -> dict[str, Any]:
    return typing.get_type_hints(kind)


def _decode(kind: Any, raw: object, place: str) -> object:
    origin = typing.get_origin(kind)
    if origin in (types.UnionType, typing.Union):
        if raw is None:
            return None
        kind = next(arm for arm in typing.get_args(kind) if arm is not type(None))
        return _decode(kind, raw, place)
    if origin is tuple:
        return _decode_tuple(typing.get_args(kind)[0], raw, place)
    if is_dataclass(kind):
        return decode_record(cast("type[object]", kind), raw, place)
    return _decode_scalar(kind, raw, place)


def _decode_tuple(kind: Any, raw: object, place: str) -> tuple[object, ...]:
    if not isinstance(raw, list | tuple):
        raise MalformedRecord(place, "a list", raw)
    return tuple(_decode(kind, item, f"{place}[{index}]") for index, item in enumerate(raw))


def _decode_scalar(kind: Any, raw: object, place: str) -> object:
    if kind is date and type(raw) is date:
        return raw
    try:
        if kind is date and isinstance(raw, str):
            return date.fromisoformat(raw)
        if issubclass(kind, Enum):
            return kind(raw)
    except ValueError as error:
        raise MalformedRecord(place, _expected(kind), raw) from error
    if type(raw) is not kind:
        raise MalformedRecord(place, _expected(kind), raw)
    return raw


_EXPECTED = {date: "a day such as 2024-06-01", int: "a whole number", str: "text", bool: "true or false"}


def _expected(kind: type[object]) -> str:
    if issubclass(kind, Enum):
        return "one of " + ", ".join(str(member.value) for member in kind)
    return _EXPECTED[kind]

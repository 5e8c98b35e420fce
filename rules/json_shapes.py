"""The shapes of JSON Schema that a rule file is made of: words, days, tables, one or many."""

from collections.abc import Collection, Iterable, Mapping
from enum import Enum
from typing import Any, TypeAlias

Shape: TypeAlias = dict[str, Any]

TEXT: Shape = {"type": "string", "pattern": r"\S"}
FLAG: Shape = {"type": "boolean"}
YEN: Shape = {"type": "integer"}
# An editor shows a day of TOML to the schema as a string.
DAY: Shape = {"type": "string", "format": "date", "pattern": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}
URL: Shape = {"type": "string", "pattern": "^https?://"}


def whole_number(most: int) -> Shape:
    """Return the shape of a whole number from 1 to `most`."""
    return {"type": "integer", "minimum": 1, "maximum": most}


def words(kind: type[Enum], *more: str, but: Iterable[Enum] = ()) -> Shape:
    """Return the shape of one code of `kind`, except `but`, or of one of `more`."""
    left_out = tuple(but)
    return {"enum": [*(str(member.value) for member in kind if member not in left_out), *more]}


def one_or_many(item: Shape) -> Shape:
    """Return the shape of one value or of a list of values, each once."""
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1, "uniqueItems": True}]}


def one_or_more_tables(item: Shape) -> Shape:
    """Return the shape of `[table]` or of `[[table]]`."""
    return {"anyOf": [item, {"type": "array", "items": item}]}


def table(keys: Collection[str], shapes: Mapping[str, Shape], required: Iterable[str] = (), **more: object) -> Shape:
    """Return the shape of a table that may hold `keys` and no others; raise KeyError for one without a shape."""
    return {
        "type": "object",
        "properties": {key: shapes[key] for key in sorted(keys)},
        "required": sorted(required),
        "additionalProperties": False,
        **more,
    }


def named(item: Shape, **more: object) -> Shape:
    """Return the shape of a table with keys of the writer's own, each of which is an `item`."""
    return {"type": "object", "additionalProperties": item, "minProperties": 1, **more}


def ref(name: str) -> Shape:
    """Return the shape that stands under `$defs`."""
    return {"$ref": f"#/$defs/{name}"}

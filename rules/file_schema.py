"""The JSON Schema of a rule file, for editors: made from the keys and words that the readers themselves declare."""

import json
from functools import partial

from denshi_hosho.core.money import MAX_YEN
from denshi_hosho.core.vocabulary import GuaranteeKind, SuretyClass, WorkType
from denshi_hosho.rules.application import DATE_FIELDS, FLAG_FIELDS, TEXT_FIELDS, WORD_FIELDS, YEN_FIELDS
from denshi_hosho.rules.citations import SOURCE_KEYS
from denshi_hosho.rules.dimensions import DIMENSIONS, LIST_KEYS, SURETIES, WORK_TYPES, Dimension
from denshi_hosho.rules.guards import DAY_BOUNDS, GUARD_KEYS, YEN_BOUNDS
from denshi_hosho.rules.json_shapes import (
    DAY,
    FLAG,
    TEXT,
    URL,
    YEN,
    Shape,
    named,
    one_or_many,
    one_or_more_tables,
    ref,
    table,
    whole_number,
    words,
)
from denshi_hosho.rules.obligees import OBLIGEE_KEYS, OBLIGEE_PATTERN
from denshi_hosho.rules.payment import EXCLUDES, HUNDRED, PAYMENT_KEYS, PERCENTS, YEN_AMOUNTS
from denshi_hosho.rules.rulefile import EXCLUSION_KEYS, FILE_KEYS, FORMAT, PAPER_KEYS, REVISION_KEYS, SILENT_WORDS
from denshi_hosho.rules.starts import NOT_STATED, START_KEYS
from denshi_hosho.rules.submission_shapes import submission_shape
from denshi_hosho.rules.texts import READING_KEYS, SAYING_KEYS
from denshi_hosho.rules.vocabulary import Basis, Others, Precision

_SAID = {"ja": TEXT, "en": TEXT, "literal": TEXT, "source": ref("source"), "when": ref("guard")}
_READING = {"reading": one_or_more_tables(ref("reading"))}


def file_schema() -> Shape:
    """Return the JSON Schema (draft 2020-12) of `rules.toml`, a day being a string as editors show it.

    What hangs on two places of a file (a check digit, a source's name, the order of revisions) is left to the reader.
    """
    shapes = {
        "format": {"const": FORMAT, "type": "integer"},
        "obligee": _obligee(),
        "sources": named(_source()),
        "revision": {"type": "array", "items": _revision(), "minItems": 1},
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Rules of one obligee (発注者)",
        "description": "rules.toml of a denshi-hosho plugin; its reference is docs/rules.md.",
        **table(FILE_KEYS, shapes, FILE_KEYS),
        "$defs": {
            "source": {**one_or_many(TEXT), "description": "A source's name, or name#place on the page."},
            "guard": _guard(),
            "reading": table(READING_KEYS, _SAID, ("ja", "en")),
        },
    }


def file_schema_text() -> str:
    """Return the schema as the JSON text that is shipped as rules/rule-file.schema.json."""
    return json.dumps(file_schema(), ensure_ascii=False, indent=1) + "\n"


def _obligee() -> Shape:
    shapes = {
        "id": {"type": "string", "pattern": f"^{OBLIGEE_PATTERN}$"},
        "name": TEXT,
        "name_en": TEXT,
        "prefecture": TEXT,
        "example": FLAG,
    }
    return table(OBLIGEE_KEYS, shapes, ("id", "name"))


def _source() -> Shape:
    shapes = {"title": TEXT, "publisher": TEXT, "url": URL, "published_on": DAY, "seen_on": DAY}
    return table(SOURCE_KEYS, shapes, ("title", "seen_on"))


def _guard() -> Shape:
    shapes: dict[str, Shape] = {
        **{field: one_or_many(words(kind)) for field, kind in WORD_FIELDS.items()},
        **dict.fromkeys(TEXT_FIELDS, one_or_many(TEXT)),
        **dict.fromkeys(FLAG_FIELDS, FLAG),
        **dict.fromkeys(DATE_FIELDS, table(DAY_BOUNDS, dict.fromkeys(DAY_BOUNDS, DAY), minProperties=1)),
        **dict.fromkeys(YEN_FIELDS, table(YEN_BOUNDS, dict.fromkeys(YEN_BOUNDS, YEN), minProperties=1)),
        "any": one_or_many(ref("guard")),
        "not": ref("guard"),
    }
    return table(GUARD_KEYS, shapes, minProperties=1)


def _revision() -> Shape:
    said = partial(table, SAYING_KEYS, _SAID)
    shapes = {
        **_START,
        "start": one_or_more_tables(_month(table(START_KEYS | {"when"}, _START, _START_NEEDS))),
        "exclusion": one_or_more_tables(table(EXCLUSION_KEYS, {**_SAID, **_READING}, ("when", "ja", "en", "source"))),
        "paper": one_or_more_tables(table(PAPER_KEYS, {**_SAID, **_READING, "accepted": FLAG}, ("accepted", "source"))),
        "payment": _payment(),
        "remark": one_or_more_tables(said(("ja", "en", "source"))),
        "submission": submission_shape(),
        "silent_on": one_or_many({"enum": sorted(SILENT_WORDS)}),
        **{dimension.key: one_or_more_tables(_list(dimension)) for dimension in DIMENSIONS},
    }
    return _month(table(REVISION_KEYS, shapes, (*_START_NEEDS, "submission")))


def _payment() -> Shape:
    shapes = {
        **_SAID,
        **{key: whole_number(HUNDRED) for key in PERCENTS},
        **{key: whole_number(MAX_YEN) for key in YEN_AMOUNTS},
        EXCLUDES: FLAG,
    }
    both = {"ja": ["en"], "en": ["ja"]}
    return table(PAYMENT_KEYS, shapes, ("source",), minProperties=2, dependentRequired=both)


_START: dict[str, Shape] = {
    **_SAID,
    **_READING,
    "from": DAY,
    "counted_by": {"anyOf": [{"const": NOT_STATED}, one_or_many(words(Basis))]},
    "precision": words(Precision),
}
_START_NEEDS = ("from", "counted_by", "source")


def _month(start: Shape) -> Shape:
    """Return the shape of a start that has a reading, and the first day, where it is known to the month only."""
    by_month = {"properties": {"precision": {"const": Precision.MONTH.value}}, "required": ["precision"]}
    then = {"required": ["reading"], "properties": {"from": {"pattern": "-01$"}}}
    return {**start, "if": by_month, "then": then}


def _list(dimension: Dimension) -> Shape:
    item = TEXT if dimension.words is None else words(dimension.words, but=(GuaranteeKind.BID,))
    accepted = one_or_many(item)
    if dimension.words is not None:
        accepted["anyOf"].append({"const": "ANY"})
    if dimension in (WORK_TYPES, SURETIES):
        kinds = WorkType if dimension is WORK_TYPES else SuretyClass
        by_word = {str(kind.value): one_or_many(TEXT) for kind in kinds}
        accepted["anyOf"].append(table(by_word, by_word, minProperties=1))
    shapes = {**_SAID, **_READING, "accepted": accepted, "unclear": one_or_many(item), "others": words(Others)}
    return table(LIST_KEYS, shapes, ("accepted", "source"))


if __name__ == "__main__":
    print(file_schema_text(), end="")  # noqa: T201 python -m denshi_hosho.rules.file_schema > rules/rule-file.schema.json

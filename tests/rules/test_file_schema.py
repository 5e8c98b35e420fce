import json
import tomllib
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from denshi_hosho.rules.file_schema import file_schema, file_schema_text
from tests.rules.rule_texts import MINIMAL
from tests.rules.test_rule_file_mistakes import MISTAKES

HOUSE = Path(__file__).parents[2]
SCHEMA = Draft202012Validator(file_schema())
FILES = sorted([*HOUSE.glob("rules/*/rules.toml"), *HOUSE.glob("examples/*/rules.toml")])
# What a schema cannot see: it hangs on two places of the file, or on TOML's own types.
BEYOND_A_SCHEMA = {
    "wrong check digit",
    "wrong check digit of a bureau's town",
    "source seen before it was published",
    "fact with an unknown source",
    "revision that goes back in time",
    "revision of the same day",
    "day in quotes",
    "channel that ends before it starts",
    "artefact that ends before it starts",
    "artefact required and forbidden",
    "silent on what is stated",
    "silent on the payment that is stated",
}


def as_an_editor_shows_it(value: object) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {key: as_an_editor_shows_it(item) for key, item in value.items()}
    return [as_an_editor_shows_it(item) for item in value] if isinstance(value, list) else value


def faults(text: str) -> list[str]:
    return [error.message for error in SCHEMA.iter_errors(as_an_editor_shows_it(tomllib.loads(text)))]


def test_the_schema_is_one_and_the_shipped_file_is_the_one_that_the_readers_make() -> None:
    Draft202012Validator.check_schema(file_schema())
    shipped = (HOUSE / "rules/rule-file.schema.json").read_text(encoding="utf-8")
    assert shipped == file_schema_text()
    assert json.loads(shipped) == file_schema()


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.parent.name)
def test_every_rule_file_of_the_house_keeps_to_it(file: Path) -> None:
    assert faults(file.read_text(encoding="utf-8")) == []


def test_the_minimal_file_keeps_to_it() -> None:
    assert faults(MINIMAL) == []


@pytest.mark.parametrize("name", [name for name in MISTAKES if name not in BEYOND_A_SCHEMA])
def test_every_mistake_of_shape_is_refused_by_it_too(name: str) -> None:
    assert faults(MISTAKES[name][0]) != []


@pytest.mark.parametrize("name", sorted(BEYOND_A_SCHEMA & set(MISTAKES)))
def test_what_it_cannot_see_is_left_to_the_reader(name: str) -> None:
    assert faults(MISTAKES[name][0]) == []

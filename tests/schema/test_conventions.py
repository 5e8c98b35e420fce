"""The schema keeps the conventions of docs/api.md: names, descriptions, inputs and answers of mutations."""

import re
from collections.abc import Iterator
from dataclasses import fields

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLNonNull,
    GraphQLObjectType,
    GraphQLType,
    GraphQLUnionType,
    build_schema,
    get_named_type,
)

from denshi_hosho.rules import Application
from denshi_hosho.schema.context import camel
from denshi_hosho.schema.root import build_schema as our_schema

SCHEMA = build_schema(our_schema().as_str())
TYPES = {name: kind for name, kind in SCHEMA.type_map.items() if not name.startswith("__")}
OWN = {name: kind for name, kind in TYPES.items() if name not in {"String", "Int", "Boolean", "ID", "Float"}}
MUTATIONS = SCHEMA.mutation_type.fields if SCHEMA.mutation_type else {}
# What had no request key at first: sessions, and what comes to the same if it is done twice.
WITHOUT_KEY = {
    "signIn", "signInWithProvider", "refreshSession", "signOut", "changePassword", "revealAccessKey", "submitKey",
    "confirmArrival", "recordAcceptance", "recordRejection",
}  # fmt: skip

NO_DATES = {"Channel.dependsOn"}
# Dates whose names say what they are without "On": the start of a revision names it, a period has two ends,
# and the day that rules were asked about is the answer's very key.
OTHER_DATES = {
    "Decision.revision",
    "ObligeeRules.revision",
    "ObligeeRules.day",
    "Channel.validFrom",
    "Channel.validUntil",
    "ArtefactNeed.validFrom",
    "ArtefactNeed.validUntil",
}


def named() -> Iterator[tuple[str, GraphQLType, str | None]]:
    """Yield path, GraphQL type and description of everything that has a description."""
    for name, kind in OWN.items():
        yield name, kind, kind.description
        if isinstance(kind, GraphQLEnumType):
            yield from ((f"{name}.{value}", kind, each.description) for value, each in kind.values.items())
        if isinstance(kind, GraphQLInputObjectType):
            yield from ((f"{name}.{field}", each.type, each.description) for field, each in kind.fields.items())
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType):
            for field, each in kind.fields.items():
                yield f"{name}.{field}", each.type, each.description
                yield from ((f"{name}.{field}({arg})", one.type, one.description) for arg, one in each.args.items())


NAMED = list(named())


def test_everything_has_a_description_that_is_not_empty() -> None:
    assert [path for path, _, said in NAMED if not said or "()" in said] == []


def test_every_own_enum_value_names_the_japanese_term() -> None:
    values = [
        (path, said) for path, kind, said in NAMED if isinstance(kind, GraphQLEnumType) and re.search(r"\.[A-Z]", path)
    ]
    assert len(values) > 60
    other = {f"GuaranteeOrder.{field}_{way}" for field in ("ISSUED_ON", "NUMBER", "OBLIGEE", "WORKS_NAME", "AMOUNT")
             for way in ("ASC", "DESC")}  # fmt: skip
    assert [path for path, said in values if path not in other and not re.search(r"[぀-ヿ一-龯]", said or "")] == []
    assert [path for path, _ in values if not re.fullmatch(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*", path.split(".")[1])] == []


def test_obligees_are_found_by_the_word_issuer() -> None:
    kind = OWN["Obligee"]
    assert "発注者" in (kind.description or "")
    assert "issuer of the works contract" in (kind.description or "")
    about = [(path, said or "") for path, _, said in NAMED if re.search(r"\.(obligee|obligees|obligeeName)$", path)]
    assert len(about) >= 18
    assert [path for path, said in about if "発注者" not in said or "issuer" not in said] == []


def test_names_are_in_camel_case() -> None:
    names = [re.split(r"[.(]", path)[-1].rstrip(")") for path, kind, _ in NAMED
             if "." in path and not (isinstance(kind, GraphQLEnumType) and path.split(".")[0] == kind.name)]  # fmt: skip
    assert [name for name in names if not re.fullmatch(r"[a-z][a-zA-Z0-9]*", name)] == []
    assert [name for name in OWN if not re.fullmatch(r"[A-Z][a-zA-Z0-9]*", name)] == []


@pytest.mark.parametrize(
    ("scalar", "ending"), [("Date", re.compile(r"On$|^on$")), ("DateTime", re.compile(r"At$|^at$"))]
)
def test_days_end_in_on_and_instants_in_at(scalar: str, ending: re.Pattern[str]) -> None:
    for path, kind, _ in NAMED:
        if "." not in path or path in OTHER_DATES | NO_DATES:
            continue
        name = re.split(r"[.(]", path)[-1].rstrip(")")
        is_one = get_named_type(kind) is SCHEMA.type_map[scalar]
        assert is_one == bool(ending.search(name)), path


def test_money_is_yen() -> None:
    money = [path for path, _, _ in NAMED if re.search(r"(Price|Amount|\.amount)$", path)]
    assert len(money) >= 26
    kinds = {path: get_named_type(kind) for path, kind, _ in NAMED}
    assert [path for path in money if kinds[path] is not SCHEMA.type_map["Yen"]] == []


@pytest.mark.parametrize("name", sorted(MUTATIONS))
def test_a_mutation_takes_one_input_and_may_be_refused(name: str) -> None:
    field = MUTATIONS[name]
    assert list(field.args) == ["input"]
    kind = field.args["input"].type
    assert isinstance(kind, GraphQLNonNull)
    assert isinstance(kind.of_type, GraphQLInputObjectType)
    assert ("idempotencyKey" in kind.of_type.fields) != (name in WITHOUT_KEY)
    answer = get_named_type(field.type)
    assert isinstance(answer, GraphQLUnionType)
    assert answer.name.endswith("Result")
    assert [each.name for each in answer.types][1:] == ["Refused"]


def test_every_union_has_room_for_a_refusal() -> None:
    unions = [kind for kind in OWN.values() if isinstance(kind, GraphQLUnionType)]
    assert len(unions) >= 15
    assert [kind.name for kind in unions if SCHEMA.type_map["Refused"] not in kind.types] == []


def test_a_client_can_tell_every_fact_that_a_rule_may_ask_for() -> None:
    eligibility, facts = OWN["EligibilityInput"], OWN["RuleFactsInput"]
    assert isinstance(eligibility, GraphQLInputObjectType)
    assert isinstance(facts, GraphQLInputObjectType)
    told = {camel(field.name) for field in fields(Application)}
    assert told == (set(eligibility.fields) - {"facts"}) | set(facts.fields)


def test_connections_are_relays() -> None:
    def nodes(kind: GraphQLNamedType) -> dict[str, str]:
        assert isinstance(kind, GraphQLObjectType)
        return {name: str(field.type) for name, field in kind.fields.items()}

    for name in ("Guarantee", "Application", "Obligee", "Draft", "Party"):
        row = "GuaranteeApplication" if name == "Application" else name
        said = nodes(OWN[f"{name}Connection"])
        assert {
            "edges": f"[{name}Edge!]!",
            "nodes": f"[{row}!]!",
            "pageInfo": "PageInfo!",
            "totalCount": "Int!",
        }.items() <= said.items()
        assert nodes(OWN[f"{name}Edge"]) == {"cursor": "String!", "node": f"{row}!"}

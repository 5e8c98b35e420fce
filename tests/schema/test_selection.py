"""Whatever the shape of a selection, the columns that it needs are read: the executor's own rules decide."""

import pytest

from tests.client import OPEN, Api, Json, applied, concluded, revealed

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("database_kind", ["sqlite"])]
WORKS, AMOUNT = "市道〇号線 道路改良工事", 19_200_000
PAGES: tuple[tuple[str, Json, Json], ...] = (
    ("nodes { __typename }", {}, {"nodes": [{"__typename": "Guarantee"}]}),
    ("__typename", {}, {"__typename": "GuaranteeConnection"}),
    ("nodes { a: worksName b: worksName }", {}, {"nodes": [{"a": WORKS, "b": WORKS}]}),
    ("x: nodes { worksName } y: nodes { number }", {},
     {"x": [{"worksName": WORKS}], "y": [{"number": "1070000473"}]}),
    ("nodes { worksName } nodes { guaranteedAmount }", {},
     {"nodes": [{"worksName": WORKS, "guaranteedAmount": AMOUNT}]}),
    ("nodes { ...a } edges { node { ...b } }", {},
     {"nodes": [{"worksName": WORKS, "certificate": {"title": "保証証書（前払金保証）"}}],
      "edges": [{"node": {"worksName": WORKS, "guaranteedAmount": AMOUNT}}]}),
    ("nodes { certificate { title } certificate { number surety { name } } ...a ... on Node { id } }", {},
     {"nodes": [{"certificate": {"title": "保証証書（前払金保証）", "number": "1070000473",
                                 "surety": {"name": "西日本建設業保証株式会社"}},
                 "worksName": WORKS, "id": "R3VhcmFudGVlOjE="}]}),
    ("nodes { kindShort @skip(if: $yes) worksName @include(if: $yes) number @include(if: $no) }", {"yes": True, "no": False},
     {"nodes": [{"worksName": WORKS}]}),
    ("nodes { kindShort @skip(if: $yes) worksName @include(if: $yes) number @include(if: $no) }", {"yes": False, "no": True},
     {"nodes": [{"kindShort": "前払", "number": "1070000473"}]}),
    ("nodes { ...a @include(if: $no) ... @skip(if: $no) { ...b } }", {"yes": True, "no": False},
     {"nodes": [{"worksName": WORKS, "guaranteedAmount": AMOUNT}]}),
    ("nodes @skip(if: $yes) { number } totalCount", {"yes": True, "no": False}, {"totalCount": 1}),
    ("a: totalCount b: firstPosition c: lastPosition", {}, {"a": 1, "b": 1, "c": 1}),
    ("pageInfo { hasNextPage }", {}, {"pageInfo": {"hasNextPage": False}}),
    ("edges { cursor }", {}, {"edges": [{"cursor": "WyJORVdFU1QiLDEsMV0"}]}),
)  # fmt: skip
FRAGMENTS = (
    "fragment a on Guarantee { worksName certificate { ...c } } fragment b on Guarantee { worksName guaranteedAmount }"
    " fragment c on Certificate { title }"
)


async def test_pages_of_every_shape(api: Api, subtests: pytest.Subtests) -> None:
    await concluded(api)
    contractor = await api.as_("contractor")
    for selection, variables, expected in PAGES:
        with subtests.test(selection[:60]):
            used = " ".join(
                f"fragment {each}" for each in FRAGMENTS.replace("fragment ", "|").split("|")[1:]
                if f"...{each[0]}" in selection or (each[0] == "c" and "...a" in selection)
            )  # fmt: skip
            head = "query ($yes: Boolean!, $no: Boolean!)" if variables else "query"
            if variables:
                selection += " __typename @skip(if: $yes) __typename @skip(if: $no)"  # noqa: PLW2901  both are used
                expected = {**expected, "__typename": "GuaranteeConnection"}  # noqa: PLW2901
            answer = await contractor.ask(f"{head} {{ viewer {{ guarantees {{ {selection} }} }} }} {used}", **variables)
            assert answer["viewer"]["guarantees"] == expected


async def test_one_object_under_two_names_and_types(api: Api) -> None:
    guarantee = await concluded(api)
    contractor = await api.as_("contractor")
    answer = await contractor.ask(
        "query ($id: ID!) { a: node(id: $id) { ... on Guarantee { worksName } ... on GuaranteeApplication { state } }"
        " b: node(id: $id) { ... on Node { id } ... on Guarantee { certificate { issuedOnWareki } } }"
        " c: node(id: $id) { __typename } d: node(id: $id) { ... on Obligee { name } } }",
        id=guarantee["id"],
    )
    assert answer == {
        "a": {"worksName": WORKS},
        "b": {"id": guarantee["id"], "certificate": {"issuedOnWareki": "令和6年6月3日"}},
        "c": {"__typename": "Guarantee"},
        "d": {},
    }


async def test_a_certificate_opened_twice_in_one_request(api: Api) -> None:
    notice = await revealed(api, (await concluded(api))["id"])
    arguments = "(number: $number, accessKey: $accessKey)"
    answer = await api.ask(
        f"query ($number: GuaranteeNumber!, $accessKey: AccessKey!) {{ a: certificate{arguments} {{ __typename }}"
        f" b: certificate{arguments} {{ ... on Certificate {{ branch {{ tel }} termsName }} ... on Refused {{ __typename }} }}"
        f" c: certificate{arguments} {{ ... on Refused {{ refusals {{ code }} }} }} }}",
        number=notice["number"],
        accessKey=notice["accessKey"],
    )
    assert answer == {
        "a": {"__typename": "Certificate"},
        "b": {"branch": {"tel": "03-6848-2671"}, "termsName": "前払金保証約款"},
        "c": {},
    }


async def test_an_application_with_and_without_its_guarantee(api: Api) -> None:
    await concluded(api, "a")
    await applied(api, "b")
    contractor = await api.as_("contractor")
    answer = await contractor.ask(
        "{ viewer { applications { nodes { guarantee { number } again: guarantee { certificate { version } } } } } }"
    )
    assert answer["viewer"]["applications"]["nodes"] == [
        {"guarantee": {"number": "1070000473"}, "again": {"certificate": {"version": 1}}},
        {"guarantee": None, "again": None},
    ]


async def test_the_same_document_is_answered_anew_each_time(api: Api) -> None:
    notice = await revealed(api, (await concluded(api))["id"])
    for key, name in (
        (notice["accessKey"], "Certificate"),
        ("K5VL4+5QG_KJ", "Refused"),
        (notice["accessKey"], "Certificate"),
    ):
        answer = await api.ask(OPEN, number=notice["number"], accessKey=key)
        assert answer["certificate"]["__typename"] == name

"""The list of guarantees (保証工事一覧): the leaflet's columns, its search, its orders, its pages."""

import base64
import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.client import Api, Json, concluded
from tests.conftest import Clock
from tests.schema.operations import APPLICATIONS, GUARANTEES, OBLIGEES
from tests.schema.parties import issue_the_samples

pytestmark = pytest.mark.anyio
KINKI = {
    "issuedOn": "2022-01-20", "changed": False, "obligeeName": "支出負担行為担当官 近畿地方整備局長",
    "worksName": "国道〇号線 道路改良工事 その1", "contractPrice": 2_172_720_000,
}  # fmt: skip
PERFORMANCE = {
    **KINKI,
    "number": "1070200236",
    "kindShort": "契約",
    "coveredPrice": None,
    "guaranteedAmount": 217_272_000,
}
ADVANCE = {
    **KINKI,
    "number": "1070000473",
    "kindShort": "前払",
    "coveredPrice": 616_296_000,
    "guaranteedAmount": 145_670_000,
}


async def listed(api: Api, **given: object) -> Json:
    answer = await api.ask(GUARANTEES, **{"sort": "NEWEST", **given})
    return dict(answer["viewer"]["guarantees"])


def numbers(page: Json) -> list[str]:
    assert [each["node"]["number"] for each in page["edges"]] == [each["number"] for each in page["nodes"]]
    return [each["number"] for each in page["nodes"]]


async def test_the_leaflets_list(api: Api) -> None:
    await issue_the_samples(api.platform)
    page = await listed(await api.as_("contractor"))
    assert page["nodes"] == [PERFORMANCE, ADVANCE]
    assert (page["totalCount"], page["firstPosition"], page["lastPosition"]) == (2, 1, 2)  # 2件中 1 - 2件
    assert page["pageInfo"] == {
        "hasNextPage": False, "hasPreviousPage": False,
        "startCursor": page["edges"][0]["cursor"], "endCursor": page["edges"][1]["cursor"],
    }  # fmt: skip
    nobodys = await listed(await api.as_("other"))
    assert nobodys == {
        "totalCount": 0, "firstPosition": 0, "lastPosition": 0, "nodes": [], "edges": [],
        "pageInfo": {"hasNextPage": False, "hasPreviousPage": False, "startCursor": None, "endCursor": None},
    }  # fmt: skip
    assert numbers(await listed(await api.as_("surety"))) == ["1070200236", "1070000473"]


SEARCHES = {
    ("", "ALL"): "ab", ("　", "NUMBER"): "ab", ("道路改良", "ALL"): "a", ("道路改良", "WORKS_NAME"): "a",
    ("道路改良", "OBLIGEE"): "", ("道路改良", "NUMBER"): "", ("ﾄﾞｳﾛ", "ALL"): "b", ("ドウロ", "WORKS_NAME"): "b",
    ("abc", "WORKS_NAME"): "b", ("ＡＢＣ", "ALL"): "b", ("近畿", "OBLIGEE"): "a", ("近畿", "WORKS_NAME"): "",
    ("1070000473", "NUMBER"): "a", ("１０７００００４７３", "ALL"): "a", ("0000474", "NUMBER"): "b",
    ("その１", "ALL"): "a", ("号線道路", "WORKS_NAME"): "a", ("100%", "WORKS_NAME"): "b", ("100_", "WORKS_NAME"): "",
    ("%", "ALL"): "b", ("\\", "ALL"): "", ("'", "ALL"): "", ("\u0000", "ALL"): "ab", ("ない", "ALL"): "",
}  # fmt: skip


async def test_search_by_everything_whatever_its_width_and_case(api: Api, subtests: pytest.Subtests) -> None:
    await concluded(api, "a", worksName=KINKI["worksName"], obligeeName=KINKI["obligeeName"])
    await concluded(api, "b", worksName="ドウロ工事 ＡBc 100％", obligeeName="松江市長")
    contractor = await api.as_("contractor")
    for (text, field), expected in SEARCHES.items():
        with subtests.test(f"{text!r} {field}"):
            page = await listed(contractor, search={"text": text, "field": field}, sort="OLDEST")
            assert ["ab"[int(each[-1]) - 3] for each in numbers(page)] == list(expected)
            assert page["totalCount"] == len(expected)
    assert len(numbers(await listed(contractor, search={}))) == 2


ORDERS = {
    "NEWEST": "2103", "OLDEST": "3012", "ISSUED_ON_ASC": "3012", "ISSUED_ON_DESC": "2103", "NUMBER_ASC": "0123",
    "NUMBER_DESC": "3210", "OBLIGEE_ASC": "0132", "OBLIGEE_DESC": "2310", "WORKS_NAME_ASC": "2013",
    "WORKS_NAME_DESC": "3102", "AMOUNT_ASC": "1302", "AMOUNT_DESC": "2031",
}  # fmt: skip
ROWS: list[tuple[str, str, int, str]] = [
    ("b", "m", 3, "ADVANCE_PAYMENT"), ("c", "n", 1, "ADVANCE_PAYMENT"), ("a", "p", 4, "ADVANCE_PAYMENT"),
    ("d", "o", 2, "PERFORMANCE"),
]  # fmt: skip


async def test_every_order_and_every_page_in_it(api: Api, clock: Clock, subtests: pytest.Subtests) -> None:
    for day, index in enumerate((3, 0, 1, 2)):
        works, obligee, amount, kind = ROWS[index]
        clock.now = datetime(2024, 6, 3 + day, 1, tzinfo=UTC)
        api.sessions.clear()
        await concluded(api, str(index), worksName=works, obligeeName=obligee, guaranteedAmount=amount, kind=kind)
    contractor = await api.as_("contractor")
    everything = numbers(await listed(contractor, sort="NUMBER_ASC"))
    for sort, expected in ORDERS.items():
        with subtests.test(sort):
            wanted = [everything[int(place)] for place in expected]
            assert numbers(await listed(contractor, sort=sort)) == wanted
            await walk(contractor, sort, wanted)


async def walk(api: Api, sort: str, wanted: list[str]) -> None:
    """Page through four rows by threes: first, next, previous, last."""
    first = await listed(api, sort=sort, first=3)
    assert (numbers(first), place(first)) == (wanted[:3], (4, 1, 3, True, False))
    after = await listed(api, sort=sort, first=3, after=first["pageInfo"]["endCursor"])
    assert (numbers(after), place(after)) == (wanted[3:], (4, 4, 4, False, True))
    before = await listed(api, sort=sort, last=2, before=after["pageInfo"]["startCursor"])
    assert (numbers(before), place(before)) == (wanted[1:3], (4, 2, 3, True, True))
    last = await listed(api, sort=sort, last=3)
    assert (numbers(last), place(last)) == (wanted[1:], (4, 2, 4, False, True))


def place(page: Json) -> tuple[object, ...]:
    info = page["pageInfo"]
    return (
        page["totalCount"],
        page["firstPosition"],
        page["lastPosition"],
        info["hasNextPage"],
        info["hasPreviousPage"],
    )


def cursor(value: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


WRONG_PAGES: list[Json] = [
    {"first": 0}, {"first": 101}, {"first": -1}, {"last": 0}, {"last": 101}, {"first": 1, "last": 1},
    {"first": 1, "before": "x"}, {"last": 1, "after": "x"}, {"after": "!"}, {"after": "ｘ"}, {"after": "eA"},
    {"after": cursor([])}, {"after": cursor({})}, {"after": cursor(["NEWEST", 1])}, {"after": cursor(["OLDEST", 1, 1])},
    {"after": cursor(["NEWEST", "1", 1])}, {"after": cursor(["NEWEST", 1, "1"])}, {"after": cursor(["NEWEST", 1, True])},
    {"after": cursor(["NEWEST", 10**30, 1])}, {"after": cursor(["NEWEST", 1, 10**30])}, {"after": cursor(["NEWEST", True, 1])},
    {"after": base64.urlsafe_b64encode(b"[" * 50_000).decode()},
    {"after": cursor(["WORKS_NAME_ASC", "a\u0000", 1]), "sort": "WORKS_NAME_ASC"},
    {"after": base64.urlsafe_b64encode(b'["WORKS_NAME_ASC","\\ud800",1]').decode(), "sort": "WORKS_NAME_ASC"},
    {"after": cursor(["ISSUED_ON_ASC", "x", 1]), "sort": "ISSUED_ON_ASC"},
    {"after": cursor(["ISSUED_ON_ASC", 1, 1]), "sort": "ISSUED_ON_ASC"},
]  # fmt: skip


async def test_pages_that_there_cannot_be(api: Api, subtests: pytest.Subtests) -> None:
    contractor = await api.as_("contractor")
    for given in WRONG_PAGES:
        with subtests.test(str(given)[:80]):
            assert await contractor.errors(GUARANTEES, **{"sort": "NEWEST", **given}) == ["PAGE_MALFORMED"]
            if "sort" not in given:
                assert await contractor.errors(APPLICATIONS, **{"sort": "NEWEST", **given}) == ["PAGE_MALFORMED"]
    for after in ("!", "x", "T2JsaWdlZQ==", "U3VyZXR5OjE="):
        assert await api.errors(OBLIGEES, search="", after=after) == ["PAGE_MALFORMED"]
    for first in (0, 101):
        assert await api.errors(OBLIGEES, search="", first=first) == ["PAGE_MALFORMED"]
    assert numbers(await listed(contractor, first=100)) == []


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_a_list_keeps_its_place_while_rows_come(api: Api) -> None:
    for key in "ab":
        await concluded(api, key)
    contractor = await api.as_("contractor")
    page = await listed(contractor, first=1)
    assert numbers(page) == ["1070000474"]
    await concluded(api, "c")
    assert numbers(await listed(contractor, first=1, after=page["pageInfo"]["endCursor"])) == ["1070000473"]


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_nobody_else_has_a_list(api: Api) -> None:
    assert (await api.ask("{ viewer { role } }")) == {"viewer": None}
    await issue_the_samples(api.platform)
    other = await api.as_("other")
    query = "query ($n: GuaranteeNumber!) { viewer { guarantee(number: $n) { number } } }"
    assert (await other.ask(query, n="1070000473")) == {"viewer": {"guarantee": None}}
    unknown = replace(other, token=(await api.as_("contractor")).token)
    assert (await unknown.ask(query, n="1070000473")) == {"viewer": {"guarantee": {"number": "1070000473"}}}
    assert (await unknown.ask(query, n="9999999999")) == {"viewer": {"guarantee": None}}

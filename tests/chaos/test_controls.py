"""A harness that cannot fail proves nothing: here each of its checks is shown what it is to find."""

import base64
import json
from collections.abc import AsyncIterator
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import graphql
import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.cli import seeding
from denshi_hosho.core import tables
from denshi_hosho.schema.app import build_app
from tests.chaos.__main__ import verdict as exit_code
from tests.chaos.backups import differing
from tests.chaos.conducting import Conductor, Unit, lanes
from tests.chaos.conforming import naming, nonconforming
from tests.chaos.databases import Ground
from tests.chaos.figures import Row, markdown
from tests.chaos.forged_files import outcome as outcome_of_file
from tests.chaos.forged_files import outcome_of_the_api
from tests.chaos.forgeries import genuine_of, outcome
from tests.chaos.fuzz import judged
from tests.chaos.kills import bugs
from tests.chaos.ledger import Conclusion, Ledger, repeat, verdict
from tests.chaos.needles import Needles
from tests.chaos.oracle import auc
from tests.chaos.report import Sitting
from tests.chaos.results import NotTheSame, Results
from tests.chaos.roots import wrong
from tests.chaos.world import Answer, World, world
from tests.client import CONCLUDE
from tests.core.forging import forgeries
from tests.core.forging_files import Forgery
from tests.core.signed import issuer

KEY = "K5VL4+5QG_KJ"
GOOD = Row(
    part="kills", what="x", database="sqlite", cases=3, wanted=3, wrong={"lost": 0}, ended="2024-06-03T01:02:03+00:00"
)


@pytest.fixture
async def made(database_kind: str, database_url: str, tmp_path: Path) -> AsyncIterator[World]:
    async with world(Ground(database_kind, database_url, tmp_path, tmp_path)) as built:
        yield built


@pytest.fixture
async def ledger(made: World) -> Ledger:
    """A ledger of three guarantees, each concluded over the API."""
    noted, token = Ledger(), await made.token(seeding.SURETY)
    for index, application in enumerate(await made.approved(3)):
        given = {"applicationId": application, "idempotencyKey": f"key {index}"}
        guarantee = (await made.ask(CONCLUDE, token, input=given))["concludeGuarantee"]["guarantee"]
        noted.note(f"key {index}", Conclusion(application, guarantee["id"], guarantee["number"]))
    return noted


async def _execute(statement: sa.Executable, connection: AsyncConnection) -> None:
    await connection.execute(statement)


async def execute(made: World, *statements: sa.Executable) -> None:
    for statement in statements:
        await made.platform.database.write(partial(_execute, statement))


def found(counts: dict[str, int]) -> set[str]:
    return {name for name, count in counts.items() if count}


@pytest.mark.anyio
async def test_what_is_right_is_found_right(made: World, ledger: Ledger) -> None:
    assert found(await verdict(made, ledger)) == set()
    assert await repeat(made, ledger, await made.token(seeding.SURETY), 9) == 0


@pytest.mark.anyio
async def test_an_acknowledgement_that_is_not_kept_is_lost(made: World, ledger: Ledger) -> None:
    first = ledger.acknowledged["key 0"]
    ledger.acknowledged["key 0"] = replace(first, number="0000000000")
    assert found(await verdict(made, ledger)) == {"lost"}
    assert await repeat(made, ledger, await made.token(seeding.SURETY), 9) == 1


@pytest.mark.anyio
async def test_one_guarantee_for_two_requests_is_doubled(made: World, ledger: Ledger) -> None:
    ledger.note("key 3", ledger.acknowledged["key 0"])
    assert found(await verdict(made, ledger)) == {"doubled", "another answer on retry"}


@pytest.mark.anyio
async def test_two_answers_to_one_key_are_noticed(made: World, ledger: Ledger) -> None:
    ledger.note("key 0", ledger.acknowledged["key 1"])
    assert (await verdict(made, ledger))["another answer on retry"] == 1


@pytest.mark.anyio
async def test_a_number_that_was_taken_for_nothing_is_a_gap(made: World, ledger: Ledger) -> None:
    await execute(made, sa.update(tables.number_range).values(next=tables.number_range.c.next + 1))
    assert found(await verdict(made, ledger)) == {"gaps"}


@pytest.mark.anyio
async def test_a_guarantee_that_nobody_was_told_of_is_noticed(made: World, ledger: Ledger) -> None:
    del ledger.acknowledged["key 2"]
    assert found(await verdict(made, ledger)) == {"not told of"}


@pytest.mark.anyio
@pytest.mark.parametrize("table", ["certificate", "mail", "decision"])
async def test_a_guarantee_without_one_of_its_parts_is_half_written(made: World, ledger: Ledger, table: str) -> None:
    part = tables.metadata.tables[table]
    first = sa.select(sa.func.max(part.c.id)).scalar_subquery()
    await execute(made, sa.delete(part).where(part.c.id == first))
    assert found(await verdict(made, ledger)) == {"half-written"}


@pytest.mark.anyio
async def test_keys_that_open_nothing_are_noticed(made: World, ledger: Ledger) -> None:
    first = sa.select(sa.func.min(tables.access_key.c.id)).scalar_subquery()
    await execute(made, sa.update(tables.access_key).where(tables.access_key.c.id == first).values(mac=bytes(32)))
    assert await verdict(made, ledger) == {**dict.fromkeys(await verdict(made, ledger), 0), "keys not opening": 1}


@pytest.mark.anyio
async def test_a_genuine_token_is_accepted_and_each_kind_of_forgery_is_refused(made: World) -> None:
    genuine = await genuine_of(made)
    assert await outcome(made, genuine.access) == "accepted"
    forged = islice(forgeries(genuine, 1), 14)
    kinds = {kind: await outcome(made, token) for kind, token in forged}
    assert len(kinds) > 12
    assert set(kinds.values()) == {"refused"}


@pytest.fixture(scope="module")
def copies() -> tuple[Forgery, Forgery, Forgery, Forgery]:
    """A genuine PDF and statement, and an altered one of each."""
    file = issuer().file()
    pdf, jws = Forgery("", pdf=file.pdf), Forgery("", jws=file.jws)
    return pdf, jws, Forgery("", pdf=file.pdf + b" "), Forgery("", jws=f"{file.jws[:-9]}AAAAAAAAA")


@pytest.mark.anyio
async def test_a_copy_that_is_taken_is_told_from_one_that_is_not(
    made: World, copies: tuple[Forgery, Forgery, Forgery, Forgery]
) -> None:
    ours = issuer()
    app = build_app(replace(made.platform, seal=ours.seal, signing=ours.keys), deliver_mail=False)
    expected = ["accepted", "accepted", "refused", "refused"]
    assert [await outcome_of_file(copy, ours) for copy in copies] == expected
    assert [await outcome_of_the_api(app, copy, "10.2.0.1") for copy in copies] == expected
    assert await outcome_of_the_api(app, Forgery(""), "10.2.0.1") == "refused"


@pytest.mark.anyio
async def test_the_audit_notices_a_row_that_was_altered(made: World, ledger: Ledger) -> None:
    assert found(dict((await wrong(made.platform.database)).wrong)) == set()
    assert ledger.acknowledged
    await execute(made, sa.update(tables.certificate).values(works_name="別の工事"))
    assert found(dict((await wrong(made.platform.database)).wrong)) == {"audit findings"}


def test_a_table_that_came_back_otherwise_is_noticed() -> None:
    before = {"mail": (2, "a"), "guarantee": (1, "b")}
    assert differing(before, dict(before)) == 0
    assert differing(before, {"mail": (2, "a"), "guarantee": (1, "c")}) == 1
    assert differing(before, {"mail": (2, "a"), "surety": (0, "")}) == 2


def test_a_run_is_taken_up_where_it_was_and_what_failed_is_not_tried_until_it_passes(tmp_path: Path) -> None:
    file = tmp_path / "run.json"
    first = Results(full=True, seed=27, sittings=[Sitting("first")], file=file)
    first.note("kills", "sqlite", [GOOD])
    first.note("cuts", "sqlite", [replace(GOOD, wrong={"lost": 1})])
    first.note("fuzz", "sqlite", [replace(GOOD, missing="killed")])
    second = Results(full=True, seed=27, sittings=[Sitting("second")], file=file)
    second.take_up(file)
    assert list(second.missing(list(lanes((), ("sqlite",)))))[:3] == [
        ("fuzz", "sqlite"),
        ("operations", "sqlite"),
        ("forgeries", "sqlite"),
    ]
    assert second.found == first.found
    assert [each.command for each in second.sittings] == ["first", "second"]
    with pytest.raises(NotTheSame):
        Results(full=True, seed=28, sittings=[Sitting("third")]).take_up(file)


def test_a_part_that_breaks_has_a_row_that_says_so(capfd: pytest.CaptureFixture[str]) -> None:
    told: dict[tuple[str, str], list[Row]] = {}
    conductor = Conductor(lambda part, kind, rows: told.update({(part, kind): rows}))
    conductor.run(Unit(("stops",), "sqlite"), full=False, seed=1)
    (row,) = told["stops", "sqlite"]
    assert row.missing.startswith("AssertionError")
    assert "NOT GOOD" in capfd.readouterr().err


@pytest.mark.parametrize(
    "row",
    [
        replace(GOOD, wrong={"lost": 1}),
        replace(GOOD, cases=2),
        replace(GOOD, wrong={}),
        replace(GOOD, wanted=0),
        replace(GOOD, missing="not yet"),
    ],
)
def test_a_row_passes_only_if_all_was_done_and_nothing_is_wrong(row: Row) -> None:
    assert GOOD.passed
    assert not row.passed
    assert (exit_code([GOOD]), exit_code([GOOD, row]), exit_code([])) == (0, 1, 1)
    assert Row.from_json(json.loads(json.dumps(row.to_json()))) == row


def test_the_table_has_a_line_for_each_row() -> None:
    table = markdown([GOOD, replace(GOOD, cases=2)]).splitlines()
    assert table[2] == "| kills | x | SQLite | 3 | lost 0 |  | 03 01:02 | 0 | pass |"
    assert table[3] == "| kills | x | SQLite | 2 of 3 | lost 0 |  | 03 01:02 | 0 | **FAIL** |"


@pytest.mark.parametrize(
    ("status", "body", "wrong"),
    [
        (200, b'{"data":{}}', []),
        (400, b'{"errors":[{"extensions":{"code":"BODY_NOT_JSON"}}]}', []),
        (500, b"{}", ["HTTP 500"]),
        (503, b"{}", ["HTTP 500"]),
        (200, b"<html>", ["no JSON"]),
        (200, b"[]", ["no JSON"]),
        (400, b'{"errors":[{}]}', ["no code"]),
        (200, b"{}", ["no code"]),
        (200, b'{"errors":[{"extensions":{"code":"INTERNAL"}}]}', ["INTERNAL"]),
    ],
)
def test_a_bad_answer_is_noticed(status: int, body: bytes, wrong: list[str]) -> None:
    assert judged(Answer(status, {}, body)) == wrong


SDL = "type Query { a: Int! b: [Thing!] } union Thing = One | Two type One { x: String } type Two { y: E } enum E { P }"
ASKED = "{ a b { ... on One { x } ... on Two { y } } }"


@pytest.mark.parametrize(
    ("data", "right"),
    [
        ({"a": 1, "b": [{"x": "s"}, {"y": "P"}]}, True),
        ({"a": 1, "b": None}, True),
        ({"a": None, "b": None}, False),
        ({"a": "1", "b": None}, False),
        ({"a": True, "b": None}, False),
        ({"a": 1, "b": [None]}, False),
        ({"a": 1, "b": [{"y": "Q"}]}, False),
        ({"a": 1}, False),
        ({"a": 1, "b": None, "c": 1}, False),
        ({"a": 1, "b": [{"x": "s", "y": "P"}]}, False),
    ],
)
def test_an_answer_is_held_against_the_schema(data: dict[str, Any], right: bool) -> None:  # noqa: FBT001
    things = [{**each, "__typename": "One" if "x" in each else "Two"} if each else each for each in data.get("b") or []]
    told = {**data, "__typename": "Query", **({"b": things} if things else {})}
    schema = graphql.build_schema(SDL)
    assert (not nonconforming(schema, naming(ASKED), {"data": told})) is right


def test_an_answer_with_neither_data_nor_errors_conforms_to_nothing() -> None:
    schema = graphql.build_schema(SDL)
    assert nonconforming(schema, ASKED, {})
    assert not nonconforming(schema, ASKED, {"errors": [{}]})


@pytest.mark.parametrize(
    "content",
    [
        KEY.encode(),
        b"x" + KEY.encode() + b"x",
        KEY.lower().encode(),
        b"\x00\x01" + KEY.encode("utf-16-le"),
        KEY.encode("utf-16-be"),
        KEY.encode().hex().encode(),
        b"a" + KEY.encode().hex().upper().encode(),
        *(base64.b64encode(b"z" * before + KEY.encode() + b"tail") for before in range(4)),
        *(base64.urlsafe_b64encode(b"z" * before + KEY.encode()) for before in range(4)),
        base64.encodebytes("お知らせ\n".encode() * 40 + KEY.encode() + b"y" * 200),
        f"{KEY[:4]}-{KEY[4:8]}-{KEY[8:]}".encode(),
        f"{KEY[:4]} {KEY[4:8]} {KEY[8:]}".encode(),
        "".join(chr(ord(symbol) + 0xFEE0) for symbol in KEY).encode(),
    ],
)
def test_a_key_is_found_in_every_spelling(content: bytes) -> None:
    assert Needles([KEY, "ABCDEFGHJKLM"]).found(b"\x00before\xff" + content + b"\x00after") == {KEY}


def test_a_key_that_is_not_there_is_not_found() -> None:
    assert Needles([KEY]).found(b"K5VL4+5QG_K" + bytes(range(256)) * 40 + base64.b64encode(b"K5VL4+5QG_KX")) == set()


def test_the_oracle_tells_a_difference_from_none() -> None:
    even, odd = [float(each) for each in range(0, 2_000, 2)], [float(each) for each in range(1, 2_001, 2)]
    assert auc(even, odd).value == pytest.approx(0.4995)
    assert not auc(even, odd).off
    assert auc([1.0] * 9, [1.0] * 9).value == 0.5
    assert (auc([2.0, 3.0], [0.0, 1.0]).value, auc([0.0, 1.0], [2.0, 3.0]).value) == (1, 0)
    assert auc([each + 200 for each in even], odd).off


def test_errors_in_a_log_are_counted(tmp_path: Path) -> None:
    log = tmp_path / "log"
    log.write_bytes(b'{"event":"request","level":"info"}\n{"event":"graphql bug","level":"error"}\nTraceback (most\n')
    assert bugs(log) == 2

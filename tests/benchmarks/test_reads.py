"""Both sides of the reads give the same answer and do the same work, on both databases; a slice can be measured."""

import asyncio
from pathlib import Path

import pytest
import sqlalchemy as sa
from starlette.types import Receive, Scope, Send

from benchmarks import reads, served, shares
from benchmarks.calling import CallFailed, ask, call
from benchmarks.queries import ONE
from benchmarks.scale import TINY
from benchmarks.shares import LAYERS, layer_of
from denshi_hosho.core import keys, paging
from denshi_hosho.core.database import Database
from denshi_hosho.core.tables import guarantee, key_event
from denshi_hosho.core.vocabulary import KeyEventKind
from denshi_hosho.schema import selection


def test_both_sides_answer_alike_and_each_records_an_opening(database_url: str, tmp_path: Path) -> None:
    async def compared() -> list[tuple[str, int]]:
        async with reads.sides(database_url, tmp_path, guarantees=2) as both:
            page = await ask(both.bare, both.calls["B"][0])
            await ask(both.bare, next(each for each in both.calls["K"] if b"1070000473" in each.body))
            assert len(page["viewer"]["guarantees"]["nodes"]) == 2
        return await openings(database_url)

    # `sides` has each guarantee opened once by the platform and once by R; the third opening is the one above.
    assert asyncio.run(compared()) == [("1070000473", 3), ("1070000474", 2)]


async def openings(url: str) -> list[tuple[str, int]]:
    database = Database(url)
    joined = sa.select(guarantee.c.number, sa.func.count()).join(key_event, key_event.c.guarantee_id == guarantee.c.id)
    opened = joined.where(key_event.c.event == KeyEventKind.OPENED).group_by(guarantee.c.number)
    async with database.read() as connection:
        rows = (await connection.execute(opened.order_by(guarantee.c.number))).all()
        unseen = sa.select(sa.func.count()).where(guarantee.c.first_opened_at.is_(None))
        assert (await connection.execute(unseen)).scalar_one() == 0
    await database.close()
    return [(number, count) for number, count in rows]


def test_the_bare_side_shows_nobody_elses_guarantee_and_opens_nothing_with_a_wrong_key(
    database_url: str, tmp_path: Path
) -> None:
    async def asked() -> None:
        async with reads.sides(database_url, tmp_path, guarantees=1) as both:
            bearer = dict(both.calls["A"][0].headers)[b"authorization"]
            other = call(ONE, "One", {"number": "1070000999"}, bearer)
            assert await ask(both.bare, other) == {"viewer": {"guarantee": None}}
            wrong = call("", "Open", {"number": "1070000473", "key": "AAAAAAAAAAAA"})
            assert await ask(both.bare, wrong) == {"certificate": {}}
            with pytest.raises(CallFailed):
                await ask(both.platform, call("{ nothing }", "", {}))

    asyncio.run(asked())


def test_an_answer_that_differs_is_noticed(database_url: str, tmp_path: Path) -> None:
    async def changed() -> None:
        async with reads.sides(database_url, tmp_path, guarantees=1) as both:
            calls = {"A": both.calls["A"]}
            with pytest.raises(AssertionError):
                await reads.check(reads.Sides(both.platform, _elsewhere, calls))

    asyncio.run(changed())


async def _elsewhere(_scope: Scope, _receive: Receive, send: Send) -> None:
    await send({"type": "http.response.start", "status": 200, "headers": []})
    await send({"type": "http.response.body", "body": b'{"data": {"viewer": null}}'})


def test_reads_are_measured(database_kind: str, database_url: str, tmp_path: Path) -> None:
    figures = reads.measure(database_kind, database_url, tmp_path, TINY)
    assert [figure.what[0] for figure in figures] == ["A", "B", "K"]
    for figure in figures:
        assert figure.ratio is not None
        assert figure.base is not None
        assert figure.ratio.median == pytest.approx(figure.base / figure.value)


def test_reads_through_a_server_are_measured(migrated_sqlite_url: str, tmp_path: Path) -> None:
    figures = served.measure("sqlite", migrated_sqlite_url, tmp_path, TINY)
    assert [(figure.part, figure.what[0]) for figure in figures] == [("served", name) for name in "ABK"]
    assert all(figure.value > 0 for figure in figures)


def test_shares_add_up_to_the_whole(migrated_sqlite_url: str, tmp_path: Path) -> None:
    found = shares.measure("sqlite", migrated_sqlite_url, tmp_path, TINY)
    assert [each.what for each in found] == ["A SQLite", "B SQLite", "K SQLite"]
    for each in found:
        assert each.samples > 0
        assert sum(each.of.values()) == pytest.approx(1)
        assert each.of["SQLAlchemy"] > 0


@pytest.mark.parametrize(
    ("function", "layer"),
    [
        (keys.reveal, "own fields, cursors, key check"),
        (paging.read_page, "own fields, cursors, key check"),
        (selection.wanted, "own choice of columns"),
        (sa.select, "SQLAlchemy"),
        (asyncio.sleep, "event loop and tasks"),
    ],
)
def test_code_belongs_to_its_layer(function: object, layer: str) -> None:
    assert LAYERS[layer_of(function.__code__)][0] == layer  # type: ignore[attr-defined]  # each is a plain function

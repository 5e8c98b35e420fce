import base64
import json
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.database import Database
from denshi_hosho.core.paging import Listing, Order, Page, PageMalformed, Window, read_page

metadata = sa.MetaData()
item = sa.Table(
    "item", metadata, sa.Column("id", sa.BigInteger().with_variant(sa.Integer(), "sqlite"), primary_key=True),
    sa.Column("list", sa.Integer(), nullable=False), sa.Column("name", sa.Text(), nullable=False),
    sa.Column("day", sa.Date(), nullable=False), sa.Column("yen", sa.BigInteger(), nullable=False),
)  # fmt: skip
ORDERS = [
    Order(f"{column.name} {'desc' if descending else 'asc'}", column, item.c.id, descending)
    for column in (item.c.id, item.c.name, item.c.day, item.c.yen)
    for descending in (False, True)
]
BOTH = frozenset({"total", "start"})
DAY = date(2024, 6, 1)
ROWS = st.lists(
    st.tuples(
        st.sampled_from(["", "a", "B", "あ", "ア", "工事 1", "%_\\'\""]),
        st.integers(0, 3),
        st.sampled_from([1, 2, 10**13]),
    ),
    max_size=14,
)
_lists = iter(range(1_000_000))


@pytest.fixture
async def items(database: Database) -> Any:
    """A database with a table of its own for lists to page through."""

    async def make(connection: AsyncConnection) -> None:
        await connection.run_sync(metadata.create_all)

    async def drop(connection: AsyncConnection) -> None:
        await connection.run_sync(metadata.drop_all)

    await database.write(make)
    yield database
    await database.write(drop)


async def fill(database: Database, rows: list[tuple[str, int, int]]) -> int:
    """Store a list; return its number."""
    number = next(_lists)
    values = [{"list": number, "name": name, "day": DAY + timedelta(days=day), "yen": yen} for name, day, yen in rows]
    if values:
        await database.write(lambda connection: connection.execute(sa.insert(item).values(values)))
    return number


async def page(database: Database, number: int, order: Order, window: Window, wanted: frozenset[str] = BOTH) -> Page:
    async with database.read() as connection:
        listing = Listing(item, [item.c.list == number], [item.c.id, item.c.name, item.c.day, item.c.yen], order)
        return await read_page(connection, listing, window, wanted)


async def walk(database: Database, number: int, order: Order, size: int, *, backward: bool) -> list[Page]:
    """All pages, as a client walks through them from one end."""
    pages: list[Page] = []
    cursor = None
    while True:
        window = Window(last=size, before=cursor) if backward else Window(first=size, after=cursor)
        found = await page(database, number, order, window)
        pages.append(found)
        if not (found.has_previous if backward else found.has_next):
            return pages
        cursor = found.cursor(0 if backward else -1)


@pytest.mark.anyio
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(rows=ROWS, order=st.sampled_from(ORDERS), size=st.integers(1, 6))
@example(rows=[("a", 0, 1)] * 7, order=ORDERS[3], size=2)
async def test_pages_walked_from_either_end_are_the_whole_list(
    items: Database, rows: list[tuple[str, int, int]], order: Order, size: int
) -> None:
    number = await fill(items, rows)
    async with items.read() as connection:
        listed = sa.select(item.c.id).where(item.c.list == number).order_by(*order.clauses(backward=False))
        whole = list((await connection.execute(listed)).scalars())
    assert len(whole) == len(rows)
    forward = await walk(items, number, order, size, backward=False)
    backward = await walk(items, number, order, size, backward=True)
    backward.reverse()
    for pages in (forward, backward):
        assert [row.id for each in pages for row in each.rows] == whole
        assert [each.total for each in pages] == [len(rows)] * len(pages)
        starts = [sum(len(before.rows) for before in pages[:at]) for at in range(len(pages))]
        assert [each.start for each in pages] == starts
        assert [each.has_next for each in pages] == [True] * (len(pages) - 1) + [False]
        assert [each.has_previous for each in pages] == [False] + [True] * (len(pages) - 1)


@pytest.mark.anyio
@pytest.mark.parametrize("order", ORDERS, ids=lambda order: order.name)
async def test_the_order_is_that_of_its_column_and_ties_are_settled_by_id(items: Database, order: Order) -> None:
    number = await fill(items, [("b", 1, 2), ("a", 1, 1), ("b", 0, 1), ("a", 0, 2)])
    found = await page(items, number, order, Window())
    values = [(getattr(row, order.column.name), row.id) for row in found.rows]
    assert values == sorted(values, reverse=order.descending)


@pytest.mark.anyio
async def test_total_and_start_cost_nothing_unless_wanted(items: Database) -> None:
    number = await fill(items, [("a", 0, 1)] * 3)
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(items.reader.sync_engine, "before_cursor_execute", note)
    cases: list[tuple[frozenset[str], int, tuple[int | None, int | None]]] = [
        (frozenset(), 1, (None, None)), (frozenset({"total"}), 2, (3, None)), (frozenset({"start"}), 2, (None, 0)),
        (BOTH, 3, (3, 0)),
    ]  # fmt: skip
    for wanted, statements, expected in cases:
        seen.clear()
        found = await page(items, number, ORDERS[0], Window(first=2), wanted)
        assert (found.total, found.start) == expected
        assert len([each for each in seen if "item" in each]) == statements


@pytest.mark.anyio
async def test_a_page_after_the_last_row_and_one_before_the_first_are_empty(items: Database) -> None:
    number = await fill(items, [("a", 0, 1)] * 3)
    whole = await page(items, number, ORDERS[0], Window())
    after = await page(items, number, ORDERS[0], Window(first=2, after=whole.cursor(-1)))
    assert (after.rows, after.has_next, after.has_previous, after.total, after.start) == ([], False, True, 3, 3)
    before = await page(items, number, ORDERS[0], Window(last=2, before=whole.cursor(0)))
    assert (before.rows, before.has_next, before.has_previous, before.total, before.start) == ([], True, False, 3, 0)
    assert after.cursor(0) is after.cursor(-1) is None


@pytest.mark.anyio
async def test_an_empty_list_has_one_empty_page(items: Database) -> None:
    found = await page(items, await fill(items, []), ORDERS[0], Window())
    assert (found.rows, found.has_next, found.has_previous, found.total, found.start) == ([], False, False, 0, 0)


@pytest.mark.anyio
async def test_a_page_stays_right_while_rows_come_and_go(items: Database) -> None:
    number = await fill(items, [("a", 0, 1), ("b", 0, 1), ("c", 0, 1), ("d", 0, 1)])
    by_name = ORDERS[2]
    first = await page(items, number, by_name, Window(first=2))
    gone = sa.delete(item).where(item.c.list == number, item.c.name == "b")
    await items.write(lambda connection: connection.execute(gone))
    new = sa.insert(item).values(list=number, name="aa", day=DAY, yen=1)
    await items.write(lambda connection: connection.execute(new))
    second = await page(items, number, by_name, Window(first=2, after=first.cursor(-1)))
    assert [row.name for row in second.rows] == ["c", "d"]


@pytest.mark.anyio
async def test_a_page_has_twenty_rows_unless_said_otherwise_and_at_most_a_hundred(items: Database) -> None:
    number = await fill(items, [("a", 0, 1)] * 101)
    for window, size in ((Window(), 20), (Window(first=100), 100), (Window(last=100), 100), (Window(first=1), 1)):
        assert len((await page(items, number, ORDERS[0], window)).rows) == size


@pytest.mark.parametrize(
    "window",
    [
        Window(first=1, last=1), Window(first=1, before="x"), Window(last=1, after="x"), Window(before="x"),
        Window(after="x", before="x"), Window(first=0), Window(first=-1), Window(first=101), Window(last=0), Window(last=101),
    ],
)  # fmt: skip
def test_arguments_that_contradict_each_other_are_refused(window: Window) -> None:
    with pytest.raises(PageMalformed) as caught:
        _ = window.size
    assert caught.value.code == "PAGE_MALFORMED"


def forged(value: object) -> str:
    text = value if isinstance(value, str) else json.dumps(value)
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


FORGED = [
    "", "x", "=", "あ", "\ud800", "\0", "W10", forged([]), forged({}), forged("null"), forged(["id asc"]), forged("[" * 100_000),
    forged(["id asc", 1]), forged(["id asc", 1, 1, 1]), forged(["id desc", 1, 1]), forged([None, 1, 1]),
    forged(["id asc", "1", 1]), forged(["id asc", 1, "1"]), forged(["id asc", 1, None]), forged(["id asc", 1, 1.5]),
    forged(["id asc", 1, True]), forged(["id asc", True, 1]), forged(["id asc", 1.0, 1]), forged(["id asc", None, 1]),
    forged(["id asc", [], 1]), forged(["id asc", 2**63, 1]), forged(["id asc", 1, 2**63]), forged(["id asc", 10**30, 1]),
    forged(["id asc", -(2**63) - 1, 1]), forged(f'["id asc",{"9" * 5000},1]'), forged('["id asc",NaN,1]'),
    forged('["id asc",Infinity,1]'), forged({"id asc": 1, "a": 1, "b": 1}),
]  # fmt: skip
FORGED_BY_ORDER = [
    *[(0, cursor) for cursor in FORGED],
    (2, forged(["name asc", 1, 1])), (2, forged(["name asc", "a\0", 1])), (2, forged('["name asc","\\ud800",1]')),
    (2, forged(["name asc", None, 1])), (2, forged(["name asc", ["a"], 1])), (4, forged(["day asc", "2024-13-01", 1])),
    (4, forged(["day asc", "", 1])), (4, forged(["day asc", 20240601, 1])), (4, forged(["day asc", None, 1])),
    (6, forged(["yen asc", "1", 1])), (6, forged(["id asc", 1, 1])),
]  # fmt: skip


@pytest.mark.anyio
async def test_a_cursor_of_another_list_or_of_nobody_is_refused(items: Database) -> None:
    number = await fill(items, [("a", 0, 1)] * 3)
    for at, cursor in FORGED_BY_ORDER:
        for window in (Window(first=1, after=cursor), Window(last=1, before=cursor)):
            with pytest.raises(PageMalformed):
                await page(items, number, ORDERS[at], window)


@pytest.mark.anyio
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    value=st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters()) | st.dates().map(str),
    row_id=st.integers() | st.booleans() | st.text(max_size=2),
    order=st.sampled_from(ORDERS),
)
async def test_any_cursor_names_a_place_or_is_refused(
    items: Database, value: object, row_id: object, order: Order
) -> None:
    try:
        found = await page(items, -1, order, Window(first=1, after=forged([order.name, value, row_id])))
    except PageMalformed:
        return
    assert found.rows == []

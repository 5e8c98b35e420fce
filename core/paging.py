"""Pages of a list by keyset: a page stays right while rows come and go, and its last page costs what its first does."""

import base64
import binascii
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.errors import HoshoError
from denshi_hosho.core.rows import AnyRow

MAX_PAGE = 100
DEFAULT_PAGE = 20
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class PageMalformed(HoshoError):
    """The arguments of a connection contradict each other, or its cursor is not one of this list and order."""

    code = "PAGE_MALFORMED"


@dataclass(frozen=True, slots=True)
class Window:
    """Which page is asked for, in Relay's terms: `first` after a cursor, or `last` before one."""

    first: int | None = None
    after: str | None = None
    last: int | None = None
    before: str | None = None

    @property
    def backward(self) -> bool:
        """Return whether the page is counted from the end."""
        return self.last is not None

    @property
    def size(self) -> int:
        """Return how many rows the page has at most. Raise `PageMalformed`."""
        if self.first is not None and self.last is not None:
            raise PageMalformed("first と last は同時に指定できません。", "Give first or last, not both.")
        if self.last is None and self.before is not None:
            raise PageMalformed("first は after と組み合わせてください。", "first goes with after, last with before.")
        if self.last is not None and self.after is not None:
            raise PageMalformed("last は before と組み合わせてください。", "last goes with before, first with after.")
        size = self.last if self.last is not None else self.first
        size = DEFAULT_PAGE if size is None else size
        if not 1 <= size <= MAX_PAGE:
            raise PageMalformed(f"1ページは1件以上{MAX_PAGE}件以下です。", f"A page has 1 to {MAX_PAGE} rows.")
        return size


@dataclass(frozen=True, slots=True)
class Order:
    """One order of a list: a column (never null) with a unique id to settle ties, and a direction for both."""

    name: str
    column: sa.ColumnElement[Any]
    id: sa.ColumnElement[int]
    descending: bool = False

    def cursor(self, row: AnyRow) -> str:
        """Return the cursor of a row, which must hold `sort_value` and `id`."""
        value = row.sort_value.isoformat() if isinstance(row.sort_value, date) else row.sort_value
        text = json.dumps([self.name, value, row.id], ensure_ascii=False, separators=(",", ":"))
        return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")

    def place(self, cursor: str) -> tuple[sa.ColumnElement[Any], sa.ColumnElement[int]]:
        """Return the position that `cursor` names. Raise `PageMalformed`."""
        try:
            name, value, row_id = json.loads(base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)))
            value = date.fromisoformat(value) if isinstance(self.column.type, sa.Date) else value
            fits = name == self.name and type(row_id) is int and isinstance(value, self.column.type.python_type)
        except (binascii.Error, ValueError, TypeError, RecursionError) as error:
            raise foreign_cursor() from error
        if not (fits and _storable(value) and _storable(row_id)):
            raise foreign_cursor()
        return sa.literal(value, self.column.type), sa.literal(row_id, self.id.type)

    def beyond(self, cursor: str, *, backward: bool) -> sa.ColumnElement[bool]:
        """Return the condition of the rows after (or, `backward`, before) `cursor`."""
        here, there = sa.tuple_(self.column, self.id), sa.tuple_(*self.place(cursor))
        return here < there if self.descending != backward else here > there

    def clauses(self, *, backward: bool) -> Sequence[sa.ColumnElement[Any]]:
        """Return what to order by."""
        both = (self.column, self.id)
        return [each.desc() if self.descending != backward else each.asc() for each in both]


def _storable(value: object) -> bool:
    """Return whether a database can be asked for `value`: no integer beyond 64 bits, no NUL, no half of a surrogate."""
    if isinstance(value, int):
        return type(value) is int and abs(value) < 2**63
    return not isinstance(value, str) or not _UNSTORABLE.search(value)


def foreign_cursor() -> PageMalformed:
    """Return what is raised for a cursor that this list in this order did not give out."""
    return PageMalformed(
        "カーソルがこの一覧の並び順のものではありません。",
        "The cursor does not belong to this list in this order.",
    )


@dataclass(frozen=True, slots=True)
class Page:
    """One page. `total` and `start` (how many rows stand before the page) are None unless they were asked for."""

    rows: Sequence[AnyRow]
    order: Order
    has_next: bool
    has_previous: bool
    total: int | None
    start: int | None

    def cursor(self, index: int) -> str | None:
        """Return the cursor of the page's row at `index` (-1: the last), or None if the page is empty."""
        return self.order.cursor(self.rows[index]) if self.rows else None


@dataclass(frozen=True, slots=True)
class Listing:
    """A list to be paged: which tables, which rows, which columns, in which order."""

    source: sa.FromClause
    where: Sequence[sa.ColumnElement[bool]]
    columns: Sequence[sa.ColumnElement[Any]]
    order: Order


async def read_page(connection: AsyncConnection, listing: Listing, window: Window, wanted: frozenset[str]) -> Page:
    """Return the page of `listing`; `wanted` may name `total` and `start`, which cost a statement each."""
    order, size = listing.order, window.size
    cursor = window.before if window.backward else window.after
    beyond = [] if cursor is None else [order.beyond(cursor, backward=window.backward)]
    columns = [*listing.columns, order.column.label("sort_value")]
    statement = sa.select(*columns).select_from(listing.source).where(*listing.where, *beyond)
    ordered = statement.order_by(*order.clauses(backward=window.backward)).limit(size + 1)
    rows = list((await connection.execute(ordered)).all())
    more, rows = len(rows) > size, rows[:size]
    if window.backward:
        rows.reverse()
    has_next, has_previous = (cursor is not None, more) if window.backward else (more, cursor is not None)
    total = await _count(connection, listing, []) if "total" in wanted else None
    start = await _start(connection, listing, rows, after=window.after) if "start" in wanted else None
    return Page(rows, order, has_next, has_previous, total, start)


async def _start(connection: AsyncConnection, listing: Listing, rows: Sequence[AnyRow], *, after: str | None) -> int:
    if not rows:  # before an empty page stands nothing, or, when it comes after a cursor, everything
        return 0 if after is None else await _count(connection, listing, [])
    before_first = listing.order.beyond(listing.order.cursor(rows[0]), backward=True)
    return await _count(connection, listing, [before_first])


async def _count(connection: AsyncConnection, listing: Listing, extra: Sequence[sa.ColumnElement[bool]]) -> int:
    statement = sa.select(sa.func.count()).select_from(listing.source).where(*listing.where, *extra)
    return int((await connection.execute(statement)).scalar_one())

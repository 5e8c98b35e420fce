"""Connections as Relay describes them, with what the leaflet's list shows: how many there are, and which are seen."""

from typing import Annotated

import strawberry

from denshi_hosho.core.paging import Page, Window
from denshi_hosho.schema.context import CoreObject
from denshi_hosho.schema.policy import Reach, reached

First = Annotated[int | None, strawberry.argument(description="How many rows from the start, 1 to 100 (default 20).")]
After = Annotated[str | None, strawberry.argument(description="Cursor after which the page begins.")]
Last = Annotated[int | None, strawberry.argument(description="How many rows from the end, 1 to 100.")]
Before = Annotated[str | None, strawberry.argument(description="Cursor before which the page ends.")]


@reached(Reach.PART)
@strawberry.type(description="Where a page stands in its list.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="More follow (次).")
    has_previous_page: bool = strawberry.field(description="Some come before (前).")
    start_cursor: str | None = strawberry.field(description="Cursor of the page's first row.")
    end_cursor: str | None = strawberry.field(description="Cursor of the page's last row.")


def page_info(page: Page) -> PageInfo:
    """Return where `page` stands in its list."""
    return PageInfo(
        has_next_page=page.has_next,
        has_previous_page=page.has_previous,
        start_cursor=page.cursor(0),
        end_cursor=page.cursor(-1),
    )


class Edge:
    """A row of a page with its cursor."""

    def __init__(self, page: Page, node: CoreObject) -> None:
        self._page = page
        self.node = node

    @property
    def cursor(self) -> str:
        """Return the row's cursor."""
        return self._page.order.cursor(self.node)


class Connection:
    """A page as a GraphQL connection shows it."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def edges(self) -> list[Edge]:
        """Return the rows with their cursors."""
        return [Edge(self.page, row) for row in self.page.rows]

    @property
    def nodes(self) -> CoreObject:
        """Return the rows."""
        return self.page.rows

    @property
    def page_info(self) -> PageInfo:
        """Return where the page stands."""
        return page_info(self.page)

    @property
    def total_count(self) -> int | None:
        """Return how many rows the list has; read only if it was asked for."""
        return self.page.total

    @property
    def first_position(self) -> int | None:
        """Return the place of the page's first row in the list, from 1; 0 for an empty page."""
        return self._position(1)

    @property
    def last_position(self) -> int | None:
        """Return the place of the page's last row in the list, from 1; 0 for an empty page."""
        return self._position(len(self.page.rows))

    def _position(self, nth: int) -> int | None:
        if self.page.start is None or not self.page.rows:
            return None if self.page.start is None else 0
        return self.page.start + nth


def window(first: int | None, after: str | None, last: int | None, before: str | None) -> Window:
    """Return the page that a connection's arguments ask for."""
    return Window(first, after, last, before)


def extras(asked: frozenset[str]) -> frozenset[str]:
    """Return what a page must count for the connection fields in `asked`."""
    counted = {"total_count": "total", "first_position": "start", "last_position": "start"}
    return frozenset(counted[name] for name in asked & counted.keys())

"""A table over several sheets: cells are wrapped to their column, rows are as high as their highest cell."""

from collections.abc import Sequence
from dataclasses import dataclass

from denshi_hosho.core.documents.sheet import Align, Sheet, Type
from denshi_hosho.core.documents.typeface import ONE_AT_A_TIME, Face, registered

INK = (0.1, 0.17, 0.3)
HAIRLINE = (0.62, 0.66, 0.73)
TINT = (0.945, 0.953, 0.968)
CELL = Type(Face.GOTHIC, 8, leading=1.35)
HEAD = Type(Face.GOTHIC, 7, INK)
PAD = 3.0
HEAD_HEIGHT = 18.0


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its heading, its width in points, and where its text stands."""

    title: str
    width: float
    align: Align = "left"


@dataclass(frozen=True, slots=True)
class Row:
    """A row, its cells wrapped to lines."""

    cells: tuple[list[str], ...]

    @property
    def height(self) -> float:
        """How high it is, in points."""
        return max(len(lines) for lines in self.cells) * CELL.size * CELL.leading + 2 * PAD + 1


def row_of(columns: Sequence[Column], cells: Sequence[str]) -> Row:
    """Return a row of these texts. Raise `GlyphMissing`."""
    with ONE_AT_A_TIME:
        registered()
        each = zip(columns, cells, strict=True)
        return Row(tuple(CELL.wrapped(text, column.width - 2 * PAD) for column, text in each))


def pages_of(rows: Sequence[Row], first: float, other: float, last: float) -> list[list[Row]]:
    """Return the rows page by page: `first` and `other` are how many points there are for them, `last` what follows them.

    The first page may have none, if there is too little room on it, and so may the last one, if what follows needs it.
    """
    pages: list[list[Row]] = [[]]
    left = first - HEAD_HEIGHT
    for row in rows:
        if row.height > left:
            pages.append([])
            left = other - HEAD_HEIGHT
        pages[-1].append(row)
        left -= row.height
    return pages if left >= last else [*pages, []]


def draw_rows(sheet: Sheet, x: float, y: float, columns: Sequence[Column], rows: Sequence[Row]) -> float:
    """Draw the heading and the rows from `y` down; return where they end."""
    width = sum(column.width for column in columns)
    sheet.fill(x, y, width, HEAD_HEIGHT, TINT)
    _line(sheet, x, y + 12, columns, [[column.title] for column in columns], HEAD)
    y += HEAD_HEIGHT
    for row in rows:
        _line(sheet, x, y + PAD + CELL.size, columns, row.cells, CELL)
        y += row.height
        sheet.rule(x, y, x + width, y, 0.4, HAIRLINE)
    return y


def _line(sheet: Sheet, x: float, y: float, columns: Sequence[Column], cells: Sequence[list[str]], type_: Type) -> None:
    for column, lines in zip(columns, cells, strict=True):
        right = column.align == "right"
        for number, line in enumerate(lines):
            at = x + column.width - PAD if right else x + PAD
            sheet.text(at, y + number * type_.size * type_.leading, line, type_, column.align)
        x += column.width

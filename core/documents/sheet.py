"""One sheet of A4 to draw on, in points from its top left corner: text is checked, bytes are stable."""

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import groupby
from operator import itemgetter
from typing import Any, Literal, TypeAlias

from reportlab.graphics.barcode.qr import QrCodeWidget
from reportlab.lib.pagesizes import A4
from reportlab.lib.textsplit import wordSplit
from reportlab.pdfbase import pdfdoc
from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

from denshi_hosho.core.documents.typeface import ONE_AT_A_TIME, Face, drawn, registered
from denshi_hosho.core.errors import HoshoError

WIDTH: float = A4[0]
HEIGHT: float = A4[1]

Colour: TypeAlias = tuple[float, float, float]
Align: TypeAlias = Literal["left", "centre", "right"]

BLACK: Colour = (0.08, 0.08, 0.1)
WHITE: Colour = (1, 1, 1)

# Type shrinks by these steps until long texts fit the page; 11.5 pt ends at 6.9 pt.
SCALES = (1.0, 0.94, 0.88, 0.82, 0.76, 0.7, 0.65, 0.6)

_QUIET = 4  # modules of white round a code

# `invariant`: no clock, no random id. The first font is named, or Helvetica would appear, not embedded.
_CANVAS: dict[str, Any] = {
    "pagesize": A4,
    "invariant": 1,
    "pageCompression": 1,
    "pdfVersion": (1, 7),
    "lang": "ja-JP",
    "initialFontName": Face.MINCHO.value,
}


class TextTooLong(HoshoError):
    """The texts of a document do not fit on its one page."""

    code = "TEXT_TOO_LONG"

    def __init__(self) -> None:
        super().__init__(
            "文字数が多すぎるため、1ページに収まりません。工事名や名称を短くしてください。",
            "The texts do not fit on one page. Shorten the works name or the parties' names.",
        )


@dataclass(frozen=True, slots=True)
class Type:
    """How text looks: face, size in points, colour, and the distance of lines as a multiple of the size."""

    face: Face
    size: float
    colour: Colour = BLACK
    leading: float = 1.5

    def scaled(self, scale: float) -> "Type":
        """Return this type, its size times `scale`."""
        return replace(self, size=self.size * scale)

    def width(self, text: str) -> float:
        """Return the width of `text` in points."""
        return float(stringWidth(text, self.face.value, self.size))

    def wrapped(self, text: str, width: float) -> list[str]:
        """Return the lines of `text`, none wider than `width` points. Raise `GlyphMissing`.

        A closing bracket or full stop may not begin a line and hangs over the end of the one before: what
        does not fit on one line is broken one character early.
        """
        text = drawn(text)
        if self.width(text) <= width:
            return [text]
        lines = wordSplit(text, width - self.size, self.face.value, self.size)
        return [line for _, line in lines]


@dataclass(frozen=True, slots=True)
class Facts:
    """What a file says of itself: title, author, and the day it speaks of (None: no day)."""

    title: str
    author: str
    dated: date | None

    def dictionary(self, document: Any) -> Any:
        """Return the PDF information dictionary: these facts and no others."""
        entries = {"Title": self.title, "Author": self.author, "Producer": "denshi-hosho"}
        if self.dated is not None:
            entries["CreationDate"] = f"D:{self.dated:%Y%m%d}000000+09'00'"
        return pdfdoc.PDFDictionary({k: pdfdoc.PDFString(v) for k, v in entries.items()}).format(document)


class Sheet:
    """A blank page. `x` counts from the left edge, `y` from the top edge to a text's baseline, in points."""

    def __init__(self, facts: Facts) -> None:
        registered()
        self._file = io.BytesIO()
        self._canvas: Any = Canvas(self._file, **_CANVAS)
        # reportlab's own dictionary invents a date and a creator, and offers no way to leave them out.
        self._canvas._doc.info.format = facts.dictionary  # noqa: SLF001
        self._canvas.setViewerPreference("DisplayDocTitle", "true")

    def text(self, x: float, y: float, text: str, type_: Type, align: Align = "left") -> None:
        """Draw one line of text. Raise `GlyphMissing`."""
        draw = {
            "left": self._canvas.drawString,
            "centre": self._canvas.drawCentredString,
            "right": self._canvas.drawRightString,
        }[align]
        self._canvas.setFont(type_.face.value, type_.size)
        self._canvas.setFillColorRGB(*type_.colour)
        draw(x, HEIGHT - y, drawn(text))

    def lines(self, x: float, y: float, lines: list[str], type_: Type) -> float:
        """Draw `lines` from the baseline `y` down and return the baseline after the last."""
        for line in lines:
            self.text(x, y, line, type_)
            y += type_.size * type_.leading
        return y

    def paragraph(self, x: float, y: float, width: float, text: str, type_: Type) -> float:
        """Draw `text` in lines of at most `width` and return the baseline after the last."""
        return self.lines(x, y, type_.wrapped(text, width), type_)

    def rule(self, x1: float, y1: float, x2: float, y2: float, weight: float, colour: Colour = BLACK) -> None:
        """Draw a straight line `weight` points thick."""
        self._canvas.setLineWidth(weight)
        self._canvas.setStrokeColorRGB(*colour)
        self._canvas.line(x1, HEIGHT - y1, x2, HEIGHT - y2)

    def fill(self, x: float, y: float, width: float, height: float, colour: Colour) -> None:
        """Fill the rectangle whose top left corner is `x`, `y`."""
        self._canvas.setFillColorRGB(*colour)
        self._canvas.rect(x, HEIGHT - y - height, width, height, stroke=0, fill=1)

    def frame(self, x: float, y: float, width: float, height: float, weight: float, colour: Colour) -> None:
        """Outline the rectangle whose top left corner is `x`, `y`."""
        self._canvas.setLineWidth(weight)
        self._canvas.setStrokeColorRGB(*colour)
        self._canvas.rect(x, HEIGHT - y - height, width, height, stroke=1, fill=0)

    def code(self, x: float, y: float, side: float, text: str) -> None:
        """Draw `text` as QR code (ISO/IEC 18004, level M), its white margin inside the square with top left corner `x`, `y`."""
        modules = qr_modules(text)
        size = side / (len(modules) + 2 * _QUIET)
        path = self._canvas.beginPath()
        for row, line in enumerate(modules, start=_QUIET):
            for first, length in _runs(line):
                path.rect(x + (_QUIET + first) * size, HEIGHT - y - (row + 1) * size, length * size, size)
        self._canvas.setFillColorRGB(*BLACK)
        self._canvas.drawPath(path, stroke=0, fill=1)

    def turn(self) -> None:
        """End this page and begin the next one."""
        self._canvas.showPage()

    def pdf(self) -> bytes:
        """Return the finished file."""
        self._canvas.save()
        return self._file.getvalue()


def qr_modules(text: str) -> list[list[bool]]:
    """Return the QR code of `text`, row by row from the top: True is dark."""
    widget: Any = QrCodeWidget(text, barLevel="M")  # its library is not typed
    code = widget.qr
    code.make()
    return [list(map(bool, row)) for row in code.modules]


def _runs(line: list[bool]) -> Iterator[tuple[int, int]]:
    """Yield where dark modules follow each other in `line`: the first one's place, and how many."""
    for dark, run in groupby(enumerate(line), key=itemgetter(1)):
        places = [place for place, _ in run]
        if dark:
            yield places[0], len(places)


def one_page(facts: Facts, draw: Callable[[Sheet, float], bool]) -> bytes:
    """Return the PDF that `draw(sheet, scale)` makes at the largest scale at which it answers that all fits.

    Raise `TextTooLong`, `GlyphMissing`.
    """
    with ONE_AT_A_TIME:
        for scale in SCALES:
            sheet = Sheet(facts)
            if draw(sheet, scale):
                return sheet.pdf()
    raise TextTooLong


def many_pages(facts: Facts, count: int, draw: Callable[[Sheet, int], None]) -> bytes:
    """Return the PDF of `count` pages that `draw(sheet, number)` makes, numbered from 0. Raise `GlyphMissing`."""
    with ONE_AT_A_TIME:
        sheet = Sheet(facts)
        for number in range(count):
            if number:
                sheet.turn()
            draw(sheet, number)
        return sheet.pdf()

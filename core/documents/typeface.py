"""The embedded fonts: registered once, and honest about which characters they cannot draw."""

import io
import threading
from enum import StrEnum
from functools import cache
from importlib import resources

from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont

from denshi_hosho.core.errors import HoshoError
from denshi_hosho.core.text import clusters, composed

_FOLDER = "denshi_hosho.core.documents.fonts"
_NO_GLYPH = 0  # the empty box that a font draws for what it lacks; both fonts name it for U+FFFF

# reportlab's registry is global and its font objects keep a read position: no two threads may draw at once.
ONE_AT_A_TIME = threading.RLock()


class Face(StrEnum):
    """A font by the name under which reportlab knows it. Both are monospaced, in half and full width."""

    MINCHO = "BIZUDMincho-Regular"
    GOTHIC = "BIZUDGothic-Regular"


class GlyphMissing(HoshoError):
    """A text holds characters that the documents' fonts cannot draw; `characters` are these, each once."""

    code = "GLYPH_MISSING"

    def __init__(self, characters: str) -> None:
        named = "、".join(f"「{mark}」({_code_points(mark)})" for mark in clusters(characters))
        super().__init__(
            f"証書に表示できない文字があります: {named}。別の表記（常用の字体など）に置き換えてください。",
            f"The documents cannot show these characters: {named}. Replace them by another spelling.",
        )
        self.characters = characters


def missing_glyphs(text: str) -> str:
    """Return the characters of `text` which the documents cannot draw, each once, in order ("" if none).

    Control characters count as missing. A base with a variation selector (異体字), or with a combining mark
    that has no composed form, is missing as a whole: without it, a name would silently change its shape.
    """
    drawable = registered()
    return "".join(dict.fromkeys(mark for mark in clusters(text) if composed(mark) not in drawable))


def drawn(text: str) -> str:
    """Return `text` as it is drawn: か + ゙ becomes が, nothing else changes. Raise `GlyphMissing`.

    Not NFC of the whole text, which would replace the name kanji of cp932 that are compatibility ideographs
    (U+FA19 神 by U+795E 神).
    """
    if missing := missing_glyphs(text):
        raise GlyphMissing(missing)
    return "".join(map(composed, clusters(text)))


def registered() -> frozenset[str]:
    """Make the fonts known to reportlab, once, and return the characters that each of them can draw.

    No text needs the one face to stand in for the other: both are drawn for the same characters (a test holds them to it).
    """
    with ONE_AT_A_TIME:
        return _register()


@cache
def _register() -> frozenset[str]:
    characters: list[frozenset[str]] = []
    for face in Face:
        file = io.BytesIO(resources.files(_FOLDER).joinpath(f"{face}.ttf").read_bytes())
        font = TTFont(face.value, file, asciiReadable=False)
        pdfmetrics.registerFont(font)
        characters.append(frozenset(chr(code) for code, glyph in font.face.charToGlyph.items() if glyph != _NO_GLYPH))
    return frozenset.intersection(*characters)


def _code_points(cluster: str) -> str:
    return " ".join(f"U+{ord(character):04X}" for character in cluster)

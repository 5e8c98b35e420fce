from importlib import resources
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from reportlab.pdfbase import pdfmetrics

from denshi_hosho.core.documents import GlyphMissing, missing_glyphs
from denshi_hosho.core.documents.sheet import Facts, Sheet, Type
from denshi_hosho.core.documents.typeface import Face, drawn, registered
from tests.core.documents.pdf import raw_texts_of

FONTS = resources.files("denshi_hosho.core.documents.fonts")


@pytest.mark.parametrize(
    ("text", "missing"),
    [
        ("国道〇号線 道路改良工事　その1", ""),
        ("髙﨑德﨟①㈱Ⅲ～−‐―", ""),
        ("塡剝頰俱", ""),  # Joyo kanji since 2010, and a town's, which cp932 lacks
        ("𠮷田", "𠮷"),
        ("工事🚧と🚧と𠮷", "🚧𠮷"),
        ("葛\U000e0100城市", "葛\U000e0100"),
        ("葛城市", ""),
        ("か\u3099き\u309a", "き\u309a"),
        ("改行\nタブ\t", "\n\t"),
        ("\u200b\u202e\ufeff", "\u200b\u202e\ufeff"),
        ("\ue000", "\ue000"),
        ("\uffff", "\uffff"),
        ("神\ufa19〇ー〜～−－‐ＡＢ　ﾎｼｮｳ｡ﾎﾟ゛゜", ""),
        ("‑—", "‑—"),  # no-break hyphen and em dash; ‐ and ― are there
        ("e\u0301e\u0302\u0323", "e\u0302\u0323"),
        ("神\ufe00辻\U000e0101", "神\ufe00辻\U000e0101"),
        ("\u3099", "\u3099"),
        ("", ""),
    ],
)
def test_what_cannot_be_drawn_is_named_once_and_in_order(text: str, missing: str) -> None:
    assert missing_glyphs(text) == missing


def test_all_of_cp932_but_private_use_and_controls_can_be_drawn() -> None:
    codes = [bytes([b]) for b in range(0x20, 0x7F)]
    codes += [bytes([b]) for b in range(0xA1, 0xE0)]
    codes += [bytes([a, b]) for a in (*range(0x81, 0xA0), *range(0xE0, 0xF0), *range(0xFA, 0xFD)) for b in range(256)]
    text = "".join(decoded for code in codes if len(decoded := code.decode("cp932", "replace")) == 1)
    text = text.replace("\ufffd", "")
    assert len(set(text)) > 7000
    assert missing_glyphs(text) == ""


def test_both_faces_draw_the_same_characters_so_that_neither_need_stand_in_for_the_other() -> None:
    registered()
    fonts: list[Any] = [pdfmetrics.getFont(face.value) for face in Face]
    mincho, gothic = (font.face.charToGlyph for font in fonts)
    assert mincho.keys() == gothic.keys()
    assert [code for code in mincho if 0 in (mincho[code], gothic[code])] == [0xFFFF]
    assert len(registered()) == 9047


@pytest.mark.parametrize("face", Face)
def test_every_character_is_read_back_as_itself(face: Face) -> None:
    characters = sorted(mark for mark in registered() if mark.strip() and not missing_glyphs(mark))
    assert len(characters) == 9044
    for first in range(0, len(characters), 2000):
        page = characters[first : first + 2000]
        lines = ["".join(page[at : at + 40]) for at in range(0, len(page), 40)]
        sheet = Sheet(Facts("字形", "試験", None))
        sheet.lines(20, 20, lines, Type(face, 9))
        for text in raw_texts_of(sheet.pdf()):
            assert text.split() == lines


def test_a_decomposed_kana_is_drawn_composed_and_a_compatibility_kanji_as_it_is() -> None:
    assert drawn("が神\ufa19") == "が神\ufa19"
    assert drawn("か\u3099") == "が"


def test_the_refusal_names_the_character_and_its_code_point_in_both_languages() -> None:
    with pytest.raises(GlyphMissing) as refused:
        drawn("𠮷田葛\U000e0100")
    assert refused.value.code == "GLYPH_MISSING"
    assert refused.value.characters == "𠮷葛\U000e0100"
    assert refused.value.ja == (
        "証書に表示できない文字があります: 「𠮷」(U+20BB7)、「葛\U000e0100」(U+845B U+E0100)。"
        "別の表記（常用の字体など）に置き換えてください。"
    )
    assert "「𠮷」(U+20BB7)" in refused.value.en


@given(st.text(max_size=40))
def test_a_text_is_drawn_if_and_only_if_nothing_is_missing(text: str) -> None:
    if missing_glyphs(text):
        with pytest.raises(GlyphMissing):
            drawn(text)
    else:
        assert set(drawn(text)) <= registered()


@pytest.mark.parametrize("name", ["BIZUDMincho", "BIZUDGothic"])
def test_each_font_is_shipped_with_its_licence(name: str) -> None:
    assert FONTS.joinpath(f"{name}-Regular.ttf").is_file()
    licence = FONTS.joinpath(f"OFL-{name}.txt").read_text("utf-8")
    assert licence.startswith("Copyright 2022 The BIZ UD")
    assert "SIL OPEN FONT LICENSE Version 1.1" in licence

from importlib import resources

import pytest
from hypothesis import given
from hypothesis import strategies as st

from denshi_hosho.core.documents import GlyphMissing, missing_glyphs
from denshi_hosho.core.documents.typeface import drawn, registered

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

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from denshi_hosho.core.text import clusters, folded, kept

COMPATIBILITY_KAMI = "\ufa19"  # 神 as cp932 has it in names; NFC would make U+795E of it
JAPANESE = st.text(
    st.characters(max_codepoint=0x24F)
    | st.characters(min_codepoint=0x3000, max_codepoint=0x30FF)
    | st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF)
    | st.characters(min_codepoint=0xF900, max_codepoint=0xFAFF)
    | st.characters(min_codepoint=0xFF00, max_codepoint=0xFFEF)
)


@pytest.mark.parametrize(
    ("given_", "stored"),
    [
        ("か\u3099", "が"),
        ("ハ\u309aン", "パン"),
        (" 松江市\n", "松江市"),
        ("\u3000松江市\u3000", "松江市"),
        ("国道〇号線　道路", "国道〇号線　道路"),
        (COMPATIBILITY_KAMI, COMPATIBILITY_KAMI),
        # A selector after it says which shape is meant: to replace the character would change the name.
        (COMPATIBILITY_KAMI + "\U000e0100", COMPATIBILITY_KAMI + "\U000e0100"),
        ("㈱ＡＢＣ①", "㈱ＡＢＣ①"),
        ("\u3099か", "\u3099か"),
        ("", ""),
        (" \t\n", ""),
    ],
)
def test_text_is_kept_as_given(given_: str, stored: str) -> None:
    assert kept(given_) == stored


@given(st.text())
def test_keeping_twice_is_keeping_once(text: str) -> None:
    assert kept(kept(text)) == kept(text)


@given(st.text())
def test_keeping_changes_nothing_but_its_ends_and_what_has_marks(text: str) -> None:
    unmarked = "".join(each for each in text if not unicodedata.category(each).startswith("M"))
    assert kept(unmarked) == unmarked.strip()
    assert unicodedata.normalize("NFC", kept(text)) == unicodedata.normalize("NFC", text.strip()).strip()


@given(st.text())
def test_clusters_are_the_text(text: str) -> None:
    assert "".join(clusters(text)) == text
    assert all(clusters(text))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ＡＢＣ建設", "abc建設"),
        ("ｶﾞｰﾄﾞﾚｰﾙ", "ガードレール"),
        ("国道 9 号", "国道９号"),
        ("国道\u30009\u3000号", "国道9号"),
        ("か\u3099", "が"),
        ("㈱西日本", "(株)西日本"),
        ("Straße", "STRASSE"),
        ("は゛んだい", "ばんだい"),
    ],
)
def test_folding_makes_width_and_case_one(one: str, other: str) -> None:
    assert folded(one) == folded(other)


@pytest.mark.parametrize(("one", "other"), [("は", "ば"), ("ハ", "は"), ("工事", "工亊"), ("1", "一")])
def test_folding_keeps_apart_what_is_different(one: str, other: str) -> None:
    assert folded(one) != folded(other)


@given(JAPANESE)
def test_folding_twice_is_folding_once(text: str) -> None:
    assert folded(folded(text)) == folded(text)


@given(JAPANESE)
def test_what_is_kept_is_found_by_what_was_typed(text: str) -> None:
    assert folded(kept(text)) == folded(text)

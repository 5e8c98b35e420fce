from hypothesis import given
from hypothesis import strategies as st

from denshi_hosho.core.documents.sheet import Type
from denshi_hosho.core.documents.typeface import Face, missing_glyphs, registered

BODY = Type(Face.MINCHO, 10)
JAPANESE = st.text("国道号線工事改良（）「」、。ー・っAB12 　-", max_size=120)


@given(JAPANESE, st.floats(40, 300))
def test_wrapping_loses_nothing_and_no_line_is_too_wide(text: str, width: float) -> None:
    registered()
    assert missing_glyphs(text) == ""
    lines = BODY.wrapped(text, width)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(BODY.width(line) <= width + 0.01 for line in lines)
    if BODY.width(text) <= width:
        assert lines == [text]


def test_a_full_stop_hangs_rather_than_begin_a_line() -> None:
    registered()
    assert BODY.wrapped("あいうえお。かきく", 60) == ["あいうえお。", "かきく"]

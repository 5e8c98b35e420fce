import shutil
import subprocess
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from denshi_hosho.core.documents import certificate_pdf
from denshi_hosho.core.documents.sheet import Type, qr_modules
from denshi_hosho.core.documents.typeface import Face, missing_glyphs, registered
from tests.samples import LEAFLET_ADVANCE

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


def test_a_code_is_drawn_module_by_module_where_its_reader_looks() -> None:
    modules = qr_modules("https://hosho.example.jp/open/1070000473")
    side = len(modules)
    assert (side - 17) % 4 == 0
    assert all(len(line) == side for line in modules)
    finder = ["1111111", "1000001", "1011101", "1011101", "1011101", "1000001", "1111111"]
    for top, left in ((0, 0), (0, side - 7), (side - 7, 0)):
        seen = ["".join(str(int(dark)) for dark in line[left : left + 7]) for line in modules[top : top + 7]]
        assert seen == finder
    assert [int(dark) for dark in modules[6][8 : side - 8]] == [(place + 1) % 2 for place in range(8, side - 8)]


@pytest.mark.skipif(
    not (shutil.which("zbarimg") and shutil.which("pdftoppm")), reason="poppler and zbar are not installed"
)
def test_a_reader_reads_the_code(tmp_path: Path) -> None:
    url = "https://hosho.example.jp/open/1070000473"
    (tmp_path / "a.pdf").write_bytes(certificate_pdf(LEAFLET_ADVANCE, viewer_url=url, remark="自己発行"))
    said = ""
    for command in (["pdftoppm", "-r", "120", "-png", "a.pdf", "a"], ["zbarimg", "-q", "--raw", "a-1.png"]):
        said = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True).stdout  # noqa: S603 found on PATH
    assert said == f"{url}\n"

"""The inbox's files: no spreadsheet runs or rewrites them, and what was written is read back; filters survive a ticket."""

import csv
import io
import re
from datetime import date

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from denshi_hosho.core.errors import TokenInvalid
from denshi_hosho.core.inbox.items import InboxFilter
from denshi_hosho.core.inbox.sheet import csv_file, shielded, unshielded
from denshi_hosho.core.vocabulary import GuaranteeKind, SubmissionState, Verdict
from denshi_hosho.resolvers.inbox_export import packed, unpacked

TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=40)
FORMULA = re.compile("[=+\\-@\t\r\n＝＋－＠]")


@given(st.lists(st.tuples(TEXTS, TEXTS), max_size=5))
@example([("=1+1", "-2"), ("'=1", "@SUM(A1)"), ("\tx", 'a"b,c'), ("a\r\nb", "＝1"), ("0123", "1-2")])
def test_texts_are_read_back_and_none_is_a_formula(rows: list[tuple[str, str]]) -> None:
    written = csv_file(["a", "b"], rows)
    text = written.decode("utf-8-sig")
    assert written.startswith(b"\xef\xbb\xbf")
    head, *cells = csv.reader(io.StringIO(text, newline=""))
    assert head == ["a", "b"]
    assert not any(FORMULA.match(cell) for row in cells for cell in row)
    assert [tuple(unshielded(cell) for cell in row) for row in cells] == rows


@given(st.from_regex(r"[0-9][0-9 ,./:\-]{0,15}", fullmatch=True))
def test_digits_stand_unshielded_only_if_a_spreadsheet_keeps_them(text: str) -> None:
    bare = shielded(text) == text
    assert bare == (text.isdigit() and str(int(text)) == text and len(text) <= 11)
    assert unshielded(shielded(text)) == text


def test_amounts_days_and_what_is_not_known_are_plain() -> None:
    rows = [(10_000_000_000_000, date(2024, 6, 3), None, "0070000473")]
    assert (
        csv_file(["a", "b", "c", "d"], rows) == "\ufeffa,b,c,d\r\n10000000000000,2024-06-03,,'0070000473\r\n".encode()
    )


@given(
    st.builds(
        InboxFilter,
        text=TEXTS,
        works=TEXTS,
        kinds=st.lists(st.sampled_from(GuaranteeKind), unique=True).map(tuple),
        states=st.lists(st.sampled_from(SubmissionState), unique=True).map(tuple),
        verdicts=st.lists(st.sampled_from(Verdict), unique=True).map(tuple),
        unanswered=st.none() | st.booleans(),
        from_on=st.none() | st.dates(),
        to_on=st.none() | st.dates(),
    )
)
def test_a_filter_survives_its_ticket(look: InboxFilter) -> None:
    assert unpacked(packed(look)) == look


@pytest.mark.parametrize("about", ["a", "AAAA", "e30x", "W10", "eyJ4IjoxfQ", "eyJraW5kcyI6WyJYIl19"])
def test_what_is_no_filter_is_refused(about: str) -> None:
    with pytest.raises(TokenInvalid):
        unpacked(about)

"""Lines and mail addresses that people type: what is refused before it is kept."""

import pytest

from denshi_hosho.core.errors import Refused
from denshi_hosho.core.notes import check_line, check_mail_address


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "TEXT_LENGTH"),
        ("あ" * 201, "TEXT_LENGTH"),
        ("a\nb", "TEXT_CONTROL_CHARACTER"),
        ("a\x00", "TEXT_CONTROL_CHARACTER"),
        ("a\u2028b", "TEXT_CONTROL_CHARACTER"),
        ("\ud83d", "TEXT_CONTROL_CHARACTER"),
    ],
)
def test_a_line_that_would_break_a_header_is_refused(text: str, code: str) -> None:
    with pytest.raises(Refused) as refused:
        check_line(text, ("facts", "subject"))
    assert [(each.code, each.path) for each in refused.value.refusals] == [(code, ("facts", "subject"))]


@pytest.mark.parametrize("text", ["件名（電子保証）", "あ" * 200, "松江\U000e0100"])
def test_what_people_write_passes(text: str) -> None:
    check_line(text, ("subject",))


@pytest.mark.parametrize("text", ["hanako", "a@b", "a@b.jp, c@d.jp", "花子@example.jp", "a@b.jp\n"])
def test_no_server_takes_this_as_an_address(text: str) -> None:
    with pytest.raises(Refused) as refused:
        check_mail_address(text, ("address",))
    assert [each.code for each in refused.value.refusals] == ["EMAIL_MALFORMED"]

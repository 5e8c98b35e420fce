"""Notes (理由) and lines: what people type beside an application, about a key or into a message."""

import unicodedata

from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.text import MAIL_ADDRESS

MAX_NOTE = 1000
MAX_LINE = 200
_LINE_BREAKS = "\r\n\t"
_CONTROL = frozenset({"Cc", "Cs", "Zl", "Zp"})


def check_note(note: str, field: str) -> None:
    """Raise `Refused` unless `note` has 1 to 1,000 characters, no control ones among them but line breaks and tabs."""
    if not 1 <= len(note.strip()) <= MAX_NOTE:
        raise Refused(Refusal("NOTE_LENGTH", f"理由を1文字以上{MAX_NOTE}文字以内で入力してください。",
                              f"Give a reason of 1 to {MAX_NOTE} characters.", (field,)))  # fmt: skip
    if any(unicodedata.category(symbol) in {"Cc", "Cs"} and symbol not in _LINE_BREAKS for symbol in note):
        raise Refused(Refusal("TEXT_CONTROL_CHARACTER", "制御文字は使えません。",
                              "Control characters cannot be used.", (field,)))  # fmt: skip


def check_line(text: str, path: tuple[str, ...]) -> None:
    """Raise `Refused` unless `text` has 1 to 200 characters, no line break or other control character among them."""
    if not 1 <= len(text) <= MAX_LINE:
        raise Refused(Refusal("TEXT_LENGTH", f"1文字以上{MAX_LINE}文字以内で入力してください。",
                              f"This text has 1 to {MAX_LINE} characters.", path))  # fmt: skip
    if any(unicodedata.category(symbol) in _CONTROL for symbol in text):
        raise Refused(Refusal("TEXT_CONTROL_CHARACTER", "改行などの制御文字は使えません。",
                              "Line breaks and other control characters cannot be used.", path))  # fmt: skip


def check_mail_address(text: str, path: tuple[str, ...]) -> None:
    """Raise `Refused` unless every mail server takes `text` as an address."""
    if not MAIL_ADDRESS.fullmatch(text):
        raise Refused(Refusal("EMAIL_MALFORMED", "メールアドレスの形が正しくありません。",
                              "This is not a mail address.", path))  # fmt: skip

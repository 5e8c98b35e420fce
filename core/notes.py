"""Notes (理由): what a person says to another about an application or a key."""

import unicodedata

from denshi_hosho.core.errors import Refusal, Refused

MAX_NOTE = 1000
_LINE_BREAKS = "\r\n\t"


def check_note(note: str, field: str) -> None:
    """Raise `Refused` unless `note` has 1 to 1,000 characters, no control ones among them but line breaks and tabs."""
    if not 1 <= len(note.strip()) <= MAX_NOTE:
        raise Refused(Refusal("NOTE_LENGTH", f"理由を1文字以上{MAX_NOTE}文字以内で入力してください。",
                              f"Give a reason of 1 to {MAX_NOTE} characters.", (field,)))  # fmt: skip
    if any(unicodedata.category(symbol) == "Cc" and symbol not in _LINE_BREAKS for symbol in note):
        raise Refused(Refusal("TEXT_CONTROL_CHARACTER", "制御文字は使えません。",
                              "Control characters cannot be used.", (field,)))  # fmt: skip

"""Obligees (発注者): their ids, and the check digit of the local-government code."""

import re
from dataclasses import dataclass

from denshi_hosho.rules.reader import Table, mistake

OBLIGEE_PATTERN = r"(?:[0-9]{6}|[a-z][a-z0-9-]*)(?:/[a-z0-9][a-z0-9-]*)*"
_WEIGHTS = (6, 5, 4, 3, 2)
OBLIGEE_KEYS = frozenset({"id", "name", "name_en", "prefecture", "example"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Obligee:
    """A public body (発注者, the issuer of the works contract). `example`: its rules are made up."""

    id: str
    name: str
    name_en: str | None
    prefecture: str | None
    example: bool


def check_digit(code: str) -> int:
    """Return the check digit of the first five digits of a local-government code.

    Source: 総務省「全国地方公共団体コード」仕様 (weights 6 to 2, modulus 11).
    """
    total = sum(int(digit) * weight for digit, weight in zip(code, _WEIGHTS, strict=False))
    return (11 - total % 11) % 10


def read_obligee(raw: object) -> Obligee:
    """Return the obligee of a rule file's `[obligee]`; raise RuleFileError for a wrong id."""
    table = Table(raw, "obligee", OBLIGEE_KEYS)
    obligee = Obligee(
        id=table.text("id"),
        name=table.text("name"),
        name_en=table.text_or_none("name_en"),
        prefecture=table.text_or_none("prefecture"),
        example=table.flag("example", default=False),
    )
    _check_id(obligee.id)
    return obligee


def _check_id(given: str) -> None:
    if not re.fullmatch(OBLIGEE_PATTERN, given):
        raise mistake(
            "OBLIGEE_ID",
            "obligee.id",
            f"「{given}」は使えません。6桁の全国地方公共団体コードか、"
            "example/water のような英小文字の名前にしてください。",
            f'"{given}" is not an id; use the 6 digits of the local-government code, '
            "or a lower-case name such as example/water.",
        )
    code = given[:6]
    if code.isdigit() and int(code[5]) != check_digit(code):
        right = f"{code[:5]}{check_digit(code)}"
        raise mistake(
            "CHECK_DIGIT",
            "obligee.id",
            f"全国地方公共団体コード {code} の検査数字が違います。{right} ではありませんか。",
            f"the check digit of the local-government code {code} is wrong; did you mean {right}?",
        )

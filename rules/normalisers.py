"""Formats of placeholders (`{works_number:digits(11)}`): bring a value into the form a page asks for, or say why not."""

import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from denshi_hosho.core.wareki import SOLAR_CALENDAR_FROM, wareki

# Hyphens, dashes and minus signs as word processors produce them, and the long vowel mark typed for one between digits.
_HYPHENS = re.compile("[-\u00ad\u2010-\u2015\u2212]|(?<=[0-9])\u30fc(?=[0-9])")
_DAY_TOKEN = re.compile("YYYY|MM|DD|M|D|ggg|g|e")
_DAY_WORD = "和暦"
_CALL = re.compile(r"([a-z_]+)(?:\(([0-9]+)\))?")
_ERA_LETTERS = {"令和": "R", "平成": "H", "昭和": "S", "大正": "T", "明治": "M"}


@dataclass(frozen=True, slots=True)
class Unfit:
    """Why a value does not fit a format: one half sentence in each language."""

    ja: str
    en: str


TextFormat: TypeAlias = Callable[[str], str | Unfit]
DayFormat: TypeAlias = Callable[[date], str | Unfit]


def as_given(text: str) -> str:
    """Return `text` as one line: control characters and line breaks become a space, its ends are trimmed."""
    line = "".join(" " if unicodedata.category(character) in {"Cc", "Zl", "Zp"} else character for character in text)
    return line.strip()


def no_hyphens(text: str) -> str:
    """Return `text` in half width, without hyphens and without spaces."""
    return _HYPHENS.sub("", halfwidth(text)).replace(" ", "")


def halfwidth(text: str) -> str:
    """Return `text` with full-width letters, digits and signs in half width (NFKC)."""
    return as_given(unicodedata.normalize("NFKC", text))


def fullwidth(text: str) -> str:
    """Return `text` with half-width letters, digits and signs in full width."""
    plain = as_given(text)
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else "　" if sign == " " else sign for sign in plain)


def digits(count: int | None) -> TextFormat:
    """Return the format of exactly `count` digits without hyphens (None: any number of them)."""

    def exactly(text: str) -> str | Unfit:
        found = no_hyphens(text)
        ja, en = (f"{count}桁", f"{count} digits") if count else ("数字", "digits")
        if found.isascii() and found.isdecimal() and count in (None, len(found)):
            return found
        return Unfit(f"ハイフンなしの{ja}ではありません", f"is not {en} without hyphens")

    return exactly


def at_most(count: int) -> TextFormat:
    """Return the format of at most `count` characters."""

    def short(text: str) -> str | Unfit:
        found = as_given(text)
        if len(found) <= count:
            return found
        return Unfit(f"{count}文字を超えています", f"is longer than {count} characters")

    return short


_PLAIN: Mapping[str, TextFormat] = {
    "as_given": as_given,
    "no_hyphens": no_hyphens,
    "halfwidth": halfwidth,
    "fullwidth": fullwidth,
    "digits": digits(None),
}
_COUNTED: Mapping[str, Callable[[int], TextFormat]] = {"digits": digits, "at_most": at_most}
TEXT_FORMATS = (*_PLAIN, "digits(11)", "at_most(40)")
DAY_FORMATS = ("M月D日", "YYYY年M月D日", "YYYY-MM-DD", "YYYY/MM/DD", "YYYYMMDD", _DAY_WORD, "ggge年M月D日", "ge.M.D")


def text_format(spec: str) -> TextFormat | None:
    """Return the format of a text that `spec` names, None where there is none."""
    call = _CALL.fullmatch(spec)
    if call is None:
        return None
    name, count = call.groups()
    if count is None:
        return _PLAIN.get(name)
    counted = _COUNTED.get(name)
    return counted(int(count)) if counted and int(count) else None


def day_format(spec: str) -> DayFormat | None:
    """Return the format of a day that `spec` writes with YYYY MM M DD D, ggg (令和) g (R) e (7), or 和暦; else None."""
    if spec == _DAY_WORD:
        return lambda day: _of_era(day) or wareki(day)
    rest = _DAY_TOKEN.sub("", spec)
    if rest == spec or any(sign.isascii() and sign.isalnum() for sign in rest):
        return None
    return lambda day: _written(spec, day)


def _of_era(day: date) -> Unfit | None:
    if day < SOLAR_CALENDAR_FROM:
        return Unfit("和暦で表せない日付です", "has no date in an era")
    return None


def _written(spec: str, day: date) -> str | Unfit:
    values = {"YYYY": f"{day.year:04}", "MM": f"{day.month:02}", "DD": f"{day.day:02}", "M": day.month, "D": day.day}
    if re.search("[ge]", spec):
        unfit = _of_era(day)
        if unfit is not None:
            return unfit
        name, year = wareki(day)[:2], wareki(day)[2:].partition("年")[0]
        values |= {"ggg": name, "g": _ERA_LETTERS[name], "e": year if "ggg" in spec else year.replace("元", "1")}
    return _DAY_TOKEN.sub(lambda token: str(values[token.group()]), spec)

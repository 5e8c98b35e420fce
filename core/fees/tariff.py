"""Tariffs (料率): what a surety charges, as a file of its own. No surety's real rates are known here.

A tariff says, for each kind of guarantee and each class (等級) of principals, the rates of bands of the guaranteed amount,
how bands are read, the least fee, how yen are rounded, and what becomes of the fee when the guarantee changes or is
cancelled. What it does not say is not supposed: there is no fee then, and a refusal says so.
"""

import re
import tomllib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from itertools import pairwise
from typing import Any, Final, TypeVar

from denshi_hosho.core.documents.typeface import missing_glyphs
from denshi_hosho.core.errors import HoshoError
from denshi_hosho.core.money import MAX_YEN
from denshi_hosho.core.vocabulary import GuaranteeKind

MAX_TEXT: Final = 100
MAX_BANDS: Final = 20
MAX_RATES: Final = 50
MAX_PERCENT: Final = 100
_PERCENT: Final = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,6})?", re.ASCII)


class TariffMalformed(HoshoError):
    """A tariff file is not one; the message names the place."""

    code = "TARIFF_MALFORMED"

    def __init__(self, place: str, ja: str, en: str) -> None:
        super().__init__(f"料率ファイルの {place}: {ja}", f"{place} of the tariff file: {en}")
        self.place = place


class Method(StrEnum):
    """How bands are read: each part of the amount at its own band's rate, or the whole at the rate of the band it is in."""

    PROGRESSIVE = "PROGRESSIVE"
    WHOLE = "WHOLE"


class OnChange(StrEnum):
    """What is charged or returned when the guaranteed amount changes: the difference of both fees, or nothing."""

    DIFFERENCE = "DIFFERENCE"
    NONE = "NONE"


class OnCancellation(StrEnum):
    """What is returned when a guarantee is cancelled: the share of the days that are left, or nothing."""

    PRO_RATA_DAYS = "PRO_RATA_DAYS"
    NONE = "NONE"


@dataclass(frozen=True, slots=True)
class Band:
    """The rate, as a share of the amount, up to and with `up_to` yen (None: without an end)."""

    up_to: int | None
    rate: Fraction


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """What is charged for one kind and class (None: any). `unit`: fees are rounded down to whole multiples of it, in yen."""

    kind: GuaranteeKind
    class_: str | None
    method: Method
    bands: tuple[Band, ...]
    minimum: int
    unit: int
    on_change: OnChange
    on_cancellation: OnCancellation


@dataclass(frozen=True, slots=True)
class Discount:
    """What is taken off when an application was made online and its guaranteed amount is at least so much, in yen."""

    yen: int
    from_amount: int
    kinds: frozenset[GuaranteeKind]


@dataclass(frozen=True, slots=True)
class Tariff:
    """A tariff as its file says it. `example`: an example, nobody's real rates."""

    name: str
    example: bool
    rates: tuple[Rate, ...]
    discount: Discount | None

    def rate(self, kind: GuaranteeKind, class_: str | None) -> Rate | None:
        """Return the rate of that class, or the one for any class; None if the tariff has neither."""
        mine = {each.class_: each for each in self.rates if each.kind is kind}
        return mine.get(class_) or mine.get(None)


_RATE: Final = {"kind", "class", "method", "band", "minimum", "unit", "on_change", "on_cancellation"}


def parse(text: str) -> Tariff:
    """Return the tariff that a file says. Raise `TariffMalformed`."""
    try:
        raw = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also a number of thousands of digits, and tables a thousand deep
        raise TariffMalformed("-", f"TOMLとして読めません: {error}", f"this is no TOML: {error}") from error
    table = _Table("", raw, {"name", "example", "rate", "discount"})
    name, example = table.text("name"), table.flag("example")
    rates = tuple(_rate(each) for each in table.tables("rate", _RATE, MAX_RATES))
    if not rates:
        raise TariffMalformed("rate", "1つ以上の料率が必要です。", "at least one rate is needed.")
    _check_apart(rates)
    if example is not ("例" in name):
        raise TariffMalformed("name", "例示の料率は、名称に「例」を含めてください(例示でないものは含めないでください)。",
                              "the name of an example says 例, and no other name does.")  # fmt: skip
    return Tariff(name, example, rates, _discount(table, rates))


def _check_apart(rates: Sequence[Rate]) -> None:
    seen: set[tuple[GuaranteeKind, str | None]] = set()
    for place, each in enumerate(rates):
        if (each.kind, each.class_) in seen:
            raise TariffMalformed(
                f"rate[{place}]", "同じ種類・等級の料率が2つあります。", "kind and class are there twice."
            )
        seen.add((each.kind, each.class_))


def _discount(table: "_Table", rates: Sequence[Rate]) -> Discount | None:
    if "discount" not in table.raw:
        return None
    told = _Table("discount.", table.raw["discount"], {"yen", "from_amount", "kinds"})
    kinds = frozenset(told.word("kinds", GuaranteeKind, each) for each in told.array("kinds"))
    yen = told.yen("yen")
    if any(yen >= each.minimum for each in rates if each.kind in kinds):
        raise TariffMalformed("discount.yen", "割引は最低保証料(minimum)より小さくしてください。",
                              "a discount is less than the least fee (minimum): something is left to pay.")  # fmt: skip
    return Discount(yen, told.yen("from_amount"), kinds)


def _rate(table: "_Table") -> Rate:
    bands = tuple(_band(each) for each in table.tables("band", {"up_to", "percent"}, MAX_BANDS))
    ends = [band.up_to for band in bands]
    whole = bool(bands) and ends[-1] is None and None not in ends[:-1]
    if not whole or any(low >= high for low, high in pairwise(ends) if low and high):
        raise TariffMalformed(f"{table.place}band", "up_to は増加し、最後の区分だけが上限なしでなければなりません。",
                              "up_to grows from band to band, and the last one alone has none.")  # fmt: skip
    return Rate(
        kind=table.word("kind", GuaranteeKind), class_=table.text("class") if "class" in table.raw else None,
        method=table.word("method", Method), bands=bands, minimum=table.yen("minimum"), unit=table.yen("unit"),
        on_change=table.word("on_change", OnChange), on_cancellation=table.word("on_cancellation", OnCancellation),
    )  # fmt: skip


def _band(table: "_Table") -> Band:
    return Band(table.yen("up_to") if "up_to" in table.raw else None, table.percent("percent"))


W = TypeVar("W", bound=StrEnum)


class _Table:
    """A table of the file with its place, read strictly."""

    def __init__(self, place: str, raw: object, known: set[str]) -> None:
        self.place = place
        if not isinstance(raw, dict):
            raise TariffMalformed(place or "-", "表ではありません。", "this is no table.")
        self.raw: Mapping[str, Any] = raw
        if unknown := sorted(set(raw) - known):
            raise TariffMalformed(f"{place}{unknown[0]}", "この項目はありません。", "there is no such entry.")

    def _wrong(self, name: str, ja: str, en: str) -> TariffMalformed:
        return TariffMalformed(f"{self.place}{name}", ja, en)

    def text(self, name: str) -> str:
        value = self.raw.get(name)
        if not isinstance(value, str) or not 1 <= len(value.strip()) <= MAX_TEXT or not value.isprintable():
            raise self._wrong(
                name, f"1文字以上{MAX_TEXT}文字以内の文字列にしてください。", f"a text of 1 to {MAX_TEXT} characters."
            )
        if missing := missing_glyphs(value):
            raise self._wrong(name, f"印字できない文字があります: {missing}", f"cannot be printed: {missing}")
        return value.strip()

    def flag(self, name: str) -> bool:
        value = self.raw.get(name)
        if not isinstance(value, bool):
            raise self._wrong(name, "true か false にしてください。", "true or false.")
        return value

    def yen(self, name: str) -> int:
        value = self.raw.get(name)
        if type(value) is not int or not 1 <= value <= MAX_YEN:
            raise self._wrong(name, f"1以上{MAX_YEN:,}以下の整数(円)にしてください。",
                              f"a whole number of yen from 1 to {MAX_YEN:,}.")  # fmt: skip
        return value

    def percent(self, name: str) -> Fraction:
        value = self.raw.get(name)
        if not isinstance(value, str) or not _PERCENT.fullmatch(value) or Decimal(value) > MAX_PERCENT:
            raise self._wrong(name, '"0.30" のような文字列(%、小数6桁まで)にしてください。',
                              'a text such as "0.30", in percent, of at most 6 decimals.')  # fmt: skip
        return Fraction(Decimal(value)) / 100

    def word(self, name: str, kind: type[W], given: object = None) -> W:
        value = self.raw.get(name) if given is None else given
        if not isinstance(value, str) or value not in kind.__members__:
            names = ", ".join(kind.__members__)
            raise self._wrong(name, f"{names} のいずれかにしてください。", f"one of {names}.")
        return kind[value]

    def array(self, name: str) -> Sequence[Any]:
        value = self.raw.get(name)
        if not isinstance(value, list):
            raise self._wrong(name, "配列にしてください。", "an array.")
        return value

    def tables(self, name: str, known: set[str], most: int) -> list["_Table"]:
        value = self.raw.get(name, [])
        if not isinstance(value, list) or len(value) > most:
            raise self._wrong(name, f"{most}個以内の表の配列にしてください。", f"an array of at most {most} tables.")
        return [_Table(f"{self.place}{name}[{at}].", each, known) for at, each in enumerate(value)]

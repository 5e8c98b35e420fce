"""What an obligee says of its payments (支払条件): advances, interim advances and performance guarantees. None: not known."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from denshi_hosho.core.money import MAX_YEN
from denshi_hosho.rules.citations import cited
from denshi_hosho.rules.plan import Source
from denshi_hosho.rules.reader import Table, mistake

HUNDRED = 100
# Key of the file, and how a person reads it: Japanese, English.
PERCENTS = {
    "advance_percent": ("前払金の割合", "share of an advance"),
    "interim_percent": ("中間前払金の割合", "share of an interim advance"),
    "performance_percent": ("契約保証の割合", "share of a performance guarantee"),
    "low_bid_percent": ("低入札の場合の契約保証の割合", "share of a performance guarantee after a low bid"),
}
YEN_AMOUNTS = {
    "advance_floor": ("前払金の対象となる請負金額の下限", "contract price from which an advance is paid"),
    "advance_rounding": ("前払金の端数切捨ての単位", "unit to which an advance is rounded down"),
    "advance_cap": ("前払金の上限額", "most that is paid in advance"),
    "interim_floor": ("中間前払金の対象となる請負金額の下限", "contract price from which an interim advance is paid"),
}
EXCLUDES = "excludes_partial_payment"
LABELS = {
    **PERCENTS,
    **YEN_AMOUNTS,
    EXCLUDES: ("中間前払金と部分払の併用", "whether interim advances and partial payments exclude each other"),
}
FACT_KEYS = frozenset(LABELS)
PAYMENT_KEYS = FACT_KEYS | {"ja", "en", "literal", "source"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Payment:
    """An obligee's payment facts; None: not known. Percent of the contract price, and yen.

    `*_floor`: the contract price from which it is paid; `advance_rounding`: the unit that is rounded down to;
    `excludes_partial_payment`: interim advances and partial payments (部分払) exclude each other.
    """

    advance_percent: int | None = None
    advance_floor: int | None = None
    advance_rounding: int | None = None
    advance_cap: int | None = None
    interim_percent: int | None = None
    interim_floor: int | None = None
    excludes_partial_payment: bool | None = None
    performance_percent: int | None = None
    low_bid_percent: int | None = None
    ja: str | None = None
    en: str | None = None
    literal: str | None = None
    sources: tuple[Source, ...]

    def told(self) -> Iterator[tuple[str, str, str, str]]:
        """Yield each fact that is known: its key, a sentence in Japanese and in English, and the plain value."""
        for key, (ja, en) in PERCENTS.items():
            if (percent := getattr(self, key)) is not None:
                yield key, f"{ja}: {percent}%", f"{_upper(en)}: {percent} percent", str(percent)
        for key, (ja, en) in YEN_AMOUNTS.items():
            if (yen := getattr(self, key)) is not None:
                yield key, f"{ja}: {yen:,}円", f"{_upper(en)}: {yen:,} yen", str(yen)
        if self.excludes_partial_payment is not None:
            ja, en = (
                ("併用できません", "exclude") if self.excludes_partial_payment else ("併用できます", "do not exclude")
            )
            value = str(self.excludes_partial_payment).lower()
            yield (
                EXCLUDES,
                f"中間前払金と部分払は{ja}。",
                f"Interim advances and partial payments {en} each other.",
                value,
            )


def _upper(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def read_payment(table: Table, sources: Mapping[str, Source]) -> Payment | None:
    """Return what `[revision.payment]` of the revision `table` states, None where there is none. Raise RuleFileError."""
    if not table.has("payment"):
        return None
    item = Table(table.raw["payment"], table.at("payment"), PAYMENT_KEYS)
    if not item.raw.keys() - {"source"}:
        raise mistake("PAYMENT_EMPTY", item.place, "何も書かれていません。分かることを書くか、表を削除してください。",
                      "states nothing; write what is known, or remove the table.")  # fmt: skip
    facts = {key: _number(item, key, HUNDRED) for key in PERCENTS} | {
        key: _number(item, key, MAX_YEN) for key in YEN_AMOUNTS
    }
    said = item.has("ja") or item.has("en")
    return Payment(
        **facts,
        excludes_partial_payment=item.flag(EXCLUDES) if item.has(EXCLUDES) else None,
        ja=item.text("ja") if said else None,
        en=item.text("en") if said else None,
        literal=item.text_or_none("literal"),
        sources=cited(item, sources),
    )


def _number(table: Table, key: str, most: int) -> int | None:
    if not table.has(key):
        return None
    value = table.raw[key]
    if isinstance(value, bool) or not isinstance(value, int) or not 1 <= value <= most:
        raise table.wrong(key, f"1以上{most:,}以下の整数", f"a whole number from 1 to {most:,}")
    return value

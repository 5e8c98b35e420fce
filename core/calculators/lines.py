"""What a calculation answers: an amount, and line by line how it comes about."""

from dataclasses import dataclass

from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.money import MAX_YEN


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a derivation: what it is, in Japanese and English, and how much (yen; what is taken off is negative)."""

    ja: str
    en: str
    yen: int


@dataclass(frozen=True, slots=True)
class Derived:
    """An amount in yen with the lines that lead to it."""

    amount: int
    lines: tuple[Line, ...]


def check_amounts(least: int = 0, **amounts: int | None) -> None:
    """Raise `Refused` (AMOUNT_OUT_OF_RANGE) for each of `amounts`, told by field, that is not `least` … 10 trillion yen."""
    wrong = [field for field, yen in amounts.items() if yen is not None and not least <= yen <= MAX_YEN]
    if wrong:
        raise Refused(*(amount_out_of_range(field, least) for field in wrong))


def amount_out_of_range(field: str, least: int = 1) -> Refusal:
    """Return the refusal of an amount that is not `least` … 10 trillion yen."""
    return Refusal(
        "AMOUNT_OUT_OF_RANGE",
        f"金額は{least}円以上{MAX_YEN:,}円以下で入力してください。",
        f"An amount is {least} to {MAX_YEN:,} yen.",
        (field,),
    )

"""Guarantee numbers (保証契約番号): ten digits from a surety's ranges, without gaps and without doubles."""

import re
import unicodedata

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.errors import HoshoError, Refusal, Refused
from denshi_hosho.core.tables import number_range
from denshi_hosho.core.text import HYPHENS
from denshi_hosho.core.vocabulary import GuaranteeKind

DIGITS = 10
LAST = 10**DIGITS - 1
_NUMBER = re.compile(r"[0-9]{10}")


class NumberMalformed(HoshoError):
    """What was given as a guarantee number is not ten digits."""

    code = "NUMBER_MALFORMED"


def parse_number(text: str) -> str:
    """Return the ten digits in `text`; full-width digits, spaces and hyphens are forgiven. Raise `NumberMalformed`."""
    digits = HYPHENS.sub("", unicodedata.normalize("NFKC", text))
    if not _NUMBER.fullmatch(digits):
        raise NumberMalformed("保証契約番号は10桁の数字です。", "A guarantee number has ten digits.")
    return digits


async def add_range(connection: AsyncConnection, surety_id: int, kind: GuaranteeKind, first: int, last: int) -> None:
    """Give the surety the numbers `first` … `last` for `kind`. Raise `Refused` if the range is taken or is none."""
    table = number_range
    if connection.dialect.name == "postgresql":  # a writer on SQLite is alone
        await connection.execute(sa.text("LOCK TABLE number_range IN SHARE ROW EXCLUSIVE MODE"))
    overlap = sa.select(table.c.id).where(table.c.first <= last, table.c.last >= first)
    if not 0 <= first <= last <= LAST or (await connection.execute(overlap)).first():
        raise Refused(
            Refusal(
                "NUMBER_RANGE",
                f"番号帯 {first}–{last} は使えません(10桁以内で、他の番号帯と重ならないこと)。",
                f"The range {first}–{last} cannot be used: at most ten digits, overlapping no other range.",
            )
        )
    row = {"surety_id": surety_id, "kind": kind, "first": first, "next": first, "last": last}
    await connection.execute(sa.insert(table).values(row))


async def skip_to(connection: AsyncConnection, surety_id: int, number: int) -> None:
    """Let `number` be the next one of the surety's range that holds it. Raise `Refused` if it was given or is in none."""
    table = number_range
    ahead = table.c.surety_id == surety_id, table.c.next <= number, table.c.last >= number
    if not (await connection.execute(sa.update(table).where(*ahead).values(next=number))).rowcount:
        raise Refused(
            Refusal(
                "NUMBER_NOT_AHEAD",
                f"{number:0{DIGITS}d} はこの保証会社の未使用の番号ではありません。",
                f"{number:0{DIGITS}d} is no number that this surety has yet to give.",
            )
        )


async def take_number(connection: AsyncConnection, surety_id: int, kind: GuaranteeKind) -> str:
    """Return the next number of the surety's lowest range for `kind`. It is taken only if the transaction commits.

    Raise `Refused` if its ranges are used up or none was ever given.
    """
    table = number_range
    lowest = (
        sa.select(table.c.id)
        .where(table.c.surety_id == surety_id, table.c.kind == kind, table.c.next <= table.c.last)
        .order_by(table.c.first)
        .limit(1)
        .with_for_update(key_share=True)
    )
    statement = (
        sa.update(table)
        .where(table.c.id == lowest.scalar_subquery())
        .values(next=table.c.next + 1)
        .returning(table.c.next - 1)
    )
    number = (await connection.execute(statement)).scalar_one_or_none()
    if number is None:
        raise Refused(
            Refusal(
                "NUMBERS_USED_UP",
                f"{kind.ja}の保証契約番号がありません。番号帯を追加してください。",
                f"There are no numbers left for {kind}. Add a range.",
            )
        )
    return f"{number:0{DIGITS}d}"

"""The fee of a guarantee by a tariff, line by line; whole yen, exact arithmetic, nothing rounded but the end."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from denshi_hosho.core.calculators.lines import Derived, Line
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.fees.tariff import Band, Method, Rate, Tariff
from denshi_hosho.core.vocabulary import GuaranteeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class Charged:
    """What a fee depends on: kind, guaranteed amount (yen), class of the principal (None: not told), made online or not."""

    kind: GuaranteeKind
    guaranteed_amount: int
    class_: str | None = None
    online: bool = True


def rate_for(tariff: Tariff, charged: Charged) -> Rate:
    """Return the rate that holds. Raise `Refused` if the tariff has none, or wants a class that is not known."""
    rate = tariff.rate(charged.kind, charged.class_)
    if rate is None:
        raise Refused(Refusal(
            "NO_RATE", f"料率「{tariff.name}」に、{charged.kind.ja}・等級「{charged.class_ or '不明'}」の料率がありません。",
            f"The tariff {tariff.name} has no rate for {charged.kind} and the class {charged.class_ or 'unknown'}.",
        ))  # fmt: skip
    return rate


def fee(tariff: Tariff, charged: Charged) -> Derived:
    """Return the fee with its derivation; the lines add up to it. Raise `Refused` as `rate_for` does.

    The discount is taken off last, also off the least fee; a tariff is read so that something is always left.
    """
    rate = rate_for(tariff, charged)
    exact = sum((part * band.rate for part, band in _parts(rate, charged.guaranteed_amount)), Fraction(0))
    lines = list(_lines(rate, charged.guaranteed_amount))
    amount = int(exact)
    if (carried := amount - sum(line.yen for line in lines)) != 0:
        lines.append(Line("1円未満の端数の合計", "fractions of a yen, together", carried))
    amount = _rounded(amount, rate, lines)
    if amount < rate.minimum:
        lines.append(
            Line(f"最低保証料{rate.minimum:,}円", f"the least fee is {rate.minimum:,} yen", rate.minimum - amount)
        )
        amount = rate.minimum
    amount = _discounted(amount, tariff, charged, lines)
    return Derived(amount, tuple(lines))


def _parts(rate: Rate, amount: int) -> Iterator[tuple[int, Band]]:
    """Yield how much of the amount is charged at which band's rate."""
    below = 0
    for band in rate.bands:
        end = amount if band.up_to is None else min(amount, band.up_to)
        if rate.method is Method.PROGRESSIVE and end > below:
            yield end - below, band
        if rate.method is Method.WHOLE and (band.up_to is None or amount <= band.up_to):
            yield amount, band
            return
        below = max(below, end)


def _lines(rate: Rate, amount: int) -> Iterator[Line]:
    for part, band in _parts(rate, amount):
        percent = f"{percent_of(band.rate)}%"
        yield Line(f"{part:,}円 × {percent}", f"{part:,} yen × {percent}", int(part * band.rate))


def percent_of(rate: Fraction) -> str:
    """Return a rate of a tariff in percent, as it is written: exact, since a tariff writes decimals."""
    percent = rate * 100
    return f"{(Decimal(percent.numerator) / percent.denominator).normalize():f}"


def _rounded(amount: int, rate: Rate, lines: list[Line]) -> int:
    rest = amount % rate.unit
    if rest:
        lines.append(Line(f"{rate.unit:,}円未満を切り捨て", f"rounded down to {rate.unit:,} yen", -rest))
    return amount - rest


def _discounted(amount: int, tariff: Tariff, charged: Charged, lines: list[Line]) -> int:
    discount = tariff.discount
    if discount is None or not charged.online or charged.kind not in discount.kinds:
        return amount
    if charged.guaranteed_amount < discount.from_amount:
        return amount
    off = min(discount.yen, amount)
    ja = f"インターネット申込割引(保証金額{discount.from_amount:,}円以上)"
    lines.append(Line(ja, f"applied for online, from {discount.from_amount:,} yen on", -off))
    return amount - off


def refund(paid: int, concluded_on: date, ends_on: date, day: date) -> Derived:
    """Return what is returned of `paid` for the days that are left, rounded down to whole yen.

    Days left are those after `day` until `ends_on`, that one counted; of all days from `concluded_on` to `ends_on`, both
    counted.
    """
    whole = max(1, (ends_on - concluded_on).days + 1)
    left = min(whole, max(0, (ends_on - day).days))
    ja, en = f"納付済み保証料{paid:,}円 × {left}日／{whole}日", f"{paid:,} yen paid × {left} of {whole} days"
    amount = paid * left // whole
    return Derived(amount, (Line(ja, en, amount),))

"""What a surety pays after a default (保証金の支払額): what was paid in advance, less the work done.

Advance (+ interim advance) (+ partial payments) − work done; never more than the advance (+ interim advance), nor than what
is guaranteed. Worked: 4,000,000 − 1,500,000 = 2,500,000; (4,000,000 + 2,000,000) − 4,500,000 = 1,500,000.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from denshi_hosho.core.calculators.lines import Derived, Line, check_amounts


@dataclass(frozen=True, slots=True, kw_only=True)
class Default:
    """What the payment depends on, in yen. `partial_payments`: 部分払; `work_done`: 出来高, as examined.

    `guaranteed_amount` None: not told, so that it does not limit the payment.
    """

    advance: int
    work_done: int
    interim: int = 0
    partial_payments: int = 0
    guaranteed_amount: int | None = None


def default_payment(default: Default) -> Derived:
    """Return what is paid. Raise `Refused` for an amount that cannot be."""
    check_amounts(
        advance=default.advance, work_done=default.work_done, interim=default.interim,
        partial_payments=default.partial_payments, guaranteed_amount=default.guaranteed_amount,
    )  # fmt: skip
    lines = tuple(_lines(default))
    return Derived(sum(line.yen for line in lines), lines)


def _lines(default: Default) -> Iterator[Line]:
    yield Line("前払金額", "advance payment", default.advance)
    if default.interim:
        yield Line("中間前払金額", "interim advance payment", default.interim)
    if default.partial_payments:
        yield Line("部分払金額", "partial payments", default.partial_payments)
    yield Line("出来高", "work done", -default.work_done)
    paid = default.advance + default.interim
    left = paid + default.partial_payments - default.work_done
    if left < 0:
        yield Line("出来高が支払済みの額を超えるため", "the work done is worth more than was paid", -left)
        left = 0
    limits = [(paid, "前払金額(中間前払金額を含む)を上限とするため", "at most the advance (with the interim one)")]
    if default.guaranteed_amount is not None:
        limits.append((default.guaranteed_amount, "保証金額を上限とするため", "at most the guaranteed amount"))
    for limit, ja, en in limits:
        if left > limit:
            yield Line(ja, en, limit - left)
            left = limit

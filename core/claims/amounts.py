"""What is told of a default, checked; and what a surety pays of a claim, with the lines that lead to it."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from denshi_hosho.core.calculators.default_payment import Default, default_payment
from denshi_hosho.core.calculators.lines import Derived, Line, amount_out_of_range, check_amounts
from denshi_hosho.core.errors import Refusal, Refused, under
from denshi_hosho.core.money import MAX_YEN
from denshi_hosho.core.notes import check_note
from denshi_hosho.core.statement import canonical
from denshi_hosho.core.vocabulary import GuaranteeKind

ABOVE: Final = Refusal(
    "CLAIM_ABOVE_GUARANTEED_AMOUNT", "請求額が保証金額を超えています。保証金額以下の額を指定してください。",
    "More is claimed than is guaranteed. Claim the guaranteed amount at most.", ("claimed_amount",),
)  # fmt: skip
DETERMINED_ABOVE: Final = Refusal(
    "DETERMINED_ABOVE_GUARANTEED_AMOUNT", "支払額が保証金額を超えています。保証金額以下の額を指定してください。",
    "More would be paid than is guaranteed. Determine the guaranteed amount at most.", ("determined_amount",),
)  # fmt: skip
ADVANCE_UNKNOWN: Final = Refusal(
    "ADVANCE_UNKNOWN", "前払金の額がわかりません。advancePaid を指定してください。",
    "The advance that was paid is not known. Tell it as `advancePaid`.", ("examined", "advance_paid"),
)  # fmt: skip
INTERIM_UNKNOWN: Final = Refusal(
    "INTERIM_UNKNOWN", "中間前払金の額がわかりません。interimPaid を指定してください。",
    "The interim advance that was paid is not known. Tell it as `interimPaid`.", ("examined", "interim_paid"),
)  # fmt: skip
WORK_UNKNOWN: Final = Refusal(
    "WORK_DONE_UNKNOWN", "出来高がわかりません。調査した出来高を examined.workDone に指定してください。",
    "What the work done is worth is not known. Tell it as examined, in `examined.workDone`.", ("examined", "work_done"),
)  # fmt: skip
AMOUNT_NEEDED: Final = Refusal(
    "DETERMINED_AMOUNT_NEEDED", "契約保証の支払額は計算できません。determinedAmount を指定してください。",
    "What a performance guarantee pays cannot be calculated. Tell it as `determinedAmount`.", ("determined_amount",),
)  # fmt: skip
AMOUNT_CALCULATED: Final = Refusal(
    "DETERMINED_AMOUNT_CALCULATED", "前払金保証・中間前払金保証の支払額は計算されます。determinedAmount は指定できません。",
    "What an advance payment guarantee pays is calculated. Leave `determinedAmount` out.", ("determined_amount",),
)  # fmt: skip
NOTHING_TO_PAY: Final = Refusal(
    "NOTHING_TO_PAY", "支払額が0円になります。支払わない場合は refuseClaim で拒絶してください。",
    "Nothing would be paid. Refuse the claim with `refuseClaim`.", ("examined",),
)  # fmt: skip
_OF_ADVANCES: Final = (GuaranteeKind.ADVANCE_PAYMENT, GuaranteeKind.INTERIM_ADVANCE_PAYMENT)
OF_PERFORMANCE: Final = "保証会社が認定した損害の額", "damages as the surety established them"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What was paid and what was built, in yen; None: not told. `work_done`: 出来高; `partial_payments`: 部分払."""

    advance_paid: int | None = None
    interim_paid: int | None = None
    partial_payments: int | None = None
    work_done: int | None = None

    def check(self) -> None:
        """Raise `Refused` for an amount that cannot be."""
        check_amounts(
            advance_paid=self.advance_paid, interim_paid=self.interim_paid, partial_payments=self.partial_payments,
            work_done=self.work_done,
        )  # fmt: skip

    def or_else(self, other: "Figures") -> "Figures":
        """Return these figures, with those of `other` where nothing is told."""
        names = "advance_paid", "interim_paid", "partial_payments", "work_done"
        told = {name: getattr(self, name) for name in names}
        return Figures(**{name: getattr(other, name) if value is None else value for name, value in told.items()})

    def plain(self) -> dict[str, int | None]:
        """Return them as they are kept."""
        return {
            "advance_paid": self.advance_paid, "interim_paid": self.interim_paid,
            "partial_payments": self.partial_payments, "work_done": self.work_done,
        }  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFacts:
    """What a claim rests on: the figures, the day of the default (債務不履行の日) and its reason."""

    figures: Figures
    defaulted_on: date
    reason: str

    def check(self) -> None:
        """Raise `Refused` with what is wrong."""
        with under("facts"):
            self.figures.check()
            check_note(self.reason, "reason")

    def text(self) -> str:
        """Return them as they are kept: canonical JSON."""
        said = {**self.figures.plain(), "defaulted_on": self.defaulted_on.isoformat(), "reason": self.reason}
        return canonical(said).decode()


def figures_of(facts: str) -> Figures:
    """Return the figures of a claim's facts as they are kept."""
    told: Mapping[str, Any] = json.loads(facts)
    return Figures(**{name: told[name] for name in Figures().plain()})


def check_claimed(claimed: int, guaranteed: int | None = None) -> None:
    """Raise `Refused` unless 1 … `guaranteed` yen are claimed."""
    if not 1 <= claimed <= MAX_YEN:
        raise Refused(amount_out_of_range("claimed_amount"))
    if guaranteed is not None and claimed > guaranteed:
        raise Refused(ABOVE)


def determined(kind: GuaranteeKind, figures: Figures, told: int | None, guaranteed: int) -> Derived:
    """Return what is paid of a claim under a guarantee of `kind`, and how that comes about. Raise `Refused`.

    Of advances it is calculated: what was paid less the work done. What a performance guarantee pays are damages, for
    which no rule is known: the surety tells them as `told`.
    """
    if kind not in _OF_ADVANCES:
        return _damages(told, guaranteed)
    if told is not None:
        raise Refused(AMOUNT_CALCULATED)
    return _advances(kind, figures, guaranteed)


def _damages(told: int | None, guaranteed: int) -> Derived:
    if told is None:
        raise Refused(AMOUNT_NEEDED)
    if not 1 <= told <= MAX_YEN:
        raise Refused(amount_out_of_range("determined_amount"))
    if told > guaranteed:
        raise Refused(DETERMINED_ABOVE)
    return Derived(told, (Line(*OF_PERFORMANCE, told),))


def _advances(kind: GuaranteeKind, figures: Figures, guaranteed: int) -> Derived:
    if figures.advance_paid is None:
        raise Refused(ADVANCE_UNKNOWN)
    if kind is GuaranteeKind.INTERIM_ADVANCE_PAYMENT and figures.interim_paid is None:
        raise Refused(INTERIM_UNKNOWN)
    if figures.work_done is None:
        raise Refused(WORK_UNKNOWN)
    derived = default_payment(
        Default(
            advance=figures.advance_paid, interim=figures.interim_paid or 0, work_done=figures.work_done,
            partial_payments=figures.partial_payments or 0, guaranteed_amount=guaranteed,
        )
    )  # fmt: skip
    if derived.amount == 0:
        raise Refused(NOTHING_TO_PAY)
    return derived


def derivation(figures: Figures, derived: Derived) -> str:
    """Return how an amount came about, as it is kept: canonical JSON."""
    lines = [{"ja": each.ja, "en": each.en, "yen": each.yen} for each in derived.lines]
    return canonical({"examined": figures.plain(), "lines": lines}).decode()


def lines_of(text: str | None) -> Sequence[Line]:
    """Return the lines of a kept derivation; none where nothing was determined."""
    return [Line(**each) for each in json.loads(text)["lines"]] if text else []

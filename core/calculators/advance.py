"""How much may be paid in advance (前払金の上限), and how much must be guaranteed (契約保証の額).

The general rules are of the contracts' standard terms: at most 4/10 of the contract price, of design, survey and the like
3/10; a performance guarantee of at least 1/10. An obligee's own floors, caps and rounding are facts of its rules: what is
not known of them is said, and never supposed.
"""

from dataclasses import dataclass
from fractions import Fraction

from denshi_hosho.core.calculators.lines import Derived, Line, check_amounts
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.vocabulary import WorkType

TENTHS = {WorkType.CONSTRUCTION: 4, WorkType.SURVEY: 3, WorkType.CONSULTING: 3}
INTERIM_TENTHS = 2
TOTAL_TENTHS = 6
PERFORMANCE_TENTHS = 1
HUNDRED_PERCENT = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class AdvanceTerms:
    """What an obligee says of its advances; None: not known. Yen, percent of the (covered) price, and the unit rounded down to."""

    percent: int | None = None
    floor_price: int | None = None
    rounding: int | None = None
    cap: int | None = None


UNKNOWN_TERMS = AdvanceTerms()


def maximum_advance(
    work_type: WorkType, contract_price: int, covered_price: int | None = None, terms: AdvanceTerms = UNKNOWN_TERMS
) -> Derived | None:
    """Return the most that may be paid in advance; None where no rule is known for this kind of work.

    Raise `Refused` for amounts that cannot be.
    """
    check_amounts(1, contract_price=contract_price, covered_price=covered_price)
    if covered_price is not None and covered_price > contract_price:
        raise Refused(
            Refusal("COVERED_PRICE_ABOVE_CONTRACT_PRICE", "請負金額(対象額)が請負金額(総額)を超えています。",
                    "The covered price is above the contract price.", ("covered_price",))
        )  # fmt: skip
    share = _share(work_type, terms)
    if share is None:
        return None
    base = contract_price if covered_price is None else covered_price
    if terms.floor_price is not None and contract_price < terms.floor_price:
        ja, en = (
            f"請負金額が{terms.floor_price:,}円未満のため",
            f"contract prices under {terms.floor_price:,} yen have none",
        )
        return Derived(0, (Line(ja, en, 0),))
    return _rounded(base, share, terms)


def _share(work_type: WorkType, terms: AdvanceTerms) -> Fraction | None:
    if terms.percent is not None:
        return Fraction(terms.percent, HUNDRED_PERCENT)
    return Fraction(TENTHS[work_type], 10) if work_type in TENTHS else None


def _rounded(base: int, share: Fraction, terms: AdvanceTerms) -> Derived:
    amount = int(base * share)  # whole yen, rounded down: more would be above the share
    lines = [Line(f"{base:,}円の{share.numerator}/{share.denominator}", f"{share.numerator}/{share.denominator} of {base:,} yen",
                  amount)]  # fmt: skip
    if terms.rounding is not None and amount % terms.rounding:
        ja, en = f"{terms.rounding:,}円未満を切り捨て", f"rounded down to {terms.rounding:,} yen"
        lines.append(Line(ja, en, -(amount % terms.rounding)))
        amount -= amount % terms.rounding
    if terms.cap is not None and amount > terms.cap:
        lines.append(Line(f"上限{terms.cap:,}円", f"at most {terms.cap:,} yen", terms.cap - amount))
        amount = terms.cap
    return Derived(amount, tuple(lines))


def performance_amount(contract_price: int, percent: int | None = None) -> Derived:
    """Return the least that a performance guarantee covers: `percent` of the contract price, 10 if it is not told.

    Some obligees want 30 percent where a bid was low; that is to be told. Rounded up to whole yen. Raise `Refused`.
    """
    check_amounts(1, contract_price=contract_price)
    of = PERFORMANCE_TENTHS * 10 if percent is None else percent
    if not 1 <= of <= HUNDRED_PERCENT:
        raise Refused(Refusal("PERCENT_OUT_OF_RANGE", "割合は1%以上100%以下で入力してください。",
                              "A percentage is 1 to 100.", ("percent",)))  # fmt: skip
    amount = -(-contract_price * of // HUNDRED_PERCENT)
    return Derived(amount, (Line(f"請負金額の{of}%以上", f"at least {of} percent of the contract price", amount),))

"""A certificate compared with its works contract (突合): point by point, in whole yen and days, unknown where it is unknown.

The guaranteed amount of a performance guarantee is a tenth of the contract price or more, unless the contract tells
another percentage; that of an advance covers the advance; the guarantee lasts until the works are complete.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from denshi_hosho.core.text import folded
from denshi_hosho.core.vocabulary import Agreement, ComparedPoint, ContractMatch, GuaranteeKind, RejectionCode

USUAL_PERCENT: Final = 10
_A, _P, _R = Agreement, ComparedPoint, RejectionCode
_ADVANCES = frozenset({GuaranteeKind.ADVANCE_PAYMENT, GuaranteeKind.INTERIM_ADVANCE_PAYMENT})


@dataclass(frozen=True, slots=True, kw_only=True)
class Contract:
    """A works contract (請負契約) as the obligee knows it; None: not told. Amounts are yen.

    `advance_amount` is the advance that the guarantee is to cover, `performance_percent` how many hundredths of the
    contract price a performance guarantee must have.
    """

    works_name: str
    principal_name: str
    contract_price: int
    contract_number: str | None = None
    obligee_name: str | None = None
    contract_on: date | None = None
    completion_on: date | None = None
    advance_amount: int | None = None
    performance_percent: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guaranteed:
    """What a certificate says, as it holds today: changes without a certificate included."""

    kind: GuaranteeKind
    works_name: str
    principal_name: str
    obligee_name: str
    contract_price: int
    guaranteed_amount: int
    ends_on: date


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found in one point: both values as text, and with which code one would reject for it (None: nothing differs)."""

    point: ComparedPoint
    agreement: Agreement
    on_certificate: str
    in_contract: str | None
    rejection: RejectionCode | None
    ja: str
    en: str

    @property
    def code(self) -> str:
        """Return the reason as one word for programs, such as `TERM_DIFFERS`."""
        return f"{self.point}_{self.agreement}"


@dataclass(frozen=True, slots=True)
class Comparison:
    """All findings, with the contract and how it was found. Without a contract nothing is known."""

    match: ContractMatch
    contract: Contract | None
    findings: Sequence[Finding]

    @property
    def agreement(self) -> Agreement:
        """Return DIFFERS if one point differs; otherwise UNKNOWN if one is unknown, or there is no contract."""
        found = {each.agreement for each in self.findings} or {_A.UNKNOWN}
        return next(each for each in (_A.DIFFERS, _A.UNKNOWN, _A.AGREES) if each in found)


def compared(guaranteed: Guaranteed, contract: Contract | None, match: ContractMatch) -> Comparison:
    """Return how a certificate agrees with a works contract; `contract` is None where none was found."""
    return Comparison(match, contract, () if contract is None else tuple(_findings(guaranteed, contract)))


def _findings(said: Guaranteed, contract: Contract) -> Iterator[Finding]:
    yield _named(_P.WORKS_NAME, said.works_name, contract.works_name, _R.WRONG_WORKS)
    yield _named(_P.PRINCIPAL_NAME, said.principal_name, contract.principal_name, _R.NAMES_DIFFER)
    yield _named(_P.OBLIGEE_NAME, said.obligee_name, contract.obligee_name, _R.WRONG_OBLIGEE)
    yield _price(said, contract)
    if said.kind is GuaranteeKind.PERFORMANCE:
        yield _ratio(said, contract)
    if said.kind in _ADVANCES:
        yield _advance(said, contract)
    yield _term(said, contract)


def _named(point: ComparedPoint, certificate: str, contract: str | None, rejection: RejectionCode) -> Finding:
    same = None if contract is None else folded(certificate) == folded(contract)
    label = point.value.lower().replace("_", " ")
    return _finding(point, same, (certificate, contract), rejection, {
        None: (f"契約の{point.ja}が登録されていません。", f"The contract does not tell the {label}."),
        True: (f"{point.ja}は一致しています。", f"The {label} is the same."),
        False: (f"{point.ja}が契約と異なります。", f"The {label} differs from the contract's."),
    })  # fmt: skip


def _price(said: Guaranteed, contract: Contract) -> Finding:
    prices = _yen(said.contract_price), _yen(contract.contract_price)
    return _finding(_P.CONTRACT_PRICE, said.contract_price == contract.contract_price, prices, _R.PRICE_DIFFERS, {
        True: ("請負金額は一致しています。", "The contract price is the same."),
        False: ("請負金額が契約と異なります。", "The contract price differs from the contract's."),
    })  # fmt: skip


def _ratio(said: Guaranteed, contract: Contract) -> Finding:
    percent = USUAL_PERCENT if contract.performance_percent is None else contract.performance_percent
    enough = said.guaranteed_amount * 100 >= contract.contract_price * percent
    least = -(-contract.contract_price * percent // 100)
    return _finding(_P.GUARANTEED_RATIO, enough, (_yen(said.guaranteed_amount), _yen(least)), _R.AMOUNT_TOO_SMALL, {
        True: (f"保証金額は請負金額の100分の{percent}以上です。",
               f"The guaranteed amount is {percent} hundredths of the contract price or more."),
        False: (f"保証金額が請負金額の100分の{percent}({least:,}円)に足りません。",
                f"The guaranteed amount is below {percent} hundredths of the contract price ({least:,} yen)."),
    })  # fmt: skip


def _advance(said: Guaranteed, contract: Contract) -> Finding:
    advance = contract.advance_amount
    enough = None if advance is None else advance <= said.guaranteed_amount
    values = _yen(said.guaranteed_amount), None if advance is None else _yen(advance)
    return _finding(_P.ADVANCE_AMOUNT, enough, values, _R.AMOUNT_TOO_SMALL, {
        None: ("契約の前払金額が登録されていません。", "The contract does not tell the advance."),
        True: ("前払金額は保証金額以下です。", "The guaranteed amount covers the advance."),
        False: ("保証金額が前払金額に足りません。", "The guaranteed amount is below the advance."),
    })  # fmt: skip


def _term(said: Guaranteed, contract: Contract) -> Finding:
    end = contract.completion_on
    values = said.ends_on.isoformat(), end.isoformat() if end else None
    return _finding(_P.TERM, None if end is None else said.ends_on >= end, values, _R.TERM_TOO_SHORT, {
        None: ("契約の工期末日が登録されていません。", "The contract does not tell when the works end."),
        True: ("保証期間は工期末日まで続きます。", "The guarantee lasts until the works end, or longer."),
        False: ("保証期間が工期末日より前に終わります。", "The guarantee ends before the works do."),
    })  # fmt: skip


def _finding(
    point: ComparedPoint, same: bool | None, values: tuple[str, str | None], rejection: RejectionCode,  # noqa: FBT001  a third value: unknown
    sentences: dict[Any, tuple[str, str]],
) -> Finding:  # fmt: skip
    agreement = {None: _A.UNKNOWN, True: _A.AGREES, False: _A.DIFFERS}[same]
    return Finding(point, agreement, *values, rejection if same is False else None, *sentences[same])


def _yen(amount: int) -> str:
    return str(amount)

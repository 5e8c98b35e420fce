"""What the rules may know of one application (保証申込): told facts, and nothing else."""

from dataclasses import dataclass, fields
from datetime import date
from typing import Self

from denshi_hosho.core.vocabulary import (
    Change,
    GuaranteeKind,
    Medium,
    Procurement,
    SuretyClass,
    Word,
    WorkType,
)
from denshi_hosho.rules.jsonform import decode_record, encode


@dataclass(frozen=True, slots=True, kw_only=True)
class Application:
    """One application as the rules see it. None means "not told", never "no".

    Days are Japan's; prices are yen. `obligee` is an obligee id such as "322016". `work_wording` is the
    obligee's own word for the work. `contract_on` is the day on which the works contract was concluded; once
    it is amended, `initial_contract_on` is the day of the first one. `first_guarantee_on` is the day of the
    first guarantee of the same works contract: the advance payment guarantee before its interim one, the
    original before its amendment. `surety` is the guarantor's full name. `excluded_in_notice`: the case's own
    tender notice (公告) keeps it outside electronic guarantees; `trial`: it takes part in a trial operation
    (試行). `works_numbers` are the numbers that the obligee gave the works (工事番号), empty: not told.
    """

    obligee: str
    kind: GuaranteeKind
    work_type: WorkType | None = None
    work_wording: str | None = None
    surety: str | None = None
    surety_class: SuretyClass | None = None
    division: str | None = None
    procurement: Procurement | None = None
    contract_medium: Medium | None = None
    change: Change = Change.ORIGINAL
    original_medium: Medium | None = None
    contract_price: int | None = None
    covered_price: int | None = None
    guaranteed_amount: int | None = None
    notice_on: date | None = None
    nomination_on: date | None = None
    bidding_on: date | None = None
    order_on: date | None = None
    contract_on: date | None = None
    initial_contract_on: date | None = None
    guarantee_on: date | None = None
    first_guarantee_on: date | None = None
    excluded_in_notice: bool | None = None
    trial: bool | None = None
    works_numbers: tuple[str, ...] = ()

    def to_json(self) -> dict[str, object]:
        """Return the told facts only, in order of declaration, as JSON values."""
        told = ((field.name, getattr(self, field.name)) for field in fields(self))
        return {name: encode(value) for name, value in told if value not in (None, ())}

    @classmethod
    def from_json(cls, raw: object) -> Self:
        """Return the application that `to_json` wrote; raise MalformedRecord for anything else."""
        return decode_record(cls, raw, "")


def _holding(kind: type) -> dict[str, type]:
    hints = {field.name: field.type for field in fields(Application)}
    return {name: kind for name, hint in hints.items() if hint in (kind, kind | None)}


WORD_FIELDS: dict[str, type[Word]] = {
    name: kind
    for kind in (GuaranteeKind, WorkType, SuretyClass, Procurement, Medium, Change)
    for name in _holding(kind)
}
DATE_FIELDS = frozenset(_holding(date))
FLAG_FIELDS = frozenset(_holding(bool))
YEN_FIELDS = frozenset(_holding(int))
TEXT_FIELDS = frozenset(_holding(str)) - {"obligee"}


def told_as(name: str, text: str) -> object:
    """Return the value of the field `name` that a person typed as `text`, for `Application.from_json`.

    Yen are whole numbers, flags "true" or "false", works numbers are parted by commas; what does not fit is
    returned as it is, so that `from_json` names it.
    """
    if name in YEN_FIELDS:
        plain = text.replace(",", "").replace("_", "")
        return int(plain) if plain.isdecimal() else text
    if name in FLAG_FIELDS:
        return {"true": True, "false": False}.get(text, text)
    if name == "works_numbers":
        return [part.strip() for part in text.split(",") if part.strip()]
    return text

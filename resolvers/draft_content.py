"""What is filled into a draft of an application (下書き): everything may still be missing."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date
from typing import Any, Final

from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.form import Form
from denshi_hosho.core.notes import check_line
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.vocabulary import Change, GuaranteeKind, Medium, Procurement, WorkType
from denshi_hosho.rules import Application
from denshi_hosho.rules.jsonform import decode_record, encode_record

PLACE: Final = "content"  # where it stands in the input of `saveDraft`
MAX_CONTENT: Final = 20_000
_REQUIRED: Final = {
    "surety_id": ("保証会社", "surety"), "obligee": ("発注者", "obligee"), "kind": ("保証の種類", "kind of guarantee"),
    "delivery": ("保証証書の受取方法", "way of delivery"), "works_name": ("工事名", "name of the works"),
    "contract_price": ("請負金額(総額)", "contract price"), "guaranteed_amount": ("保証金額", "guaranteed amount"),
    "completion_on": ("工期末日", "last day of the works"),
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What the obligee's rules may ask for, as far as it is told (`rules.Application` says what each means)."""

    work_type: WorkType | None = None
    work_wording: str | None = None
    division: str | None = None
    procurement: Procurement | None = None
    contract_medium: Medium | None = None
    change: Change = Change.ORIGINAL
    original_medium: Medium | None = None
    excluded_in_notice: bool | None = None
    trial: bool | None = None
    works_numbers: tuple[str, ...] = ()
    notice_on: date | None = None
    nomination_on: date | None = None
    bidding_on: date | None = None
    order_on: date | None = None
    contract_on: date | None = None
    initial_contract_on: date | None = None
    first_guarantee_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """An application as far as it is filled in. Money is yen, days are Japan's; None: not filled in yet."""

    surety_id: int | None = None
    obligee: str | None = None
    obligee_name: str | None = None
    kind: GuaranteeKind | None = None
    delivery: Medium | None = None
    works_name: str | None = None
    contract_price: int | None = None
    covered_price: int | None = None
    guaranteed_amount: int | None = None
    completion_on: date | None = None
    guarantee_ends_on: date | None = None
    depositary_bank: str | None = None
    urgent: bool | None = None
    follows: str | None = None
    facts: Facts = Facts()

    def to_json(self) -> str:
        """Return the content as it is stored."""
        return json.dumps(encode_record(self))

    @classmethod
    def from_json(cls, text: str) -> "Content":
        """Return the content that `to_json` wrote."""
        return decode_record(cls, json.loads(text))

    @classmethod
    def copied(cls, row: AnyRow) -> "Content":
        """Return the content of an application's row. That it was urgent, and its day, are left behind."""
        told = Application.from_json(json.loads(row.facts))
        facts = Facts(**{each.name: getattr(told, each.name) for each in fields(Facts)})
        names = {each.name for each in fields(cls)} - {"facts", "urgent"}
        return cls(**{name: getattr(row, name) for name in names}, facts=facts)

    def over(self, below: "Content") -> "Content":
        """Return `below` with everything that is filled in here."""
        facts = replace(below.facts, **_filled_in(self.facts, Facts()))
        return replace(below, **{**_filled_in(self, Content()), "facts": facts})

    def missing(self) -> list[str]:
        """Return the names of the fields without which it cannot be submitted and that are not filled in."""
        return [name for name in _REQUIRED if getattr(self, name) is None]

    def form(self, obligee_name: str) -> Form:
        """Return the form of a draft from which nothing is `missing`; `obligee_name` stands in for one left out."""
        values: dict[str, Any] = {each.name: getattr(self, each.name) for each in fields(Form)
                                  if each.name != "contract_on"}  # fmt: skip
        values["obligee_name"] = self.obligee_name or obligee_name
        values["guarantee_ends_on"] = self.guarantee_ends_on or self.completion_on
        values["urgent"] = bool(self.urgent)
        return Form(**values, contract_on=self.facts.contract_on)

    def told(self) -> Application | None:
        """Return what the rules are told, or None as long as they cannot be asked."""
        if self.obligee is None or self.kind is None:
            return None
        facts: dict[str, Any] = {each.name: getattr(self.facts, each.name) for each in fields(Facts)}
        return Application(
            obligee=self.obligee, kind=self.kind, contract_price=self.contract_price, covered_price=self.covered_price,
            guaranteed_amount=self.guaranteed_amount, **facts,
        )  # fmt: skip


def _filled_in(record: Any, empty: object) -> dict[str, Any]:
    values = ((each.name, getattr(record, each.name)) for each in fields(record))
    return {name: value for name, value in values if value != getattr(empty, name)}


def still_missing(content: Content) -> list[Refusal]:
    """Return a refusal for each field that must still be filled in."""
    return [
        Refusal("DRAFT_INCOMPLETE", f"「{ja}」が入力されていません。", f"The {en} is not filled in.", (PLACE, name))
        for name, (ja, en) in _REQUIRED.items() if getattr(content, name) is None
    ]  # fmt: skip


def check_content(content: Content) -> None:
    """Raise `Refused` if a text is too long or has control characters, or there is too much of all.

    Everything else may be wrong in a draft: `unresolved` says so.
    """
    for path, text in _texts(content):
        check_line(text, path)
    if len(content.to_json()) > MAX_CONTENT:
        raise Refused(Refusal("DRAFT_TOO_LONG", f"下書きの内容が長すぎます({MAX_CONTENT:,}文字まで)。",
                              f"A draft has at most {MAX_CONTENT:,} characters.", (PLACE,)))  # fmt: skip


def _texts(content: Content) -> Iterator[tuple[tuple[str, ...], str]]:
    for place, record in (((PLACE,), content), ((PLACE, "facts"), content.facts)):
        for each in fields(record):
            value = getattr(record, each.name)
            texts = value if isinstance(value, tuple) else (value,)
            yield from (((*place, each.name), str(text)) for text in texts if isinstance(text, str))

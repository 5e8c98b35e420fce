"""What follows from a change (変更の取扱い): nothing to issue, and why; or a certificate marked （変更） or （訂正）.

A change of the term alone moves the guarantee period with it, and no certificate is issued; neither is one for a change of
the contract price alone (the notes on the certificate itself). A change of the guaranteed amount or of other content
leads to a certificate marked （変更）; what was wrong from the beginning, to one marked （訂正）.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields
from datetime import date, timedelta
from typing import Any, Final

from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.vocabulary import Change, Consequence

_TERM: Final = frozenset({"completion_on"})
_PRICE: Final = frozenset({"contract_price", "covered_price"})
ISSUED_AS: Final = {Consequence.AMENDMENT: Change.AMENDMENT, Consequence.CORRECTION: Change.CORRECTION}
WHY: Final[Mapping[Consequence, tuple[str, str]]] = {
    Consequence.TERM_MOVES: (
        "保証期間は工期の変更に伴い自動的に変更されますので、工期のみの変更では、変更の保証証書を発行しません。",
        "The guarantee period moves with the term: for a change of the term alone no certificate is issued.",
    ),
    Consequence.PRICE_NOTED: (
        "請負金額のみの変更では、変更の保証証書を発行しません。",
        "For a change of the contract price alone no certificate is issued.",
    ),
    Consequence.TERM_AND_PRICE: (
        "保証期間は工期の変更に伴い自動的に変更され、請負金額の変更とあわせても、変更の保証証書を発行しません。",
        "The guarantee period moves with the term; for changes of term and contract price alone no certificate is issued.",
    ),
    Consequence.AMENDMENT: (
        "保証金額等に変更があるため、（変更）と表示し、変更後の内容を記載した保証証書を発行します。",
        "The guaranteed amount or other content changes: a certificate marked （変更） is issued.",
    ),
    Consequence.CORRECTION: (
        "記載に誤りがあったため、（訂正）と表示し、正しい内容を記載した保証証書を発行します。",
        "What the certificate said was wrong: a certificate marked （訂正） is issued.",
    ),
}
NOTHING = Refusal("NOTHING_CHANGES", "変更後の内容が現在の内容と同じです。変更する項目を指定してください。",
                  "Nothing differs from what holds today. Say what changes.", ("change",))  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Content:
    """What can be changed of a guarantee; money is yen, days are Japan's. Names as on the certificate."""

    principal_name: str
    obligee_name: str
    guaranteed_amount: int
    guarantee_ends_on: date
    completion_on: date
    works_name: str
    contract_price: int
    covered_price: int | None
    depositary_bank: str | None


FIELDS: Final = tuple(field.name for field in fields(Content))


@dataclass(frozen=True, slots=True)
class Followed:
    """What follows from a change, with the content that holds after it, and the names of the fields that differ."""

    consequence: Consequence
    content: Content
    changed: tuple[str, ...]

    @property
    def issued_as(self) -> Change | None:
        """Return as what a certificate is issued; None: none is."""
        return ISSUED_AS.get(self.consequence)


def follow(today: Content, asked: Mapping[str, Any], *, correction: bool) -> Followed:
    """Return what follows when `asked` (new values by field) is changed of what holds `today`. Raise `Refused`.

    Where the works end on another day and nothing is said of the guarantee's last day, it moves by as many days.
    """
    new = {**asdict(today), **asked}
    if "guarantee_ends_on" not in asked:
        new["guarantee_ends_on"] = _moved(today, new["completion_on"])
    content = Content(**new)
    changed = tuple(name for name in FIELDS if getattr(content, name) != getattr(today, name))
    if not changed:
        raise Refused(NOTHING)
    return Followed(_consequence(today, content, changed, correction=correction), content, changed)


def _moved(today: Content, completion_on: date) -> date:
    try:
        return today.guarantee_ends_on + timedelta(days=(completion_on - today.completion_on).days)
    except OverflowError:
        return date.max


def _consequence(today: Content, content: Content, changed: tuple[str, ...], *, correction: bool) -> Consequence:
    if correction:
        return Consequence.CORRECTION
    if content.guarantee_ends_on != _moved(today, content.completion_on):
        return Consequence.AMENDMENT  # by itself it moves with the term, and not otherwise
    differs = set(changed) - {"guarantee_ends_on"}
    if differs - _TERM - _PRICE:
        return Consequence.AMENDMENT
    if not differs & _PRICE:
        return Consequence.TERM_MOVES
    return Consequence.TERM_AND_PRICE if differs & _TERM else Consequence.PRICE_NOTED

"""How two versions of a certificate differ, field by field."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from denshi_hosho.core.certificate import Certificate
from denshi_hosho.core.vocabulary import Medium
from denshi_hosho.core.wareki import wareki

LABELS: Final = {
    "principal_name": "保証契約者", "obligee_name": "被保証者", "guaranteed_amount": "保証金額", "guarantee_ends_on": "保証期間",
    "completion_on": "工期末日", "works_name": "工事名", "contract_price": "請負金額(総額)", "covered_price": "請負金額(対象額)",
    "depositary_bank": "預託金融機関", "medium": "交付方法",
}  # fmt: skip
Value = str | int | date | Medium | None


@dataclass(frozen=True, slots=True)
class Difference:
    """A field of the certificate, its label, and what it said before and says now. None: it said nothing."""

    field: str
    label: str
    before: Value
    after: Value


def differences(before: Certificate, after: Certificate) -> Sequence[Difference]:
    """Return what `after` says otherwise than `before`, in the order of the certificate."""
    return [
        Difference(name, label, getattr(before, name), getattr(after, name))
        for name, label in LABELS.items()
        if getattr(before, name) != getattr(after, name)
    ]


def shown(value: Value) -> str:
    """Return a value as the certificate shows it."""
    match value:
        case None:
            return "（記載なし）"
        case Medium():
            return value.ja
        case int():
            return f"{value:,} 円"
        case date():
            return wareki(value)
        case _:
            return value

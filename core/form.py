"""What a principal writes into an application (保証申込), and what is wrong with it before any rule is asked."""

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from denshi_hosho.core.documents import missing_glyphs
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.money import MAX_YEN
from denshi_hosho.core.vocabulary import GuaranteeKind, Medium
from denshi_hosho.core.wareki import SOLAR_CALENDAR_FROM

MAX_TEXT = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """An application as filled in. Money is yen, days are Japan's; texts are kept as given (core/text.py).

    `obligee` is the obligee's id in the rulebook, `obligee_name` how the certificate names it (被保証者). `urgent`: the
    registration mail goes out at once instead of at 16:00. `contract_on` is the day of the works contract, if known.
    `follows`: number of the advance payment guarantee of the same works, for an interim one.
    """

    surety_id: int
    kind: GuaranteeKind
    obligee: str
    obligee_name: str
    delivery: Medium
    works_name: str
    contract_price: int
    covered_price: int | None
    guaranteed_amount: int
    completion_on: date
    guarantee_ends_on: date
    depositary_bank: str | None
    urgent: bool
    contract_on: date | None = None
    follows: str | None = None


def check_form(form: Form) -> None:
    """Raise `Refused` with everything that is wrong with `form`, each with its field."""
    refusals = (*_amounts(form), *_days(form), *_texts(form), *_lineage(form))
    if refusals:
        raise Refused(*refusals)


def _amounts(form: Form) -> Iterator[Refusal]:
    for field in ("contract_price", "covered_price", "guaranteed_amount"):
        yen: int | None = getattr(form, field)
        if yen is not None and not 1 <= yen <= MAX_YEN:
            yield Refusal("AMOUNT_OUT_OF_RANGE", f"金額は1円以上{MAX_YEN:,}円以下で入力してください。",
                          f"An amount is 1 to {MAX_YEN:,} yen.", (field,))  # fmt: skip
    if form.guaranteed_amount > form.contract_price:
        yield Refusal("GUARANTEED_AMOUNT_ABOVE_CONTRACT_PRICE", "保証金額が請負金額を超えています。",
                      "The guaranteed amount is above the contract price.", ("guaranteed_amount",))  # fmt: skip
    if form.covered_price is not None and form.covered_price > form.contract_price:
        yield Refusal("COVERED_PRICE_ABOVE_CONTRACT_PRICE", "請負金額(対象額)が請負金額(総額)を超えています。",
                      "The covered price is above the contract price.", ("covered_price",))  # fmt: skip


def _days(form: Form) -> Iterator[Refusal]:
    for field in ("completion_on", "guarantee_ends_on"):
        if getattr(form, field) < SOLAR_CALENDAR_FROM:
            yield Refusal("DATE_BEFORE_SOLAR_CALENDAR", "明治6年1月1日より前の日付は証書に和暦で表示できません。",
                          "A day before 1873-01-01 cannot be written as an era date on the certificate.", (field,))  # fmt: skip
    if form.contract_on is not None and form.completion_on < form.contract_on:
        yield Refusal("COMPLETION_BEFORE_CONTRACT", "工期末日が契約締結日より前です。",
                      "The works end before their contract was made.", ("completion_on",))  # fmt: skip
    if form.contract_on is not None and form.guarantee_ends_on < form.contract_on:
        yield Refusal("GUARANTEE_ENDS_BEFORE_CONTRACT", "保証期間の末日が契約締結日より前です。",
                      "The guarantee ends before the works contract was made.", ("guarantee_ends_on",))  # fmt: skip


def _lineage(form: Form) -> Iterator[Refusal]:
    if form.follows is not None and form.kind is not GuaranteeKind.INTERIM_ADVANCE_PAYMENT:
        yield Refusal("FOLLOWS_NOT_INTERIM", "前払金保証の番号は、中間前払金保証の申込でのみ指定できます。",
                      "Only an interim advance payment guarantee follows another one.", ("follows",))  # fmt: skip


def _texts(form: Form) -> Iterator[Refusal]:
    for field in ("obligee_name", "works_name", "depositary_bank"):
        text: str | None = getattr(form, field)
        if text is None:
            continue
        if not 1 <= len(text) <= MAX_TEXT:
            yield Refusal("TEXT_LENGTH", f"1文字以上{MAX_TEXT}文字以内で入力してください。",
                          f"This text has 1 to {MAX_TEXT} characters.", (field,))  # fmt: skip
        elif any(unicodedata.category(symbol) in {"Cc", "Zl", "Zp"} for symbol in text):
            yield Refusal("TEXT_CONTROL_CHARACTER", "改行などの制御文字は使えません。",
                          "Line breaks and other control characters cannot be used.", (field,))  # fmt: skip
        elif missing := missing_glyphs(text):
            yield Refusal("TEXT_NOT_PRINTABLE", f"証書に印字できない文字があります: {missing}",
                          f"These characters cannot be printed on the certificate: {missing}", (field,))  # fmt: skip

"""Use-of-funds statements and withdrawal requests as PDF: what stands there, on how many pages, and that nothing runs over."""

import io
from datetime import UTC, date, datetime
from types import SimpleNamespace
from typing import Any

import pytest
from pypdf import PdfReader

from denshi_hosho.core.documents.funds import FOOT, STATEMENT, WITHDRAWAL, statement_pdf, withdrawal_pdf
from denshi_hosho.core.documents.sheet import WIDTH
from denshi_hosho.core.documents.tables import HEAD_HEIGHT, pages_of, row_of
from denshi_hosho.core.vocabulary import FundsItem, FundsState, GuaranteeKind, WithdrawalMethod, WithdrawalState

NOW = datetime(2024, 6, 3, 1, tzinfo=UTC)
ABOUT: dict[str, Any] = {
    "id": 7, "number": "1070000123", "guarantee_kind": GuaranteeKind.ADVANCE_PAYMENT, "advance_amount": 19_200_000,
    "works_name": "市道〇号線 道路改良工事", "obligee_name": "松江市", "principal_name": "株式会社松江建設",
    "surety_name": "西日本建設業保証株式会社", "depositary_bank": None,
}  # fmt: skip
ITEMS = list(FundsItem)


def statement(**changes: Any) -> Any:
    return SimpleNamespace(**{**ABOUT, "version": 2, "state": FundsState.CONSENTED, "stated_at": NOW, **changes})


def line(place: int, **changes: Any) -> Any:
    plain = {
        "line": place, "item": ITEMS[place % len(ITEMS)], "description": "鉄筋", "quantity": "12 t", "total_cost": 2_000_000,
        "from_advance": 1_000_000, "method": WithdrawalMethod.TRANSFER, "planned": "7月", "payee": "鋼材店",
    }  # fmt: skip
    return SimpleNamespace(**{**plain, **changes})


def withdrawal(**changes: Any) -> Any:
    told = {"version": 2, "state": WithdrawalState.PAID, "requested_at": NOW, "paid_on": date(2024, 6, 4),
            "before": 3_000_000, "amount": 2_000_000}  # fmt: skip
    return SimpleNamespace(**{**ABOUT, **told, **changes})


def drawn(place: int, **changes: Any) -> Any:
    plain = {
        "line": place, "item": ITEMS[place % len(ITEMS)], "description": "鉄筋", "amount": 1_000_000, "paid_to": "鋼材店",
        "paid_by": WithdrawalMethod.TRANSFER, "evidence": '["INVOICE"]',
    }  # fmt: skip
    return SimpleNamespace(**{**plain, **changes})


def read(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_a_statement_says_all_that_it_is_about() -> None:
    (page,) = read(statement_pdf(statement(), [line(1), line(2, from_advance=None, payee=None)]))
    for text in ("使途内訳明細書", "1070000123", "市道〇号線 道路改良工事", "松江市", "株式会社松江建設", "第2版（同意済み）",
                 "19,200,000 円", "労務費", "12 t", "口座振込", "2,000,000", "未定", "令和6年6月3日", "1 ／ 1"):  # fmt: skip
        assert text in page, text
    assert "1,000,000 円" in page  # the sum: what is not fixed yet counts for nothing


def test_a_request_says_what_is_left() -> None:
    (page,) = read(
        withdrawal_pdf(withdrawal(depositary_bank="山陰銀行"), [drawn(1), drawn(2, evidence="[]", paid_to=None)])
    )
    for text in (
        "払出依頼書",
        "山陰銀行",
        "3,000,000 円",
        "2,000,000 円",
        "14,200,000 円",
        "請求書",
        "なし",
        "令和6年6月4日",
    ):
        assert text in page, text


@pytest.mark.parametrize("make", [lambda: statement_pdf(statement(), [line(each) for each in range(1, 101)]),
                                  lambda: withdrawal_pdf(withdrawal(), [drawn(each) for each in range(1, 101)])])  # fmt: skip
def test_a_hundred_lines_stand_on_several_pages_each_once(make: Any) -> None:
    pages = read(make())
    assert 2 <= len(pages) <= 5
    for number, page in enumerate(pages, 1):
        assert f"{number} ／ {len(pages)}" in page
    assert sum(page.count("鉄筋") for page in pages) == 100


def test_the_longest_texts_and_amounts_stay_on_their_pages() -> None:
    long = {"description": "長" * 100, "quantity": "長" * 50, "planned": "長" * 50, "payee": "長" * 100}
    rows = [row_of(STATEMENT, ("100", "機械器具賃借料", long["description"], long["quantity"], f"{10**13:,}", f"{10**13:,}",
                               "口座振込", long["planned"], long["payee"]))] * 3  # fmt: skip
    assert [len(cell) for cell in rows[0].cells][4:6] == [1, 1]  # an amount is never broken
    pages = pages_of(rows, 100, 700, 60)
    assert pages[0] == []  # too little room under a long head
    assert all(sum(row.height for row in page) + HEAD_HEIGHT <= 700 for page in pages)
    names = dict.fromkeys(
        ("works_name", "obligee_name", "principal_name", "surety_name", "depositary_bank"), "長" * 200
    )
    longest = statement_pdf(statement(**names), [line(each, **long) for each in range(1, 101)])
    assert 10 < len(read(longest)) < 70


def test_columns_fill_the_page() -> None:
    assert FOOT > 700
    for columns in (STATEMENT, WITHDRAWAL):
        assert 490 < sum(column.width for column in columns) <= WIDTH - 96 + 0.5

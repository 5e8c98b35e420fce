"""Use-of-funds statements (使途内訳明細書) and withdrawal requests (払出依頼書) as PDF: as many pages of A4 as they need."""

import json
from collections.abc import Sequence
from datetime import datetime

from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.documents.sheet import HEIGHT, WIDTH, Facts, Sheet, Type, many_pages
from denshi_hosho.core.documents.tables import Column, Row, draw_rows, pages_of, row_of
from denshi_hosho.core.documents.typeface import Face
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.vocabulary import Evidence
from denshi_hosho.core.wareki import wareki

INK = (0.1, 0.17, 0.3)
LEFT, RIGHT = 48.0, WIDTH - 48.0
TITLE = Type(Face.MINCHO, 19, INK)
TEXT = Type(Face.MINCHO, 10, leading=1.5)
LABEL = Type(Face.GOTHIC, 8.5, INK)
SMALL = Type(Face.GOTHIC, 8)
TOTAL = Type(Face.MINCHO, 13)
UNDETERMINED = "未定"
FOOT = HEIGHT - 50

STATEMENT = (
    Column("", 22, "right"), Column("使途", 64), Column("品名", 82), Column("総数量", 42), Column("総金額（円）", 80, "right"),
    Column("前払金使途額（円）", 80, "right"), Column("払出方法", 40), Column("払出予定", 42), Column("支払先", 47),
)  # fmt: skip
WITHDRAWAL = (
    Column("", 22, "right"), Column("使途", 70), Column("品名", 101), Column("払出額（円）", 80, "right"), Column("払出方法", 44),
    Column("支払先", 98), Column("確認書類", 84),
)  # fmt: skip


def statement_pdf(row: AnyRow, lines: Sequence[AnyRow]) -> bytes:
    """Return a statement of `core.funds.reading.statement_to_print`. Raise `GlyphMissing`."""
    total = sum(line.from_advance or 0 for line in lines)
    advance = UNDETERMINED if row.advance_amount is None else f"{row.advance_amount:,} 円"
    about = [*_about(row), ("前払金額", advance), ("版", f"第{row.version}版（{row.state.ja}）")]
    rows = [row_of(STATEMENT, _stated(line)) for line in lines]
    sums = [("前払金使途額の合計", f"{total:,} 円")]
    return _pdf("使途内訳明細書", row, row.stated_at, about, STATEMENT, rows, sums)


def _stated(line: AnyRow) -> Sequence[str]:
    return (
        str(line.line), line.item.ja, _known(line.description), _known(line.quantity), _yen(line.total_cost),
        _yen(line.from_advance), UNDETERMINED if line.method is None else line.method.ja, _known(line.planned),
        _known(line.payee),
    )  # fmt: skip


def _known(text: str | None) -> str:
    return UNDETERMINED if text is None else text


def _yen(yen: int | None) -> str:
    return UNDETERMINED if yen is None else f"{yen:,}"


def withdrawal_pdf(row: AnyRow, lines: Sequence[AnyRow]) -> bytes:
    """Return a request of `core.funds.reading.withdrawal_to_print`. Raise `GlyphMissing`."""
    about = [
        *_about(row), ("使途内訳明細書", f"第{row.version}版"), ("状態", row.state.ja),
        *([] if row.paid_on is None else [("払出日", wareki(row.paid_on))]),
    ]  # fmt: skip
    sums = [
        ("前払金額", f"{row.advance_amount:,} 円"), ("払出済額（依頼中を含む）", f"{row.before:,} 円"),
        ("今回払出額", f"{row.amount:,} 円"), ("払出後残額", f"{row.advance_amount - row.before - row.amount:,} 円"),
    ]  # fmt: skip
    rows = [row_of(WITHDRAWAL, _drawn(line)) for line in lines]
    return _pdf("払出依頼書", row, row.requested_at, about, WITHDRAWAL, rows, sums)


def _drawn(line: AnyRow) -> Sequence[str]:
    papers = "、".join(Evidence(each).ja for each in json.loads(line.evidence))
    method = UNDETERMINED if line.paid_by is None else line.paid_by.ja
    return (
        str(line.line), line.item.ja, _known(line.description), f"{line.amount:,}", method, _known(line.paid_to), papers or "なし",
    )  # fmt: skip


def _about(row: AnyRow) -> list[tuple[str, str]]:
    return [
        ("保証の種類", row.guarantee_kind.ja), ("保証契約番号", row.number), ("発注者", row.obligee_name),
        ("工事名", row.works_name), ("保証契約者", row.principal_name),
        *([] if row.depositary_bank is None else [("預託金融機関", row.depositary_bank)]),
    ]  # fmt: skip


def _pdf(  # noqa: PLR0913, PLR0917  a title, whose and when, and the three parts of the page
    title: str, row: AnyRow, at: datetime, about: Sequence[tuple[str, str]], columns: Sequence[Column], rows: Sequence[Row],
    sums: Sequence[tuple[str, str]],
) -> bytes:  # fmt: skip
    day = japan_day(at)
    wrapped = [(label, TEXT.wrapped(value, RIGHT - LEFT - 92)) for label, value in about]
    head = 132 + sum(len(lines) * 15 + 2 for _, lines in wrapped)
    pages = pages_of(rows, FOOT - head - 30, FOOT - 90, 24 + 24 * len(sums))

    def draw(sheet: Sheet, number: int) -> None:
        y = _head(sheet, title, row, wareki(day), wrapped) if number == 0 else _again(sheet, title, row)
        if pages[number]:
            y = draw_rows(sheet, LEFT, y + 6, columns, pages[number])
        if number == len(pages) - 1:
            _sums(sheet, y, sums)
        sheet.text(WIDTH / 2, HEIGHT - 28, f"{number + 1} ／ {len(pages)}", SMALL, "centre")

    return many_pages(Facts(f"{title} {row.number}", row.principal_name, day), len(pages), draw)


def _head(sheet: Sheet, title: str, row: AnyRow, day: str, about: Sequence[tuple[str, list[str]]]) -> float:
    sheet.text(RIGHT, 56, day, TEXT, "right")
    sheet.text(WIDTH / 2, 86, title, TITLE, "centre")
    y = sheet.paragraph(LEFT, 112, RIGHT - LEFT, f"{row.surety_name} 御中", TEXT) + 5
    for label, lines in about:
        sheet.text(LEFT, y, label, LABEL)
        y = sheet.lines(LEFT + 92, y, lines, TEXT) + 2
    return y


def _again(sheet: Sheet, title: str, row: AnyRow) -> float:
    sheet.text(LEFT, 56, f"{title}（続き）　保証契約番号 {row.number}", LABEL)
    return 62


def _sums(sheet: Sheet, y: float, sums: Sequence[tuple[str, str]]) -> None:
    for label, value in sums:
        y += 24
        sheet.text(RIGHT - 150, y, label, LABEL, "right")
        sheet.text(RIGHT - 4, y, value, TOTAL, "right")
    sheet.rule(RIGHT - 290, y + 7, RIGHT, y + 7, 1, INK)

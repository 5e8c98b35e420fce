"""Fee statements (保証料計算書) and monthly statements (一括後払 保証料明細書) as PDF."""

from collections.abc import Sequence
from datetime import date

from denshi_hosho.core.documents.sheet import HEIGHT, WIDTH, Facts, Sheet, Type, many_pages, one_page
from denshi_hosho.core.documents.typeface import Face
from denshi_hosho.core.fees.statements import charged_for, lines_of
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.vocabulary import FeeStatementKind
from denshi_hosho.core.wareki import wareki

INK = (0.1, 0.17, 0.3)
HAIRLINE = (0.62, 0.66, 0.73)
TINT = (0.945, 0.953, 0.968)
ALARM = (0.7, 0.1, 0.1)
LEFT, RIGHT = 56.0, WIDTH - 56.0
TITLE = Type(Face.MINCHO, 21, INK)
TEXT = Type(Face.MINCHO, 11, leading=1.5)
LABEL = Type(Face.GOTHIC, 9.5, INK)
SMALL = Type(Face.GOTHIC, 8.5, leading=1.6)
TOTAL = Type(Face.MINCHO, 15)
EXAMPLE = Type(Face.GOTHIC, 11, ALARM)
TITLES = {
    FeeStatementKind.INITIAL: "保証料計算書", FeeStatementKind.ADDITIONAL: "追加保証料計算書",
    FeeStatementKind.REFUND: "返戻保証料計算書",
}  # fmt: skip
EXAMPLE_TEXT = "例示料率による計算です。実在の保証会社の料率ではありません。"
NOT_TAXED = "保証料は課税されません。"
ROWS_ON_PAGE = 24


def fee_statement_pdf(row: AnyRow) -> bytes:
    """Return a row of `core.fees.statements` as one page of A4, of the same row the same bytes.

    Raise `GlyphMissing`, `TextTooLong`.
    """
    title = TITLES[row.kind]

    def draw(sheet: Sheet, scale: float) -> bool:
        y = _head(sheet, (title, wareki(row.stated_on)), row.principal_name, scale, example=row.example)
        kind, amount, class_ = charged_for(row)
        about = [("保証の種類", kind.ja), ("保証金額", f"{amount:,} 円"), ("保証契約番号", row.number or "締結前"),
                 ("工事名", row.works_name), ("発注者", row.obligee_name), ("適用料率", row.tariff_name)]  # fmt: skip
        if class_ is not None:
            about.append(("等級", class_))
        y = _about(sheet, y, about, scale)
        sign = -1 if row.kind is FeeStatementKind.REFUND else 1
        y = _lines(sheet, y, [(line["ja"], sign * line["yen"]) for line in lines_of(row)], scale)
        label = "返戻保証料" if row.kind is FeeStatementKind.REFUND else "保証料"
        y = _total(sheet, y, label, row.amount)
        y = sheet.paragraph(LEFT, y + 26, RIGHT - LEFT, NOT_TAXED, SMALL)
        sheet.text(RIGHT, y + 24, row.surety_name, TEXT, "right")
        return y + 24 < HEIGHT - 50

    return one_page(Facts(f"{title} {row.id}", row.surety_name, row.stated_on), draw)


def _head(sheet: Sheet, titles: tuple[str, str], principal_name: str, scale: float, *, example: bool) -> float:
    title, when = titles
    if example:
        sheet.frame(LEFT, 34, RIGHT - LEFT, 22, 1.2, ALARM)
        sheet.text(WIDTH / 2, 49, EXAMPLE_TEXT, EXAMPLE, "centre")
    sheet.text(RIGHT, 78, when, TEXT, "right")
    sheet.text(WIDTH / 2, 112, title, TITLE, "centre")
    return sheet.paragraph(LEFT, 146, RIGHT - LEFT, f"{principal_name} 様", TEXT.scaled(scale)) + 6


def _about(sheet: Sheet, y: float, rows: Sequence[tuple[str, str]], scale: float) -> float:
    type_ = TEXT.scaled(scale)
    for label, value in rows:
        sheet.text(LEFT, y, label, LABEL)
        y = sheet.paragraph(LEFT + 100, y, RIGHT - LEFT - 100, value, type_) + 3
    return y


def _lines(sheet: Sheet, y: float, lines: Sequence[tuple[str, int]], scale: float) -> float:
    type_ = TEXT.scaled(scale)
    y += 8
    sheet.fill(LEFT, y, RIGHT - LEFT, 20, TINT)
    sheet.text(LEFT + 8, y + 14, "計算", LABEL)
    sheet.text(RIGHT - 8, y + 14, "金額（円）", LABEL, "right")
    y += 20
    for ja, yen in lines:
        wrapped = type_.wrapped(ja, RIGHT - LEFT - 140)
        y += 15 * scale
        sheet.text(RIGHT - 8, y, f"{yen:,}", type_, "right")
        y = sheet.lines(LEFT + 8, y, wrapped, type_) - type_.size * type_.leading + 7 * scale
        sheet.rule(LEFT, y, RIGHT, y, 0.4, HAIRLINE)
    return y


def _total(sheet: Sheet, y: float, label: str, yen: int) -> float:
    y += 28
    sheet.text(LEFT + 8, y, label, LABEL)
    sheet.text(RIGHT - 8, y, f"{yen:,} 円", TOTAL, "right")
    sheet.rule(LEFT, y + 8, RIGHT, y + 8, 1.2, INK)
    return y + 8


def fee_month_pdf(month: date, names: tuple[str, str], rows: Sequence[AnyRow], total: int) -> bytes:
    """Return the fees of a month as pages of A4; `names` are the principal's and the surety's.

    Raise `GlyphMissing`, `TextTooLong`.
    """
    pages = [rows[at : at + ROWS_ON_PAGE] for at in range(0, len(rows), ROWS_ON_PAGE)] or [rows]
    example = any(row.example for row in rows)

    def draw(sheet: Sheet, number: int) -> None:
        when = f"{wareki(month).partition('月')[0]}月分"
        y = _head(sheet, ("保証料明細書（一括後払）", when), names[0], 1.0, example=example)
        for row in pages[number]:
            y = _month_row(sheet, y, row)
        if number == len(pages) - 1:
            y = _total(sheet, y, "合計", total)
            sheet.text(RIGHT, y + 26, names[1], TEXT, "right")
        sheet.text(WIDTH / 2, HEIGHT - 30, f"{number + 1} ／ {len(pages)}", SMALL, "centre")

    return many_pages(Facts(f"保証料明細書 {month:%Y-%m}", names[1], month), len(pages), draw)


def _month_row(sheet: Sheet, y: float, row: AnyRow) -> float:
    sign = -1 if row.kind is FeeStatementKind.REFUND else 1
    works = row.works_name if len(row.works_name) <= 28 else f"{row.works_name[:27]}…"  # noqa: PLR2004  what one line holds
    y += 22
    sheet.text(LEFT, y, f"{row.stated_on:%m/%d}", SMALL)
    sheet.text(LEFT + 34, y, row.number or "", SMALL)
    sheet.text(LEFT + 96, y, f"{row.guarantee_kind.short_ja}・{row.kind.ja}", SMALL)
    sheet.text(LEFT + 150, y, works, SMALL)
    sheet.text(RIGHT, y, f"{sign * row.amount:,}", SMALL, "right")
    sheet.rule(LEFT, y + 7, RIGHT, y + 7, 0.4, HAIRLINE)
    return y

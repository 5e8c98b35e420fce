"""The certificate (保証証書) as PDF: what the surety's viewer shows, on one page of A4."""

from collections.abc import Sequence
from datetime import date

from denshi_hosho.core import wording
from denshi_hosho.core.certificate import Certificate
from denshi_hosho.core.changes.differences import Difference, shown
from denshi_hosho.core.documents.sheet import HEIGHT, WIDTH, Facts, Sheet, Type, one_page
from denshi_hosho.core.documents.typeface import Face
from denshi_hosho.core.errors import HoshoError
from denshi_hosho.core.vocabulary import GuaranteeKind, Medium
from denshi_hosho.core.wareki import wareki

INK = (0.1, 0.17, 0.3)
HAIRLINE = (0.62, 0.66, 0.73)
TINT = (0.945, 0.953, 0.968)

LEFT, RIGHT = 66.0, WIDTH - 66.0
LABEL_WIDTH = 132.0
SIGNATURE_LEFT = 296.0
NOTES_TOP = 692.0
NOTES_END = HEIGHT - 42.0
# The white space above and below the lines of the table, shared by its rows: fewer rows stand wider.
TABLE_AIR = 164.0
# The right end of the foot is for a two-dimensional code that leads to the viewer, its white margin included.
CODE_SIDE = 84.0
CODE_CAPTION = "電子証書の閲覧・確認"

DATE = Type(Face.MINCHO, 11.5)
TITLE = Type(Face.MINCHO, 23, INK)
LABEL = Type(Face.GOTHIC, 9.5, INK)
VALUE = Type(Face.MINCHO, 11.5, leading=1.45)
AMOUNT = Type(Face.MINCHO, 14, leading=1.2)
SENTENCE = Type(Face.MINCHO, 10.75, leading=1.7)
SIGNATURE = Type(Face.MINCHO, 11, leading=1.55)
SIGNATURE_NAME = Type(Face.MINCHO, 13.5, leading=1.55)
BRANCH = Type(Face.MINCHO, 9.5, leading=1.55)
NOTE = Type(Face.MINCHO, 8.5, leading=1.6)
REMARK = Type(Face.GOTHIC, 7, INK, leading=1.5)
CHANGE = Type(Face.GOTHIC, 7.5, leading=1.4)
CHANGE_LENGTH = 32  # of a text before and after, in characters: the new one stands in the table in full
CHANGE_CONTEXT = 8  # characters of a cut text before the one that differs
REMARK_HEIGHT = 40.0
CAPTION = Type(Face.GOTHIC, 6.5, INK)
WARNING = Type(Face.GOTHIC, 9, INK)

NOT_FOR_SUBMISSION = (
    "この電子証書の印刷物・PDFは提出用ではありません。発注者へは「認証キー等のお知らせ」をご提出ください。"
)


class NoCertificateForm(HoshoError):
    """No certificate is drawn for this kind of guarantee."""

    code = "NO_CERTIFICATE_FORM"

    def __init__(self, kind: GuaranteeKind) -> None:
        super().__init__(
            f"{kind.ja}の保証証書の様式はありません。保証の種類を確認してください。",
            f"There is no certificate form for {kind}. Check the kind of guarantee.",
        )


def certificate_pdf(
    certificate: Certificate, *, viewer_url: str | None = None, remark: str | None = None,
    changes: Sequence[Difference] = (),
) -> bytes:  # fmt: skip
    """Return the certificate as PDF: one page of A4, the same bytes for the same arguments.

    `changes` is how it differs from the version before: it stands beside the surety's name, long texts cut short.
    `viewer_url` is where the certificate is opened by number and key; a two-dimensional code leads there. `remark` is
    what is to be said of its signature.

    Raise `NoCertificateForm` (契約保証予約), `GlyphMissing`, `TextTooLong`, `BeforeSolarCalendar`.
    """
    if not wording.has_form(certificate.kind):
        raise NoCertificateForm(certificate.kind)
    facts = Facts(
        f"{wording.title(certificate.kind, certificate.change)} {certificate.number}",
        certificate.surety.name,
        certificate.issued_on,
    )

    def draw(sheet: Sheet, scale: float) -> bool:
        _border(sheet)
        y = _head(sheet, certificate)
        y = _table(sheet, y, _rows(certificate), scale)
        y = _sentence(sheet, y, certificate)
        changes_end = _changes(sheet, y, certificate, changes, scale)
        y = _signature(sheet, y, certificate, scale)
        y = _branch(sheet, y, certificate, scale)
        _remark(sheet, remark)
        low = NOTES_TOP if remark is None else NOTES_TOP - REMARK_HEIGHT
        return y <= NOTES_TOP and changes_end <= low and _foot(sheet, certificate, viewer_url) <= NOTES_END

    return one_page(facts, draw)


def _rows(certificate: Certificate) -> list[tuple[str, str]]:
    rows: list[tuple[str, str | int | date | None]] = [
        ("保証契約番号", certificate.number),
        ("保証契約者", f"{certificate.principal_name} 様"),
        ("被保証者", f"{certificate.obligee_name} 様"),
        ("保証金額", certificate.guaranteed_amount),
        ("保証期間", certificate.guarantee_ends_on),
        ("工期末日", certificate.completion_on),
        ("工事名", certificate.works_name),
        ("請負金額(総額)", certificate.contract_price),
        ("請負金額(対象額)", certificate.covered_price),
        ("預託金融機関", certificate.depositary_bank),
    ]
    return [(label, _shown(value)) for label, value in rows if value is not None]


def _shown(value: str | int | date) -> str:
    match value:
        case int():
            return f"{value:,} 円"
        case date():
            return wareki(value)
        case _:
            return value


def _border(sheet: Sheet) -> None:
    for inset, weight in ((30.0, 1.6), (34.5, 0.5)):
        sheet.frame(inset, inset, WIDTH - 2 * inset, HEIGHT - 2 * inset, weight, INK)


def _head(sheet: Sheet, certificate: Certificate) -> float:
    """Draw what stands above the table, and return where the table begins."""
    if certificate.medium is Medium.ELECTRONIC:
        sheet.fill(LEFT, 54, RIGHT - LEFT, 21, TINT)
        sheet.frame(LEFT, 54, RIGHT - LEFT, 21, 0.8, INK)
        sheet.text(WIDTH / 2, 68, NOT_FOR_SUBMISSION, WARNING, "centre")
    sheet.text(RIGHT, 104, wareki(certificate.issued_on), DATE, "right")
    sheet.text(WIDTH / 2, 146, wording.title(certificate.kind, certificate.change), TITLE, "centre")
    return 168.0


def _table(sheet: Sheet, y: float, rows: list[tuple[str, str]], scale: float) -> float:
    """Draw the ruled table of the fields and return its lower edge."""
    top, padding = y, TABLE_AIR / len(rows) / 2 * scale
    rules = []
    for label, value in rows:
        type_ = (AMOUNT if label == "保証金額" else VALUE).scaled(scale)
        lines = type_.wrapped(value, RIGHT - LEFT - LABEL_WIDTH - 24)
        line = type_.size * type_.leading
        height = len(lines) * line + 2 * padding
        baseline = y + padding + line / 2 + type_.size * 0.36
        sheet.fill(LEFT, y, LABEL_WIDTH, height, TINT)
        sheet.text(LEFT + 12, baseline, label, LABEL)
        sheet.lines(LEFT + LABEL_WIDTH + 14, baseline, lines, type_)
        y += height
        rules.append(y)
    for edge in rules:
        sheet.rule(LEFT, edge, RIGHT, edge, 0.5, HAIRLINE)
    sheet.rule(LEFT + LABEL_WIDTH, top, LEFT + LABEL_WIDTH, y, 0.5, HAIRLINE)
    sheet.frame(LEFT, top, RIGHT - LEFT, y - top, 1.0, INK)
    return y


def _sentence(sheet: Sheet, y: float, certificate: Certificate) -> float:
    sentence = wording.sentence(certificate.kind) or ""
    return sheet.paragraph(LEFT, y + 28, RIGHT - LEFT, sentence, SENTENCE)


def _signature(sheet: Sheet, y: float, certificate: Certificate, scale: float) -> float:
    surety, width = certificate.surety, RIGHT - SIGNATURE_LEFT
    y = sheet.paragraph(SIGNATURE_LEFT, y + 14, width, surety.address, SIGNATURE.scaled(scale))
    y = sheet.paragraph(SIGNATURE_LEFT, y + 4, width, surety.name, SIGNATURE_NAME.scaled(scale))
    return sheet.paragraph(SIGNATURE_LEFT, y, width, surety.representative, SIGNATURE.scaled(scale))


def _branch(sheet: Sheet, y: float, certificate: Certificate, scale: float) -> float:
    branch, type_ = certificate.branch, BRANCH.scaled(scale)
    y += 10
    sheet.text(SIGNATURE_LEFT, y, "取扱店", LABEL.scaled(scale))
    indent = SIGNATURE_LEFT + 42
    for text in (branch.name, branch.address, f"TEL {branch.tel}", branch.fax and f"FAX {branch.fax}"):
        if text:
            y = sheet.paragraph(indent, y, RIGHT - indent, text, type_)
    return y


def _changes(sheet: Sheet, y: float, certificate: Certificate, changes: Sequence[Difference], scale: float) -> float:
    """Draw what differs from the version before, left of the surety's name; return where it ends."""
    if not changes:
        return 0.0
    mark, type_, width = certificate.change.ja, CHANGE.scaled(scale), SIGNATURE_LEFT - LEFT - 20
    y += 14
    sheet.text(LEFT, y, f"{mark}内容（{mark}前 → {mark}後）", LABEL.scaled(scale))
    y += 13 * scale
    for each in changes:
        before, after = _cut(shown(each.before), shown(each.after))
        y = sheet.paragraph(LEFT, y, width, f"{each.label}：{before} → {after}", type_)
    return y


def _cut(before: str, after: str) -> tuple[str, str]:
    """Return both texts, long ones cut to where they begin to differ: whatever is cut, the two never look the same."""
    if max(len(before), len(after)) <= CHANGE_LENGTH:
        return before, after
    pairs = enumerate(zip(before, after, strict=False))
    same = next((place for place, (old, new) in pairs if old != new), min(len(before), len(after)))
    begin = max(0, same - CHANGE_CONTEXT) if same >= CHANGE_LENGTH - CHANGE_CONTEXT else 0
    return _part(before, begin), _part(after, begin)


def _part(text: str, begin: int) -> str:
    rest = f"…{text[begin:]}" if begin else text
    return rest if len(rest) <= CHANGE_LENGTH else f"{rest[: CHANGE_LENGTH - 1]}…"


def _remark(sheet: Sheet, remark: str | None) -> None:
    """Draw what is to be said of the signature, beside the surety's name and just above the notes."""
    if remark is not None:
        lines = REMARK.wrapped(remark, SIGNATURE_LEFT - LEFT - 20)
        sheet.lines(LEFT, NOTES_TOP - 9 - (len(lines) - 1) * REMARK.size * REMARK.leading, lines, REMARK)


def _foot(sheet: Sheet, certificate: Certificate, viewer_url: str | None) -> float:
    """Draw the notes and where the terms are published, left of the code; return where they end."""
    width = RIGHT - LEFT - CODE_SIDE - 14
    sheet.rule(LEFT, NOTES_TOP, RIGHT, NOTES_TOP, 0.5, HAIRLINE)
    y = NOTES_TOP + 18
    sheet.text(LEFT, y, "（注）", NOTE)
    for number, note in enumerate(wording.NOTES, start=1):
        sheet.text(LEFT + 28, y, f"{number}.", NOTE)
        y = sheet.paragraph(LEFT + 41, y, width - 41, note, NOTE)
    if certificate.surety.terms_url is not None:
        terms = wording.terms_name(certificate.kind)
        where = f"{terms}につきましては、{certificate.surety.terms_url} をご覧ください。"
        y = sheet.paragraph(LEFT, y + 4, width, where, NOTE)
    if viewer_url is not None:
        sheet.code(RIGHT - CODE_SIDE, NOTES_TOP + 7, CODE_SIDE, viewer_url)
        sheet.text(RIGHT - CODE_SIDE / 2, NOTES_TOP + 7 + CODE_SIDE + 8, CODE_CAPTION, CAPTION, "centre")
    return y

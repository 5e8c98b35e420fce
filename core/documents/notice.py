"""The key notice (認証キー等のお知らせ) as PDF and as text: the thing to hand in, unlike a certificate."""

from denshi_hosho.core.certificate import KeyNotice
from denshi_hosho.core.documents.sheet import HEIGHT, WHITE, WIDTH, Facts, Sheet, Type, one_page
from denshi_hosho.core.documents.typeface import Face

TITLE_TEXT = "認証キー等のお知らせ"

DEEP = (0.02, 0.31, 0.3)
PALE = (0.92, 0.965, 0.955)
GREY = (0.35, 0.38, 0.4)
HAIRLINE = (0.72, 0.78, 0.77)

LEFT, RIGHT = 54.0, WIDTH - 54.0
VALUE_LEFT = LEFT + 104.0
FOOT_TOP = HEIGHT - 66.0
PANEL_HEIGHT = 158.0

TITLE = Type(Face.GOTHIC, 25, WHITE)
TAG = Type(Face.GOTHIC, 11, DEEP)
LEAD = Type(Face.GOTHIC, 11.5)
LABEL = Type(Face.GOTHIC, 10, DEEP)
VALUE = Type(Face.GOTHIC, 12.5, leading=1.45)
NUMBER = Type(Face.GOTHIC, 26)
KEY = Type(Face.GOTHIC, 60)
READING = Type(Face.GOTHIC, 8)
HEADING = Type(Face.GOTHIC, 12, DEEP)
BODY = Type(Face.GOTHIC, 10.5, leading=1.75)
SMALL = Type(Face.GOTHIC, 8.5, GREY)
TINY = Type(Face.GOTHIC, 5.5, GREY)

# The key's characters are told apart by words under them: no typeface does that for 0 and O on a FAX.
_READINGS = {"+": "プラス", "_": "下線", "-": "ハイフン"}

FOR_PRINCIPAL = (
    "この「認証キー等のお知らせ」を発注者にご提出ください。認証キーの提出が、保証証書の提出となります。",
    "提出の方法と宛先は、発注者ごとに異なります。発注者にご確認ください。",
    "認証キーは保証契約ごとに異なります。ほかの保証契約の認証キーは、別にご提出ください。",
)
FOR_OBLIGEE = (
    "電子証書の閲覧画面（{open_url}）で、保証契約番号と認証キーを入力してください。利用者登録は要りません。",
    "保証証書の内容が表示されます。請負契約の内容と一致することをご確認ください。",
)


def key_notice_text(notice: KeyNotice) -> str:
    """Return the notice as the text to copy: six lines 「名称　: 内容」, no line break at the end."""
    return "\n".join(f"{label:　<7}: {value}" for label, value in _rows(notice))


def key_notice_pdf(notice: KeyNotice, open_url: str, checkpoint: str = "") -> bytes:
    """Return the notice as PDF: one page, of the same input always the same bytes. It holds the key: never store it.

    `open_url` is where the obligee opens the certificate in a browser. `checkpoint` is that of the audit log (a signed
    note); it stands in small print at the foot.

    Raise `GlyphMissing`, `TextTooLong`.
    """

    def draw(sheet: Sheet, scale: float) -> bool:
        kind, number, key, *texts = _rows(notice)
        y = _head(sheet)
        y = _facts(sheet, y, [kind], scale)
        y = _panel(sheet, y, number, key)
        y = _facts(sheet, y, texts, scale)
        how = tuple(step.format(open_url=open_url) for step in FOR_OBLIGEE)
        y = _steps(sheet, y, "発注者の方へ　保証証書の確認のしかた", how)
        y = _steps(sheet, y, "受注者の方へ　提出のしかた", FOR_PRINCIPAL)
        _foot(sheet, checkpoint)
        return y <= FOOT_TOP

    return one_page(Facts(f"{TITLE_TEXT} {notice.number}", notice.surety_name, None), draw)


def _rows(notice: KeyNotice) -> list[tuple[str, str]]:
    return [
        ("区分", notice.kind.ja),
        ("保証契約番号", notice.number),
        ("認証キー", notice.access_key),
        ("工事名", notice.works_name),
        ("発注者", notice.obligee_name),
        ("保証機関", notice.surety_name),
    ]


def _head(sheet: Sheet) -> float:
    sheet.fill(0, 0, WIDTH, 92, DEEP)
    sheet.text(LEFT, 60, TITLE_TEXT, TITLE)
    sheet.fill(RIGHT - 118, 39, 118, 28, WHITE)
    sheet.text(RIGHT - 59, 57, "発注者への提出用", TAG, "centre")
    sheet.text(LEFT, 122, "電子証書を確認するための保証契約番号と認証キーを、次のとおりお知らせします。", LEAD)
    return 140.0


def _facts(sheet: Sheet, y: float, rows: list[tuple[str, str]], scale: float) -> float:
    """Draw label and value on open lines and return the edge below them."""
    type_ = VALUE.scaled(scale)
    line = type_.size * type_.leading
    for label, value in rows:
        lines = type_.wrapped(value, RIGHT - VALUE_LEFT)
        baseline = y + 8 * scale + line / 2 + type_.size * 0.36
        sheet.text(LEFT + 4, baseline, label, LABEL)
        sheet.lines(VALUE_LEFT, baseline, lines, type_)
        y += len(lines) * line + 16 * scale
        sheet.rule(LEFT, y, RIGHT, y, 0.5, HAIRLINE)
    return y


def _panel(sheet: Sheet, y: float, number: tuple[str, str], key: tuple[str, str]) -> float:
    """Draw number and key large, and return the edge below them."""
    y += 14
    sheet.fill(LEFT, y, RIGHT - LEFT, PANEL_HEIGHT, PALE)
    sheet.frame(LEFT, y, RIGHT - LEFT, PANEL_HEIGHT, 2.2, DEEP)
    sheet.text(LEFT + 14, y + 37, number[0], LABEL)
    sheet.text(VALUE_LEFT, y + 40, number[1], NUMBER)
    sheet.rule(LEFT + 14, y + 58, RIGHT - 14, y + 58, 0.5, HAIRLINE)
    sheet.text(LEFT + 14, y + 108, key[0], LABEL)
    _key(sheet, y + 72, key[1])
    return y + PANEL_HEIGHT + 8


def _key(sheet: Sheet, y: float, key: str) -> None:
    """Draw the key as one run of text, to be copied, in cells with the reading of each character below."""
    room = RIGHT - 14 - VALUE_LEFT
    type_ = KEY.scaled(min(1.0, room / max(KEY.width(key), 1.0)))
    x, height = VALUE_LEFT, 64.0
    sheet.fill(x, y, type_.width(key), height, WHITE)
    sheet.text(x, y + height / 2 + type_.size * 0.36, key, type_)
    for character in key:
        width = type_.width(character)
        sheet.frame(x, y, width, height, 0.6, HAIRLINE)
        sheet.text(x + width / 2, y + height + 13, _reading(character), READING, "centre")
        x += width


def _reading(character: str) -> str:
    if character.isdecimal():
        return "数字"
    if character.isalpha():
        return "英字" if character.isupper() else "小文字"
    return _READINGS.get(character, "記号")


def _steps(sheet: Sheet, y: float, heading: str, steps: tuple[str, ...]) -> float:
    """Draw numbered steps under a heading and return the baseline after the last."""
    y += 30
    sheet.fill(LEFT, y - 10, 4, 13, DEEP)
    sheet.text(LEFT + 12, y, heading, HEADING)
    y += 20
    for number, step in enumerate(steps, start=1):
        sheet.text(LEFT + 12, y, f"{number}.", BODY)
        y = sheet.paragraph(LEFT + 30, y, RIGHT - LEFT - 30, step, BODY)
    return y


def _foot(sheet: Sheet, checkpoint: str) -> None:
    sheet.rule(LEFT, FOOT_TOP, RIGHT, FOOT_TOP, 0.5, HAIRLINE)
    sheet.text(
        LEFT,
        FOOT_TOP + 15,
        "このお知らせは保証証書ではありません。認証キーは、関係者以外に知られないようお取り扱いください。",
        SMALL,
    )
    # The parts of the note in its order: whoever copies them out of the PDF can have them verified (`core.notary`).
    body, _, signature = checkpoint.partition("\n\n")
    if signature:
        sheet.text(LEFT, FOOT_TOP + 26, "監査ログ", TINY)
        sheet.text(LEFT + 28, FOOT_TOP + 26, body.replace("\n", " "), TINY)
        sheet.text(LEFT + 28, FOOT_TOP + 34, signature.strip().replace("—", "―"), TINY)

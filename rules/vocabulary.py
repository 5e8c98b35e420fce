"""The closed sets of words of a rule file and of a decision; each value carries its Japanese term."""

from denshi_hosho.core.vocabulary import Word


class Outcome(Word):
    """What the rules say of electronic delivery for one application."""

    ACCEPTED = "ACCEPTED", "電子交付可"
    PAPER_ONLY = "PAPER_ONLY", "書面のみ"
    REFUSED = "REFUSED", "電子交付不可"
    UNDETERMINED = "UNDETERMINED", "判定不能"


class Basis(Word):
    """By which day a start is counted (起算の基準)."""

    NOTICE = "notice", "入札公告日"
    NOMINATION = "nomination", "指名日"
    BIDDING = "bidding", "入札日"
    ORDER = "order", "発注日"
    CONTRACT = "contract", "契約締結日"
    INITIAL_CONTRACT = "initial_contract", "当初契約の締結日"
    GUARANTEE = "guarantee", "保証契約日"

    @property
    def field(self) -> str:
        """Return the application's field that holds this day."""
        return f"{self.value}_on"

    @property
    def en(self) -> str:
        """Return the English term."""
        return "day of the " + _ENGLISH.get(self.value, self.value.replace("_", " "))


_ENGLISH = {"notice": "tender notice", "initial_contract": "initial contract"}


class Precision(Word):
    """How exactly a page states a start."""

    DAY = "day", "日"
    MONTH = "month", "月"


class Others(Word):
    """What a list means for the values that it does not hold."""

    NOT_TAKEN = "NOT_TAKEN", "対象外"
    ASK = "ASK", "発注者に確認"


class Standing(Word):
    """Whether a clause held when a decision came to it."""

    HOLDS = "HOLDS", "成立"
    DOES_NOT_HOLD = "DOES_NOT_HOLD", "不成立"
    OPEN = "OPEN", "未確定"
    NOT_STATED = "NOT_STATED", "記載なし"


class Known(Word):
    """How far a rule file knows one aspect of an obligee's rules."""

    STATED = "STATED", "記載あり"
    PARTLY = "PARTLY", "一部は発注者に確認"
    UNKNOWN = "UNKNOWN", "公表資料に記載なし"
    NOT_STATED = "NOT_STATED", "未記載"


class Way(Word):
    """By which way a key is handed in (認証キーの提出方法)."""

    EMAIL = "EMAIL", "電子メール"
    WEB_FORM = "WEB_FORM", "ウェブフォーム"
    CONTRACT_SYSTEM = "CONTRACT_SYSTEM", "電子契約システム"
    FAX = "FAX", "ファクシミリ"
    IN_PERSON = "IN_PERSON", "持参"
    POST = "POST", "郵送"
    TOLD_ON_AWARD = "TOLD_ON_AWARD", "落札決定時に案内"
    NOT_STATED = "NOT_STATED", "記載なし"


class RecipientKnown(Word):
    """How far a recipient (提出先) is known from the rule."""

    LITERAL = "LITERAL", "指定あり"
    BY_DIVISION = "BY_DIVISION", "担当課ごと"
    ASK = "ASK", "要確認"
    OFFICER = "OFFICER", "担当者が指定"
    NOT_STATED = "NOT_STATED", "記載なし"


class Artefact(Word):
    """A thing that may or may not be handed in."""

    KEY_NOTICE = "KEY_NOTICE", "認証キー等のお知らせ（PDF）"
    CERTIFICATE_SCREEN = "CERTIFICATE_SCREEN", "電子証書の画面を印刷・保存したもの"
    BOND_PDF = "BOND_PDF", "PDF発行証券"
    VIEWER_ADDRESS = "VIEWER_ADDRESS", "閲覧用URL・パスワード"
    OWN_FORM = "OWN_FORM", "発注者の様式"


class Need(Word):
    """Whether an artefact must, may or must not be handed in."""

    REQUIRED = "REQUIRED", "必要"
    OPTIONAL = "OPTIONAL", "任意"
    FORBIDDEN = "FORBIDDEN", "不可"


class KeyForm(Word):
    """In which form the key itself is handed over."""

    NOTICE_PDF = "NOTICE_PDF", "認証キー等のお知らせ（PDF）を添付"
    TEXT = "TEXT", "本文・入力欄に記載"
    PRINTED_NOTICE = "PRINTED_NOTICE", "認証キー等のお知らせを印刷"
    FAX_SHEET = "FAX_SHEET", "ファクシミリ送信票に記載"


class DeadlineEvent(Word):
    """The event that a deadline (提出期限) is relative to."""

    BEFORE_SIGNING = "BEFORE_SIGNING", "契約締結前"
    WITH_SIGNING = "WITH_SIGNING", "契約締結時"
    BEFORE_PAPER_CONTRACT_IS_BROUGHT = "BEFORE_PAPER_CONTRACT_IS_BROUGHT", "契約書の持参前"
    WITH_PAPER_CONTRACT = "WITH_PAPER_CONTRACT", "契約書の提出時"
    BEFORE_INVOICE = "BEFORE_INVOICE", "請求書の提出前"
    WITH_INVOICE = "WITH_INVOICE", "請求書の提出時"


class Batching(Word):
    """Whether several guarantees of the same works may be handed in at once."""

    TOGETHER = "TOGETHER", "まとめて1通で可"
    ONE_EACH = "ONE_EACH", "保証ごとに1通"


class CompanionWay(Word):
    """How a companion document, such as the invoice, is handed in."""

    TOGETHER = "TOGETHER", "認証キーと同時に"
    SEPARATELY = "SEPARATELY", "認証キーとは別に"


class CopyFor(Word):
    """Who gets a copy (CC)."""

    SURETY = "SURETY", "保証機関"
    OBLIGEE = "OBLIGEE", "発注者"

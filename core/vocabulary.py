"""The closed sets of words of the domain; each value carries its Japanese term (docs/glossary.md)."""

from enum import StrEnum
from typing import Self


class Word(StrEnum):
    """A stable code with the Japanese term it stands for."""

    ja: str

    def __new__(cls, code: str, ja: str = "") -> Self:
        """Return the member `code`; `ja` is the term shown to people."""
        member = str.__new__(cls, code)
        member._value_ = code
        member.ja = ja
        return member


class GuaranteeKind(Word):
    """What is guaranteed (保証の種類)."""

    ADVANCE_PAYMENT = "ADVANCE_PAYMENT", "前払金保証"
    INTERIM_ADVANCE_PAYMENT = "INTERIM_ADVANCE_PAYMENT", "中間前払金保証"
    PERFORMANCE = "PERFORMANCE", "契約保証"
    BID = "BID", "契約保証予約"

    @property
    def short_ja(self) -> str:
        """Return the word of the list's column 区分, as the surety's viewer shows it."""
        return _SHORT[self]


_SHORT = {
    GuaranteeKind.ADVANCE_PAYMENT: "前払",
    GuaranteeKind.INTERIM_ADVANCE_PAYMENT: "中間",
    GuaranteeKind.PERFORMANCE: "契約",
    GuaranteeKind.BID: "予約",
}


class WorkType(Word):
    """What kind of work the works contract is for; an obligee's own wording is mapped to these."""

    CONSTRUCTION = "CONSTRUCTION", "建設工事"
    SURVEY = "SURVEY", "測量"
    CONSULTING = "CONSULTING", "建設コンサルタント業務"
    SERVICES = "SERVICES", "業務委託"


class SuretyClass(Word):
    """Who guarantees."""

    GUARANTEE_COMPANY = "GUARANTEE_COMPANY", "保証事業会社"
    INSURER = "INSURER", "損害保険会社"
    BANK = "BANK", "金融機関"


class Medium(Word):
    """Paper or electronic: of a certificate's delivery, and of a works contract."""

    ELECTRONIC = "ELECTRONIC", "電子"
    PAPER = "PAPER", "書面"


class Change(Word):
    """Why this version of a certificate was issued."""

    ORIGINAL = "ORIGINAL", "当初"
    AMENDMENT = "AMENDMENT", "変更"
    CORRECTION = "CORRECTION", "訂正"


class Procurement(Word):
    """How the works contract was awarded (契約方式)."""

    OPEN_TENDER = "OPEN_TENDER", "一般競争入札"
    NOMINATED_TENDER = "NOMINATED_TENDER", "指名競争入札"
    NEGOTIATED = "NEGOTIATED", "随意契約"


class Role(Word):
    """For whom an account acts."""

    PRINCIPAL = "PRINCIPAL", "保証契約者"
    SURETY = "SURETY", "保証会社"


class ApplicationState(Word):
    """Where an application for a guarantee (保証申込) stands."""

    SUBMITTED = "SUBMITTED", "審査待ち"
    RETURNED = "RETURNED", "差戻し"
    DECLINED = "DECLINED", "謝絶"
    APPROVED = "APPROVED", "承認済み"
    CONCLUDED = "CONCLUDED", "保証契約締結済み"


class ApplicationStep(Word):
    """What happened to an application."""

    SUBMITTED = "SUBMITTED", "申込"
    RETURNED = "RETURNED", "差戻し"
    RESUBMITTED = "RESUBMITTED", "再申込"
    DECLINED = "DECLINED", "謝絶"
    APPROVED = "APPROVED", "承認"
    FEE_RECORDED = "FEE_RECORDED", "保証料の確認"
    CONCLUDED = "CONCLUDED", "保証契約締結"


class FeeState(Word):
    """Whether the fee (保証料) stands in the way of the certificate."""

    DUE = "DUE", "未納"
    RECEIVED = "RECEIVED", "領収済み"
    CONSOLIDATED = "CONSOLIDATED", "一括後払"


class Stage(Word):
    """At which moment the obligee's rules were asked."""

    APPLICATION = "APPLICATION", "申込時"
    CONCLUSION = "CONCLUSION", "締結時"


class KeyEventKind(Word):
    """What happened around an access key."""

    REVEALED = "REVEALED", "表示"
    ROTATED = "ROTATED", "再発行"
    OPENED = "OPENED", "電子証書の閲覧"


class SubmissionState(Word):
    """Where a handing in of keys (認証キーの提出) stands."""

    PREPARED = "PREPARED", "準備済み"
    SENT = "SENT", "提出済み"
    ARRIVED = "ARRIVED", "到達確認済み"
    OPENED = "OPENED", "閲覧済み"
    ACCEPTED = "ACCEPTED", "受理"
    REJECTED = "REJECTED", "不受理"


class GuaranteeState(Word):
    """Whether a guarantee is in force (保証契約の状態)."""

    ACTIVE = "ACTIVE", "有効"
    CANCELLED = "CANCELLED", "解約"
    RELEASED = "RELEASED", "保証終了"


class CertificateStatus(Word):
    """Whether a copy of a certificate is still current (保証証書の現況)."""

    ACTIVE = "ACTIVE", "有効"
    SUPERSEDED = "SUPERSEDED", "変更・訂正により差替え済み"
    ROTATED = "ROTATED", "有効(認証キー再発行済み)"
    CANCELLED = "CANCELLED", "解約"
    RELEASED = "RELEASED", "保証終了"


class AuditEvent(Word):
    """What an entry of the audit log (監査ログ) says has happened."""

    LOG_BEGUN = "LOG_BEGUN", "監査ログの開始"
    APPLICATION_SUBMITTED = "APPLICATION_SUBMITTED", "保証申込"
    APPLICATION_RESUBMITTED = "APPLICATION_RESUBMITTED", "保証申込の再申込"
    APPLICATION_RETURNED = "APPLICATION_RETURNED", "保証申込の差戻し"
    APPLICATION_DECLINED = "APPLICATION_DECLINED", "保証申込の謝絶"
    APPLICATION_APPROVED = "APPLICATION_APPROVED", "保証申込の承認"
    FEE_RECORDED = "FEE_RECORDED", "保証料の確認"
    GUARANTEE_CONCLUDED = "GUARANTEE_CONCLUDED", "保証契約の締結"
    CERTIFICATE_SIGNED = "CERTIFICATE_SIGNED", "保証証書への電子署名"
    KEY_REVEALED = "KEY_REVEALED", "認証キーの表示"
    KEY_ROTATED = "KEY_ROTATED", "認証キーの再発行"
    CERTIFICATE_OPENED = "CERTIFICATE_OPENED", "電子証書の閲覧"
    SUBMISSION_PREPARED = "SUBMISSION_PREPARED", "認証キーの提出の準備"
    SUBMISSION_SENT = "SUBMISSION_SENT", "認証キーの提出"
    SUBMISSION_ARRIVED = "SUBMISSION_ARRIVED", "認証キーの到達確認"
    SUBMISSION_OPENED = "SUBMISSION_OPENED", "提出先での閲覧"
    SUBMISSION_ACCEPTED = "SUBMISSION_ACCEPTED", "認証キーの受理"
    SUBMISSION_REJECTED = "SUBMISSION_REJECTED", "認証キーの不受理"

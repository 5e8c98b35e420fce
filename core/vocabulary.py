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
    OBLIGEE = "OBLIGEE", "発注者"


class ApplicationState(Word):
    """Where an application for a guarantee (保証申込) stands."""

    SUBMITTED = "SUBMITTED", "審査待ち"
    RETURNED = "RETURNED", "差戻し"
    DECLINED = "DECLINED", "謝絶"
    APPROVED = "APPROVED", "承認済み"
    WITHDRAWN = "WITHDRAWN", "取下げ"
    CONCLUDED = "CONCLUDED", "保証契約締結済み"


class ApplicationStep(Word):
    """What happened to an application."""

    SUBMITTED = "SUBMITTED", "申込"
    RETURNED = "RETURNED", "差戻し"
    RESUBMITTED = "RESUBMITTED", "再申込"
    DECLINED = "DECLINED", "謝絶"
    APPROVED = "APPROVED", "承認"
    WITHDRAWN = "WITHDRAWN", "取下げ"
    FEE_CALCULATED = "FEE_CALCULATED", "保証料の計算"
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
    CHANGE = "CHANGE", "変更時"


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
    CLAIMED = "CLAIMED", "保証金請求中"
    PERFORMED = "PERFORMED", "保証債務履行済み"
    CANCELLED = "CANCELLED", "解約"
    RELEASED = "RELEASED", "保証終了"


class GuaranteeStep(Word):
    """What happened to a guarantee after it was concluded (保証契約の経過)."""

    FEE_STATED = "FEE_STATED", "保証料計算書の発行"
    REFUND_STATED = "REFUND_STATED", "返戻保証料計算書の発行"
    ADVANCE_RECEIVED = "ADVANCE_RECEIVED", "前払金の受領"
    CHANGE_REQUESTED = "CHANGE_REQUESTED", "変更の申込"
    CHANGE_WITHDRAWN = "CHANGE_WITHDRAWN", "変更の申込の取下げ"
    CHANGE_DECLINED = "CHANGE_DECLINED", "変更の謝絶"
    CHANGE_RECORDED = "CHANGE_RECORDED", "変更の記録(保証証書の発行なし)"
    CERTIFICATE_CHANGED = "CERTIFICATE_CHANGED", "変更の保証証書の発行"
    CERTIFICATE_CORRECTED = "CERTIFICATE_CORRECTED", "訂正の保証証書の発行"
    CERTIFICATE_ACCEPTED = "CERTIFICATE_ACCEPTED", "保証証書の受理"
    CERTIFICATE_REJECTED = "CERTIFICATE_REJECTED", "保証証書の不受理"
    FUNDS_STATED = "FUNDS_STATED", "使途内訳明細書の提出"
    FUNDS_CONSENTED = "FUNDS_CONSENTED", "使途内訳明細書への同意"
    FUNDS_RETURNED = "FUNDS_RETURNED", "使途内訳明細書の差戻し"
    WITHDRAWAL_REQUESTED = "WITHDRAWAL_REQUESTED", "払出依頼"
    WITHDRAWAL_CANCELLED = "WITHDRAWAL_CANCELLED", "払出依頼の取下げ"
    WITHDRAWAL_RETURNED = "WITHDRAWAL_RETURNED", "払出依頼の差戻し"
    WITHDRAWAL_APPROVED = "WITHDRAWAL_APPROVED", "払出依頼の確認"
    WITHDRAWAL_PAID = "WITHDRAWAL_PAID", "払出し"
    GUARANTEE_EXPIRED = "GUARANTEE_EXPIRED", "保証期間の満了"
    GUARANTEE_RELEASED = "GUARANTEE_RELEASED", "保証の終了"
    GUARANTEE_CANCELLED = "GUARANTEE_CANCELLED", "解約"
    CLAIM_MADE = "CLAIM_MADE", "保証金の請求"
    CLAIM_WITHDRAWN = "CLAIM_WITHDRAWN", "保証金の請求の取下げ"
    CLAIM_DETERMINED = "CLAIM_DETERMINED", "保証金の支払額の決定"
    CLAIM_REFUSED = "CLAIM_REFUSED", "保証金の支払の拒絶"
    CLAIM_PAID = "CLAIM_PAID", "保証金の支払"


class FeeStatementKind(Word):
    """For what a fee statement (保証料計算書) was made."""

    INITIAL = "INITIAL", "当初"
    ADDITIONAL = "ADDITIONAL", "追加"
    REFUND = "REFUND", "返戻"


class DraftState(Word):
    """Where a draft of an application (保証申込の下書き) stands."""

    OPEN = "OPEN", "下書き"
    SUBMITTED = "SUBMITTED", "申込済み"
    DISCARDED = "DISCARDED", "破棄"


class DraftStep(Word):
    """What is done with a draft of an application."""

    SAVED = "SAVED", "保存"
    SUBMITTED = "SUBMITTED", "申込"
    DISCARDED = "DISCARDED", "破棄"


class PrincipalKind(Word):
    """What a principal (保証契約者) is among those that act for each other."""

    COMPANY = "COMPANY", "会社"
    BRANCH_OFFICE = "BRANCH_OFFICE", "支店"
    JOINT_VENTURE = "JOINT_VENTURE", "共同企業体"


class Relation(Word):
    """As what an account's principal acts for another one, or sees it."""

    ITSELF = "ITSELF", "本人"
    HEAD_OFFICE = "HEAD_OFFICE", "本店"
    LEADING_MEMBER = "LEADING_MEMBER", "代表者"
    MEMBER = "MEMBER", "構成員"


class ChangeState(Word):
    """Where a request for a change (変更の申込) stands."""

    REQUESTED = "REQUESTED", "審査待ち"
    WITHDRAWN = "WITHDRAWN", "取下げ"
    DECLINED = "DECLINED", "謝絶"
    RECORDED = "RECORDED", "記録済み(保証証書の発行なし)"
    ISSUED = "ISSUED", "保証証書発行済み"


class Consequence(Word):
    """What follows from a change of the works contract or of the guarantee (変更の取扱い)."""

    TERM_MOVES = "TERM_MOVES", "保証期間の自動変更(保証証書の発行なし)"
    PRICE_NOTED = "PRICE_NOTED", "請負金額の変更の記録(保証証書の発行なし)"
    TERM_AND_PRICE = "TERM_AND_PRICE", "保証期間の自動変更と請負金額の変更の記録(保証証書の発行なし)"
    AMENDMENT = "AMENDMENT", "変更の保証証書の発行"
    CORRECTION = "CORRECTION", "訂正の保証証書の発行"


class FundsState(Word):
    """Where a version of a use-of-funds statement (使途内訳明細書) stands."""

    STATED = "STATED", "提出済み"
    RETURNED = "RETURNED", "差戻し"
    CONSENTED = "CONSENTED", "同意済み"
    REPLACED = "REPLACED", "差替え済み"


class FundsItem(Word):
    """For what an advance payment may be used (前払金の使途)."""

    MATERIALS = "MATERIALS", "材料費"
    LABOUR = "LABOUR", "労務費"
    MACHINE_RENTAL = "MACHINE_RENTAL", "機械器具賃借料"
    MACHINE_PURCHASE = "MACHINE_PURCHASE", "機械購入費"
    POWER = "POWER", "動力費"
    FREIGHT = "FREIGHT", "支払運賃"
    REPAIR = "REPAIR", "修繕費"
    TEMPORARY_WORKS = "TEMPORARY_WORKS", "仮設費"
    ACCIDENT_INSURANCE = "ACCIDENT_INSURANCE", "労災保険料"
    GUARANTEE_FEE = "GUARANTEE_FEE", "保証料"
    SITE_OVERHEADS = "SITE_OVERHEADS", "現場管理費等"


class WithdrawalMethod(Word):
    """By which way what is withdrawn is paid out (払出方法)."""

    TRANSFER = "TRANSFER", "口座振込"
    OTHER = "OTHER", "その他"


class Evidence(Word):
    """A paper that shows for what a withdrawal is used (確認書類)."""

    INVOICE = "INVOICE", "請求書"
    ORDER = "ORDER", "注文書・契約書"
    DELIVERY_NOTE = "DELIVERY_NOTE", "納品書"
    PAYROLL = "PAYROLL", "賃金台帳"
    RECEIPT = "RECEIPT", "領収書"
    INSURANCE_NOTICE = "INSURANCE_NOTICE", "納入通知"
    OTHER = "OTHER", "その他"


class WithdrawalState(Word):
    """Where a withdrawal request (払出依頼書) stands."""

    REQUESTED = "REQUESTED", "確認待ち"
    CANCELLED = "CANCELLED", "取下げ"
    RETURNED = "RETURNED", "差戻し"
    APPROVED = "APPROVED", "確認済み"
    PAID = "PAID", "払出し済み"


class Verdict(Word):
    """What an obligee said of a certificate that was handed in."""

    ACCEPTED = "ACCEPTED", "受理"
    REJECTED = "REJECTED", "不受理"


class RejectionCode(Word):
    """Why an obligee rejected a certificate (不受理の理由)."""

    AMOUNT_TOO_SMALL = "AMOUNT_TOO_SMALL", "保証金額の不足"
    TERM_TOO_SHORT = "TERM_TOO_SHORT", "保証期間の不足"
    NAMES_DIFFER = "NAMES_DIFFER", "名称の相違"
    PRICE_DIFFERS = "PRICE_DIFFERS", "請負金額の相違"
    WRONG_WORKS = "WRONG_WORKS", "工事の相違"
    WRONG_OBLIGEE = "WRONG_OBLIGEE", "発注者の相違"
    NOT_ELECTRONIC_HERE = "NOT_ELECTRONIC_HERE", "電子証書の対象外"
    OTHER = "OTHER", "その他"


class Agreement(Word):
    """Whether a certificate agrees with a works contract (突合の結果)."""

    AGREES = "AGREES", "一致"
    DIFFERS = "DIFFERS", "相違"
    UNKNOWN = "UNKNOWN", "不明"


class ContractMatch(Word):
    """How the works contract was found with which a certificate was compared (突合した請負契約)."""

    TOLD = "TOLD", "指定"
    MATCHED = "MATCHED", "工事名・受注者で照合"
    NOT_MATCHED = "NOT_MATCHED", "該当なし"
    AMBIGUOUS = "AMBIGUOUS", "該当複数"


class ComparedPoint(Word):
    """In which point a certificate was compared with a works contract (突合の項目)."""

    WORKS_NAME = "WORKS_NAME", "工事名"
    PRINCIPAL_NAME = "PRINCIPAL_NAME", "保証契約者"
    OBLIGEE_NAME = "OBLIGEE_NAME", "被保証者"
    CONTRACT_PRICE = "CONTRACT_PRICE", "請負金額(総額)"
    GUARANTEED_RATIO = "GUARANTEED_RATIO", "保証金額の割合"
    ADVANCE_AMOUNT = "ADVANCE_AMOUNT", "前払金額"
    TERM = "TERM", "保証期間"


class ClaimState(Word):
    """Where a claim (保証金の請求) stands."""

    MADE = "MADE", "審査中"
    WITHDRAWN = "WITHDRAWN", "取下げ"
    REFUSED = "REFUSED", "拒絶"
    DETERMINED = "DETERMINED", "支払額決定"
    PAID = "PAID", "支払済み"


class ConditionState(Word):
    """Whether a condition is met (条件の充足)."""

    MET = "MET", "充足"
    NOT_MET = "NOT_MET", "不充足"
    UNKNOWN = "UNKNOWN", "不明"


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
    APPLICATION_WITHDRAWN = "APPLICATION_WITHDRAWN", "保証申込の取下げ"
    FEE_CALCULATED = "FEE_CALCULATED", "保証料の計算"
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
    FEE_STATED = "FEE_STATED", "保証料計算書の発行"
    REFUND_STATED = "REFUND_STATED", "返戻保証料計算書の発行"
    ADVANCE_RECEIVED = "ADVANCE_RECEIVED", "前払金の受領"
    CHANGE_REQUESTED = "CHANGE_REQUESTED", "変更の申込"
    CHANGE_WITHDRAWN = "CHANGE_WITHDRAWN", "変更の申込の取下げ"
    CHANGE_DECLINED = "CHANGE_DECLINED", "変更の謝絶"
    CHANGE_RECORDED = "CHANGE_RECORDED", "変更の記録(保証証書の発行なし)"
    CERTIFICATE_CHANGED = "CERTIFICATE_CHANGED", "変更の保証証書の発行"
    CERTIFICATE_CORRECTED = "CERTIFICATE_CORRECTED", "訂正の保証証書の発行"
    CERTIFICATE_ACCEPTED = "CERTIFICATE_ACCEPTED", "保証証書の受理"
    CERTIFICATE_REJECTED = "CERTIFICATE_REJECTED", "保証証書の不受理"
    FUNDS_STATED = "FUNDS_STATED", "使途内訳明細書の提出"
    FUNDS_CONSENTED = "FUNDS_CONSENTED", "使途内訳明細書への同意"
    FUNDS_RETURNED = "FUNDS_RETURNED", "使途内訳明細書の差戻し"
    WITHDRAWAL_REQUESTED = "WITHDRAWAL_REQUESTED", "払出依頼"
    WITHDRAWAL_CANCELLED = "WITHDRAWAL_CANCELLED", "払出依頼の取下げ"
    WITHDRAWAL_RETURNED = "WITHDRAWAL_RETURNED", "払出依頼の差戻し"
    WITHDRAWAL_APPROVED = "WITHDRAWAL_APPROVED", "払出依頼の確認"
    WITHDRAWAL_PAID = "WITHDRAWAL_PAID", "払出し"
    GUARANTEE_EXPIRED = "GUARANTEE_EXPIRED", "保証期間の満了"
    GUARANTEE_RELEASED = "GUARANTEE_RELEASED", "保証の終了"
    GUARANTEE_CANCELLED = "GUARANTEE_CANCELLED", "解約"
    CLAIM_MADE = "CLAIM_MADE", "保証金の請求"
    CLAIM_WITHDRAWN = "CLAIM_WITHDRAWN", "保証金の請求の取下げ"
    CLAIM_DETERMINED = "CLAIM_DETERMINED", "保証金の支払額の決定"
    CLAIM_REFUSED = "CLAIM_REFUSED", "保証金の支払の拒絶"
    CLAIM_PAID = "CLAIM_PAID", "保証金の支払"

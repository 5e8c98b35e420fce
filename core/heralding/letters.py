"""Which party is told of which event by mail, how soon, and in which words: one table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from denshi_hosho.core.outbox import Post
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.vocabulary import AuditEvent, Role

_P, _S, _O = Role.PRINCIPAL, Role.SURETY, Role.OBLIGEE
_E = AuditEvent


@dataclass(frozen=True, slots=True)
class Letter:
    """What a party is told of an event. An `urgent` one goes at once, others at the next 16:00 in Japan.

    `noted`: what was said with the step (the reason of a refusal) stands in it.
    """

    to: Role
    subject: str
    what: str
    todo: str
    urgent: bool = False
    noted: bool = False


_LOOK = "内容をご確認ください。お手続きは必要ありません。"
_CORRECT = "内容を修正して、もう一度お出しください。"
_JUDGE = "内容を確認し、審査してください。"
_HAND_IN = "保証証書を確認し、発注者の定める方法で提出してください。"
_ASK = "ご不明な点は保証会社にお問い合わせください。"

# A key is never in a letter: of a new one, its principal hands in the new key notice.
LETTERS: Final[Mapping[AuditEvent, tuple[Letter, ...]]] = {
    _E.APPLICATION_SUBMITTED: (Letter(_S, "保証申込のお知らせ", "保証の申込がありました。", _JUDGE),),
    _E.APPLICATION_RESUBMITTED: (Letter(_S, "保証申込(再申込)のお知らせ", "差し戻した保証の申込が再び出されました。", _JUDGE),),
    _E.APPLICATION_RETURNED: (
        Letter(_P, "保証申込の差戻しのお知らせ", "保証の申込が差し戻されました。", _CORRECT, urgent=True, noted=True),
    ),
    _E.APPLICATION_DECLINED: (
        Letter(_P, "保証申込の謝絶のお知らせ", "保証の申込は謝絶されました。", _ASK, urgent=True, noted=True),
    ),
    _E.APPLICATION_APPROVED: (
        Letter(_P, "保証申込の承認のお知らせ", "保証の申込が承認されました。",
               "保証料のお支払いが済んでいない場合は、お支払いください。保証契約の締結後に電子証書が登録されます。"),
    ),
    _E.APPLICATION_WITHDRAWN: (Letter(_S, "保証申込の取下げのお知らせ", "保証の申込が取り下げられました。", _LOOK),),
    _E.FEE_CALCULATED: (
        Letter(_P, "保証料のお知らせ", "保証料が計算されました。", "保証料を確認し、お支払いください。"),
    ),
    _E.FEE_RECORDED: (Letter(_P, "保証料の確認のお知らせ", "保証料の領収または一括後払の扱いが記録されました。", _LOOK),),
    _E.FEE_STATED: (
        Letter(_P, "保証料計算書発行のお知らせ", "保証料計算書が発行されました。", "保証料計算書を確認し、お支払いください。"),
    ),
    _E.REFUND_STATED: (
        Letter(_P, "返戻保証料計算書発行のお知らせ", "返戻保証料計算書が発行されました。", "返戻保証料計算書をご確認ください。"),
    ),
    _E.ADVANCE_RECEIVED: (
        Letter(_S, "前払金の受領のお知らせ", "前払金の受領が記録されました。", _LOOK),
        Letter(_P, "前払金の受領のお知らせ", "前払金の受領が記録されました。", _LOOK),
    ),
    _E.CHANGE_REQUESTED: (Letter(_S, "変更申込のお知らせ", "保証契約の変更の申込がありました。", _JUDGE),),
    _E.CHANGE_WITHDRAWN: (Letter(_S, "変更申込の取下げのお知らせ", "保証契約の変更の申込が取り下げられました。", _LOOK),),
    _E.CHANGE_DECLINED: (
        Letter(_P, "変更申込の謝絶のお知らせ", "保証契約の変更の申込は謝絶されました。", _ASK, urgent=True, noted=True),
    ),
    _E.CHANGE_RECORDED: (
        Letter(_P, "変更の記録のお知らせ", "保証契約の変更が記録されました。保証証書は新しく発行されません。", _LOOK),
        Letter(_S, "変更の記録のお知らせ", "保証契約の変更が記録されました。保証証書は新しく発行されません。", _LOOK),
    ),
    _E.CERTIFICATE_CHANGED: (
        Letter(_P, "変更保証証書発行のお知らせ", "変更の保証証書を発行しました。", _HAND_IN),
        Letter(_O, "変更保証証書発行のお知らせ", "ご提出済みの保証契約について、変更の保証証書が発行されました。",
               "最新の保証証書をご確認ください。"),
    ),
    _E.CERTIFICATE_CORRECTED: (
        Letter(_P, "訂正保証証書発行のお知らせ", "訂正の保証証書を発行しました。", _HAND_IN),
        Letter(_O, "訂正保証証書発行のお知らせ", "ご提出済みの保証契約について、訂正の保証証書が発行されました。",
               "最新の保証証書をご確認ください。"),
    ),
    _E.KEY_ROTATED: (
        Letter(_P, "認証キー再発行のお知らせ", "保証契約の認証キーが再発行されました。以前の認証キーでは電子証書を閲覧できません。",
               "新しい「認証キー等のお知らせ」を発注者に提出してください。", urgent=True),
        Letter(_O, "認証キー再発行のお知らせ",
               "ご提出済みの保証契約の認証キーが再発行されました。以前の認証キーでは電子証書を閲覧できません。",
               "新しい「認証キー等のお知らせ」の提出を、保証契約者にお求めください。", urgent=True),
    ),
    _E.CERTIFICATE_OPENED: (
        Letter(_P, "電子証書の閲覧のお知らせ", "保証契約番号と認証キーにより、電子証書が初めて閲覧されました。", _LOOK),
    ),
    _E.SUBMISSION_SENT: (
        Letter(_O, "認証キー提出のお知らせ", "保証契約の認証キーが提出されました。認証キーはこのメールには記載していません。",
               "電子証書をご確認ください。"),
    ),
    _E.SUBMISSION_REJECTED: (
        Letter(_S, "保証証書の不受理のお知らせ", "発注者が保証証書を受理しなかったことが記録されました。",
               "内容を確認し、必要に応じて保証契約者にご連絡ください。", urgent=True, noted=True),
    ),
    _E.CERTIFICATE_ACCEPTED: (
        Letter(_P, "保証証書の受理のお知らせ", "発注者が保証証書を受理しました。", _LOOK),
        Letter(_S, "保証証書の受理のお知らせ", "発注者が保証証書を受理しました。", _LOOK),
    ),
    _E.CERTIFICATE_REJECTED: (
        Letter(_P, "保証証書の不受理のお知らせ", "発注者が保証証書を受理しませんでした。",
               "理由を確認し、必要に応じて変更または訂正を申し込んでください。", urgent=True, noted=True),
        Letter(_S, "保証証書の不受理のお知らせ", "発注者が保証証書を受理しませんでした。",
               "内容を確認し、必要に応じて保証契約者にご連絡ください。", urgent=True, noted=True),
    ),
    _E.FUNDS_STATED: (Letter(_S, "使途内訳明細書提出のお知らせ", "使途内訳明細書が提出されました。", _JUDGE),),
    _E.FUNDS_CONSENTED: (
        Letter(_P, "使途内訳明細書への同意のお知らせ", "使途内訳明細書に同意しました。", "前払金の払出しを依頼できます。"),
    ),
    _E.FUNDS_RETURNED: (
        Letter(_P, "使途内訳明細書の差戻しのお知らせ", "使途内訳明細書が差し戻されました。", _CORRECT, urgent=True, noted=True),
    ),
    _E.WITHDRAWAL_REQUESTED: (Letter(_S, "払出依頼のお知らせ", "前払金の払出しの依頼がありました。", _JUDGE),),
    _E.WITHDRAWAL_CANCELLED: (Letter(_S, "払出依頼の取下げのお知らせ", "前払金の払出しの依頼が取り下げられました。", _LOOK),),
    _E.WITHDRAWAL_RETURNED: (
        Letter(_P, "払出依頼の差戻しのお知らせ", "前払金の払出しの依頼が差し戻されました。", _CORRECT, urgent=True, noted=True),
    ),
    _E.WITHDRAWAL_APPROVED: (Letter(_P, "払出依頼の確認のお知らせ", "前払金の払出しの依頼が確認されました。", _LOOK),),
    _E.WITHDRAWAL_PAID: (Letter(_P, "払出しのお知らせ", "前払金の払出しが記録されました。", _LOOK),),
    _E.GUARANTEE_EXPIRED: tuple(
        Letter(to, "保証期間満了のお知らせ", "保証期間が満了しました。", _LOOK) for to in (_P, _S, _O)
    ),
    _E.GUARANTEE_RELEASED: tuple(Letter(to, "保証終了のお知らせ", "保証が終了しました。", _LOOK) for to in (_P, _S, _O)),
    _E.GUARANTEE_CANCELLED: tuple(
        Letter(to, "保証契約解約のお知らせ", "保証契約が解約されました。", _LOOK) for to in (_P, _S, _O)
    ),
    _E.CLAIM_MADE: (
        Letter(_S, "保証金請求のお知らせ", "保証金の請求がありました。", _JUDGE, urgent=True),
        Letter(_P, "保証金請求のお知らせ", "発注者から保証金の請求がありました。", "保証会社にご連絡ください。", urgent=True),
        Letter(_O, "保証金請求受付のお知らせ", "保証金の請求が記録されました。", _LOOK, urgent=True),
    ),
    _E.CLAIM_WITHDRAWN: tuple(
        Letter(to, "保証金請求の取下げのお知らせ", "保証金の請求が取り下げられました。", _LOOK, urgent=True) for to in (_S, _P)
    ),
    _E.CLAIM_DETERMINED: tuple(
        Letter(to, "保証金の支払額決定のお知らせ", "保証金の支払額が決定されました。", "決定の内容をご確認ください。", urgent=True)
        for to in (_O, _P)
    ),
    _E.CLAIM_REFUSED: tuple(
        Letter(to, "保証金の支払の拒絶のお知らせ", "保証金の支払は拒絶されました。", _ASK, urgent=True, noted=True) for to in (_O, _P)
    ),
    _E.CLAIM_PAID: tuple(
        Letter(to, "保証金の支払のお知らせ", "保証金の支払が記録されました。", _LOOK, urgent=True) for to in (_O, _P)
    ),
}  # fmt: skip

# Of these nobody is told by mail: the registration mail tells of the conclusion, the rest is the asker's own doing.
SILENT: Final = frozenset({
    _E.LOG_BEGUN, _E.GUARANTEE_CONCLUDED, _E.CERTIFICATE_SIGNED, _E.KEY_REVEALED, _E.SUBMISSION_PREPARED,
    _E.SUBMISSION_ARRIVED, _E.SUBMISSION_OPENED, _E.SUBMISSION_ACCEPTED,
})  # fmt: skip

_BODY = """{name} 様

{what}

{facts}
{note}{todo}

  {url}

{surety}
"""


def written(letter: Letter, entry: AnyRow, post: Post, note: str | None) -> str:
    """Return the text of a letter about an entry: what happened, to what, why, and what to do now."""
    names = {Role.PRINCIPAL: entry.principal_name, Role.SURETY: entry.surety_name, Role.OBLIGEE: entry.obligee_name}
    reason = f"\n理由:\n{note}\n\n" if letter.noted and note else "\n"
    url = post.open_url if letter.to is Role.OBLIGEE else post.viewer_url
    return _BODY.format(
        name=names[letter.to], what=letter.what, facts=_facts(entry), note=reason, todo=letter.todo, url=url,
        surety=entry.surety_name,
    )  # fmt: skip


def _facts(entry: AnyRow) -> str:
    kind = entry.guarantee_kind or entry.kind
    told = (
        ("区分        ", kind.ja if kind else None),
        ("保証契約番号", entry.number),
        ("工事名      ", entry.works_name),
        ("発注者      ", entry.obligee_name),
        ("保証契約者  ", entry.principal_name),
    )
    return "\n".join(f"  {label} : {value}" for label, value in told if value is not None)

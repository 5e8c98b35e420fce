"""What is attached, enclosed or brought with a message, and in which form the key itself goes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from denshi_hosho.core.vocabulary import SuretyClass
from denshi_hosho.rules.handin import Attachment, HandInItem, Missing
from denshi_hosho.rules.plan import ArtefactNeed, Channel, Companion, SubmissionPlan
from denshi_hosho.rules.recipients import UNSAID
from denshi_hosho.rules.vocabulary import Artefact, CompanionWay, KeyForm, Need, Way

# How a key goes where the rule does not say it: as the notice, and as text only where a form has to be filled in.
# Source: the viewer's key screen, which offers both (認証キー表示画面: PDF出力 / コピー).
_USUAL = {
    Way.EMAIL: (KeyForm.NOTICE_PDF,),
    Way.WEB_FORM: (KeyForm.TEXT,),
    Way.CONTRACT_SYSTEM: (KeyForm.NOTICE_PDF,),
    Way.FAX: (KeyForm.PRINTED_NOTICE,),
    Way.IN_PERSON: (KeyForm.PRINTED_NOTICE,),
    Way.POST: (KeyForm.PRINTED_NOTICE,),
}
_PRINTED = frozenset({Way.FAX, Way.IN_PERSON, Way.POST})
_AS_NOTICE = frozenset({KeyForm.NOTICE_PDF, KeyForm.PRINTED_NOTICE})
_AS_TEXT = frozenset({KeyForm.TEXT, KeyForm.FAX_SHEET})
# Any one of these lets the obligee see the guarantee.
_OPENING = frozenset({Artefact.KEY_NOTICE, Artefact.BOND_PDF, Artefact.VIEWER_ADDRESS})
_ONCE = frozenset({Artefact.OWN_FORM})
_NAMES = {
    Artefact.KEY_NOTICE: ("認証キー等のお知らせ", "key notice"),
    Artefact.CERTIFICATE_SCREEN: ("電子証書の画面を印刷・保存したもの", "print-out of the certificate screen"),
    Artefact.BOND_PDF: ("PDF発行証券", "bond issued as PDF"),
    Artefact.VIEWER_ADDRESS: ("閲覧用URL・パスワードのお知らせ", "notice of the viewer's address and password"),
    Artefact.OWN_FORM: ("発注者の様式", "obligee's own form"),
}


@dataclass(frozen=True, slots=True)
class Enclosures:
    """What goes with a message. `key_in_text`: the rule has the key stand in the text, a form or the FAX sheet."""

    attachments: tuple[Attachment, ...]
    forbidden: tuple[Artefact, ...]
    key_in_text: bool
    unresolved: tuple[Missing, ...]


def enclosures(plan: SubmissionPlan, channel: Channel | None, items: Sequence[HandInItem]) -> Enclosures:
    """Return what goes with a message about `items` by `channel`; what is forbidden never does."""
    forbidden = tuple(dict.fromkeys(need.artefact for need in plan.artefacts if need.need is Need.FORBIDDEN))
    wanted = [need for need in plan.artefacts if need.need is not Need.FORBIDDEN and need.artefact not in forbidden]
    forms = frozenset((channel.key_as or _USUAL.get(channel.way, ())) if channel else ())
    printed = channel is not None and channel.way in _PRINTED
    attachments = (
        *_stated(wanted, items, printed=printed),
        *_usual_notices(wanted, forbidden, forms, items, printed=printed),
        *(_companion(each, printed=printed) for each in plan.companions if each.way is CompanionWay.TOGETHER),
    )
    in_text = bool(forms & _AS_TEXT)
    unresolved = (*_contradicted(plan, forbidden), *_empty_handed(channel, items, attachments, in_text=in_text))
    return Enclosures(attachments, forbidden, in_text, unresolved)


def _stated(wanted: Sequence[ArtefactNeed], items: Sequence[HandInItem], *, printed: bool) -> Iterator[Attachment]:
    for need in wanted:
        numbers = [None] if need.artefact in _ONCE else [item.number for item in items]
        for number in numbers:
            ja, en = _NAMES[need.artefact]
            yield Attachment(
                artefact=need.artefact,
                number=number,
                need=need.need,
                password=need.password,
                printed=printed,
                ja=_on(need.name or ja, need.artefact, need.as_pdf, printed),
                en=need.name or en,
            )


def _on(name: str, artefact: Artefact, as_pdf: bool, printed: bool) -> str:  # noqa: FBT001 two facts of one artefact
    if printed or not (as_pdf or artefact is Artefact.KEY_NOTICE):
        return name
    return f"{name}（PDF）"


def _usual_notices(
    wanted: Sequence[ArtefactNeed],
    forbidden: Sequence[Artefact],
    forms: frozenset[KeyForm],
    items: Sequence[HandInItem],
    *,
    printed: bool,
) -> Iterator[Attachment]:
    """Yield the key notices of guarantee companies' items where no artefact of the rule speaks of them."""
    if Artefact.KEY_NOTICE in (*forbidden, *(need.artefact for need in wanted)) or not forms & _AS_NOTICE:
        return
    ja, en = _NAMES[Artefact.KEY_NOTICE]
    for item in items:
        if item.surety_class is SuretyClass.GUARANTEE_COMPANY:
            yield Attachment(
                artefact=Artefact.KEY_NOTICE,
                number=item.number,
                need=Need.REQUIRED,
                password=False,
                printed=printed,
                ja=_on(ja, Artefact.KEY_NOTICE, False, printed),  # noqa: FBT003 the notice is no form
                en=en,
            )


def _companion(companion: Companion, *, printed: bool) -> Attachment:
    return Attachment(
        artefact=None,
        number=None,
        need=companion.need,
        password=False,
        printed=printed,
        ja=companion.document or companion.ja,
        en=companion.document or companion.en,
    )


def _contradicted(plan: SubmissionPlan, forbidden: Sequence[Artefact]) -> Iterator[Missing]:
    for need in plan.artefacts:
        if need.need is Need.REQUIRED and need.artefact in forbidden:
            yield Missing(
                code="ARTEFACT_CONTRADICTION",
                field="artefact",
                ja=f"「{need.artefact.ja}」が必要か不可か、規則から定まりません。発注者にご確認ください。",
                en=f"The rule does not settle whether {need.artefact} is required or forbidden; ask the obligee.",
            )


def _empty_handed(
    channel: Channel | None, items: Sequence[HandInItem], attachments: Sequence[Attachment], *, in_text: bool
) -> Iterator[Missing]:
    if channel is None or channel.way in UNSAID:
        return
    for item in items:
        told = in_text and (item.access_key or (item.viewer_url and item.viewer_password))
        if not told and not any(each.number == item.number and each.artefact in _OPENING for each in attachments):
            yield Missing(
                code="NOTHING_TO_HAND_IN",
                field="artefact",
                ja=f"保証契約 {item.number} について何を提出するかが規則から定まりません。発注者にご確認ください。",
                en=f"The rule does not say what is handed in for the guarantee {item.number}; ask the obligee.",
            )

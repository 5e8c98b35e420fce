"""What the clauses of one revision say of one application, as reasons."""

from collections.abc import Iterable

from denshi_hosho.core.vocabulary import GuaranteeKind, SuretyClass
from denshi_hosho.rules.application import Application
from denshi_hosho.rules.decision import Reason
from denshi_hosho.rules.dimensions import (
    CONTRACT_MEDIA,
    DIVISIONS,
    KINDS,
    PROCUREMENTS,
    SURETIES,
    WORK_TYPES,
    Dimension,
)
from denshi_hosho.rules.rulefile import Exclusion, Paper, Revision

NEVER_ELECTRONIC = Reason(
    code="KIND_NEVER_ELECTRONIC",
    ja="契約保証予約は電子交付の対象外です。",
    en="A bid guarantee (契約保証予約) is never delivered electronically.",
    refuses=True,
    facts=("kind",),
)
SURETY_NOT_STATED = Reason(
    code="SURETY_NOT_STATED",
    ja="規則の出典は保証事業会社以外の保証機関について何も述べていません。",
    en="The rule's sources say nothing of sureties other than guarantee companies.",
)
PAPER_NOT_STATED = Reason(
    code="PAPER_NOT_STATED",
    ja="書面の保証証書を提出できるかどうかは規則に記載がありません。発注者にご確認ください。",
    en="The rule does not say whether a paper certificate may be handed in; ask the obligee.",
)


def depends(code: str, ja: str, en: str, missing: tuple[str, ...]) -> Reason:
    """Return the reason that what `ja` / `en` name hangs on untold fields."""
    names = tuple(dict.fromkeys(missing))
    return Reason(
        code=code,
        ja=f"{ja}は次の事項により異なりますが、伝えられていません: {', '.join(names)}",
        en=f"The {en} depends on what is not told: {', '.join(names)}.",
        unsettled=True,
        facts=names,
    )


def clause_reasons(revision: Revision, application: Application) -> Iterable[Reason]:
    """Yield what the clauses of `revision` say of `application`, its start and paper apart."""
    yield from _listed(revision, KINDS, application, required=True)
    yield from _wording(revision, application)
    yield from _listed(revision, WORK_TYPES, application, required=True)
    if revision.listings[SURETIES.key]:
        yield from _listed(revision, SURETIES, application, required=True)
    else:
        yield _unlisted_surety(application)
    for dimension in (DIVISIONS, PROCUREMENTS, CONTRACT_MEDIA):
        yield from _listed(revision, dimension, application, required=bool(revision.listings[dimension.key]))
    for exclusion in revision.exclusions:
        yield from _excluded(exclusion, application)
    for remark in revision.remarks:
        if remark.guard(application) is not False:
            said = remark.saying
            yield Reason(code="REMARK", ja=said.ja, en=said.en, sources=said.sources)


def _listed(revision: Revision, dimension: Dimension, application: Application, *, required: bool) -> Iterable[Reason]:
    for listing in revision.listings[dimension.key]:
        answer = listing.guard(application)
        if answer is False:
            continue
        if answer is not True:
            yield depends(f"{dimension.code}_OPEN", dimension.ja, dimension.en, answer)
            return
        reason = listing.reason(application)
        if reason is not None:
            yield reason
        for reading in listing.readings:
            yield from reading.repeated(application)
        return
    if required:
        yield Reason(
            code=f"{dimension.code}_NOT_STATED",
            ja=f"対象となる{dimension.ja}が規則に記載されていません。発注者にご確認ください。",
            en=f"The rule does not say which {dimension.en} is taken; ask the obligee.",
            unsettled=True,
        )


def _wording(revision: Revision, application: Application) -> Iterable[Reason]:
    meant = revision.wordings.get(application.work_wording or "")
    if meant and application.work_type is not None and application.work_type not in meant:
        yield Reason(
            code="WORK_TYPE_CONTRADICTS",
            ja=f"業務の種別「{application.work_type.ja}」が発注者の表記「{application.work_wording}」と合いません。",
            en=f"The work type {application.work_type} contradicts the wording “{application.work_wording}”.",
            unsettled=True,
            facts=("work_type", "work_wording"),
        )


_SURETY_OPEN = Reason(
    code=SURETY_NOT_STATED.code,
    ja=SURETY_NOT_STATED.ja + "発注者にご確認ください。",
    en=SURETY_NOT_STATED.en + " Ask the obligee.",
    unsettled=True,
)


def _unlisted_surety(application: Application) -> Reason:
    """Return what a rule silent about sureties means: access keys are the guarantee companies' artefact."""
    told = application.surety_class
    return SURETY_NOT_STATED if told in (None, SuretyClass.GUARANTEE_COMPANY) else _SURETY_OPEN


def _excluded(exclusion: Exclusion, application: Application) -> Iterable[Reason]:
    answer = exclusion.guard(application)
    said = exclusion.saying
    if answer is True:
        yield Reason(code="EXCLUDED", ja=said.ja, en=said.en, refuses=True, sources=said.sources)
    elif answer is not False:
        names = tuple(dict.fromkeys(answer))
        yield Reason(
            code="EXCLUSION_OPEN",
            ja=f"次の事項が不明のため、対象外かどうか判定できません: {', '.join(names)}（{said.ja}）",
            en=f"Whether this is excluded depends on what is not told: {', '.join(names)} ({said.en})",
            unsettled=True,
            facts=names,
            sources=said.sources,
        )
    for reading in exclusion.readings:
        yield from reading.repeated(application)


def paper_stand(clauses: tuple[Paper, ...], application: Application) -> tuple[bool | None, tuple[Reason, ...]]:
    """Return whether paper may be handed in (None: not stated), and the reasons for that.

    A bid guarantee has no other form than paper, so only a rule that closes paper says otherwise.
    """
    for clause in clauses:
        answer = clause.guard(application)
        if answer is True:
            readings = (item for reading in clause.readings for item in reading.repeated(application))
            return clause.accepted, (clause.reason, *readings)
        if answer is not False:
            break
    return (True, ()) if application.kind is GuaranteeKind.BID else (None, (PAPER_NOT_STATED,))

"""What the clauses of one revision say of one application, as reasons."""

from denshi_hosho.core.vocabulary import GuaranteeKind, SuretyClass, Word
from denshi_hosho.rules.application import Application
from denshi_hosho.rules.decision import Reason
from denshi_hosho.rules.dimensions import SURETIES, WORK_TYPES, Dimension, Listing
from denshi_hosho.rules.guards import Answer, folded
from denshi_hosho.rules.plan import Saying
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


def clause_reasons(revision: Revision, application: Application) -> list[Reason]:
    """Return what the clauses of `revision` say of `application`, its start and paper apart."""
    reasons: list[Reason] = []
    for dimension, listings in revision.asked:
        contradiction = contradicted(revision, dimension, application)
        if contradiction is not None:
            reasons.append(contradiction)
        reasons += listed(dimension, listings, application)
    for exclusion in revision.exclusions:
        reasons += excluded(exclusion, exclusion.guard.test(application), application)
    reasons += [remarked(remark.saying) for remark in revision.remarks if remark.guard.test(application) is not False]
    return reasons


def remarked(said: Saying) -> Reason:
    """Return a remark of the file as a reason."""
    return Reason(code="REMARK", ja=said.ja, en=said.en, sources=said.sources)


def listed(dimension: Dimension, listings: tuple[Listing, ...], application: Application) -> list[Reason]:
    """Return what the lists of one dimension say: the first whose guard holds decides."""
    for listing in listings:
        answer = listing.guard.test(application)
        if answer is True:
            return from_list(listing, application)
        if answer is not False:
            return [depends(f"{dimension.code}_OPEN", dimension.ja, dimension.en, answer)]
    return [unlisted(dimension, application, stated=bool(listings))]


def from_list(listing: Listing, application: Application) -> list[Reason]:
    """Return what one list says of `application`, and the readings it takes."""
    reason = listing.reason(application)
    reasons = [] if reason is None else [reason]
    for reading in listing.readings:
        reasons += reading.repeated(application)
    return reasons


def unlisted(dimension: Dimension, application: Application, *, stated: bool) -> Reason:
    """Return what it means that no list of `dimension` speaks of `application`."""
    if dimension is SURETIES and not stated:
        return _unlisted_surety(application)
    return Reason(
        code=f"{dimension.code}_NOT_STATED",
        ja=f"対象となる{dimension.ja}が規則に記載されていません。発注者にご確認ください。",
        en=f"The rule does not say which {dimension.en} is taken; ask the obligee.",
        unsettled=True,
    )


def contradicted(revision: Revision, dimension: Dimension, application: Application) -> Reason | None:
    """Return the reason that a code told contradicts the word told beside it, by the obligee's own words."""
    if dimension is WORK_TYPES:
        word, field, meanings = application.work_wording, "work_wording", revision.meanings.wordings
    elif dimension is SURETIES:
        word, field, meanings = application.surety, "surety", revision.meanings.sureties
    else:
        return None
    told: Word | None = getattr(application, dimension.field)
    meant = meanings.get(folded(word)) if word and meanings else None
    if told is None or not meant or told in meant:
        return None
    what = ("発注者の表記", "wording") if dimension is WORK_TYPES else ("保証機関", "surety")
    return Reason(
        code=f"{dimension.code}_CONTRADICTS",
        ja=f"{dimension.ja}「{told.ja}」が{what[0]}「{word}」と合いません。",
        en=f"The {dimension.en} {told} contradicts the {what[1]} “{word}”.",
        unsettled=True,
        facts=(dimension.field, field),
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


def excluded(exclusion: Exclusion, answer: Answer, application: Application) -> list[Reason]:
    """Return what one exclusion says, its guard having given `answer`, and the readings it takes."""
    reasons = [] if answer is False else [_outside(exclusion, answer)]
    for reading in exclusion.readings:
        reasons += reading.repeated(application)
    return reasons


def _outside(exclusion: Exclusion, answer: Answer) -> Reason:
    said = exclusion.saying
    if isinstance(answer, bool):
        return Reason(code="EXCLUDED", ja=said.ja, en=said.en, refuses=True, sources=said.sources)
    names = tuple(dict.fromkeys(answer))
    return Reason(
        code="EXCLUSION_OPEN",
        ja=f"次の事項が不明のため、対象外かどうか判定できません: {', '.join(names)}（{said.ja}）",
        en=f"Whether this is excluded depends on what is not told: {', '.join(names)} ({said.en})",
        unsettled=True,
        facts=names,
        sources=said.sources,
    )


def paper_stand(clauses: tuple[Paper, ...], application: Application) -> tuple[bool | None, tuple[Reason, ...]]:
    """Return whether paper may be handed in (None: not stated), and the reasons for that.

    A bid guarantee has no other form than paper, so only a rule that closes paper says otherwise.
    """
    for clause in clauses:
        answer = clause.guard.test(application)
        if answer is True:
            readings = (item for reading in clause.readings for item in reading.repeated(application))
            return clause.accepted, (clause.reason, *readings)
        if answer is not False:
            break
    return (True, ()) if application.kind is GuaranteeKind.BID else (None, (PAPER_NOT_STATED,))

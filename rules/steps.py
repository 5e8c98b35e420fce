"""Why a decision came out as it did, clause by clause: which was looked at, whether it held, what it said."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from denshi_hosho.core.vocabulary import GuaranteeKind
from denshi_hosho.rules.application import Application
from denshi_hosho.rules.clauses import (
    NEVER_ELECTRONIC,
    contradicted,
    depends,
    excluded,
    from_list,
    paper_stand,
    remarked,
    unlisted,
)
from denshi_hosho.rules.conditions import said
from denshi_hosho.rules.deciding import ServedRules, decide, repeated_readings
from denshi_hosho.rules.decision import Decision, Reason
from denshi_hosho.rules.dimensions import Dimension, Listing
from denshi_hosho.rules.guards import Answer, Guard
from denshi_hosho.rules.rulefile import Paper, Revision
from denshi_hosho.rules.vocabulary import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One clause as the decision came to it. `place` is where it stands in the file; `ja`, `en` say what it tests.

    `standing`: whether it held; `missing` are the untold facts that leave it open; `reasons` what it said.
    """

    place: str
    aspect: str
    standing: Standing
    ja: str
    en: str
    missing: tuple[str, ...]
    reasons: tuple[Reason, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """A decision and the clauses that led to it, in the order in which they were looked at."""

    application: Application
    decision: Decision
    steps: tuple[Step, ...]


def explained(served: ServedRules, application: Application) -> Explanation:
    """Return the decision of `served` for `application` with every clause that was looked at."""
    decision = decide(served, application)
    revision, starts = _starts(served, application)
    told = application if revision is None else revision.meanings.of(application)
    steps = [*starts, *_clauses(revision, told)]
    papers = list(_papers((revision or served.rules.revisions[0]).paper, told))
    said_so_far = sum(len(step.reasons) for step in steps) + served.rules.obligee.example
    of_review = decision.reasons[said_so_far : len(decision.reasons) - sum(len(step.reasons) for step in papers)]
    review = [_review(served.plugin, of_review)] if of_review else []
    return Explanation(application=application, decision=decision, steps=(*steps, *review, *papers))


def _step(place: str, aspect: str, guard: Guard | None, answer: Answer, reasons: Iterable[Reason]) -> Step:
    ja, en = ("条件なし", "no condition") if guard is None or guard.condition is None else said(guard.condition)
    standing = Standing.OPEN
    if isinstance(answer, bool):
        standing = Standing.HOLDS if answer else Standing.DOES_NOT_HOLD
    return Step(
        place=place,
        aspect=aspect,
        standing=standing,
        ja=ja,
        en=en,
        missing=() if isinstance(answer, bool) else tuple(dict.fromkeys(answer)),
        reasons=tuple(reasons),
    )


def _absent(place: str, aspect: str, reasons: Iterable[Reason]) -> Step:
    return Step(
        place=place,
        aspect=aspect,
        standing=Standing.NOT_STATED,
        ja="この申込について記載なし",
        en="nothing stated for this application",
        missing=(),
        reasons=tuple(reasons),
    )


def _review(plugin: str, reasons: tuple[Reason, ...]) -> Step:
    return Step(
        place=f"{plugin}.review",
        aspect="REVIEW",
        standing=Standing.HOLDS,
        ja="プラグイン自身の審査",
        en="the plugin's own review",
        missing=(),
        reasons=reasons,
    )


def _starts(served: ServedRules, application: Application) -> tuple[Revision | None, list[Step]]:
    """Return the revision judged by and the starts looked at; only the last revision's reasons are given."""
    passed: list[Step] = []
    found: list[Step] = []
    for revision in reversed(served.rules.revisions):
        passed += [_silenced(step) for step in found]
        found = list(_starts_of(revision, revision.meanings.of(application)))
        reason = found[-1].reasons[0]
        if reason.unsettled:
            return (revision if revision is served.rules.revisions[0] else None), [*passed, *found]
        if not reason.refuses:
            return revision, [*passed, *found]
    return None, [*passed, *found]


def _silenced(step: Step) -> Step:
    """Return a start that did not decide, without its reasons; it did not hold for want of its day."""
    return _step_without_reasons(step) if step.reasons else step


def _step_without_reasons(step: Step) -> Step:
    return Step(
        place=step.place,
        aspect=step.aspect,
        standing=Standing.DOES_NOT_HOLD,
        ja=step.reasons[0].ja,
        en=step.reasons[0].en,
        missing=(),
        reasons=(),
    )


def _starts_of(revision: Revision, told: Application) -> Iterator[Step]:
    for start in revision.starts:
        answer = start.guard(told)
        if answer is False:
            yield _step(start.place, "START", start.guard, answer, ())
            continue
        if answer is True:
            reason = start.reason(told)
            yield _step(start.place, "START", start.guard, answer, (reason, *repeated_readings(start, told)))
        else:
            yield _step(
                start.place, "START", start.guard, answer, (depends("START_OPEN", "適用開始日", "start", answer),)
            )
        return


def _clauses(revision: Revision | None, told: Application) -> Iterator[Step]:
    if told.kind is GuaranteeKind.BID:
        yield _step("", "KIND", None, True, (NEVER_ELECTRONIC,))  # noqa: FBT003 the guard's answer
        return
    if revision is None:
        return
    for dimension, listings in revision.asked:
        contradiction = contradicted(revision, dimension, told)
        if contradiction is not None:
            yield _step(f"{revision.place}.{dimension.key}", dimension.code, None, True, (contradiction,))  # noqa: FBT003 the guard's answer
        yield from _listed(f"{revision.place}.{dimension.key}", dimension, listings, told)
    for exclusion in revision.exclusions:
        answer = exclusion.guard(told)
        yield _step(exclusion.place, "EXCLUSION", exclusion.guard, answer, excluded(exclusion, answer, told))
    for number, remark in enumerate(revision.remarks, 1):
        answer = remark.guard(told)
        place = f"{revision.place}.remark[{number}]"
        yield _step(place, "REMARK", remark.guard, answer, () if answer is False else (remarked(remark.saying),))


def _listed(place: str, dimension: Dimension, listings: tuple[Listing, ...], told: Application) -> Iterator[Step]:
    for listing in listings:
        answer = listing.guard(told)
        if answer is True:
            yield _step(listing.place, dimension.code, listing.guard, answer, from_list(listing, told))
            return
        if answer is not False:
            reason = depends(f"{dimension.code}_OPEN", dimension.ja, dimension.en, answer)
            yield _step(listing.place, dimension.code, listing.guard, answer, (reason,))
            return
        yield _step(listing.place, dimension.code, listing.guard, answer, ())
    yield _absent(place, dimension.code, (unlisted(dimension, told, stated=bool(listings)),))


def _papers(clauses: tuple[Paper, ...], told: Application) -> Iterator[Step]:
    _, reasons = paper_stand(clauses, told)
    for clause in clauses:
        answer = clause.guard(told)
        if answer is False:
            yield _step(clause.place, "PAPER", clause.guard, answer, ())
            continue
        yield _step(clause.place, "PAPER", clause.guard, answer, reasons)
        return
    yield _absent("paper", "PAPER", reasons)

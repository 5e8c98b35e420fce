"""Decide one application by one rule file: pure, without a clock, the same answer every time."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from denshi_hosho.core.vocabulary import GuaranteeKind
from denshi_hosho.rules.application import Application
from denshi_hosho.rules.clauses import NEVER_ELECTRONIC, clause_reasons, depends, paper_stand
from denshi_hosho.rules.decision import PLUGIN_FAILED, Decision, Reason, missing_of, outcome_of
from denshi_hosho.rules.rulefile import Revision, RuleFile
from denshi_hosho.rules.starts import Start
from denshi_hosho.rules.vocabulary import Outcome

Review: TypeAlias = Callable[[Application, Revision], Iterable[Reason]]

_log = logging.getLogger(__name__)

EXAMPLE_RULE = Reason(
    code="EXAMPLE_RULE",
    ja="これは例示の規則です。この発注者が公表した規則ではありません。",
    en="This is an example rule, not a rule that the obligee has published.",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ServedRules:
    """A rule file as a plugin serves it, with that plugin's own review (None: it has none)."""

    rules: RuleFile
    plugin: str
    plugin_version: str
    review: Review | None


def decide(served: ServedRules, application: Application) -> Decision:
    """Return the decision for `application` by its obligee's rules."""
    rules = served.rules
    revision, begun, reasons = _begun(rules, application)
    if revision is not None:
        application = revision.meanings.of(application)
    if rules.obligee.example:
        reasons.insert(0, EXAMPLE_RULE)
    if application.kind is GuaranteeKind.BID:
        reasons.append(NEVER_ELECTRONIC)
    elif revision is not None:
        reasons += clause_reasons(revision, application)
    if begun and revision is not None and served.review is not None:
        reasons += _reviewed(served, served.review, application, revision)
    paper, paper_reasons = paper_stand((revision or rules.revisions[0]).paper, application)
    outcome = outcome_of(reasons, paper=paper)
    failed = any(reason.code == PLUGIN_FAILED for reason in reasons)
    open_or_taken = outcome in (Outcome.ACCEPTED, Outcome.UNDETERMINED) and not failed
    planned = revision if open_or_taken else None
    return Decision(
        outcome=outcome,
        obligee=rules.obligee.id,
        revision=revision.from_on if begun and revision is not None else None,
        digest=rules.digest,
        plugin=served.plugin,
        plugin_version=served.plugin_version,
        reasons=(*reasons, *paper_reasons),
        missing=missing_of(reasons) if outcome is Outcome.UNDETERMINED else (),
        paper=paper,
        plan=planned.submission.plan(application) if planned is not None else None,
    )


def _begun(rules: RuleFile, application: Application) -> tuple[Revision | None, bool, list[Reason]]:
    """Return the revision to judge by, whether it has certainly begun, and the reasons about its start.

    The latest revision that has begun decides. Where that hangs on an untold day, the first revision is
    judged by all the same: whatever it refuses is refused before its start as well.
    """
    before: list[Reason] = []
    for revision in reversed(rules.revisions):
        told = revision.meanings.of(application)
        start, reason = _start_reason(revision, told)
        reasons = [reason, *(repeated_readings(start, told) if start else ())]
        if reason.refuses:
            before = reasons
        elif not reason.unsettled:
            return revision, True, reasons
        else:
            return (revision if revision is rules.revisions[0] else None), False, reasons
    return None, False, before


def repeated_readings(start: Start, application: Application) -> Iterable[Reason]:
    """Yield the readings of a start that touch `application`."""
    for reading in start.readings:
        yield from reading.repeated(application)


def _start_reason(revision: Revision, application: Application) -> tuple[Start | None, Reason]:
    for start in revision.starts:
        answer = start.guard.test(application)
        if answer is True:
            return start, start.reason(application)
        if answer is not False:
            return None, depends("START_OPEN", "適用開始日", "start", answer)
    raise AssertionError(revision.from_on)  # the last start has no guard


def _reviewed(served: ServedRules, review: Review, application: Application, revision: Revision) -> tuple[Reason, ...]:
    try:
        reasons = tuple(review(application, revision))
    except (Exception, SystemExit) as error:  # noqa: BLE001 a plugin may raise anything; nothing is issued on it
        # The sentence goes to clients: what a plugin's exception says is for the operator's log only.
        _log.warning("the review of the plugin %s failed", served.plugin, exc_info=error)
        return (plugin_failed(served.plugin, type(error).__name__),)
    if not all(isinstance(reason, Reason) for reason in reasons):
        return (plugin_failed(served.plugin, "review() returned something that is not a Reason"),)
    return reasons


def plugin_failed(plugin: str, why: str) -> Reason:
    """Return the reason that leaves everything open because the plugin's own review failed."""
    return Reason(
        code=PLUGIN_FAILED,
        ja=f"プラグイン「{plugin}」の審査が失敗しました（{why}）。何も発行されません。",
        en=f"The review of the plugin “{plugin}” failed ({why}); nothing is issued.",
        unsettled=True,
    )


def today_is(revisions: tuple[Revision, ...], day: date) -> Revision | None:
    """Return the latest revision whose first day is on or before `day`."""
    return next((revision for revision in reversed(revisions) if revision.from_on <= day), None)

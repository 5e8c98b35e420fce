"""Explain a decision clause by clause, in Japanese or English."""

from collections.abc import Iterator
from typing import Literal, TypeAlias

from denshi_hosho.rules.application import Application
from denshi_hosho.rules.decision import Decision, Reason
from denshi_hosho.rules.plan import Channel, Saying, Source, SubmissionPlan
from denshi_hosho.rules.steps import Explanation

Language: TypeAlias = Literal["ja", "en"]

_WORDS = {
    "ja": {
        "outcome": "結果",
        "revision": "適用された版",
        "none": "なし（開始前または不明）",
        "refuses": "不可",
        "unsettled": "保留",
        "holds": "確認",
        "missing": "不足している事項",
        "told": "伝えられた事項",
        "source": "出典",
        "plan": "認証キーの提出方法（いずれか一つ）",
        "file": "規則ファイル",
    },
    "en": {
        "outcome": "Outcome",
        "revision": "Revision in force",
        "none": "none (before the start, or not known)",
        "refuses": "refuses",
        "unsettled": "open",
        "holds": "holds",
        "missing": "Missing",
        "told": "Told",
        "source": "source",
        "plan": "How to hand in the key (any one of)",
        "file": "Rule file",
    },
}


def explain(decision: Decision, application: Application, language: Language = "ja") -> str:
    """Return why `decision` came out as it did for `application`, one clause a line, with its sources."""
    return "\n".join(_lines(decision, application, language))


def explain_steps(explanation: Explanation, language: Language = "ja") -> str:
    """Return the clauses that led to a decision, one a line: where it stands, what it tests, whether it held."""
    return "\n".join(_step_lines(explanation, language))


def _step_lines(explanation: Explanation, language: Language) -> Iterator[str]:
    for number, step in enumerate(explanation.steps, 1):
        standing = step.standing.ja if language == "ja" else step.standing.value.replace("_", " ").lower()
        tested = step.ja if language == "ja" else step.en
        yield f"{number}. [{standing}] {step.place or step.aspect}: {tested}"
        if step.missing:
            yield f"    {_WORDS[language]['missing']}: {', '.join(step.missing)}"
        for reason in step.reasons:
            yield f"    {next(_reason(reason, language))}"
    decision = explanation.decision
    outcome = f"{decision.outcome}（{decision.outcome.ja}）" if language == "ja" else str(decision.outcome)
    yield f"{_WORDS[language]['outcome']}: {outcome}"


def _lines(decision: Decision, application: Application, language: Language) -> Iterator[str]:
    words = _WORDS[language]
    outcome = f"{decision.outcome}（{decision.outcome.ja}）" if language == "ja" else str(decision.outcome)
    yield f"{words['outcome']}: {outcome}"
    yield f"{words['revision']}: {decision.revision or words['none']}"
    told = ", ".join(f"{name}={value}" for name, value in application.to_json().items())
    yield f"{words['told']}: {told}"
    for reason in decision.reasons:
        yield from _reason(reason, language)
    if decision.missing:
        yield f"{words['missing']}: {', '.join(decision.missing)}"
    if decision.plan is not None:
        yield from _plan(decision.plan, language)
    yield f"{words['file']}: {decision.plugin} ({decision.plugin_version}) sha256:{decision.digest}"


def _reason(reason: Reason, language: Language) -> Iterator[str]:
    words = _WORDS[language]
    mark = "refuses" if reason.refuses else "unsettled" if reason.unsettled else "holds"
    yield f"- [{words[mark]}] {reason.code}: {reason.ja if language == 'ja' else reason.en}"
    yield from _sources(reason.sources, language)


def _plan(plan: SubmissionPlan, language: Language) -> Iterator[str]:
    yield f"{_WORDS[language]['plan']}:"
    for channel in plan.channels:
        yield from _channel(channel, language)
    for artefact in plan.artefacts:
        yield f"- {artefact.need}: {artefact.ja if language == 'ja' else artefact.en}"
    single = (plan.subject, plan.deadline, plan.follow_up)
    for saying in (*single, *plan.body, *plan.cc, *plan.companions, *plan.notes):
        if saying is not None:
            yield f"- {_said(saying, language)}"


def _channel(channel: Channel, language: Language) -> Iterator[str]:
    to = channel.recipient
    yield f"- {channel.way}: {channel.ja if language == 'ja' else channel.en}"
    yield f"    {to.address or (to.ja if language == 'ja' else to.en)}"
    yield from _sources(channel.sources, language)


def _said(saying: Saying, language: Language) -> str:
    return saying.ja if language == "ja" else saying.en


def _sources(sources: tuple[Source, ...], language: Language) -> Iterator[str]:
    for source in sources:
        parts = [source.title, source.locator, source.url, source.publisher]
        yield f"    {_WORDS[language]['source']}: {' / '.join(part for part in parts if part)}"

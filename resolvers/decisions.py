"""Asking an obligee's rules about an application, and turning their answer into a refusal or a record."""

import json
from dataclasses import replace
from datetime import date

from denshi_hosho.core.decisions import DecisionRecord
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.vocabulary import Medium
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.rules import Application, Decision, Outcome, Reason, UnknownObligee
from denshi_hosho.rules.decision import PLUGIN_FAILED

# These facts of an application are fields of the input itself; all others stand in its `facts`.
_TOP = {"obligee", "kind", "contract_price", "covered_price", "guaranteed_amount", "delivery"}
# The day of the guarantee is no field: at application it is today, at conclusion the day of concluding.
_RENAMED = {"surety": ("surety_id",), "surety_class": ("surety_id",), "guarantee_on": ("delivery",)}


def eligibility(platform: Platform, application: Application) -> Decision:
    """Return what the obligee's rules say of an application that is not made yet. Raise `Refused` (unknown obligee)."""
    try:
        return platform.rulebook.decide(application)
    except UnknownObligee as error:
        raise Refused(Refusal(error.code, error.ja, error.en, ("obligee",))) from error


def at_conclusion(facts: str, day: date) -> Application:
    """Return the application's stored facts as they stand on `day`, when its guarantee is concluded."""
    return replace(Application.from_json(json.loads(facts)), guarantee_on=day)


def facts_json(application: Application) -> str:
    """Return the facts as canonical JSON, for storing."""
    return canonical(application.to_json())


def canonical(value: object) -> str:
    """Return `value` as JSON in one fixed form."""
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def record(platform: Platform, application: Application, decision: Decision) -> DecisionRecord:
    """Return the decision as it is stored, with the rule file's very text."""
    return DecisionRecord(
        outcome=decision.outcome.value,
        revision=decision.revision,
        digest=decision.digest,
        text=platform.rulebook.text(decision.digest),
        plugin=decision.plugin,
        plugin_version=decision.plugin_version,
        facts=facts_json(application),
        body=canonical(decision.to_json()),
    )


def stored(body: str) -> Decision:
    """Return the decision that `record` stored."""
    return Decision.from_json(json.loads(body))


def require_delivery(decision: Decision, delivery: Medium) -> None:
    """Raise `Refused` unless the rules let the certificate be delivered so.

    Electronic delivery needs the outcome ACCEPTED; paper is refused only where the rules say that it is closed. On half
    an answer (a plugin that failed) nothing goes out, on paper neither.
    """
    failed = [reason for reason in decision.reasons if reason.code == PLUGIN_FAILED]
    if failed:
        raise Refused(*map(_refusal, failed), decision=decision)
    if delivery is Medium.PAPER:
        if decision.paper is False:
            raise Refused(
                Refusal("PAPER_CLOSED", "この発注者は書面の保証証書を受け付けていません。",
                        "This obligee takes no certificates on paper.", ("delivery",)),
                decision=decision,
            )  # fmt: skip
        return
    if decision.outcome is not Outcome.ACCEPTED:
        against = [reason for reason in decision.reasons if reason.refuses or reason.unsettled]
        raise Refused(*map(_refusal, against), decision=decision)


def _refusal(reason: Reason) -> Refusal:
    return Refusal(reason.code, reason.ja, reason.en, path_of(reason), reason.sources)


def path_of(reason: Reason) -> tuple[str, ...]:
    """Return the input field that a reason is about: its first fact's."""
    if not reason.facts:
        return ("delivery",)
    fact = reason.facts[0]
    return _RENAMED.get(fact, (fact,) if fact in _TOP else ("facts", fact))

"""What each obligee (発注者) accepts, from when, and who says so: a folder is an obligee.

The names are imported on first use: pytest imports this package for `denshi_hosho.rules.kit` in every project
of an environment, long before anything is asked of the rules.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from denshi_hosho.rules.application import Application
    from denshi_hosho.rules.decision import Decision, Reason
    from denshi_hosho.rules.facts import Fact, RulesInForce
    from denshi_hosho.rules.faults import (
        Fault,
        MalformedRecord,
        ObligeeNotServed,
        Problem,
        RulebookProblems,
        RuleFileError,
        UnknownObligee,
        UnknownRuleText,
    )
    from denshi_hosho.rules.hooks import hookimpl, hookspec
    from denshi_hosho.rules.obligees import Obligee
    from denshi_hosho.rules.plan import ArtefactNeed, Channel, Recipient, Saying, Source, SubmissionPlan
    from denshi_hosho.rules.rulebook import Rulebook
    from denshi_hosho.rules.rulefile import Revision
    from denshi_hosho.rules.steps import Explanation, Step
    from denshi_hosho.rules.vocabulary import Artefact, Basis, Need, Outcome, Precision, RecipientKnown, Way

_HOMES = {
    "application": ("Application",),
    "decision": ("Decision", "Reason"),
    "facts": ("Fact", "RulesInForce"),
    "faults": (
        "Fault",
        "MalformedRecord",
        "ObligeeNotServed",
        "Problem",
        "RuleFileError",
        "RulebookProblems",
        "UnknownObligee",
        "UnknownRuleText",
    ),
    "hooks": ("hookimpl", "hookspec"),
    "obligees": ("Obligee",),
    "plan": ("ArtefactNeed", "Channel", "Recipient", "Saying", "Source", "SubmissionPlan"),
    "rulebook": ("Rulebook",),
    "rulefile": ("Revision",),
    "steps": ("Explanation", "Step"),
    "vocabulary": ("Artefact", "Basis", "Need", "Outcome", "Precision", "RecipientKnown", "Way"),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Application",
    "Artefact",
    "ArtefactNeed",
    "Basis",
    "Channel",
    "Decision",
    "Explanation",
    "Fact",
    "Fault",
    "MalformedRecord",
    "Need",
    "Obligee",
    "ObligeeNotServed",
    "Outcome",
    "Precision",
    "Problem",
    "Reason",
    "Recipient",
    "RecipientKnown",
    "Revision",
    "RuleFileError",
    "Rulebook",
    "RulebookProblems",
    "RulesInForce",
    "Saying",
    "Source",
    "Step",
    "SubmissionPlan",
    "UnknownObligee",
    "UnknownRuleText",
    "Way",
    "hookimpl",
    "hookspec",
]


def __getattr__(name: str) -> Any:
    """Return a public name from the file that defines it."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME_OF[name]}"), name)

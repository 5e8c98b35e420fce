"""A decision: what the rules say of one application, why, by which revision of which file."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Self

from denshi_hosho.rules.jsonform import decode_record, encode_record
from denshi_hosho.rules.plan import Source, SubmissionPlan
from denshi_hosho.rules.vocabulary import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """One reason of a decision. `code` is stable (docs/rules.md); `facts` are the application's fields.

    `refuses`: electronic delivery is refused for this reason. `unsettled`: the outcome stays open for it; its
    `facts` name what would settle it, and none means that the obligee has to be asked.
    """

    code: str
    ja: str
    en: str
    refuses: bool = False
    unsettled: bool = False
    facts: tuple[str, ...] = ()
    sources: tuple[Source, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The answer to one application, complete enough to be kept beside a guarantee and read years later.

    `revision` is the start of the revision in force, None before the first. `digest` is the SHA-256 (hex) of
    the rule file's bytes. `missing` are the application's fields that would settle an undetermined outcome.
    `paper`: whether the certificate may be handed in on paper; None: not stated. `plan` is set when accepted; of an
    undetermined outcome it is provisional: how the key would be handed in, should the obligee accept it.
    """

    outcome: Outcome
    obligee: str
    revision: date | None
    digest: str
    plugin: str
    plugin_version: str
    reasons: tuple[Reason, ...]
    missing: tuple[str, ...]
    paper: bool | None
    plan: SubmissionPlan | None

    def to_json(self) -> dict[str, object]:
        """Return the whole decision as JSON values, every field in order of declaration."""
        return encode_record(self)

    @classmethod
    def from_json(cls, raw: object) -> Self:
        """Return the decision that `to_json` wrote; raise MalformedRecord for anything else."""
        return decode_record(cls, raw)


PLUGIN_FAILED = "PLUGIN_FAILED"


def outcome_of(reasons: Iterable[Reason], *, paper: bool | None) -> Outcome:
    """Return what `reasons` add up to: a refusal outweighs an open question, which outweighs acceptance.

    A failed plugin leaves everything open, so that nothing is issued on half an answer.
    """
    given = tuple(reasons)
    if any(reason.code == PLUGIN_FAILED for reason in given):
        return Outcome.UNDETERMINED
    if any(reason.refuses for reason in given):
        return Outcome.PAPER_ONLY if paper else Outcome.REFUSED
    if any(reason.unsettled for reason in given):
        return Outcome.UNDETERMINED
    return Outcome.ACCEPTED


def missing_of(reasons: Iterable[Reason]) -> tuple[str, ...]:
    """Return the fields that unsettled `reasons` name, each once, in order."""
    return tuple(dict.fromkeys(fact for reason in reasons if reason.unsettled for fact in reason.facts))

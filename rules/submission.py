"""Read `[revision.submission]` and build the submission plan of one application from it."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Generic, TypeVar

from denshi_hosho.core.vocabulary import GuaranteeKind
from denshi_hosho.rules import prescriptions as read
from denshi_hosho.rules.application import Application
from denshi_hosho.rules.channels import CHANNEL_KEYS, GuardedChannel, read_channel
from denshi_hosho.rules.guards import Guard, always, read_guard
from denshi_hosho.rules.plan import (
    ArtefactNeed,
    BatchingRule,
    BodyField,
    Companion,
    CopyTo,
    Deadline,
    FollowUp,
    Saying,
    Source,
    SubjectLine,
    SubmissionPlan,
)
from denshi_hosho.rules.reader import Table, mistake
from denshi_hosho.rules.templates import ELECTRONIC_KINDS
from denshi_hosho.rules.texts import SAYING_KEYS
from denshi_hosho.rules.vocabulary import Need

SAYINGS = ("subject", "body", "cc", "deadline", "follow_up", "companion", "batching", "note")
SUBMISSION_KEYS = frozenset({"channel", "artefact", *SAYINGS})

Said_co = TypeVar("Said_co", bound=Saying | ArtefactNeed, covariant=True)  # a clause is frozen


@dataclass(frozen=True, slots=True)
class Clause(Generic[Said_co]):
    """A saying of the submission, for whom it holds, and its place in the file."""

    place: str
    guard: Guard
    saying: Said_co

    def said_to(self, application: Application) -> Said_co | None:
        """Return the saying as it holds for `application`, None where it does not."""
        answer = self.guard(application)
        if answer is False:
            return None
        return self.saying if answer is True else replace(self.saying, depends_on=tuple(dict.fromkeys(answer)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """What a revision says of handing in the key, in the order of the file."""

    channels: tuple[GuardedChannel, ...]
    needs: tuple[Clause[ArtefactNeed], ...]
    subjects: tuple[Clause[SubjectLine], ...]
    body: tuple[Clause[BodyField], ...]
    cc: tuple[Clause[CopyTo], ...]
    deadlines: tuple[Clause[Deadline], ...]
    follow_ups: tuple[Clause[FollowUp], ...]
    companions: tuple[Clause[Companion], ...]
    batching: tuple[Clause[BatchingRule], ...]
    notes: tuple[Clause[Saying], ...]

    @property
    def artefacts(self) -> tuple[tuple[Guard, ArtefactNeed], ...]:
        """Return the artefacts, each with its guard."""
        return tuple((clause.guard, clause.saying) for clause in self.needs)

    @property
    def sayings(self) -> Mapping[str, tuple[Clause[Saying], ...]]:
        """Return every saying by its key in the rule file."""
        found: tuple[tuple[Clause[Saying], ...], ...] = (
            self.subjects,
            self.body,
            self.cc,
            self.deadlines,
            self.follow_ups,
            self.companions,
            self.batching,
            self.notes,
        )
        return dict(zip(SAYINGS, found, strict=True))

    def plan(self, application: Application) -> SubmissionPlan:
        """Return the plan for `application`; what the rule does not say is left out."""
        channels = [guarded.open_to(application) for guarded in self.channels]
        return SubmissionPlan(
            channels=tuple(channel for channel in channels if channel is not None),
            artefacts=_all(self.needs, application),
            subject=_first(self.subjects, application),
            body=_all(self.body, application),
            cc=_all(self.cc, application),
            deadline=_first(self.deadlines, application),
            follow_up=_first(self.follow_ups, application),
            companions=_all(self.companions, application),
            notes=_all(self.notes, application),
            batching=_first(self.batching, application),
        )


def _all(clauses: tuple[Clause[Said_co], ...], application: Application) -> tuple[Said_co, ...]:
    if not clauses:
        return ()
    said = [clause.said_to(application) for clause in clauses]
    return tuple([saying for saying in said if saying is not None])


def _first(clauses: tuple[Clause[Said_co], ...], application: Application) -> Said_co | None:
    for clause in clauses:
        said = clause.said_to(application)
        if said is not None:
            return said
    return None


def read_submission(
    table: Table, sources: Mapping[str, Source], *, kinds: Collection[GuaranteeKind] = ELECTRONIC_KINDS
) -> Submission:
    """Return what `[revision.submission]` says; raise RuleFileError for its mistakes.

    `kinds` are the kinds that the revision takes: a subject's own words must be there for each of them.
    """
    channels = [read_channel(Table(raw, place, CHANNEL_KEYS), sources) for raw, place in table.tables("channel")]
    if not channels:
        raise mistake(
            "NO_CHANNEL",
            table.place,
            '提出方法がありません。[[revision.submission.channel]] を書いてください（不明なら way = "NOT_STATED"）。',
            'no channel is stated; add [[revision.submission.channel]] (way = "NOT_STATED" when the page is silent).',
        )
    needs = _clauses(table, "artefact", read.ARTEFACT_KEYS, partial(read.read_artefact, sources=sources))
    _check_artefacts(needs, table)
    subject = partial(read.read_subject, sources=sources, kinds=kinds)
    return Submission(
        channels=tuple(channels),
        needs=needs,
        subjects=_clauses(table, "subject", read.SUBJECT_KEYS, subject),
        body=_clauses(table, "body", read.BODY_KEYS, partial(read.read_body, sources=sources)),
        cc=_clauses(table, "cc", read.COPY_KEYS, partial(read.read_copy, sources=sources)),
        deadlines=_clauses(table, "deadline", read.DEADLINE_KEYS, partial(read.read_deadline, sources=sources)),
        follow_ups=_clauses(table, "follow_up", read.FOLLOW_UP_KEYS, partial(read.read_follow_up, sources=sources)),
        companions=_clauses(table, "companion", read.COMPANION_KEYS, partial(read.read_companion, sources=sources)),
        batching=_clauses(table, "batching", read.BATCHING_KEYS, partial(read.read_batching, sources=sources)),
        notes=_clauses(table, "note", SAYING_KEYS, partial(read.read_note, sources=sources)),
    )


def _clauses(
    table: Table, key: str, keys: frozenset[str], read_one: Callable[[Table], Said_co]
) -> tuple[Clause[Said_co], ...]:
    found = []
    for raw, place in table.tables(key):
        item = Table(raw, place, keys)
        found.append(Clause(place, read_guard(item), read_one(item)))
    return tuple(found)


def _check_artefacts(needs: tuple[Clause[ArtefactNeed], ...], table: Table) -> None:
    plain = [clause.saying for clause in needs if clause.guard is always]
    forbidden = [need for need in plain if need.need is Need.FORBIDDEN]
    for need in plain:
        against = [each for each in forbidden if each.artefact is need.artefact and each.meets(need)]
        if need.need is Need.REQUIRED and against:
            raise mistake(
                "ARTEFACT_CONTRADICTION",
                table.at("artefact"),
                f"{need.artefact} が必要かつ不可になっています。どちらかを削除してください。",
                f"{need.artefact} is both REQUIRED and FORBIDDEN; remove one.",
            )

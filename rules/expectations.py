"""What a case (`[case.submission]`) expects of a submission plan: way, recipient, subject, artefacts, deadline."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from denshi_hosho.core.vocabulary import GuaranteeKind
from denshi_hosho.rules.application import Application
from denshi_hosho.rules.plan import SubmissionPlan
from denshi_hosho.rules.reader import Choice, Table
from denshi_hosho.rules.templates import DAYS, KIND, PLACEHOLDERS, given_value, template_of
from denshi_hosho.rules.vocabulary import Artefact, Batching, DeadlineEvent, Need, RecipientKnown, Way

EXPECTATION_KEYS = frozenset({
    "on", "ways", "recipient", "known", "phone", "given", "subject", "required", "optional", "forbidden", "deadline", "batching",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Expectations:
    """What a case expects of the plan; None: not looked at.

    `ways` and `artefacts` are those of the day of handing in `on` (None: of any day); `recipient`, `known` and `phone`
    are those of the first way; `subject` is what its template makes of `given` and of the case's application.
    """

    on: date | None
    ways: tuple[Way, ...] | None
    recipient: str | None
    known: RecipientKnown | None
    phone: str | None
    given: Mapping[str, str | date | tuple[GuaranteeKind, ...]]
    subject: str | None
    artefacts: Mapping[Need, tuple[Artefact, ...]]
    deadline: DeadlineEvent | None
    batching: Batching | None

    def differences(self, plan: SubmissionPlan | None, application: Application | None = None) -> list[str]:
        """Return what is not as expected, one line each."""
        if plan is None:
            return ["there is no submission plan, since the outcome is not ACCEPTED"]
        return [*self._channels(plan), *self._subject(plan, application), *self._rest(plan)]

    def _channels(self, plan: SubmissionPlan) -> Iterator[str]:
        channels = [channel for channel in plan.channels if self.on is None or channel.open_on(self.on)]
        ways = tuple(channel.way for channel in channels)
        if self.ways is not None and ways != self.ways:
            yield f"the ways are {', '.join(ways) or 'none'}, expected {', '.join(self.ways) or 'none'}"
        to = channels[0].recipient if channels else None
        expected = (("recipient", self.recipient, to and to.address), ("known", self.known, to and to.known))
        for name, wanted, found in (*expected, ("phone", self.phone, to and to.phone)):
            if wanted is not None and wanted != found:
                yield f"{name} is {found}, expected {wanted}"

    def _subject(self, plan: SubmissionPlan, application: Application | None) -> Iterator[str]:
        if self.subject is None:
            return
        if plan.subject is None or plan.subject.template is None:
            yield f"no subject is prescribed by a template, expected “{self.subject}”"
            return
        told = {name: getattr(application, name, None) for name in (*DAYS, "division")}
        kinds = (application.kind,) if application else ()
        known = {**told, KIND: kinds, **self.given}
        found = template_of(plan.subject.template).filled(known, plan.subject.kinds, plan.subject.joined_by or "、")
        if isinstance(found, tuple):
            yield "the subject cannot be made: " + " ".join(missing.en for missing in found)
        elif found != self.subject:
            yield f"the subject is “{found}”, expected “{self.subject}”"

    def _rest(self, plan: SubmissionPlan) -> Iterator[str]:
        for need, wanted in self.artefacts.items():
            needs = [item for item in plan.artefacts if self.on is None or item.holds_on(self.on)]
            found = tuple(item.artefact for item in needs if item.need is need)
            if set(found) != set(wanted):
                yield f"{need} is {', '.join(found) or 'nothing'}, expected {', '.join(wanted) or 'nothing'}"
        event = plan.deadline and plan.deadline.event
        if self.deadline is not None and event is not self.deadline:
            yield f"the deadline is {event}, expected {self.deadline}"
        rule = plan.batching and plan.batching.rule
        if self.batching is not None and rule is not self.batching:
            yield f"batching is {rule}, expected {self.batching}"


def read_expectations(table: Table) -> Expectations:
    """Return what `[case.submission]` expects; `table` allows EXPECTATION_KEYS. Raise RuleFileError for mistakes."""
    given = Table(table.raw.get("given", {}), table.at("given"), PLACEHOLDERS)
    return Expectations(
        on=table.day_or_none("on"),
        ways=_words(table, "ways", Way),
        recipient=table.text_or_none("recipient"),
        known=table.word("known", RecipientKnown) if table.has("known") else None,
        phone=table.text_or_none("phone"),
        given={name: given_value(given, name) for name in given.raw},
        subject=table.text_or_none("subject"),
        artefacts={need: words for need in Need if (words := _words(table, need.lower(), Artefact)) is not None},
        deadline=table.word("deadline", DeadlineEvent) if table.has("deadline") else None,
        batching=table.word("batching", Batching) if table.has("batching") else None,
    )


def _words(table: Table, key: str, words: type[Choice]) -> tuple[Choice, ...] | None:
    if not table.has(key):
        return None
    return () if table.raw[key] == [] else table.words(key, words)


def check_expectations(
    plan: SubmissionPlan | None, table: Mapping[str, object], application: Application | None = None
) -> list[str]:
    """Return what `plan` does otherwise than a case's `submission` table expects, one line each.

    The case's `application` tells kind, days and division for the subject; raise RuleFileError for a wrong table.
    """
    return read_expectations(Table(table, "submission", EXPECTATION_KEYS)).differences(plan, application)

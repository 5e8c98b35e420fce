"""Cases (`cases.toml` beside a `rules.toml`): applications with the answer that the rule must give."""

import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from denshi_hosho.rules.application import Application
from denshi_hosho.rules.deciding import ServedRules, decide
from denshi_hosho.rules.decision import Decision
from denshi_hosho.rules.expectations import EXPECTATION_KEYS, Expectations, read_expectations
from denshi_hosho.rules.faults import Fault, MalformedRecord, RuleFileError
from denshi_hosho.rules.reader import Table, collecting, mistake
from denshi_hosho.rules.rulefile import RuleFile
from denshi_hosho.rules.starts import Start, counted_day
from denshi_hosho.rules.vocabulary import Basis, Outcome, Way

_FILE_KEYS = frozenset({"module", "case"})
_CASE_KEYS = frozenset({"name", "application", "outcome", "reasons", "missing", "channels", "paper", "submission"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One application and what is expected of its decision; None: not looked at."""

    name: str
    application: Application
    outcome: Outcome
    reasons: tuple[str, ...]
    missing: tuple[str, ...] | None
    channels: tuple[Way, ...] | None
    paper: bool | None
    submission: Expectations | None

    def differences(self, decision: Decision) -> list[str]:
        """Return what is not as expected, one line each."""
        lines = []
        if decision.outcome is not self.outcome:
            lines.append(f"outcome is {decision.outcome}, expected {self.outcome}")
        codes = [reason.code for reason in decision.reasons]
        lines += [f"reason {code} is not among {', '.join(codes)}" for code in self.reasons if code not in codes]
        if self.missing is not None and decision.missing != self.missing:
            lines.append(f"missing is {list(decision.missing)}, expected {list(self.missing)}")
        if self.paper is not None and decision.paper is not self.paper:
            lines.append(f"paper is {decision.paper}, expected {self.paper}")
        ways = tuple(channel.way for channel in decision.plan.channels) if decision.plan else ()
        if self.channels is not None and ways != self.channels:
            lines.append(f"channels are {', '.join(ways) or 'none'}, expected {', '.join(self.channels)}")
        if self.submission is not None:
            lines += self.submission.differences(decision.plan, self.application)
        return lines


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseFile:
    """The cases of one rule file. `module`: the plugin is loaded by this name instead of an entry point."""

    module: str | None
    cases: tuple[Case, ...]


def read_cases(content: bytes, rules: RuleFile, name: str = "cases.toml") -> CaseFile:
    """Return the cases in `content`; raise RuleFileError with every mistake found."""
    try:
        raw = tomllib.loads(content.decode())
        return _case_file(Table(raw, "", _FILE_KEYS), rules.obligee.id)
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise RuleFileError(
            Fault("NOT_TOML", "", f"TOML として読めません: {error}", f"is not TOML: {error}", name)
        ) from error
    except RuleFileError as error:
        raise RuleFileError(*(replace(fault, file=name) for fault in error.faults)) from error


def _case_file(table: Table, obligee: str) -> CaseFile:
    faults: list[Fault] = []
    cases = []
    for raw, place in table.tables("case"):
        with collecting(faults):
            cases.append(_case(Table(raw, place, _CASE_KEYS), obligee))
    if faults:
        raise RuleFileError(*faults)
    return CaseFile(module=table.text_or_none("module"), cases=tuple(cases))


def _case(table: Table, obligee: str) -> Case:
    told = table.need("application")
    if not isinstance(told, Mapping):
        raise table.wrong("application", "表", "a table")
    try:
        application = Application.from_json({"obligee": obligee, **told})
    except MalformedRecord as error:
        raise mistake("APPLICATION", table.at("application"), error.ja, error.en) from error
    return Case(
        name=table.text("name"),
        application=application,
        outcome=table.word("outcome", Outcome),
        reasons=table.texts("reasons") if table.has("reasons") else (),
        missing=_missing(table),
        channels=table.words("channels", Way) if table.has("channels") else None,
        paper=table.flag("paper") if table.has("paper") else None,
        submission=_submission(table),
    )


def _submission(table: Table) -> Expectations | None:
    if not table.has("submission"):
        return None
    return read_expectations(Table(table.raw["submission"], table.at("submission"), EXPECTATION_KEYS))


def _missing(table: Table) -> tuple[str, ...] | None:
    if not table.has("missing"):
        return None
    return () if table.raw["missing"] == [] else table.texts("missing")


def boundary_gaps(served: ServedRules, cases: Sequence[Case]) -> Iterator[Fault]:
    """Yield a fault for every start that has no case on its first day, or none on the day before."""
    decisions = [(case.application, decide(served, case.application)) for case in cases]
    for number, revision in enumerate(served.rules.revisions, 1):
        for start in revision.starts:
            for day, begun in ((start.from_on, True), (start.from_on - timedelta(days=1), False)):
                hit = (
                    (decision.revision == revision.from_on) is begun
                    for application, decision in decisions
                    if _counted_on(start, application, day)
                )
                if not any(hit):
                    yield _gap(number, day, start, begun=begun)


def _counted_on(start: Start, application: Application, day: date) -> bool:
    if start.guard(application) is not True:
        return False
    return any(counted_day(basis, application)[1] == day for basis in start.counted_by or Basis)


def _gap(number: int, day: date, start: Start, *, begun: bool) -> Fault:
    fields = " / ".join(basis.field for basis in start.counted_by or Basis)
    which = ("初日", "on its first day") if begun else ("初日の前日", "on the day before its first day")
    return Fault(
        "CASE_MISSING",
        f"revision[{number}]",
        f"{which[0]}（{day}）の事例がありません。{fields} = {day} の [[case]] を追加してください。",
        f"has no case {which[1]}, {day}; add a [[case]] with {fields} = {day}.",
    )

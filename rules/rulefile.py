"""A rule file: one obligee's facts as dated revisions, read once from TOML and ready to decide."""

import hashlib
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date

from denshi_hosho.core.vocabulary import GuaranteeKind
from denshi_hosho.rules.citations import cited, read_sources
from denshi_hosho.rules.decision import Reason
from denshi_hosho.rules.dimensions import (
    ALWAYS_ASKED,
    DIMENSIONS,
    KINDS,
    SURETIES,
    WORK_TYPES,
    Dimension,
    Listing,
    read_listings,
)
from denshi_hosho.rules.faults import Fault, RuleFileError, did_you_mean
from denshi_hosho.rules.guards import Guard, read_guard
from denshi_hosho.rules.meanings import Meanings, read_meanings
from denshi_hosho.rules.obligees import Obligee, read_obligee
from denshi_hosho.rules.payment import Payment, read_payment
from denshi_hosho.rules.plan import Saying, Source
from denshi_hosho.rules.reader import Table, collecting, mistake
from denshi_hosho.rules.starts import START_KEYS, Start, read_start
from denshi_hosho.rules.submission import SUBMISSION_KEYS, Submission, read_submission
from denshi_hosho.rules.templates import ELECTRONIC_KINDS
from denshi_hosho.rules.texts import SAYING_KEYS, Guarded, Reading, read_readings, read_saying, read_sayings
from denshi_hosho.rules.toml_days import day_fault

FORMAT = 1
FILE_KEYS = frozenset({"format", "obligee", "sources", "revision"})
REVISION_KEYS = START_KEYS | {dimension.key for dimension in DIMENSIONS}
REVISION_KEYS |= {"start", "exclusion", "paper", "payment", "remark", "submission", "silent_on"}
# What a page may be silent on: the lists, paper, payment, and everything about handing in the key.
SILENT_WORDS = frozenset({dimension.key for dimension in DIMENSIONS} | {"paper", "payment"}) | SUBMISSION_KEYS
EXCLUSION_KEYS = SAYING_KEYS | {"reading"}
PAPER_KEYS = frozenset({"when", "accepted", "literal", "reading", "source"})


@dataclass(frozen=True, slots=True)
class Exclusion:
    """Applications that stay outside electronic delivery although the lists would take them."""

    place: str
    guard: Guard
    saying: Saying
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True)
class Paper:
    """Whether a certificate may be handed in on paper, for applications that `guard` holds for."""

    place: str
    guard: Guard
    accepted: bool
    reason: Reason
    literal: str | None
    readings: tuple[Reading, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One dated revision of an obligee's rules. `starts` ends with the revision's own, unguarded start.

    `asked` are the lists that every application is held against: those stated, and those that must be.
    `silent_on` names what the page was read for and does not say; `meanings` are the obligee's own words.
    `payment`: what it says of advances and the like; None: nothing is known.
    """

    place: str
    from_on: date
    starts: tuple[Start, ...]
    listings: Mapping[str, tuple[Listing, ...]]
    asked: tuple[tuple[Dimension, tuple[Listing, ...]], ...]
    exclusions: tuple[Exclusion, ...]
    paper: tuple[Paper, ...]
    payment: Payment | None
    remarks: tuple[Guarded, ...]
    submission: Submission
    silent_on: tuple[str, ...]
    meanings: Meanings


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleFile:
    """One obligee's rules. `digest`: SHA-256 (hex) of the file's bytes; `revisions` run forward in time."""

    obligee: Obligee
    sources: Mapping[str, Source]
    revisions: tuple[Revision, ...]
    text: str
    digest: str


def parse(content: bytes, name: str = "rules.toml") -> RuleFile:
    """Return the rule file in `content`; raise RuleFileError with every mistake found in the file `name`."""
    text = ""
    try:
        text = content.decode()
        raw = tomllib.loads(text)
        return _rule_file(raw, text, hashlib.sha256(content).hexdigest())
    except UnicodeDecodeError as error:
        fault = Fault(
            "NOT_UTF8",
            "",
            "UTF-8 で保存してください。",
            f"is not UTF-8 (byte {error.start}); save it as UTF-8.",
        )
        raise RuleFileError(replace(fault, file=name)) from error
    except tomllib.TOMLDecodeError as error:
        fault = day_fault(text) or Fault("NOT_TOML", "", f"TOML として読めません: {error}", f"is not TOML: {error}")
        raise RuleFileError(replace(fault, file=name)) from error
    except RuleFileError as error:
        raise RuleFileError(*(replace(fault, file=name) for fault in error.faults)) from error


def _rule_file(raw: Mapping[str, object], text: str, digest: str) -> RuleFile:
    table = Table(raw, "", FILE_KEYS)
    if table.need("format") != FORMAT or table.raw["format"] is True:
        raise mistake("FORMAT", "format", f"format = {FORMAT} と書いてください。", f"must be {FORMAT}.")
    faults: list[Fault] = []
    obligee: Obligee | None = None
    sources: dict[str, Source] = {}
    with collecting(faults):
        obligee = read_obligee(table.need("obligee"))
    with collecting(faults):
        stated = table.need("sources")
        sources = read_sources(Table(stated, "sources", frozenset(stated if isinstance(stated, Mapping) else ())))
    revisions = _revisions(table, sources, faults) if sources else []
    if faults or obligee is None:
        raise RuleFileError(*faults)
    return RuleFile(obligee=obligee, sources=sources, revisions=tuple(revisions), text=text, digest=digest)


def _revisions(table: Table, sources: Mapping[str, Source], faults: list[Fault]) -> list[Revision]:
    found: list[Revision] = []
    for raw, place in table.tables("revision"):
        with collecting(faults):
            revision = _revision(Table(raw, place, REVISION_KEYS), sources)
            if found and revision.from_on <= found[-1].from_on:
                raise mistake(
                    "BACK_IN_TIME",
                    f"{place}.from",
                    f"前の版（{found[-1].from_on}）より後の日付が必要です。版は古い順に書き足してください。",
                    f"must be after the revision before it ({found[-1].from_on}); append revisions in order of time.",
                )
            found.append(revision)
    if not found and not faults:
        faults.append(Fault("NO_REVISION", "", "[[revision]] がありません。", "states no [[revision]]; add one."))
    return found


def _revision(table: Table, sources: Mapping[str, Source]) -> Revision:
    own = Table({key: table.raw[key] for key in table.raw if key in START_KEYS}, table.place, START_KEYS)
    guarded = [read_start(Table(raw, place, START_KEYS | {"when"}), sources) for raw, place in table.tables("start")]
    listings = {dimension.key: read_listings(table, dimension, sources) for dimension in DIMENSIONS}
    submission = Table(table.need("submission"), table.at("submission"), SUBMISSION_KEYS)
    start = read_start(own, sources)
    return Revision(
        place=table.place,
        from_on=start.from_on,
        starts=(*guarded, start),
        listings=listings,
        asked=tuple((each, listings[each.key]) for each in DIMENSIONS if listings[each.key] or each in ALWAYS_ASKED),
        exclusions=tuple(_exclusions(table, sources)),
        paper=tuple(_papers(table, sources)),
        payment=read_payment(table, sources),
        remarks=read_sayings(table, "remark", sources),
        submission=read_submission(submission, sources, kinds=_kinds(listings[KINDS.key])),
        silent_on=_silent_on(table, submission),
        meanings=read_meanings(listings[WORK_TYPES.key], listings[SURETIES.key]),
    )


def _kinds(listings: tuple[Listing, ...]) -> Collection[GuaranteeKind]:
    """Return the kinds that any list takes; all that can be electronic where none is stated."""
    taken = {kind for listing in listings for kind in listing.accepted}
    return tuple(kind for kind in ELECTRONIC_KINDS if kind in taken or not listings)


def _silent_on(table: Table, submission: Table) -> tuple[str, ...]:
    words = table.texts("silent_on") if table.has("silent_on") else ()
    for each in words:
        if each not in SILENT_WORDS:
            ja, en = did_you_mean(each, SILENT_WORDS)
            raise mistake(
                "UNKNOWN_WORD",
                table.at("silent_on"),
                f"「{each}」は使えません。{ja}",
                f'"{each}" is not known here; {en}',
            )
        if table.has(each) or submission.has(each):
            raise mistake(
                "SILENT_AND_STATED",
                table.at("silent_on"),
                f"「{each}」は記載なしとされていますが、この版に書かれています。どちらかを削除してください。",
                f'"{each}" is said not to be on the page, yet this revision states it; remove one.',
            )
    return words


def _exclusions(table: Table, sources: Mapping[str, Source]) -> list[Exclusion]:
    found = []
    for raw, place in table.tables("exclusion"):
        item = Table(raw, place, EXCLUSION_KEYS)
        item.need("when")
        saying = read_saying(item, sources)
        guard = read_guard(item)
        found.append(Exclusion(place, guard, saying, read_readings(item, saying.sources, guard)))
    return found


def _papers(table: Table, sources: Mapping[str, Source]) -> list[Paper]:
    found = []
    for raw, place in table.tables("paper"):
        item = Table(raw, place, PAPER_KEYS)
        facts = cited(item, sources)
        accepted = item.flag("accepted")
        reason = Reason(
            code="PAPER_OPEN" if accepted else "PAPER_CLOSED",
            ja="書面の保証証書は提出できます。" if accepted else "書面の保証証書は提出できません。",
            en="A paper certificate may be handed in." if accepted else "A paper certificate may not be handed in.",
            sources=facts,
        )
        readings = read_readings(item, facts)
        found.append(Paper(place, read_guard(item), accepted, reason, item.text_or_none("literal"), readings))
    return found

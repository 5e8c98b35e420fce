"""The rules in force on a day, as facts that a person reads and as the file that a machine reads."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from denshi_hosho.rules.conditions import when_said
from denshi_hosho.rules.deciding import ServedRules, today_is
from denshi_hosho.rules.dimensions import Listing, shown
from denshi_hosho.rules.obligees import Obligee
from denshi_hosho.rules.payment import Payment
from denshi_hosho.rules.plan import Saying, Source
from denshi_hosho.rules.rulefile import Revision, RuleFile
from denshi_hosho.rules.starts import Start
from denshi_hosho.rules.submission import Submission
from denshi_hosho.rules.texts import day_ja
from denshi_hosho.rules.vocabulary import Others


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One fact of a rule: a stable `code`, a sentence in both languages, a plain `value`, and who says so."""

    code: str
    ja: str
    en: str
    value: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class RulesInForce:
    """An obligee's rules on `day`. `revision` is the start of the revision in force, None before the first.

    `payment`: what is known of its payments on that day, None: nothing. `text` is the whole rule file (TOML),
    `digest` the SHA-256 (hex) of its bytes.
    """

    obligee: Obligee
    day: date
    revision: date | None
    facts: tuple[Fact, ...]
    payment: Payment | None
    text: str
    digest: str
    plugin: str
    plugin_version: str


def rules_in_force(served: ServedRules, day: date) -> RulesInForce:
    """Return the rules that `served` holds for `day`."""
    rules = served.rules
    revision = today_is(rules.revisions, day)
    return RulesInForce(
        obligee=rules.obligee,
        day=day,
        revision=None if revision is None else revision.from_on,
        facts=tuple(_not_yet(rules) if revision is None else _facts(revision)),
        payment=None if revision is None else revision.payment,
        text=rules.text,
        digest=rules.digest,
        plugin=served.plugin,
        plugin_version=served.plugin_version,
    )


def _not_yet(rules: RuleFile) -> Iterator[Fact]:
    for start in rules.revisions[0].starts:
        yield _start(start)


def _facts(revision: Revision) -> Iterator[Fact]:
    for start in revision.starts:
        yield _start(start)
        for reading in start.readings:
            yield _plain("READING", reading.reason.ja, reading.reason.en, start.literal, start.sources)
    for listings in revision.listings.values():
        for listing in listings:
            yield _listing(listing)
    for exclusion in revision.exclusions:
        yield _said("EXCLUSION", exclusion.saying)
        for reading in exclusion.readings:
            said = exclusion.saying
            yield _plain("READING", reading.reason.ja, reading.reason.en, said.literal, said.sources)
    yield from _papers(revision)
    if revision.payment is not None:
        yield from _payment(revision.payment)
    for remark in revision.remarks:
        yield _said("REMARK", remark.saying)
    yield from _submission(revision.submission)


def _papers(revision: Revision) -> Iterator[Fact]:
    for paper in revision.paper:
        reason = paper.reason
        value = "true" if paper.accepted else "false"
        where = when_said(paper.guard.condition)
        yield Fact(code="PAPER", ja=reason.ja + where[0], en=reason.en + where[1], value=value, sources=reason.sources)
        for reading in paper.readings:
            yield _plain("READING", reading.reason.ja, reading.reason.en, paper.literal, reason.sources)


def _payment(payment: Payment) -> Iterator[Fact]:
    if payment.ja is not None and payment.en is not None:
        yield _plain("PAYMENT", payment.ja, payment.en, payment.literal, payment.sources)
    for key, ja, en, value in payment.told():
        yield Fact(code="PAYMENT", ja=ja, en=en, value=f"{key}:{value}", sources=payment.sources)


def _start(start: Start) -> Fact:
    if start.counted_by:
        ja = "または".join(basis.ja for basis in start.counted_by) + f"が{day_ja(start.from_on)}以後の案件から。"
        en = f"From {start.from_on} on, counted by the {' or '.join(basis.en for basis in start.counted_by)}."
    else:
        ja = f"{day_ja(start.from_on)}から。どの日で判定するかは示されていません。"
        en = f"From {start.from_on} on; by which day that is counted is not stated."
    where = when_said(start.guard.condition)
    return Fact(
        code="START",
        ja=ja + where[0],
        en=en + where[1],
        value=start.from_on.isoformat(),
        sources=start.sources,
    )


def _listing(listing: Listing) -> Fact:
    pairs = [shown(value) for value in sorted(listing.accepted)]
    dimension, where = listing.dimension, when_said(listing.guard.condition)
    others = ("。他は発注者に確認", "; for others ask the obligee") if listing.others is Others.ASK else ("", "")
    english = f"{dimension.en}: {', '.join(en for _, en in pairs)}"
    return Fact(
        code=dimension.code,
        ja=f"{dimension.ja}: {'、'.join(ja for ja, _ in pairs)}{others[0]}{where[0]}",
        en=f"{english[:1].upper()}{english[1:]}{others[1]}{where[1]}",
        value=",".join(sorted(listing.accepted)),
        sources=listing.sources,
    )


def _submission(submission: Submission) -> Iterator[Fact]:
    for guarded in submission.channels:
        channel = guarded.channel
        where = when_said(guarded.guard.condition)
        yield Fact(
            code="CHANNEL",
            ja=channel.ja + where[0],
            en=channel.en + where[1],
            value=channel.way,
            sources=channel.sources,
        )
        to = channel.recipient
        yield Fact(code="RECIPIENT", ja=to.ja, en=to.en, value=to.address or to.known, sources=channel.sources)
    for _, need in submission.artefacts:
        value = f"{need.artefact}:{need.need}"
        yield Fact(code="ARTEFACT", ja=need.ja, en=need.en, value=value, sources=need.sources)
    for key, sayings in submission.sayings.items():
        for item in sayings:
            yield _said(key.upper(), item.saying)


def _said(code: str, saying: Saying) -> Fact:
    return _plain(code, saying.ja, saying.en, saying.literal, saying.sources)


def _plain(code: str, ja: str, en: str, literal: str | None, sources: tuple[Source, ...]) -> Fact:
    return Fact(code=code, ja=ja, en=en, value=literal or ja, sources=sources)

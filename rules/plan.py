"""The submission plan: how, to whom and with what a key is handed in, as far as the rule says it."""

from dataclasses import dataclass
from datetime import date

from denshi_hosho.core.vocabulary import GuaranteeKind
from denshi_hosho.rules.vocabulary import (
    Artefact,
    Batching,
    CompanionWay,
    CopyFor,
    DeadlineEvent,
    KeyForm,
    Need,
    RecipientKnown,
    Way,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where a fact is published. `locator`: the place on the page; `seen_on`: when it was last compared."""

    title: str
    publisher: str | None = None
    url: str | None = None
    published_on: date | None = None
    seen_on: date | None = None
    locator: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """One thing the rule says, in our words (`ja`, `en`); `literal`: the page's own wording.

    `depends_on` names untold fields of the application that decide whether it applies at all.
    """

    ja: str
    en: str
    literal: str | None
    sources: tuple[Source, ...]
    depends_on: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class KindWord:
    """The obligee's own word for a kind of guarantee, such as 前払金 for ADVANCE_PAYMENT."""

    kind: GuaranteeKind
    word: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SubjectLine(Saying):
    """The subject (件名) of the mail. `template` (docs/submission.md) builds it; None: only words describe it.

    `kinds` are the obligee's own words for {kind}, empty: the usual ones. `joined_by` stands between the kinds
    of a mail that carries several guarantees; None: a subject with {kind} or {number} is for one guarantee.
    """

    template: str | None = None
    kinds: tuple[KindWord, ...] = ()
    joined_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class BodyField(Saying):
    """What the mail's text must hold: `label` in the obligee's words, `value` a template; None: only described.

    `joined_by` stands between the kinds of a mail that carries several guarantees; None: the usual 、.
    """

    label: str | None = None
    value: str | None = None
    joined_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class CopyTo(Saying):
    """Who gets a copy (CC): `whom`, or the `address` that the rule states."""

    whom: CopyFor | None = None
    address: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Deadline(Saying):
    """By when the key is handed in, relative to `event`; None: only described."""

    event: DeadlineEvent | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """One ordering division's address (of the channel's way) and telephone number."""

    division: str
    address: str | None = None
    phone: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowUp(Saying):
    """What to do after sending, such as a call: `phone`, or `phones` by division; neither: the recipient's."""

    phone: str | None = None
    phones: tuple[Contact, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Companion(Saying):
    """A document that goes with the key or beside it. `document`: its name; `way` None: not stated.

    `need`: REQUIRED, or OPTIONAL where it may go along.
    """

    document: str | None = None
    way: CompanionWay | None = None
    need: Need = Need.REQUIRED


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchingRule(Saying):
    """Whether one mail may carry several guarantees of the same works."""

    rule: Batching


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """To whom the key goes. `address` is set only when the rule states it: it is never guessed.

    An address is the way's own: a mail address, a FAX number, the form's URL, a place. `ja` and `en` say who it
    is or whom to ask, at `phone`; `confirm`: the address must be confirmed before sending. `divisions` holds the
    addresses by ordering division.
    """

    known: RecipientKnown
    ja: str
    en: str
    address: str | None
    confirm: bool
    phone: str | None = None
    divisions: tuple[Contact, ...] = ()

    @property
    def resolved(self) -> bool:
        """Return whether the rule itself gives the address."""
        return self.address is not None


def _within(day: date, first: date | None, last: date | None) -> bool:
    return (first is None or first <= day) and (last is None or day <= last)


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One way to hand the key in; any one of a plan's channels does.

    It is open from `valid_from` to `valid_until`, both included (None: no limit stated), by the day of
    handing in. `depends_on` names untold fields of the application that decide whether it is open at all.
    `key_as`: the forms in which the key is handed over, empty: not stated. `system`: the name of the
    electronic contract system.
    """

    way: Way
    recipient: Recipient
    valid_from: date | None
    valid_until: date | None
    depends_on: tuple[str, ...]
    ja: str
    en: str
    literal: str | None
    sources: tuple[Source, ...]
    key_as: tuple[KeyForm, ...] = ()
    system: str | None = None

    def open_on(self, day: date) -> bool:
        """Return whether the key may be handed in by this channel on `day` (Japan's)."""
        return _within(day, self.valid_from, self.valid_until)


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtefactNeed:
    """Whether one artefact must, may or must not be handed in.

    It holds from `valid_from` to `valid_until`, both included (None: no limit stated), by the day of handing in.
    Of the obligee's own form: its `name`, the `url` where it can be had, `as_pdf`: filled in, then converted to
    PDF. `password`: the file must be protected by a password.
    """

    artefact: Artefact
    need: Need
    ja: str
    en: str
    sources: tuple[Source, ...]
    name: str | None = None
    url: str | None = None
    as_pdf: bool = False
    password: bool = False
    depends_on: tuple[str, ...] = ()
    valid_from: date | None = None
    valid_until: date | None = None

    def holds_on(self, day: date) -> bool:
        """Return whether it says anything of a hand-in on `day` (Japan's)."""
        return _within(day, self.valid_from, self.valid_until)

    def meets(self, other: "ArtefactNeed") -> bool:
        """Return whether there is a day on which both this and `other` hold."""
        first = max(self.valid_from or date.min, other.valid_from or date.min)
        return first <= min(self.valid_until or date.max, other.valid_until or date.max)


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionPlan:
    """How one key is handed in. None or an empty tuple: the rule does not say, so nothing is prescribed.

    `companions` are documents that go with it or beside it, such as the invoice (前払金請求書).
    """

    channels: tuple[Channel, ...]
    artefacts: tuple[ArtefactNeed, ...]
    subject: SubjectLine | None
    body: tuple[BodyField, ...]
    cc: tuple[CopyTo, ...]
    deadline: Deadline | None
    follow_up: FollowUp | None
    companions: tuple[Companion, ...]
    notes: tuple[Saying, ...]
    batching: BatchingRule | None = None

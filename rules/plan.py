"""The submission plan: how, to whom and with what a key is handed in, as far as the rule says it."""

from dataclasses import dataclass
from datetime import date

from denshi_hosho.rules.vocabulary import Artefact, Need, RecipientKnown, Way


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
    """One thing the rule says, in our words (`ja`, `en`); `literal`: the page's own wording."""

    ja: str
    en: str
    literal: str | None
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Recipient:
    """To whom the key goes. `address` is set only when the rule states it: it is never guessed.

    `ja` and `en` say who it is or whom to ask; `confirm`: the address must be confirmed before sending.
    """

    known: RecipientKnown
    ja: str
    en: str
    address: str | None
    confirm: bool

    @property
    def resolved(self) -> bool:
        """Return whether the rule itself gives the address."""
        return self.address is not None


@dataclass(frozen=True, slots=True, kw_only=True)
class Channel:
    """One way to hand the key in; any one of a plan's channels does.

    It is open from `valid_from` to `valid_until`, both included (None: no limit stated), by the day of
    handing in. `depends_on` names untold fields of the application that decide whether it is open at all.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class ArtefactNeed:
    """Whether one artefact must, may or must not be handed in."""

    artefact: Artefact
    need: Need
    ja: str
    en: str
    sources: tuple[Source, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmissionPlan:
    """How one key is handed in. None or an empty tuple: the rule does not say, so nothing is prescribed.

    `companions` are documents that go with it or beside it, such as the invoice (前払金請求書).
    """

    channels: tuple[Channel, ...]
    artefacts: tuple[ArtefactNeed, ...]
    subject: Saying | None
    body: tuple[Saying, ...]
    cc: tuple[Saying, ...]
    deadline: Saying | None
    follow_up: Saying | None
    companions: tuple[Saying, ...]
    notes: tuple[Saying, ...]

"""What is handed in and what comes of it: the guarantees, the ready message, and what must still be told."""

from dataclasses import dataclass, field
from datetime import date

from denshi_hosho.core.vocabulary import GuaranteeKind, SuretyClass
from denshi_hosho.rules.plan import Channel, Saying
from denshi_hosho.rules.vocabulary import Artefact, Need, Way


@dataclass(frozen=True, slots=True, kw_only=True)
class HandInItem:
    """One guarantee to hand in. Key and viewer password never show in a repr: do not log what holds them.

    `viewer_url` and `viewer_password` are an insurer's artefact (閲覧用URL・パスワード).
    """

    kind: GuaranteeKind
    number: str
    access_key: str | None = field(repr=False)
    works_name: str
    obligee_name: str
    surety_name: str
    surety_class: SuretyClass
    viewer_url: str | None = None
    viewer_password: str | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class HandIn:
    """What is known when keys are handed in; None: not told. All items are of one works contract.

    `day` is Japan's day of handing in. `way` is the way chosen (None: the first open one). `address` is the
    recipient's as the user has confirmed it. `subject` is used only where the rule describes the subject line
    without a template. `surety_email` is the surety's address for a copy.
    """

    items: tuple[HandInItem, ...]
    day: date
    principal_name: str
    contact_name: str | None = None
    contact_phone: str | None = None
    contact_email: str | None = None
    works_number: str | None = None
    contract_number: str | None = None
    division: str | None = None
    bidding_on: date | None = None
    notice_on: date | None = None
    contract_on: date | None = None
    way: Way | None = None
    address: str | None = None
    subject: str | None = None
    surety_email: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A thing to attach, enclose or bring. `number`: of the guarantee it is for, None: for the whole message.

    `artefact` is None for a companion document, which `ja` and `en` name. `password`: the file must be protected
    by a password; `printed`: it goes on paper.
    """

    artefact: Artefact | None
    number: str | None
    need: Need
    password: bool
    printed: bool
    ja: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field to paste into a web form or an electronic contract system. `secret`: it holds the key."""

    ja: str
    en: str
    value: str = field(repr=False)
    secret: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Missing:
    """What must still be told or asked before the message can go. `code` is stable (docs/submission.md).

    `field` is a field of HandIn, or "plan", "artefact" or "items" for what no field settles.
    """

    code: str
    field: str
    ja: str
    en: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message: a mail, a FAX, a letter, a form or a visit. `items` are the numbers of its guarantees.

    `way` and `channel` are None where no channel is open. `to` is the address of the channel's way, None where it
    is not known or the way needs none; who it is stands in `channel.recipient`. `body` may hold the key where the
    rule asks for it there (`key_in_text`), so it shows in no repr. `ready`: nothing is unresolved.
    """

    way: Way | None
    channel: Channel | None
    items: tuple[str, ...]
    to: str | None
    cc: tuple[str, ...]
    subject: str | None
    body: str = field(repr=False)
    attachments: tuple[Attachment, ...]
    forbidden: tuple[Artefact, ...]
    fields: tuple[Field, ...]
    checklist: tuple[Saying, ...]
    unresolved: tuple[Missing, ...]
    key_in_text: bool

    @property
    def ready(self) -> bool:
        """Return whether nothing must be told or asked any more."""
        return not self.unresolved

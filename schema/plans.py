"""The submission plan (認証キーの提出方法) as GraphQL types; they show the rules' own records."""

from datetime import date

import strawberry

from denshi_hosho.schema.context import camel, shown
from denshi_hosho.schema.policy import Reach, reached
from denshi_hosho.schema.words import (
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

_JA = "In Japanese (日本語)."
_EN = "In English."
_SOURCES = "Who says so (出典)."


@reached(Reach.PART)
@strawberry.type(description="Where a fact is published (出典).")
class Source:
    title: str = strawberry.field(description="Title of the document.")
    publisher: str | None = strawberry.field(description="Who published it.")
    url: str | None = strawberry.field(description="Where it can be read.")
    published_on: date | None = strawberry.field(description="When it was published, or last updated.")
    seen_on: date | None = strawberry.field(description="When our copy of the fact was last compared with it.")
    locator: str | None = strawberry.field(description="The place in the document.")


@reached(Reach.PART)
@strawberry.type(description="One thing that a rule says, in our words.")
class Saying:
    ja: str = strawberry.field(description=_JA)
    en: str = strawberry.field(description=_EN)
    literal: str | None = strawberry.field(description="The page's own wording, where it matters.")
    sources: list[Source] = strawberry.field(description=_SOURCES)


@reached(Reach.PART)
@strawberry.type(description="One ordering division's (発注課) address and telephone number.")
class Contact:
    division: str = strawberry.field(description="The division.")
    address: str | None = strawberry.field(description="Its address, of the way's own kind.")
    phone: str | None = strawberry.field(description="Its telephone number.")


@reached(Reach.PART)
@strawberry.type(
    description="To whom the key is handed in (提出先). What the rule does not say is unresolved, never guessed."
)
class Recipient:
    known: RecipientKnown = strawberry.field(description="How far the recipient is known.")
    ja: str = strawberry.field(description="Who it is, or whom to ask, in Japanese.")
    en: str = strawberry.field(description="Who it is, or whom to ask, in English.")
    address: str | None = strawberry.field(description="The address, only if the rule itself states it.")
    phone: str | None = strawberry.field(description="Where to ask.")
    divisions: list[Contact] = strawberry.field(description="Addresses by ordering division (発注課).")
    confirm: bool = strawberry.field(description="The address must be confirmed before anything is sent to it.")
    resolved: bool = strawberry.field(description="The rule itself gives the address.")


@reached(Reach.PART)
@strawberry.type(description="One way to hand the key in (提出方法); any one of a plan's channels does.")
class Channel:
    way: Way = strawberry.field(description="By which way.")
    system: str | None = strawberry.field(description="Name of the electronic contract system (電子契約システム).")
    key_as: list[KeyForm] = strawberry.field(description="In which forms the key is handed over; empty: not stated.")
    recipient: Recipient = strawberry.field(description="To whom (提出先).")
    valid_from: date | None = strawberry.field(description="First day on which it is open; null: no limit stated.")
    valid_until: date | None = strawberry.field(description="Last day on which it is open; null: no limit stated.")
    ja: str = strawberry.field(description=_JA)
    en: str = strawberry.field(description=_EN)
    literal: str | None = strawberry.field(description="The page's own wording, where it matters.")
    sources: list[Source] = strawberry.field(description=_SOURCES)

    @strawberry.field(description="Facts that were not told and decide whether this channel is open at all.")
    def depends_on(self) -> list[str]:
        return [camel(fact) for fact in shown(self).depends_on]


@reached(Reach.PART)
@strawberry.type(description="Whether one artefact must, may or must not be handed in (提出物).")
class ArtefactNeed:
    artefact: Artefact = strawberry.field(description="Which artefact.")
    need: Need = strawberry.field(description="Whether it must, may or must not be handed in.")
    name: str | None = strawberry.field(description="Name of the form (様式) of the obligee (発注者), the issuer.")
    url: str | None = strawberry.field(description="Where the form can be had.")
    as_pdf: bool = strawberry.field(description="It is filled in, then converted to PDF.")
    password: bool = strawberry.field(description="The file must be protected by a password.")
    valid_from: date | None = strawberry.field(description="First day of handing in; null: no limit stated.")
    valid_until: date | None = strawberry.field(description="Last day of handing in; null: no limit stated.")
    ja: str = strawberry.field(description=_JA)
    en: str = strawberry.field(description=_EN)
    sources: list[Source] = strawberry.field(description=_SOURCES)


@reached(Reach.PART)
@strawberry.type(description="The subject line prescribed for a mail (件名).")
class SubjectLine(Saying):
    template: str | None = strawberry.field(description="Its template (docs/submission.md); null: described in words.")
    joined_by: str | None = strawberry.field(description="What stands between the kinds of a mail for several.")


@reached(Reach.PART)
@strawberry.type(description="What the mail's text must hold (本文).")
class BodyField(Saying):
    label: str | None = strawberry.field(description="Its label in the words of the obligee (発注者), the issuer.")
    value: str | None = strawberry.field(description="The template of its value; null: described in words.")
    joined_by: str | None = strawberry.field(description="What stands between the kinds of several; null: 、.")


@reached(Reach.PART)
@strawberry.type(description="Who gets a copy (CC).")
class CopyTo(Saying):
    whom: CopyFor | None = strawberry.field(description="Who.")
    address: str | None = strawberry.field(description="The address, if the rule states it.")


@reached(Reach.PART)
@strawberry.type(description="By when the key is handed in (提出期限).")
class Deadline(Saying):
    event: DeadlineEvent | None = strawberry.field(description="Relative to what; null: described in words.")


@reached(Reach.PART)
@strawberry.type(description="What to do after sending, such as a call (到達確認).")
class FollowUp(Saying):
    phone: str | None = strawberry.field(description="Whom to call.")
    phones: list[Contact] = strawberry.field(description="Whom to call, by ordering division (発注課).")


@reached(Reach.PART)
@strawberry.type(description="A document that goes with the key or beside it, such as the invoice (前払金請求書).")
class Companion(Saying):
    document: str | None = strawberry.field(description="Its name.")
    way: CompanionWay | None = strawberry.field(description="How it goes; null: not stated.")
    need: Need = strawberry.field(description="Whether it must or may go along.")


@reached(Reach.PART)
@strawberry.type(description="Whether one mail may carry several guarantees of the same works.")
class BatchingRule(Saying):
    rule: Batching = strawberry.field(description="Together, or one each.")


@reached(Reach.PART)
@strawberry.type(
    description="How the access key is handed in here (認証キーの提出方法). Handing in the key is handing in the certificate. "
    "Null and empty lists mean that the rule does not say."
)
class SubmissionPlan:
    channels: list[Channel] = strawberry.field(description="The ways; any one of them does.")
    artefacts: list[ArtefactNeed] = strawberry.field(description="What must, may and must not be handed in.")
    subject: SubjectLine | None = strawberry.field(description="The subject line prescribed for a mail (件名).")
    body: list[BodyField] = strawberry.field(description="What the mail's text must hold (本文).")
    cc: list[CopyTo] = strawberry.field(description="Who gets a copy.")
    deadline: Deadline | None = strawberry.field(description="By when (提出期限).")
    follow_up: FollowUp | None = strawberry.field(description="What to do after sending, such as a call (到達確認).")
    companions: list[Companion] = strawberry.field(
        description="Documents that go with it or beside it, such as the invoice (前払金請求書)."
    )
    notes: list[Saying] = strawberry.field(description="What else the rule says.")
    batching: BatchingRule | None = strawberry.field(description="Whether several keys may go in one mail.")

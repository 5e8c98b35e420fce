"""Handing keys in (認証キーの提出) as GraphQL types: the message that was prepared, and what came of it."""

from datetime import date, datetime

import strawberry

from denshi_hosho.resolvers import documents, reading, submitting
from denshi_hosho.rules.handin import Message
from denshi_hosho.schema.context import CoreObject, Request, camel, shown
from denshi_hosho.schema.node import Node, shows
from denshi_hosho.schema.plans import Channel, Saying
from denshi_hosho.schema.policy import Reach, reached
from denshi_hosho.schema.scalars import GuaranteeNumber
from denshi_hosho.schema.words import Artefact, GuaranteeKind, Need, SubmissionState, Way


@reached(Reach.PART)
@strawberry.type(description="A thing to attach, to enclose or to bring (添付・同封するもの).")
class Attachment:
    artefact: Artefact | None = strawberry.field(description="Which artefact; null for a companion document.")
    number: str | None = strawberry.field(description="Number of the guarantee it is for; null: for the whole message.")
    need: Need = strawberry.field(description="Whether it must or may be there.")
    password: bool = strawberry.field(description="The file must be protected by a password.")
    printed: bool = strawberry.field(description="It goes on paper.")
    ja: str = strawberry.field(description="What it is, in Japanese.")
    en: str = strawberry.field(description="What it is, in English.")


@reached(Reach.PART)
@strawberry.type(description="One field to paste into a web form or an electronic contract system (電子契約システム).")
class FormField:
    ja: str = strawberry.field(description="Its label in Japanese.")
    en: str = strawberry.field(description="Its label in English.")
    value: str = strawberry.field(description="What to paste.")
    secret: bool = strawberry.field(description="It holds the key.")


@reached(Reach.PART)
@strawberry.type(description="What must still be told or asked before the message can go.")
class OpenQuestion:
    code: str = strawberry.field(description="Stable code; docs/submission.md lists them all.")
    ja: str = strawberry.field(description="In Japanese (日本語).")
    en: str = strawberry.field(description="In English.")

    @strawberry.field(
        description="The input field that would settle it, or plan, artefact, items for what none settles."
    )
    def field(self) -> str:
        return camel(shown(self).field)


@reached(Reach.PART)
@strawberry.type(description="The message that hands keys in, as the obligee's (発注者) rules want it (提出文書).")
class SubmissionMessage:
    way: Way | None = strawberry.field(description="By which way it goes; null: no way is open.")
    channel: Channel | None = strawberry.field(description="The channel of the plan that it follows.")
    to: str | None = strawberry.field(description="Address of the way's own kind; null: not known, or none is needed.")
    cc: list[str] = strawberry.field(description="Who gets a copy.")
    subject: str | None = strawberry.field(description="Subject line (件名).")
    body: str = strawberry.field(description="Text (本文).")
    attachments: list[Attachment] = strawberry.field(description="What to attach, to enclose or to bring.")
    forbidden: list[Artefact] = strawberry.field(description="What must not be handed in.")
    fields: list[FormField] = strawberry.field(description="Fields for a web form or an electronic contract system.")
    checklist: list[Saying] = strawberry.field(description="What to mind before and after: deadline, companions, call.")
    unresolved: list[OpenQuestion] = strawberry.field(description="What must still be told or asked.")
    ready: bool = strawberry.field(description="Nothing is unresolved.")
    key_in_text: bool = strawberry.field(description="The rule asks for the key in the text itself.")

    @strawberry.field(description="Numbers of the guarantees whose keys it hands in.")
    def numbers(self) -> list[str]:
        return list(shown(self).items)


@reached(Reach.OWN)
@strawberry.type(description="One step of a submission (提出の経過).")
class SubmissionStep:
    state: SubmissionState = strawberry.field(description="What it came to.")
    at: datetime = strawberry.field(description="When.")
    note: str | None = strawberry.field(description="What was said with it.")


@reached(Reach.OWN)
@strawberry.type(description="One of the keys that a submission hands in (提出する認証キー).")
class SubmissionItem:
    number: GuaranteeNumber = strawberry.field(description="Guarantee number (保証契約番号).")
    kind: GuaranteeKind = strawberry.field(description="What is guaranteed (保証の種類).")
    key_is_live: bool = strawberry.field(
        description="Its key still opens the certificate; false: another one was made after the submission was prepared (再発行), "
        "and that one must be handed in."
    )


@reached(Reach.OWN)
@strawberry.type(
    description="A handing in of one or more keys (認証キーの提出): handing in the key is handing in the certificate."
)
class Submission(Node):
    is_type_of = staticmethod(shows("Submission"))

    state: SubmissionState = strawberry.field(description="Where it stands.")
    address: str | None = strawberry.field(description="To which address it goes or went.")
    prepared_at: datetime = strawberry.field(description="When it was prepared.")

    @strawberry.field(graphql_type=Way | None, description="By which way it goes or went; null: not known yet.")
    def way(self) -> CoreObject:
        row = shown(self)
        return Way(row.way) if row.way else None

    @strawberry.field(graphql_type=date | None, description="The day in Japan on which it was handed in.")
    def handed_in_on(self) -> CoreObject:
        return shown(self).sent_on

    @strawberry.field(graphql_type=list[SubmissionStep], description="What happened to it, oldest first.")
    async def steps(self, info: Request) -> CoreObject:
        return await info.context.loader("submission_steps", reading.submission_steps).load(shown(self).id)

    @strawberry.field(
        graphql_type=list[SubmissionItem], description="The keys that it hands in, one for each guarantee."
    )
    async def items(self, info: Request) -> CoreObject:
        return await info.context.loader("submission_items", reading.submission_items).load(shown(self).id)

    @strawberry.field(
        description="Numbers of the guarantees that got another key since it was prepared (その後に再発行された認証キー)."
    )
    async def keys_changed_since(self, info: Request) -> list[str]:
        items = await info.context.loader("submission_items", reading.submission_items).load(shown(self).id)
        return [each.number for each in items if not each.key_is_live]

    @strawberry.field(
        graphql_type=SubmissionMessage | None,
        description="Its message, composed anew, with the keys hidden; null if the rules give none any more.",
    )
    async def message(self, info: Request) -> CoreObject:
        context = info.context
        composed = await submitting.message(context.platform, context.signed_in, shown(self).id)
        return composed.message if composed else None


@reached(Reach.PRINCIPALS)
@strawberry.type(description="A prepared message with its keys, for its principal. Never cache or log it.")
class PreparedSubmission:
    submission: Submission = strawberry.field(description="The submission that keeps it, without its keys.")
    message: SubmissionMessage = strawberry.field(description="The message, with its keys.")
    eml_url: str | None = strawberry.field(
        description="URL of the ready mail (.eml), good for five minutes; null for another way than e-mail."
    )


@reached(Reach.PRINCIPALS)
@strawberry.type(description="What was prepared: one message for each mail that the rules want.")
class PreparedSubmissions:
    prepared: list[PreparedSubmission] = strawberry.field(description="The messages.")


@reached(Reach.PRINCIPALS)
@strawberry.type(description="The submission as it stands now.")
class SubmissionPayload:
    submission: Submission = strawberry.field(description="The submission (認証キーの提出).")


async def prepared(info: Request, ids: list[int]) -> PreparedSubmissions:
    """Return the submissions `ids` of the signed-in principal with their keys; that they are shown is written down."""
    context, found = info.context, []
    context.forget()
    for each in ids:
        composed = await submitting.message_with_keys(context.platform, context.actor, each)
        (row,) = await reading.submissions(context.platform, context.signed_in, [each])
        message: CoreObject = composed.message
        url = documents.submission_url(context.platform, each, composed.key_id) if _is_mail(composed.message) else None
        submission: CoreObject = row
        found.append(PreparedSubmission(submission=submission, message=message, eml_url=url))
    return PreparedSubmissions(prepared=found)


def _is_mail(message: Message) -> bool:
    return message.way is Way.EMAIL


async def payload(info: Request, submission_id: int) -> SubmissionPayload:
    """Return the submission as it stands now."""
    info.context.forget()
    row: CoreObject = (await reading.submissions(info.context.platform, info.context.signed_in, [submission_id]))[0]
    return SubmissionPayload(submission=row)

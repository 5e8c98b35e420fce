"""Handing keys in: a message is prepared by the obligee's plan, goes out, and is followed until it is answered."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import handed_in, submissions
from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.idempotency import digest, once
from denshi_hosho.core.keys import note_event, reveal
from denshi_hosho.core.notes import check_line, check_mail_address, check_note
from denshi_hosho.core.outbox import queue_submission_mail
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.submissions import Prepared
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import KeyEventKind, Role, SubmissionState
from denshi_hosho.resolvers.messages import Composed, Told, compose_all, is_ours
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.resolvers.policy import acting_for
from denshi_hosho.rules import Need, Way
from denshi_hosho.rules.handin import Message, Missing
from denshi_hosho.rules.recipients import UNSAID

MAX_TOGETHER = 10


async def prepare(
    platform: Platform, actor: Actor | None, guarantee_ids: Sequence[int], told: Told, idempotency_key: str
) -> list[int]:
    """Return the ids of the submissions prepared to hand in the keys of own guarantees: one for each message.

    Raise `Refused`: then nothing was written.
    """
    who, now = acting_for(actor, Role.PRINCIPAL), platform.clock()
    ids = list(dict.fromkeys(guarantee_ids))
    if not 1 <= len(ids) <= MAX_TOGETHER:
        raise Refused(Refusal("TOO_MANY_TOGETHER", f"一度に提出できるのは1件から{MAX_TOGETHER}件までです。",
                              f"1 to {MAX_TOGETHER} guarantees are handed in together.", ("guarantee_ids",)))  # fmt: skip
    _check_told(told)
    request = "prepare", digest("prepare", {"guarantee_ids": ids, "told": told.to_json()})

    async def work(connection: AsyncConnection) -> list[int]:
        async def keep() -> int:
            await submissions.check_own(connection, who, ids)
            rows = await handed_in.works_of(connection, who, ids)
            composed = compose_all(platform, rows, told, {}, japan_day(now))
            return await submissions.keep_batch(connection, who, [_prepared(each, told) for each in composed], now)

        batch = await once(connection, who.account_id, idempotency_key, request, now, keep)
        return await submissions.batch_of(connection, who, batch)

    return await platform.database.write(work)


def _check_told(told: Told) -> None:
    for name, text in asdict(told).items():
        if text is not None and name != "way":
            check_line(text, ("facts", name))
    for name in ("contact_email", "surety_email"):
        if (address := getattr(told, name)) is not None:
            check_mail_address(address, ("facts", name))


def _prepared(composed: Composed, told: Told) -> Prepared:
    message = composed.message
    way = message.way.value if message.way else None
    return Prepared(way=way, address=message.to, guarantee_ids=composed.guarantee_ids, told=told.to_json())


async def message(platform: Platform, actor: Actor, submission_id: int) -> Composed | None:
    """Return the message of the actor's submission with its keys hidden, or None if there is no such submission."""
    async with platform.database.read() as connection:
        return await _compose(platform, connection, actor, submission_id, {})


async def message_with_keys(platform: Platform, actor: Actor | None, submission_id: int) -> Composed:
    """Return the message of the principal's own submission with its keys; that they were shown is written down.

    Raise `Refused`.
    """
    who, now = acting_for(actor, Role.PRINCIPAL), platform.clock()

    async def work(connection: AsyncConnection) -> Composed:
        composed = await with_keys(platform, connection, who, submission_id)
        for guarantee_id in composed.guarantee_ids:
            await note_event(connection, guarantee_id, KeyEventKind.REVEALED, now, who)
        return composed

    return await platform.database.write(work)


async def with_keys(platform: Platform, connection: AsyncConnection, who: Actor, submission_id: int) -> Composed:
    """Return the message of the actor's submission with its keys. Raise `Refused` if it has no such submission."""
    hidden = await _compose(platform, connection, who, submission_id, {})
    if hidden is None:
        raise Refused(submissions.NOT_FOUND)
    ids = hidden.guarantee_ids
    revealed = {each: await reveal(connection, platform.vault, each) for each in ids}
    keys = {each: one.notice.access_key for each, one in revealed.items()}
    shown = await _compose(platform, connection, who, submission_id, keys) or hidden
    return replace(shown, key_id=max(one.key_id for one in revealed.values()))


async def _compose(
    platform: Platform, connection: AsyncConnection, actor: Actor, submission_id: int, keys: Mapping[int, str]
) -> Composed | None:
    found: AnyRow | None = (await handed_in.submissions_by_id(connection, actor, [submission_id])).get(submission_id)
    if found is None:
        return None
    ids = await submissions.items_of(connection, submission_id)
    rows = await handed_in.works_of(connection, actor, ids)
    told, day = Told.from_json(found.told), found.sent_on or japan_day(platform.clock())
    if found.sent_on:
        told = replace(told, address=found.address or told.address)
    composed = compose_all(platform, rows, told, keys, day)
    if len(composed) > 1:
        raise Refused(Refusal("PREPARE_AGAIN", "規則が変わり、1通では提出できなくなりました。提出をもう一度準備してください。",
                              "The rules have changed: the keys no longer go in one message. Prepare the submission again.",
                              ("submission_id",)))  # fmt: skip
    return composed[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class HandedIn:
    """How a key was handed in: by which way, to which address, on which day (Japan's).

    `address_confirmed`: the address was confirmed with the obligee. `send`: the platform is to send the mail itself.
    """

    way: Way
    address: str | None
    handed_in_on: date | None
    address_confirmed: bool
    send: bool
    note: str | None


async def submit(platform: Platform, actor: Actor | None, submission_id: int, how: HandedIn) -> int:
    """Return the submission's id after it was recorded as handed in, or queued to be sent. Raise `Refused`.

    An address that is left out is the one that was prepared, if the way is.
    """
    who, now = acting_for(actor, Role.PRINCIPAL), platform.clock()
    day = how.handed_in_on or japan_day(now)
    _check(platform, how, day, now)

    async def work(connection: AsyncConnection) -> int:
        row = await submissions.move(connection, who, submission_id, SubmissionState.SENT, now, how.note)
        address = how.address or (row.address if row.way == how.way.value else None)
        if how.send:
            composed = await _compose(platform, connection, who, submission_id, {})
            recipient = _recipient(composed, address, how)
            await queue_submission_mail(connection, platform.post, submission_id, recipient, now)
        await submissions.went(connection, who, submission_id, how.way.value, address, day)
        return submission_id

    return await platform.database.write(work)


def _check(platform: Platform, how: HandedIn, day: date, now: datetime) -> None:
    if how.note is not None:
        check_note(how.note, "note")
    if how.address is not None:
        check_line(how.address, ("address",))
    if how.way in UNSAID:
        raise Refused(Refusal("WAY_UNKNOWN", "実際に提出した方法を指定してください。",
                              "Say by which way it really was handed in.", ("way",)))  # fmt: skip
    if how.send and day != japan_day(now):
        raise Refused(Refusal("DAY_NOT_TODAY", "このシステムから送信する場合、提出日は今日です。",
                              "What is sent from here is handed in today.", ("handed_in_on",)))  # fmt: skip
    if day > japan_day(now):
        raise Refused(Refusal("DAY_IN_FUTURE", "提出日が未来の日付です。", "The day of handing in lies in the future.",
                              ("handed_in_on",)))  # fmt: skip
    if how.send and platform.settings.smtp_url is None:
        raise Refused(Refusal("MAIL_OFF", "このシステムからのメール送信は有効になっていません。emlUrl のファイルを送信してください。",
                              "Sending mail is not switched on here. Send the file at emlUrl yourself.", ("send",)))  # fmt: skip


def _recipient(composed: Composed | None, address: str | None, how: HandedIn) -> str:
    """Return the address to which the message may be sent from here. Raise `Refused` if it may not."""
    if composed is None or composed.message.way is not Way.EMAIL or how.way is not Way.EMAIL:
        raise Refused(Refusal("NOT_BY_MAIL", "この提出は電子メールではありません。", "This submission does not go by e-mail.",
                              ("send",)))  # fmt: skip
    message = composed.message
    if address is None or (_doubtful(message, address) and not how.address_confirmed):
        raise Refused(Refusal("ADDRESS_NOT_CONFIRMED", "送付先のメールアドレスを発注者に確認し、addressConfirmed を指定してください。",
                              "Confirm the address with the obligee and say so in addressConfirmed.",
                              ("address",)))  # fmt: skip
    check_mail_address(address, ("address",))
    if open_questions := [each for each in message.unresolved if not _about_address(each)]:
        raise Refused(*(Refusal(each.code, each.ja, each.en, (each.field,)) for each in open_questions))
    if missing := [each for each in message.attachments if each.need is Need.REQUIRED and not is_ours(each)]:
        raise Refused(*(
            Refusal("ATTACHMENT_NOT_OURS", f"「{each.ja}」を添付する必要があるため、emlUrl のファイルに添付して送信してください。",
                    f"The {each.en} must be attached: add it to the file at emlUrl and send that yourself.", ("send",))
            for each in missing
        ))  # fmt: skip
    return address


def _doubtful(message: Message, address: str) -> bool:
    """Return whether the obligee must be asked for the address before a key goes there."""
    stated = message.channel is not None and message.channel.recipient.resolved
    to_confirm = message.channel is not None and message.channel.recipient.confirm
    same = message.to is not None and message.to.casefold() == address.casefold()
    return not stated or to_confirm or not same or any(map(_about_address, message.unresolved))


def _about_address(question: Missing) -> bool:
    return question.field == "address" or question.code.startswith("RECIPIENT_")


async def follow(
    platform: Platform, actor: Actor | None, submission_id: int, state: SubmissionState, note: str | None
) -> int:
    """Return the submission's id after its principal recorded what came of it: arrived, accepted or rejected.

    A rejection needs a reason in `note`. Raise `Refused`.
    """
    who, now = acting_for(actor, Role.PRINCIPAL), platform.clock()
    if note is not None or state is SubmissionState.REJECTED:
        check_note(note or "", "note")

    async def work(connection: AsyncConnection) -> int:
        await submissions.move(connection, who, submission_id, state, now, note)
        return submission_id

    return await platform.database.write(work)

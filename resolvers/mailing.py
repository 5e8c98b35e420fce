"""Mail as it leaves: the outbox's own mails, and the mails that hand keys in, composed only when they are needed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial

from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import audit, keys
from denshi_hosho.core.documents import key_notice_pdf
from denshi_hosho.core.ending.watch import Watch
from denshi_hosho.core.heralding.herald import Herald
from denshi_hosho.core.outbox import LOG
from denshi_hosho.core.postman import Postman, message, to_folder, to_smtp
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.submissions import principal_of
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import Role
from denshi_hosho.core.webhooks.courier import Courier
from denshi_hosho.core.webhooks.sending import Sender
from denshi_hosho.resolvers.messages import Composed, is_ours
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.resolvers.signing import DRAWING
from denshi_hosho.resolvers.submitting import with_keys

LAST_MAIL_SECONDS = 10  # how long a stopping process lets its postman finish a mail


def postman(platform: Platform) -> Postman:
    """Return a postman that delivers the outbox: by SMTP if that is set, else into the mail folder."""
    settings = platform.settings
    transport = to_smtp(settings.smtp_url) if settings.smtp_url else to_folder(settings.mail_folder)

    async def compose(row: AnyRow) -> EmailMessage:
        if row.submission_id is None:
            return message(row, platform.post.sender)
        async with platform.database.read() as connection:
            mail = await draft(platform, connection, row.submission_id)
        return _addressed(mail, row, platform.post.sender)

    return Postman(platform.database, transport, compose, platform.clock, herald(platform))


def herald(platform: Platform) -> Herald:
    """Return the herald, who tells of what the audit log says, by the ways that are switched on."""
    settings = platform.settings
    return Herald(platform.database, platform.post, settings.notices, settings.webhooks)


def courier(platform: Platform) -> Courier:
    """Return a courier that delivers to webhooks."""
    return Courier(platform.database, platform.vault, Sender(platform.settings.webhooks_local), platform.clock)


@asynccontextmanager
async def delivering(platform: Platform) -> AsyncIterator[asyncio.Task[None]]:
    """Deliver the outbox, and to webhooks if they are on, while the block runs.

    At its end what is being handed over may finish, the rest waits.
    """
    every = platform.settings.mail_every_seconds
    at_work: list[Postman | Courier | Watch] = [postman(platform), Watch(platform.database, platform.clock)]
    if platform.settings.webhooks:
        at_work.append(courier(platform))
    walks = [asyncio.create_task(each.walk(every)) for each in at_work]
    try:
        yield walks[0]
    finally:
        for each in at_work:
            each.stop()
        for walk in (await asyncio.wait(walks, timeout=LAST_MAIL_SECONDS))[1]:
            walk.cancel()  # its lease runs out, and it goes out again with the same Message-ID or webhook-id
        for walk in walks:
            with suppress(asyncio.CancelledError):
                await walk


async def draft(platform: Platform, connection: AsyncConnection, submission_id: int) -> EmailMessage:
    """Return the ready mail of a submission, whoever asks: the caller has checked that. It holds keys.

    `X-Unsent` lets mail programs open it as a draft. Raise `Refused` if a key is gone.
    """
    principal = await principal_of(connection, submission_id)
    composed = await with_keys(platform, connection, Actor(0, Role.PRINCIPAL, principal, None), submission_id)
    mail = EmailMessage(policy=SMTP)
    written = composed.message
    for header, value in (("To", written.to), ("Cc", ", ".join(written.cc)), ("Subject", written.subject)):
        if value:
            mail[header] = value
    mail["X-Unsent"] = "1"
    note = await audit.checkpoint(connection, platform.notary)
    mail.set_content(f"{written.body.rstrip()}\n{LOG.format(checkpoint=note)}", charset="utf-8", cte="base64")
    await _attach_notices(platform, connection, mail, composed, note)
    return mail


async def _attach_notices(
    platform: Platform, connection: AsyncConnection, mail: EmailMessage, composed: Composed, note: str
) -> None:
    """Attach the key notices that the plan wants as files; one that needs a password its principal protects itself."""
    wanted = {each.number for each in composed.message.attachments if is_ours(each)}
    for guarantee_id in composed.guarantee_ids:
        notice = (await keys.reveal(connection, platform.vault, guarantee_id)).notice
        if notice.number in wanted:
            name = f"認証キー等のお知らせ_{notice.number}.pdf"
            pdf = await DRAWING.run(partial(key_notice_pdf, notice, platform.post.open_url, note))
            mail.add_attachment(pdf, maintype="application", subtype="pdf", filename=name)


def _addressed(mail: EmailMessage, row: AnyRow, sender: str) -> EmailMessage:
    del mail["X-Unsent"], mail["To"]
    mail["From"], mail["To"] = sender, str(row.recipient)
    mail["Message-ID"], mail["Date"] = str(row.message_id), row.due_at
    return mail

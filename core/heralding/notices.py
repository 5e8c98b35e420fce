"""The mails that a batch of entries of the audit log leads to."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import audit
from denshi_hosho.core.audience import concerns_obligee
from denshi_hosho.core.clock import next_mail_time
from denshi_hosho.core.heralding.addressees import Addressee, addressees
from denshi_hosho.core.heralding.entries import notes_of, opened_before
from denshi_hosho.core.heralding.letters import LETTERS, Letter, written
from denshi_hosho.core.outbox import LOG, Post
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import mail
from denshi_hosho.core.vocabulary import AuditEvent, Role


async def queue_notices(
    connection: AsyncConnection, post: Post, entries: Sequence[AnyRow], handed_in: dict[int, int], now: datetime
) -> None:
    """Queue the mails about `entries`; `handed_in` says from which index on each guarantee's obligee may hear of it."""
    told = [each for each in entries if AuditEvent(each.event) in LETTERS]
    if not told:
        return
    found, notes = await addressees(connection, told), await notes_of(connection, told)
    mails: list[dict[str, Any]] = []
    for entry in told:
        if entry.event == AuditEvent.CERTIFICATE_OPENED and await opened_before(connection, entry):
            continue
        for letter in LETTERS[AuditEvent(entry.event)]:
            if _is_for(letter, entry, handed_in):
                body = written(letter, entry, post, notes.get(entry.place))
                mails += [_mail(letter, entry, to, body, post, now) for to in found.of(letter.to, entry)]
    if mails:
        log = LOG.format(checkpoint=await audit.checkpoint(connection, post.notary))
        await connection.execute(sa.insert(mail), [{**each, "body": f"{each['body']}{log}"} for each in mails])


def _is_for(letter: Letter, entry: AnyRow, handed_in: dict[int, int]) -> bool:
    """Return whether a letter is to be written: not to those who did it, nor to an obligee whom it does not concern."""
    if letter.to is entry.by_role:
        return False
    return letter.to is not Role.OBLIGEE or concerns_obligee(entry, handed_in)


def _mail(letter: Letter, entry: AnyRow, to: Addressee, body: str, post: Post, now: datetime) -> dict[str, Any]:
    return {
        "guarantee_id": entry.guarantee_id, "recipient": to.address, "body": body, "created_at": now,
        "subject": letter.subject, "message_id": f"<notice.{entry.place}.{to.mark}@{post.host}>",
        "due_at": now if letter.urgent else next_mail_time(now),
    }  # fmt: skip

"""Mail that is to be sent: queued in the transaction that gives the reason for it, sent at least once after it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import audit
from denshi_hosho.core.clock import next_mail_time
from denshi_hosho.core.database import Database, at_end
from denshi_hosho.core.notary import Notary
from denshi_hosho.core.ownership import gets_mail_of
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import account, certificate, guarantee, mail, submission_item
from denshi_hosho.core.vocabulary import GuaranteeKind

LEASE = timedelta(minutes=2)
BATCH = 20
MAX_PAUSE = timedelta(hours=1)
OPEN_PATH = "/open"  # the page on which a public body opens a certificate
PARKED_AFTER = 3  # attempts, when the last one was refused for good

OPEN = mail.c.sent_at.is_(None) & mail.c.parked_at.is_(None)

SUBJECT = "電子証書・認証キー登録のお知らせ"
BODY = """{principal_name} 様

電子証書と認証キーを登録しました。次のサイトにログインしてご確認ください。

  {viewer_url}

  区分         : {kind}
  保証契約番号 : {number}
  工事名       : {works_name}
  発注者       : {obligee_name}

発注者へは「認証キー等のお知らせ」をご提出ください。認証キーはこのメールには記載していません。
発注者は、保証契約番号と認証キーにより、次の画面で電子証書を閲覧します。

  {open_url}

{surety_name}
"""

# The checkpoint stands in the mail as it was signed, so that the file of a mail can be given to `hosho audit verify`.
LOG = """
────────────────────
監査ログ（記録が後から書き換えられていないことの証拠です。お読みになる必要はありませんが、メールは保存してください）
{checkpoint}"""


@dataclass(frozen=True, slots=True)
class Post:
    """What every mail has in common: sender, the public address to which it sends its reader, and who signs the log."""

    sender: str
    viewer_url: str
    notary: Notary

    @property
    def host(self) -> str:
        """Return the host in which message ids are unique."""
        return urlsplit(self.viewer_url).hostname or "localhost"

    @property
    def open_url(self) -> str:
        """Return where a public body opens certificates in a browser: what mails and key notices name."""
        return self.viewer_url.rstrip("/") + OPEN_PATH


async def queue_registration_mail(
    connection: AsyncConnection, post: Post, guarantee_id: int, now: datetime, *, urgent: bool
) -> None:
    """Queue the registration mail (R5) to each account of the principal, or of those who act for it.

    It goes out at the next 16:00 in Japan, or now if urgent.
    Each mail ends with the checkpoint of the audit log, of which the entries of this very transaction are part.
    """
    for row in await _addressees(connection, guarantee_id):
        words = {**row._mapping, "kind": GuaranteeKind(row.kind).ja, "viewer_url": post.viewer_url,
                 "open_url": post.open_url}  # fmt: skip
        version = f".{row.live_version}" if row.live_version > 1 else ""  # a changed certificate has a mail of its own
        values = {
            "guarantee_id": guarantee_id, "recipient": row.email, "subject": SUBJECT, "body": BODY.format(**words),
            "message_id": f"<registration.{row.number}{version}.{row.account_id}@{post.host}>",
            "due_at": now if urgent else next_mail_time(now), "created_at": now,
        }  # fmt: skip
        at_end(connection, _insert, (values, post.notary))


async def _insert(connection: AsyncConnection, mails: Sequence[tuple[dict[str, object], Notary]]) -> None:
    # Asked for after the entries of this transaction were, so the log holds them by now (`at_end`).
    note = await audit.checkpoint(connection, mails[0][1])
    rows = [{**values, "body": f"{values['body']}{LOG.format(checkpoint=note)}"} for values, _ in mails]
    await connection.execute(sa.insert(mail), rows)


async def queue_submission_mail(
    connection: AsyncConnection, post: Post, submission_id: int, recipient: str, now: datetime
) -> None:
    """Queue the mail that hands keys in, to be sent at once. It holds keys, so it is composed when it is sent."""
    first = sa.select(sa.func.min(submission_item.c.guarantee_id)).where(
        submission_item.c.submission_id == submission_id
    )
    values = {
        "guarantee_id": first.scalar_subquery(), "submission_id": submission_id, "recipient": recipient,
        "subject": "", "body": "", "message_id": f"<submission.{submission_id}@{post.host}>",
        "due_at": now, "created_at": now,
    }  # fmt: skip
    await connection.execute(sa.insert(mail).values(values))


async def _addressees(connection: AsyncConnection, guarantee_id: int) -> list[AnyRow]:
    columns = (
        account.c.id.label("account_id"), account.c.email, guarantee.c.number, guarantee.c.kind, guarantee.c.live_version,
        certificate.c.principal_name, certificate.c.works_name, certificate.c.obligee_name, certificate.c.surety_name,
    )  # fmt: skip
    version = (certificate.c.guarantee_id == guarantee.c.id) & (certificate.c.version == guarantee.c.live_version)
    tables = guarantee.join(certificate, version).join(account, gets_mail_of(guarantee.c.principal_id))
    statement = sa.select(*columns).select_from(tables).where(guarantee.c.id == guarantee_id)
    return list((await connection.execute(statement.order_by(account.c.id))).all())


async def claim(database: Database, who: str, now: datetime) -> list[AnyRow]:
    """Return mails that are due, leased to the process `who` for two minutes; no other process gets them meanwhile."""
    waiting = (
        sa.select(mail.c.id)
        .where(OPEN, mail.c.due_at <= now)
        .where(mail.c.lease_until.is_(None) | (mail.c.lease_until <= now))
        .order_by(mail.c.due_at, mail.c.id)
        .limit(BATCH)
        .with_for_update(skip_locked=True)
        # As a table of its own: PostgreSQL may ask a subquery anew for each row, and each time lock as many others.
        .cte("waiting")
    )
    lease = (
        sa.update(mail)
        .where(mail.c.id.in_(sa.select(waiting.c.id)))
        .values(lease_by=who, lease_until=now + LEASE, attempts=mail.c.attempts + 1)
        .returning(mail)
    )

    async def work(connection: AsyncConnection) -> list[AnyRow]:
        return list((await connection.execute(lease)).all())

    return await database.write(work)


async def settle(database: Database, mail_id: int, who: str, now: datetime) -> None:
    """Write down that a leased mail was sent."""
    await _close(database, mail_id, who, {"sent_at": now, "lease_by": None, "lease_until": None, "last_error": None})


async def postpone(
    database: Database, row: AnyRow, who: str, why: str, now: datetime, *, for_good: bool = False
) -> bool:
    """Write down why a leased mail was not sent; the pause before the next try doubles, up to an hour.

    One that is refused `for_good` at its third attempt or later is parked: `hosho mail` shows it, and it is tried again
    when an operator says so. Return whether it is parked.
    """
    parked = for_good and int(row.attempts) >= PARKED_AFTER
    pause = min(timedelta(seconds=2 ** min(int(row.attempts), 12)), MAX_PAUSE)
    values: dict[str, object] = {
        "lease_by": None,
        "lease_until": now + pause,
        "last_error": why,
        "parked_at": now if parked else None,
    }
    await _close(database, int(row.id), who, values)
    return parked


async def give_back(database: Database, who: str) -> None:
    """Return the mails that `who` has leased and not tried: another postman may take them at once."""
    mine = sa.update(mail).where(mail.c.lease_by == who, mail.c.sent_at.is_(None))
    values = {"lease_by": None, "lease_until": None, "attempts": mail.c.attempts - 1}

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(mine.values(values))

    await database.write(work)


async def _close(database: Database, mail_id: int, who: str, values: dict[str, object]) -> None:
    statement = sa.update(mail).where(mail.c.id == mail_id, mail.c.lease_by == who).values(values)

    async def work(connection: AsyncConnection) -> None:
        await connection.execute(statement)

    await database.write(work)

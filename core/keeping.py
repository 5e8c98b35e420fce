"""What an operator does to accounts: link them to an external provider, close and open them. Sessions end with it."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.accounts import SignedIn, begin_for, called, hold
from denshi_hosho.core.database import Database
from denshi_hosho.core.ended import end_sessions
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.provider import Identity
from denshi_hosho.core.tables import account, session, throttle

NOT_LINKED = Refusal(
    "PROVIDER_NOT_LINKED",
    "このプロバイダーの利用者に結び付けられたアカウントがありません。運営者に連絡してください。",
    "No account is linked to this person at the provider. Ask the operator to link one.",
    ("id_token",),
)
USED = Refusal(
    "ID_TOKEN_USED",
    "このIDトークンは既に使われました。もう一度プロバイダーでログインしてください。",
    "This ID token was used before. Sign in at the provider again.",
    ("id_token",),
)


def _linked(issuer: str, subject: str) -> str:
    """Return what an account is linked to: a subject is unique at its issuer alone."""
    return f"{issuer} {subject}"


async def sign_in_as(database: Database, issuer: str, identity: Identity, now: datetime) -> SignedIn:
    """Return a new session of the account linked to `identity`, whose ID token is then used up. Raise `Refused`."""

    async def work(connection: AsyncConnection) -> SignedIn:
        insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
        row = {"name": identity.token, "free_at": identity.expires_at}
        if not (await connection.execute(insert(throttle).values(row).on_conflict_do_nothing())).rowcount:
            raise Refused(USED)
        who = await hold(connection, account.c.provider_subject == _linked(issuer, identity.subject))
        if who is None:
            raise Refused(NOT_LINKED)
        return await begin_for(connection, who, now)

    return await database.write(work)


async def link(database: Database, login_id: str, issuer: str, subject: str, now: datetime) -> None:
    """Let whoever is `subject` at the provider sign in as the account; its sessions end. Raise `Refused`."""
    linked = _linked(issuer, subject)

    async def work(connection: AsyncConnection) -> None:
        who = await called(connection, login_id)
        other = sa.select(account.c.login_id).where(account.c.provider_subject == linked, account.c.id != who.id)
        if (await connection.execute(other)).first():
            raise Refused(Refusal("SUBJECT_TAKEN", "この利用者は別のアカウントに結び付けられています。先に解除してください。",
                                  "Another account is linked to this person. Unlink that one first.", ("subject",)))  # fmt: skip
        await _change(connection, who.id, {"provider_subject": linked}, now)

    await database.write(work)


async def unlink(database: Database, login_id: str, now: datetime) -> None:
    """Let nobody sign in as the account through a provider any more; its sessions end. Raise `Refused`."""
    await _change_one(database, login_id, {"provider_subject": None}, now)


async def disable(database: Database, login_id: str, now: datetime) -> None:
    """Close the account: nobody signs in to it, and all its sessions end. Raise `Refused`."""
    await _change_one(database, login_id, {"disabled_at": now}, now)


async def enable(database: Database, login_id: str, now: datetime) -> None:
    """Open a closed account again. Raise `Refused`."""
    await _change_one(database, login_id, {"disabled_at": None}, now)


async def _change_one(database: Database, login_id: str, values: dict[str, object], now: datetime) -> None:
    async def work(connection: AsyncConnection) -> None:
        who = await called(connection, login_id)
        await _change(connection, who.id, values, now)

    await database.write(work)


async def _change(connection: AsyncConnection, account_id: int, values: dict[str, object], now: datetime) -> None:
    await connection.execute(sa.update(account).where(account.c.id == account_id).values(values))
    await end_sessions(connection, session.c.account_id == account_id, now)

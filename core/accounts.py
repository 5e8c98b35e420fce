"""Signing in: password → session; a session is a chain of refresh tokens, each good for one use."""

import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.database import Database
from denshi_hosho.core.devices import Caller
from denshi_hosho.core.ended import end_sessions
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.gcra import Charged
from denshi_hosho.core.passwords import HashingBusy, check_new_password, hashed, is_outdated, matches
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import account, session
from denshi_hosho.core.throttle import CHANGE_PASSWORD, Attempt, Throttle, too_many
from denshi_hosho.core.tokens import Actor, opaque_token, token_hash
from denshi_hosho.core.work import Solution

SESSION_LIFE = timedelta(days=14)
BUSY_SECONDS = 5
_ACTOR = (
    account.c.id,
    account.c.role,
    account.c.principal_id,
    account.c.surety_id,
    account.c.obligee_id,
    account.c.disabled_at,
)

WRONG = Refusal(
    "SIGN_IN_FAILED",
    "お客様IDまたはパスワードが違います。",
    "The login id or the password is wrong.",
    ("password",),
)
ENDED = Refusal(
    "SESSION_ENDED",
    "ログインの有効期限が切れました。もう一度ログインしてください。",
    "The session has ended. Sign in again.",
    ("refresh_token",),
)

DISABLED = Refusal(
    "ACCOUNT_DISABLED",
    "このアカウントは停止されています。運営者に連絡してください。",
    "This account is closed. Ask the operator.",
)
WRONG_CURRENT = Refusal(
    "PASSWORD_WRONG",
    "現在のパスワードが違います。",
    "The current password is wrong.",
    ("current_password",),
)


@dataclass(frozen=True, slots=True, repr=False)
class SignedIn:
    """An actor with the refresh token that continues its session."""

    actor: Actor
    refresh_token: str


def _actor(row: AnyRow, family: str) -> Actor:
    return Actor(row.id, row.role, row.principal_id, row.surety_id, family, row.obligee_id)


async def sign_in(database: Database, throttle: Throttle, attempt: Attempt, password: str, now: datetime) -> SignedIn:
    """Return a new session of the account whose login id is attempted.

    Raise `Refused`: one answer, after the same work, for an unknown id and a wrong password; or that of the throttle.
    """
    charged = await _pay(database, throttle, attempt, now)
    async with database.read() as connection:
        # No login id holds NUL, and PostgreSQL cannot be asked for it.
        login_id = attempt.target.replace("\0", " ")
        statement = sa.select(*_ACTOR, account.c.password_hash).where(account.c.login_id == login_id)
        row = (await connection.execute(statement)).one_or_none()
    async with _given_back_if_busy(database, throttle, attempt, charged, now):
        right = await matches(row.password_hash if row else None, password)
    if not right or row is None:
        raise Refused(WRONG)
    # Hashed under other parameters than today's: the password is at hand now, and never again until the next sign-in.
    renewed = await _renewed(row.password_hash, password)

    async def work(connection: AsyncConnection) -> SignedIn | None:
        begun = await begin(connection, row.id, row.password_hash, now)
        if begun is None:
            return None
        if renewed is not None:
            mine = account.c.id == row.id, account.c.password_hash == row.password_hash
            await connection.execute(sa.update(account).where(*mine).values(password_hash=renewed))
        await throttle.refund_later(connection, charged, now)
        return begun

    signed_in = await database.write(work)
    if signed_in is None:
        raise Refused(WRONG)
    throttle.remember(attempt)
    return signed_in


async def _pay(database: Database, throttle: Throttle, attempt: Attempt, now: datetime) -> list[Charged]:
    async def work(connection: AsyncConnection) -> list[Charged]:
        charged = await throttle.reserve(connection, attempt, now)
        await throttle.clear(connection, now)
        return charged

    return await database.write(work)


@asynccontextmanager
async def _given_back_if_busy(
    database: Database, throttle: Throttle, attempt: Attempt, charged: list[Charged], now: datetime
) -> AsyncIterator[None]:
    """Refuse, and give back what was charged, where too many passwords wait to be hashed: nothing was looked at."""
    try:
        yield
    except HashingBusy as busy:
        await database.write(lambda connection: throttle.refund_later(connection, charged, now))
        raise too_many(attempt.caller, BUSY_SECONDS) from busy


async def _renewed(password_hash: str, password: str) -> str | None:
    """Return the hash to keep instead, if parameters have changed; where there is no room to hash, the next time will do."""
    if not is_outdated(password_hash):
        return None
    try:
        return await hashed(password)
    except HashingBusy:
        return None


async def refresh(database: Database, refresh_token: str, now: datetime) -> SignedIn:
    """Return the session continued with a new refresh token. Raise `Refused`.

    A token that was used before ends the whole session, and its access tokens: one of its two bearers stole it.
    """

    async def work(connection: AsyncConnection) -> SignedIn | None:
        who = await hold(connection, account.c.id == _owner(refresh_token))
        used = (
            sa.update(session)
            .where(session.c.refresh_hash == token_hash(refresh_token), session.c.ended_at.is_(None))
            .values(ended_at=now)
            .returning(session.c.family, session.c.expires_at)
        )
        row = (await connection.execute(used)).one_or_none()
        if row is None:
            await _end_family(connection, refresh_token, now)
        if who is None or row is None or row.expires_at <= now:
            return None
        return SignedIn(_actor(who, row.family), await _new_token(connection, who.id, row.family, now))

    renewed = await database.write(work)
    if renewed is None:
        raise Refused(ENDED)
    return renewed


async def sign_out(database: Database, refresh_token: str, now: datetime) -> None:
    """End the session that `refresh_token` belongs to; nothing happens if there is none."""

    async def work(connection: AsyncConnection) -> None:
        await hold(connection, account.c.id == _owner(refresh_token))
        await _end_family(connection, refresh_token, now)

    await database.write(work)


@dataclass(frozen=True, slots=True, repr=False)
class PasswordChange:
    """The password until now, the new one, who types them, and work that was done for it."""

    current: str
    new: str
    caller: Caller
    work: Solution | None = None


async def change_password(
    database: Database, throttle: Throttle, actor: Actor, change: PasswordChange, now: datetime
) -> SignedIn:
    """Return a new session after the account's password was changed; all its other sessions end. Raise `Refused`."""
    check_new_password(change.new, ("new_password",))
    attempt = Attempt(CHANGE_PASSWORD, str(actor.account_id), change.caller, change.work)
    charged = await _pay(database, throttle, attempt, now)
    async with database.read() as connection:
        statement = sa.select(account.c.password_hash).where(account.c.id == actor.account_id)
        old_hash = (await connection.execute(statement)).scalar_one_or_none()
    async with _given_back_if_busy(database, throttle, attempt, charged, now):
        new_hash = await hashed(change.new) if await matches(old_hash, change.current) else None
    if new_hash is None:
        raise Refused(WRONG_CURRENT)

    async def work(connection: AsyncConnection) -> SignedIn | None:
        mine = account.c.id == actor.account_id, account.c.password_hash == old_hash
        changed = await connection.execute(sa.update(account).where(*mine).values(password_hash=new_hash))
        if not changed.rowcount:  # another request changed it meanwhile
            return None
        await end_sessions(connection, session.c.account_id == actor.account_id, now)
        await throttle.refund_later(connection, charged, now)
        return await begin(connection, actor.account_id, new_hash, now)

    signed_in = await database.write(work)
    if signed_in is None:
        raise Refused(WRONG_CURRENT)
    throttle.remember(attempt)
    return signed_in


async def reset_password(database: Database, login_id: str, new: str, now: datetime) -> None:
    """Give the account another password and end all its sessions, as an operator may. Raise `Refused`."""
    check_new_password(new, ("password",))
    new_hash = await hashed(new)

    async def work(connection: AsyncConnection) -> None:
        who = await called(connection, login_id)
        await connection.execute(sa.update(account).where(account.c.id == who.id).values(password_hash=new_hash))
        await end_sessions(connection, session.c.account_id == who.id, now)

    await database.write(work)


async def called(connection: AsyncConnection, login_id: str) -> AnyRow:
    """Return the account with this login id, held until the transaction ends. Raise `Refused` if there is none."""
    who = await hold(connection, account.c.login_id == login_id)
    if who is None:
        raise Refused(Refusal("ACCOUNT_UNKNOWN", "そのお客様IDのアカウントはありません。", "There is no such account.",
                              ("login_id",)))  # fmt: skip
    return who


async def hold(connection: AsyncConnection, which: sa.ColumnElement[bool]) -> AnyRow | None:
    """Return the account, held until the transaction ends.

    On PostgreSQL a statement does not see the session that another transaction is just beginning: an end to all sessions
    would miss it. So whatever begins or ends sessions holds their account first. (A writer on SQLite is alone.)
    """
    statement = sa.select(*_ACTOR, account.c.password_hash).where(which).with_for_update(key_share=True)
    return (await connection.execute(statement)).one_or_none()


def _owner(refresh_token: str) -> sa.ScalarSelect[int]:
    return sa.select(session.c.account_id).where(session.c.refresh_hash == token_hash(refresh_token)).scalar_subquery()


async def begin(connection: AsyncConnection, account_id: int, password_hash: str, now: datetime) -> SignedIn | None:
    """Return a new session, or None if the password was changed since it was checked."""
    who = await hold(connection, account.c.id == account_id)
    if who is None or who.password_hash != password_hash:
        return None
    return await begin_for(connection, who, now)


async def begin_for(connection: AsyncConnection, who: AnyRow, now: datetime) -> SignedIn:
    """Return a new session of the account `who`, which is held. Raise `Refused` if it is closed."""
    if who.disabled_at is not None:
        raise Refused(DISABLED)
    family = secrets.token_hex(16)
    return SignedIn(_actor(who, family), await _new_token(connection, who.id, family, now))


async def _new_token(connection: AsyncConnection, account_id: int, family: str, now: datetime) -> str:
    token = opaque_token()
    row = {"account_id": account_id, "refresh_hash": token_hash(token), "family": family,
           "created_at": now, "expires_at": now + SESSION_LIFE}  # fmt: skip
    await connection.execute(sa.insert(session).values(row))
    return token


async def _end_family(connection: AsyncConnection, refresh_token: str, now: datetime) -> None:
    family = sa.select(session.c.family).where(session.c.refresh_hash == token_hash(refresh_token))
    await end_sessions(connection, session.c.family.in_(family.scalar_subquery()), now)

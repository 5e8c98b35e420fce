"""Signing in and out, and changing one's password."""

from dataclasses import dataclass
from datetime import datetime

from denshi_hosho.core import accounts
from denshi_hosho.core.accounts import PasswordChange, SignedIn
from denshi_hosho.core.throttle import Attempt
from denshi_hosho.core.tokens import Actor
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.resolvers.policy import signed_in


@dataclass(frozen=True, slots=True, repr=False)
class Session:
    """What a client needs to act: an access token (15 minutes), and the refresh token that renews it once (14 days)."""

    actor: Actor
    access_token: str
    expires_at: datetime
    refresh_token: str


def _session(platform: Platform, who: SignedIn, now: datetime) -> Session:
    token, expires = platform.tokens.access_token(who.actor, now)
    return Session(who.actor, token, expires, who.refresh_token)


async def sign_in(platform: Platform, attempt: Attempt, password: str) -> Session:
    """Return a new session of the account whose login id is attempted. Raise `Refused`."""
    now = platform.clock()
    return _session(platform, await accounts.sign_in(platform.database, platform.throttle, attempt, password, now), now)


async def refresh_session(platform: Platform, refresh_token: str) -> Session:
    """Return the session continued; the refresh token is used up. Raise `Refused`."""
    now = platform.clock()
    return _session(platform, await accounts.refresh(platform.database, refresh_token, now), now)


async def sign_out(platform: Platform, refresh_token: str) -> bool:
    """End the session that the refresh token belongs to."""
    await accounts.sign_out(platform.database, refresh_token, platform.clock())
    return True


async def change_password(platform: Platform, actor: Actor | None, change: PasswordChange) -> Session:
    """Return a new session after the password was changed; every other session of the account ends. Raise `Refused`."""
    who, now = signed_in(actor), platform.clock()
    done = await accounts.change_password(platform.database, platform.throttle, who, change, now)
    return _session(platform, done, now)

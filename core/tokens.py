"""Signed tokens: the access token of a signed-in account, and the ticket behind a download URL. One algorithm, typed."""

import hashlib
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

import jwt

from denshi_hosho.core.errors import TokenInvalid
from denshi_hosho.core.vocabulary import Role

ALGORITHM = "HS256"
ACCESS_LIFE = timedelta(minutes=15)
TICKET_LIFE = timedelta(minutes=5)
_REMEMBERED = 4096

TokenType = Literal["at+jwt", "ticket+jwt"]
Document = Literal["certificate", "statement", "key-notice", "submission"]


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a signed-in account and the party for which it acts (exactly one of the two ids is set)."""

    account_id: int
    role: Role
    principal_id: int | None
    surety_id: int | None


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a download URL stands for: one document of one guarantee.

    `version` is that of the certificate (as PDF, or as signed `statement`), or the id of the notice's key: a URL from
    before a rotation shows no new key.
    Of a submission's ready mail, `guarantee_id` is the submission's id and `version` the newest of its keys' ids.
    """

    document: Document
    guarantee_id: int
    version: int


class Tokens:
    """Issues and checks tokens. `secrets_by_name`: key id → at least 32 bytes; the first one signs."""

    def __init__(self, secrets_by_name: Mapping[str, bytes], issuer: str) -> None:
        self._secrets = dict(secrets_by_name)
        self._signs_with = next(iter(self._secrets))
        self._issuer = issuer
        self._seen: OrderedDict[bytes, tuple[Actor, int]] = OrderedDict()

    def access_token(self, actor: Actor, now: datetime) -> tuple[str, datetime]:
        """Return a token that lets its bearer act as `actor`, and when it expires (15 minutes)."""
        claims = {"role": actor.role.value, "principal": actor.principal_id, "surety": actor.surety_id}
        return self._sign("at+jwt", str(actor.account_id), claims, now, ACCESS_LIFE)

    def actor(self, token: str, now: datetime) -> Actor:
        """Return who bears `token`. Raise `TokenInvalid`. Verified tokens are remembered by hash until they expire."""
        name = hashlib.sha256(token.encode(errors="surrogatepass")).digest()
        seen = self._seen.get(name)
        if seen and seen[1] > now.timestamp():
            return seen[0]
        claims = self._claims("at+jwt", token, now)
        try:
            actor = Actor(int(claims["sub"]), Role(claims["role"]), claims["principal"], claims["surety"])
        except (KeyError, TypeError, ValueError) as error:
            raise _invalid() from error
        self._seen[name] = (actor, claims["exp"])
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return actor

    def ticket(self, ticket: Ticket, now: datetime) -> str:
        """Return the token for a download URL, good for five minutes."""
        claims = {"version": ticket.version, "guarantee": ticket.guarantee_id}
        return self._sign("ticket+jwt", ticket.document, claims, now, TICKET_LIFE)[0]

    def redeem(self, token: str, now: datetime) -> Ticket:
        """Return what a download URL's token stands for. Raise `TokenInvalid`."""
        claims = self._claims("ticket+jwt", token, now)
        documents: dict[str, Document] = {name: name for name in get_args(Document)}
        try:
            return Ticket(documents[claims["sub"]], int(claims["guarantee"]), int(claims["version"]))
        except (KeyError, TypeError, ValueError) as error:
            raise _invalid() from error

    def _sign(
        self, typ: TokenType, sub: str, claims: Mapping[str, Any], now: datetime, life: timedelta
    ) -> tuple[str, datetime]:
        expires = now + life
        body = {
            **claims, "iss": self._issuer, "aud": typ, "sub": sub, "jti": secrets.token_hex(8),
            "iat": int(now.timestamp()), "exp": int(expires.timestamp()),
        }  # fmt: skip
        headers = {"typ": typ, "kid": self._signs_with}
        return jwt.encode(body, self._secrets[self._signs_with], ALGORITHM, headers), expires

    def _claims(self, typ: TokenType, token: str, now: datetime) -> dict[str, Any]:
        try:
            header = jwt.get_unverified_header(token)
            # PyJWT does not look at `typ`: without this a ticket would pass for an access token.
            if header.get("typ") != typ:
                raise _invalid()
            claims = jwt.decode(
                token, self._secrets[header["kid"]], [ALGORITHM], audience=typ, issuer=self._issuer,
                options={"require": ["exp", "iat", "aud", "iss", "sub", "jti"], "verify_exp": False, "verify_iat": False},
            )  # fmt: skip
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            raise _invalid() from error
        # Expiry is judged by the clock that is passed in, so that tests and replays can hold it.
        if not isinstance(claims["exp"], int) or claims["exp"] <= now.timestamp():
            raise TokenInvalid("ログインの有効期限が切れました。更新するか、もう一度ログインしてください。",
                               "The token has expired. Refresh the session or sign in again.")  # fmt: skip
        return claims


def _invalid() -> TokenInvalid:
    return TokenInvalid(
        "トークンが正しくありません。もう一度ログインしてください。", "The token is not valid. Sign in again."
    )


def opaque_token() -> str:
    """Return a refresh token: 256 bits of randomness, meaningless by itself."""
    return secrets.token_urlsafe(32)


def token_hash(token: str) -> str:
    """Return the form in which a refresh token is stored."""
    return hashlib.sha256(token.encode(errors="surrogatepass")).hexdigest()

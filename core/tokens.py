"""Signed tokens: the access token of a signed-in account, and the ticket behind a download URL. One algorithm, typed."""

import hashlib
import re
import secrets
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Literal, get_args

import jwt

from denshi_hosho.core.compact import read_compact
from denshi_hosho.core.errors import TokenInvalid
from denshi_hosho.core.vocabulary import Role

ALGORITHM = "HS256"
ACCESS_LIFE = timedelta(minutes=15)
TICKET_LIFE = timedelta(minutes=5)
LEEWAY = timedelta(seconds=60)  # by how much the clocks of two processes may differ
LONGEST = 2_048
_REMEMBERED = 4096
_SESSION = re.compile(r"[0-9a-f]{32}")
_NUMBER = re.compile(r"[1-9][0-9]{0,17}")
_ABOUT = re.compile(r"[A-Za-z0-9_-]{0,1100}")

TokenType = Literal["at+jwt", "ticket+jwt"]
_LIVES: Mapping[TokenType, timedelta] = {"at+jwt": ACCESS_LIFE, "ticket+jwt": TICKET_LIFE}
_JWS = jwt.PyJWS(algorithms=[ALGORITHM])  # it knows no other, whatever a header says
Document = Literal[
    "certificate", "statement", "key-notice", "submission", "fee-statement", "fee-month", "funds-statement", "withdrawal",
    "inbox-csv", "inbox-json",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Actor:
    """Who asks: a signed-in account and the party for which it acts (exactly one of the three ids is set).

    `session` is the family of refresh tokens by which it is signed in; empty where nobody signed in, such as in a command.
    """

    account_id: int
    role: Role
    principal_id: int | None
    surety_id: int | None
    session: str = field(default="", compare=False)
    obligee_id: int | None = None


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a download URL stands for: one document of one guarantee.

    `version` is that of the certificate (as PDF, or as signed `statement`), or the id of the notice's key: a URL from
    before a rotation shows no new key.
    Of other documents, `guarantee_id` is the id of what they show and `version` what its maker says (`resolvers.documents`).
    Of a submission's ready mail, `guarantee_id` is the submission's id and `version` the newest of its keys' ids.
    `about` is what else its maker has to know, such as a filter; at most 1,100 characters of base64url.
    """

    document: Document
    guarantee_id: int
    version: int
    about: str = ""


class Tokens:
    """Issues and checks tokens. `secrets_by_name`: key id → at least 32 bytes; the first one signs."""

    def __init__(self, secrets_by_name: Mapping[str, bytes], issuer: str) -> None:
        self._secrets = dict(secrets_by_name)
        self._signs_with = next(iter(self._secrets))
        self._issuer = issuer
        self._seen: OrderedDict[bytes, tuple[Actor, int]] = OrderedDict()

    def access_token(self, actor: Actor, now: datetime) -> tuple[str, datetime]:
        """Return a token that lets its bearer act as `actor`, and when it expires (15 minutes).

        Raise `ValueError` for an actor without a session: nothing could end such a token early.
        """
        if not _SESSION.fullmatch(actor.session):
            raise ValueError("an access token belongs to a session")
        claims = {"role": actor.role.value, "principal": actor.principal_id, "surety": actor.surety_id,
                  "obligee": actor.obligee_id, "sid": actor.session}  # fmt: skip
        return self._sign("at+jwt", str(actor.account_id), claims, now, ACCESS_LIFE)

    def actor(self, token: str, now: datetime) -> Actor:
        """Return who bears `token`. Raise `TokenInvalid`. Verified tokens are remembered by hash until they expire.

        Whether the session goes on, the token cannot say: `core.ended` does, and its answer is not remembered here.
        """
        name = hashlib.sha256(token.encode(errors="surrogatepass")).digest()
        seen = self._seen.get(name)
        if seen and seen[1] > now.timestamp():
            return seen[0]
        claims = self._claims("at+jwt", token, now)
        actor = _actor(claims)
        self._seen[name] = (actor, claims["exp"])
        while len(self._seen) > _REMEMBERED:
            self._seen.popitem(last=False)
        return actor

    def ticket(self, ticket: Ticket, now: datetime) -> str:
        """Return the token for a download URL, good for five minutes. Raise `ValueError` for an `about` that is malformed."""
        if not _ABOUT.fullmatch(ticket.about):
            raise ValueError("what a ticket is about is base64url, 1,100 characters at most")
        about = {"about": ticket.about} if ticket.about else {}
        claims = {"version": ticket.version, "guarantee": ticket.guarantee_id, **about}
        return self._sign("ticket+jwt", ticket.document, claims, now, TICKET_LIFE)[0]

    def redeem(self, token: str, now: datetime) -> Ticket:
        """Return what a download URL's token stands for. Raise `TokenInvalid`."""
        claims = self._claims("ticket+jwt", token, now)
        documents: dict[str, Document] = {name: name for name in get_args(Document)}
        document, guarantee_id, version = (claims.get(name) for name in ("sub", "guarantee", "version"))
        about = claims.get("about", "")
        if document not in documents or type(guarantee_id) is not int or type(version) is not int:
            raise _invalid()
        if not (isinstance(about, str) and _ABOUT.fullmatch(about)):
            raise _invalid()
        return Ticket(documents[document], guarantee_id, version, about)

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

    def _claims(self, typ: TokenType, token: str, now: datetime) -> Mapping[str, Any]:
        """Return the claims of a token of ours, every recommendation of RFC 8725 kept (docs/tokens.md lists them)."""
        try:
            read = read_compact(token, LONGEST)
            # Three members and no other: no `crit`, and no key or address of one (`jwk`, `jku`, `x5u`) is ever looked at.
            if read.header.keys() != {"alg", "typ", "kid"} or read.header["typ"] != typ:
                raise _invalid()
            secret = self._secrets[read.header["kid"]]
            _JWS.decode(token, secret, [ALGORITHM])
        except (jwt.PyJWTError, KeyError, TypeError, ValueError) as error:
            raise _invalid() from error
        claims = read.claims
        if not self._well_formed(claims, typ, now):
            raise _invalid()
        # Expiry is judged by the clock that is passed in, so that tests and replays can hold it.
        if claims["exp"] <= now.timestamp():
            raise TokenInvalid("ログインの有効期限が切れました。更新するか、もう一度ログインしてください。",
                               "The token has expired. Refresh the session or sign in again.")  # fmt: skip
        return claims

    def _well_formed(self, claims: Mapping[str, Any], typ: TokenType, now: datetime) -> bool:
        """Return whether every registered claim is there, of its type, ours, and of a time that can be."""
        if not all(isinstance(claims.get(name), str) and claims[name] for name in ("iss", "aud", "sub", "jti")):
            return False
        begins = ("iat", "nbf") if "nbf" in claims else ("iat",)
        if any(type(claims.get(name)) is not int for name in (*begins, "exp")):
            return False
        latest = (now + LEEWAY).timestamp()
        return (
            (claims["iss"], claims["aud"]) == (self._issuer, typ)
            and all(claims[name] <= latest for name in begins)
            and claims["exp"] - claims["iat"] <= _LIVES[typ].total_seconds()
        )


def _actor(claims: Mapping[str, Any]) -> Actor:
    """Return who bears an access token with these claims. Raise `TokenInvalid` unless they fit together."""
    roles = {role.value: role for role in Role}
    parties = {each: claims.get(each.value.lower()) for each in Role}
    role = claims.get("role")
    session, sub = claims.get("sid"), claims["sub"]
    if not (isinstance(role, str) and role in roles and isinstance(session, str) and _SESSION.fullmatch(session)):
        raise _invalid()
    party = parties.pop(roles[role])
    if type(party) is not int or any(each is not None for each in parties.values()) or not _NUMBER.fullmatch(sub):
        raise _invalid()
    return acting(int(sub), roles[role], party, session)


def acting(account_id: int, role: Role, party_id: int, session: str = "") -> Actor:
    """Return the actor that acts for the party of this `role` with this id."""
    mine = {each: party_id if each is role else None for each in Role}
    return Actor(account_id, role, mine[Role.PRINCIPAL], mine[Role.SURETY], session, mine[Role.OBLIGEE])


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

"""An external OpenID Connect provider: its published keys, fetched with care and kept, and the ID tokens that they sign."""

import asyncio
import hashlib
import hmac
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

import jwt

from denshi_hosho.core.compact import Compact, read_compact
from denshi_hosho.core.errors import HoshoError, Refusal, Refused
from denshi_hosho.core.fetching import fetch_json
from denshi_hosho.core.signing_keys import PublishedKey, published_keys

LONGEST = 16_384
LEEWAY = timedelta(seconds=60)
OLDEST = timedelta(minutes=10)  # how long ago an ID token may have been issued: a client exchanges it at once
KEYS_LIFE = timedelta(hours=1)
AGAIN = timedelta(minutes=1)  # no oftener is the provider asked for a key that it had not
SOON = timedelta(seconds=5)  # nor, while it does not answer, asked again
_MAX_SUBJECT = 255
# Keys, or addresses of keys, that a token brings along itself, and what would have to be understood.
_NEVER = {"crit", "jku", "jwk", "x5u", "x5c", "b64", "cty", "zip"}


class ProviderUnreachable(HoshoError):
    """The provider does not answer, or with something else than its configuration and keys."""

    code = "PROVIDER_UNREACHABLE"


@dataclass(frozen=True, slots=True)
class Identity:
    """Who signed in at the provider: `subject` there, `token`: a name for this very ID token, and when it expires."""

    subject: str
    token: str
    expires_at: datetime


class Provider:
    """The provider `issuer`, at which this platform is known as `client_id`; only `algorithms` may have signed."""

    def __init__(
        self, issuer: str, client_id: str, algorithms: tuple[str, ...],
        fetch: Callable[[str, str], Mapping[str, Any]] = fetch_json,
    ) -> None:  # fmt: skip
        """Prepare; nothing is fetched yet. `fetch` returns the JSON object at an address, for an issuer."""
        self.issuer = issuer
        self._client_id = client_id
        self._algorithms = algorithms
        self._fetch = fetch
        self._keys: tuple[PublishedKey, ...] = ()
        self._read_at: datetime | None = None
        self._tried_at: datetime | None = None
        self._reading = asyncio.Lock()

    async def identify(self, id_token: str, nonce: str, now: datetime) -> Identity:
        """Return who `id_token` is about, checked as OpenID Connect Core 1.0, 3.1.3.7, asks.

        Raise `Refused`, saying which check failed; `ProviderUnreachable` if its keys cannot be had.
        """
        try:
            read = read_compact(id_token, LONGEST)
        except ValueError:
            _refuse("form")
        algorithm, key_id = self._header(read.header)
        key = await self._key(key_id, algorithm, now)
        if key is None:
            _refuse("kid")
        try:
            key.verify(id_token, algorithm)
        except (jwt.PyJWTError, ValueError, TypeError):
            _refuse("signature")
        return self._identity(read, nonce, now)

    def _header(self, header: Mapping[str, Any]) -> tuple[str, str | None]:
        algorithm, key_id, typ = (header.get(name) for name in ("alg", "kid", "typ"))
        if not isinstance(algorithm, str) or algorithm not in self._algorithms:
            _refuse("alg")
        if header.keys() & _NEVER or not isinstance(typ, str | None) or (typ or "JWT").upper() != "JWT":
            _refuse("header")
        if not isinstance(key_id, str | None):
            _refuse("kid")
        return algorithm, key_id

    def _identity(self, read: Compact, nonce: str, now: datetime) -> Identity:
        claims, at = read.claims, now.timestamp()
        for name in ("iss", "sub", "nonce"):
            if not isinstance(claims.get(name), str) or not claims[name]:
                _refuse(name)
        for name in ("exp", "iat", *(["nbf"] if "nbf" in claims else [])):
            if type(claims.get(name)) is not int:
                _refuse(name)
        latest = at + LEEWAY.total_seconds()
        # Another audience beside us is one that we do not trust; where the authorised party is named, it is us.
        wrong = {
            "iss": claims["iss"] != self.issuer,
            "aud": claims.get("aud") not in (self._client_id, [self._client_id]),
            "azp": claims.get("azp", self._client_id) != self._client_id,
            "exp": claims["exp"] <= at or claims["exp"] > at + _YEAR,
            "iat": claims["iat"] > latest or claims["iat"] < at - OLDEST.total_seconds(),
            "nbf": claims.get("nbf", 0) > latest,
            "nonce": not hmac.compare_digest(claims["nonce"].encode(errors="surrogatepass"),
                                             nonce.encode(errors="surrogatepass")),
            "sub": not (len(claims["sub"]) <= _MAX_SUBJECT and claims["sub"].isascii() and claims["sub"].isprintable()),
        }  # fmt: skip
        for name, is_wrong in wrong.items():
            if is_wrong:
                _refuse(name)
        # By what was signed, not by the token: a second, as good signature can be made from an ECDSA one by anybody.
        token = hashlib.sha256(b"id token\0" + read.signed.encode()).hexdigest()
        return Identity(claims["sub"], token, datetime.fromtimestamp(claims["exp"], UTC))

    async def _key(self, key_id: str | None, algorithm: str, now: datetime) -> PublishedKey | None:
        async with self._reading:
            found = self._find(key_id, algorithm) if self._is_fresh(now) else None
            if found is None and self._may_read(now):
                await self._read(now)
                found = self._find(key_id, algorithm)
            if not self._is_fresh(now):
                raise _unreachable()
            return found

    def _find(self, key_id: str | None, algorithm: str) -> PublishedKey | None:
        """Return the one key that may have signed so; without a name there must be no choice."""
        fit = [each for each in self._keys if each.fits(algorithm) and key_id in {None, each.key_id}]
        return fit[0] if len(fit) == 1 else None

    def _is_fresh(self, now: datetime) -> bool:
        return self._read_at is not None and abs(now - self._read_at) < KEYS_LIFE

    def _may_read(self, now: datetime) -> bool:
        pause = AGAIN if self._is_fresh(now) else SOON
        return self._tried_at is None or abs(now - self._tried_at) >= pause

    async def _read(self, now: datetime) -> None:
        self._tried_at = now
        try:
            found = await asyncio.to_thread(self._published)
        except (OSError, ValueError) as error:
            if self._is_fresh(now):  # the keys at hand go on; the one asked for is not among them
                return
            raise _unreachable() from error
        self._keys, self._read_at = found, now

    def _published(self) -> tuple[PublishedKey, ...]:
        at = f"{self.issuer.rstrip('/')}/.well-known/openid-configuration"
        configuration = self._fetch(at, self.issuer)
        address = configuration.get("jwks_uri")
        if configuration.get("issuer") != self.issuer or not isinstance(address, str):
            raise ValueError("this is another issuer's configuration")
        return published_keys(self._fetch(address, self.issuer))


_YEAR = 366 * 24 * 3600


def _refuse(what: str) -> NoReturn:
    raise Refused(Refusal(
        "ID_TOKEN_INVALID", f"IDトークンを受け付けられません({what})。もう一度プロバイダーでログインしてください。",
        f"The ID token is not accepted ({what}). Sign in at the provider again.", ("id_token",),
    ))  # fmt: skip


def _unreachable() -> ProviderUnreachable:
    return ProviderUnreachable(
        "ログインプロバイダーから応答がありません。しばらくしてからもう一度お試しください。",
        "The identity provider does not answer as it should. Try again later, or sign in with a password.",
    )

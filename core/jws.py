"""Statements signed with Ed25519 (RFC 8032) as JWS (RFC 7515) over canonical JSON: one algorithm, typed, one spelling."""

import base64
import binascii
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from denshi_hosho.core.not_verified import CopyAltered, CopyOfAnotherKind, CopyUnreadable, SignerUnknown
from denshi_hosho.core.statement import Json, canonical

ALGORITHM: Final = "Ed25519"  # as RFC 9864 names it; the older name EdDSA stands for two curves
MAX_LENGTH: Final = 32_768
_MAX_HEADER: Final = 256

PublicKeys = Mapping[str, Ed25519PublicKey]


class SigningKeys:
    """Signs statements with the first of `seeds` (name → 32 bytes); the public halves of all of them verify."""

    def __init__(self, seeds: Mapping[str, bytes]) -> None:
        keys = {name: Ed25519PrivateKey.from_private_bytes(seed) for name, seed in seeds.items()}
        self._name, self._key = next(iter(keys.items()))
        self.public: PublicKeys = {name: key.public_key() for name, key in keys.items()}

    def signed(self, typ: str, payload: Json) -> str:
        """Return `payload` as compact JWS of the type `typ`."""
        header = {"alg": ALGORITHM, "kid": self._name, "typ": typ}
        text = f"{encoded(canonical(header))}.{encoded(canonical(payload))}"
        return f"{text}.{encoded(self._key.sign(text.encode()))}"

    def jwks(self) -> Json:
        """Return the public keys as JSON Web Key Set (RFC 7517, RFC 8037)."""
        return {"keys": [
            {"kty": "OKP", "crv": "Ed25519", "use": "sig", "alg": ALGORITHM, "kid": name, "x": encoded(key.public_bytes_raw())}
            for name, key in self.public.items()
        ]}  # fmt: skip


def public_keys(jwks: object) -> PublicKeys:
    """Return the Ed25519 keys of a JSON Web Key Set by name; keys of other kinds are left out.

    Raise `CopyUnreadable` if it is none, or names a key twice.
    """
    found: dict[str, Ed25519PublicKey] = {}
    try:
        for each in jwks["keys"]:  # type: ignore[index]  # whatever it is, it is told below
            if (each["kty"], each.get("crv"), each.get("alg", ALGORITHM)) != ("OKP", "Ed25519", ALGORITHM):
                continue
            if each["kid"] in found:
                raise _no_jwks()
            found[each["kid"]] = Ed25519PublicKey.from_public_bytes(_decoded(each["x"]))
    except (TypeError, KeyError, ValueError, AttributeError) as error:
        raise _no_jwks() from error
    return found


def verified(token: str, typ: str, keys: PublicKeys) -> tuple[Json, str]:
    """Return the payload of `token`, signed as `typ`, and the name of the one of `keys` that signed it.

    One payload has one spelling: white space, another order of members, doubled members and loose base64 are refused.
    Raise `CopyUnreadable`, `CopyOfAnotherKind`, `SignerUnknown`, `CopyAltered`.
    """
    parts = token.split(".")
    if len(token) > MAX_LENGTH or len(parts) != 3 or not token.isascii():  # noqa: PLR2004  header, payload, signature
        raise _unreadable()
    head, body, signature = parts
    header = parsed(_part(head)) if len(head) <= _MAX_HEADER else None
    if not isinstance(header, dict):
        raise _unreadable()
    if header.get("alg") != ALGORITHM or header.get("typ") != typ:
        raise CopyOfAnotherKind
    key = keys.get(str(header.get("kid")))
    if key is None:
        raise SignerUnknown
    try:
        key.verify(_part(signature), f"{head}.{body}".encode())
    except InvalidSignature as error:
        raise CopyAltered from error
    payload = parsed(_part(body))
    kept = {"alg": ALGORITHM, "kid": header["kid"], "typ": typ}
    if not isinstance(payload, dict) or _part(head) != canonical(kept) or _part(body) != canonical(payload):
        raise CopyAltered
    return payload, str(header["kid"])


def parsed(text: bytes) -> Any:
    """Return the JSON value of `text`. Raise `CopyUnreadable`, also for doubled members, NaN and endless nesting."""
    try:
        return json.loads(text.decode(), object_pairs_hook=_once, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise _unreadable() from error


def encoded(octets: bytes) -> str:
    """Return `octets` as base64url without padding."""
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def _part(text: str) -> bytes:
    try:
        octets = _decoded(text)
    except ValueError as error:
        raise _unreadable() from error
    if encoded(octets) != text:  # a decoder ignores loose bits at the end: two texts would be one signature
        raise CopyAltered
    return octets


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except binascii.Error as error:
        raise ValueError("not base64url") from error


def _once(pairs: list[tuple[str, Any]]) -> Json:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a member stands twice")
    return members


def _no_number(name: str) -> Iterator[None]:
    raise ValueError(name)


def _unreadable() -> CopyUnreadable:
    return CopyUnreadable("署名付きデータ(JWS)として読めません。", "This is not a signed statement (JWS).")


def _no_jwks() -> CopyUnreadable:
    return CopyUnreadable("公開鍵(JWKS)として読めません。", "This is not a set of public keys (JWKS).")

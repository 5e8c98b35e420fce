"""The public keys that another party publishes (a JWK set, RFC 7517), each used for what it is made for and nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey

MAX_KEYS = 100
MIN_RSA_BITS = 2_048
# Which algorithm a key of which type (and curve) verifies. None of them is symmetric: a public key is no secret.
ALGORITHMS: Mapping[str, tuple[str, str | None]] = {
    **dict.fromkeys(("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"), ("RSA", None)),
    "ES256": ("EC", "P-256"),
    "ES384": ("EC", "P-384"),
    "ES512": ("EC", "P-521"),
    "EdDSA": ("OKP", "Ed25519"),
}


@dataclass(frozen=True, slots=True)
class PublishedKey:
    """One key of a set; `key_id` is its name there, if it has one."""

    key_id: str | None
    members: Mapping[str, Any] = field(repr=False)

    def fits(self, algorithm: str) -> bool:
        """Return whether this key may verify `algorithm`, by its type, its curve and its own word."""
        kind, curve = ALGORITHMS[algorithm]
        own = self.members.get("alg", algorithm)
        return self.members.get("kty") == kind and curve in {None, self.members.get("crv")} and own == algorithm

    def verify(self, token: str, algorithm: str) -> None:
        """Raise `ValueError`, `TypeError` or `jwt.PyJWTError` unless this key signed `token` by `algorithm`."""
        key = jwt.PyJWK(dict(self.members), algorithm=algorithm).key
        if isinstance(key, RSAPublicKey) and key.key_size < MIN_RSA_BITS:
            raise ValueError("an RSA key is too short")
        jwt.PyJWS(algorithms=[algorithm]).decode(token, key, [algorithm])


def published_keys(document: Mapping[str, Any]) -> tuple[PublishedKey, ...]:
    """Return the signing keys in a JWK set. Raise `ValueError` if it is none; single keys that are odd are left out."""
    keys = document.get("keys")
    if not isinstance(keys, list) or len(keys) > MAX_KEYS:
        raise ValueError("this is no JWK set")
    return tuple(
        PublishedKey(each.get("kid"), each)
        for each in keys
        if isinstance(each, dict)
        and each.get("use", "sig") == "sig"
        and isinstance(each.get("kid"), str | None)
        and isinstance(each.get("crv"), str | None)
    )

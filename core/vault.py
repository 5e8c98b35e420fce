"""The key vault: makes access keys (認証キー), keeps them sealed, and tells a right one from a wrong one.

A key is kept twice, under two secrets that live outside the database: sealed with AES-256-GCM, so that its owner can be
shown it again, and as HMAC-SHA256, so that it can be checked. The guarantee's number is bound into both: a row that is
swapped with another one opens nothing.
"""

import hashlib
import hmac
import secrets
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from denshi_hosho.core.errors import SealBroken
from denshi_hosho.core.text import HYPHENS

ALPHABET = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789+_"  # no 0 O 1 I; the leaflet's sample K5VL4+5QG_KJ fits
LENGTH = 12  # 61 bit
_NONCE = 12


@dataclass(frozen=True, slots=True)
class Sealed:
    """A key at rest, with the names of the two secrets that keep it."""

    sealed: bytes
    sealed_with: str
    mac: bytes
    mac_with: str


def typed(text: str) -> str:
    """Return the key that somebody meant who typed `text`: full-width, lower case, spaces and hyphens are forgiven."""
    return HYPHENS.sub("", unicodedata.normalize("NFKC", text)).upper()


def new_key() -> str:
    """Return a new access key: 12 symbols of `ALPHABET`, from the system's source of randomness."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def _of_webhook(webhook_id: int) -> bytes:
    return f"webhook {webhook_id}".encode()  # bound into the seal: never a guarantee's number, which has ten digits


class Vault:
    """Seals, opens and checks access keys. Each mapping is name → 32 bytes; the first entry is used for new keys."""

    def __init__(self, sealing: Mapping[str, bytes], peppers: Mapping[str, bytes]) -> None:
        self._sealing = {name: AESGCM(secret) for name, secret in sealing.items()}
        self._peppers = dict(peppers)
        self._seal_with = next(iter(self._sealing))
        self._mac_with = next(iter(self._peppers))

    @property
    def newest(self) -> tuple[str, str]:
        """Return the names of the secrets under which new keys are sealed, and checked."""
        return self._seal_with, self._mac_with

    def seal(self, number: str, key: str) -> Sealed:
        """Return `key` as it may be stored for the guarantee `number`."""
        nonce = secrets.token_bytes(_NONCE)
        box = self._sealing[self._seal_with].encrypt(nonce, key.encode(), number.encode())
        return Sealed(nonce + box, self._seal_with, self._mac(self._mac_with, number, key), self._mac_with)

    def unseal(self, number: str, sealed: bytes, sealed_with: str) -> str:
        """Return the key in clear. Raise `SealBroken` if the row was altered, swapped, or its secret is not here."""
        try:
            return self._sealing[sealed_with].decrypt(sealed[:_NONCE], sealed[_NONCE:], number.encode()).decode()
        except (InvalidTag, KeyError, ValueError) as error:  # ValueError: the box is cut so short that no nonce is left
            raise SealBroken(
                f"保証契約番号 {number} の認証キーを表示できません。運用者にご連絡ください。",
                f"The access key of {number} cannot be shown. Tell the operator.",
            ) from error

    def seal_secret(self, webhook_id: int, secret: bytes) -> tuple[bytes, str]:
        """Return the secret by which a webhook's bodies are signed as it may be stored, and the name of what sealed it."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._sealing[self._seal_with].encrypt(nonce, secret, _of_webhook(webhook_id)), self._seal_with

    def unseal_secret(self, webhook_id: int, sealed: bytes, sealed_with: str) -> bytes:
        """Return the secret of a webhook. Raise `SealBroken` if the row was altered, swapped, or its secret is not here."""
        try:
            return self._sealing[sealed_with].decrypt(sealed[:_NONCE], sealed[_NONCE:], _of_webhook(webhook_id))
        except (InvalidTag, KeyError, ValueError) as error:
            raise SealBroken(
                "Webhookの署名用シークレットを開けません。シークレットを再発行してください。",
                "The signing secret of this webhook cannot be opened. Rotate it.",
            ) from error

    def fits(self, number: str, key: str, mac: bytes | None, mac_with: str | None) -> bool:
        """Return whether `key` opens `number`. With no row (`mac` is None) the same work is done, and the answer is no."""
        name = mac_with if mac_with in self._peppers else self._mac_with
        expected = self._mac(name, number, key)
        return hmac.compare_digest(expected, mac if mac is not None else bytes(32)) and mac is not None

    def lacks(self, sealed_with: Collection[str], mac_with: Collection[str]) -> list[str]:
        """Return which of the named secrets, under which keys are kept, are not here: those keys open nothing."""
        return sorted({*set(sealed_with) - self._sealing.keys(), *set(mac_with) - self._peppers.keys()})

    def _mac(self, name: str, number: str, key: str) -> bytes:
        return hmac.new(self._peppers[name], f"{number}\0{key}".encode(errors="surrogatepass"), hashlib.sha256).digest()

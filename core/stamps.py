"""Keyed hashes of what must be recognised and not be read: one secret, one purpose for each, and no two may be mixed up."""

import hashlib
import hmac
from collections.abc import Mapping


def _packed(parts: tuple[str, ...]) -> bytes:
    """Return `parts` as bytes from which they could be told apart again: each with its length before it."""
    encoded = [part.encode(errors="surrogatepass") for part in parts]
    return b"".join(len(each).to_bytes(4) + each for each in encoded)


class Stamps:
    """Makes and checks stamps. `peppers`: name → 32 bytes; the first one makes, all of them check."""

    def __init__(self, peppers: Mapping[str, bytes]) -> None:
        # Keys of its own: what stamps say can never be the MAC of an access key, which has the same pepper.
        self._keys = [hmac.digest(pepper, b"denshi-hosho/stamps", hashlib.sha256) for pepper in peppers.values()]

    def stamp(self, purpose: str, *parts: str) -> str:
        """Return the stamp of `parts` for `purpose`: 64 hexadecimal digits."""
        return hmac.new(self._keys[0], _packed((purpose, *parts)), hashlib.sha256).hexdigest()

    def fits(self, stamp: str, purpose: str, *parts: str) -> bool:
        """Return whether `stamp`, or its beginning as far as it was kept (24 digits at least), is that of `parts`."""
        message, given = _packed((purpose, *parts)), stamp.encode(errors="surrogatepass")
        made = [hmac.new(key, message, hashlib.sha256).hexdigest()[: len(given)].encode() for key in self._keys]
        return len(given) >= SHORT and any(hmac.compare_digest(given, each) for each in made)


SHORT = 24  # digits: 96 bits, enough where each guess costs a request

"""Whether a certificate that somebody holds a copy of is still current: as words, and as a signed list of all of them.

The list is an IETF Token Status List (draft-ietf-oauth-status-list-17): four bits for each certificate, so that whoever
looks one up tells nobody which.
"""

import base64
import zlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Final

from denshi_hosho.core.jws import PublicKeys, SigningKeys, encoded, verified
from denshi_hosho.core.not_verified import StatusUnknown
from denshi_hosho.core.statement import Json
from denshi_hosho.core.vocabulary import CertificateStatus

TYPE: Final = "statuslist+jwt"
SIZE: Final = 8192  # certificates on one list
BITS: Final = 4
LIFE: Final = timedelta(hours=1)
FRESH: Final = timedelta(minutes=1)
_MAX_UNPACKED: Final = SIZE * BITS // 8

# 0 and 1 are the draft's own; 11 to 15 are left to each application.
VALUES: Final[Mapping[CertificateStatus, int]] = {
    CertificateStatus.ACTIVE: 0x00,
    CertificateStatus.CANCELLED: 0x01,
    CertificateStatus.SUPERSEDED: 0x0B,
    CertificateStatus.RELEASED: 0x0C,
    CertificateStatus.ROTATED: 0x0D,
}
_WORDS: Final = {value: status for status, value in VALUES.items()}


def place(certificate_id: int) -> tuple[int, int]:
    """Return on which list a certificate stands, and at which index."""
    return divmod(certificate_id, SIZE)


def uri(public_url: str, number: int) -> str:
    """Return where the list `number` is published."""
    return f"{public_url.rstrip('/')}/status/{number}"


def signed_list(keys: SigningKeys, where: str, statuses: Mapping[int, CertificateStatus], now: datetime) -> str:
    """Return the signed list published at `where`; `statuses` holds, by index, those that are not ACTIVE."""
    packed = bytearray(SIZE * BITS // 8)
    for index, status in statuses.items():
        packed[index // 2] |= VALUES[status] << (BITS * (index % 2))  # the lower half of a byte comes first
    issued = int(now.timestamp())
    payload: Json = {
        "sub": where, "iat": issued, "exp": issued + int(LIFE.total_seconds()), "ttl": int(FRESH.total_seconds()),
        "status_list": {"bits": BITS, "lst": encoded(zlib.compress(bytes(packed), 9))},
    }  # fmt: skip
    return keys.signed(TYPE, payload)


def looked_up(token: str, keys: PublicKeys, where: str, index: int, now: datetime) -> CertificateStatus:
    """Return the status at `index` of the signed list `token`, which must be the one published at `where`.

    Raise `NotVerified` as `verified` does, and `StatusUnknown` if the list is another one, outdated or malformed.
    """
    said, _ = verified(token, TYPE, keys)
    try:
        if said["sub"] != where or not said["iat"] - 60 <= now.timestamp() < said["exp"]:
            raise StatusUnknown
        unpacker = zlib.decompressobj()
        listed = said["status_list"]
        packed = unpacker.decompress(base64.urlsafe_b64decode(listed["lst"] + "=="), _MAX_UNPACKED)
        if listed["bits"] != BITS or unpacker.unconsumed_tail or index < 0:
            raise StatusUnknown
        return _WORDS[packed[index // 2] >> (BITS * (index % 2)) & 0x0F]
    except (KeyError, TypeError, ValueError, IndexError, zlib.error) as error:
        raise StatusUnknown from error

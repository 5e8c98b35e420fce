"""What a certificate says, as data in one canonical form (RFC 8785): the thing that is hashed, logged and signed."""

import hashlib
from datetime import date
from typing import Any

import rfc8785

from denshi_hosho.core.certificate import Certificate

Json = dict[str, Any]

_PLAIN = (
    "number", "version", "change", "kind", "medium", "issued_on", "principal_name", "obligee_name", "guaranteed_amount",
    "guarantee_ends_on", "completion_on", "works_name", "contract_price", "covered_price", "depositary_bank", "salt",
)  # fmt: skip
_PARTS = {"surety": ("name", "address", "representative", "terms_url"), "branch": ("name", "address", "tel", "fax")}


def statement(certificate: Certificate) -> Json:
    """Return every word of `certificate` under the API's field names: money in yen, days as 2024-06-01.

    `salt` is 128 random bits: without them, nobody can guess a certificate from its digest.
    """
    said = {_camel(name): _value(getattr(certificate, name)) for name in _PLAIN}
    for part, names in _PARTS.items():
        said[part] = {_camel(name): _value(getattr(getattr(certificate, part), name)) for name in names}
    return said


def canonical(value: Json) -> bytes:
    """Return `value` as canonical JSON (JCS, RFC 8785)."""
    return rfc8785.dumps(value)


def digest(certificate: Certificate) -> str:
    """Return the SHA-256 of the certificate's canonical statement, in hexadecimal."""
    return hashlib.sha256(canonical(statement(certificate))).hexdigest()


def _value(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)

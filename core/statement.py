"""What a certificate says, as data in one canonical form (RFC 8785): the thing that is hashed, logged and signed."""

import hashlib
from collections.abc import Mapping
from datetime import date
from typing import Any

import rfc8785

from denshi_hosho.core.certificate import Certificate, HandlingBranch, Surety
from denshi_hosho.core.vocabulary import Change, GuaranteeKind, Medium

Json = dict[str, Any]

_PLAIN = (
    "number", "version", "change", "kind", "medium", "issued_on", "principal_name", "obligee_name", "guaranteed_amount",
    "guarantee_ends_on", "completion_on", "works_name", "contract_price", "covered_price", "depositary_bank", "salt",
)  # fmt: skip
_DAYS = ("issued_on", "guarantee_ends_on", "completion_on")
_WORDS = {"change": Change, "kind": GuaranteeKind, "medium": Medium}
_PARTS: Mapping[str, tuple[str, ...]] = {
    "surety": ("name", "address", "representative", "terms_url"),
    "branch": ("name", "address", "tel", "fax"),
}


def statement(certificate: Certificate) -> Json:
    """Return every word of `certificate` under the API's field names: money in yen, days as 2024-06-01.

    `salt` is 128 random bits: without them, nobody can guess a certificate from its digest.
    """
    said = {_camel(name): _value(getattr(certificate, name)) for name in _PLAIN}
    for part, names in _PARTS.items():
        said[part] = {_camel(name): _value(getattr(getattr(certificate, part), name)) for name in names}
    return said


def stated(said: Json) -> Certificate:
    """Return the certificate of which `said` is the statement. Raise `ValueError` if it is none's."""
    try:
        values = {name: said[_camel(name)] for name in _PLAIN}
        values |= {name: date.fromisoformat(values[name]) for name in _DAYS}
        values |= {name: kind(values[name]) for name, kind in _WORDS.items()}
        surety, branch = ({name: said[part][_camel(name)] for name in names} for part, names in _PARTS.items())
        certificate = Certificate(**values, surety=Surety(**surety), branch=HandlingBranch(**branch))
        if canonical(statement(certificate)) == canonical(said) and _typed(certificate):
            return certificate
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError("not a statement") from error
    raise ValueError("not a statement")


def canonical(value: Json) -> bytes:
    """Return `value` as canonical JSON (JCS, RFC 8785)."""
    return rfc8785.dumps(value)


def digest(certificate: Certificate) -> str:
    """Return the SHA-256 of the certificate's canonical statement, in hexadecimal."""
    return hashlib.sha256(canonical(statement(certificate))).hexdigest()


def _value(value: object) -> object:
    return value.isoformat() if isinstance(value, date) else value


def _typed(certificate: Certificate) -> bool:
    """Tell whether money and texts are what they should be: JSON could hold anything in their place."""
    whole = certificate.version, certificate.guaranteed_amount, certificate.contract_price
    texts: tuple[object, ...] = (
        certificate.number,
        certificate.principal_name,
        certificate.obligee_name,
        certificate.works_name,
    )
    texts += certificate.surety.name, certificate.surety.address, certificate.surety.representative, certificate.salt
    texts += certificate.branch.name, certificate.branch.address, certificate.branch.tel
    maybe = certificate.depositary_bank, certificate.surety.terms_url, certificate.branch.fax
    return (
        all(type(each) is int for each in whole)
        and type(certificate.covered_price) in {int, type(None)}
        and all(type(each) is str for each in texts)
        and all(type(each) in {str, type(None)} for each in maybe)
    )


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)

"""Whose signature under a PDF counts: certificates that are pinned, or any that a given authority signed."""

from collections.abc import Sequence
from dataclasses import dataclass

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID

from denshi_hosho.core.not_verified import CopyUnreadable


@dataclass(frozen=True, slots=True)
class Trust:
    """`signers`: whose signatures count; if there are none, those of whoever an authority vouches for.

    A public authority signs the certificates of many: trusting it must not make all of its clients issuers of guarantees.
    """

    signers: tuple[asn1.Certificate, ...]
    authorities: tuple[asn1.Certificate, ...]


def trust_in(certificates: Sequence[x509.Certificate]) -> Trust:
    """Return the trust in the signers and authorities among `certificates`."""
    return Trust(
        tuple(asn1_of(each) for each in certificates if not is_authority(each)),
        tuple(asn1_of(each) for each in certificates if is_authority(each)),
    )


def trust_from_pem(pem: bytes) -> Trust:
    """Return the trust in the certificates of a PEM file. Raise `CopyUnreadable` if there is no authority in it."""
    try:
        trust = trust_in(x509.load_pem_x509_certificates(pem))
    except ValueError as error:
        raise _no_trust() from error
    if not trust.authorities:
        raise _no_trust()
    return trust


def common_name(certificate: x509.Certificate) -> str:
    """Return the common name of a certificate, or its whole name if it has none."""
    names = certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    return str(names[0].value) if names else certificate.subject.rfc4514_string()


def is_authority(certificate: x509.Certificate) -> bool:
    """Tell whether a certificate may sign others."""
    try:
        return certificate.extensions.get_extension_for_class(x509.BasicConstraints).value.ca
    except x509.ExtensionNotFound:
        return False


def asn1_of(certificate: x509.Certificate) -> asn1.Certificate:
    """Return a certificate as the PDF library wants it."""
    return asn1.Certificate.load(certificate.public_bytes(Encoding.DER))


def _no_trust() -> CopyUnreadable:
    return CopyUnreadable("認証局の証明書(PEM)として読めません。", "These are no certificates of an authority (PEM).")

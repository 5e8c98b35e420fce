"""A signed PDF, checked from the bytes up: nothing in it is parsed as PDF before every byte is known to be the signer's.

The signature covers the whole file but itself, and of itself one encoding only is accepted; so a file in which any byte
was changed, or to which any was appended, is refused without the PDF parser ever seeing it.
"""

import hashlib
import hmac
import io
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from asn1crypto import cms
from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.fields import MDPPerm
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import async_validate_pdf_signature, read_certification_data
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

from denshi_hosho.core.not_verified import CopyAltered, CopyNotSigned, CopyTooLarge, CopyUnreadable, SignerUnknown
from denshi_hosho.core.pdf_trust import Trust, common_name
from denshi_hosho.core.self_made import is_self_made

MAX_PDF: Final = 184_320  # as base64 in a request it stays under the default HOSHO_BODY_LIMIT
_RANGES: Final = re.compile(rb"/ByteRange \[(\d{1,9}) (\d{1,9}) (\d{1,9}) (\d{1,9})\]")
_HEX: Final = re.compile(rb"<[0-9A-F]+>")


@dataclass(frozen=True, slots=True)
class ReadPdf:
    """What a verified PDF holds and who signed it when; `timestamped` if a trusted timestamp authority confirms the time."""

    attachment: bytes
    signer: str
    self_made: bool
    signed_at: datetime
    timestamped: bool


async def read_pdf(pdf: bytes, trust: Trust) -> ReadPdf:
    """Return what the signed `pdf` holds.

    Raise `CopyTooLarge`, `CopyUnreadable`, `CopyNotSigned`, `CopyAltered`, `SignerUnknown`.
    """
    if len(pdf) > MAX_PDF:
        raise CopyTooLarge(MAX_PDF)
    if not pdf.startswith(b"%PDF-"):
        raise CopyUnreadable("PDFとして読めません。", "This is not a PDF.")
    signer = _authentic(pdf, trust)
    try:
        return await _validated(PdfFileReader(io.BytesIO(pdf)), signer, trust)
    except (SignatureValidationError, SigningError) as error:
        raise CopyAltered from error


def _authentic(pdf: bytes, trust: Trust) -> asn1.Certificate:
    """Return whose signature covers every byte of `pdf` outside of itself, in the one encoding that there is of it."""
    ranges = _RANGES.findall(pdf)
    if not ranges and b"/ByteRange" not in pdf:
        raise CopyNotSigned
    if len(ranges) != 1 or pdf.count(b"/ByteRange") != 1:
        raise CopyAltered
    start, gap, resume, rest = map(int, ranges[0])
    if start != 0 or not gap < resume or resume + rest != len(pdf) or not _HEX.fullmatch(pdf[gap:resume]):
        raise CopyAltered
    signed = _signed_data(bytes.fromhex(pdf[gap + 1 : resume - 1].decode()))
    (signer_info,) = signed["signer_infos"]
    certificate, *others = _certificates(signed, signer_info)
    if trust.signers and certificate not in {each.dump() for each in trust.signers}:
        raise SignerUnknown
    # No signature covers what else stands there, so it must be what is known already.
    if len(others) != len(set(others)) or not set(others) <= {each.dump() for each in trust.authorities}:
        raise CopyAltered
    digest = hashlib.sha256(pdf[:gap] + pdf[resume:]).digest()
    _check_signature(signer_info, x509.load_der_x509_certificate(certificate), digest)
    return asn1.Certificate.load(certificate)


def _signed_data(contents: bytes) -> Any:
    """Return the CMS SignedData in `contents`, DER in its shortest form and nothing but zeros after it."""
    try:
        message = cms.ContentInfo.load(contents)
        der = message.dump(force=True)
        signed = message["content"]
        plain = (
            contents[: len(der)] == der
            and not contents[len(der) :].strip(b"\0")
            and message["content_type"].native == "signed_data"
            and signed["version"].native == "v1"
            and [each["algorithm"].native for each in signed["digest_algorithms"]] == ["sha256"]
            and signed["encap_content_info"]["content_type"].native == "data"
            and not signed["encap_content_info"]["content"].native
            and len(signed["signer_infos"]) == 1
            and not signed["crls"].native
        )
    except (ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise CopyAltered from error
    if not plain:
        raise CopyAltered
    return signed


def _certificates(signed: Any, signer_info: Any) -> list[bytes]:
    """Return the DER of the certificates that came along; first the signer's, which the signature names."""
    try:
        named = signer_info["sid"].chosen
        every = [each.chosen for each in signed["certificates"]]
        mine = [each for each in every if each.serial_number == named["serial_number"].native
                and each.issuer == named["issuer"]]  # fmt: skip
        found = [bytes(each.dump()) for each in mine + [each for each in every if each not in mine]]
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise CopyAltered from error
    if not mine:
        raise CopyAltered
    return found


def _check_signature(signer_info: Any, certificate: x509.Certificate, digest: bytes) -> None:
    try:
        attributes = {each["type"].native: each["values"] for each in signer_info["signed_attrs"]}
        told = attributes["message_digest"][0].native
        algorithms = signer_info["version"].native, signer_info["digest_algorithm"]["algorithm"].native
        unsigned = {each["type"] for each in signer_info["unsigned_attrs"].native or ()}
        text = signer_info["signed_attrs"].untag().dump(force=True)
        key = certificate.public_key()
        if (
            not isinstance(key, RSAPublicKey)
            or algorithms != ("v1", "sha256")
            or signer_info["signature_algorithm"]["algorithm"].native not in {"rsassa_pkcs1v15", "sha256_rsa"}
            or not unsigned <= {"signature_time_stamp_token"}
            or not hmac.compare_digest(told, digest)
        ):
            raise CopyAltered
        key.verify(signer_info["signature"].native, text, PKCS1v15(), hashes.SHA256())
    except (InvalidSignature, ValueError, TypeError, KeyError, IndexError, AttributeError) as error:
        raise CopyAltered from error


async def _validated(reader: PdfFileReader, signer: asn1.Certificate, trust: Trust) -> ReadPdf:
    """Return what the file holds after the PDF library agrees: the chain, the coverage, no change allowed and none made."""
    (signature,) = reader.embedded_signatures
    told = signature.self_reported_timestamp
    context = ValidationContext(
        trust_roots=list(trust.authorities), other_certs=list(trust.signers), allow_fetching=False, moment=told,
    )  # fmt: skip
    status = await async_validate_pdf_signature(signature, context, ValidationContext(
        trust_roots=list(trust.authorities), allow_fetching=False))  # fmt: skip
    certification = read_certification_data(reader)
    if (
        not (status.intact and status.valid and status.docmdp_ok)
        or status.coverage != SignatureCoverageLevel.ENTIRE_FILE
        or certification is None
        or certification.permission != MDPPerm.NO_CHANGES
    ):
        raise CopyAltered
    if not status.trusted or told is None:
        raise SignerUnknown
    stamp = status.timestamp_validity
    if stamp is not None and not (stamp.intact and stamp.valid):
        raise CopyAltered
    confirmed = stamp is not None and stamp.trusted
    certificate = x509.load_der_x509_certificate(signer.dump())
    return ReadPdf(
        _attachment(reader), common_name(certificate), is_self_made(certificate),
        stamp.timestamp if stamp is not None and confirmed else told, confirmed,
    )  # fmt: skip


def _attachment(reader: PdfFileReader) -> bytes:
    try:
        _, spec = reader.root["/Names"]["/EmbeddedFiles"]["/Names"]
        return bytes(spec.get_object()["/EF"]["/F"].data)
    except (KeyError, ValueError) as error:
        raise CopyUnreadable("このPDFは保証証書ではありません。", "This PDF is no certificate.") from error

"""Signing a PDF (PAdES B-B, or B-T with a timestamp authority), certified so that no change to it goes unseen."""

import asyncio
import io
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from asn1crypto import x509 as asn1
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from pyhanko.pdf_utils.embed import EmbeddedFileObject, FileSpec, embed_file
from pyhanko.pdf_utils.generic import pdf_name
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import PdfSignatureMetadata, PdfSigner, Signer, fields
from pyhanko.sign.general import SigningError
from pyhanko.sign.signers.pdf_cms import PdfCMSSignedAttributes
from pyhanko.sign.timestamps import TimeStamper
from pyhanko.sign.timestamps.aiohttp_client import HTTPTimeStamper
from pyhanko.sign.timestamps.common_utils import TimestampRequestError
from pyhanko_certvalidator.registry import SimpleCertificateStore

from denshi_hosho.core.errors import HoshoError, SettingsError
from denshi_hosho.core.pdf_trust import asn1_of, common_name, is_authority, trust_in
from denshi_hosho.core.self_made import is_self_made
from denshi_hosho.core.settings import Settings

FIELD = "Certificate"
ATTACHMENT = "certificate.json"
MIN_RSA_BITS = 2048
TIMESTAMP_SECONDS = 5
# What is kept free for the signature, in hexadecimal digits: it is known how large one gets, and asking would cost a dummy.
_RESERVED = 8_192
_RESERVED_WITH_TIMESTAMP = 32_768


class TimestampUnavailable(HoshoError):
    """The timestamp authority does not answer: nothing was signed, and nothing was stored."""

    code = "TIMESTAMP_UNAVAILABLE"

    def __init__(self) -> None:
        super().__init__(
            "タイムスタンプ局に接続できないため、保証証書に署名できません。しばらくしてから再度お試しください。",
            "The certificate cannot be signed: the timestamp authority does not answer. Try again later.",
        )


class KeySigner(Signer):
    """Signs with a key that was parsed once; pyHanko's own signer parses and checks it for each signature."""

    def __init__(self, key: RSAPrivateKey, certificate: asn1.Certificate, chain: SimpleCertificateStore) -> None:
        # Without the root: a copy of it inside the file would prove nothing, and could be changed unseen.
        super().__init__(signing_cert=certificate, cert_registry=chain, embed_roots=False)
        self._key = key

    async def async_sign_raw(self, data: bytes, digest_algorithm: str, dry_run: bool = False) -> bytes:  # noqa: FBT001, FBT002  pyHanko's signature
        """Return the signature (RSASSA-PKCS1-v1_5, SHA-256)."""
        if digest_algorithm != "sha256":
            raise SigningError("SHA-256 only")
        return bytes(self._key.key_size // 8) if dry_run else self._key.sign(data, PKCS1v15(), hashes.SHA256())


class PdfSeal:
    """Signs PDFs with one key and certificate, and knows whom to trust when one comes back.

    `chain`: the signer's certificate, then its authorities; further ones are those of former signers, which verify.
    """

    def __init__(
        self, key: RSAPrivateKey, chain: list[x509.Certificate], timestamper: TimeStamper | None = None
    ) -> None:
        self.certificate = chain[0]
        self.trust = trust_in(chain)
        new_store: Any = SimpleCertificateStore  # its library is typed in parts
        store = new_store()
        store.register_multiple(self.trust.authorities)  # not the signer's own: it would stand in the file twice
        self._timestamper = timestamper
        self._signer = KeySigner(key, asn1_of(chain[0]), store)
        self.certificates_pem = b"".join(each.public_bytes(serialization.Encoding.PEM) for each in chain)

    @cached_property
    def self_made(self) -> bool:
        """Whether the signer's certificate was made by an installation itself (`hosho signing init`)."""
        return is_self_made(self.certificate)

    @property
    def signer_name(self) -> str:
        """The common name of the signer's certificate."""
        return common_name(self.certificate)

    def signed(self, pdf: bytes, attachment: bytes, now: datetime) -> bytes:
        """Return `pdf` with `attachment` (JSON) in it, signed at `now`, certified with no changes allowed.

        Not for an event loop: it takes milliseconds of computing, and asks the timestamp authority if there is one.
        Raise `TimestampUnavailable`.
        """
        try:
            return asyncio.run(self._signed(pdf, attachment, now))
        except (TimestampRequestError, OSError, TimeoutError) as error:
            raise TimestampUnavailable from error

    async def _signed(self, pdf: bytes, attachment: bytes, now: datetime) -> bytes:
        writer = IncrementalPdfFileWriter(io.BytesIO(pdf))
        _attach(writer, attachment)
        metadata = PdfSignatureMetadata(
            field_name=FIELD, md_algorithm="sha256", subfilter=fields.SigSeedSubFilter.PADES, certify=True,
            docmdp_permissions=fields.MDPPerm.NO_CHANGES, name=self.signer_name,
        )  # fmt: skip
        signer = PdfSigner(metadata, signer=self._signer, timestamper=self._timestamper)
        session = signer.init_signing_session(writer)
        session.system_time = now
        reserved = _RESERVED if self._timestamper is None else _RESERVED_WITH_TIMESTAMP
        document = session.prepare_tbs_document(validation_info=None, bytes_reserved=reserved)
        out = io.BytesIO()
        digest, _ = document.digest_tbs_document(output=out)
        await document.perform_signature(digest.document_digest, PdfCMSSignedAttributes())
        return out.getvalue()


def _attach(writer: IncrementalPdfFileWriter, text: bytes) -> None:
    """Attach the certificate as data: the page is for people, this is for programs, one signature covers both."""
    stream = EmbeddedFileObject.from_file_data(writer, text, mime_type="application/json")
    spec = FileSpec(ATTACHMENT, file_name=ATTACHMENT, embedded_data=stream, af_relationship=pdf_name("/Data"),
                    description="保証証書の記載事項 (the certificate as data)")  # fmt: skip
    embed_file(writer, spec)


def load_seal(settings: Settings) -> PdfSeal | None:
    """Return the seal that the settings describe, None if they describe none. Raise `SettingsError` that says what is wrong."""
    if settings.pdf_key is None and settings.pdf_certificates is None:
        return None
    settings.require_pdf_key()
    chain = _chain(settings.pdf_certificates or Path())
    key = _key(settings.pdf_key or Path(), settings.pdf_key_passphrase)
    if chain[0].public_key() != key.public_key():
        raise _wrong(
            "PDF_CERTIFICATES", "最初の証明書が鍵のものではありません", "must begin with the certificate of the key"
        )
    authority = settings.timestamp_url
    return PdfSeal(key, chain, HTTPTimeStamper(authority, timeout=TIMESTAMP_SECONDS) if authority else None)


def _chain(file: Path) -> list[x509.Certificate]:
    try:
        chain = x509.load_pem_x509_certificates(file.read_bytes())
    except (OSError, ValueError) as error:
        raise _wrong(
            "PDF_CERTIFICATES", "証明書(PEM)として読めません", "cannot be read as certificates (PEM)"
        ) from error
    if not any(map(is_authority, chain)):
        raise _wrong(
            "PDF_CERTIFICATES", "認証局の証明書がありません", "must hold the certificate of the authority, too"
        )
    return chain


def _key(file: Path, passphrase: str | None) -> RSAPrivateKey:
    try:
        secret = None if passphrase is None else passphrase.encode()
        key = serialization.load_pem_private_key(file.read_bytes(), secret)
    except (OSError, ValueError, TypeError) as error:
        raise _wrong("PDF_KEY", "秘密鍵(PEM)として読めません。パスフレーズも確認してください",
                     "cannot be read as a private key (PEM); check HOSHO_PDF_KEY_PASSPHRASE, too") from error  # fmt: skip
    if not isinstance(key, RSAPrivateKey) or key.key_size < MIN_RSA_BITS:
        raise _wrong(
            "PDF_KEY",
            f"{MIN_RSA_BITS}ビット以上のRSA鍵が必要です",
            f"must be an RSA key of {MIN_RSA_BITS} bits or more",
        )
    return key


def _wrong(name: str, ja: str, en: str) -> SettingsError:
    return SettingsError(f"HOSHO_{name}: {ja}。", f"HOSHO_{name} {en}.")

"""Verifying a copy of a certificate, PDF or signed statement: it raises, and never answers no."""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from denshi_hosho.core.certificate import Certificate
from denshi_hosho.core.jws import MAX_LENGTH, PublicKeys, parsed, verified
from denshi_hosho.core.not_verified import CopiesDiffer, CopyTooLarge, CopyUnreadable
from denshi_hosho.core.pdf_reading import read_pdf
from denshi_hosho.core.pdf_trust import Trust
from denshi_hosho.core.statement import Json, canonical, stated, statement

TYPE: Final = "guarantee+jws"
_CLAIMS: Final = ("iss", "iat", "status")


class CopyForm(StrEnum):
    """In which form a copy was given."""

    PDF = "PDF"
    JWS = "JWS"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the status of a certificate is published: the list's URL, and the index on it."""

    uri: str
    index: int


@dataclass(frozen=True, slots=True, kw_only=True)
class VerifiedCopy:
    """A copy that proved itself: what it says, who signed it and when, and where to ask whether it is still current.

    `issuer`: public URL of the issuing platform. `signer`: name of the certificate's holder (PDF) or of the key (JWS).
    `timestamped`: whether a timestamp authority confirms `signed_at`, or only the signer does. `self_made`: whether the
    signer's certificate is of its own making. `pdf_sha256`: of the PDF, given or (JWS) vouched for.
    """

    form: CopyForm
    certificate: Certificate
    issuer: str
    signer: str
    signed_at: datetime
    timestamped: bool
    self_made: bool
    pdf_sha256: str
    place: Place


def claims(certificate: Certificate, issuer: str, now: datetime, place: Place) -> Json:
    """Return what is signed of a certificate: its statement, who issued it, when that was signed, where its status is."""
    status = {"status_list": {"idx": place.index, "uri": place.uri}}
    return {**statement(certificate), "iss": issuer, "iat": int(now.timestamp()), "status": status}


async def verify_pdf(pdf: bytes, trust: Trust) -> VerifiedCopy:
    """Return what a signed certificate PDF proves. Raise `NotVerified`."""
    read = await read_pdf(pdf, trust)
    said = parsed(read.attachment)
    if not isinstance(said, dict) or canonical(said) != read.attachment:
        raise _no_certificate()
    certificate, place = _content(said)
    return VerifiedCopy(
        form=CopyForm.PDF, certificate=certificate, issuer=said["iss"], signer=read.signer, signed_at=read.signed_at,
        timestamped=read.timestamped, self_made=read.self_made, pdf_sha256=hashlib.sha256(pdf).hexdigest(), place=place,
    )  # fmt: skip


def verify_jws(token: str, keys: PublicKeys) -> VerifiedCopy:
    """Return what a signed statement proves. Raise `NotVerified`."""
    token = token.strip()
    if len(token) > MAX_LENGTH:
        raise CopyTooLarge(MAX_LENGTH)
    said, key = verified(token, TYPE, keys)
    digest = said.pop("pdfSha256", None)
    certificate, place = _content(said)
    if not isinstance(digest, str):
        raise _no_certificate()
    return VerifiedCopy(
        form=CopyForm.JWS, certificate=certificate, issuer=said["iss"], signer=key,
        signed_at=datetime.fromtimestamp(said["iat"], UTC), timestamped=False, self_made=False, pdf_sha256=digest,
        place=place,
    )  # fmt: skip


def check_together(pdf: VerifiedCopy, jws: VerifiedCopy) -> None:
    """Raise `CopiesDiffer` unless both are of one certificate, as it was issued."""
    if pdf.pdf_sha256 != jws.pdf_sha256 or pdf.certificate != jws.certificate:
        raise CopiesDiffer


def _content(said: Json) -> tuple[Certificate, Place]:
    """Return certificate and place that claims hold. A member more or less is refused: nothing signed goes unread."""
    rest = dict(said)
    try:
        issuer, issued, status = (rest.pop(name) for name in _CLAIMS)
        (listed,) = status.values()
        place = Place(uri=listed["uri"], index=listed["idx"])
        if status != {"status_list": {"idx": place.index, "uri": place.uri}}:
            raise _no_certificate()
        if (type(issuer), type(issued), type(place.uri), type(place.index)) != (str, int, str, int):
            raise _no_certificate()
        return stated(rest), place
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise _no_certificate() from error


def _no_certificate() -> CopyUnreadable:
    return CopyUnreadable("署名された内容が保証証書のものではありません。", "What is signed here is no certificate.")

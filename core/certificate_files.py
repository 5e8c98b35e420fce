"""Signed certificates, kept as they went out: made once, when first asked for, and the same bytes ever after."""

import hashlib
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.audit import append_about
from denshi_hosho.core.certificate import Certificate
from denshi_hosho.core.changes.differences import differences
from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.documents import certificate_pdf
from denshi_hosho.core.jws import SigningKeys
from denshi_hosho.core.outbox import OPEN_PATH
from denshi_hosho.core.pdf_signing import PdfSeal
from denshi_hosho.core.statement import canonical
from denshi_hosho.core.status import SIZE, place, uri
from denshi_hosho.core.tables import access_key, certificate, certificate_file, guarantee, guarantee_step
from denshi_hosho.core.verifying import TYPE, Place, claims
from denshi_hosho.core.vocabulary import AuditEvent, CertificateStatus, GuaranteeState, GuaranteeStep

SELF_MADE_REMARK = (
    "この証書の電子署名は、発行者が自己発行した署名証明書によるものです。第三者の認証局は発行者を証明していません。"
)


@dataclass(frozen=True, slots=True)
class SignedFile:
    """A certificate as it went out: PDF and JWS."""

    pdf: bytes
    jws: str


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a certificate is current, and since which day in Japan it is not; None where that was not recorded."""

    status: CertificateStatus
    since: date | None


def digests(file: SignedFile) -> dict[str, str]:
    """Return the SHA-256 of PDF and JWS, in hexadecimal, by these names."""
    jws_sha256 = hashlib.sha256(file.jws.encode()).hexdigest()
    return {"pdf": hashlib.sha256(file.pdf).hexdigest(), "jws": jws_sha256}


def make(  # noqa: PLR0913, PLR0917  what is drawn, and what signs it
    what: Certificate, before: Certificate | None, certificate_id: int, public_url: str, seal: PdfSeal, keys: SigningKeys,
    now: datetime,
) -> SignedFile:  # fmt: skip
    """Return the certificate drawn and signed: computing only, and the timestamp authority if there is one.

    `before` is the version that it replaced: how it differs from that is drawn, too.

    Raise what `certificate_pdf` raises, and `TimestampUnavailable`.
    """
    number, index = place(certificate_id)
    said = claims(what, public_url, now, Place(uri=uri(public_url, number), index=index))
    drawn = certificate_pdf(
        what, viewer_url=f"{public_url.rstrip('/')}{OPEN_PATH}/{what.number}",
        remark=SELF_MADE_REMARK if seal.self_made else None,
        changes=() if before is None else differences(before, what),
    )  # fmt: skip
    pdf = seal.signed(drawn, canonical(said), now)
    return SignedFile(pdf, keys.signed(TYPE, {**said, "pdfSha256": hashlib.sha256(pdf).hexdigest()}))


async def certificate_id_of(connection: AsyncConnection, guarantee_id: int, version: int) -> int:
    """Return the id of that version of that guarantee's certificate, which exists."""
    mine = certificate.c.guarantee_id == guarantee_id, certificate.c.version == version
    return int((await connection.execute(sa.select(certificate.c.id).where(*mine))).scalar_one())


async def stored(connection: AsyncConnection, certificate_id: int) -> SignedFile | None:
    """Return the file of a certificate, if it was ever made."""
    columns = certificate_file.c.pdf, certificate_file.c.jws
    statement = sa.select(*columns).where(certificate_file.c.certificate_id == certificate_id)
    row = (await connection.execute(statement)).one_or_none()
    return SignedFile(bytes(row.pdf), row.jws) if row else None


async def keep(connection: AsyncConnection, certificate_id: int, file: SignedFile, now: datetime) -> SignedFile:
    """Return the file that is kept of the certificate: `file`, or the one that somebody else stored first.

    The log is told of the one that is stored.
    """
    digested = digests(file)
    values = {
        "certificate_id": certificate_id, "pdf": file.pdf, "pdf_sha256": digested["pdf"], "jws": file.jws, "signed_at": now,
    }  # fmt: skip
    insert = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(certificate_file).values(values)
    first = insert.on_conflict_do_nothing(index_elements=["certificate_id"]).returning(certificate_file.c.id)
    file_id = (await connection.execute(first)).scalar_one_or_none()
    if file_id is not None:
        what = sa.select(certificate.c.guarantee_id, certificate.c.version).where(certificate.c.id == certificate_id)
        row = (await connection.execute(what)).one()
        said = {"certificate_file": file_id, "version": row.version, **digested}
        await append_about(
            connection, AuditEvent.CERTIFICATE_SIGNED, now, actor=None, guarantee_id=row.guarantee_id, said=said
        )
        return file
    kept = await stored(connection, certificate_id)
    if kept is None:
        raise AssertionError("somebody stored it before")
    return kept


# The key that this file's notice may have carried was replaced after the file was signed.
_RETIRED = (
    sa.select(sa.func.max(access_key.c.retired_at))
    .where(access_key.c.guarantee_id == guarantee.c.id, access_key.c.retired_at > certificate_file.c.signed_at)
    .scalar_subquery()
)
_COLUMNS = (
    certificate.c.id, certificate.c.version, guarantee.c.number, guarantee.c.live_version, guarantee.c.state,
    certificate_file.c.pdf_sha256, certificate_file.c.jws, _RETIRED.label("retired_at"),
)  # fmt: skip
_TABLES = certificate.join(guarantee).outerjoin(certificate_file)
_ENDS = (GuaranteeStep.GUARANTEE_CANCELLED, GuaranteeStep.GUARANTEE_RELEASED, GuaranteeStep.CLAIM_PAID)
_IN_FORCE = (GuaranteeState.ACTIVE, GuaranteeState.CLAIMED)


async def statuses(connection: AsyncConnection, number: int) -> dict[int, CertificateStatus]:
    """Return the status of each certificate on list `number` that is not simply active, by its index. One statement."""
    columns = [each for each in _COLUMNS if each.name not in {"number", "pdf_sha256", "jws"}]
    on_list = certificate.c.id.between(number * SIZE, number * SIZE + SIZE - 1)
    news = sa.or_(
        guarantee.c.state.not_in(_IN_FORCE),
        certificate.c.version != guarantee.c.live_version,
        _RETIRED.is_not(None),
    )
    rows = await connection.execute(sa.select(*columns).select_from(_TABLES).where(on_list, news))
    return {place(row.id)[1]: _status(row) for row in rows}


async def highest(connection: AsyncConnection) -> int:
    """Return the highest id of a certificate, or 0."""
    return int((await connection.execute(sa.select(sa.func.max(certificate.c.id)))).scalar_one() or 0)


async def standing(
    connection: AsyncConnection, what: Certificate, certificate_id: int, *, pdf_sha256: str, jws: str | None
) -> tuple[Standing | None, bool]:
    """Return whether the certificate of a verified copy is current, and whether the copy is what was issued.

    None if this database has no such certificate. `jws` is given if the copy is one, else its `pdf_sha256` decides.
    """
    statement = sa.select(*_COLUMNS).select_from(_TABLES).where(certificate.c.id == certificate_id)
    row = (await connection.execute(statement)).one_or_none()
    if row is None or (row.number, row.version) != (what.number, what.version):
        return None, False
    identical = row.jws == jws if jws is not None else row.pdf_sha256 == pdf_sha256
    return Standing(_status(row), await _since(connection, row)), identical


def _status(row: Any) -> CertificateStatus:
    if row.state is GuaranteeState.CANCELLED:
        return CertificateStatus.CANCELLED
    if row.state in {GuaranteeState.RELEASED, GuaranteeState.PERFORMED}:
        return CertificateStatus.RELEASED
    if row.version != row.live_version:
        return CertificateStatus.SUPERSEDED
    return CertificateStatus.ROTATED if row.retired_at is not None else CertificateStatus.ACTIVE


async def _since(connection: AsyncConnection, row: Any) -> date | None:
    match _status(row):
        case CertificateStatus.ROTATED:
            return japan_day(row.retired_at)
        case CertificateStatus.SUPERSEDED:
            tables = certificate.join(guarantee)
            later = guarantee.c.number == row.number, certificate.c.version > row.version
            first = sa.select(sa.func.min(certificate.c.issued_on)).select_from(tables).where(*later)
            found: date | None = (await connection.execute(first)).scalar_one()
            return found
        case CertificateStatus.CANCELLED | CertificateStatus.RELEASED:
            ended = guarantee.c.number == row.number, guarantee_step.c.step.in_(_ENDS)
            noted = (
                sa.select(sa.func.max(guarantee_step.c.at)).select_from(guarantee_step.join(guarantee)).where(*ended)
            )
            at: datetime | None = (await connection.execute(noted)).scalar_one()
            return None if at is None else japan_day(at)
        case _:
            return None

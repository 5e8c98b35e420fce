"""Signed certificates as an audit sees them: the bytes that are kept must be those that the log was told of."""

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.audit import written
from denshi_hosho.core.certificate_files import SignedFile, digests
from denshi_hosho.core.leaves import Leaf
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import certificate, certificate_file, guarantee

NAME = certificate_file.name
ROWS = sa.select(certificate_file.c.id, certificate.c.guarantee_id.label("guarantee")).select_from(
    certificate_file.join(certificate)
)
_OWNERS = ("account", "principal", "surety", "application")
_KEPT = ROWS.add_columns(
    certificate.c.version, certificate_file.c.pdf, certificate_file.c.pdf_sha256, certificate_file.c.jws,
    certificate_file.c.signed_at, sa.null().label("account"), guarantee.c.principal_id.label("principal"),
    guarantee.c.surety_id.label("surety"), guarantee.c.application_id.label("application"),
).join(guarantee, guarantee.c.id == certificate.c.guarantee_id)  # fmt: skip


async def kept_files(connection: AsyncConnection, ids: Sequence[int]) -> dict[tuple[int, int], dict[str, Any]]:
    """Return what the entries of the files `ids` must say, by file and guarantee. No two files are in memory at once."""
    rows = await connection.stream(_KEPT.where(certificate_file.c.id.in_(ids)).execution_options(yield_per=1))
    return {(row.id, row.guarantee): _kept(row) async for row in rows}


def said_of(leaf: Leaf) -> dict[str, Any]:
    """Return what an entry says of its file, in the same words."""
    said = {name: leaf.said[name] for name in ("version", "pdf", "jws")}
    return {**said, "pdf_sha256": said["pdf"], "at": leaf.at, **{name: leaf.owners[name] for name in _OWNERS}}


def _kept(row: AnyRow) -> dict[str, Any]:
    said = {"version": row.version, **digests(SignedFile(bytes(row.pdf), row.jws)), "pdf_sha256": row.pdf_sha256}
    return {**said, "at": written(row.signed_at), **{name: getattr(row, name) for name in _OWNERS}}

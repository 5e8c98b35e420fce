"""A signed certificate leaves its entry, and no byte of it changes unseen."""

import hashlib
import json
from collections.abc import Awaitable
from functools import partial

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import certificate_files as files
from denshi_hosho.core.auditing import audited
from denshi_hosho.core.certificate_files import SignedFile
from denshi_hosho.core.tables import audit_entry, certificate, certificate_file
from tests.core.world import NOTARY, NOW, World

pytestmark = pytest.mark.anyio
FILE = SignedFile(b"%PDF-1.7 \x00\xff", "e30.e30.AAAA")
FIRST = certificate_file.c.id == sa.select(sa.func.min(certificate_file.c.id)).scalar_subquery()
OTHER = sa.select(sa.func.max(certificate.c.id)).scalar_subquery()


def kept(certificate_id: int, file: SignedFile, connection: AsyncConnection) -> Awaitable[SignedFile]:
    return files.keep(connection, certificate_id, file, NOW)


async def signed(world: World) -> int:
    """Two guarantees, the first one's certificate signed; its guarantee's id."""
    guarantee_id = await world.concluded()
    await world.concluded(world.other)
    certificate_id = await world.database.write(lambda c: files.certificate_id_of(c, guarantee_id, 1))
    for file in (FILE, SignedFile(b"%PDF-late", "late")):
        assert await world.database.write(partial(kept, certificate_id, file)) == FILE
    return guarantee_id


async def test_the_file_that_is_kept_is_logged_once_with_its_digests(world: World) -> None:
    guarantee_id = await signed(world)
    row = await world.one(sa.select(certificate_file.c.id, certificate_file.c.pdf_sha256))
    entry = await world.one(sa.select(audit_entry).where(audit_entry.c.event == "CERTIFICATE_SIGNED"))
    said = json.loads(entry.entry)
    assert said["said"] == {
        "certificate_file": row.id, "version": 1, "pdf": hashlib.sha256(FILE.pdf).hexdigest(),
        "jws": hashlib.sha256(FILE.jws.encode()).hexdigest(),
    }  # fmt: skip
    assert row.pdf_sha256 == said["said"]["pdf"]
    assert (said["account"], said["guarantee"], said["surety"]) == (None, guarantee_id, world.surety_id)
    seen = await audited(world.database, keys=NOTARY.verifier_keys)
    assert (seen.findings, seen.rows["certificate_file"]) == ([], 1)


TAMPERED = {
    "a byte of the PDF": (sa.update(certificate_file).values(pdf=b"%PDF-1.7 \x00\xfe"), "ROW_ALTERED", "pdf"),
    "a letter of the statement": (sa.update(certificate_file).values(jws="e30.e30.AAAB"), "ROW_ALTERED", "jws"),
    "the digest beside it": (sa.update(certificate_file).values(pdf_sha256="0" * 64), "ROW_ALTERED", "pdf_sha256"),
    "when it was signed": (sa.update(certificate_file).values(signed_at=NOW.replace(year=2023)), "ROW_ALTERED", "at"),
    "the version": (sa.update(certificate).values(version=2), "ROW_ALTERED", "version"),
    "the file deleted": (sa.delete(certificate_file), "ROW_MISSING", "certificate_file"),
    "the file moved": (sa.update(certificate_file).values(certificate_id=OTHER), "ROW_MISSING", "certificate_file"),
    "a file put in": (
        sa.insert(certificate_file).from_select(
            ["certificate_id", "pdf", "pdf_sha256", "jws", "signed_at"],
            sa.select(OTHER, *(certificate_file.c[each] for each in ("pdf", "pdf_sha256", "jws", "signed_at"))).where(
                FIRST
            ),
        ),
        "ROW_UNLOGGED",
        "certificate_file",
    ),
}


@pytest.mark.parametrize("what", TAMPERED)
async def test_whatever_is_done_to_a_file_is_found(world: World, what: str) -> None:
    await signed(world)
    statement, code, named = TAMPERED[what]
    await world.execute(statement)
    findings = (await audited(world.database, keys=NOTARY.verifier_keys)).findings
    about = [each for each in findings if each.where.startswith("certificate_file")]
    assert code in {each.code for each in about}, findings
    assert any(named in f"{each.where} {each.en}" for each in about if each.code == code)

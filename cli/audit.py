"""`hosho audit`: verify the audit log and all that it speaks of, print its checkpoint, write a guarantee's proof."""

import asyncio
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import click
import sqlalchemy as sa

from denshi_hosho.cli.environment import settings
from denshi_hosho.cli.serve import outdated
from denshi_hosho.core import audit as log
from denshi_hosho.core.auditing import Audited, audited
from denshi_hosho.core.database import Database
from denshi_hosho.core.errors import HoshoError, SettingsError
from denshi_hosho.core.migration import is_current
from denshi_hosho.core.notary import CheckpointInvalid, Notary, VerifierKey, notes_in_file
from denshi_hosho.core.numbers import parse_number
from denshi_hosho.core.proofs import LogProof, conclusion_proofs
from denshi_hosho.core.tables import guarantee

T = TypeVar("T")
_DATABASE = click.option("--database", "url", help="URL of the database (default: HOSHO_DATABASE_URL).")
_FILES = click.Path(exists=True, dir_okay=False, path_type=Path)


class ProofUnknown(HoshoError):
    """There is no guarantee with this number, or it was concluded before the log began."""

    code = "PROOF_UNKNOWN"


@click.group()
def audit() -> None:
    """Verify the audit log (監査ログ) and give proofs out of it."""


@audit.command("verify")
@_DATABASE
@click.option(
    "--checkpoint",
    "files",
    multiple=True,
    type=_FILES,
    help="File with a checkpoint that was kept elsewhere: a mail (.eml), a note, any text. Repeatable.",
)
@click.option("--key", "keys", multiple=True, help="Verifier key, name+id+base64, beside those of HOSHO_LOG_SECRETS.")
def audit_verify(url: str | None, files: tuple[Path, ...], keys: tuple[str, ...]) -> None:
    """Recompute the log, and compare it with tables and checkpoints. Exit code 1 if anything differs.

    With a checkpoint from an old mail it is found out, too, when somebody rewrote the whole log without a flaw.
    """
    known = [*_own_keys(), *map(VerifierKey.parse, keys)]
    notes = [note for file in files for note in _notes(file)]
    seen = _with(url, lambda database: audited(database, notes, known))
    _show(seen, signed=bool(known))
    if seen.findings:
        sys.exit(1)


def _own_keys() -> list[VerifierKey]:
    given = settings()
    return list(Notary(given.log_secrets, given.public_url).verifier_keys) if given.log_secrets else []


def _notes(file: Path) -> list[str]:
    if not (notes := notes_in_file(file.read_bytes())):
        raise CheckpointInvalid(f"{file} にチェックポイントがありません。", f"There is no checkpoint in {file}.")
    return notes


def _show(seen: Audited, *, signed: bool) -> None:
    rows = [("entries", seen.size), ("root", seen.root.hex()), *seen.rows.items(), ("checkpoints", seen.checkpoints)]
    for name, value in rows:
        click.echo(f"{name:18}{value}")
    if not signed:
        click.echo(
            "No key is known (HOSHO_LOG_SECRETS or --key): signatures of checkpoints were not verified.", err=True
        )
    for each in seen.findings:
        click.echo(f"{each.code}\t{each.where}\t{each.ja}\t{each.en}")
    click.echo("OK 監査ログに異常はありません。Nothing was altered." if not seen.findings else
               f"FAILED {len(seen.findings)} 件の異常があります。{len(seen.findings)} findings.")  # fmt: skip


@audit.command("checkpoint")
@_DATABASE
def audit_checkpoint(url: str | None) -> None:
    """Print the signed checkpoint of the log as it is now. Keep it elsewhere."""
    notary = _notary()

    async def work(database: Database) -> str:
        async with database.read() as connection:
            return await log.checkpoint(connection, notary)

    click.echo(_with(url, work), nl=False)


@audit.command("proof")
@click.argument("number")
@_DATABASE
@click.option(
    "--folder",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path(),
    show_default=True,
    help="Where the three files go.",
)
def audit_proof(number: str, url: str | None, folder: Path) -> None:
    """Write what proves that guarantee NUMBER was concluded: record, proof and the log's verifier key.

    tools/verify_log_proof.py checks them anywhere, without this software.
    """
    notary, wanted = _notary(), parse_number(number)
    proof = _with(url, lambda database: _proof(database, notary, wanted))
    folder.mkdir(parents=True, exist_ok=True)
    files = (("record.json", proof.record), ("tlog-proof", proof.proof), ("vkey", f"{notary.verifier_keys[0]}\n"))
    for ending, text in files:
        file = folder / f"{wanted}.{ending}"
        file.write_bytes(text.encode())
        click.echo(file)


def _notary() -> Notary:
    given = settings()
    if not given.log_secrets:
        raise SettingsError(
            "HOSHO_LOG_SECRETS が設定されていません。", "HOSHO_LOG_SECRETS is missing: nothing can be signed."
        )
    return Notary(given.log_secrets, given.public_url)


async def _proof(database: Database, notary: Notary, number: str) -> LogProof:
    async with database.read() as connection:
        found = (await connection.execute(sa.select(guarantee.c.id).where(guarantee.c.number == number))).scalar()
        proofs = await conclusion_proofs(connection, notary, [found] if found else [])
    if found not in proofs:
        raise ProofUnknown(
            f"保証契約 {number} の締結は監査ログにありません。", f"The log holds no conclusion of a guarantee {number}."
        )
    return proofs[found]


def _with(url: str | None, work: Callable[[Database], Awaitable[T]]) -> T:
    async def run() -> T:
        database = Database(url or settings().database_url)
        try:
            if not await is_current(database):
                raise outdated()
            return await work(database)
        finally:
            await database.close()

    return asyncio.run(run())

"""`hosho backup` and `hosho restore`: one consistent state of the database in a file, and back, each checked."""

import asyncio
import sys
from pathlib import Path

import click

from denshi_hosho.cli.environment import make_folder_of, settings
from denshi_hosho.core import backup_postgres, backup_sqlite
from denshi_hosho.core.auditing import audited
from denshi_hosho.core.backup import POSTGRES, SQLITE, damaged, kind_of
from denshi_hosho.core.database import Database
from denshi_hosho.core.migration import is_current
from denshi_hosho.core.rewrap import check_keys
from denshi_hosho.core.settings import Settings
from denshi_hosho.core.vault import Vault

_NEW = click.Path(path_type=Path, dir_okay=False)
_THERE = click.Path(path_type=Path, dir_okay=False, exists=True, readable=True)


@click.command()
@click.argument("file", type=_NEW)
def backup(file: Path) -> None:
    """Write the database to FILE, as it is at one moment, while it is served. The secrets are not in it."""
    given = settings()
    database = Database(given.database_url)
    if database.is_sqlite:
        backup_sqlite.back_up(_sqlite_file(database), file)
    else:
        asyncio.run(_dump(database, file, given.pg_bin))
    click.echo(f"Backed up to {file} ({file.stat().st_size:,} bytes), and read it back. Keep the secrets elsewhere.")


async def _dump(database: Database, file: Path, folder: Path | None) -> None:
    try:
        await backup_postgres.back_up(database, file, folder)
    finally:
        await database.close()


@click.command()
@click.argument("file", type=_THERE)
@click.option("--check", is_flag=True, help="Only read FILE to its end, and say whether it can be restored.")
def restore(file: Path, *, check: bool) -> None:
    """Fill the empty database of the settings from FILE, then check it. One that holds anything is left alone."""
    given = settings()
    if check:
        _check(file, given)
        click.echo(f"{file} can be restored.")
        return
    make_folder_of(given.database_url)
    asyncio.run(_restore(file, given))


def _check(file: Path, given: Settings) -> None:
    if kind_of(file) == SQLITE:
        backup_sqlite.check(file)
    else:
        backup_postgres.check(file, given.pg_bin)


async def _restore(file: Path, given: Settings) -> None:
    database = Database(given.database_url)
    if (kind_of(file) == POSTGRES) is database.is_sqlite:
        raise damaged(file, "it is of another kind of database than HOSHO_DATABASE_URL")
    try:
        if database.is_sqlite:
            backup_sqlite.restore(file, _sqlite_file(database))
        else:
            await backup_postgres.restore(file, database, given.pg_bin)
        click.echo(f"Restored {file}.")
        await _look(database, given)
    finally:
        await database.close()


async def _look(database: Database, given: Settings) -> None:
    """Say what a restored database needs before it is served."""
    if not await is_current(database):
        click.echo("It is of an older version: run `hosho db upgrade`.")
        return
    if given.seal_secrets and given.pepper_secrets:
        good, broken = await check_keys(database, Vault(given.seal_secrets, given.pepper_secrets))
        click.echo(f"{good} access keys open, {len(broken)} do not.")
    else:
        click.echo("Whether its access keys open was not tried: the secrets are not set.")
    seen = await audited(database)
    for each in seen.findings:
        click.echo(f"{each.code}\t{each.where}\t{each.ja}\t{each.en}", err=True)
    click.echo(f"Audit log: {seen.size} entries, {len(seen.findings)} findings.")
    if seen.findings:
        sys.exit(1)


def _sqlite_file(database: Database) -> Path:
    return Path(str(database.url.database))

"""`hosho tariff` and `hosho expire`: what sureties charge, and noting what has expired."""

from datetime import datetime
from pathlib import Path

import click
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.cli.environment import with_database
from denshi_hosho.core import parties
from denshi_hosho.core.clock import system_clock
from denshi_hosho.core.database import Database
from denshi_hosho.core.ending.expiry import note_expired
from denshi_hosho.core.fees.classes import load, tariffs_of
from denshi_hosho.core.fees.tariff import TariffMalformed, parse
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.vocabulary import Role

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def _read(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise TariffMalformed("-", "UTF-8として読めません。", "this is no UTF-8.") from error


@click.group()
def tariff() -> None:
    """Keep sureties' tariffs (料率): dated files, which are never changed once they are loaded."""


@tariff.command("check")
@click.argument("file", type=_FILE)
def tariff_check(file: Path) -> None:
    """Say whether FILE is a tariff, and what is wrong with it."""
    told = parse(_read(file))
    click.echo(f"{told.name}: {len(told.rates)} rates" + (", an example (例示)" if told.example else ""))


@tariff.command("add")
@click.argument("surety")
@click.argument("file", type=_FILE)
@click.option(
    "--from", "from_on", type=click.DateTime(["%Y-%m-%d"]), required=True, help="The first day on which it holds."
)
def tariff_add(surety: str, file: Path, from_on: datetime) -> None:
    """Let the surety SURETY charge by FILE from a day on. Statements that were made before stay as they are."""
    text = _read(file)

    async def work(connection: AsyncConnection) -> None:
        surety_id = await parties.party_id(connection, Role.SURETY, surety)
        await load(connection, surety_id, text, from_on.date(), system_clock())

    with_database(lambda database: database.write(work))
    click.echo(f"{surety} charges by {parse(text).name} from {from_on.date().isoformat()} on.")


@tariff.command("show")
@click.argument("surety")
def tariff_show(surety: str) -> None:
    """List the tariffs of the surety SURETY, the newest first."""

    async def work(database: Database) -> list[AnyRow]:
        async with database.read() as connection:
            return await tariffs_of(connection, await parties.party_id(connection, Role.SURETY, surety))

    for row in with_database(work):
        click.echo(f"{row.from_on.isoformat()}\t{row.name}" + ("\t例示" if row.example else ""))


@click.command()
def expire() -> None:
    """Note each guarantee whose last day has passed (保証期間の満了), as the platform does each day. Nothing is released."""
    click.echo(f"{with_database(lambda database: note_expired(database, system_clock()))} have expired.")

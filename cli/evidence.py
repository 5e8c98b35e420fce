"""The command that sets which papers a surety wants to see for withdrawals: `sureties evidence`."""

from pathlib import Path

import click
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.cli.environment import with_database
from denshi_hosho.core import parties
from denshi_hosho.core.funds.evidence import parse, put
from denshi_hosho.core.vocabulary import Role


@click.command("evidence")
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
def sureties_evidence(name: str, file: Path | None) -> None:
    """Set which papers (確認書類) the surety NAME wants to see for withdrawals, as FILE says (TOML). Without FILE: none."""
    checklist = None if file is None else parse(file.read_text(encoding="utf-8", errors="replace"))

    async def work(connection: AsyncConnection) -> None:
        await put(connection, await parties.party_id(connection, Role.SURETY, name), checklist)

    with_database(lambda database: database.write(work))
    click.echo(f"{name} demands no papers." if checklist is None else f"{name} now has the checklist {checklist.name}.")

"""`hosho expire`: note the guarantees whose last day has passed, now. The postman does the same every ten minutes."""

import click

from denshi_hosho.cli.environment import with_database
from denshi_hosho.core.clock import system_clock
from denshi_hosho.core.ending.expiry import note_expired


@click.command()
def expire() -> None:
    """Note guarantees whose last day (保証期間の末日) has passed in Japan, each once. Nothing is released by that."""
    count = with_database(lambda database: note_expired(database, system_clock()))
    click.echo(f"{count} guarantees have expired and were noted.")

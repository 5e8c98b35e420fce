"""`hosho webhooks`: how deliveries are, which fail and why, and the words that park them or have them tried again."""

import click

from denshi_hosho.cli.environment import with_database
from denshi_hosho.core.clock import JST, system_clock
from denshi_hosho.core.database import Database
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.webhooks.deliveries import counts, park, undelivered, unpark


@click.group()
def webhooks() -> None:
    """Look after deliveries to webhooks; `hosho serve` and `hosho mail` make them."""


@webhooks.command("status")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="How many failed ones to list.")
def webhooks_status(limit: int) -> None:
    """Show how many deliveries wait and are parked; then the failed ones: id, webhook, state, index, attempts, due, why."""
    (waiting, parked), failed = with_database(lambda database: _status(database, limit))
    click.echo(f"waiting\t{waiting}\nparked\t{parked}")
    for row in failed:
        how, due = "parked" if row.parked_at else "failing", row.due_at.astimezone(JST).isoformat(timespec="seconds")
        click.echo(
            f"{row.id}\t{row.webhook_id}\t{how}\t{row.entry_index}\t{row.attempts}\t{due}\t{row.last_error or '-'}"
        )


async def _status(database: Database, limit: int) -> tuple[tuple[int, int], list[AnyRow]]:
    async with database.read() as connection:
        return await counts(connection), await undelivered(connection, limit)


@webhooks.command("park")
@click.argument("ids", nargs=-1, type=int, required=True)
def webhooks_park(ids: tuple[int, ...]) -> None:
    """Try deliveries no more until somebody says so. IDS are those that `hosho webhooks status` shows."""
    click.echo(f"{with_database(lambda database: park(database, ids, system_clock()))} of {len(ids)} are parked.")


@webhooks.command("unpark")
@click.argument("ids", nargs=-1, type=int)
@click.option("--all", "every", is_flag=True, help="Every parked delivery to an open webhook.")
def webhooks_unpark(ids: tuple[int, ...], *, every: bool) -> None:
    """Have parked deliveries tried again, for a day. IDS are those that `hosho webhooks status` shows."""
    if bool(ids) == every:
        raise click.UsageError("give either ids or --all")
    count = with_database(lambda database: unpark(database, None if every else ids, system_clock()))
    click.echo(f"{count} of {'all' if every else len(ids)} will be tried again.")

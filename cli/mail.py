"""`hosho mail`: the postman in a process of its own, how the outbox is, and mail that is to be tried again."""

import asyncio
from datetime import datetime

import click

from denshi_hosho.cli.environment import settings, with_database
from denshi_hosho.cli.serve import check_current
from denshi_hosho.cli.stopping import SIGNALS, Stopping, at_most
from denshi_hosho.core.clock import JST, system_clock
from denshi_hosho.core.database import Database
from denshi_hosho.core.outbox_state import OutboxState, outbox_state, retry, unsent
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.resolvers.mailing import delivering
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.schema.log import configure


@click.group(invoke_without_command=True)
@click.pass_context
def mail(context: click.Context) -> None:
    """Deliver the outbox until told to stop (Ctrl-C or SIGTERM). Any number of these may run beside `hosho serve`."""
    if context.invoked_subcommand is None:
        given = settings()
        platform = Platform.build(given)
        check_current(platform)
        configure(json=not given.development)
        asyncio.run(_deliver(platform))


async def _deliver(platform: Platform) -> None:
    stopping, stopped = Stopping(at_most(platform.settings.shutdown_seconds)), asyncio.Event()

    def stop() -> None:
        stopping.signal()
        stopped.set()

    for each in SIGNALS:
        asyncio.get_running_loop().add_signal_handler(each, stop)
    async with delivering(platform):
        await stopped.wait()
    await platform.database.close()


@mail.command("status")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1), help="How many failed mails to list.")
def mail_status(limit: int) -> None:
    """Show how many mails wait, are due and fail; then the failed ones: id, state, attempts, due, recipient, reason."""
    state, failed = with_database(lambda database: _status(database, limit))
    for name, count in (("waiting", state.waiting), ("due", state.due), ("late", state.late),
                        ("failing", state.failing), ("parked", state.parked)):  # fmt: skip
        click.echo(f"{name}\t{count}")
    click.echo(f"oldest due\t{_when(state.oldest) if state.oldest else '-'}")
    for row in failed:
        said = " ".join(str(row.last_error).split())
        how = "parked" if row.parked_at else "failing"
        click.echo(f"{row.id}\t{how}\t{row.attempts}\t{_when(row.due_at)}\t{row.recipient}\t{said}")


async def _status(database: Database, limit: int) -> tuple[OutboxState, list[AnyRow]]:
    async with database.read() as connection:
        state = await outbox_state(connection, system_clock())
    return state, await unsent(database, limit)


def _when(instant: datetime) -> str:
    return instant.astimezone(JST).isoformat(timespec="seconds")


@mail.command("retry")
@click.argument("ids", nargs=-1, type=int)
@click.option("--all", "every", is_flag=True, help="Every mail that failed, parked or not.")
def mail_retry(ids: tuple[int, ...], *, every: bool) -> None:
    """Let failed mails be tried again at once, parked ones too. IDS are those that `hosho mail status` shows."""
    if bool(ids) == every:
        raise click.UsageError("give either ids or --all")
    count = with_database(lambda database: retry(database, None if every else ids))
    click.echo(f"{count} of {'all' if every else len(ids)} will be tried again.")

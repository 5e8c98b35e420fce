"""Commands for accounts: `users`."""

import sys

import click

from denshi_hosho.cli.environment import settings, with_database
from denshi_hosho.core import keeping, parties
from denshi_hosho.core.accounts import reset_password
from denshi_hosho.core.clock import system_clock
from denshi_hosho.core.database import Database
from denshi_hosho.core.errors import Refused
from denshi_hosho.core.vocabulary import Role
from denshi_hosho.resolvers.access import PROVIDER_OFF


@click.group()
def users() -> None:
    """Keep accounts."""


@users.command("add")
@click.argument("login_id")
@click.option("--principal", help="The principal for which it acts.")
@click.option("--surety", help="The surety for which it acts.")
@click.option("--obligee", help="Code of the obligee (発注者) for which it acts.")
@click.option("--email", required=True, help="Where its mail goes.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking for it.")
def users_add(
    login_id: str, principal: str | None, surety: str | None, obligee: str | None, email: str, *, password_stdin: bool
) -> None:
    """Add an account that acts for a principal, a surety or an obligee. Its password has at least 12 characters."""
    parties_given = {Role.PRINCIPAL: principal, Role.SURETY: surety, Role.OBLIGEE: obligee}
    given = [(role, name) for role, name in parties_given.items() if name is not None]
    if len(given) != 1:
        raise click.UsageError("give one of --principal, --surety and --obligee")
    ((role, party),) = given
    password = sys.stdin.readline().rstrip("\n") if password_stdin else _new_password()

    async def work(database: Database) -> None:
        async with database.read() as connection:
            party_id = await parties.party_id(connection, role, party)
        row = await parties.prepare_account(
            parties.NewAccount(login_id=login_id, password=password, role=role, party_id=party_id, email=email)
        )
        await database.write(lambda connection: parties.add_account(connection, row, system_clock()))

    with_database(work)
    click.echo(f"Added the account {login_id}.")


@users.command("password")
@click.argument("login_id")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking for it.")
def users_password(login_id: str, *, password_stdin: bool) -> None:
    """Give the account LOGIN_ID a new password; all its sessions end."""
    password = sys.stdin.readline().rstrip("\n") if password_stdin else _new_password()
    with_database(lambda database: reset_password(database, login_id, password, system_clock()))
    click.echo(f"Changed the password of {login_id}.")


@users.command("link")
@click.argument("login_id")
@click.option(
    "--subject", required=True, help="Who it is at the provider HOSHO_OIDC_ISSUER: the claim `sub` of its ID tokens."
)
def users_link(login_id: str, subject: str) -> None:
    """Let a person at the external provider sign in as the account LOGIN_ID; all its sessions end."""
    issuer = settings().oidc_issuer
    if issuer is None:
        raise Refused(PROVIDER_OFF)
    with_database(lambda database: keeping.link(database, login_id, issuer, subject, system_clock()))
    click.echo(f"Linked {login_id} to {subject}.")


@users.command("unlink")
@click.argument("login_id")
def users_unlink(login_id: str) -> None:
    """Let nobody sign in as the account LOGIN_ID through a provider any more; all its sessions end."""
    with_database(lambda database: keeping.unlink(database, login_id, system_clock()))
    click.echo(f"Unlinked {login_id}.")


@users.command("disable")
@click.argument("login_id")
def users_disable(login_id: str) -> None:
    """Close the account LOGIN_ID: nobody signs in to it, and all its sessions end within a second."""
    with_database(lambda database: keeping.disable(database, login_id, system_clock()))
    click.echo(f"Closed {login_id}.")


@users.command("enable")
@click.argument("login_id")
def users_enable(login_id: str) -> None:
    """Open the closed account LOGIN_ID again."""
    with_database(lambda database: keeping.enable(database, login_id, system_clock()))
    click.echo(f"Opened {login_id} again.")


@users.command("list")
def users_list() -> None:
    """List the accounts and for whom they act."""
    for row in with_database(parties.accounts):
        more = (
            f"linked to {row.provider_subject}" if row.provider_subject else "",
            "closed" if row.disabled_at else "",
        )
        click.echo("\t".join((row.login_id, row.role, row.party, row.email, *filter(None, more))))


def _new_password() -> str:
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))

"""Commands that keep the database and add who takes part: `db`, `keys`, `sureties`, `principals`, `users`, `schema`."""

import base64
import json
import re
import secrets
import sys
from pathlib import Path

import click
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.cli.environment import with_database
from denshi_hosho.core import parties
from denshi_hosho.core.accounts import reset_password
from denshi_hosho.core.certificate import HandlingBranch, Surety
from denshi_hosho.core.clock import system_clock
from denshi_hosho.core.database import Database
from denshi_hosho.core.migration import downgrade, is_current, upgrade
from denshi_hosho.core.numbers import add_range
from denshi_hosho.core.settings import SECRET_BYTES
from denshi_hosho.core.vocabulary import GuaranteeKind, Role, SuretyClass
from denshi_hosho.schema.root import build_schema
from denshi_hosho.schema.trusted import manifest_of


@click.group()
def db() -> None:
    """Keep the database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the newest schema; an empty one is made."""
    with_database(upgrade)
    click.echo("The database is up to date.")


@db.command("downgrade")
@click.argument("revision")
@click.confirmation_option(prompt="What later migrations added is lost. Go on?")
def db_downgrade(revision: str) -> None:
    """Bring the database back to REVISION ("base": empty)."""
    with_database(lambda database: downgrade(database, revision))
    click.echo(f"The database is at {revision}.")


@db.command("current")
def db_current() -> None:
    """Say whether the database has the newest schema."""
    click.echo("up to date" if with_database(is_current) else "outdated: run `hosho db upgrade`")


@click.group()
def keys() -> None:
    """Make secrets."""


@keys.command("generate")
@click.option("--name", default="k1", show_default=True, help="Name of the new secrets; take another at each rotation.")
def keys_generate(name: str) -> None:
    """Print new secrets as settings, to be put into the environment and kept safe."""
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,16}", name):
        raise click.BadParameter("1 to 16 of A-Z a-z 0-9 . _ -", param_hint="--name")
    for variable in ("TOKEN", "SEAL", "PEPPER", "SIGNING", "LOG"):
        secret = base64.urlsafe_b64encode(secrets.token_bytes(SECRET_BYTES)).decode()
        click.echo(f"HOSHO_{variable}_SECRETS={name}:{secret}")


def _range(
    _context: click.Context, _option: click.Parameter, values: tuple[str, ...]
) -> dict[GuaranteeKind, tuple[int, int]]:
    try:
        pairs = (value.split("=") for value in values)
        ranges = {GuaranteeKind(kind): numbers.split("-") for kind, numbers in pairs}
        return {kind: (int(first), int(last)) for kind, (first, last) in ranges.items()}
    except ValueError as error:
        raise click.BadParameter("write KIND=FIRST-LAST, such as PERFORMANCE=1000000000-1099999999") from error


def _branch(_context: click.Context, _option: click.Parameter, values: tuple[str, ...]) -> tuple[HandlingBranch, ...]:
    branches = []
    for value in values:
        match [part.strip() for part in value.split("|")]:
            case [name, address, tel, *fax] if len(fax) <= 1:
                branches.append(HandlingBranch(name=name, address=address, tel=tel, fax=fax[0] if fax else None))
            case _:
                raise click.BadParameter('write "name|address|tel" or "name|address|tel|fax"')
    return tuple(branches)


@click.group()
def sureties() -> None:
    """Keep sureties (保証会社)."""


@sureties.command("add")
@click.argument("name")
@click.option(
    "--class",
    "surety_class",
    type=click.Choice([*SuretyClass]),
    default=SuretyClass.GUARANTEE_COMPANY,
    show_default=True,
)
@click.option("--address", required=True, help="Address on certificates.")
@click.option("--representative", required=True, help="Title and name of the representative on certificates.")
@click.option("--terms-url", help="Where its guarantee terms (約款) can be read.")
@click.option(
    "--branch",
    "branches",
    multiple=True,
    required=True,
    callback=_branch,
    help='"name|address|tel|fax", repeatable.',
)
@click.option("--numbers", multiple=True, required=True, callback=_range, help="KIND=FIRST-LAST, repeatable.")
def sureties_add(  # noqa: PLR0913  one parameter for each option
    name: str, surety_class: str, address: str, representative: str, terms_url: str | None,
    branches: tuple[HandlingBranch, ...], numbers: dict[GuaranteeKind, tuple[int, int]],
) -> None:  # fmt: skip
    """Add a surety with its handling branches (取扱店) and its ranges of guarantee numbers (保証契約番号)."""
    who = Surety(name=name, address=address, representative=representative, terms_url=terms_url)

    async def work(connection: AsyncConnection) -> int:
        now, kind = system_clock(), SuretyClass(surety_class)
        return await parties.add_surety(connection, who, kind, branches, numbers, now)

    with_database(lambda database: database.write(work))
    click.echo(f"Added the surety {name}.")


@sureties.command("numbers")
@click.argument("name")
@click.option("--numbers", multiple=True, required=True, callback=_range, help="KIND=FIRST-LAST, repeatable.")
def sureties_numbers(name: str, numbers: dict[GuaranteeKind, tuple[int, int]]) -> None:
    """Give the surety NAME further ranges of guarantee numbers (保証契約番号); those it has are used up first."""

    async def work(connection: AsyncConnection) -> None:
        surety_id = await parties.party_id(connection, Role.SURETY, name)
        for kind, (first, last) in numbers.items():
            await add_range(connection, surety_id, kind, first, last)

    with_database(lambda database: database.write(work))
    click.echo(f"Added the ranges to {name}.")


@click.group()
def principals() -> None:
    """Keep principals (保証契約者)."""


@principals.command("add")
@click.argument("name")
@click.option("--consolidated", is_flag=True, help="It pays its fees consolidated (一括後払).")
def principals_add(name: str, consolidated: bool) -> None:  # noqa: FBT001  click passes the flag so
    """Add a principal; NAME is how certificates name it, with its branch if it acts through one."""

    async def work(connection: AsyncConnection) -> int:
        return await parties.add_principal(connection, name, system_clock(), consolidated_payment=consolidated)

    with_database(lambda database: database.write(work))
    click.echo(f"Added the principal {name}.")


@click.group()
def users() -> None:
    """Keep accounts."""


@users.command("add")
@click.argument("login_id")
@click.option("--principal", help="The principal for which it acts.")
@click.option("--surety", help="The surety for which it acts.")
@click.option("--email", required=True, help="Where its mail goes.")
@click.option("--password-stdin", is_flag=True, help="Read the password from standard input instead of asking for it.")
def users_add(login_id: str, principal: str | None, surety: str | None, email: str, *, password_stdin: bool) -> None:
    """Add an account that acts for a principal or for a surety. Its password has at least 12 characters."""
    if (principal is None) == (surety is None):
        raise click.UsageError("give either --principal or --surety")
    password = sys.stdin.readline().rstrip("\n") if password_stdin else _new_password()
    role, party = (Role.PRINCIPAL, principal) if principal is not None else (Role.SURETY, surety)

    async def work(database: Database) -> None:
        async with database.read() as connection:
            party_id = await parties.party_id(connection, role, str(party))
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


@users.command("list")
def users_list() -> None:
    """List the accounts and for whom they act."""
    for row in with_database(parties.accounts):
        click.echo(f"{row.login_id}\t{row.role}\t{row.party}\t{row.email}")


def _new_password() -> str:
    return str(click.prompt("Password", hide_input=True, confirmation_prompt=True))


@click.group()
def schema() -> None:
    """Show the GraphQL schema, and trust documents that fit it."""


@schema.command("print")
def schema_print() -> None:
    """Print the schema in SDL, as it is kept in schema.graphql."""
    click.echo(build_schema().as_str())


@schema.command("trust")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
def schema_trust(files: tuple[Path, ...]) -> None:
    """Print the manifest for HOSHO_TRUSTED_DOCUMENTS: each of FILES is one document, as clients send or name it.

    A client names a document by "sha256:" and the hash of the file's bytes. Each must fit the schema and the limits.
    """
    click.echo(json.dumps(manifest_of(files, build_schema()), ensure_ascii=False, indent=1))

"""Commands that keep the database and add sureties: `db`, `keys`, `sureties`."""

import base64
import re
import secrets
from datetime import timedelta

import click
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.cli.environment import with_database
from denshi_hosho.core import parties
from denshi_hosho.core.certificate import HandlingBranch, Surety
from denshi_hosho.core.clock import system_clock
from denshi_hosho.core.migration import downgrade, is_current, upgrade
from denshi_hosho.core.numbers import add_range, parse_number, skip_to
from denshi_hosho.core.pruning import prune
from denshi_hosho.core.settings import SECRET_BYTES
from denshi_hosho.core.vocabulary import GuaranteeKind, Role, SuretyClass


@click.group()
def db() -> None:
    """Keep the database."""


@db.command("upgrade")
def db_upgrade() -> None:
    """Bring the database to the newest schema; an empty one is made."""
    with_database(upgrade, patient=True)
    click.echo("The database is up to date.")


@db.command("downgrade")
@click.argument("revision")
@click.confirmation_option(prompt="What later migrations added is lost. Go on?")
def db_downgrade(revision: str) -> None:
    """Bring the database back to REVISION ("base": empty)."""
    with_database(lambda database: downgrade(database, revision), patient=True)
    click.echo(f"The database is at {revision}.")


@db.command("current")
def db_current() -> None:
    """Say whether the database has the newest schema."""
    click.echo("up to date" if with_database(is_current) else "outdated: run `hosho db upgrade`")


@db.command("prune")
@click.option("--days", default=30, show_default=True, type=click.IntRange(7), help="How old a row must be to go.")
def db_prune(days: int) -> None:
    """Delete rows that only help for a while: used idempotency keys, expired sessions. Nothing that proves anything."""
    for table, count in with_database(lambda database: prune(database, system_clock(), timedelta(days=days))).items():
        click.echo(f"{table}\t{count}")


@click.group()
def keys() -> None:
    """Make and rotate secrets."""


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


@sureties.command("set")
@click.argument("name")
@click.option("--new-key-on-change/--old-key-on-change", required=True, help="What a changed certificate comes with.")
def sureties_set(name: str, *, new_key_on_change: bool) -> None:
    """Say whether a changed certificate (変更・訂正) of the surety NAME comes with a new access key, or the old one goes on."""

    async def work(connection: AsyncConnection) -> None:
        surety_id = await parties.party_id(connection, Role.SURETY, name)
        await parties.set_new_key_on_change(connection, surety_id, new_key_on_change=new_key_on_change)

    with_database(lambda database: database.write(work))
    click.echo(f"{name}: a changed certificate comes with {'a new' if new_key_on_change else 'the old'} key.")


@sureties.command("skip-to")
@click.argument("name")
@click.argument("number")
def sureties_skip_to(name: str, number: str) -> None:
    """Let NUMBER be the next guarantee number of its range of the surety NAME. Those before it are never given.

    After a restore: numbers that were given after the backup was made must not be given again.
    """

    async def work(connection: AsyncConnection) -> None:
        await skip_to(connection, await parties.party_id(connection, Role.SURETY, name), int(parse_number(number)))

    with_database(lambda database: database.write(work))
    click.echo(f"The next number of {name} is {parse_number(number)}.")

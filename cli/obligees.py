"""Commands for obligees (発注者) with accounts of their own: `obligees`."""

import os

import click

from denshi_hosho.cli.environment import with_database
from denshi_hosho.core import parties
from denshi_hosho.core.clock import system_clock
from denshi_hosho.core.settings import Settings
from denshi_hosho.resolvers.platform import load_rulebook


@click.group()
def obligees() -> None:
    """Keep obligees (発注者) that have accounts."""


@obligees.command("add")
@click.argument("code")
@click.argument("name")
def obligees_add(code: str, name: str) -> None:
    """Add the obligee CODE (its id in the rules, see `hosho rules list`), called NAME: its accounts see what was handed in to it."""
    load_rulebook(Settings.from_environment(os.environ)).obligee(code)  # raises UnknownObligee, which names near ones
    with_database(
        lambda database: database.write(lambda connection: parties.add_obligee(connection, code, name, system_clock()))
    )
    click.echo(f"Added the obligee {code} {name}.")

"""Commands that print the schema and what is made of it: `schema`."""

import json
from pathlib import Path

import click

from denshi_hosho.schema.access_page import access_page
from denshi_hosho.schema.root import build_schema
from denshi_hosho.schema.states_page import states_page
from denshi_hosho.schema.trusted import manifest_of


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


@schema.command("access")
def schema_access() -> None:
    """Print who may do what, in Markdown, as it is kept in docs/access.md."""
    click.echo(access_page(build_schema().graphql), nl=False)


@schema.command("states")
def schema_states() -> None:
    """Print every state machine, in Markdown, as it is kept in docs/states.md."""
    click.echo(states_page(), nl=False)

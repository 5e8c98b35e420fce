"""`hosho rules`: list the installed rules, check rule files, explain a decision, begin a plugin of one's own."""

import json
import os
import sys
from pathlib import Path
from typing import Literal

import click

from denshi_hosho.core.clock import japan_day, system_clock
from denshi_hosho.core.settings import Settings
from denshi_hosho.resolvers.platform import load_rulebook
from denshi_hosho.rules import Application, Rulebook
from denshi_hosho.rules.check import check
from denshi_hosho.rules.explain import explain
from denshi_hosho.rules.scaffold import new


def _rulebook() -> Rulebook:
    return load_rulebook(Settings.from_environment(os.environ))


@click.group()
def rules() -> None:
    """Work on the rules of obligees (発注者)."""


@rules.command("list")
def rules_list() -> None:
    """List the obligees whose rules are installed, and the plugins that failed."""
    book = _rulebook()
    for obligee in book.obligees():
        served = book.rules_on(obligee.id, japan_day(system_clock()))
        in_force = served.revision.isoformat() if served.revision else "not yet in force"
        click.echo(f"{obligee.id}\t{obligee.name}\t{in_force}\t{served.plugin} {served.plugin_version}")
    for problem in book.problems:
        click.echo(f"NOT SERVED\t{problem.plugin}\t{problem.ja}\t{problem.en}", err=True)
    if book.problems:
        sys.exit(1)


@rules.command("check")
@click.argument("path", type=click.Path(exists=True, path_type=Path))
@click.option("--language", type=click.Choice(["ja", "en"]), default="en", show_default=True)
def rules_check(path: Path, language: str) -> None:
    """Check the rule files and cases under PATH; each mistake is one line that says where, what and how to mend it."""
    faults = check(path)
    for fault in faults:
        click.echo(fault.line(language))
    if faults:
        sys.exit(1)
    click.echo("No mistakes found.")


@rules.command("explain")
@click.argument("obligee")
@click.argument("kind")
@click.argument("facts", nargs=-1, metavar="[NAME=VALUE]...")
@click.option("--language", type=click.Choice(["ja", "en"]), default="ja", show_default=True)
@click.option("--json", "as_json", is_flag=True, help="Print the decision as JSON instead.")
def rules_explain(
    obligee: str,
    kind: str,
    facts: tuple[str, ...],
    language: Literal["ja", "en"],
    *,
    as_json: bool,
) -> None:
    """Decide for an application that is not made yet and explain why.

    For example: hosho rules explain 322016 ADVANCE_PAYMENT work_type=CONSTRUCTION contract_on=2024-06-01
    """
    told: dict[str, object] = {"obligee": obligee, "kind": kind}
    for fact in facts:
        name, equals, value = fact.partition("=")
        if not equals:
            raise click.UsageError(f"write NAME=VALUE, not {fact}")
        told[name] = int(value) if name.endswith(("_price", "_amount")) and value.isdigit() else value
    application = Application.from_json(told)
    decision = _rulebook().decide(application)
    click.echo(
        json.dumps(decision.to_json(), ensure_ascii=False, indent=2)
        if as_json
        else explain(decision, application, language)
    )


@rules.command("new")
@click.argument("obligee")
@click.argument("name")
@click.option("--folder", type=click.Path(path_type=Path), default=Path(), help="Where to make it (default: here).")
def rules_new(obligee: str, name: str, folder: Path) -> None:
    """Begin a rule plugin for OBLIGEE (local-government code or a name) called NAME; its own cases pass at once."""
    made = new(folder, obligee, name, seen_on=japan_day(system_clock()))
    click.echo(f"Made {made}. Next: edit its rules.toml, then `pip install -e {made}` and `pytest {made}`.")

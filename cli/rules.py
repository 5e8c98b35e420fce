"""`hosho rules`: list the installed rules, check rule files, explain a decision, begin a plugin of one's own."""

import json
import os
import sys
from datetime import date, datetime
from pathlib import Path
from typing import Literal, TypeAlias

import click

from denshi_hosho.core.clock import japan_day, system_clock
from denshi_hosho.core.settings import Settings
from denshi_hosho.resolvers.platform import load_rulebook
from denshi_hosho.rules import Application, Rulebook
from denshi_hosho.rules.application import told_as
from denshi_hosho.rules.check import check
from denshi_hosho.rules.compare import compare, compare_days
from denshi_hosho.rules.coverage import coverage, stale
from denshi_hosho.rules.explain import explain, explain_steps
from denshi_hosho.rules.faults import Grade
from denshi_hosho.rules.file_schema import file_schema_text
from denshi_hosho.rules.scaffold import new

Language: TypeAlias = Literal["ja", "en"]
_LANGUAGE = click.option("--language", type=click.Choice(["ja", "en"]), default="ja", show_default=True)


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
@_LANGUAGE
def rules_check(path: Path, language: Language) -> None:
    """Check the rule files and cases under PATH.

    Each finding is one line that says where, what and how to mend it. A warning alone does not fail the check.
    """
    faults = check(path)
    for fault in faults:
        click.echo(f"{fault.grade.value}: {fault.line(language)}")
    if any(fault.grade is Grade.ERROR for fault in faults):
        sys.exit(1)
    click.echo("No mistakes found." if not faults else "Warnings only.")


@rules.command("explain")
@click.argument("obligee")
@click.argument("kind")
@click.argument("facts", nargs=-1, metavar="[NAME=VALUE]...")
@_LANGUAGE
@click.option("--steps", is_flag=True, help="Show every clause that was looked at.")
@click.option("--json", "as_json", is_flag=True, help="Print the decision as JSON instead.")
def rules_explain(
    obligee: str, kind: str, facts: tuple[str, ...], language: Language, *, steps: bool, as_json: bool
) -> None:
    """Decide for an application that is not made yet and explain why.

    For example: hosho rules explain 322016 ADVANCE_PAYMENT work_type=CONSTRUCTION contract_on=2024-06-01
    """
    application = Application.from_json({"obligee": obligee, "kind": kind, **_told(facts)})
    found = _rulebook().explained(application)
    if as_json:
        click.echo(json.dumps(found.decision.to_json(), ensure_ascii=False, indent=2))
        return
    click.echo(explain(found.decision, application, language))
    if steps:
        click.echo(explain_steps(found, language))


def _told(facts: tuple[str, ...]) -> dict[str, object]:
    pairs = [fact.partition("=") for fact in facts]
    for name, equals, _ in pairs:
        if not equals:
            raise click.UsageError(f"write NAME=VALUE, not {name}")
    return {name: told_as(name, value) for name, _, value in pairs}


@rules.command("compare")
@click.argument("left")
@click.argument("right")
@click.option("--on", type=click.DateTime(["%Y-%m-%d"]), help="On which day (default: today in Japan).")
@_LANGUAGE
def rules_compare(left: str, right: str, on: datetime | None, language: Language) -> None:
    """Compare two obligees, or one obligee on two days: `compare 322016 465011`, `compare 322016@2024-05-31 322016@2024-06-01`."""
    (one, earlier), (other, later) = (_at(side) for side in (left, right))
    if (earlier is None) != (later is None) or (earlier and (on or one != other)):
        raise click.UsageError("write CODE@DAY CODE@DAY for one obligee on two days, or two codes and perhaps --on DAY")
    book = _rulebook()
    if earlier and later:
        found = compare_days(book, one, earlier, later)
    else:
        found = compare(book, one, other, on.date() if on else japan_day(system_clock()))
    for difference in found.differences:
        click.echo(difference.line(language))
    click.echo(f"= {', '.join(found.same)}" if found.same else "=")


def _at(side: str) -> tuple[str, date | None]:
    code, at, day = side.partition("@")
    try:
        return code, date.fromisoformat(day) if at else None
    except ValueError as error:
        raise click.UsageError(f"write {code}@YYYY-MM-DD, not {side}") from error


@rules.command("coverage")
@click.argument("obligee")
@_LANGUAGE
def rules_coverage(obligee: str, language: Language) -> None:
    """Say which facts of an obligee's rules are known and which are not."""
    for each in coverage(_rulebook(), obligee, japan_day(system_clock())):
        click.echo(f"{each.known.value}\t{each.ja if language == 'ja' else each.en}")


@rules.command("stale")
@click.option("--days", default=365, show_default=True, help="Older than so many days.")
def rules_stale(days: int) -> None:
    """List the rules that nobody has compared with their page lately, oldest first."""
    for each in stale(_rulebook(), japan_day(system_clock()), days):
        click.echo(
            f"{each.seen_on}\t{each.age} days\t{each.obligee.id}\t{each.obligee.name}\t{each.url or each.source}"
        )


@rules.command("schema")
def rules_schema() -> None:
    """Print the JSON Schema of the rule file, for editors."""
    click.echo(file_schema_text(), nl=False)


@rules.command("new")
@click.argument("obligee")
@click.argument("name")
@click.option("--folder", type=click.Path(path_type=Path), default=Path(), help="Where to make it (default: here).")
def rules_new(obligee: str, name: str, folder: Path) -> None:
    """Begin a rule plugin for OBLIGEE (local-government code or a name) called NAME; its own cases pass at once."""
    made = new(folder, obligee, name, seen_on=japan_day(system_clock()))
    click.echo(f"Made {made}. Next: edit its rules.toml, then `pip install -e {made}` and `pytest {made}`.")

"""`python -m benchmarks`: measure, print one table, and on request renew the figures in the documentation."""

import tempfile
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

import click
import orjson

from benchmarks import conclusions, databases, documents, reads, report, rulebook, served, shares
from benchmarks.figures import Figure, Run
from benchmarks.scale import FULL, QUICK, Scale
from benchmarks.timing import one_core, quiet

_ALONE: dict[str, Callable[[Scale], list[Figure]]] = {"rulebook": rulebook.measure, "documents": documents.measure}
_WITH_DATABASE: dict[str, Callable[[str, str, Path, Scale], list[Figure]]] = {
    "reads": reads.measure,
    "served": served.measure,
    "conclusions": conclusions.measure,
}
PARTS = ("rulebook", "reads", "served", "shares", "documents", "conclusions")
QUICK_PARTS = ("rulebook", "reads", "documents", "conclusions")


@click.command()
@click.argument("parts", nargs=-1, type=click.Choice(PARTS))
@click.option("--quick", is_flag=True, help="Small numbers, in under 20 seconds: for a look, not for publishing.")
@click.option("--database", "kinds", multiple=True, type=click.Choice(databases.KINDS), help="Only on this database.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON instead of a table.")
@click.option("--write-docs", is_flag=True, help="Put the figures of this run into docs/benchmarks.md.")
def main(parts: tuple[str, ...], kinds: tuple[str, ...], *, quick: bool, as_json: bool, write_docs: bool) -> None:
    """Measure PARTS (if none is named: all of them, with --quick all but `served` and `shares`)."""
    if write_docs and (quick or parts or kinds):
        raise click.UsageError("--write-docs publishes a full run: leave out --quick, --database and PARTS.")
    quiet()
    chosen = parts or (QUICK_PARTS if quick else PARTS)
    run = measured(chosen, kinds or databases.KINDS, QUICK if quick else FULL)
    click.echo(orjson.dumps(run.to_json(), option=orjson.OPT_INDENT_2) if as_json else report.text(run))
    if write_docs:
        report.write(run, Path("docs/benchmarks.md"))


def measured(parts: tuple[str, ...], kinds: tuple[str, ...], scale: Scale) -> Run:
    """Return what the `parts` find on databases of these `kinds`."""
    run = Run(machine=report.machine())
    for part in (part for part in PARTS if part in parts):
        if part in _ALONE:
            _say(part)
            with one_core():
                run.figures += _ALONE[part](scale)
            continue
        for kind in kinds:
            _say(f"{part}, {databases.NAMES[kind]}")
            _on_database(run, part, kind, scale)
    return run


def _on_database(run: Run, part: str, kind: str, scale: Scale) -> None:
    # The database's own processes start before this one goes to its core: they may use the others.
    with databases.database(kind) as url, tempfile.TemporaryDirectory() as folder, _cores(part):
        if part == "shares":
            run.shares += shares.measure(kind, url, Path(folder), scale)
        else:
            run.figures += _WITH_DATABASE[part](kind, url, Path(folder), scale)


def _cores(part: str) -> AbstractContextManager[None]:
    return nullcontext() if part == "served" else one_core()  # `served` puts server and client on two


def _say(what: str) -> None:
    click.echo(f"{what} …", err=True)


if __name__ == "__main__":
    main()

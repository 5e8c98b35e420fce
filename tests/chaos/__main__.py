"""`python -m tests.chaos`: run the parts, print one table; exit code 1 if anything is not as it must be."""

import json
import sys
import traceback
from pathlib import Path

import click

from benchmarks.timing import quiet
from tests.chaos import conducting, report
from tests.chaos.figures import Row
from tests.chaos.lengths import FULL, SHORT
from tests.chaos.parts import PARTS
from tests.chaos.results import NotTheSame, Results

DOCS = Path("docs/reliability.md")


@click.command()
@click.option("--full/--short", "full", default=False, help="In full length, or in seconds (the default).")
@click.option("--part", "names", multiple=True, type=click.Choice(list(PARTS)), help="Only this part (repeatable).")
@click.option(
    "--database", "kinds", multiple=True, type=click.Choice(("sqlite", "postgresql")), help="Only on this one."
)
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1, 16), help="Parts that run side by side.")
@click.option("--seed", default=27, show_default=True, help="What chance begins with.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Keep the rows in this file, as each part ends.")
@click.option(
    "--resume", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Take up the run in this file: do what is missing in it; a --part that is named is done anew.",
)  # fmt: skip
@click.option("--write-docs", is_flag=True, help="Put the table into docs/reliability.md (a whole full run only).")
@click.option(
    "--alone", is_flag=True, hidden=True, help="Run the parts on one database in this process; print a line of each."
)
def main(
    *,
    full: bool,
    names: tuple[str, ...],
    kinds: tuple[str, ...],
    jobs: int,
    seed: int,
    file: Path | None,
    resume: Path | None,
    write_docs: bool,
    alone: bool,
) -> None:
    """Break the platform in every way we know, and print what was found."""
    conducting.interruptible()
    if alone:
        _alone(names or tuple(PARTS), kinds[0], full=full, seed=seed)
        return
    command = " ".join(("python -m tests.chaos", *sys.argv[1:]))
    results = Results(full, seed, [report.Sitting(command)], file or resume)
    wanted = list(conducting.lanes(names, kinds))
    if resume:
        _take_up(results, resume)
        wanted = wanted if names else list(results.missing(wanted))
    conducting.conduct(wanted, results.note, full=full, jobs=jobs, seed=seed)
    results.keep()
    results.sittings[-1].look()
    click.echo(results.text())
    if write_docs:
        if not full or list(results.missing(list(conducting.lanes((), ())))):
            raise click.UsageError("--write-docs publishes a whole full run: parts are missing, or it is a short one.")
        report.write(results.text(), DOCS)
    sys.exit(verdict(results.rows))


def _take_up(results: Results, file: Path) -> None:
    try:
        results.take_up(file)
    except NotTheSame as error:
        raise click.UsageError(str(error)) from error


def _alone(names: tuple[str, ...], kind: str, *, full: bool, seed: int) -> None:
    """Run the parts one after the other, and print a line of JSON for each; one that breaks has a row that says why."""
    quiet()
    for name in names:
        try:
            rows = PARTS[name].run(kind, FULL if full else SHORT, seed)
        except Exception as error:  # noqa: BLE001  the others are to run all the same; the row tells of it, and fails
            traceback.print_exc()
            rows = [conducting.not_run(name, kind, f"{type(error).__name__}: {error}".replace("\n", " ")[:300])]
        click.echo(json.dumps({"part": name, "rows": [row.to_json() for row in rows]}))
        sys.stdout.flush()


def verdict(rows: list[Row]) -> int:
    """Return the exit code: 0 only when there are rows and every one of them passes."""
    return 0 if rows and all(row.passed for row in rows) else 1


if __name__ == "__main__":
    main()

"""`python -m tests.chaos`: run the parts, print one table; exit code 1 if anything is not as it must be."""

import json
import sys
from pathlib import Path

import click

from benchmarks.timing import quiet
from tests.chaos import conducting, report
from tests.chaos.figures import Row, markdown
from tests.chaos.lengths import FULL, SHORT
from tests.chaos.parts import PARTS


@click.command()
@click.option("--full/--short", "full", default=False, help="In full length, or in seconds (the default).")
@click.option("--part", "names", multiple=True, type=click.Choice(list(PARTS)), help="Only this part (repeatable).")
@click.option(
    "--database", "kinds", multiple=True, type=click.Choice(("sqlite", "postgresql")), help="Only on this one."
)
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1, 16), help="Parts that run side by side.")
@click.option("--seed", default=27, show_default=True, help="What chance begins with.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Write the rows into this file as well.")
@click.option("--write-docs", is_flag=True, help="Put the table into docs/reliability.md (a whole full run only).")
@click.option(
    "--alone", is_flag=True, hidden=True, help="Run one part on one database in this process; print its rows."
)
def main(
    *,
    full: bool,
    names: tuple[str, ...],
    kinds: tuple[str, ...],
    jobs: int,
    seed: int,
    file: Path | None,
    write_docs: bool,
    alone: bool,
) -> None:
    """Break the platform in every way we know, and print what was found."""
    lengths = FULL if full else SHORT
    if write_docs and (not full or names or kinds):
        raise click.UsageError("--write-docs publishes a full run: leave out --short, --part and --database.")
    conducting.interruptible()
    if alone:
        quiet()
        click.echo(json.dumps([row.to_json() for row in PARTS[names[0]].run(kinds[0] if kinds else "", lengths, seed)]))
        return
    with report.Run("python -m tests.chaos " + " ".join(sys.argv[1:]), seed) as run:
        rows = conducting.conduct(names or tuple(PARTS), kinds, full=full, jobs=jobs, seed=seed)
    click.echo(f"{run.text()}\n\n{markdown(rows)}")
    if file:
        file.write_text(
            json.dumps({**run.facts(), "rows": [row.to_json() for row in rows]}, ensure_ascii=False, indent=1)
        )
    if write_docs:
        report.write(f"{run.text()}\n\n{markdown(rows)}", Path("docs/reliability.md"))
    sys.exit(verdict(rows))


def verdict(rows: list[Row]) -> int:
    """Return the exit code: 0 only when there are rows and every one of them passes."""
    return 0 if rows and all(row.passed for row in rows) else 1


if __name__ == "__main__":
    main()

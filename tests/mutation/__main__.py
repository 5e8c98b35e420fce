"""`python -m tests.mutation`: change the core in every small way, and see whether its tests notice."""

import sys
import time

import click

from tests.mutation.reporting import GOAL, reached_goal, survivors, table, write_docs
from tests.mutation.scoring import Result, prepare, score
from tests.mutation.targets import CONTROLS, GROUPS


@click.command()
@click.argument("files", nargs=-1)
@click.option("--jobs", default=2, show_default=True, type=click.IntRange(1, 16), help="Mutants tested side by side.")
@click.option("--group", "groups", multiple=True, type=click.Choice([each.name for each in (*GROUPS, *CONTROLS)]))
@click.option("--write-docs", "docs", is_flag=True, help="Put the table and the survivors into docs/mutation.md.")
def main(files: tuple[str, ...], jobs: int, groups: tuple[str, ...], docs: bool) -> None:  # noqa: FBT001  an option
    """Test each mutant of FILES (none given: of every group); exit code 1 unless each group reaches 95 %."""
    prepare()
    results: dict[str, list[Result]] = {}
    for group in (each for each in (*GROUPS, *CONTROLS) if each.name in groups or (not groups and each in GROUPS)):
        chosen = {each for each in group.files if not files or each in files}
        if chosen:
            begun = time.monotonic()
            results[group.name] = score(group, jobs, chosen)
            seconds = time.monotonic() - begun
            click.echo(f"{group.name}: {len(results[group.name])} mutants, {seconds:.0f} s", err=True)
            if docs:
                write_docs(group.name, results[group.name], seconds)
    click.echo(table(results))
    click.echo(survivors(results))
    sys.exit(0 if results and all(reached_goal(each) for each in results.values()) else f"not {GOAL:.0%} everywhere")


if __name__ == "__main__":
    main()

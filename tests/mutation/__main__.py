"""`python -m tests.mutation`: change the core in every small way, and see whether its tests notice."""

import sys
import time
import tomllib
from collections.abc import Sequence
from pathlib import Path

import click

from tests.mutation.mutants import Mutant, mutants
from tests.mutation.running import ROOT, outcomes, passes, prepare
from tests.mutation.targets import TARGETS, Target

EQUIVALENT = Path(__file__).with_name("equivalent.toml")
GOAL = 0.95
_LEAST_SECONDS = 30


@click.command()
@click.argument("files", nargs=-1)
@click.option(
    "--jobs", default=2, show_default=True, type=click.IntRange(1, 16), help="Mutants that are tested side by side."
)
def main(files: tuple[str, ...], jobs: int) -> None:
    """Test each mutant of FILES (none given: every target); exit code 1 unless each module reaches 95 %."""
    prepare()
    click.echo("| module | mutants | noticed | equivalent | score |  |\n| --- | --- | --- | --- | --- | --- |")
    good = [_report(target, jobs) for target in TARGETS if not files or target.file in files]
    sys.exit(0 if good and all(good) else 1)


def _report(target: Target, jobs: int) -> bool:
    start = time.monotonic()
    source = (ROOT / target.file).read_text(encoding="utf-8")
    every = mutants(source)
    limit = max(_LEAST_SECONDS, 10 * passes(target))
    survivors = [each.mutant for each in outcomes(target, every, jobs, limit) if each.state == "survived"]
    known = equivalents(target.file)
    real = sorted((each for each in survivors if signature(source, each) not in known), key=lambda each: each.number)
    equivalent = len(survivors) - len(real)
    score = 1 - len(real) / max(1, len(every) - equivalent)
    verdict = "pass" if score >= GOAL else "**FAIL**"
    noticed = len(every) - len(survivors)
    click.echo(f"| {target.file} | {len(every)} | {noticed} | {equivalent} | {score:.1%} | {verdict} |")
    for each in real:
        click.echo(f"{target.file}:{each.line}: {each.operator}: {each.before}  →  {each.after}", err=True)
    click.echo(f"{target.file}: {time.monotonic() - start:.0f} s", err=True)
    return score >= GOAL


def signature(source: str, mutant: Mutant) -> tuple[str, str, str]:
    """Return by what a mutant is known again when lines have moved: the line's text, and the change."""
    return source.splitlines()[mutant.line - 1].strip() if mutant.line else "", mutant.before, mutant.after


def equivalents(file: str) -> set[tuple[str, str, str]]:
    """Return the mutants of `file` that no test can notice, each of them for a reason that is written down."""
    entries: Sequence[dict[str, str]] = tomllib.loads(EQUIVALENT.read_text(encoding="utf-8")).get("mutant", [])
    assert all(entry["why"] for entry in entries)
    return {(entry["line"], entry["before"], entry["after"]) for entry in entries if entry["file"] == file}


if __name__ == "__main__":
    main()

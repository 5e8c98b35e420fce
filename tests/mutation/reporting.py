"""What a run says: the table of scores, the survivors by line, and both of them in docs/mutation.md."""

import platform
import re
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from tests.mutation.importing import ROOT
from tests.mutation.scoring import Result

GOAL = 0.95
DOCS = ROOT / "docs" / "mutation.md"
_HEAD = "| group | module | mutants | noticed | of these timeouts | survived | of these equivalent | raw | without equivalents |"


def scores(results: Sequence[Result]) -> tuple[float, float]:
    """Return the share of the mutants that was noticed: of all, and of those that a test could notice."""
    survived = sum(each.survived for each in results)
    equivalent = sum(each.survived and bool(each.why) for each in results)
    noticed = len(results) - survived
    return noticed / max(1, len(results)), noticed / max(1, len(results) - equivalent)


def reached_goal(results: Sequence[Result]) -> bool:
    """Return whether the tests notice enough."""
    return bool(results) and scores(results)[1] >= GOAL


def table(results: Mapping[str, Sequence[Result]]) -> str:
    """Return the table, a line for each module and one for each group."""
    lines = [_HEAD, "| " + " | ".join(["---"] * 9) + " |"]
    for group, every in results.items():
        files = dict.fromkeys(each.file for each in every)
        lines += [_line(group, f"`{file}`", [each for each in every if each.file == file]) for file in files]
        lines.append(_line(f"**{group}**", "", every))
    return "\n".join(lines)


def _line(group: str, name: str, results: Sequence[Result]) -> str:
    survived = [each for each in results if each.survived]
    timeouts = sum(each.state == "timeout" for each in results)
    equivalent = sum(bool(each.why) for each in survived)
    raw, without = scores(results)
    counts = len(results), len(results) - len(survived), timeouts, len(survived), equivalent
    return f"| {group} | {name} | {' | '.join(map(str, counts))} | {raw:.1%} | {without:.1%} |"


def survivors(results: Mapping[str, Sequence[Result]]) -> str:
    """Return the survivors with their lines, those that are equivalent with the reason."""
    lines = [
        f"* {each.file}:{each.mutant.line}: {each.mutant.operator}: `{each.mutant.before}` → `{each.mutant.after}`"
        + (" (no test reaches it)" if each.state == "not reached" else "")
        + (f" — equivalent: {each.why}" if each.why else "")
        for every in results.values() for each in every if each.survived
    ]  # fmt: skip
    return "\n".join(lines) or "None."


def write_docs(group: str, results: Sequence[Result], seconds: float) -> None:
    """Put the group's table and its survivors between its marks in docs/mutation.md."""
    told = (
        f"Run on {datetime.now(UTC).date()} ({platform.system()}, Python {platform.python_version()}): {len(results)} "
        f"mutants in {seconds / 60:.1f} minutes.\n\n{table({group: results})}\n\nSurvivors:\n\n{survivors({group: results})}\n\n"
    )
    between = re.compile(rf"(<!-- {group}: begin [^\n]*-->\n).*?(<!-- {group}: end -->)", re.DOTALL)
    text = DOCS.read_text(encoding="utf-8")
    DOCS.write_text(between.sub(lambda found: f"{found[1]}\n{told}{found[2]}", text), encoding="utf-8")

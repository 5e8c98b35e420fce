"""The command prints a table or JSON, and renews the figures in the documentation without touching the rest."""

from pathlib import Path

import orjson
import pytest
from click.testing import CliRunner

from benchmarks import __main__ as command
from benchmarks import report
from benchmarks.figures import Figure, Run, Shares, figure_table, plain
from benchmarks.scale import TINY
from benchmarks.timing import Comparison, Spread, interleaved

RUN = Run(
    machine={"python": "CPython"},
    figures=[
        Figure(part="reads", what="A 一件", value=1000, unit="µs", base=50, base_is="R",
               ratio=Spread(0.05, 0.04, 0.06), ratio_is="of R"),
        Figure(part="documents", what="certificate", value=150.4, unit="/s"),
    ],
    shares=[Shares(what="A SQLite", microseconds=1000, samples=4, of={"inner": 0.75, "outer": 0.25})],
)  # fmt: skip


def test_the_text_table_lines_up() -> None:
    assert plain(figure_table(RUN.figures)).splitlines() == [
        "part       what         figure    beside it   ratio       middle half",
        "-----------------------------------------------------------------------",
        "reads      A 一件       1,000 µs  R: 50.0 µs  5.0 % of R  4.0 % – 6.0 %",
        "documents  certificate  150 /s",
    ]


def test_the_ratio_is_of_neighbours_in_time() -> None:
    found = Comparison(ours=[2.0, 4.0, 9.0], base=[1.0, 2.0, 3.0])
    assert found.times == Spread(2.0, 2.0, 2.5)
    assert found.share == Spread(0.5, (1 / 3 + 0.5) / 2, 0.5)


def test_sides_take_turns() -> None:
    seen: list[str] = []

    def side(name: str) -> float:
        seen.append(name)
        return 1.0

    interleaved(lambda: side("ours"), lambda: side("base"), 2)
    assert seen == ["ours", "base", "base", "ours", "ours", "base"]


def test_the_docs_get_new_figures_between_the_markers(tmp_path: Path) -> None:
    file = tmp_path / "benchmarks.md"
    file.write_text(f"# Before\n{report.BEGIN}\nold\n{report.END}\nAfter\n", encoding="utf-8")
    report.write(RUN, file)
    text = file.read_text(encoding="utf-8")
    assert text.startswith(f"# Before\n{report.BEGIN}\n\nMeasured on: python CPython.\n")
    assert "| reads | A 一件 | 1,000 µs | R: 50.0 µs | 5.0 % of R | 4.0 % – 6.0 % |\n" in text
    assert "| inner | 75 % |\n| outer | 25 % |\n| one request | 1,000 µs |\n" in text
    assert text.endswith(f"{report.END}\nAfter\n")
    assert "old" not in text


def test_docs_without_markers_are_refused(tmp_path: Path) -> None:
    file = tmp_path / "benchmarks.md"
    file.write_text("# No place\n", encoding="utf-8")
    with pytest.raises(ValueError, match="no place for figures"):
        report.write(RUN, file)


def test_the_documentation_has_its_markers() -> None:
    text = Path("docs/benchmarks.md").read_text(encoding="utf-8")
    assert text.count(report.BEGIN) == text.count(report.END) == 1


def test_only_a_full_run_is_published() -> None:
    result = CliRunner().invoke(command.main, ["--quick", "--write-docs"])
    assert result.exit_code == 2
    assert "leave out --quick" in result.output


def test_the_command_prints_json(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(command, "QUICK", TINY)
    monkeypatch.setattr(command, "quiet", lambda: None)  # the log's settings belong to the whole process
    result = CliRunner().invoke(command.main, ["--quick", "--json", "documents"])
    assert result.exit_code == 0, result.output
    found = orjson.loads(result.stdout)
    assert [figure["part"] for figure in found["figures"]] == ["documents", "documents"]
    assert found["machine"]["python"].startswith("CPython")

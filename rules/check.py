"""Check rule files and their cases without installing them: one line for each mistake, and for what looks odd."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from denshi_hosho.rules.cases import boundary_gaps, read_cases
from denshi_hosho.rules.deciding import ServedRules, decide
from denshi_hosho.rules.faults import Fault, Grade, RuleFileError
from denshi_hosho.rules.lint import lint
from denshi_hosho.rules.rulefile import RuleFile, parse

_SKIPPED = frozenset({"build", "dist", "node_modules"})


def check(path: Path) -> list[Fault]:
    """Return what is wrong with the rule file `path`, or with every `rules.toml` under the folder `path`.

    A fault says by its `grade` whether it has to be mended or only looked at; errors come first. The cases beside a
    rule file are run by the file alone: a plugin's own review is asked by the pytest kit.
    """
    files = [path] if path.is_file() else sorted(_under(path))
    if not files:
        return [
            Fault(
                "NO_RULE_FILE",
                "",
                "rules.toml が見つかりません。rules.toml かそのフォルダを指定してください。",
                "no rules.toml is found here; name a rules.toml or a folder that holds one.",
                str(path),
            )
        ]
    return [fault for file in files for fault in check_file(file)]


def check_file(file: Path) -> list[Fault]:
    """Return what is wrong with one rule file and the `cases.toml` beside it, errors first."""
    try:
        rules = parse(file.read_bytes(), str(file))
    except RuleFileError as error:
        return list(error.faults)
    faults = [*lint(rules, str(file)), *_cases(rules, file)]
    return sorted(faults, key=lambda fault: fault.grade is Grade.WARNING)


def _cases(rules: RuleFile, file: Path) -> list[Fault]:
    beside = file.with_name("cases.toml")
    if not beside.is_file():
        return [
            Fault(
                "NO_CASES",
                "",
                "隣に cases.toml がありません。事例を書いてください。",
                "has no cases.toml beside it; write down its cases.",
                str(file),
            )
        ]
    try:
        cases = read_cases(beside.read_bytes(), rules, str(beside)).cases
    except RuleFileError as error:
        return list(error.faults)
    served = ServedRules(rules=rules, plugin="checked", plugin_version="none", review=None)
    faults = list(boundary_gaps(served, cases))
    for number, case in enumerate(cases, 1):
        place = f"case[{number}] “{case.name}”"
        lines = case.differences(decide(served, case.application))
        faults += [Fault("CASE_DIFFERS", place, f"期待と違います: {line}", line) for line in lines]
    return [replace(fault, file=str(beside)) for fault in faults]


def _under(folder: Path) -> Iterator[Path]:
    for file in folder.rglob("rules.toml"):
        parts = file.relative_to(folder).parts
        if not any(part in _SKIPPED or part.startswith(".") for part in parts):
            yield file

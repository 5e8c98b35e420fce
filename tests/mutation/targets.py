"""Which modules are changed, in four groups, and which tests must notice: on SQLite, each the tests that reach the change."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Group:
    """Modules that keep one promise together, and the files of the tests that run against their mutants."""

    name: str
    files: Sequence[str]
    tests: Sequence[str]
    every: int = 1  # only each so-many-th mutant


GROUPS = (
    Group(
        "vault",
        ("core/vault.py", "core/keys.py", "core/rewrap.py"),
        ("tests/core/test_vault.py", "tests/core/test_keys.py", "tests/core/test_rewrap.py"),
    ),
    Group(
        "numbers",
        ("core/numbers.py",),
        ("tests/core/test_numbers.py",),
    ),
    Group(
        "log",
        ("core/merkle.py", "core/audit.py", "core/notary.py", "core/proofs.py", "core/auditing.py", "core/content.py",
         "core/leaves.py", "core/findings.py"),
        ("tests/core/test_merkle.py", "tests/core/test_notary.py", "tests/core/test_proofs.py", "tests/core/test_auditing.py"),
    ),
    Group(
        "decision",
        ("rules/deciding.py", "rules/starts.py", "rules/clauses.py", "rules/conditions.py", "rules/decision.py",
         "rules/guards.py"),
        ("tests/rules/test_decide.py", "tests/rules/test_reasons_in_full.py", "tests/rules/test_conditions.py",
         "tests/rules/test_dimensions_in_full.py",
         "tests/rules/test_rule_file_mistakes.py", "tests/rules/test_records.py", "tests/rules/test_steps.py",
         "tests/rules/test_explain.py", "tests/rules/test_rulebook.py", "tests/rules/test_replay.py",
         "tests/rules/test_matsue.py", "tests/rules/test_nakatane.py"),
    ),
)  # fmt: skip

_FEES = ("tests/mutation/control/fees.py",)
CONTROLS = (
    Group("short", ("core/vault.py",), ("tests/core/test_vault.py",), every=4),
    Group("blind", _FEES, ("tests/mutation/control/blind.py",)),
    Group("seeing", _FEES, ("tests/mutation/control/seeing.py",)),
)


def module_of(file: str) -> str:
    """Return the name by which the module in `file` is imported."""
    if file.startswith("tests/"):
        return file.removesuffix(".py").replace("/", ".")
    return f"denshi_hosho.{file.removesuffix('.py').replace('/', '.')}"

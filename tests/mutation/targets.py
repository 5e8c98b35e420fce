"""Which modules are mutated, and which tests must notice: those of the module itself, on SQLite."""

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Target:
    """A module's file, and the tests that run against each of its mutants."""

    file: str
    tests: Sequence[str]

    @property
    def module(self) -> str:
        return f"denshi_hosho.{self.file.removesuffix('.py').replace('/', '.')}"


TARGETS = (
    Target("core/vault.py", ("tests/core/test_vault.py",)),
    Target("core/numbers.py", ("tests/core/test_numbers.py",)),
    Target("core/keys.py", ("tests/core/test_keys.py",)),
    Target("rules/deciding.py", ("tests/rules/test_decide.py", "tests/rules/test_matsue.py")),
    Target("rules/starts.py", ("tests/rules/test_decide.py", "tests/rules/test_matsue.py")),
    Target("rules/clauses.py", ("tests/rules/test_decide.py", "tests/rules/test_matsue.py")),
)

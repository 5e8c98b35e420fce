"""The sources of a group as syntax trees, and which of our modules rest on them."""

import ast
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from tests.mutation.importing import ROOT, parsed
from tests.mutation.targets import module_of

ROOMS = ("core", "rules", "resolvers", "schema", "cli", "migrations", "examples")


@dataclass(frozen=True, slots=True)
class Trees:
    """File → tree, and the seconds of the processor that each test takes."""

    of: Mapping[str, ast.Module]
    seconds: Mapping[str, float]


def resting_on(files: Collection[str]) -> set[str]:
    """Return the names of our modules that import those in `files`, however far away, and of these themselves."""
    imports = _imports()
    found = {module_of(file) for file in files}
    while more := {name for name, imported in imports.items() if name not in found and imported & found}:
        found |= more
    return found


def _imports() -> dict[str, set[str]]:
    """Return what each of our modules imports; to import a module is to import the packages around it."""
    found: dict[str, set[str]] = {}
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            file = path.relative_to(ROOT).as_posix()
            name = module_of(file).removesuffix(".__init__")
            named: set[str] = set()
            for node in ast.walk(parsed(file)):
                if isinstance(node, ast.ImportFrom) and node.module:
                    named |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
                elif isinstance(node, ast.Import):
                    named |= {each.name for each in node.names}
            found[name] = {around for each in (*named, name) for around in _around(each)} - {name}
    return found


def _around(name: str) -> list[str]:
    parts = name.split(".")
    return [".".join(parts[:length]) for length in range(2, len(parts) + 1)] if parts[0] == "denshi_hosho" else []

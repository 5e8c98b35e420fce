"""What the code base says of itself: every stable code in it, read from its source."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
_CODE = re.compile(r"[A-Z][A-Z0-9]*(_[A-Z0-9]+)*")
# The calls whose string arguments are codes: refusals, and answers of the HTTP door.
_CALLS = frozenset({"Refusal", "RequestRefused", "_refusal", "_insert"})


def codes() -> set[str]:
    """Every code of a refusal, of an error and of the HTTP door; docs/rules.md has those of reasons and of rule files."""
    found: set[str] = set()
    for room in ("core", "rules", "resolvers", "schema", "cli"):
        for file in (ROOT / room).rglob("*.py"):
            found.update(_codes(ast.parse(file.read_text())))
    return found


def _codes(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Name(id=name), args=args) if name in _CALLS:
                yield from _constants(args)
            case ast.Assign(targets=[ast.Name(id="code")], value=value):
                yield from _constants([value])
            case ast.AnnAssign(target=ast.Name(id=name), value=ast.Constant(value=text)) if name == text:
                yield from _constants([node.value] if node.value else [])
            case ast.Dict(keys=keys, values=values):
                pairs = zip(keys, values, strict=True)
                yield from _constants([value for key, value in pairs if _is(key, "code")])
            case _:
                pass


def _is(node: ast.expr | None, text: str) -> bool:
    return isinstance(node, ast.Constant) and node.value == text


def _constants(nodes: list[ast.expr]) -> Iterator[str]:
    for node in nodes:
        if isinstance(node, ast.Constant) and isinstance(node.value, str) and _CODE.fullmatch(node.value):
            yield node.value

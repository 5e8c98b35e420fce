"""Every small change of a module's source that a test must notice: one mutant is one change at one place."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass

from tests.mutation.operators import changes

_JAPANESE = re.compile(r"[぀-ヿ一-鿿]")
_LOGS = frozenset({"_log", "log"})

Parent = tuple[ast.AST, str, int | None]  # the node above, the name of its field, and the place in it if it is a list


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change of a module.

    `statement` is the line of the statement around it. `function`: it lies in the body of a function, whose code alone
    changes; else it changes what the module does when it is imported.
    """

    line: int
    statement: int
    function: bool
    operator: str
    before: str
    after: str
    parent: Parent
    new: ast.AST

    def apply(self) -> None:
        """Change the tree that the mutant was found in, for good: a process does it once."""
        above, name, index = self.parent
        if index is None:
            setattr(above, name, self.new)
        else:
            getattr(above, name)[index] = self.new


@dataclass(slots=True)
class Place:
    """Where the walk is: the statement's line, whether in a function's body, and what is above."""

    statement: int = 0
    function: bool = False


def mutants(tree: ast.Module) -> list[Mutant]:
    """Return every mutant of a module, in the order of its lines. Each, once applied, changes `tree` itself."""
    found = list(_walk(tree, _skipped(tree), Place()))
    return sorted(found, key=lambda each: (each.line, each.operator, each.before, each.after))


def _walk(above: ast.AST, skipped: set[ast.AST], place: Place) -> Iterator[Mutant]:
    for name, value in ast.iter_fields(above):
        several = isinstance(value, list)
        for index, node in enumerate(value if several else [value]):
            if not isinstance(node, ast.AST) or node in skipped:
                continue
            here = _place(above, name, node, place)
            for operator, new in changes(node):
                ast.copy_location(new, node)
                ast.fix_missing_locations(new)
                line = getattr(node, "lineno", here.statement)
                parent = above, name, index if several else None
                yield Mutant(line, here.statement, here.function, operator, _text(node), _text(new), parent, new)
            yield from _walk(node, skipped, here)


def _place(above: ast.AST, name: str, node: ast.AST, place: Place) -> Place:
    inside = place.function or (isinstance(above, ast.FunctionDef | ast.AsyncFunctionDef) and name == "body")
    return Place(node.lineno if isinstance(node, ast.stmt) else place.statement, inside)


def _text(node: ast.AST) -> str:
    text = ast.unparse(node).strip().splitlines()[0]
    return text if len(text) <= 100 else f"{text[:97]}…"


def _skipped(tree: ast.Module) -> set[ast.AST]:
    """Return what is not changed: docstrings, annotations, imports, decorators, logs, and sentences meant for people."""
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        for each in (*_of_the_language(node), *_sentences(node)):
            skipped.update(ast.walk(each))
    return skipped


def _of_the_language(node: ast.AST) -> list[ast.AST]:
    if _is_whole(node):
        return [node]
    if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
        annotations = [each.annotation for each in ast.walk(node.args) if isinstance(each, ast.arg) and each.annotation]
        return [*node.decorator_list, *([node.returns] if node.returns else []), *annotations]
    if isinstance(node, ast.ClassDef):
        return [*node.decorator_list]
    return [node.annotation] if isinstance(node, ast.AnnAssign) else []


def _is_whole(node: ast.AST) -> bool:
    """Return whether nothing at all is changed in this node."""
    match node:
        case ast.Import() | ast.ImportFrom() | ast.Expr(value=ast.Constant()):
            return True
        case ast.AnnAssign():
            return ast.unparse(node.annotation) == "TypeAlias"
        case ast.Assign(targets=[ast.Name(id="__all__" | "_log")]):
            return True
        case ast.Subscript():
            return _is_type(node)
        case ast.Expr():
            return _is_log(node.value)
    return False


def _is_type(node: ast.Subscript) -> bool:
    """Return whether this is `dict[str, int]` and the like: a type that is written where values stand."""
    return ast.unparse(node.value) in {"Counter", "Callable", "Mapping", "Sequence", "dict", "list", "set", "tuple"}


def _is_log(node: ast.expr) -> bool:
    return isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[0] in _LOGS


def _sentences(node: ast.AST) -> list[ast.AST]:
    """Return the Japanese sentences among the parts of a node, and the English ones that follow them."""
    if isinstance(node, ast.keyword) and node.arg in {"ja", "en"} and _is_text(node.value):
        return [node.value]
    parts = node.args if isinstance(node, ast.Call) else node.elts if isinstance(node, ast.Tuple) else []
    first = next((at for at, each in enumerate(parts) if _is_text(each) and _JAPANESE.search(_plain(each))), None)
    return [] if first is None else [each for each in parts[first : first + 2] if _is_text(each)]


def _is_text(node: ast.AST) -> bool:
    if isinstance(node, ast.IfExp):
        return _is_text(node.body) and _is_text(node.orelse)
    return isinstance(node, ast.JoinedStr) or (isinstance(node, ast.Constant) and isinstance(node.value, str))


def _plain(node: ast.AST) -> str:
    return "".join(str(each.value) for each in ast.walk(node) if isinstance(each, ast.Constant))

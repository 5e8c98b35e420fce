"""Every small change of a module's source that a test must notice: one mutant is one change at one place."""

import ast
import copy
from collections.abc import Callable, Iterator
from dataclasses import dataclass

_COMPARE: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Eq: ast.NotEq, ast.NotEq: ast.Eq, ast.Lt: ast.LtE, ast.LtE: ast.Lt, ast.Gt: ast.GtE, ast.GtE: ast.Gt,
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In,
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.Pow: ast.Mult, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Mutant:
    """One change: its number in the module, the line, what was changed, and the changed source."""

    number: int
    line: int
    operator: str
    before: str
    after: str
    tree: ast.Module


class _At(ast.NodeTransformer):
    """Puts `new` in the place of the node that has this position in the walk of the tree."""

    def __init__(self, target: ast.AST, new: ast.AST) -> None:
        self.target, self.new = target, new

    def visit(self, node: ast.AST) -> ast.AST:
        if node is self.target:
            return ast.copy_location(self.new, node)
        return super().generic_visit(node)


def mutants(source: str) -> list[Mutant]:
    """Return every mutant of a module's source, in the order of its lines."""
    tree = ast.parse(source)
    skipped = _skipped(tree)
    found: list[Mutant] = []
    for node in ast.walk(tree):
        if node in skipped:
            continue
        for operator, new in _changes(node):
            changed = copy.deepcopy(tree, {id(node): node})  # all but the node is copied: it can be found by identity
            whole = ast.fix_missing_locations(_At(node, new).visit(changed))
            assert isinstance(whole, ast.Module)
            found.append(Mutant(0, getattr(node, "lineno", 0), operator, _text(node), _text(new), whole))
    found.sort(key=lambda each: (each.line, each.operator, each.before, each.after))
    return [Mutant(number, *(getattr(each, name) for name in ("line", "operator", "before", "after", "tree")))
            for number, each in enumerate(found)]  # fmt: skip


def _text(node: ast.AST) -> str:
    text = ast.unparse(node).strip()
    return text if len(text) <= 100 else f"{text[:97]}…"


def _skipped(tree: ast.Module) -> set[ast.AST]:
    """Return what is not changed: docstrings, annotations, imports, decorators, and sentences meant for people."""
    skipped: set[ast.AST] = set()
    for node in ast.walk(tree):
        out: list[ast.AST] = []
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            out.append(node)
        elif isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            out += [*node.decorator_list, *filter(None, [node.returns])]
            out += [each.annotation for each in ast.walk(node.args) if isinstance(each, ast.arg) and each.annotation]
        elif isinstance(node, ast.ClassDef):
            out += node.decorator_list
        elif isinstance(node, ast.AnnAssign):
            out.append(node.annotation)
        elif isinstance(node, ast.Call) and _is_message(node):
            out += node.args[-2:]
        for each in out:
            skipped.update(ast.walk(each))
    return skipped


def _is_message(call: ast.Call) -> bool:
    """Return whether the last two arguments are an error's sentences, Japanese and English: no code depends on them."""
    texts = [arg for arg in call.args if isinstance(arg, ast.JoinedStr | ast.Constant)]
    two = 2
    return len(texts) >= two and any(not _plain(each).isascii() for each in texts)


def _plain(node: ast.AST) -> str:
    return "".join(
        each.value for each in ast.walk(node) if isinstance(each, ast.Constant) and isinstance(each.value, str)
    )


def _changes(node: ast.AST) -> Iterator[tuple[str, ast.AST]]:
    """Yield (operator, new node) for every change of one node."""
    for kind, change in _OPERATORS.items():
        if isinstance(node, kind):
            for operator, new in change(node):
                yield operator, ast.copy_location(new, node)


def _compare(node: ast.Compare) -> Iterator[tuple[str, ast.AST]]:
    for index, operator in enumerate(node.ops):
        ops = [_COMPARE[type(operator)]() if at == index else each for at, each in enumerate(node.ops)]
        yield "comparison", ast.Compare(node.left, ops, node.comparators)


def _bool(node: ast.BoolOp) -> Iterator[tuple[str, ast.AST]]:
    yield "boolean", ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for index in range(len(node.values)):
        rest = [value for at, value in enumerate(node.values) if at != index]
        yield "boolean", rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _unary(node: ast.UnaryOp) -> Iterator[tuple[str, ast.AST]]:
    yield "unary", node.operand


def _binary(node: ast.BinOp) -> Iterator[tuple[str, ast.AST]]:
    if type(node.op) in _ARITHMETIC:
        yield "arithmetic", ast.BinOp(node.left, _ARITHMETIC[type(node.op)](), node.right)


def _constant(node: ast.Constant) -> Iterator[tuple[str, ast.AST]]:
    value = node.value
    if isinstance(value, bool):
        yield "constant", ast.Constant(not value)
    elif isinstance(value, int):
        yield "constant", ast.Constant(value + 1)
    elif isinstance(value, str):
        yield "string", ast.Constant(f"{value}XX")
    elif isinstance(value, bytes):
        yield "string", ast.Constant(value + b"XX")


def _return(node: ast.Return) -> Iterator[tuple[str, ast.AST]]:
    if node.value is not None and not (isinstance(node.value, ast.Constant) and node.value.value is None):
        yield "return", ast.Return(ast.Constant(None))


def _if(node: ast.If | ast.IfExp | ast.While) -> Iterator[tuple[str, ast.AST]]:
    if not isinstance(node, ast.While):  # a loop that never ends is no test of anything
        yield "condition", _with_test(node, ast.Constant(True))  # noqa: FBT003
    yield "condition", _with_test(node, ast.Constant(False))  # noqa: FBT003


def _with_test(node: ast.If | ast.IfExp | ast.While, test: ast.expr) -> ast.AST:
    new = copy.copy(node)
    new.test = test
    return new


def _statement(node: ast.stmt) -> Iterator[tuple[str, ast.AST]]:
    yield "statement", ast.Pass()


_OPERATORS: dict[type[ast.AST] | tuple[type[ast.AST], ...], Callable[..., Iterator[tuple[str, ast.AST]]]] = {
    ast.Compare: _compare, ast.BoolOp: _bool, ast.UnaryOp: _unary, ast.BinOp: _binary, ast.Constant: _constant,
    ast.Return: _return, (ast.If, ast.IfExp, ast.While): _if,
    (ast.Expr, ast.AugAssign, ast.Raise, ast.Break, ast.Continue): _statement,
}  # fmt: skip

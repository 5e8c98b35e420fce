"""The operators: what is changed in a node of a syntax tree, one way after another."""

import ast
import copy
from collections.abc import Callable, Iterator

Change = tuple[str, ast.AST]

_COMPARE: dict[type[ast.cmpop], tuple[type[ast.cmpop], ...]] = {
    ast.Eq: (ast.NotEq,), ast.NotEq: (ast.Eq,), ast.Is: (ast.IsNot,), ast.IsNot: (ast.Is,), ast.In: (ast.NotIn,),
    ast.NotIn: (ast.In,), ast.Lt: (ast.LtE, ast.GtE), ast.LtE: (ast.Lt, ast.Gt), ast.Gt: (ast.GtE, ast.LtE),
    ast.GtE: (ast.Gt, ast.Lt),
}  # fmt: skip
_ARITHMETIC: dict[type[ast.operator], type[ast.operator]] = {
    ast.Add: ast.Sub, ast.Sub: ast.Add, ast.Mult: ast.FloorDiv, ast.Div: ast.Mult, ast.FloorDiv: ast.Mult, ast.Mod: ast.Mult,
    ast.Pow: ast.Mult, ast.LShift: ast.RShift, ast.RShift: ast.LShift, ast.BitAnd: ast.BitOr, ast.BitOr: ast.BitAnd,
    ast.BitXor: ast.BitAnd,
}  # fmt: skip
_NAMES = {"min": "max", "max": "min", "any": "all", "all": "any", "sorted": "list"}
_METHODS = {
    "partition": "rpartition", "rpartition": "partition", "upper": "lower", "lower": "upper", "strip": "lstrip",
    "split": "rsplit", "append": "extend", "union": "intersection", "outerjoin": "join", "is_": "is_not", "is_not": "is_",
}  # fmt: skip


def changes(node: ast.AST) -> Iterator[Change]:
    """Yield (operator, new node) for every change of one node."""
    for kind, change in _OPERATORS.items():
        if isinstance(node, kind):
            yield from change(node)


def _compare(node: ast.Compare) -> Iterator[Change]:
    for index, operator in enumerate(node.ops):
        for other in _COMPARE[type(operator)]:
            ops = [other() if at == index else each for at, each in enumerate(node.ops)]
            yield "comparison", ast.Compare(node.left, ops, node.comparators)


def _bool(node: ast.BoolOp) -> Iterator[Change]:
    yield "boolean", ast.BoolOp(ast.Or() if isinstance(node.op, ast.And) else ast.And(), node.values)
    for index in range(len(node.values)):
        rest = node.values[:index] + node.values[index + 1 :]
        yield "boolean", rest[0] if len(rest) == 1 else ast.BoolOp(node.op, rest)


def _unary(node: ast.UnaryOp) -> Iterator[Change]:
    yield "unary", node.operand


def _binary(node: ast.BinOp) -> Iterator[Change]:
    yield "arithmetic", ast.BinOp(node.left, _ARITHMETIC[type(node.op)](), node.right)


def _augmented(node: ast.AugAssign) -> Iterator[Change]:
    yield "arithmetic", ast.AugAssign(node.target, _ARITHMETIC[type(node.op)](), node.value)
    yield "assignment", ast.Assign([node.target], node.value)
    yield "statement", ast.Pass()


def _constant(node: ast.Constant) -> Iterator[Change]:
    value = node.value
    if isinstance(value, bool):
        yield "constant", ast.Constant(not value)
    elif isinstance(value, int):
        yield "constant", ast.Constant(value + 1)
        yield "constant", ast.Constant(value - 1)
    elif isinstance(value, str):
        yield "string", ast.Constant(f"XX{value}XX")
    elif isinstance(value, bytes):
        yield "string", ast.Constant(b"XX" + value + b"XX")


def _is_none(node: ast.AST | None) -> bool:
    return node is None or (isinstance(node, ast.Constant) and node.value is None)


def _return(node: ast.Return) -> Iterator[Change]:
    if not _is_none(node.value):
        yield "return", ast.Return(ast.Constant(None))


def _assign(node: ast.Assign | ast.AnnAssign) -> Iterator[Change]:
    if not _is_none(node.value):
        yield "assignment", _with(node, value=ast.Constant(None))


def _if(node: ast.If | ast.IfExp) -> Iterator[Change]:
    for value in (True, False):
        yield "condition", _with(node, test=ast.Constant(value))


def _while(node: ast.While) -> Iterator[Change]:
    yield "condition", _with(node, test=ast.Constant(value=False))


def _for(node: ast.For) -> Iterator[Change]:
    yield "loop", _with(node, iter=ast.Tuple([], ast.Load()))


def _comprehension(node: ast.comprehension) -> Iterator[Change]:
    for index in range(len(node.ifs)):
        yield "condition", _with(node, ifs=node.ifs[:index] + node.ifs[index + 1 :])


def _slice(node: ast.Slice) -> Iterator[Change]:
    for name in ("lower", "upper", "step"):
        if getattr(node, name) is not None:
            yield "slice", _with(node, **{name: None})


def _call(node: ast.Call) -> Iterator[Change]:
    for index, keyword in enumerate(node.keywords):
        if keyword.arg is not None:
            yield "keyword", _with(node, keywords=node.keywords[:index] + node.keywords[index + 1 :])
    if isinstance(node.func, ast.Name) and node.func.id in _NAMES:
        yield "name", _with(node, func=ast.Name(_NAMES[node.func.id], ast.Load()))
    if isinstance(node.func, ast.Attribute) and node.func.attr in _METHODS:
        yield "name", _with(node, func=ast.Attribute(node.func.value, _METHODS[node.func.attr], ast.Load()))


def _handler(node: ast.ExceptHandler) -> Iterator[Change]:
    kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
    for index in range(len(kinds)):
        rest = [each for at, each in enumerate(kinds) if at != index and each is not None]
        yield "handler", _with(node, type=ast.Tuple(rest, ast.Load()))


def _statement(node: ast.stmt) -> Iterator[Change]:
    yield "statement", ast.Pass()


def _break(node: ast.Break) -> Iterator[Change]:
    yield "statement", ast.Continue()


def _continue(node: ast.Continue) -> Iterator[Change]:
    yield "statement", ast.Break()


def _with(node: ast.AST, **fields: object) -> ast.AST:
    new = copy.copy(node)
    for name, value in fields.items():
        setattr(new, name, value)
    return new


_OPERATORS: dict[type[ast.AST] | tuple[type[ast.AST], ...], Callable[..., Iterator[Change]]] = {
    ast.Compare: _compare, ast.BoolOp: _bool, ast.UnaryOp: _unary, ast.BinOp: _binary, ast.AugAssign: _augmented,
    ast.Constant: _constant, ast.Return: _return, (ast.Assign, ast.AnnAssign): _assign, (ast.If, ast.IfExp): _if,
    ast.While: _while, ast.For: _for, ast.comprehension: _comprehension, ast.Slice: _slice, ast.Call: _call,
    ast.ExceptHandler: _handler, (ast.Expr, ast.Raise, ast.Delete, ast.Assert): _statement, ast.Break: _break,
    ast.Continue: _continue,
}  # fmt: skip

"""Gives the changed source of a module to whatever imports it, and changes functions of modules that are imported already."""

import ast
import gc
import importlib.abc
import importlib.util
import sys
from collections.abc import Iterator, Mapping
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import CodeType, FunctionType, ModuleType

from tests.mutation.targets import module_of

ROOT = Path(__file__).resolve().parents[2]
Where = tuple[str, str, int]  # file, name, first line: by which a function is known again


def parsed(file: str) -> ast.Module:
    """Return the tree of the source in `file`, a path from the root of the repository."""
    return ast.parse((ROOT / file).read_text(encoding="utf-8"))


def compiled(file: str, tree: ast.Module) -> CodeType:
    """Return the code of `tree`, as if it stood in `file`."""
    return compile(tree, str(ROOT / file), "exec")


class _Loader(importlib.abc.InspectLoader):
    def __init__(self, file: str, tree: ast.Module, names: Mapping[str, object]) -> None:
        self._file, self._tree, self._names = file, tree, names

    def get_source(self, fullname: str) -> str:  # noqa: ARG002  the interface's
        return (ROOT / self._file).read_text(encoding="utf-8")

    def get_code(self, fullname: str) -> CodeType:  # noqa: ARG002
        return compiled(self._file, self._tree)

    def exec_module(self, module: ModuleType) -> None:
        module.__dict__.update(self._names)
        exec(self.get_code(module.__name__), module.__dict__)  # noqa: S102  this is how modules are made


class _Finder(importlib.abc.MetaPathFinder):
    def __init__(self, trees: Mapping[str, ast.Module], names: Mapping[str, object]) -> None:
        self._files = {module_of(file): file for file in trees}
        self._trees, self._names = trees, names

    def find_spec(self, fullname: str, path: object, target: object = None) -> ModuleSpec | None:
        del path, target
        file = self._files.get(fullname)
        if file is None:
            return None
        loader = _Loader(file, self._trees[file], self._names)
        return importlib.util.spec_from_file_location(fullname, ROOT / file, loader=loader)


def put_in(trees: Mapping[str, ast.Module], names: Mapping[str, object] | None = None) -> None:
    """Let the modules in the files of `trees` be made of these trees; `names` are known in them. None is imported yet."""
    early = [file for file in trees if module_of(file) in sys.modules]
    if early:
        raise RuntimeError(f"already imported, so it cannot be changed: {early}")
    sys.meta_path.insert(0, _Finder(trees, names or {}))


def functions(files: Mapping[str, object]) -> dict[Where, list[FunctionType]]:
    """Return every function of the modules in `files` that there is now: methods and closures as well."""
    paths = {str(ROOT / file) for file in files}
    found: dict[Where, list[FunctionType]] = {}
    for each in gc.get_objects():
        if type(each) is FunctionType and each.__code__.co_filename in paths:
            found.setdefault(_where(each.__code__), []).append(each)
    return found


def swap(known: Mapping[Where, list[FunctionType]], code: CodeType) -> bool:
    """Give every known function the code that it has in the module `code`; False if nothing is another one for it.

    A function is one object however often its name was imported: whoever holds it calls the new code.
    """
    changed = False
    for each in _codes(code):
        for function in known.get(_where(each), ()):
            if function.__code__ != each:
                function.__code__ = each
                changed = True
    return changed


def _where(code: CodeType) -> Where:
    return code.co_filename, code.co_qualname, code.co_firstlineno


def _codes(code: CodeType) -> Iterator[CodeType]:
    for each in code.co_consts:
        if isinstance(each, CodeType):
            yield each
            yield from _codes(each)


def telling(file: str, tree: ast.Module) -> ast.Module:
    """Return the tree with a call of `__reached__(file, line)` before every statement."""
    for node in ast.walk(tree):
        for name in ("body", "orelse", "finalbody"):
            block = getattr(node, name, None)
            if isinstance(block, list) and block and isinstance(block[0], ast.stmt):
                setattr(node, name, [each for statement in block for each in _told(file, statement)])
    return ast.fix_missing_locations(tree)


def _told(file: str, statement: ast.stmt) -> list[ast.stmt]:
    if isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant):
        return [statement]
    call = ast.Call(ast.Name("__reached__", ast.Load()), [ast.Constant(file), ast.Constant(statement.lineno)], [])
    return [ast.copy_location(ast.Expr(call), statement), statement]

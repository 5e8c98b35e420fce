import ast
import re
import subprocess
import sys

import pytest

from tests.mutation.importing import ROOT
from tests.mutation.mutants import mutants
from tests.mutation.targets import GROUPS

SAMPLE = '''"""A docstring."""
LIMIT: int = 3


@decorated("x")
def fits(size: int, *, most: int = LIMIT) -> "bool":
    """Say."""
    _log.warning("said %s", size)
    if size > most and not size:
        raise Wrong("大きすぎます。", f"too big: {size + 1}", "size")
    return min(size, most=7) in [each[1:] for each in known if each]
'''


def changed(source: str) -> list[tuple[str, str, str]]:
    return [(each.operator, each.before, each.after) for each in mutants(ast.parse(source))]


def test_every_change_of_a_sample_is_made_and_no_other() -> None:
    assert sorted(changed(SAMPLE)) == sorted([
        ("assignment", "LIMIT: int = 3", "LIMIT: int = None"), ("constant", "3", "4"), ("constant", "3", "2"),
        ("condition", "if size > most and (not size):", "if True:"),
        ("condition", "if size > most and (not size):", "if False:"),
        ("boolean", "size > most and (not size)", "size > most or not size"),
        ("boolean", "size > most and (not size)", "not size"), ("boolean", "size > most and (not size)", "size > most"),
        ("comparison", "size > most", "size >= most"), ("comparison", "size > most", "size <= most"),
        ("unary", "not size", "size"),
        ("statement", "raise Wrong('大きすぎます。', f'too big: {size + 1}', 'size')", "pass"), ("string", "'size'", "'XXsizeXX'"),
        ("return", "return min(size, most=7) in [each[1:] for each in known if each]", "return None"),
        ("comparison", "min(size, most=7) in [each[1:] for each in known if each]",
         "min(size, most=7) not in [each[1:] for each in known if each]"),
        ("keyword", "min(size, most=7)", "min(size)"), ("name", "min(size, most=7)", "max(size, most=7)"),
        ("constant", "7", "8"), ("constant", "7", "6"), ("slice", "1:", ":"), ("constant", "1", "2"), ("constant", "1", "0"),
        ("condition", "for each in known if each", "for each in known"),
    ])  # fmt: skip


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("x += 1", ["x -= 1", "x = 1", "pass", "2", "0"]),
        ("while a:\n    break", ["while False:", "continue"]),
        ("for a in b:\n    continue", ["for a in ():", "break"]),
        ("try:\n    f()\nexcept (A, B):\n    g()", ["pass", "pass", "except B:", "except A:"]),
        ("a if b else None", ["pass", "a if True else None", "a if False else None"]),
        ("x: TypeAlias = A | B", []),
        ("import a", []),
        ("f(ja='文', en='text')", ["pass", "f(en='text')", "f(ja='文')"]),
    ],
)
def test_what_becomes_of(source: str, expected: list[str]) -> None:
    after = [new.replace("except (B,):", "except B:").replace("except (A,):", "except A:")
             for _, _, new in changed(source)]  # fmt: skip
    assert sorted(after) == sorted(expected)


def test_each_mutant_changes_one_place_and_gives_code() -> None:
    count = len(changed(SAMPLE))
    for number in range(count):
        tree = ast.parse(SAMPLE)
        mutants(tree)[number].apply()
        assert ast.unparse(tree) != ast.unparse(ast.parse(SAMPLE))
        compile(tree, "sample", "exec")


@pytest.fixture(scope="module")
def short_run() -> tuple[int, str]:
    """One run of the short forms: its exit code, and what it said."""
    command = [sys.executable, "-W", "ignore:XDG_RUNTIME_DIR is not set", "-m", "tests.mutation"]
    groups = [each for name in ("short", "blind", "seeing") for each in ("--group", name)]
    ended = subprocess.run([*command, *groups], cwd=ROOT, capture_output=True, text=True, timeout=300, check=False)  # noqa: S603  our own command
    return ended.returncode, ended.stdout + ended.stderr


def counted(said: str, group: str) -> tuple[int, int]:
    """How many mutants a group has, and how many of them were noticed."""
    found = re.search(rf"\*\*{group}\*\* \|  \| (\d+) \| (\d+) \|", said)
    assert found, said
    return int(found[1]), int(found[2])


@pytest.mark.slow
def test_fixed_mutants_of_the_vault_are_noticed(short_run: tuple[int, str]) -> None:
    mutants, noticed = counted(short_run[1], "short")
    assert mutants == noticed >= 12


@pytest.mark.slow
def test_a_test_that_asserts_nothing_notices_only_what_breaks(short_run: tuple[int, str]) -> None:
    code, said = short_run
    assert code == 1
    for change in (
        "8: comparison: `price < 1000` → `price <= 1000`",
        "8: return: `return LOWEST if price < 1000 else price * 2` → `return None`",
        "3: constant: `100` → `101`",
    ):
        assert f"tests/mutation/control/fees.py:{change}" in said
    assert counted(said, "blind")[1] == 0


@pytest.mark.slow
def test_tests_that_say_what_they_expect_notice_everything(short_run: tuple[int, str]) -> None:
    mutants, noticed = counted(short_run[1], "seeing")
    assert mutants == noticed > 10
    assert mutants == counted(short_run[1], "blind")[0]


def test_every_module_and_every_file_of_tests_is_there() -> None:
    for group in GROUPS:
        assert all((ROOT / file).is_file() for file in (*group.files, *group.tests))

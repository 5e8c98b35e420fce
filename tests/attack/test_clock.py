"""Nothing below the entry points reads the machine's clock or zone: what a day is, tests decide and no machine does."""

import ast

from tests.docs.code_base import ROOT

READERS = {"now", "utcnow", "today", "fromtimestamp", "localtime", "gmtime", "time", "time_ns"}
ENTRANCES = {"core/clock.py", "schema/alone/verify_certificate.py"}  # the second is a program of its own


def test_only_entrances_read_the_clock() -> None:
    found = set()
    for room in ("core", "rules", "resolvers", "schema"):
        for file in (ROOT / room).rglob("*.py"):
            for node in ast.walk(ast.parse(file.read_text())):
                match node:
                    case (
                        ast.Call(func=ast.Attribute(value=ast.Name(id="datetime" | "date" | "time"), attr=name)) as call
                    ):
                        if name in READERS and len(call.args) < (2 if name == "fromtimestamp" else 9):
                            found.add((file.relative_to(ROOT).as_posix(), ast.unparse(call)))
    assert {place for place, _ in found} == ENTRANCES, found

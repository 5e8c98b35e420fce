from __future__ import annotations

import asyncio
import io
from collections.abc import AsyncIterator, Callable, Iterator
from typing import TYPE_CHECKING, Any

import httpx
import orjson
import pytest
from strawberry.extensions import SchemaExtension

if TYPE_CHECKING:
    from starlette.types import Message

    from denshi_hosho.schema.errors import QuietSchema
    from tests.schema.conftest import Door, Events, OpenDoor

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"


def only_error(response: httpx.Response) -> dict[str, Any]:
    error: dict[str, Any]
    (error,) = response.json()["errors"]
    return error


def test_executes_a_query(door: Door) -> None:
    response = door.execute("{ hello }")
    assert response.status_code == 200
    assert response.headers["content-type"] == f"{GRAPHQL_RESPONSE}; charset=utf-8"
    assert response.headers["cache-control"] == "no-store"
    assert response.content == '{"data":{"hello":"こんにちは"}}'.encode()


def test_executes_a_mutation(door: Door) -> None:
    assert door.execute("mutation { touch }").json() == {"data": {"touch": True}}


def test_nothing_acceptable_is_406(door: Door) -> None:
    response = door.execute("{ hello }", accept="text/html")
    assert response.status_code == 406
    assert only_error(response)["extensions"]["code"] == "NOT_ACCEPTABLE"


DEEP_VARIABLES = b'{"query":"{hello}","variables":{"a":' + b"[" * 100_000 + b"]" * 100_000 + b"}}"


@pytest.mark.parametrize(
    ("body", "code"),
    [
        (b"", "BODY_NOT_JSON"),
        (b"{", "BODY_NOT_JSON"),
        (b'{"query":"\xff"}', "BODY_NOT_JSON"),
        (b'{"query":"\\ud800"}', "BODY_NOT_JSON"),
        (b'{"query":"{hello}","variables":{"a":' + b"1" * 100_000 + b"}}", "BODY_NOT_JSON"),
        (b"[" * 100_000, "BODY_NOT_JSON"),
        (DEEP_VARIABLES, "BODY_NOT_JSON"),
        (b"NaN", "BODY_NOT_JSON"),
        (b"null", "BODY_NOT_OBJECT"),
        (b"7", "BODY_NOT_OBJECT"),
        (b'[{"query":"{hello}"}]', "BODY_NOT_OBJECT"),
        (b"{}", "QUERY_MISSING"),
        (b'{"query":null}', "QUERY_MISSING"),
        (b'{"query":""}', "QUERY_MISSING"),
        (b'{"query":7}', "PARAMETER_INVALID"),
        (b'{"query":"{hello}","variables":[]}', "PARAMETER_INVALID"),
        (b'{"query":"{hello}","operationName":0}', "PARAMETER_INVALID"),
        (b'{"query":"{hello}","extensions":"x"}', "PARAMETER_INVALID"),
    ],
)
def test_a_bad_body_is_400_with_a_code(door: Door, body: bytes, code: str) -> None:
    response = door.send("POST", content=body, headers={"content-type": JSON})
    assert response.status_code == 400
    assert "data" not in response.json()
    error = only_error(response)
    assert error["extensions"]["code"] == code
    assert error["message"]
    assert error["extensions"]["messageEn"].isascii()


@pytest.mark.parametrize(
    ("document", "code"),
    [
        ("{", "GRAPHQL_SYNTAX"),
        ('{ hello(a: "\\uD800") }', "GRAPHQL_SYNTAX"),
        ("{ unknown }", "GRAPHQL_INVALID"),
        ("subscription { hello }", "GRAPHQL_INVALID"),
        ("fragment f on Query { hello }", "GRAPHQL_INVALID"),
        ("query a { hello } query b { hello }", "GRAPHQL_INVALID"),
        ("query($n: GuaranteeNumber!) { certificate(number: $n, accessKey: 1) }", "GRAPHQL_INVALID"),
        ("{ add(number: " + "1" * 10_000 + ") }", "GRAPHQL_INVALID"),
        ("{ add(number: " + "1" * 100_000 + ") }", "DOCUMENT_TOO_LONG"),
        ("{ hello " * 600 + "}" * 600, "GRAPHQL_SYNTAX"),
        ("{ hello " * 20_000 + "}" * 20_000, "DOCUMENT_TOO_LONG"),
        ("{ add(number: " + "[" * 900 + "]" * 900 + ") }", "GRAPHQL_SYNTAX"),
        ("{ add(number: " + "[" * 100_000 + "]" * 100_000 + ") }", "DOCUMENT_TOO_LONG"),
    ],
)
def test_a_document_that_cannot_run_is_400_without_data(door: Door, document: str, code: str) -> None:
    response = door.execute(document)
    assert response.status_code == 400
    assert "data" not in response.json()
    assert {error["extensions"]["code"] for error in response.json()["errors"]} == {code}


def test_deeply_nested_variables_are_refused(door: Door) -> None:
    body = b'{"query":"query($f: Filter!) { search(filter: $f) }","variables":{"f":%s}}'
    content = body % (b'{"both":[' * 500 + b"]}" * 500)
    headers = {"content-type": JSON, "accept": GRAPHQL_RESPONSE}
    response = door.send("POST", content=content, headers=headers)
    assert response.status_code == 400
    assert only_error(response)["extensions"]["code"] == "GRAPHQL_INVALID"


def test_the_same_is_200_under_application_json(door: Door) -> None:
    response = door.execute("{ unknown }", accept=JSON)
    assert response.status_code == 200
    assert "data" not in response.json()


def test_an_invalid_document_says_where_in_both_languages(door: Door) -> None:
    assert only_error(door.execute("{ unknown }")) == {
        "message": "GraphQL文書または変数がスキーマに合いません: Cannot query field 'unknown' on type 'Query'.",
        "locations": [{"line": 1, "column": 3}],
        "extensions": {
            "code": "GRAPHQL_INVALID",
            "messageEn": "Cannot query field 'unknown' on type 'Query'.",
        },
    }


@pytest.mark.parametrize("document", ["{ helo }", "{ hello(a: 1) }", "query($n: Strin) { hello }"])
def test_only_development_suggests_names(door: Door, dev_door: Door, document: str) -> None:
    assert "Did you mean" not in door.execute(document).text
    assert ("Did you mean" in dev_door.execute(document).text) == (document != "{ hello(a: 1) }")


@pytest.mark.parametrize(
    ("content_type", "status"),
    [
        (None, 415),
        ("text/plain", 415),
        ("multipart/form-data; boundary=x", 415),
        ("application/json; charset=shift_jis", 415),
        ("application/json; charset=UTF-8", 200),
        ('application/json; charset="utf-8"', 200),
    ],
)
def test_takes_json_in_utf8_only(door: Door, content_type: str | None, status: int) -> None:
    headers = {"content-type": content_type} if content_type else {}
    response = door.send("POST", content=b'{"query":"{hello}"}', headers=headers)
    assert response.status_code == status


def test_the_body_has_a_limit(open_door: OpenDoor) -> None:
    door = open_door(body_limit=100)
    body = orjson.dumps({"query": "{hello}", "variables": {"a": "x" * 100}})
    response = door.send("POST", content=body, headers={"content-type": JSON})
    assert response.status_code == 413
    assert only_error(response)["extensions"]["code"] == "BODY_TOO_LARGE"


def test_the_limit_holds_for_a_body_of_undeclared_length(open_door: OpenDoor) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        for _ in range(3):
            yield b" " * 50

    door = open_door(body_limit=100)
    response = door.send("POST", content=chunks(), headers={"content-type": JSON})
    assert response.status_code == 413


def test_the_default_limit_is_256_kib(door: Door) -> None:
    body = b'{"query":"{hello}"}'.ljust(256 * 1024)
    assert door.send("POST", content=body, headers={"content-type": JSON}).status_code == 200
    assert door.send("POST", content=body + b" ", headers={"content-type": JSON}).status_code == 413


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE"])
def test_production_takes_post_only(door: Door, method: str) -> None:
    response = door.send(method, params={"query": "{ hello }"}, headers={"accept": "text/html"})
    assert response.status_code == 405
    assert response.headers["allow"] == "POST"


def test_development_takes_queries_by_get_but_no_mutation(dev_door: Door) -> None:
    params = {"query": "query($n: Int) { add(number: $n) }", "variables": '{"n": 3}', "operationName": ""}
    assert dev_door.send("GET", params=params).json() == {"data": {"add": 3}}
    refused = dev_door.send("GET", params={"query": "mutation { touch }"})
    assert refused.status_code == 405
    assert refused.headers["allow"] == "POST"
    assert dev_door.send("GET", params={"query": "{hello}", "variables": "{"}).status_code == 400
    assert dev_door.send("PUT").headers["allow"] == "GET, POST"


def test_production_hides_the_schema(door: Door, dev_door: Door) -> None:
    for document in ("{ __schema { types { name } } }", '{ __type(name: "Query") { name } }'):
        assert only_error(door.execute(document))["extensions"]["code"] == "INTROSPECTION_OFF"
        assert dev_door.execute(document).status_code == 200
    assert door.execute("{ __typename }").json() == {"data": {"__typename": "Query"}}


def test_a_refused_context_answers_with_its_status(door: Door) -> None:
    response = door.execute("{ hello }", headers={"authorization": "Bearer SECRET-9f2c-expired"})
    assert response.status_code == 401
    assert response.headers["www-authenticate"] == 'Bearer error="invalid_token"'
    assert response.json() == {
        "errors": [
            {
                "message": "トークンが無効です。",
                "extensions": {"code": "TOKEN_INVALID", "messageEn": "The token is not valid."},
            }
        ]
    }


def test_a_broken_context_is_masked(door: Door) -> None:
    response = door.execute("{ hello }", headers={"x-break-context": "1", "x-request-id": "r-1"})
    assert response.status_code == 500
    assert only_error(response) == {
        "message": "内部エラーです。",
        "extensions": {"code": "INTERNAL", "messageEn": "Internal error.", "requestId": "r-1"},
    }


@pytest.mark.parametrize("accept", [JSON, GRAPHQL_RESPONSE])
def test_a_crashing_resolver_is_masked_and_keeps_the_rest(door: Door, accept: str) -> None:
    response = door.execute(
        "query($k: String!) { hello crash(accessKey: $k) }",
        accept=accept,
        k="SECRET-9f2c",
        headers={"x-request-id": "r-2"},
    )
    assert response.status_code == 200
    assert response.json()["data"] == {"hello": "こんにちは", "crash": None}
    assert only_error(response) == {
        "message": "内部エラーです。",
        "locations": [{"line": 1, "column": 28}],
        "path": ["crash"],
        "extensions": {"code": "INTERNAL", "messageEn": "Internal error.", "requestId": "r-2"},
    }


@pytest.mark.parametrize("document", ["{ tooLarge }", "{ nothing }"])
def test_a_result_that_breaks_the_schema_is_a_bug_of_ours(door: Door, document: str) -> None:
    response = door.execute(document)
    assert response.status_code == 200
    assert only_error(response)["extensions"]["code"] == "INTERNAL"


def test_an_error_raised_on_purpose_reaches_the_client_in_both_languages(door: Door) -> None:
    response = door.execute('{ certificate(number: "1070000473", accessKey: "k") }')
    assert response.status_code == 200
    error = only_error(response)
    assert error["message"] == "番号1070000473はありません。"
    assert error["extensions"] == {"code": "NUMBER_INVALID", "messageEn": "There is no 1070000473."}


def test_a_refusal_from_a_field_without_a_place_for_it_keeps_its_code(door: Door) -> None:
    response = door.execute("{ hello closed }")
    assert response.json()["data"] == {"hello": "こんにちは", "closed": None}
    error = only_error(response)
    assert error["message"] == "ログインしてください。"
    assert error["extensions"] == {"code": "NOT_SIGNED_IN", "messageEn": "Sign in first."}


@pytest.mark.parametrize(
    ("document", "variables"),
    [
        ('{ certificate(number: "107", accessKey: "k") }', {}),
        ('query($n: GuaranteeNumber!) { certificate(number: $n, accessKey: "k") }', {"n": "107"}),
        ('query($n: GuaranteeNumber!) { certificate(number: $n, accessKey: "k") }', {"n": 1.5}),
    ],
)
def test_a_scalar_says_what_is_wrong(door: Door, document: str, variables: dict[str, Any]) -> None:
    response = door.execute(document, **variables)
    assert response.status_code == 400
    error = only_error(response)
    assert error["message"] == "保証番号は10桁です。"
    assert error["extensions"] == {
        "code": "NUMBER_INVALID",
        "messageEn": "A guarantee number has 10 digits.",
    }


def test_a_bad_global_id_is_the_clients_mistake(door: Door) -> None:
    error = only_error(door.execute('{ node(id: "x") }'))
    assert error["extensions"]["code"] == "GRAPHQL_INVALID"


def test_a_null_where_the_argument_needs_a_value_is_the_clients_mistake(door: Door) -> None:
    response = door.execute("query($n: Int = 1) { add(number: $n) }", n=None)
    assert only_error(response)["extensions"]["code"] == "GRAPHQL_INVALID"


def test_a_repeated_document_gets_the_same_answer(door: Door) -> None:
    for document in ("{ hello }", "{ unknown }", "{ hello } #" + "x" * 20_000):
        assert door.execute(document).json() == door.execute(document).json()


def test_a_client_that_leaves_gets_no_answer(door: Door, events: Events) -> None:
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    headers = [(b"content-type", b"application/json")]
    scope = {"type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": headers}
    asyncio.run(door.app(scope, receive, send))
    assert sent == []
    assert [(event["event"], event.get("status")) for event in events()] == [
        ("client gone", None),
        ("request", None),
    ]


def test_a_broken_extension_is_masked_and_a_working_one_is_heard(
    open_door: OpenDoor, make_schema: Callable[..., QuietSchema], log_lines: io.StringIO
) -> None:
    class Heard(SchemaExtension):
        def get_results(self) -> dict[str, Any]:
            return {"cost": 1}

    class Broken(SchemaExtension):
        def on_execute(self) -> Iterator[None]:
            raise KeyError("SECRET-9f2c")
            yield

    heard = open_door(schema=make_schema(extensions=[Heard]))
    assert heard.execute("{ hello }").json() == {"data": {"hello": "こんにちは"}, "extensions": {"cost": 1}}
    response = open_door(schema=make_schema(extensions=[Broken])).execute("{ hello }")
    assert response.status_code == 500
    assert only_error(response)["extensions"]["code"] == "INTERNAL"
    assert "data" not in response.json()
    assert "SECRET-9f2c" not in response.text + log_lines.getvalue()

"""The 61 server checks of the npm package graphql-http (1.22 and 1.23), by their ids, in Python alone."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.schema.conftest import Door

JSON = "application/json"
GRAPHQL_RESPONSE = "application/graphql-response+json"

TYPENAME = {"query": "{ __typename }"}
BY_NAME = {"query": "query Type($name: String!) { __type(name: $name) { name } }"}
OF_NAME = {**BY_NAME, "variables": {"name": "sometype"}}
NO_SUCH_FIELD = {"query": "{ 8f31403dfe404bccbb0e835f2629c6a7 }"}
NULL_FOR_ID = {"query": "query CoerceFailure($id: ID!){ __typename }", "variables": {"id": None}}
NAMED = {"query": "query Query { __typename }", "operationName": "Query"}
TYPO = {"qeury": "{ __typename }"}
NOT_JSON = '{ "not a JSON'
WRONG_TEXTS = ({"obj": "ect"}, 0, False, ["array"])
WRONG_MAPS = ("string", 0, False, ["array"])


@dataclass(frozen=True)
class Check:
    """One request and what its response must be."""

    id: str
    level: str
    body: Any = None
    accept: str | None = None
    status: range = range(200, 201)
    content_type: str | None = JSON
    method: str = "POST"
    params: dict[str, str] = field(default_factory=dict)
    answers: str = ""
    no_errors: bool = False
    no_data: bool = False

    @property
    def request(self) -> dict[str, Any]:
        headers = {
            "accept": self.accept,
            "content-type": self.content_type if self.method == "POST" else None,
        }
        content = self.body if isinstance(self.body, str) else json.dumps(self.body)
        return {
            "headers": {name: value for name, value in headers.items() if value},
            "content": content if self.body is not None else None,
            "params": self.params or None,
        }


BAD_REQUEST = range(400, 401)
CLIENT_ERROR = range(400, 500)
ANY_ERROR = range(400, 600)

MEDIA_TYPES = [
    Check("22EB", "SHOULD", TYPENAME, GRAPHQL_RESPONSE, answers=GRAPHQL_RESPONSE),
    Check("4655", "MUST", TYPENAME, JSON, answers=JSON),
    Check("47DE", "SHOULD", TYPENAME, "*/*", answers=JSON),
    Check("80D8", "SHOULD", TYPENAME, answers=JSON),
    Check("82A3", "MUST", TYPENAME),
    Check(
        "BF61",
        "MUST",
        {"query": '{ __type(name: "Run🏃Swim🏊") { name } }'},
        content_type="application/json; charset=utf-8",
    ),
    Check("78D5", "MUST", TYPENAME),
]

METHODS = [
    Check("2C94", "MUST", TYPENAME),
    Check("5A70", "MAY", method="GET", params=TYPENAME),
    Check(
        "9C48",
        "MAY",
        method="GET",
        params={"query": "mutation { __typename }"},
        accept=GRAPHQL_RESPONSE,
        status=CLIENT_ERROR,
    ),
    Check("9ABE", "SHOULD", TYPENAME, content_type="text/plain;charset=UTF-8", status=CLIENT_ERROR),
    Check("03D4", "MUST", TYPENAME),
    Check("A5BF", "MAY", status=BAD_REQUEST),
]

PARAMETERS = [
    Check("423L", "MAY", {"notquery": "{ __typename }"}, GRAPHQL_RESPONSE, BAD_REQUEST),
    *(Check(f"LKJ{n}", "MAY", {"query": bad}, status=BAD_REQUEST) for n, bad in enumerate(WRONG_TEXTS)),
    Check("34A2", "SHOULD", TYPENAME, GRAPHQL_RESPONSE),
    Check("13EE", "MUST", TYPENAME, JSON, no_errors=True),
    *(
        Check(f"6C0{n}", "MAY", {**TYPENAME, "operationName": bad}, status=BAD_REQUEST)
        for n, bad in enumerate(WRONG_TEXTS)
    ),
    Check("8161", "SHOULD", NAMED, GRAPHQL_RESPONSE),
    Check("B8B3", "MUST", NAMED, JSON, no_errors=True),
    *(
        Check(f"{prefix}{n}", level, {**TYPENAME, name: None}, accept, no_errors=True)
        for n, name in enumerate(("variables", "operationName", "extensions"))
        for prefix, level, accept in (("94B", "SHOULD", GRAPHQL_RESPONSE), ("022", "MUST", JSON))
    ),
    *(
        Check(f"{prefix}{n}", "MAY", {**TYPENAME, name: bad}, status=BAD_REQUEST)
        for prefix, name in (("476", "variables"), ("58B", "extensions"))
        for n, bad in enumerate(WRONG_MAPS)
    ),
    Check("2EA1", "SHOULD", OF_NAME, GRAPHQL_RESPONSE),
    Check("28B9", "MUST", OF_NAME, JSON, no_errors=True),
    *(
        Check(
            check_id,
            "MAY",
            method="GET",
            params={**BY_NAME, "variables": json.dumps(OF_NAME["variables"])},
            accept=accept,
            no_errors=True,
        )
        for check_id, accept in (("D6D5", GRAPHQL_RESPONSE), ("6A70", JSON))
    ),
    Check("428F", "SHOULD", {**TYPENAME, "extensions": {"some": "value"}}, GRAPHQL_RESPONSE),
    Check("1B7A", "MUST", {**TYPENAME, "extensions": {"some": "value"}}, JSON, no_errors=True),
    Check("8764", "MAY", TYPO, status=ANY_ERROR),
    Check("3E3A", "MAY", TYPO, status=BAD_REQUEST),
]

FAILURES = [
    Check("B6DC", "MAY", NOT_JSON, JSON, range(200, 600)),
    Check("BCF8", "SHOULD", NOT_JSON, JSON, BAD_REQUEST),
    Check("B7N8", "SHOULD", NOT_JSON, GRAPHQL_RESPONSE, BAD_REQUEST),
    Check("572B", "SHOULD", {"query": "{"}, JSON),
    Check("FDE2", "SHOULD", NO_SUCH_FIELD, JSON),
    Check("7B9B", "SHOULD", NULL_FOR_ID, JSON),
    Check("865D", "SHOULD", {"query": "{"}, GRAPHQL_RESPONSE, ANY_ERROR),
    Check("556A", "SHOULD", {"query": "{"}, GRAPHQL_RESPONSE, BAD_REQUEST),
    Check("D586", "SHOULD", {"query": "{"}, GRAPHQL_RESPONSE, ANY_ERROR, no_data=True),
    Check("51FE", "SHOULD", NO_SUCH_FIELD, GRAPHQL_RESPONSE, ANY_ERROR),
    Check("74FF", "SHOULD", NO_SUCH_FIELD, GRAPHQL_RESPONSE, BAD_REQUEST),
    Check("5E5B", "SHOULD", NO_SUCH_FIELD, GRAPHQL_RESPONSE, ANY_ERROR, no_data=True),
    Check("86EE", "SHOULD", NULL_FOR_ID, GRAPHQL_RESPONSE, BAD_REQUEST),
]

CHECKS = [*MEDIA_TYPES, *METHODS, *PARAMETERS, *FAILURES]


def test_the_audit_is_whole() -> None:
    assert len({check.id for check in CHECKS}) == len(CHECKS) == 61


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: f"{check.id}-{check.level}")
def test_passes(dev_door: Door, check: Check) -> None:
    response = dev_door.send(check.method, **check.request)
    body = json.loads(response.content.decode("utf-8"))
    assert response.status_code in check.status
    assert check.answers in response.headers["content-type"]
    assert not (check.no_errors and "errors" in body)
    assert not (check.no_data and "data" in body)

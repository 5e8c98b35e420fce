"""A small schema behind the real door, and a client for it."""

import asyncio
import io
import json
import logging
from collections.abc import Callable, Iterator, Sequence
from typing import Annotated, Any, NewType, TypeAlias

import httpx
import pytest
import strawberry
import structlog
from argon2 import PasswordHasher
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from strawberry.extensions import SchemaExtension
from strawberry.relay import GlobalID
from strawberry.schema.config import StrawberryConfig

from denshi_hosho.core import passwords
from denshi_hosho.core.errors import HoshoError, Refusal, Refused
from denshi_hosho.schema.errors import QuietSchema, RequestRefused
from denshi_hosho.schema.extensions import extensions
from denshi_hosho.schema.headers import SecurityHeaders
from denshi_hosho.schema.http import GraphQLEndpoint, graphql_routes
from denshi_hosho.schema.log import RequestLog, configure
from denshi_hosho.schema.negotiation import GRAPHQL_RESPONSE
from tests.browser import Browser, chromium
from tests.schema.viewing import Served, serving

SECRET = "SECRET-9f2c"

Number = NewType("Number", str)


class NumberUnknownError(HoshoError):
    code = "NUMBER_INVALID"


def _number(value: Any) -> str:
    if not isinstance(value, str) or len(value) != 10:
        raise NumberUnknownError("保証番号は10桁です。", "A guarantee number has 10 digits.")
    return value


@strawberry.input
class Filter:
    both: list["Filter"] = strawberry.field(default_factory=list)


@strawberry.type
class Query:
    @strawberry.field
    def hello(self) -> str:
        return "こんにちは"

    @strawberry.field
    def certificate(self, number: Number, access_key: str) -> str | None:
        if access_key:
            raise NumberUnknownError(f"番号{number}はありません。", f"There is no {number}.")
        return None

    @strawberry.field
    def node(self, global_id: Annotated[GlobalID, strawberry.argument(name="id")]) -> str | None:
        return global_id.node_id

    @strawberry.field
    def crash(self, access_key: str) -> str | None:
        raise RuntimeError(f"database says {access_key}")

    @strawberry.field
    def closed(self) -> str | None:
        raise Refused(Refusal("NOT_SIGNED_IN", "ログインしてください。", "Sign in first."))

    @strawberry.field
    def too_large(self) -> int | None:
        return 10**13

    @strawberry.field
    def nothing(self) -> str:
        return None  # type: ignore[return-value]  # the bug that graphql-core must find

    @strawberry.field
    def search(self, having: Annotated[Filter, strawberry.argument(name="filter")]) -> int:
        return len(having.both)

    @strawberry.field
    def add(self, number: int = 1) -> int | None:
        return number


@strawberry.type
class Mutation:
    @strawberry.mutation
    def touch(self) -> bool:
        return True


def sample_schema(*, extensions: Sequence[Callable[[], SchemaExtension]]) -> QuietSchema:
    number = strawberry.scalar(name="GuaranteeNumber", parse_value=_number, serialize=str)
    return QuietSchema(
        Query,
        Mutation,
        extensions=extensions,
        config=StrawberryConfig(scalar_map={Number: number}),
    )


async def context_of(request: Request) -> object:
    if request.headers.get("authorization") == f"Bearer {SECRET}-expired":
        raise RequestRefused(
            401,
            "TOKEN_INVALID",
            "トークンが無効です。",
            "The token is not valid.",
            {"WWW-Authenticate": 'Bearer error="invalid_token"'},
        )
    if request.headers.get("x-break-context"):
        raise RuntimeError(SECRET)
    return None


async def document(request: Request) -> Response:
    return Response(b"%PDF")


async def broken(request: Request) -> Response:
    raise ValueError(SECRET)


def make_app(*, development: bool, schema: QuietSchema | None = None, **settings: Any) -> Starlette:
    schema = schema or sample_schema(extensions=extensions(development=development))
    endpoint = GraphQLEndpoint(schema, context_of, development=development, **settings)
    routes = [*graphql_routes(endpoint), Route("/documents/{ticket}", document), Route("/broken", broken)]
    return Starlette(routes=routes, middleware=[Middleware(SecurityHeaders), Middleware(RequestLog)])


class Door:
    """The application as a synchronous client sees it; an exception that leaves it fails the test."""

    def __init__(self, app: Starlette) -> None:
        self.app = app

    def send(self, method: str, path: str = "/graphql", **request: Any) -> httpx.Response:
        async def once() -> httpx.Response:
            transport = httpx.ASGITransport(self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://test") as client:
                del client.headers["accept"]
                return await client.request(method, path, **request)

        return asyncio.run(once())

    def execute(self, query: str, *, accept: str = GRAPHQL_RESPONSE, **request: Any) -> httpx.Response:
        headers = {"accept": accept, **request.pop("headers", {})}
        return self.send("POST", headers=headers, json={"query": query, "variables": request})


OpenDoor: TypeAlias = Callable[..., Door]
Events: TypeAlias = Callable[[], list[dict[str, Any]]]


@pytest.fixture
def log_lines() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    handlers, level = logging.root.handlers[:], logging.root.level
    configure(json=True, stream=stream)
    yield stream
    structlog.reset_defaults()
    logging.root.handlers[:] = handlers
    logging.root.setLevel(level)


@pytest.fixture
def events(log_lines: io.StringIO) -> Events:
    return lambda: [json.loads(line) for line in log_lines.getvalue().splitlines()]


@pytest.fixture
def open_door(log_lines: io.StringIO) -> OpenDoor:
    return lambda **settings: Door(make_app(**{"development": False, **settings}))


@pytest.fixture
def make_schema() -> Callable[..., QuietSchema]:
    return sample_schema


@pytest.fixture
def door(open_door: OpenDoor) -> Door:
    return open_door()


@pytest.fixture
def dev_door(open_door: OpenDoor) -> Door:
    return open_door(development=True)


@pytest.fixture(autouse=True)
def cheap_passwords(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Hash passwords cheaply: what they cost is tested where they are made."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    yield
    passwords._dummy_hash.cache_clear()


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    with serving(tmp_path_factory.mktemp("served")) as platform:
        yield platform


@pytest.fixture(scope="module")
def window(tmp_path_factory: pytest.TempPathFactory, served: Served) -> Iterator[Browser]:
    with chromium(tmp_path_factory.mktemp("chromium")) as browser:
        browser.resize(1280, 900)
        yield browser


@pytest.fixture
def page(window: Browser, served: Served) -> Iterator[Browser]:
    """The page, freshly opened; afterwards nothing in it has failed or was forbidden."""
    window.go("about:blank")
    window.go(f"{served.url}/open")
    window.complaints()
    yield window
    assert [each for each in window.complaints() if "favicon" not in each] == []

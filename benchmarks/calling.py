"""Calling an ASGI application in this process: no socket, no HTTP parser, nothing but the application's own work."""

import itertools
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any, TypeAlias

import orjson
from starlette.types import ASGIApp, Message

from benchmarks.stock import together


@dataclass(frozen=True, slots=True)
class Call:
    """One GraphQL request: its header lines and its body."""

    headers: list[tuple[bytes, bytes]]
    body: bytes


# One client: sends a call and returns the body of its answer.
Post: TypeAlias = Callable[[Call], Awaitable[bytes]]


class CallFailed(Exception):
    """An answer is no 200, or it holds errors."""


def call(query: str, name: str, variables: dict[str, object], bearer: bytes | None = None) -> Call:
    """Return the request that sends operation `name` of `query`, as a client that is not a browser sends it."""
    body = orjson.dumps({"query": query, "operationName": name, "variables": variables})
    headers = [
        (b"host", b"127.0.0.1:8000"), (b"accept", b"application/json"), (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
    ]  # fmt: skip
    return Call([*headers, (b"authorization", bearer)] if bearer else headers, body)


async def post(app: ASGIApp, given: Call) -> bytes:
    """Return the body of the answer. Raise `CallFailed` unless its status is 200."""
    scope = {
        "type": "http", "asgi": {"version": "3.0", "spec_version": "2.3"}, "http_version": "1.1", "method": "POST",
        "scheme": "http", "path": "/graphql", "raw_path": b"/graphql", "query_string": b"", "root_path": "",
        "headers": given.headers, "client": ("127.0.0.1", 50000), "server": ("127.0.0.1", 8000), "state": {},
    }  # fmt: skip
    status, parts = 0, b""

    async def receive() -> Message:
        return {"type": "http.request", "body": given.body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, parts
        if message["type"] == "http.response.start":
            status = message["status"]
        else:
            parts += message.get("body", b"")

    await app(scope, receive, send)
    if status != 200:
        raise CallFailed(f"{status}: {parts.decode(errors='replace')}")
    return parts


async def ask(app: ASGIApp, given: Call) -> dict[str, Any]:
    """Return `data` of the answer. Raise `CallFailed` if there are errors."""
    body: dict[str, Any] = orjson.loads(await post(app, given))
    if "errors" in body:
        raise CallFailed(str(body["errors"]))
    return dict(body["data"])


def direct(app: ASGIApp, clients: int) -> list[Post]:
    """Return `clients` clients that call `app` in this process."""
    return [partial(post, app)] * clients


async def seconds_per_call(clients: Sequence[Post], calls: Iterable[Call], seconds: float) -> float:
    """Return how long a call takes on average while each of `clients` sends one after the other for `seconds`."""
    turn = itertools.cycle(calls)
    start = time.perf_counter()
    end = start + seconds

    async def run(client: Post) -> int:
        count = 0
        while time.perf_counter() < end or not count:
            await client(next(turn))
            count += 1
        return count

    counts = await together(run, clients, len(clients))
    return (time.perf_counter() - start) / sum(counts)

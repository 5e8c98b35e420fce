"""Whatever bytes arrive, the answer is JSON with a status that blames the right side: never an HTTP 500."""

import asyncio
import json
from collections.abc import Iterable
from itertools import islice

import pytest
from starlette.applications import Starlette
from starlette.types import Message

from denshi_hosho.schema.app import build_app
from tests.client import Api
from tests.schema.fuzzing import Case, cases

CASES = 2_400
STATUSES = {200, 400, 401, 403, 404, 405, 406, 413, 415}


async def answered(app: Starlette, case: Case) -> tuple[int, bytes]:
    """What the application answers to the raw request."""
    step = -(-len(case.body) // case.chunks) or 1
    pieces = [case.body[start : start + step] for start in range(0, len(case.body), step)] or [b""]
    waiting: list[Message] = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    waiting[-1]["more_body"] = False
    sent: list[Message] = []

    async def receive() -> Message:
        return waiting.pop(0) if waiting else {"type": "http.disconnect"}

    async def send(message: Message) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST", "path": "/graphql", "query_string": b"", "headers": case.headers,
        "scheme": "http", "server": ("hosho.test", 80), "client": ("127.0.0.1", 1), "root_path": "",
    }  # fmt: skip
    await app(scope, receive, send)
    return sent[0]["status"], b"".join(message.get("body", b"") for message in sent[1:])


async def fuzzed(app: Starlette, requests: Iterable[Case]) -> set[int]:
    """Send the requests; return the statuses of the answers. Fail for a fault of ours."""
    seen: set[int] = set()
    for number, case in enumerate(requests):
        status, body = await asyncio.wait_for(answered(app, case), 10)
        assert status in STATUSES, (number, case.body[:300], body)
        codes = [error["extensions"]["code"] for error in json.loads(body).get("errors", ())]
        assert "INTERNAL" not in codes, (number, case.body[:300], body)
        seen.add(status)
    return seen


@pytest.mark.anyio
@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_no_bytes_make_the_platform_fail(api: Api) -> None:
    app = build_app(api.platform, deliver_mail=False)
    before = await api.rows()
    seen = await fuzzed(app, islice(cases(20240603), CASES))
    assert {200, 400, 401, 404, 406, 413, 415} <= seen
    assert await api.rows() == before, "nobody was signed in, so nothing was written"


@pytest.mark.anyio
async def test_no_bytes_of_somebody_signed_in_make_the_platform_fail(api: Api) -> None:
    app = build_app(api.platform, deliver_mail=False)
    tokens = [str((await api.as_(name)).token) for name in ("contractor", "surety")]
    assert {200, 400} <= await fuzzed(app, islice(cases(20240201, tokens), CASES // 3))


def test_a_seed_yields_the_same_requests_again() -> None:
    assert list(islice(cases(7), 200)) == list(islice(cases(7), 200))
    assert list(islice(cases(7), 20)) != list(islice(cases(8), 20))

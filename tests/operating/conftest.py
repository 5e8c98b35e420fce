"""Fixtures around the processes: a mail server, and a client that signs in."""

from collections.abc import AsyncIterator, Awaitable, Callable, Iterator

import httpx
import pytest
from aiosmtpd.controller import Controller

from tests.cli.test_cli import free_port
from tests.client import SIGN_IN
from tests.operating.clients import Box, Outside


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def smtp(box: Box) -> Iterator[str]:
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield f"smtp://127.0.0.1:{controller.port}"
    box.open.set()
    controller.stop()


@pytest.fixture
async def outside() -> AsyncIterator[Callable[[str], Awaitable[Outside]]]:
    async with httpx.AsyncClient(timeout=60) as http:

        async def sign_in(url: str) -> Outside:
            given = {"loginId": "surety", "password": "denshi-hosho-demo"}
            answer = await http.post(f"{url}/graphql", json={"query": SIGN_IN, "variables": {"input": given}})
            return Outside(http, answer.json()["data"]["signIn"]["accessToken"])

        yield sign_in

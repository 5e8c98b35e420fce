"""What stands around the processes: a client of theirs, a mailbox, and somebody who holds what a request needs."""

import asyncio
import json
import threading
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import sqlalchemy as sa

from denshi_hosho.core.tables import access_key, certificate, guarantee, mail, number_range
from denshi_hosho.resolvers.platform import Platform
from tests.client import CONCLUDE


class Box:
    """An SMTP server's mailbox; `open` lets it answer."""

    def __init__(self) -> None:
        self.ids: Counter[str] = Counter()
        self.asked = threading.Event()
        self.open = threading.Event()
        self.open.set()

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802  aiosmtpd's
        self.asked.set()
        await asyncio.to_thread(self.open.wait, 30)
        (line,) = (each for each in envelope.content.decode().splitlines() if each.startswith("Message-ID:"))
        self.ids[line] += 1
        return "250 OK"


@dataclass
class Outside:
    """A client of real processes that is signed in as the surety."""

    http: httpx.AsyncClient
    token: str

    async def post(self, url: str, query: str, **variables: object) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        return await self.http.post(f"{url}/graphql", json={"query": query, "variables": variables}, headers=headers)

    async def conclude(self, url: str, application_id: str) -> httpx.Response:
        return await self.post(url, CONCLUDE, input=_concluding(application_id))

    async def concluding(self, url: str, application_id: str) -> asyncio.Task[httpx.Response]:
        """The same, begun: it is returned when the process has been given the whole request."""
        body = json.dumps({"query": CONCLUDE, "variables": {"input": _concluding(application_id)}}).encode()
        given = asyncio.Event()

        async def content() -> AsyncIterator[bytes]:
            yield body
            given.set()  # asked for more: this much is in the socket

        headers = {"Authorization": f"Bearer {self.token}", "Content-Type": "application/json",
                   "Content-Length": str(len(body))}  # fmt: skip
        request = asyncio.create_task(self.http.post(f"{url}/graphql", content=content(), headers=headers))
        await asyncio.wait_for(given.wait(), 30)
        return request


def _concluding(application_id: str) -> dict[str, str]:
    return {"applicationId": application_id, "idempotencyKey": f"conclude {application_id}"}


@asynccontextmanager
async def numbers_held(platform: Platform) -> AsyncIterator[None]:
    """Hold what concluding needs while the block runs: the write lock on SQLite, the ranges of numbers on PostgreSQL."""
    held, let_go = asyncio.Event(), asyncio.Event()

    async def work(connection: Any) -> None:
        await connection.execute(sa.update(number_range).values(next=number_range.c.next))
        held.set()
        await let_go.wait()

    holding = asyncio.create_task(platform.database.write(work))
    await asyncio.wait_for(held.wait(), 30)
    try:
        yield
    finally:
        let_go.set()
        await holding


async def scalar(platform: Platform, statement: Any) -> Any:
    async with platform.database.read() as connection:
        return (await connection.execute(statement)).scalar_one()


async def concluded_rows(platform: Platform) -> list[int]:
    """How many guarantees there are, certificates, keys and mails: the same of each, or something is half-written."""
    return [await scalar(platform, sa.select(sa.func.count()).select_from(table))
            for table in (guarantee, certificate, access_key, mail)]  # fmt: skip

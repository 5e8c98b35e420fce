"""Clients that conclude guarantees over HTTP, and ask again with the same idempotency key until they are answered."""

import asyncio
import random
import socket
import struct
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field

import orjson

from tests.chaos.ledger import Conclusion, Ledger
from tests.chaos.world import World, graphql
from tests.client import CONCLUDE

PATIENCE = 60.0  # seconds that one request may take over all its tries
_PAUSE = 0.005
_ANSWER_SECONDS = 30
_STOCK = 200


class Unanswered(Exception):
    """A request was not answered in time, however often it was sent."""


def free_port() -> int:
    """Return a port of this machine on which nobody listens now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def request(body: bytes, token: str) -> bytes:
    """Return the request as it goes over the wire."""
    head = (
        f"POST /graphql HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\n"
        f"Authorization: Bearer {token}\r\nContent-Length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


def asking(application: str, key: str) -> bytes:
    """Return the body that asks to conclude the guarantee of `application`."""
    return graphql(CONCLUDE, input={"applicationId": application, "idempotencyKey": key})


class Connection:
    """One kept-alive connection; it is opened anew when it breaks."""

    def __init__(self, port: int) -> None:
        self._port = port
        self.reader: asyncio.StreamReader | None = None
        self.writer: asyncio.StreamWriter | None = None

    async def open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        if self.reader is None or self.writer is None:
            self.reader, self.writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self.reader, self.writer

    async def post(self, raw: bytes) -> tuple[int, bytes]:
        """Return status and body. Raise `OSError` or `EOFError` when the connection breaks."""
        reader, writer = await self.open()
        writer.write(raw)
        await writer.drain()
        head = await reader.readuntil(b"\r\n\r\n")
        _, _, rest = head.lower().partition(b"\r\ncontent-length: ")
        body = await reader.readexactly(int(rest.partition(b"\r\n")[0]))
        return int(head[9:12]), body

    def close(self, *, reset: bool = False) -> None:
        """Close; with `reset` the other side is sent RST."""
        if self.writer is not None:
            given = self.writer.get_extra_info("socket")
            if reset and given is not None:
                given.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.writer.transport.abort() if reset else self.writer.close()
        self.reader = self.writer = None


@dataclass(slots=True)
class Load:
    """A number of clients that never stop asking while they are on. `answers` counts what came back, by code."""

    world: World
    port: int
    token: str
    rng: random.Random
    ledger: Ledger = field(default_factory=Ledger)
    answers: Counter[str] = field(default_factory=Counter)
    first: asyncio.Event = field(default_factory=asyncio.Event)  # set at each acknowledgement
    on: bool = True
    stock: list[str] = field(default_factory=list)
    asked: int = 0

    async def fill(self, least: int = _STOCK, count: int = 2_000) -> None:
        """See to it that at least `least` applications wait."""
        if len(self.stock) < least:
            self.stock += await self.world.approved(count)

    def next(self) -> tuple[str, str]:
        """Return an application that waits, and the idempotency key with which it is to be concluded."""
        self.asked += 1
        return self.stock.pop(), f"chaos {self.asked}"

    async def client(self) -> None:
        """Conclude one guarantee after the other until the load is off or nothing waits."""
        connection = Connection(self.port)
        try:
            while self.on and self.stock:
                await self.insist(connection, *self.next())
        finally:
            connection.close()

    async def insist(self, connection: Connection, application: str, key: str) -> None:
        """Ask until it is acknowledged. Raise `Unanswered` after a minute."""
        raw = request(asking(application, key), self.token)
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while asyncio.get_running_loop().time() < deadline:
            try:
                async with asyncio.timeout(_ANSWER_SECONDS):
                    status, body = await connection.post(raw)
            except (OSError, EOFError, TimeoutError) as error:
                self.answers[type(error).__name__] += 1
                connection.close()
            else:
                if self.take(application, key, status, body):
                    return
            await asyncio.sleep(_PAUSE)
        raise Unanswered(key)

    def take(self, application: str, key: str, status: int, body: bytes) -> bool:
        """Note an answer; return whether it acknowledges the guarantee."""
        answer = orjson.loads(body)
        if "errors" in answer:
            self.answers[f"{status} {answer['errors'][0]['extensions']['code']}"] += 1
            return False
        payload = answer["data"]["concludeGuarantee"]
        if payload["__typename"] != "GuaranteePayload":
            self.answers[payload["refusals"][0]["code"]] += 1
            return False
        guarantee = payload["guarantee"]
        self.ledger.note(key, Conclusion(application, guarantee["id"], guarantee["number"]))
        self.answers["acknowledged"] += 1
        self.first.set()
        return True

    def failed(self) -> int:
        """Return how many answers told of a bug; that the database cannot be reached (503) is none."""
        return sum(count for code, count in self.answers.items() if code.startswith("500") or code.endswith("INTERNAL"))

    def cut(self) -> int:
        """Return how many requests were under way when their connection broke."""
        return self.answers["ConnectionResetError"] + self.answers["IncompleteReadError"]

    @asynccontextmanager
    async def running(self, clients: int) -> AsyncIterator[None]:
        """Let `clients` ask as long as the block lasts, and until each has been answered after it."""
        tasks = [asyncio.create_task(self.client()) for _ in range(clients)]
        try:
            yield
            self.on = False
            await asyncio.gather(*tasks)
        finally:
            self.on = False
            for task in tasks:
                task.cancel()
            with suppress(asyncio.CancelledError):
                await asyncio.gather(*tasks, return_exceptions=True)

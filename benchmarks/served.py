"""Reads through a server: the same two sides behind uvicorn and httptools in one process on one core, a client on another.

Here a request also costs what the server costs, the same for both sides; that is what ratios of other servers contain.
"""

import asyncio
import multiprocessing
import os
import tempfile
from asyncio import Runner
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from multiprocessing.connection import Connection as Pipe
from pathlib import Path
from typing import cast

import uvicorn
import uvloop
from starlette.types import ASGIApp

from benchmarks.calling import Call, CallFailed, Post
from benchmarks.figures import Figure
from benchmarks.reads import compared, sides
from benchmarks.scale import Scale
from benchmarks.stock import entered
from benchmarks.timing import one_core, quiet

PART = "served"
_OURS, _BARE = "ours.sock", "bare.sock"


@dataclass(frozen=True, slots=True)
class Doors:
    """Where the two sides listen, and the calls of each query."""

    ours: str
    bare: str
    calls: Mapping[str, list[Call]]


def measure(kind: str, url: str, folder: Path, scale: Scale) -> list[Figure]:
    """Return the figures of the three reads through a server on the empty database at `url`."""
    # The server's process is started before this one goes to its own core: it would inherit it.
    with (
        served(url, folder, scale.guarantees) as doors,
        one_core(last=False),
        Runner(loop_factory=uvloop.new_event_loop) as runner,
        entered(runner, _connected(doors.ours, scale.clients)) as ours,
        entered(runner, _connected(doors.bare, scale.clients)) as bare,
    ):
        fewer = replace(
            scale, slices=(scale.slices + 1) // 2
        )  # `reads` is the measure; this is for comparison with others
        found = compared(kind, runner, (ours, bare), doors.calls, fewer)
    return [replace(each, part=PART) for each in found]


@contextmanager
def served(url: str, folder: Path, guarantees: int) -> Iterator[Doors]:
    """Give both sides behind a server in a process of its own, for as long as the context lasts."""
    here, there = multiprocessing.Pipe()
    with tempfile.TemporaryDirectory(prefix="hosho-bench-") as sockets:
        arguments = url, folder, Path(sockets), guarantees, there
        process = multiprocessing.get_context("spawn").Process(target=_process, args=arguments)
        process.start()
        there.close()
        try:
            yield Doors(f"{sockets}/{_OURS}", f"{sockets}/{_BARE}", here.recv())
        finally:
            with suppress(BrokenPipeError):
                here.send("stop")
            process.join()


def _process(url: str, folder: Path, sockets: Path, guarantees: int, pipe: Pipe) -> None:
    quiet()
    with one_core(), Runner(loop_factory=uvloop.new_event_loop) as runner:
        runner.run(_serve(url, folder, sockets, guarantees, pipe))


async def _serve(url: str, folder: Path, sockets: Path, guarantees: int, pipe: Pipe) -> None:
    async with AsyncExitStack() as stack:
        both = await stack.enter_async_context(sides(url, folder, guarantees))
        servers = [_server(app, sockets / name) for app, name in ((both.platform, _OURS), (both.bare, _BARE))]
        running = [asyncio.create_task(server.serve()) for server in servers]
        while not all(server.started for server in servers):  # noqa: ASYNC110  (uvicorn has no event to wait for)
            await asyncio.sleep(0.01)
        pipe.send(both.calls)
        await asyncio.to_thread(pipe.poll, None)
        for server in servers:
            server.should_exit = True
        await asyncio.gather(*running)


def _server(app: ASGIApp, path: Path) -> uvicorn.Server:
    return uvicorn.Server(uvicorn.Config(
        app, uds=os.fspath(path), http="httptools", lifespan="off", log_config=None, access_log=False, server_header=False,
    ))  # fmt: skip


class Connection(asyncio.Protocol):
    """One kept-alive connection, one request at a time."""

    def __init__(self) -> None:
        self._received = b""
        self._answer: asyncio.Future[bytes] | None = None
        self._transport: asyncio.WriteTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.WriteTransport", transport)  # uvloop's is one without saying so

    def data_received(self, data: bytes) -> None:
        self._received += data
        head, mark, body = self._received.partition(b"\r\n\r\n")
        if mark and len(body) >= _length(head):
            self._received = b""
            self._finish(head, body)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or CallFailed("the server closed the connection"))

    async def post(self, given: Call) -> bytes:
        """Return the body of the answer. Raise `CallFailed` unless its status is 200."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(_raw(given))
        return await self._answer

    def _finish(self, head: bytes, body: bytes) -> None:
        assert self._answer is not None
        if head.startswith(b"HTTP/1.1 200 "):
            self._answer.set_result(body)
        else:
            self._answer.set_exception(CallFailed(head.decode()))


def _length(head: bytes) -> int:
    _, _, rest = head.lower().partition(b"\r\ncontent-length: ")
    return int(rest.partition(b"\r\n")[0])


def _raw(given: Call) -> bytes:
    lines = b"".join(b"%s: %s\r\n" % header for header in given.headers)
    return b"POST /graphql HTTP/1.1\r\n" + lines + b"\r\n" + given.body


@asynccontextmanager
async def _connected(path: str, clients: int) -> AsyncIterator[Sequence[Post]]:
    loop = asyncio.get_running_loop()
    made = [await loop.create_unix_connection(Connection, path) for _ in range(clients)]
    try:
        yield [connection.post for _, connection in made]
    finally:
        for transport, _ in made:
            transport.close()
        await asyncio.sleep(0)  # the loop closes what it was told to close

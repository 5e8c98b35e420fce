"""One HTTP request to a receiver that is trusted with nothing: ten seconds in all, no detours, and its answer's status."""

import asyncio
import re
import ssl
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

from denshi_hosho.core.webhooks.addresses import AddressForbidden, Target, addresses

SECONDS = 10
_LINE = 8192  # bytes of a line of an answer
_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9]{2})(?: [^\r\n]*)?\r?\n")
_INTERIM = 200
_LARGEST_HEAD = 100  # lines of interim answers that are read over


class NotAnswered(Exception):  # an outcome, told in a delivery's `last_error`
    """The receiver gave no answer; the text says why, in a word."""


@dataclass(frozen=True, slots=True)
class Sender:
    """Posts bodies. With `local`, also to this machine."""

    local: bool = False
    tls: ssl.SSLContext = field(default_factory=ssl.create_default_context)
    seconds: float = SECONDS

    async def post(self, to: Target, headers: Mapping[str, str], body: bytes) -> int:
        """Return the status of the answer. Raise `NotAnswered`. Redirects are not followed: theirs is the status."""
        try:
            async with asyncio.timeout(self.seconds):
                return await self._post(to, headers, body)
        except AddressForbidden:
            raise NotAnswered("ADDRESS_FORBIDDEN") from None
        except TimeoutError:
            raise NotAnswered("TIMEOUT") from None
        except ssl.SSLError:
            raise NotAnswered("TLS") from None
        except (OSError, EOFError, ValueError):  # ValueError: a line that is too long, or no HTTP
            raise NotAnswered("NO_ANSWER") from None

    async def _post(self, to: Target, headers: Mapping[str, str], body: bytes) -> int:
        reader, writer = await self._connect(to, await addresses(to, local=self.local))
        try:
            writer.write(_request(to, headers, body))
            await writer.drain()
            return await _status(reader)
        finally:
            writer.transport.abort()

    async def _connect(self, to: Target, known: Sequence[str]) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """Connect to the first of the `known` addresses that answers: to no other, whatever the name says by now."""
        tls, name = (self.tls, to.host.rstrip(".")) if to.secure else (None, None)
        for each in known[:-1]:
            with suppress(OSError):
                return await asyncio.open_connection(each, to.port, limit=_LINE, ssl=tls, server_hostname=name)
        return await asyncio.open_connection(known[-1], to.port, limit=_LINE, ssl=tls, server_hostname=name)


def _request(to: Target, headers: Mapping[str, str], body: bytes) -> bytes:
    lines = [f"POST {to.path} HTTP/1.1", f"Host: {to.authority}", "User-Agent: denshi-hosho", "Connection: close",
             "Content-Type: application/json", f"Content-Length: {len(body)}",
             *(f"{name}: {value}" for name, value in headers.items())]  # fmt: skip
    return "\r\n".join([*lines, "", ""]).encode("ascii") + body


async def _status(reader: asyncio.StreamReader) -> int:
    for _ in range(_LARGEST_HEAD):
        found = _STATUS.fullmatch(await reader.readline())
        if found is None:
            raise ValueError("no HTTP")
        if int(found[1]) >= _INTERIM:
            return int(found[1])
        while (await reader.readline()).strip():
            pass
    raise ValueError("interim answers without end")

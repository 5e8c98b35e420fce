"""A platform served by uvicorn on a port of this machine, whose clock the attack moves."""

import asyncio
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from ipaddress import ip_network

import httpx
import uvicorn

from denshi_hosho.core.database import Database
from denshi_hosho.core.keys import reveal_to
from denshi_hosho.core.settings import Settings
from denshi_hosho.core.throttle import Throttle
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.rules import Rulebook
from denshi_hosho.schema.app import build_app
from tests.core.world import NOW, SECRET, World

STARTS_WITHIN = 30.0  # seconds


class Clock:
    """The server's time; an attack that lasts a day need not."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@dataclass(frozen=True)
class Served:
    """A served platform: where it is, its clock, and number and key of each of its guarantees."""

    url: str
    clock: Clock
    keys: tuple[tuple[str, str], ...]


async def _issued(url: str, count: int) -> tuple[tuple[str, str], ...]:
    database = Database(url)
    world = await World.begin(database)
    found = []
    for _ in range(count):
        guarantee_id = await world.concluded()
        show = partial(reveal_to, vault=world.vault, actor=world.contractor, guarantee_id=guarantee_id, now=NOW)
        shown = await database.write(show)
        found.append((shown.notice.number, shown.notice.access_key))
    await database.close()
    return tuple(found)


@contextmanager
def served(database_url: str, *, guarantees: int, bits: int) -> Iterator[Served]:
    """Serve an empty, migrated database with so many guarantees; 127.0.0.1 is a trusted proxy."""
    keys, clock = asyncio.run(_issued(database_url, guarantees)), Clock()
    settings = Settings(
        database_url=database_url, token_secrets=SECRET, seal_secrets=SECRET, pepper_secrets=SECRET, signing_secrets=SECRET,
        log_secrets=SECRET, trusted_proxies=(ip_network("127.0.0.0/8"),),
    )  # fmt: skip
    platform = Platform.build(settings, clock=clock, rulebook=Rulebook.from_texts({}))
    platform = replace(platform, throttle=Throttle(SECRET, bits))
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        application = build_app(platform, deliver_mail=False)
        server = uvicorn.Server(uvicorn.Config(application, log_config=None, access_log=False, proxy_headers=False))
        thread = threading.Thread(target=server.run, args=([listener],), daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"
        _wait_for(url)
        try:
            yield Served(url, clock, keys)
        finally:
            server.should_exit = True
            thread.join()


def _wait_for(url: str) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while time.monotonic() < deadline:
        try:
            httpx.get(f"{url}/livez")
        except httpx.TransportError:
            time.sleep(0.02)
        else:
            return
    raise TimeoutError("the server did not start")

"""A served platform with the leaflets' certificates, and its viewer's page in a real browser."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

import httpx
import uvicorn

from denshi_hosho.cli.demo_setting import demo_settings
from denshi_hosho.cli.seeding import CONTRACTOR, PASSWORD, seed
from denshi_hosho.core.migration import upgrade
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.schema.app import build_app
from tests.browser import free_port, until
from tests.client import REVEAL, SIGN_IN, Json

# Run in the page: its clock goes on by so many milliseconds.
LATER = "const real = Date.now.bind(Date); Date.now = () => real() + arguments[0]"


@dataclass(frozen=True)
class Served:
    """A platform with the leaflets' certificates, as in the demo but not in development mode, and one key notice."""

    url: str
    notice: Json


@contextmanager
def serving(folder: Path) -> Iterator[Served]:
    port = free_port()
    settings = replace(demo_settings(folder, port), development=False)

    async def prepare() -> None:
        platform = Platform.build(settings)
        await upgrade(platform.database)
        await seed(platform)
        await platform.database.close()

    asyncio.run(prepare())
    app = build_app(Platform.build(settings), deliver_mail=False)
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_config=None, access_log=False))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        until(lambda: server.started, "server")
        yield Served(settings.public_url, _notice(settings.public_url, "1070000473"))
    finally:
        server.should_exit = True
        thread.join()


def _notice(url: str, number: str) -> Json:
    """The key notice as the contractor sees it."""
    with httpx.Client(base_url=url) as http:

        def ask(query: str, **variables: object) -> Json:
            return dict(http.post("/graphql", json={"query": query, "variables": variables}).json()["data"])

        session = ask(SIGN_IN, input={"loginId": CONTRACTOR, "password": PASSWORD})["signIn"]
        http.headers["Authorization"] = f"Bearer {session['accessToken']}"
        mine = ask("{ viewer { guarantees { nodes { id number } } } }")["viewer"]["guarantees"]["nodes"]
        (guarantee_id,) = (each["id"] for each in mine if each["number"] == number)
        return dict(ask(REVEAL, input={"guaranteeId": guarantee_id})["revealAccessKey"]["notice"])

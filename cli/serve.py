"""`hosho serve`: the platform for production. It refuses to start without secrets or with an outdated database."""

import asyncio
import socket

import click
import uvicorn
from starlette.applications import Starlette

from denshi_hosho.cli.environment import make_folder_of, settings
from denshi_hosho.cli.stopping import Server, Workers, at_most
from denshi_hosho.core.errors import HoshoError
from denshi_hosho.core.migration import is_current
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.schema.app import build_app
from denshi_hosho.schema.log import configure
from denshi_hosho.schema.root import build_schema
from denshi_hosho.schema.trusted import trusted_documents

# To start and to answer its parent. With uvicorn's 5, a busy machine would replace workers for ever: they import for 4.
WORKER_SECONDS = 30


class DatabaseOutdated(HoshoError):
    """The database has not the newest schema."""

    code = "DATABASE_OUTDATED"


def outdated() -> DatabaseOutdated:
    """Return what is raised when the database has not the newest schema."""
    return DatabaseOutdated(
        "データベースの構成が最新ではありません。`hosho db upgrade` を実行してください。",
        "The database is not up to date. Run `hosho db upgrade`.",
    )


def app() -> Starlette:
    """Return the application for the settings in the environment: what each worker process runs."""
    return _app(deliver_mail=True)


def app_without_mail() -> Starlette:
    """Return the same application without its postman."""
    return _app(deliver_mail=False)


def _app(*, deliver_mail: bool) -> Starlette:
    given = settings()
    configure(json=not given.development)
    return build_app(Platform.build(given), deliver_mail=deliver_mail)


class PortTaken(HoshoError):
    """Another process listens on the port already."""

    code = "PORT_TAKEN"


def check_port(host: str, port: int) -> None:
    """Raise `PortTaken` if the port cannot be listened on: before anything is prepared for it."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(
                f"ポート {port} は使えません({error.strerror})。--port で別のポートを指定してください。",
                f"Port {port} cannot be used ({error.strerror}). Choose another one with --port.",
            ) from error


def run(application: Starlette | str, host: str, port: int, workers: int = 1, shutdown_seconds: int = 20) -> None:
    """Serve until the process is told to stop (Ctrl-C or SIGTERM), then end cleanly: see `cli.stopping`."""
    # uvicorn's own access log would print download URLs; the application writes a line for each request itself.
    # Its proxy headers would let any process of this machine choose its source: HOSHO_TRUSTED_PROXIES says who may.
    config = uvicorn.Config(
        application, host=host, port=port, workers=workers, factory=isinstance(application, str), log_config=None,
        access_log=False, server_header=False, proxy_headers=False, http="httptools", timeout_graceful_shutdown=shutdown_seconds,
        timeout_worker_healthcheck=WORKER_SECONDS,
    )  # fmt: skip
    if workers > 1:
        Workers(config, at_most(shutdown_seconds)).run()
    else:
        Server(config, at_most(shutdown_seconds)).run()


def check_current(platform: Platform) -> None:
    """Raise `DatabaseOutdated` unless the database has the newest schema. Nothing stays connected."""

    async def check() -> bool:
        try:
            return await is_current(platform.database)
        finally:
            await platform.database.close()

    make_folder_of(platform.settings.database_url)
    if not asyncio.run(check()):
        raise outdated()


@click.command()
@click.option("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
@click.option("--port", default=8000, show_default=True, type=click.IntRange(1, 65535), help="Port to listen on.")
@click.option("--workers", default=1, show_default=True, type=click.IntRange(1, 64), help="Number of processes.")
@click.option("--no-mail", is_flag=True, help="Deliver no mail: `hosho mail` does that, in a process of its own.")
def serve(host: str, port: int, workers: int, *, no_mail: bool) -> None:
    """Serve the API. Settings come from the environment (docs/configuration.md)."""
    given = settings()
    given.require_secrets()
    given.require_pdf_key()
    platform = Platform.build(given)
    trusted_documents(given, build_schema(development=given.development))
    check_port(host, port)
    check_current(platform)
    run(f"{__name__}:{'app_without_mail' if no_mail else 'app'}", host, port, workers, given.shutdown_seconds)

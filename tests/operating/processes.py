"""The command `hosho` as processes of their own, against a database that the test prepares.

They are forked from one that has imported everything already: that takes longer than all else they do. Signals, exit
codes and sockets are a real process's.
"""

import base64
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from tempfile import TemporaryDirectory

import httpx

from denshi_hosho.core.settings import Settings
from tests.cli.test_cli import clean, free_port
from tests.operating import forked

START_SECONDS = 120  # a machine under load
_FORKS = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(["denshi_hosho.cli"])


@dataclass
class Process:
    running: ForkServerProcess
    port: int | None
    log: Path

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def signal(self, which: int) -> None:
        assert self.running.pid is not None
        os.kill(self.running.pid, which)

    def ended(self, seconds: float = 40) -> int:
        """The exit code; fail if it does not end."""
        self.running.join(seconds)
        assert self.running.exitcode is not None, f"it did not end:\n{self.log.read_text()}"
        return self.running.exitcode

    def listens(self) -> bool:
        try:
            return httpx.get(f"{self.url}/livez", timeout=2).status_code == 200
        except httpx.TransportError:
            return False

    def _started(self) -> bool:
        assert self.running.exitcode is None, f"it did not start:\n{self.log.read_text()}"
        return self.listens()


def environment_of(settings: Settings, **more: str) -> dict[str, str]:
    """The settings as variables."""
    variables = {f"HOSHO_{name.upper()}": _secret(getattr(settings, name)) for name in (
        "token_secrets", "seal_secrets", "pepper_secrets", "signing_secrets", "log_secrets")}  # fmt: skip
    return {
        **variables, "HOSHO_DATABASE_URL": settings.database_url, "HOSHO_MAIL_FOLDER": str(settings.mail_folder),
        "HOSHO_PDF_KEY": str(settings.pdf_key), "HOSHO_PDF_CERTIFICATES": str(settings.pdf_certificates),
        "HOSHO_RULE_MODULES": ",".join(settings.rule_modules), "HOSHO_MAIL_EVERY_SECONDS": "1", **more,
    }  # fmt: skip


def _secret(secrets: Mapping[str, bytes]) -> str:
    return ",".join(f"{name}:{base64.urlsafe_b64encode(secret).decode()}" for name, secret in secrets.items())


def until(true: Callable[[], object], seconds: float = START_SECONDS) -> None:
    """Poll until `true`; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.02)


@contextmanager
def started(environment: dict[str, str], *commands: tuple[str, ...]) -> Iterator[list[Process]]:
    """A process for each command, begun at once; those that serve answer already. They are killed at the end."""
    with TemporaryDirectory() as folder:
        processes = [_begun(environment, each, Path(folder) / str(n)) for n, each in enumerate(commands)]
        try:
            for process in processes:
                if process.port:
                    until(process._started)
            yield processes
        finally:
            for process in processes:
                process.running.kill()
                process.running.join()
                process.running.close()


def _begun(environment: dict[str, str], arguments: tuple[str, ...], log: Path) -> Process:
    port = free_port() if arguments[0] == "serve" else None
    listening = ("--port", str(port)) if port else ()
    log.touch()
    running = _FORKS.Process(target=forked.run, args=((*arguments, *listening), clean(environment), str(log)))
    running.start()
    return Process(running, port, log)

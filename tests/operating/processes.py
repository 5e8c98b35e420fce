"""The command `hosho` as processes of their own, against a database that the test prepares."""

import base64
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from denshi_hosho.core.settings import Settings
from tests.cli.test_cli import HOSHO, clean, free_port

START_SECONDS = 120


@dataclass
class Process:
    popen: subprocess.Popen[str]
    port: int | None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def ended(self, seconds: float = 40) -> int:
        """The exit code; fail if it does not end."""
        return self.popen.wait(seconds)


def environment_of(settings: Settings, **more: str) -> dict[str, str]:
    """The settings as variables."""
    variables = {f"HOSHO_{name.upper()}": _secret(getattr(settings, name)) for name in (
        "token_secrets", "seal_secrets", "pepper_secrets", "signing_secrets", "log_secrets")}  # fmt: skip
    return {
        **variables, "HOSHO_DATABASE_URL": settings.database_url, "HOSHO_MAIL_FOLDER": str(settings.mail_folder),
        "HOSHO_RULE_MODULES": ",".join(settings.rule_modules), "HOSHO_MAIL_EVERY_SECONDS": "1", **more,
    }  # fmt: skip


def _secret(secrets: Mapping[str, bytes]) -> str:
    return ",".join(f"{name}:{base64.urlsafe_b64encode(secret).decode()}" for name, secret in secrets.items())


def until(true: Callable[[], object], seconds: float = START_SECONDS) -> None:
    """Poll until `true`; fail after so many seconds."""
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not come true in time"
        time.sleep(0.05)


def _answers(process: Process) -> bool:
    assert process.popen.poll() is None, process.popen.communicate()[0]
    try:
        return httpx.get(f"{process.url}/livez", timeout=2).status_code == 200
    except httpx.TransportError:
        return False


@contextmanager
def started(environment: dict[str, str], *arguments: str) -> Iterator[Process]:
    """A process; one that serves answers already. It is killed at the end if it is still there."""
    port = free_port() if arguments[0] == "serve" else None
    listening = ("--port", str(port)) if port else ()
    popen = subprocess.Popen(  # noqa: S603  our own command
        [*HOSHO, *arguments, *listening], env=clean(environment), stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT,
        text=True,
    )  # fmt: skip
    process = Process(popen, port)
    try:
        if port:
            until(lambda: _answers(process))
        yield process
    finally:
        popen.kill()
        popen.wait()

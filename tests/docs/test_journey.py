"""The journey of the documentation, by an independent client over HTTP, against servers that really run."""

import asyncio
import base64
import os
import runpy
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from denshi_hosho.cli.seeding import seed
from denshi_hosho.core.settings import PREFIX, SECRET_BYTES, Settings
from denshi_hosho.resolvers.platform import Platform
from tests.docs.code_base import ROOT

JOURNEY = ROOT / "docs" / "journey.py"
LIFE = ROOT / "docs" / "life.py"
HOSHO = (sys.executable, "-c", "from denshi_hosho.cli import main; main()")
pytestmark = pytest.mark.slow


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


@contextmanager
def _running(folder: Path, *arguments: str, **settings: str) -> Iterator[str]:
    """The base URL of `hosho` with these arguments, from when it is ready until it was told to stop and did."""
    port = _free_port()
    clean = {name: value for name, value in os.environ.items() if not name.startswith(PREFIX)}
    url = f"http://127.0.0.1:{port}"
    environment = {**clean, **settings, f"{PREFIX}PUBLIC_URL": url, "PYTHONUNBUFFERED": "1"}
    with (folder / "server.log").open("wb") as log:
        command = [*HOSHO, *arguments, "--port", str(port)]
        server = subprocess.Popen(command, env=environment, stdout=log, stderr=log)  # noqa: S603  our own command
        try:
            _wait(url, server)
            yield url
            server.send_signal(signal.SIGINT)
            assert server.wait(30) == 0
        except BaseException:
            log.flush()
            sys.stderr.write((folder / "server.log").read_text())
            raise
        finally:
            server.kill()
            server.wait()


def _wait(url: str, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        assert server.poll() is None, "the server ended"
        try:
            if httpx.get(f"{url}/readyz").is_success:
                return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the server was not ready within a minute")


def _journey(url: str, folder: Path) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, str(JOURNEY), url, "--mail", str(folder / "mail"), "--save", str(folder / "saved")]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603  our own script


def _arrived(journey: "subprocess.CompletedProcess[str]", folder: Path, number: str) -> None:
    assert journey.returncode == 0, journey.stdout + journey.stderr
    assert journey.stdout.endswith("Everything was as documented.\n")
    saved = {file.name for file in (folder / "saved").iterdir()}
    assert saved == {f"key-notice-{number}.pdf", f"certificate-{number}.pdf"}


def _lived(url: str, folder: Path) -> None:
    command = [sys.executable, str(LIFE), url, "--save", str(folder / "lived")]
    life = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)  # noqa: S603  our own script
    assert life.returncode == 0, life.stdout + life.stderr
    assert life.stdout.endswith("Everything was as documented.\n")


def test_on_a_demo(tmp_path: Path) -> None:
    with _running(tmp_path, "demo", "--folder", str(tmp_path)) as url:
        _arrived(_journey(url, tmp_path), tmp_path, "1070000474")
        _lived(url, tmp_path)
        _lived(url, tmp_path)  # another one, beside the first
    assert "Stopped. The data stays." in (tmp_path / "server.log").read_text()


@pytest.mark.parametrize("database_kind", ["postgresql"], indirect=True)
def test_served_by_two_processes_on_postgresql(settings: Settings, tmp_path: Path) -> None:
    secrets = {name: os.urandom(SECRET_BYTES) for name in ("token", "seal", "pepper", "signing", "log")}
    platform = Platform.build(
        replace(
            settings,
            token_secrets={"k1": secrets["token"]},
            seal_secrets={"k1": secrets["seal"]},
            pepper_secrets={"k1": secrets["pepper"]},
            signing_secrets={"k1": secrets["signing"]},
            log_secrets={"k1": secrets["log"]},
        )
    )

    async def prepare() -> None:
        await seed(platform)
        await platform.database.close()

    asyncio.run(prepare())
    environment = {f"HOSHO_{name.upper()}_SECRETS": "k1:" + base64.urlsafe_b64encode(secret).decode()
                   for name, secret in secrets.items()}  # fmt: skip
    environment |= {
        "HOSHO_DATABASE_URL": settings.database_url,
        "HOSHO_PDF_KEY": str(settings.pdf_key),
        "HOSHO_PDF_CERTIFICATES": str(settings.pdf_certificates),
        "HOSHO_MAIL_FOLDER": str(tmp_path / "mail"),
        "HOSHO_MAIL_EVERY_SECONDS": "1",
        "HOSHO_RULE_MODULES": "denshi_hosho.examples.kinki",
    }
    with _running(tmp_path, "serve", "--workers", "2", **environment) as url:
        _arrived(_journey(url, tmp_path), tmp_path, "1070000474")


def _told(answer: dict[str, object]) -> str:
    """How the journey's first step ends when the server answers so."""
    journey = runpy.run_path(str(JOURNEY))
    transport = httpx.MockTransport(lambda _: httpx.Response(200, json=answer))
    with httpx.Client(transport=transport, base_url="http://hosho.test") as http, pytest.raises(SystemExit) as end:
        journey["before_anything_is_signed"](journey["Api"](http))
    return str(end.value)


def test_it_ends_at_the_first_answer_that_differs() -> None:
    decision: dict[str, object] = {"outcome": "ACCEPTED", "reasons": [], "plan": None}
    told = _told({"data": {"eligibility": decision}})
    assert told == "outcome: the documentation says 'PAPER_ONLY', the answer is 'ACCEPTED'"
    assert _told({"data": {"eligibility": {**decision, "outcome": "PAPER_ONLY"}}}).startswith("reasons: ")
    assert _told({"data": {"eligibility": {"refusals": [{"code": "OBLIGEE_UNKNOWN"}]}}}).startswith("refused: ")
    assert _told({"errors": [{"message": "内部エラーです。"}]}).startswith("errors: ")

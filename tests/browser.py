"""A headless Chromium, driven by the W3C WebDriver protocol over HTTP; tests skip where the machine has none."""

import base64
import json
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from denshi_hosho.core.documents import fonts

ELEMENT = "element-6066-11e4-a52e-4f735466cecf"
PATIENCE = 20.0  # seconds for anything to appear on a busy machine
FLAGS = (
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-sync",
    "--disable-background-networking", "--disable-component-update", "--disable-dev-shm-usage", "--lang=ja",
    "--host-resolver-rules=MAP * ~NOTFOUND , EXCLUDE 127.0.0.1",
)  # fmt: skip


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(found: Callable[[], Any], what: str) -> Any:
    """Return what `found` returns as soon as it is true."""
    deadline = time.monotonic() + PATIENCE
    while not (value := found()):
        if time.monotonic() > deadline:
            pytest.fail(f"in {PATIENCE} s there was no {what}")
        time.sleep(0.05)
    return value


class Browser:
    """One window."""

    def __init__(self, http: httpx.Client, session: str) -> None:
        self.http = http
        self.session = session

    def command(self, method: str, path: str, **body: Any) -> Any:
        content = json.dumps(body) if method == "POST" else None
        answer = self.http.request(method, f"/session/{self.session}{path}", content=content).json()["value"]
        assert not (isinstance(answer, dict) and "error" in answer), answer
        return answer

    def go(self, url: str) -> None:
        self.command("POST", "/url", url=url)

    def run(self, script: str, *arguments: Any) -> Any:
        """Run a function's body in the page and return what it returns, or what its promise comes to."""
        return self.command("POST", "/execute/sync", script=script, args=list(arguments))

    def element(self, css: str) -> str:
        found = self.command("POST", "/element", using="css selector", value=css)
        return str(found[ELEMENT])

    def type(self, css: str, text: str) -> None:
        element = self.element(css)
        self.command("POST", f"/element/{element}/clear")
        self.command("POST", f"/element/{element}/value", text=text)

    def click(self, css: str) -> None:
        self.command("POST", f"/element/{self.element(css)}/click")

    def text(self, css: str) -> str:
        """The text that a person sees there, "" if none."""
        return str(self.command("GET", f"/element/{self.element(css)}/text"))

    def value(self, css: str) -> str:
        return str(self.run("return document.querySelector(arguments[0]).value", css))

    def see(self, css: str, part: str) -> str:
        """Wait until a text shows `part`; return the text."""
        return str(until(lambda: part in (said := self.text(css)) and said, f"{part!r} in {css}"))

    def paste(self, css: str, text: str) -> None:
        self.run(
            "const held = new DataTransfer(); held.setData('text', arguments[1]);"
            "document.querySelector(arguments[0]).dispatchEvent("
            "new ClipboardEvent('paste', {clipboardData: held, bubbles: true, cancelable: true}))",
            css, text,
        )  # fmt: skip

    def resize(self, width: int, height: int) -> None:
        """Give the page itself this size, also where a window could not be so narrow."""
        metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        self.chrome("Emulation.setDeviceMetricsOverride", **metrics)

    def chrome(self, method: str, **parameters: Any) -> Any:
        return self.command("POST", "/goog/cdp/execute", cmd=method, params=parameters)

    def picture(self) -> bytes:
        return base64.b64decode(self.chrome("Page.captureScreenshot", captureBeyondViewport=True)["data"])

    def printed(self) -> bytes:
        options = {"page": {"width": 21.0, "height": 29.7}, "background": False}
        return base64.b64decode(self.command("POST", "/print", **options))

    def complaints(self) -> list[str]:
        """What the console holds since the last time: errors of scripts, and what the policy forbade."""
        return [entry["message"] for entry in self.command("POST", "/se/log", type="browser")]


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """A browser whose profile lies in `folder`, with the documents' own typefaces."""
    driver, browser = shutil.which("chromedriver"), shutil.which("chromium")
    if not driver or not browser:
        pytest.skip("needs chromium and chromedriver")
    (folder / "fonts").symlink_to(Path(str(fonts.__path__[0])))
    port = free_port()
    environment = {**os.environ, "XDG_DATA_HOME": str(folder)}
    with subprocess.Popen(  # noqa: S603  the machine's own driver
        [driver, f"--port={port}", "--silent"], env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    ) as process:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", timeout=60) as http:
                until(lambda: _answers(http), "driver")
                yield from _session(http, browser, folder)
        finally:
            process.terminate()


def _session(http: httpx.Client, browser: str, folder: Path) -> Iterator[Browser]:
    options = {"binary": browser, "args": [*FLAGS, f"--user-data-dir={folder / 'profile'}"]}
    wanted = {"browserName": "chrome", "goog:chromeOptions": options, "goog:loggingPrefs": {"browser": "ALL"}}
    answer = http.post("/session", json={"capabilities": {"alwaysMatch": wanted}}).json()["value"]
    assert "sessionId" in answer, answer
    window = Browser(http, answer["sessionId"])
    try:
        yield window
    finally:
        http.delete(f"/session/{window.session}")


def _answers(http: httpx.Client) -> bool:
    try:
        return bool(http.get("/status").json()["value"]["ready"])
    except httpx.TransportError:
        return False

"""A receiver of webhooks on this machine, with a verification of its own, written from the specification's words."""

import base64
import hashlib
import hmac
import ssl
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

TOLERANCE = 5 * 60


class Forged(AssertionError):
    """A message is not from the sender, or not of now."""


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: int) -> None:
    """Verify a message as the specification of Standard Webhooks has consumers do it."""
    assert secret.startswith("whsec_")
    key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    assert 24 <= len(key) <= 64
    message_id, timestamp = headers["webhook-id"], headers["webhook-timestamp"]
    if "." in message_id or not timestamp.isdigit() or abs(int(timestamp) - now) > TOLERANCE:
        raise Forged("id or time")
    to_sign = f"{message_id}.{timestamp}.".encode() + body
    expected = base64.b64encode(hmac.new(key, to_sign, hashlib.sha256).digest()).decode()
    for signature in headers["webhook-signature"].split(" "):
        version, _, value = signature.partition(",")
        if version == "v1" and hmac.compare_digest(value, expected):
            return
    raise Forged("signature")


@dataclass
class Receiver:
    """What has come, and what is answered: statuses in turn (the last one for ever), after so many seconds."""

    statuses: list[int] = field(default_factory=lambda: [204])
    seconds: float = 0.0
    location: str = ""
    came: list[tuple[str, dict[str, str], bytes]] = field(default_factory=list)
    url: str = ""
    called: threading.Event = field(default_factory=threading.Event)

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for _path, headers, _body in self.came]


@contextmanager
def receiving(tls: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    """Give a receiver that listens on a free port."""
    receiver = Receiver()

    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            receiver.came.append((self.path, {name.lower(): value for name, value in self.headers.items()}, body))
            receiver.called.set()
            time.sleep(receiver.seconds)
            self.send_response(receiver.statuses.pop(0) if len(receiver.statuses) > 1 else receiver.statuses[0])
            if receiver.location:
                self.send_header("location", receiver.location)
            self.end_headers()

        def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
            pass

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            pass

    server = Quiet(("127.0.0.1", 0), Answering)
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiver.url = f"{'https' if tls else 'http'}://localhost:{server.server_port}/hooks?x=1"
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield receiver
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

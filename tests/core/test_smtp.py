"""The SMTP transport, against a real SMTP server of the tests' own."""

import socket
from collections.abc import Iterator
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from denshi_hosho.core.postman import to_smtp


class Box:
    """A server's mailbox."""

    def __init__(self) -> None:
        self.mails: list[Message] = []
        self.users: list[bytes] = []

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802  aiosmtpd's
        self.mails.append(message_from_bytes(envelope.original_content or b"", policy=default))
        return "250 OK"

    def authenticate(self, _server: SMTP, _session: Session, _envelope: Envelope, _way: str, who: object) -> AuthResult:
        assert isinstance(who, LoginPassword)
        self.users.append(who.login)
        return AuthResult(success=who.password == b"p@ss", handled=False)


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def server(box: Box) -> Iterator[Controller]:
    controller = Controller(
        box, hostname="127.0.0.1", port=_free_port(), authenticator=box.authenticate, auth_require_tls=False
    )
    controller.start()
    yield controller
    controller.stop()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def port(server: Controller) -> int:
    return int(server.port)


def mail() -> EmailMessage:
    written = EmailMessage()
    written["From"], written["To"], written["Subject"] = "a@example.jp", "b@example.jp", "電子証書のお知らせ"
    written["Message-ID"] = "<1@example.jp>"
    written.set_content("本文")
    return written


def test_a_mail_arrives_whole(server: Controller, box: Box) -> None:
    to_smtp(f"smtp://user:p%40ss@127.0.0.1:{port(server)}")(mail())
    (arrived,) = box.mails
    assert (arrived["Subject"], arrived["Message-ID"]) == ("電子証書のお知らせ", "<1@example.jp>")
    assert arrived.get_payload(decode=True) == "本文\r\n".encode()
    assert box.users == [b"user"]


def test_a_wrong_password_is_an_oserror_and_nothing_arrives(server: Controller, box: Box) -> None:
    with pytest.raises(OSError, match="535"):
        to_smtp(f"smtp://user:wrong@127.0.0.1:{port(server)}")(mail())
    assert box.mails == []


def test_another_machine_must_offer_tls(server: Controller, box: Box, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("socket.create_connection", _to_this_machine(port(server)))
    with pytest.raises(OSError, match="STARTTLS"):
        to_smtp("smtp://mail.example.jp:25")(mail())
    assert box.mails == []


def _to_this_machine(number: int) -> object:
    real = socket.create_connection

    def connect(_address: object, timeout: float | None = None, source_address: None = None) -> socket.socket:
        return real(("127.0.0.1", number), timeout, source_address)

    return connect

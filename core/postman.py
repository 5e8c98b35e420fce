"""The postman: takes what is due out of the outbox and hands it to a transport. The default one writes .eml files."""

import asyncio
import os
import re
import secrets
import smtplib
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from email.message import EmailMessage
from email.policy import SMTP
from functools import partial
from pathlib import Path
from urllib.parse import unquote, urlsplit

import structlog

from denshi_hosho.core.clock import Clock
from denshi_hosho.core.database import Database
from denshi_hosho.core.errors import DatabaseUnavailable, HoshoError, Refused
from denshi_hosho.core.heralding.herald import Herald
from denshi_hosho.core.outbox import claim, give_back, postpone, settle
from denshi_hosho.core.rows import AnyRow

Transport = Callable[[EmailMessage], None]
Compose = Callable[[AnyRow], Awaitable[EmailMessage]]
SMTP_SECONDS = 30
_FOR_GOOD = 500  # https://www.rfc-editor.org/rfc/rfc5321#section-4.2.1: a permanent negative answer
_log = structlog.get_logger("mail")


def message(row: AnyRow, sender: str) -> EmailMessage:
    """Return the mail of an outbox row. Its Message-ID is fixed, so that a mail sent twice is known to be one."""
    mail = EmailMessage(policy=SMTP)
    mail["From"], mail["To"], mail["Subject"] = sender, str(row.recipient), str(row.subject)
    mail["Message-ID"] = str(row.message_id)
    mail["Date"] = row.due_at
    mail["Auto-Submitted"] = "auto-generated"
    mail.set_content(str(row.body), charset="utf-8", cte="base64")
    return mail


def plainly(sender: str) -> Compose:
    """Return how an outbox row that carries its own text becomes a mail from `sender`."""

    async def compose(row: AnyRow) -> EmailMessage:
        return message(row, sender)

    return compose


def to_folder(folder: Path) -> Transport:
    """Return the transport that writes each mail to `folder` as an .eml file, whole or not at all."""

    def write(mail: EmailMessage) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        name = re.sub(r"[^A-Za-z0-9.@_-]", "_", mail["Message-ID"].strip("<>"))
        draft = folder / f".{name}.{secrets.token_hex(4)}"
        try:
            with draft.open("xb") as file:
                file.write(mail.as_bytes())
                file.flush()
                os.fsync(file.fileno())  # the outbox calls it sent from now on
            draft.replace(folder / f"{name}.eml")
        finally:
            draft.unlink(missing_ok=True)

    return write


def to_smtp(url: str) -> Transport:
    """Return the transport that hands each mail to the server of `url`.

    `smtps://user:password@host:465` speaks TLS at once, `smtp://user:password@host:587` begins it with STARTTLS before
    anything else is said; without a user nobody logs in. Only a server on this very machine is spoken to without TLS.
    """
    parts = urlsplit(url)
    host, local = parts.hostname or "localhost", parts.hostname in {"localhost", "127.0.0.1", "::1"}

    def send(mail: EmailMessage) -> None:
        tls = ssl.create_default_context()
        if parts.scheme == "smtps":
            server: smtplib.SMTP = smtplib.SMTP_SSL(host, parts.port or 465, timeout=SMTP_SECONDS, context=tls)
        else:
            server = smtplib.SMTP(host, parts.port or 587, timeout=SMTP_SECONDS)
        with server:
            if parts.scheme == "smtp" and not local:
                server.starttls(context=tls)
            if parts.username:
                server.login(unquote(parts.username), unquote(parts.password or ""))
            server.send_message(mail)

    return send


def refused_for_good(error: Exception) -> bool:
    """Return whether trying again is of no use: the server refused each recipient or the mail with 5xx, or our rules do."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return bool(error.recipients) and all(code >= _FOR_GOOD for code, _said in error.recipients.values())
    return isinstance(error, Refused) or (isinstance(error, smtplib.SMTPDataError) and error.smtp_code >= _FOR_GOOD)


def _why(row: AnyRow, error: Exception) -> str:
    """Return what is kept of an error. Of a mail that holds keys, only what a server or a rule said: no text of ours."""
    said = row.submission_id is None or isinstance(error, OSError | HoshoError | Refused)
    return repr(error) if said else type(error).__name__


class Postman:
    """Delivers the outbox of `database`; any number of them may run side by side.

    `compose` makes the mail of an outbox row when it is its turn: mails that hold keys are written nowhere before.
    """

    def __init__(
        self, database: Database, transport: Transport, compose: Compose, clock: Clock, herald: Herald | None = None
    ) -> None:
        """Prepare; before each round of its walk, the `herald` puts into the outbox what the log has to tell."""
        self._database = database
        self._transport = transport
        self._compose = compose
        self._clock = clock
        self._herald = herald
        self._name = f"{os.getpid()}.{secrets.token_hex(4)}"
        self._stopped = asyncio.Event()

    async def round(self) -> int:
        """Send everything that is due; return how many mails were sent. A stopped postman gives back what is left."""
        sent = 0
        while not self._stopped.is_set() and (batch := await claim(self._database, self._name, self._clock())):
            for row in batch:
                if self._stopped.is_set():
                    await give_back(self._database, self._name)
                    break
                sent += await self._deliver(row)
        return sent

    async def _deliver(self, row: AnyRow) -> bool:
        try:
            await asyncio.to_thread(self._transport, await self._compose(row))
        except Exception as error:  # noqa: BLE001  a mail that cannot be sent stays in the outbox, and holds up no other
            _log.warning("mail not sent", message_id=row.message_id, error=type(error).__name__)
            why, for_good = _why(row, error), refused_for_good(error)
            if await postpone(self._database, row, self._name, why, self._clock(), for_good=for_good):
                _log.error("mail parked", message_id=row.message_id, attempts=row.attempts)
            return False
        await settle(self._database, int(row.id), self._name, self._clock())
        _log.info("mail sent", message_id=row.message_id)
        return True

    def stop(self) -> None:
        """Let the walk end after the mail that is being handed over."""
        self._stopped.set()

    async def walk(self, every_seconds: int) -> None:
        """Do a round every so many seconds until stopped; an unexpected error is logged and does not end the walk."""
        while not self._stopped.is_set():
            if self._herald is not None:
                await _tried("herald", partial(self._herald.tell, self._clock()))
            await _tried("mail", self.round)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._stopped.wait(), every_seconds)


async def _tried(what: str, work: Callable[[], Awaitable[int]]) -> None:
    try:
        await work()
    except DatabaseUnavailable as error:
        _log.warning(f"{what} round waits for the database", code=error.code)
    except Exception:  # noqa: BLE001  one bad round must not stop all later ones; it is logged
        _log.exception(f"{what} round failed")

"""The postman is killed again and again while it delivers by SMTP: no mail is lost, and one sent twice is known to be one."""

import asyncio
import os
import random
import signal
import threading
import time
from collections import Counter
from dataclasses import replace
from datetime import datetime, timedelta
from email import message_from_bytes
from email.message import Message

import sqlalchemy as sa
from aiosmtpd.controller import Controller
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.cli import seeding
from denshi_hosho.core.clock import system_clock
from denshi_hosho.core.database import Database
from denshi_hosho.core.outbox import LEASE
from denshi_hosho.core.settings import Settings
from denshi_hosho.core.tables import mail
from denshi_hosho.resolvers.mailing import postman
from denshi_hosho.resolvers.platform import Platform
from tests.chaos import roots
from tests.chaos.clients import free_port
from tests.chaos.databases import Ground, ground
from tests.chaos.figures import Row, Seen, stopwatch
from tests.chaos.lengths import Lengths
from tests.chaos.progress import say
from tests.chaos.roots import Root
from tests.chaos.world import settings_of, world
from tests.client import CONCLUDE

_SECONDS = 240
_STEP = LEASE + timedelta(seconds=1)


class Sink:
    """A mail server that counts what it has accepted, by Message-ID."""

    def __init__(self) -> None:
        self.taken: Counter[str] = Counter()
        self.bodies: dict[str, set[object]] = {}
        self.one_more = threading.Event()

    async def handle_DATA(self, _server: object, _session: object, envelope: object) -> str:  # noqa: N802  aiosmtpd's name
        said: Message = message_from_bytes(envelope.content)  # type: ignore[attr-defined]
        name = str(said["Message-ID"])
        self.taken[name] += 1
        self.bodies.setdefault(name, set()).add(said.get_payload())
        self.one_more.set()
        return "250 OK"


def run(kind: str, lengths: Lengths, seed: int) -> list[Row]:
    with stopwatch() as taken, ground(kind) as place:
        ids = asyncio.run(_queued(place, lengths.mails))
        sink = Sink()
        port = free_port()
        controller = Controller(sink, hostname="127.0.0.1", port=port)
        controller.start()
        try:
            settings = settings_of(place, smtp_url=f"smtp://127.0.0.1:{port}")
            crashes = _deliver(settings, sink, lengths, random.Random(seed))
        finally:
            controller.stop()
        waiting, root = asyncio.run(_waiting(place))
    wrong = {"lost": len(ids - sink.taken.keys()), "never asked for": len(sink.taken.keys() - ids), "still waiting": waiting,
             "doubled with another text": sum(len(texts) > 1 for texts in sink.bodies.values()), **root.wrong}  # fmt: skip
    doubled = sum(sink.taken.values()) - len(sink.taken)
    wrong["doubled more than crashes explain"] = max(0, doubled - crashes)
    seen: dict[str, Seen] = {
        "mails": len(sink.taken),
        "doubled with the same Message-ID": doubled,
        "audit log": root.seen,
    }
    return [Row(part="mail", what="the postman was killed while it delivered", database=kind, cases=crashes,
                wanted=lengths.crashes, wrong=wrong, seen=seen, seconds=taken[0])]  # fmt: skip


async def _queued(place: Ground, count: int) -> set[str]:
    """Queue `count` mails: one by concluding a guarantee, the others as copies of its row. Return their Message-IDs."""
    async with world(place) as made:
        token = await made.token(seeding.SURETY)
        (application,) = await made.approved(1)
        await made.ask(CONCLUDE, token, input={"applicationId": application, "idempotencyKey": "mail"})

        async def copy(connection: AsyncConnection) -> set[str]:
            row = (await connection.execute(sa.select(mail))).one()._asdict()
            del row["id"]
            await connection.execute(sa.update(mail).values(due_at=row["created_at"]))
            rows = [{**row, "due_at": row["created_at"], "message_id": f"<{index}.{row['message_id'][1:]}"} for index in
                    range(count - 1)]  # fmt: skip
            for start in range(0, len(rows), 500):
                await connection.execute(sa.insert(mail), rows[start : start + 500])
            return {row["message_id"], *(each["message_id"] for each in rows)}

        return await made.platform.database.write(copy)


async def _waiting(place: Ground) -> tuple[int, Root]:
    """Return how many mails wait, and the audit."""
    database = Database(place.url)
    try:
        async with database.read() as connection:
            unsent = sa.select(sa.func.count()).select_from(mail).where(mail.c.sent_at.is_(None))
            waiting = int((await connection.execute(unsent)).scalar_one())
        return waiting, await roots.wrong(database)
    finally:
        await database.close()


def _deliver(settings: Settings, sink: Sink, lengths: Lengths, rng: random.Random) -> int:
    """Let one postman after the other deliver and be killed, then one that ends its work; return how many were killed."""
    now, crashes = system_clock() + timedelta(minutes=1), 0
    each = lengths.mails / (lengths.crashes + 1)
    platform = Platform.build(settings)  # nothing is connected yet: each child connects for itself
    while crashes < lengths.crashes:
        until = sum(sink.taken.values()) + rng.uniform(0.3, 1.2) * each
        child = _postman(platform, now)
        alive = _until(sink, until, child, rng)
        if alive:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
        if not alive:
            break
        crashes += 1
        if crashes % 10 == 0:
            say(f"postmen killed: {crashes} of {lengths.crashes}, {len(sink.taken):,} mails taken")
        now += _STEP  # the dead one's lease is over
    child = _postman(platform, now)
    os.waitpid(child, 0)
    return crashes


def _until(sink: Sink, count: float, child: int, rng: random.Random) -> bool:
    """Wait until the sink has taken `count` mails, and a moment longer; return whether the postman still lives then."""
    deadline = time.monotonic() + _SECONDS
    while sum(sink.taken.values()) < count and time.monotonic() < deadline:
        sink.one_more.clear()
        sink.one_more.wait(0.05)
        if os.waitpid(child, os.WNOHANG)[0]:
            return False
    time.sleep(rng.uniform(0, 0.01))  # anywhere between handing a mail over and writing that down
    return not os.waitpid(child, os.WNOHANG)[0]


def _postman(platform: Platform, now: datetime) -> int:
    """Fork a postman that delivers all that is due at `now`, and ends; return its process id."""
    child = os.fork()
    if child:
        return child
    code = 1
    try:
        asyncio.run(_round(platform, now))
        code = 0
    finally:
        os._exit(code)


async def _round(platform: Platform, now: datetime) -> None:
    await postman(replace(platform, clock=lambda: now)).round()
    await platform.database.close()

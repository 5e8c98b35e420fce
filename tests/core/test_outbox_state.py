"""Mail that keeps failing shows, and mail that is refused for good is not tried for ever."""

import asyncio
import smtplib
import threading
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
import sqlalchemy as sa
import structlog

from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.outbox import claim
from denshi_hosho.core.outbox_state import LATE, OutboxState, outbox_state, retry, unsent
from denshi_hosho.core.postman import refused_for_good
from denshi_hosho.core.tables import mail
from tests.core.test_outbox import DUE, SECOND, Sent, one_mail, postman
from tests.core.world import World

pytestmark = pytest.mark.anyio
NOBODY = smtplib.SMTPRecipientsRefused({"contractor@example.jp": (550, b"no such user")})


def failing(error: Exception) -> Callable[[EmailMessage], None]:
    def transport(_mail: EmailMessage) -> None:
        raise error

    return transport


async def state(world: World, now: object = DUE) -> OutboxState:
    async with world.database.read() as connection:
        return await outbox_state(connection, now)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("error", "for_good"),
    [
        (NOBODY, True),
        (smtplib.SMTPRecipientsRefused({"a": (550, b""), "b": (451, b"")}), False),
        (smtplib.SMTPRecipientsRefused({}), False),
        (smtplib.SMTPRecipientsRefused({"a": (450, b"greylisted")}), False),
        (smtplib.SMTPDataError(552, "too large"), True),
        (smtplib.SMTPDataError(451, "later"), False),
        (smtplib.SMTPSenderRefused(550, b"who are you", "noreply@example.jp"), False),
        (smtplib.SMTPAuthenticationError(535, b"wrong password"), False),
        (ConnectionRefusedError(), False),
        (Refused(Refusal("ON_PAPER", "", "")), True),
    ],
)
async def test_what_is_refused_for_good_is_about_this_mail(error: Exception, for_good: bool) -> None:  # noqa: FBT001
    assert refused_for_good(error) is for_good


async def test_a_mail_refused_for_good_is_parked_at_its_third_attempt_and_tried_again_by_word(world: World) -> None:
    await world.concluded()
    now, row = DUE, await one_mail(world)
    with structlog.testing.capture_logs() as logs:
        for attempt in (1, 2, 3):
            assert await postman(world, failing(NOBODY), now).round() == 0
            row = await one_mail(world)
            assert (row.attempts, row.parked_at) == (attempt, now if attempt == 3 else None)
            now = row.lease_until
    assert [each["event"] for each in logs] == [*["mail not sent"] * 3, "mail parked"]
    assert await claim(world.database, "any", now + timedelta(days=365)) == []
    assert await state(world, now) == OutboxState(0, 0, 0, 0, 1, None)
    (shown,) = await unsent(world.database, 10)
    assert (shown.recipient, shown.attempts, "550" in shown.last_error) == ("contractor@example.jp", 3, True)
    assert await retry(world.database, [row.id + 1]) == 0
    assert await retry(world.database, [row.id]) == 1
    sent = Sent()
    assert await postman(world, sent, now).round() == 1
    assert [each["Message-ID"] for each in sent] == [row.message_id]
    assert await retry(world.database, None) == 0


async def test_a_server_that_is_away_parks_nothing_however_long(world: World) -> None:
    await world.concluded()
    now = DUE
    for _ in range(10):
        await postman(world, failing(ConnectionRefusedError("away")), now).round()
        now = (await one_mail(world)).lease_until
    assert (await one_mail(world)).parked_at is None
    assert await state(world, now) == OutboxState(0, 1, 1, 1, 0, DUE)


async def test_the_state_counts_what_waits_what_is_due_and_what_is_late(world: World) -> None:
    await world.concluded()
    await world.concluded(now=DUE + SECOND)
    assert await state(world, DUE - SECOND) == OutboxState(2, 0, 0, 0, 0, None)
    assert await state(world, DUE) == OutboxState(1, 1, 0, 0, 0, DUE)
    assert await state(world, DUE + LATE) == OutboxState(1, 1, 0, 0, 0, DUE)
    assert await state(world, DUE + LATE + SECOND) == OutboxState(1, 1, 1, 0, 0, DUE)
    await postman(world, Sent()).round()
    assert await state(world, DUE + LATE + SECOND) == OutboxState(1, 0, 0, 0, 0, None)


async def test_a_postman_that_is_stopped_finishes_its_mail_and_gives_the_others_back(world: World) -> None:
    for _ in range(3):
        await world.concluded()
    handing_over, go_on = threading.Event(), threading.Event()
    sent = Sent()

    def slow(each: EmailMessage) -> None:
        handing_over.set()
        assert go_on.wait(10)
        sent(each)

    walker = postman(world, slow)
    walk = asyncio.create_task(walker.walk(3600))
    await asyncio.to_thread(handing_over.wait, 10)
    walker.stop()
    go_on.set()
    await asyncio.wait_for(walk, 10)
    rows = await world.all(
        sa.select(mail.c.sent_at, mail.c.attempts, mail.c.lease_by, mail.c.lease_until).order_by(mail.c.id)
    )
    assert [tuple(each) for each in rows] == [(DUE, 1, None, None), (None, 0, None, None), (None, 0, None, None)]
    assert len(sent) == 1
    assert await postman(world, sent).round() == 2

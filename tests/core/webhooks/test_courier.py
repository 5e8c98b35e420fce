"""Deliveries reach a real receiver, signed; one that fails is tried again, holds up nobody, and is parked after a day."""

import asyncio
import json
import ssl
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.cli.signing import CERTIFICATES, KEY
from denshi_hosho.core.global_id import global_id
from denshi_hosho.core.tables import webhook, webhook_delivery
from denshi_hosho.core.vocabulary import AuditEvent
from denshi_hosho.core.webhooks import courier as posting
from denshi_hosho.core.webhooks.courier import Courier
from denshi_hosho.core.webhooks.deliveries import (
    BATCH,
    LEASE,
    Outcome,
    claim,
    counts,
    park,
    postpone,
    settle,
    undelivered,
    unpark,
)
from denshi_hosho.core.webhooks.registering import disable
from denshi_hosho.core.webhooks.sending import Sender
from denshi_hosho.core.webhooks.signing import shown
from tests.core.telling import add_obligee, handed_in, happens, herald, hook, skip
from tests.core.world import NOW, World
from tests.receiving import Receiver, receiving, verify

pytestmark = pytest.mark.anyio
SECOND = timedelta(seconds=1)
_D = webhook_delivery.c


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


class Clock:
    def __init__(self, now: datetime = NOW) -> None:
        self.now = now

    def __call__(self) -> datetime:
        return self.now


def courier(world: World, now: datetime = NOW, **how: Any) -> Courier:
    return Courier(world.database, world.vault, Sender(local=True, **how), Clock(now))


async def told(world: World, url: str, count: int = 1) -> int:
    """Register a webhook of the surety that leads to `url`, and have so many applications come; return its id."""
    made = await hook(world, world.underwriter, url=url)
    for _ in range(count):
        await world.submitted()
    await herald(world).tell(NOW)
    return made


async def one(world: World) -> Any:
    return await world.one(sa.select(webhook_delivery))


async def test_a_delivery_arrives_signed_and_says_ids_and_states_alone(world: World, receiver: Receiver) -> None:
    guarantee_id = await world.concluded()
    await hook(world, world.contractor, url=receiver.url)
    await skip(world)
    await happens(world, AuditEvent.CLAIM_MADE, guarantee_id)
    await herald(world).tell(NOW)
    assert await courier(world).round() == 1
    ((path, headers, body),) = receiver.came
    verify(shown(b"w" * 32), headers, body, int(NOW.timestamp()))
    assert (path, headers["content-type"], headers["webhook-id"]) == ("/hooks?x=1", "application/json", "evt_4")
    assert json.loads(body) == {
        "id": "evt_4", "event": "CLAIM_MADE", "at": "2024-06-03T01:00:00.000000Z", "index": 4,
        "guarantee": {"id": global_id("Guarantee", guarantee_id), "number": "1070000473", "kind": "ADVANCE_PAYMENT"},
        "application": {"id": global_id("GuaranteeApplication", 1)},
    } | {"application": {"id": json.loads(body)["application"]["id"]}}  # fmt: skip
    row = await one(world)
    assert (row.delivered_at, row.attempts, row.last_status, row.last_error, row.lease_by) == (NOW, 1, 204, None, None)
    assert await courier(world, NOW + timedelta(days=2)).round() == 0


async def test_an_obligee_is_told_of_no_application(world: World, receiver: Receiver) -> None:
    guarantee_id = await world.concluded()
    await hook(world, await add_obligee(world), url=receiver.url)
    await handed_in(world, guarantee_id)
    await herald(world).tell(NOW)
    await courier(world).round()
    ((_path, _headers, body),) = receiver.came
    assert (json.loads(body)["event"], json.loads(body)["application"]) == ("SUBMISSION_SENT", None)


async def test_a_delivery_that_fails_waits_longer_each_time_with_the_same_id(world: World, receiver: Receiver) -> None:
    await told(world, receiver.url)
    receiver.statuses = [500, 404, 301, 503, 204]
    now, pauses, said = NOW, [], []
    for _ in range(4):
        assert await courier(world, now).round() == 0
        row = await one(world)
        said.append((row.last_status, row.last_error, row.parked_at))
        assert await claim(world.database, "early", row.lease_until - SECOND) == []
        pauses.append(int((row.lease_until - now).total_seconds()))
        now = row.lease_until
    assert pauses == [2, 4, 8, 16]
    assert said == [(status, f"HTTP_{status}", None) for status in (500, 404, 301, 503)]
    assert await courier(world, now).round() == 1
    assert receiver.ids == ["evt_0"] * 5
    assert [headers["webhook-timestamp"] for _, headers, _ in receiver.came[:2]] == [
        str(int(NOW.timestamp())), str(int(NOW.timestamp()) + 2)]  # fmt: skip


async def test_a_delivery_is_parked_after_a_day_and_sent_when_it_is_let_go(world: World, receiver: Receiver) -> None:
    await told(world, receiver.url)
    receiver.statuses = [500]
    now, attempts = NOW, 0
    with structlog.testing.capture_logs() as logs:
        while (await one(world)).parked_at is None:
            await courier(world, now).round()
            attempts += 1
            now = max((await one(world)).lease_until, now + SECOND)
    row = await one(world)
    assert (attempts, row.attempts, row.last_error) == (35, 35, "HTTP_500")
    assert timedelta(days=1) <= row.parked_at - NOW < timedelta(days=1, hours=1)
    assert [each["event"] for each in logs].count("webhook parked") == 1
    assert "localhost" not in str(logs)
    assert await courier(world, now + timedelta(days=9)).round() == 0
    async with world.database.read() as connection:
        assert (await counts(connection), [each.id for each in await undelivered(connection, 9)]) == ((0, 1), [row.id])
    receiver.statuses = [200]
    assert await unpark(world.database, [row.id], now) == 1
    assert await courier(world, now).round() == 1


async def test_a_receiver_that_does_not_answer_holds_up_no_other(world: World, receiver: Receiver) -> None:
    with receiving() as silent:
        silent.seconds = 30
        await told(world, silent.url, 3 * BATCH)
        await hook(world, world.contractor, url=receiver.url)
        await world.submitted()
        await herald(world).tell(NOW)
        started = asyncio.get_running_loop().time()
        assert await courier(world, seconds=0.3).round() == 1
        assert asyncio.get_running_loop().time() - started < 5
        assert len(silent.came) <= BATCH + 1
    assert len(receiver.came) == 1
    failed = await world.all(sa.select(_D.last_error).where(_D.attempts > 0, _D.delivered_at.is_(None)))
    assert {row.last_error for row in failed} == {"TIMEOUT"}


@pytest.mark.parametrize(
    ("answer", "error"),
    [(b"", "NO_ANSWER"), (b"SSH-2.0-x\r\n", "NO_ANSWER"), (b"HTTP/1.1 2000 OK\r\n", "NO_ANSWER"),
     (b"HTTP/1.1 " + b"2" * 9000, "NO_ANSWER"), (b"HTTP/1.1 100 Continue\r\n\r\n" * 200, "NO_ANSWER"),
     (b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 204 No Content\r\n\r\n", None), (b"HTTP/1.0 200\r\n", None)],
)  # fmt: skip
async def test_an_odd_answer_is_an_outcome(world: World, answer: bytes, error: str | None) -> None:
    async def answering(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(answer)
        writer.close()

    server = await asyncio.start_server(answering, "127.0.0.1", 0)
    async with server:
        await told(world, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        assert await courier(world).round() == (error is None)
    assert (await one(world)).last_error == error


async def test_an_answer_that_drips_is_given_up(world: World) -> None:
    async def dripping(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not writer.is_closing():
            writer.write(b"H")
            await asyncio.sleep(0.05)
        writer.close()
        ended.set()

    ended = asyncio.Event()
    server = await asyncio.start_server(dripping, "127.0.0.1", 0)
    async with server:
        await told(world, f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
        await courier(world, seconds=0.4).round()
        assert (await one(world)).last_error == "TIMEOUT"
        await asyncio.wait_for(ended.wait(), 5)


async def test_a_port_where_nobody_listens_is_no_answer(world: World) -> None:
    with receiving() as gone:
        url = gone.url
    await told(world, url)
    await courier(world).round()
    assert (await one(world)).last_error == "NO_ANSWER"


async def test_a_stored_url_that_may_not_be_reached_any_more_is_not_asked(world: World, receiver: Receiver) -> None:
    await told(world, receiver.url)
    strict = Courier(world.database, world.vault, Sender(local=False), Clock())
    assert await strict.round() == 0
    assert ((await one(world)).last_error, receiver.came) == ("WEBHOOK_URL_MALFORMED", [])


async def test_a_certificate_that_nobody_vouches_for_is_not_trusted(
    world: World, tmp_path: Path, signing_folder: Path
) -> None:
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(signing_folder / CERTIFICATES, signing_folder / KEY)
    with receiving(tls) as secure:
        await told(world, secure.url)
        await courier(world).round()
        assert ((await one(world)).last_error, secure.came) == ("TLS", [])


async def test_couriers_at_the_same_time_deliver_each_once(world: World, receiver: Receiver) -> None:
    await told(world, receiver.url, BATCH + 10)
    taken = await asyncio.gather(*(courier(world).round() for _ in range(4)))
    assert sum(taken) == BATCH + 10
    assert sorted(receiver.ids) == sorted(set(receiver.ids))
    assert len(receiver.ids) == BATCH + 10


async def test_what_one_courier_has_no_other_gets_until_its_lease_ends(world: World, receiver: Receiver) -> None:
    await told(world, receiver.url)
    (dead,) = await claim(world.database, "dead", NOW)
    assert await courier(world, NOW + LEASE - SECOND).round() == 0
    assert await courier(world, NOW + LEASE).round() == 1
    before = await one(world)
    await settle(world.database, dead, "dead", Outcome(200, None), NOW + LEASE)
    await postpone(world.database, dead, "dead", Outcome(None, "x"), NOW + LEASE)
    assert await one(world) == before


async def test_a_courier_that_is_stopped_gives_back_what_it_has(world: World, receiver: Receiver) -> None:
    await told(world, receiver.url)
    receiver.seconds = 5
    at_work = courier(world)
    walk = asyncio.create_task(at_work.walk(1))
    assert await asyncio.to_thread(receiver.called.wait, 5)
    walk.cancel()
    await asyncio.gather(walk, return_exceptions=True)
    row = await one(world)
    assert (row.lease_by, row.lease_until, row.attempts, row.delivered_at) == (None, None, 0, None)


async def test_the_walk_goes_on_after_a_round_that_failed(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = 0

    async def fails(*_: Any) -> Any:
        nonlocal rounds
        rounds += 1
        if rounds == 3:
            enough.set()
        raise ZeroDivisionError

    enough = asyncio.Event()
    monkeypatch.setattr(posting, "claim", fails)
    at_work = courier(world)
    with structlog.testing.capture_logs() as logs:
        walk = asyncio.create_task(at_work.walk(0))
        await asyncio.wait_for(enough.wait(), 5)
        at_work.stop()
        await asyncio.wait_for(walk, 5)
    assert {each["event"] for each in logs} == {"webhook round failed"}


async def test_a_secret_that_was_swapped_or_lost_signs_nothing(world: World, receiver: Receiver) -> None:
    made = await told(world, receiver.url)
    other = await hook(world, world.rival)
    sealed = await world.one(sa.select(webhook.c.sealed).where(webhook.c.id == other))
    await world.execute(sa.update(webhook).where(webhook.c.id == made).values(sealed=sealed.sealed))
    await courier(world).round()
    assert ((await one(world)).last_error, receiver.came) == ("SEAL_BROKEN", [])


async def test_a_closed_webhook_gets_nothing_more(world: World, receiver: Receiver) -> None:
    made = await told(world, receiver.url)

    async def close(connection: AsyncConnection) -> None:
        await disable(connection, world.underwriter, made, NOW)

    await world.database.write(close)
    row = await one(world)
    assert (row.parked_at, row.last_error) == (NOW, "CLOSED")
    await world.execute(sa.update(webhook_delivery).values(parked_at=None))  # one that was queued meanwhile
    assert await courier(world).round() == 0
    await world.submitted()
    await herald(world).tell(NOW)
    assert len(await world.all(sa.select(_D.id))) == 1
    assert await unpark(world.database, None, NOW) == 0
    assert receiver.came == []


async def test_an_operator_parks_what_waits(world: World, receiver: Receiver) -> None:
    await told(world, receiver.url, 2)
    first = (await world.all(sa.select(_D.id).order_by(_D.id)))[0].id
    assert await park(world.database, [first, 10**6], NOW) == 1
    assert await courier(world).round() == 1
    assert receiver.ids == ["evt_1"]

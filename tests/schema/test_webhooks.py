"""Webhooks over HTTP: registered, told, looked at, sent again, closed; the secret is shown once and stands nowhere."""

import asyncio
import base64
import io
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import replace

import pytest
import sqlalchemy as sa

from denshi_hosho.cli.seeding import add_account
from denshi_hosho.core import parties
from denshi_hosho.core.settings import Settings
from denshi_hosho.core.tables import mail, metadata, webhook
from denshi_hosho.core.vocabulary import Role
from denshi_hosho.core.webhooks.registering import MAX_WEBHOOKS
from denshi_hosho.resolvers.mailing import courier, delivering, herald
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.schema.ids import global_id, split_id
from tests.client import APPROVE, Api, Json, applied, approved, codes, concluded
from tests.conftest import NOW, Clock, api_of
from tests.receiving import Receiver, receiving, verify
from tests.schema import operations as ops
from tests.schema.operations import MUTATIONS

pytestmark = pytest.mark.anyio
REGISTER, ROTATE, DISABLE, REDELIVER = (
    MUTATIONS[name] for name in ("registerWebhook", "rotateWebhookSecret", "disableWebhook", "redeliverWebhook")
)
URL = "https://hooks.example.jp/in"


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    with receiving() as listening:
        yield listening


@pytest.fixture
def settings(settings: Settings) -> Settings:
    return replace(settings, webhooks=True, webhooks_local=True, notices=True, mail_every_seconds=1)


@pytest.fixture
async def off(platform: Platform) -> AsyncIterator[Api]:
    """The API of the same platform with webhooks switched off."""
    async with api_of(replace(platform, settings=replace(platform.settings, webhooks=False))) as api:
        yield api


async def registered(api: Api, login_id: str = "surety", key: str = "w", **given: object) -> Json:
    asked = {"url": URL, "events": ["APPLICATION_SUBMITTED"], "idempotencyKey": key, **given}
    answer = await (await api.as_(login_id)).do(REGISTER, **asked)
    assert answer["__typename"] == "WebhookSecret", answer
    return answer


async def deliveries(api: Api, login_id: str = "surety") -> list[Json]:
    (hook,) = (await (await api.as_(login_id)).ask(ops.WEBHOOKS))["viewer"]["webhooks"]
    return list(hook["deliveries"]["nodes"])


async def test_an_event_arrives_and_is_seen_to_have_arrived(api: Api, receiver: Receiver) -> None:
    made = await registered(api, url=receiver.url)
    application_id = await applied(api)
    await herald(api.platform).tell(NOW)
    (waiting,) = await deliveries(api)
    assert (waiting["attempts"], waiting["deliveredAt"]) == (0, None)
    assert await courier(api.platform).round() == 1
    ((_path, headers, body),) = receiver.came
    verify(made["secret"], headers, body, int(NOW.timestamp()))
    told = json.loads(body)
    assert told["application"] == {"id": application_id}
    node = await (await api.as_("surety")).ask(
        "query ($id: ID!) { node(id: $id) { __typename } }", id=told["application"]["id"]
    )
    assert node == {"node": {"__typename": "GuaranteeApplication"}}
    (seen,) = await deliveries(api)
    assert (seen["event"], seen["index"], seen["attempts"], seen["lastStatus"], seen["lastError"], seen["parkedAt"]) == (
        "APPLICATION_SUBMITTED", told["index"], 1, 204, None, None,
    )  # fmt: skip
    assert seen["deliveredAt"] is not None


async def test_the_ids_in_a_body_are_those_of_the_api(api: Api, receiver: Receiver) -> None:
    await registered(api, url=receiver.url, events=["GUARANTEE_CONCLUDED"])
    guarantee = await concluded(api)
    await herald(api.platform).tell(NOW)
    await courier(api.platform).round()
    told = json.loads(receiver.came[0][2])
    assert told["guarantee"] == {"id": guarantee["id"], "number": guarantee["number"], "kind": "ADVANCE_PAYMENT"}
    assert split_id(told["application"]["id"])[0] == "GuaranteeApplication"


async def test_the_walk_of_the_platform_tells_by_mail_and_by_webhook(api: Api, receiver: Receiver) -> None:
    await registered(api, url=receiver.url, events=["APPLICATION_APPROVED"])
    application_id = await applied(api)
    await (await api.as_("surety")).do(APPROVE, applicationId=application_id)
    async with delivering(api.platform):
        assert await asyncio.to_thread(receiver.called.wait, 10)
    async with api.platform.database.read() as connection:
        subjects = (await connection.execute(sa.text("SELECT subject FROM mail ORDER BY id"))).scalars().all()
    assert subjects == ["保証申込のお知らせ", "保証申込の承認のお知らせ"]
    assert len(receiver.came) == 1


async def test_the_secret_is_shown_once_and_stands_nowhere_in_clear(api: Api, log_lines: io.StringIO) -> None:
    made = await registered(api)
    rotated = await (await api.as_("surety")).do(ROTATE, webhookId=made["webhook"]["id"], idempotencyKey="r")
    assert made["secret"] != rotated["secret"]
    async with api.platform.database.read() as connection:
        rows = [repr(row) for table in metadata.sorted_tables for row in await connection.execute(sa.select(table))]
        sealed = (await connection.execute(sa.select(webhook))).one()
    clear = [base64.b64decode(each["secret"].removeprefix("whsec_")) for each in (made, rotated)]
    for secret, raw in zip((made["secret"], rotated["secret"]), clear, strict=True):
        assert len(raw) == 32
        for text in (secret, secret.removeprefix("whsec_"), raw.hex(), repr(raw)[2:-1]):
            assert not [row for row in rows if text in row]
            assert text not in log_lines.getvalue()
    vault = api.platform.vault
    assert vault.unseal_secret(sealed.id, sealed.sealed, sealed.sealed_with) == clear[1]
    seen = await (await api.as_("surety")).ask(ops.WEBHOOKS)
    assert "whsec_" not in str(seen)


async def test_the_same_request_twice_registers_once_and_shows_no_secret_again(api: Api) -> None:
    first = await registered(api)
    before = await api.rows()
    again = await registered(api)
    assert (again["webhook"], again["secret"], await api.rows()) == (first["webhook"], None, before)
    other = await (await api.as_("surety")).do(REGISTER, url=URL + "2", events=["FEE_RECORDED"], idempotencyKey="w")
    assert codes(other) == ["IDEMPOTENCY_KEY_REUSED"]
    rotated = [
        await (await api.as_("surety")).do(ROTATE, webhookId=first["webhook"]["id"], idempotencyKey="r")
        for _ in range(2)
    ]
    assert rotated[0]["secret"]
    assert rotated[1]["secret"] is None


async def test_the_old_secret_signs_nothing_after_a_rotation(api: Api, receiver: Receiver) -> None:
    made = await registered(api, url=receiver.url)
    await applied(api)
    await herald(api.platform).tell(NOW)
    rotated = await (await api.as_("surety")).do(ROTATE, webhookId=made["webhook"]["id"], idempotencyKey="r")
    await courier(api.platform).round()
    ((_path, headers, body),) = receiver.came
    verify(rotated["secret"], headers, body, int(NOW.timestamp()))
    with pytest.raises(AssertionError, match="signature"):
        verify(made["secret"], headers, body, int(NOW.timestamp()))


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"url": "http://hooks.example.jp/"}, "WEBHOOK_URL_MALFORMED"),
        ({"url": "https://u:p@hooks.example.jp/"}, "WEBHOOK_URL_MALFORMED"),
        ({"url": "https://hooks.example.jp/\0"}, "WEBHOOK_URL_MALFORMED"),
        ({"url": ""}, "WEBHOOK_URL_MALFORMED"),
        ({"url": "https://169.254.169.254/latest"}, "WEBHOOK_ADDRESS_FORBIDDEN"),
        ({"url": "https://[::ffff:10.0.0.1]/"}, "WEBHOOK_ADDRESS_FORBIDDEN"),
        ({"events": []}, "WEBHOOK_EVENTS"),
        ({"events": ["LOG_BEGUN"]}, "WEBHOOK_EVENTS"),
        ({"idempotencyKey": ""}, "IDEMPOTENCY_KEY_MALFORMED"),
    ],
)
async def test_what_is_wrong_is_refused_and_nothing_is_written(api: Api, given: Json, code: str) -> None:
    surety = await api.as_("surety")
    before = await api.rows()
    asked = {"url": URL, "events": ["FEE_RECORDED"], "idempotencyKey": "w", **given}
    assert codes(await surety.do(REGISTER, **asked)) == [code]
    assert await api.rows() == before


async def test_a_party_has_ten_at_most_and_a_closed_one_makes_room(api: Api) -> None:
    made = [await registered(api, key=f"w{n}") for n in range(MAX_WEBHOOKS)]
    surety = await api.as_("surety")
    asked = {"url": URL, "events": ["FEE_RECORDED"], "idempotencyKey": "more"}
    before = await api.rows()
    assert codes(await surety.do(REGISTER, **asked)) == ["TOO_MANY_WEBHOOKS"]
    assert await api.rows() == before
    await registered(api, "contractor")
    closed = await surety.do(DISABLE, webhookId=made[0]["webhook"]["id"], idempotencyKey="d")
    assert closed["webhook"]["disabledAt"] is not None
    assert (await surety.do(REGISTER, **asked))["__typename"] == "WebhookSecret"


async def test_several_registrations_at_once_are_counted_one_by_one(api: Api) -> None:
    surety = await api.as_("surety")
    asked = [
        surety.do(REGISTER, url=URL, events=["FEE_RECORDED"], idempotencyKey=f"w{n}") for n in range(MAX_WEBHOOKS + 5)
    ]
    answers = [each["__typename"] for each in await asyncio.gather(*asked)]
    assert (answers.count("WebhookSecret"), answers.count("Refused")) == (MAX_WEBHOOKS, 5)


async def test_nobody_sees_or_touches_the_webhooks_of_another_party(api: Api) -> None:
    made = await registered(api)
    await applied(api)
    await herald(api.platform).tell(NOW)
    before = await api.rows()
    delivery_id = (await deliveries(api))[0]["id"]
    for login_id in ("contractor", "other"):
        stranger = await api.as_(login_id)
        assert (await stranger.ask(ops.WEBHOOKS))["viewer"]["webhooks"] == []
        for operation in (ROTATE, DISABLE):
            answer = await stranger.do(operation, webhookId=made["webhook"]["id"], idempotencyKey="x")
            assert codes(answer) == ["NOT_FOUND"]
        assert codes(await stranger.do(REDELIVER, deliveryId=delivery_id, idempotencyKey="x")) == ["NOT_FOUND"]
    after = await api.rows()
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "session": 1
    }  # `applied` signed in the contractor


async def test_a_delivery_is_sent_again_under_the_same_id(api: Api, receiver: Receiver, clock: Clock) -> None:
    await registered(api, url=receiver.url)
    await applied(api)
    await herald(api.platform).tell(NOW)
    await courier(api.platform).round()
    (delivery,) = await deliveries(api)
    again = await (await api.as_("surety")).do(REDELIVER, deliveryId=delivery["id"], idempotencyKey="x")
    assert (again["delivery"]["deliveredAt"], again["delivery"]["attempts"]) == (None, 0)
    assert await courier(api.platform).round() == 1
    assert len(receiver.ids) == 2
    assert len(set(receiver.ids)) == 1


async def test_a_closed_webhook_takes_nothing_back(api: Api, receiver: Receiver) -> None:
    made = await registered(api, url=receiver.url)
    await applied(api)
    await herald(api.platform).tell(NOW)
    surety, hook = await api.as_("surety"), made["webhook"]["id"]
    await surety.do(DISABLE, webhookId=hook, idempotencyKey="d")
    (delivery,) = await deliveries(api)
    assert (delivery["lastError"], delivery["parkedAt"] is None) == ("CLOSED", False)
    for operation, given in (
        (ROTATE, {"webhookId": hook}), (DISABLE, {"webhookId": hook}), (REDELIVER, {"deliveryId": delivery["id"]}),
    ):  # fmt: skip
        assert codes(await surety.do(operation, **given, idempotencyKey="x")) == ["WEBHOOK_DISABLED"]
    assert await courier(api.platform).round() == 0
    assert receiver.came == []


async def test_where_webhooks_are_off_they_are_refused_but_can_be_closed(api: Api, off: Api) -> None:
    made = await registered(api)
    surety = await off.as_("surety")
    for operation, given in (
        (REGISTER, {"url": URL, "events": ["FEE_RECORDED"]}), (ROTATE, {"webhookId": made["webhook"]["id"]}),
        (REDELIVER, {"deliveryId": global_id("WebhookDelivery", 1)}),
    ):  # fmt: skip
        assert codes(await surety.do(operation, **given, idempotencyKey="x")) == ["WEBHOOKS_OFF"]
    await applied(api)
    await herald(off.platform).tell(NOW)
    assert await deliveries(api) == []
    closed = await surety.do(DISABLE, webhookId=made["webhook"]["id"], idempotencyKey="x")
    assert closed["__typename"] == "WebhookPayload"


async def _obligee(api: Api) -> Api:
    """Add the works' obligee with an account; return the API as it sees it."""
    made = await api.platform.database.write(
        lambda connection: parties.add_obligee(connection, "322016", "松江市", NOW)
    )
    await add_account(api.platform, "matsue", Role.OBLIGEE, made)
    return await api.as_("matsue")


async def test_an_obligee_is_told_of_what_was_handed_in_to_it_and_of_nothing_else(api: Api, receiver: Receiver) -> None:
    obligee, events = await _obligee(api), ["SUBMISSION_SENT", "KEY_ROTATED"]
    asked = {"url": receiver.url, "events": ["FEE_RECORDED", *events], "idempotencyKey": "w"}
    before = await api.rows()
    refused = await obligee.do(REGISTER, **asked)
    assert (codes(refused), "FEE_RECORDED" in refused["refusals"][0]["messageEn"]) == (["WEBHOOK_EVENTS"], True)
    assert await api.rows() == before
    assert (await obligee.do(REGISTER, **{**asked, "events": events}))["__typename"] == "WebhookSecret"
    guarantee = await concluded(api)
    contractor = await api.as_("contractor")
    rotate = MUTATIONS["rotateAccessKey"]
    await contractor.do(rotate, guaranteeId=guarantee["id"], reason="前", idempotencyKey="r1")
    prepared = await contractor.do(MUTATIONS["prepareSubmission"], guaranteeIds=[guarantee["id"]], idempotencyKey="p")
    submission_id = prepared["prepared"][0]["submission"]["id"]
    await contractor.do(MUTATIONS["submitKey"], submissionId=submission_id, way="EMAIL", address="keiyaku@example.jp")
    await contractor.do(rotate, guaranteeId=guarantee["id"], reason="後", idempotencyKey="r2")
    await herald(api.platform).tell(NOW)
    await courier(api.platform).round()
    told = [json.loads(body) for _path, _headers, body in receiver.came]
    assert sorted(each["event"] for each in told) == ["KEY_ROTATED", "SUBMISSION_SENT"]
    assert {each["guarantee"]["number"] for each in told} == {guarantee["number"]}
    async with api.platform.database.read() as connection:
        rows = (await connection.execute(sa.select(mail.c.recipient, mail.c.subject).where(mail.c.recipient.in_(
            ["matsue@example.jp", "keiyaku@example.jp"])).order_by(mail.c.id))).all()  # fmt: skip
    assert [tuple(row) for row in rows] == [
        ("matsue@example.jp", "認証キー提出のお知らせ"), ("keiyaku@example.jp", "認証キー再発行のお知らせ"),
    ]  # fmt: skip


async def test_a_list_of_deliveries_has_pages(api: Api) -> None:
    await registered(api, events=["APPLICATION_SUBMITTED", "APPLICATION_APPROVED", "FEE_RECORDED"])
    await approved(api)
    await herald(api.platform).tell(NOW)
    surety, seen, more, after = await api.as_("surety"), [], [], None
    for _ in range(3):
        (hook,) = (await surety.ask(ops.WEBHOOKS, first=1, after=after))["viewer"]["webhooks"]
        page = hook["deliveries"]
        after = page["pageInfo"]["endCursor"]
        seen.append((page["nodes"][0]["event"], page["totalCount"]))
        more.append(page["pageInfo"]["hasNextPage"])
    assert seen == [("FEE_RECORDED", 3), ("APPLICATION_APPROVED", 3), ("APPLICATION_SUBMITTED", 3)]
    assert more == [True, True, False]
    assert await surety.errors(ops.WEBHOOKS, after="x") == ["PAGE_MALFORMED"]

"""Each entry of the log leads to its notices once, for those whom it concerns, whatever crashes or runs beside."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
import structlog
from sqlalchemy import event as sa_event
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import applications, audit, keys, parties
from denshi_hosho.core.audience import HEARD_BY, OBLIGEE_EVENTS
from denshi_hosho.core.clock import JST
from denshi_hosho.core.heralding import herald as walking
from denshi_hosho.core.heralding import notices as writing
from denshi_hosho.core.heralding.letters import LETTERS, SILENT
from denshi_hosho.core.life.recorded import recorded
from denshi_hosho.core.life.steps import note_step
from denshi_hosho.core.postman import Postman, plainly
from denshi_hosho.core.tables import account, audit_head, delegation, mail, submission, verdict, webhook_delivery
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import AuditEvent, GuaranteeStep, Role, Verdict
from tests.core.telling import add_obligee, handed_in, happens, herald, hook, next_index, notices, skip
from tests.core.world import NOTARY, NOW, World, add_actor, grown

pytestmark = pytest.mark.anyio
DUE = datetime(2024, 6, 3, 16, tzinfo=JST)
ABOUT_GUARANTEES = [each for each in AuditEvent if each is not AuditEvent.LOG_BEGUN]


def test_every_event_is_told_or_known_not_to_be() -> None:
    assert LETTERS.keys() | SILENT == set(AuditEvent)
    assert not LETTERS.keys() & SILENT


def test_no_letter_goes_to_an_obligee_for_what_it_may_not_hear() -> None:
    told = {event for event, letters in LETTERS.items() if any(each.to is Role.OBLIGEE for each in letters)}
    assert told <= OBLIGEE_EVENTS
    assert all(len({each.to for each in letters}) == len(letters) for letters in LETTERS.values())


async def test_an_application_goes_to_the_surety_at_16_oclock(world: World) -> None:
    await world.submitted()
    assert await herald(world).tell(NOW) == 1
    (row,) = await notices(world)
    assert (row.recipient, row.subject, row.due_at, row.created_at, row.guarantee_id) == (
        "surety@example.jp", "保証申込のお知らせ", DUE, NOW, None,
    )  # fmt: skip
    assert row.message_id == f"<notice.0.{world.underwriter.account_id}@hosho.example.jp>"


async def test_a_return_goes_to_the_principal_at_once_with_its_reason_and_the_log(world: World) -> None:
    application_id = await world.submitted(works_name="{note} % 工事")
    await skip(world)
    await world.database.write(
        lambda connection: applications.send_back(
            connection, world.underwriter, application_id, NOW, "工期末日が\n違います"
        )
    )
    assert await herald(world).tell(NOW) == 1
    (row,) = await notices(world)
    assert (row.recipient, row.subject, row.due_at) == ("contractor@example.jp", "保証申込の差戻しのお知らせ", NOW)
    text, _, log = row.body.partition("\n────────────────────\n")
    assert text == (
        "株式会社西日本保証建設 本町支店 様\n\n"
        "保証の申込が差し戻されました。\n\n"
        "  区分         : 前払金保証\n"
        "  工事名       : {note} % 工事\n"
        "  発注者       : 松江市\n"
        "  保証契約者   : 株式会社西日本保証建設 本町支店\n\n"
        "理由:\n工期末日が\n違います\n\n"
        "内容を修正して、もう一度お出しください。\n\n"
        "  https://hosho.example.jp\n\n"
        "西日本建設業保証株式会社\n"
    )
    head = await world.database.write(audit.head)
    assert log.partition("\n")[2] == NOTARY.checkpoint(2, head.root)


async def test_who_did_it_is_not_told(world: World) -> None:
    guarantee_id = await world.concluded()
    await add_obligee(world)
    await handed_in(world, guarantee_id)
    await skip(world)
    for actor in (world.contractor, world.underwriter):
        await happens(world, AuditEvent.CLAIM_MADE, guarantee_id, actor)
    await herald(world).tell(NOW)
    assert [row.recipient for row in await notices(world)] == [
        "surety@example.jp", "obligee@example.jp", "contractor@example.jp", "obligee@example.jp",
    ]  # fmt: skip


@pytest.mark.parametrize("event", ABOUT_GUARANTEES)
async def test_each_event_reaches_those_whom_it_concerns_and_no_stranger(world: World, event: AuditEvent) -> None:
    guarantee_id = await world.concluded()
    own, stranger = await add_obligee(world), await add_obligee(world, "462012", "stranger")
    await handed_in(world, guarantee_id, way="POST")
    hooks = {await hook(world, each): each for each in (
        world.contractor, world.underwriter, own, world.other, world.rival, stranger)}  # fmt: skip
    await skip(world)
    await happens(world, event, guarantee_id)
    assert await herald(world).tell(NOW) == 1
    mails = {row.recipient for row in await notices(world)}
    of = {Role.PRINCIPAL: "contractor@example.jp", Role.SURETY: "surety@example.jp", Role.OBLIGEE: "obligee@example.jp"}
    assert mails == {of[letter.to] for letter in LETTERS.get(event, ())}
    reached = {hooks[row.webhook_id] for row in await world.all(sa.select(webhook_delivery.c.webhook_id))}
    assert reached == {each for each in (world.contractor, world.underwriter, own) if event in HEARD_BY[each.role]}
    assert await next_index(world) == (await world.one(sa.select(audit_head.c.size))).size


@pytest.mark.parametrize("event", sorted(OBLIGEE_EVENTS - {AuditEvent.SUBMISSION_SENT}))
async def test_an_obligee_hears_nothing_of_what_was_before_the_handing_in(world: World, event: AuditEvent) -> None:
    guarantee_id = await world.concluded()
    own = await add_obligee(world)
    await hook(world, own)
    await skip(world)
    await happens(world, event, guarantee_id)
    await handed_in(world, guarantee_id)  # the herald comes late: by now it is handed in
    await herald(world).tell(NOW)
    subjects = [
        row.subject for row in await notices(world) if row.recipient in {"obligee@example.jp", "keiyaku@example.jp"}
    ]
    assert subjects == ["認証キー提出のお知らせ"]
    bodies = [row.body for row in await world.all(sa.select(webhook_delivery))]
    assert len(bodies) == 1
    assert '"event":"SUBMISSION_SENT"' in bodies[0]


async def test_a_new_key_is_told_where_the_old_one_was_sent(world: World) -> None:
    guarantee_id = await world.concluded()
    await add_obligee(world)
    await handed_in(world, guarantee_id, address="old@example.jp")
    submission_id = await handed_in(world, guarantee_id, address="new@example.jp")
    await handed_in(world, guarantee_id, address="not an address")
    await skip(world)
    await world.database.write(
        lambda connection: keys.rotate(connection, world.vault, world.contractor, guarantee_id, "紛失", NOW)
    )
    await herald(world).tell(NOW)
    (row,) = await notices(world)
    place = (await next_index(world)) - 1
    assert (row.recipient, row.subject, row.due_at) == ("new@example.jp", "認証キー再発行のお知らせ", NOW)
    assert row.message_id == f"<notice.{place}.submission-{submission_id}@hosho.example.jp>"
    assert "紛失" not in row.body
    key = (await world.database.write(lambda connection: keys.reveal(connection, world.vault, guarantee_id))).notice
    assert key.access_key not in row.body


async def test_a_new_key_of_what_was_brought_is_told_to_the_obligees_accounts(world: World) -> None:
    guarantee_id = await world.concluded()
    await add_obligee(world)
    await handed_in(world, guarantee_id, way="BRING", address="bring@example.jp")
    await skip(world)
    await happens(world, AuditEvent.KEY_ROTATED, guarantee_id, world.contractor)
    await herald(world).tell(NOW)
    assert [row.recipient for row in await notices(world)] == ["obligee@example.jp"]


async def test_a_rejection_tells_both_sides_why(world: World) -> None:
    guarantee_id = await world.concluded()
    own = await add_obligee(world)
    await handed_in(world, guarantee_id, way="POST")
    await skip(world)
    step = GuaranteeStep.CERTIFICATE_REJECTED

    async def reject(connection: AsyncConnection) -> None:
        row = {"guarantee_id": guarantee_id, "version": 1, "obligee_id": own.obligee_id, "account_id": own.account_id,
               "submission_id": sa.select(sa.func.max(submission.c.id)).scalar_subquery(),
               "verdict": Verdict.REJECTED, "code": "AMOUNT", "note": "保証金額が不足しています", "at": NOW}  # fmt: skip
        made = (await connection.execute(sa.insert(verdict).values(row).returning(verdict.c.id))).scalar_one()
        said = await recorded(connection, verdict, made)
        await note_step(connection, own, guarantee_id, step, NOW, said=said)

    await world.database.write(reject)
    await herald(world).tell(NOW)
    rows = await notices(world)
    assert [(row.recipient, row.due_at) for row in rows] == [("contractor@example.jp", NOW), ("surety@example.jp", NOW)]
    assert all("理由:\n保証金額が不足しています\n" in row.body for row in rows)
    await world.database.write(lambda c: note_step(c, own, guarantee_id, step, NOW, note="別の理由"))
    await herald(world).tell(NOW)
    assert all("理由:\n別の理由\n" in row.body for row in (await notices(world))[2:])


async def test_only_the_first_opening_is_told(world: World) -> None:
    guarantee_id = await world.concluded()
    await skip(world)
    for _ in range(3):
        await happens(world, AuditEvent.CERTIFICATE_OPENED, guarantee_id)
    await herald(world).tell(NOW)
    await happens(world, AuditEvent.CERTIFICATE_OPENED, guarantee_id)
    await herald(world).tell(NOW)
    assert [row.recipient for row in await notices(world)] == ["contractor@example.jp"]


async def test_every_open_account_is_told_and_no_closed_one(world: World) -> None:
    assert world.contractor.principal_id
    party = world.contractor.principal_id
    second = await world.database.write(lambda c: add_actor(c, "second", Role.PRINCIPAL, party))
    await world.execute(sa.update(account).where(account.c.id == world.contractor.account_id).values(disabled_at=NOW))
    guarantee_id = await world.concluded()
    await skip(world)
    await happens(world, AuditEvent.GUARANTEE_EXPIRED, guarantee_id)
    await herald(world).tell(NOW)
    rows = [row for row in await notices(world) if row.recipient != "surety@example.jp"]
    assert [(row.recipient, f".{second.account_id}@" in row.message_id) for row in rows] == [
        ("second@example.jp", True)
    ]


async def test_a_branch_office_without_accounts_is_told_through_its_company(world: World) -> None:
    assert world.contractor.principal_id
    assert world.other.principal_id

    async def work(connection: AsyncConnection) -> int:
        office = await parties.add_principal(connection, "別会社 支店", NOW)
        may = {"principal_id": world.other.principal_id, "for_principal_id": office, "acts": True}
        seen = {"principal_id": world.contractor.principal_id, "for_principal_id": office, "acts": False}
        await connection.execute(sa.insert(delegation), [may, seen])
        return office

    office = await world.database.write(work)
    hooks = {await hook(world, each): each for each in (world.other, world.contractor)}
    application_id = await world.submitted(Actor(world.other.account_id, Role.PRINCIPAL, office, None))
    await skip(world)
    await world.database.write(
        lambda connection: applications.decline(connection, world.underwriter, application_id, NOW, "謝絶")
    )
    await herald(world).tell(NOW)
    assert [row.recipient for row in await notices(world)] == ["other@example.jp"]
    reached = {hooks[row.webhook_id] for row in await world.all(sa.select(webhook_delivery.c.webhook_id))}
    assert reached == {world.other, world.contractor}  # the member that only sees it hears of it, too


async def test_heralds_at_the_same_time_tell_each_event_once(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(walking, "BATCH", 4)
    await hook(world, world.underwriter)
    for _ in range(15):
        await world.submitted()
    told = await asyncio.gather(*(herald(world).tell(NOW) for _ in range(5)))
    assert sum(told) == 15
    assert await next_index(world) == 15
    assert len({row.message_id for row in await notices(world)}) == 15
    rows = await world.all(sa.select(webhook_delivery.c.entry_index))
    assert sorted(row.entry_index for row in rows) == list(range(15))


async def test_a_herald_that_dies_half_way_has_told_nothing(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await hook(world, world.underwriter)
    await world.submitted()
    before = await world.rows()

    async def dies(*_: Any) -> None:
        raise ZeroDivisionError

    with monkeypatch.context() as patch:
        patch.setattr(walking, "queue_deliveries", dies)
        with pytest.raises(ZeroDivisionError):
            await herald(world).tell(NOW)
    assert (grown(before, await world.rows()), await next_index(world)) == ({}, 0)
    assert await herald(world).tell(NOW) == 1
    assert grown(before, await world.rows()) == {"mail": 1, "webhook_delivery": 1}
    assert await herald(world).tell(NOW) == 0


async def test_what_happened_while_it_was_off_is_never_told(world: World) -> None:
    await hook(world, world.underwriter)
    await world.submitted()
    assert await herald(world, notices=False, webhooks=False).tell(NOW) == 1
    await world.submitted()
    assert await herald(world, webhooks=False).tell(NOW) == 1
    await world.submitted()
    assert await herald(world, notices=False).tell(NOW) == 1
    assert [row.message_id.split(".")[1] for row in await notices(world)] == ["1"]
    assert [row.entry_index for row in await world.all(sa.select(webhook_delivery.c.entry_index))] == [2]


async def test_when_nothing_has_happened_that_costs_one_read(world: World) -> None:
    await world.submitted()
    await herald(world).tell(NOW)
    said: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        said.append(statement)

    reader, writer = world.database.reader.sync_engine, world.database.writer.sync_engine
    for engine in (reader, writer) if world.database.is_sqlite else (reader,):  # on PostgreSQL both are one
        sa_event.listen(engine, "before_cursor_execute", note)
    assert await herald(world).tell(NOW) == 0
    assert len([each for each in said if "herald" in each]) == 1
    assert not [each for each in said if not each.startswith(("BEGIN", "SELECT"))]


async def test_the_checkpoint_in_a_notice_holds_what_it_tells_of(world: World) -> None:
    await world.submitted()
    await world.submitted()
    await herald(world).tell(NOW)
    for row in await notices(world):
        assert "\n2\n" in row.body.partition("────")[2]


async def test_a_webhook_hears_of_nothing_before_itself_and_of_what_it_asked_for(world: World) -> None:
    guarantee_id = await world.concluded()
    made = await hook(world, world.underwriter, lambda: [AuditEvent.CLAIM_MADE, AuditEvent.CLAIM_PAID])
    await skip(world)
    await happens(world, AuditEvent.CLAIM_MADE, guarantee_id, now=NOW - timedelta(seconds=1))
    await happens(world, AuditEvent.CLAIM_PAID, guarantee_id)
    await happens(world, AuditEvent.CLAIM_REFUSED, guarantee_id)
    await herald(world).tell(NOW)
    (row,) = await world.all(sa.select(webhook_delivery))
    assert (row.webhook_id, '"event":"CLAIM_PAID"' in row.body) == (made, True)


async def test_letters_are_written_without_looking_when_nobody_is_told(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    guarantee_id = await world.concluded()
    await skip(world)
    await happens(world, AuditEvent.KEY_REVEALED, guarantee_id, world.contractor)
    monkeypatch.delattr(writing, "addressees")
    await herald(world).tell(NOW)
    assert (await world.one(sa.select(sa.func.count()).select_from(mail))) == (1,)  # the registration mail


async def test_mail_goes_out_though_the_herald_fails(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    guarantee_id = await world.concluded()
    assert guarantee_id
    sent, rounds = asyncio.Event(), []

    async def fails(_herald: Any, now: datetime) -> int:
        rounds.append(now)
        raise ZeroDivisionError

    monkeypatch.setattr(walking.Herald, "tell", fails)
    postman = Postman(world.database, lambda _mail: sent.set(), plainly("a@example.jp"), lambda: DUE, herald(world))
    with structlog.testing.capture_logs() as logs:
        walk = asyncio.create_task(postman.walk(1))
        await asyncio.wait_for(sent.wait(), 5)
        postman.stop()
        await asyncio.wait_for(walk, 5)
    assert rounds == [DUE]
    assert [each["event"] for each in logs] == ["herald round failed", "mail sent"]

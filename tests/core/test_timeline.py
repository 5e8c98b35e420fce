"""The timeline: each step of each kind once, as many as the audit log has entries, in order and in pages."""

import base64
import json
from collections import Counter
from datetime import date, timedelta

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import applications, keys, parties, submissions
from denshi_hosho.core.life.steps import note_step
from denshi_hosho.core.life.timeline import OBLIGEES, Happened, timeline
from denshi_hosho.core.paging import Page, PageMalformed, Window
from denshi_hosho.core.tables import (
    application,
    audit_entry,
    submission,
)
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import (
    ApplicationStep,
    AuditEvent,
    GuaranteeStep,
    KeyEventKind,
    Role,
    SubmissionState,
)
from tests.core.world import NOW, World

pytestmark = pytest.mark.anyio
# What does not happen to a guarantee that was concluded: entries of no guarantee, and ends of its application.
ELSEWHERE = {AuditEvent.LOG_BEGUN, AuditEvent.CERTIFICATE_SIGNED}


async def _everything(world: World) -> int:
    """Take an application all the way, and note every step that there is of each kind once more; return the guarantee."""
    guarantee_id = await world.concluded()
    (about,) = await world.all(sa.select(application))
    prepared = submissions.Prepared(way="EMAIL", address=None, guarantee_ids=[guarantee_id], told="{}")

    async def work(connection: AsyncConnection) -> None:
        for number, step in enumerate(ApplicationStep):
            at = NOW + timedelta(minutes=1 + number)
            await applications.note_step(connection, world.underwriter, applications.About.row(about), step, at)
        first = await submissions.keep_batch(connection, world.contractor, [prepared], NOW + timedelta(hours=1))
        for number, state in enumerate(SubmissionState):
            at = NOW + timedelta(hours=1, minutes=1 + number)
            await submissions.note_step(connection, first, state, at, world.contractor, "提出のメモ")
        for number, event in enumerate(KeyEventKind):
            who = None if event is KeyEventKind.OPENED else world.contractor
            await keys.note_event(connection, guarantee_id, event, NOW + timedelta(hours=2, minutes=number), who, None)
        for number, step in enumerate(GuaranteeStep):
            actor = None if step is GuaranteeStep.GUARANTEE_EXPIRED else world.underwriter
            said = {"yen": 1000 + number, "version": number}
            at = NOW + timedelta(hours=3, minutes=number)
            await note_step(connection, actor, guarantee_id, step, at, note=step.ja, said=said, day=date(2025, 3, 15))

    await world.database.write(work)
    return guarantee_id


async def _read(world: World, actor: Actor, guarantee_id: int, window: Window | None = None) -> Page:
    async with world.database.read() as connection:
        return await timeline(connection, actor, guarantee_id, window or Window(first=100), frozenset({"total"}))


async def _all(world: World, actor: Actor, guarantee_id: int) -> list[Happened]:
    page = await _read(world, actor, guarantee_id)
    assert not page.has_next
    return list(page.rows)


async def test_every_step_of_the_vocabulary_stands_in_it_as_often_as_in_the_log(world: World) -> None:
    guarantee_id = await _everything(world)
    logged = Counter(AuditEvent(row.event) for row in await world.all(sa.select(audit_entry.c.event)))
    del logged[AuditEvent.LOG_BEGUN]
    for actor in (world.contractor, world.underwriter):
        seen = Counter(each.event for each in await _all(world, actor, guarantee_id))
        assert seen == logged
    assert set(AuditEvent) - set(logged) == ELSEWHERE
    assert set(logged) >= {AuditEvent(each.value) for each in GuaranteeStep}


async def test_it_is_in_order_and_its_pages_are_the_whole_of_it(world: World) -> None:
    guarantee_id = await _everything(world)
    whole = await _all(world, world.contractor, guarantee_id)
    assert [each.at for each in whole] == sorted(each.at for each in whole)
    assert whole[0].event is AuditEvent.APPLICATION_SUBMITTED
    pages: list[Happened] = []
    after: str | None = None
    while True:
        page = await _read(world, world.contractor, guarantee_id, Window(first=7, after=after))
        pages += page.rows
        after = page.cursor(-1)
        if not page.has_next:
            break
    assert pages == whole
    assert page.total == len(whole)


async def test_a_line_says_who_and_what_it_was_about(world: World) -> None:
    guarantee_id = await _everything(world)
    of = {each.event: each for each in await _all(world, world.contractor, guarantee_id)}
    paid = of[AuditEvent.CLAIM_PAID]
    number = list(GuaranteeStep).index(GuaranteeStep.CLAIM_PAID)
    assert (paid.note, paid.day, paid.amount, paid.version) == (
        "保証金の支払", date(2025, 3, 15), 1000 + number, number,
    )  # fmt: skip
    assert paid.who.endswith("（保証会社）")
    assert of[AuditEvent.KEY_REVEALED].who == "contractor"
    assert of[AuditEvent.CERTIFICATE_OPENED].who == "番号と認証キーの所持者"
    assert of[AuditEvent.GUARANTEE_EXPIRED].who == "発行システム"
    assert of[AuditEvent.GUARANTEE_CONCLUDED].version == 1


async def test_others_see_nothing_and_an_obligee_what_concerns_it_since_the_handing_in(world: World) -> None:
    guarantee_id = await _everything(world)
    assert await _all(world, world.other, guarantee_id) == []
    assert await _all(world, world.rival, guarantee_id) == []

    async def work(connection: AsyncConnection) -> Actor:
        obligee_id = await parties.add_obligee(connection, "322016", "（例）松江市", NOW)
        row: dict[str, object] = {"login_id": "matsue", "password_hash": "none", "role": Role.OBLIGEE,
                                  "email": "m@example.jp", "obligee_id": obligee_id}  # fmt: skip
        return Actor(await parties.add_account(connection, row, NOW), Role.OBLIGEE, None, None, obligee_id=obligee_id)

    matsue = await world.database.write(work)
    assert await _all(world, matsue, guarantee_id) == []
    await world.execute(sa.update(submission).values(state=SubmissionState.SENT))
    seen = await _all(world, matsue, guarantee_id)
    handed = {AuditEvent(f"SUBMISSION_{each}") for each in SubmissionState if each is not SubmissionState.PREPARED}
    assert Counter(each.event for each in seen) == Counter(
        {*handed, AuditEvent.CERTIFICATE_OPENED, *(AuditEvent(each.value) for each in OBLIGEES)}
    )
    assert {each.event for each in seen if each.note is not None} == {
        AuditEvent(each.value)
        for each in GuaranteeStep
        if each.value.startswith("CLAIM_") or each.value in {"CERTIFICATE_ACCEPTED", "CERTIFICATE_REJECTED"}
    }


@pytest.mark.parametrize("value", ["2024-06-03T00:00:00", "0001-01-01T00:00:00+14:00", "soon", 5, None, "\0"])
async def test_a_cursor_with_no_instant_in_it_is_not_one_of_the_timeline(world: World, value: object) -> None:
    guarantee_id = await world.concluded()
    cursor = base64.urlsafe_b64encode(json.dumps(["TIMELINE", value, 1]).encode()).decode()
    with pytest.raises(PageMalformed):
        await _read(world, world.contractor, guarantee_id, Window(after=cursor))

import asyncio
import re
from datetime import date, datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import applications, issuing
from denshi_hosho.core.clock import JST
from denshi_hosho.core.decisions import DecisionRecord, keep_decision
from denshi_hosho.core.errors import Refused
from denshi_hosho.core.tables import (
    access_key,
    application,
    branch,
    certificate,
    decision,
    guarantee,
    mail,
    number_range,
    principal,
    rule_text,
    surety,
)
from denshi_hosho.core.vocabulary import (
    ApplicationState,
    Change,
    FeeState,
    GuaranteeKind,
    GuaranteeState,
    Medium,
    Stage,
)
from denshi_hosho.examples import leaflets
from tests.core.world import NOW, RECORD, World, grown

pytestmark = pytest.mark.anyio
# Its log entry is the fourth: two nodes of the tree are complete.
WRITTEN = {"guarantee": 1, "certificate": 1, "decision": 1, "application_step": 1, "audit_entry": 1, "audit_node": 2}


async def test_concluding_writes_exactly_what_belongs_to_a_guarantee(world: World) -> None:
    application_id = await world.approved()
    before = await world.rows()
    guarantee_id = await world.conclude(application_id)
    assert grown(before, await world.rows()) == {**WRITTEN, "access_key": 1, "mail": 1, "rule_text": 1}
    row = await world.one(sa.select(guarantee))
    assert row._asdict() == {
        "id": guarantee_id, "number": "1070000473", "application_id": application_id,
        "principal_id": world.contractor.principal_id, "surety_id": world.surety_id, "kind": GuaranteeKind.ADVANCE_PAYMENT,
        "obligee": "322016", "medium": Medium.ELECTRONIC, "live_version": 1, "concluded_at": NOW, "first_opened_at": None,
        "state": GuaranteeState.ACTIVE, "moved_completion_on": None, "moved_ends_on": None, "moved_contract_price": None,
        "moved_covered_price": None, "advance_amount": None, "advance_received_on": None,
    }  # fmt: skip
    assert (await world.one(sa.select(application.c.state))).state is ApplicationState.CONCLUDED


async def test_a_guarantee_on_paper_has_neither_key_nor_mail(world: World) -> None:
    application_id = await world.approved(delivery=Medium.PAPER)
    before = await world.rows()
    await world.conclude(application_id)
    assert grown(before, await world.rows()) == {**WRITTEN, "rule_text": 1}
    assert (await world.one(sa.select(guarantee.c.medium))).medium is Medium.PAPER


async def test_the_certificate_says_what_was_applied_for(world: World) -> None:
    plain = leaflets.advance_payment(world.surety_id)
    now = leaflets.ISSUED_AT
    application_id = await world.database.write(lambda c: applications.submit(c, world.contractor, plain, "{}", now))

    async def approve(connection: AsyncConnection) -> None:
        await applications.approve(connection, world.underwriter, application_id, now, None)
        fee = 1, date(2022, 1, 20)
        await applications.record_fee_received(connection, world.underwriter, application_id, now, fee)

    await world.database.write(approve)
    guarantee_id = await world.conclude(application_id, now)
    row = (await world.one(sa.select(certificate)))._asdict()
    del row["id"]
    assert re.fullmatch("[0-9a-f]{32}", row.pop("salt"))
    assert row.pop("medium") is None  # of the first version it is the guarantee's
    assert row == {
        "guarantee_id": guarantee_id, "version": 1, "change": Change.ORIGINAL, "issued_on": date(2022, 1, 20),
        "principal_name": "株式会社西日本保証建設 本町支店", "obligee_name": "支出負担行為担当官 近畿地方整備局長",
        "guaranteed_amount": 145_670_000, "guarantee_ends_on": date(2023, 3, 15), "completion_on": date(2023, 3, 15),
        "works_name": "国道〇号線 道路改良工事 その1", "contract_price": 2_172_720_000, "covered_price": 616_296_000,
        "depositary_bank": "三菱UFJ銀行 東京支店", "surety_name": "西日本建設業保証株式会社",
        "surety_address": "大阪市西区西船場二丁目1番2号", "surety_representative": "取締役社長 眞田 一",
        "surety_terms_url": "https://www.wjcs.net/", "branch_name": "東京支店", "branch_address": "東京都中央区日本橋3丁目8番14号",
        "branch_tel": "03-6848-2671", "branch_fax": "0320-504133", "obligee_folded": "支出負担行為担当官近畿地方整備局長",
        "works_folded": "国道〇号線道路改良工事その1",
    }  # fmt: skip


async def test_a_certificate_stays_as_it_was_when_names_change(world: World) -> None:
    await world.concluded()
    before = await world.one(sa.select(certificate))
    for table in (principal, surety, branch):
        renamed = sa.update(table).values(name=sa.literal("新") + table.c.name)
        await world.execute(renamed)
    assert await world.one(sa.select(certificate)) == before


async def test_the_day_of_issue_is_japans(world: World) -> None:
    await world.concluded(now=datetime(2024, 6, 4, 0, 0, tzinfo=JST))
    await world.concluded(now=datetime(2024, 6, 3, 23, 59, tzinfo=JST))
    days = await world.all(sa.select(certificate.c.issued_on).order_by(certificate.c.id))
    assert [row.issued_on for row in days] == [date(2024, 6, 4), date(2024, 6, 3)]


async def test_each_guarantee_has_its_own_number_and_key(world: World) -> None:
    for kind in (GuaranteeKind.ADVANCE_PAYMENT, GuaranteeKind.PERFORMANCE, GuaranteeKind.ADVANCE_PAYMENT):
        await world.concluded(kind=kind)
    numbers = [row.number for row in await world.all(sa.select(guarantee.c.number).order_by(guarantee.c.id))]
    assert numbers == ["1070000473", "1070200236", "1070000474"]
    statement = sa.select(guarantee.c.number, access_key.c.sealed, access_key.c.sealed_with).join(access_key)
    keys = {world.vault.unseal(*row) for row in await world.all(statement)}
    assert len(keys) == 3


async def test_an_application_whose_fee_is_due_is_not_concluded(world: World) -> None:
    application_id = await world.submitted()
    await world.database.write(lambda c: applications.approve(c, world.underwriter, application_id, NOW, None))
    before = await world.rows()
    with pytest.raises(Refused) as caught:
        await world.conclude(application_id)
    assert [(each.code, each.path) for each in caught.value.refusals] == [("FEE_DUE", ("application_id",))]
    assert grown(before, await world.rows()) == {}


async def test_a_consolidated_fee_does_not_stand_in_the_way(world: World) -> None:
    application_id = await world.submitted(world.other)

    async def work(connection: AsyncConnection) -> None:
        await applications.approve(connection, world.underwriter, application_id, NOW, None)
        await applications.record_fee_consolidated(connection, world.underwriter, application_id, NOW)

    await world.database.write(work)
    await world.conclude(application_id)
    row = await world.one(sa.select(application.c.state, application.c.fee_state))
    assert tuple(row) == (ApplicationState.CONCLUDED, FeeState.CONSOLIDATED)


async def test_concluded_twice_at_the_same_time_there_is_one_guarantee(world: World) -> None:
    application_id = await world.approved()
    before = await world.rows()
    results = await asyncio.gather(*(world.conclude(application_id) for _ in range(5)), return_exceptions=True)
    refusals = [each.refusals[0].code for each in results if isinstance(each, Refused)]
    assert refusals == ["WRONG_STATE"] * 4
    assert grown(before, await world.rows()) == {**WRITTEN, "access_key": 1, "mail": 1, "rule_text": 1}
    left = await world.one(sa.select(number_range.c.next).where(number_range.c.kind == GuaranteeKind.ADVANCE_PAYMENT))
    assert left.next == 1_070_000_474


async def test_twenty_at_the_same_time_get_twenty_numbers_without_a_gap(world: World) -> None:
    ids = [await world.approved() for _ in range(20)]
    await asyncio.gather(*(world.conclude(each) for each in ids))
    numbers = sorted(row.number for row in await world.all(sa.select(guarantee.c.number)))
    assert numbers == [str(number) for number in range(1_070_000_473, 1_070_000_493)]


PARTS = [
    "take_number",
    "_guarantee",
    "_certificate",
    "keep_decision",
    "note_step",
    "store_new_key",
    "queue_registration_mail",
]


@pytest.mark.parametrize("part", PARTS)
async def test_whatever_fails_nothing_at_all_is_written(
    world: World, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    application_id = await world.approved()
    before, ranges = await world.rows(), await world.all(sa.select(number_range))
    real = getattr(issuing, part)

    async def fails(*given: Any, **named: Any) -> None:
        await real(*given, **named)
        raise ZeroDivisionError

    monkeypatch.setattr(issuing, part, fails)
    with pytest.raises(ZeroDivisionError):
        await world.conclude(application_id)
    monkeypatch.undo()
    assert grown(before, await world.rows()) == {}
    assert await world.all(sa.select(number_range)) == ranges
    assert (await world.one(sa.select(application.c.state))).state is ApplicationState.APPROVED
    await world.conclude(application_id)
    assert (await world.one(sa.select(guarantee.c.number))).number == "1070000473"


async def test_without_numbers_nothing_is_written(world: World) -> None:
    application_id = await world.approved()
    used_up = sa.update(number_range).values(next=number_range.c.last + 1)
    await world.database.write(lambda connection: connection.execute(used_up))
    before = await world.rows()
    with pytest.raises(Refused) as caught:
        await world.conclude(application_id)
    assert [each.code for each in caught.value.refusals] == ["NUMBERS_USED_UP"]
    assert grown(before, await world.rows()) == {}


async def test_the_decision_is_kept_whole_with_the_text_that_was_applied(world: World) -> None:
    application_id = await world.approved()
    await world.conclude(application_id)
    row = (await world.one(sa.select(decision)))._asdict()
    del row["id"]
    assert row == {
        "application_id": application_id, "stage": Stage.CONCLUSION, "outcome": "ACCEPTED", "revision": date(2024, 6, 1),
        "digest": "d" * 64, "plugin": "matsue", "plugin_version": "1.0", "facts": "{}", "body": "{}", "decided_at": NOW,
    }  # fmt: skip
    assert tuple(await world.one(sa.select(rule_text))) == ("d" * 64, "# rules")


async def test_a_rule_text_is_kept_once_for_each_digest(world: World) -> None:
    application_id = await world.submitted()

    def keep(digest: str, revision: date | None) -> Any:
        plain = {
            name: getattr(RECORD, name) for name in ("outcome", "text", "plugin", "plugin_version", "facts", "body")
        }
        record = DecisionRecord(**plain, digest=digest, revision=revision)
        later = NOW + timedelta(days=1)
        return world.database.write(lambda c: keep_decision(c, application_id, Stage.APPLICATION, record, later))

    await asyncio.gather(*(keep(digest * 64, None) for digest in "aabbaab"))
    assert [row.digest[0] for row in await world.all(sa.select(rule_text).order_by(rule_text.c.digest))] == ["a", "b"]
    assert len(await world.all(sa.select(decision).where(decision.c.revision.is_(None)))) == 7


async def test_an_application_on_paper_of_another_surety_is_not_concluded(world: World) -> None:
    application_id = await world.approved()
    with pytest.raises(Refused) as caught:
        await world.database.write(lambda c: issuing.approved(c, world.rival, application_id))
    assert caught.value.refusals == (applications.NOT_FOUND,)


async def test_an_urgent_mail_is_due_at_once_and_another_at_16_oclock(world: World) -> None:
    await world.concluded(urgent=True)
    await world.concluded()
    due = [row.due_at for row in await world.all(sa.select(mail.c.due_at).order_by(mail.c.id))]
    assert due == [NOW, datetime(2024, 6, 3, 16, tzinfo=JST)]

"""Fee statements as they are kept: which stands, what is charged in addition or returned, and what a month comes to."""

import json
from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import applications
from denshi_hosho.core.clock import JST
from denshi_hosho.core.errors import Refused
from denshi_hosho.core.fees import classes, statements
from denshi_hosho.core.fees.restating import restate
from denshi_hosho.core.tables import application, application_step, fee_statement, guarantee_step
from denshi_hosho.core.vocabulary import ApplicationStep, FeeState, FeeStatementKind, GuaranteeKind, GuaranteeStep
from tests.core.fees.test_tariff import EXAMPLE
from tests.core.world import NOW, World, form, grown

pytestmark = pytest.mark.anyio
FROM = date(2024, 6, 1)
DAY = date(2024, 6, 3)
# 10,000,000 at 0.40 % and 9,200,000 at 0.30 %, 200 yen off.
FEE = 67_400
STATED = {"fee_statement": 1, "application_step": 1, "audit_entry": 1}


@pytest.fixture
async def charging(world: World) -> World:
    """The world, whose first surety charges by the example tariff."""
    await world.database.write(lambda c: classes.load(c, world.surety_id, EXAMPLE, FROM, NOW))
    return world


async def calculate(world: World, application_id: int, now: datetime = NOW) -> int:
    return await world.database.write(lambda c: statements.calculate(c, world.underwriter, application_id, now))


async def record(world: World, application_id: int, amount: int = FEE) -> None:
    async def work(connection: AsyncConnection) -> None:
        await statements.check_recorded(connection, world.underwriter, application_id, amount)
        await applications.record_fee_received(connection, world.underwriter, application_id, NOW, (amount, DAY))

    await world.database.write(work)


async def again(world: World, application_id: int, **changes: Any) -> None:
    """Return an application and hand it in again with changes."""

    async def work(connection: AsyncConnection) -> None:
        await applications.send_back(connection, world.underwriter, application_id, NOW, "直してください")
        await applications.resubmit(
            connection, world.contractor, application_id, form(world.surety_id, **changes), "{}", NOW
        )

    await world.database.write(work)


async def concluded(world: World, *, consolidated: bool = False, now: datetime = NOW, **changes: Any) -> int:
    """Apply, state the fee, approve, record the fee and conclude; return the guarantee's id."""
    application_id = await world.submitted(world.other if consolidated else None, **changes)
    await calculate(world, application_id)

    async def work(connection: AsyncConnection) -> None:
        await applications.approve(connection, world.underwriter, application_id, NOW, None)
        if consolidated:
            await applications.record_fee_consolidated(connection, world.underwriter, application_id, NOW)
        else:
            await applications.record_fee_received(connection, world.underwriter, application_id, NOW, (FEE, DAY))

    await world.database.write(work)
    return await world.conclude(application_id, now)


async def changed(world: World, guarantee_id: int, amount: int, now: datetime = NOW) -> int | None:
    return await world.database.write(
        lambda c: restate(
            c, world.underwriter, guarantee_id, now, reason="CHANGE", guaranteed_amount=amount, ends_on=None, day=DAY
        )
    )


async def cancelled(world: World, guarantee_id: int, day: date, now: datetime = NOW) -> int | None:
    return await world.database.write(
        lambda c: restate(
            c,
            world.underwriter,
            guarantee_id,
            now,
            reason="CANCELLATION",
            guaranteed_amount=None,
            ends_on=None,
            day=day,
        )
    )


async def refused(world: World, work: Any) -> list[str]:
    """The codes of a refusal; nothing was written."""
    before = await world.rows()
    with pytest.raises(Refused) as caught:
        await work
    assert await world.rows() == before
    return [each.code for each in caught.value.refusals]


async def test_a_statement_is_kept_with_its_lines_and_its_step(charging: World) -> None:
    application_id = await charging.submitted()
    before = await charging.rows()
    statement_id = await calculate(charging, application_id)
    assert {name: by for name, by in grown(before, await charging.rows()).items() if name != "audit_node"} == STATED
    row = await charging.one(sa.select(fee_statement).where(fee_statement.c.id == statement_id))
    assert (row.application_id, row.guarantee_id, row.kind, row.amount, row.stated_on) == (
        application_id, None, FeeStatementKind.INITIAL, FEE, DAY,
    )  # fmt: skip
    body = json.loads(row.derivation)
    assert (body["kind"], body["guaranteed_amount"], body["class"]) == ("ADVANCE_PAYMENT", 19_200_000, None)
    assert [line["yen"] for line in body["lines"]] == [40_000, 27_600, -200]
    step = sa.select(application_step.c.note).where(application_step.c.step == ApplicationStep.FEE_CALCULATED)
    assert (await charging.one(step)).note == "67,400円"


async def test_without_a_tariff_nothing_is_stated(world: World) -> None:
    application_id = await world.submitted()
    assert await refused(world, calculate(world, application_id)) == ["NO_TARIFF"]
    await world.database.write(lambda c: classes.load(c, world.surety_id, EXAMPLE, DAY + timedelta(1), NOW))
    assert await refused(world, calculate(world, application_id)) == ["NO_TARIFF"]


async def test_another_suretys_application_is_not_there(charging: World) -> None:
    application_id = await charging.submitted()
    work = charging.database.write(lambda c: statements.calculate(c, charging.rival, application_id, NOW))
    assert await refused(charging, work) == ["NOT_FOUND"]


async def test_the_fee_that_is_recorded_is_the_one_that_was_stated(charging: World) -> None:
    application_id = await charging.submitted()
    await calculate(charging, application_id)
    assert await refused(charging, record(charging, application_id, FEE + 1)) == ["FEE_DIFFERS"]
    await record(charging, application_id, FEE)
    assert await refused(charging, record(charging, application_id, FEE + 1)) == ["FEE_RECORDED"]


async def test_a_fee_that_was_received_is_not_stated_again(charging: World) -> None:
    application_id = await charging.submitted()
    await calculate(charging, application_id)
    await record(charging, application_id)
    assert await refused(charging, calculate(charging, application_id)) == ["FEE_RECORDED"]


@pytest.mark.parametrize(
    ("changes", "stands"),
    [
        ({"works_name": "直した工事"}, True),
        ({"guarantee_ends_on": date(2025, 4, 1)}, True),
        ({"guaranteed_amount": 19_000_000}, False),
        ({"kind": GuaranteeKind.PERFORMANCE}, False),
    ],
)
async def test_a_statement_for_another_amount_or_kind_is_void(
    charging: World, changes: dict[str, Any], *, stands: bool
) -> None:
    application_id = await charging.submitted()
    await calculate(charging, application_id)
    await again(charging, application_id, **changes)
    if stands:
        assert await refused(charging, record(charging, application_id, 1)) == ["FEE_DIFFERS"]
    else:
        await record(charging, application_id, 1)


@pytest.mark.parametrize(
    ("changes", "void"),
    [
        ({"works_name": "直した工事"}, False),
        ({"guaranteed_amount": 19_000_000}, True),
        ({"kind": GuaranteeKind.PERFORMANCE}, True),
        ({"guarantee_ends_on": date(2025, 4, 1)}, True),
    ],
)
async def test_a_fee_that_was_recorded_for_something_else_is_due_again(
    world: World, changes: dict[str, Any], *, void: bool
) -> None:
    application_id = await world.submitted()
    await record(world, application_id, 5)
    await again(world, application_id, **changes)
    row = await world.one(sa.select(application))
    assert (row.fee_state, row.fee_amount, row.fee_received_on) == (
        (FeeState.DUE, None, None) if void else (FeeState.RECEIVED, 5, DAY)
    )
    steps = await world.all(sa.select(application_step.c.note).order_by(application_step.c.id))
    assert steps[-1].note == (applications.FEE_VOID if void else None)


async def test_a_class_holds_from_its_day_on(charging: World) -> None:
    application_id = await charging.submitted(kind=GuaranteeKind.PERFORMANCE, guaranteed_amount=10_000_000)
    for class_, day in (("B", FROM), ("A", DAY), ("B", DAY + timedelta(1))):
        put = partial(
            classes.put, actor=charging.underwriter, application_id=application_id, told=(class_, day), now=NOW
        )
        await charging.database.write(put)
    for now, amount in ((NOW - timedelta(1), 50_000), (NOW, 35_000), (NOW + timedelta(1), 50_000)):
        statement_id = await calculate(charging, application_id, now)
        row = await charging.one(sa.select(fee_statement.c.amount).where(fee_statement.c.id == statement_id))
        assert row.amount == amount


@pytest.mark.parametrize("days", [0, -1])
async def test_a_later_tariff_begins_later(charging: World, days: int) -> None:
    load = charging.database.write(lambda c: classes.load(c, charging.surety_id, EXAMPLE, FROM + timedelta(days), NOW))
    assert await refused(charging, load) == ["TARIFF_EXISTS"]


async def test_a_tariff_holds_until_the_next_one_begins(charging: World) -> None:
    dearer = EXAMPLE.replace('percent = "0.40"', 'percent = "0.50"')
    await charging.database.write(lambda c: classes.load(c, charging.surety_id, dearer, DAY + timedelta(1), NOW))
    application_id = await charging.submitted()
    for now, amount in ((NOW, FEE), (NOW + timedelta(1), FEE + 10_000)):
        statement_id = await calculate(charging, application_id, now)
        row = await charging.one(sa.select(fee_statement.c.amount).where(fee_statement.c.id == statement_id))
        assert row.amount == amount


async def test_what_more_or_less_is_charged_after_a_change(charging: World) -> None:
    guarantee_id = await concluded(charging)
    stated = [await changed(charging, guarantee_id, amount) for amount in (20_000_000, 20_000_000, 15_000_000)]
    assert stated[1] is None
    rows = await charging.all(sa.select(fee_statement).order_by(fee_statement.c.id))
    assert [(row.kind, row.amount, row.guarantee_id) for row in rows[1:]] == [
        (FeeStatementKind.ADDITIONAL, 2_400, guarantee_id), (FeeStatementKind.REFUND, 15_000, guarantee_id),
    ]  # fmt: skip
    assert [sum(line["yen"] for line in json.loads(row.derivation)["lines"]) for row in rows] == [FEE, 2_400, -15_000]
    steps = await charging.all(sa.select(guarantee_step.c.step, guarantee_step.c.note).order_by(guarantee_step.c.id))
    assert [tuple(step) for step in steps] == [
        (GuaranteeStep.FEE_STATED, "2,400円"), (GuaranteeStep.REFUND_STATED, "15,000円"),
    ]  # fmt: skip


async def test_what_is_returned_after_a_cancellation(charging: World) -> None:
    guarantee_id = await concluded(charging)
    await changed(charging, guarantee_id, 20_000_000)
    # 286 days from 2024-06-03 to 2025-03-15; after 2024-12-31 there are 74. 69,800 × 74 ÷ 286 = 18,060.1
    statement_id = await cancelled(charging, guarantee_id, date(2024, 12, 31))
    row = await charging.one(sa.select(fee_statement).where(fee_statement.c.id == statement_id))
    assert (row.kind, row.amount) == (FeeStatementKind.REFUND, 18_060)


async def test_nothing_is_returned_where_the_tariff_returns_nothing(charging: World) -> None:
    guarantee_id = await concluded(charging, kind=GuaranteeKind.PERFORMANCE)
    before = await charging.rows()
    assert await cancelled(charging, guarantee_id, DAY) is None
    assert await charging.rows() == before


async def test_nothing_is_restated_where_nothing_that_stands_was_stated(charging: World) -> None:
    application_id = await charging.submitted()
    await calculate(charging, application_id)
    await again(charging, application_id, guaranteed_amount=10_000_000)
    await record(charging, application_id, 1)
    await charging.database.write(lambda c: applications.approve(c, charging.underwriter, application_id, NOW, None))
    guarantee_id = await charging.conclude(application_id)
    before = await charging.rows()
    assert await changed(charging, guarantee_id, 20_000_000) is None
    assert await cancelled(charging, guarantee_id, DAY) is None
    assert await charging.rows() == before


async def month(world: World, first: date, after: date) -> list[tuple[FeeStatementKind, int]]:
    who = world.other.principal_id
    assert who is not None
    async with world.database.read() as connection:
        rows = await statements.month_of(connection, who, world.surety_id, first, after)
    return [(row.kind, row.amount) for row in rows]


JUNE, JULY, AUGUST = date(2024, 6, 1), date(2024, 7, 1), date(2024, 8, 1)


async def test_a_month_has_what_was_concluded_in_it_and_what_was_stated_since(charging: World) -> None:
    last = datetime(2024, 6, 30, 23, 59, 59, tzinfo=JST)
    guarantee_id = await concluded(charging, consolidated=True, now=last)
    await concluded(charging, consolidated=True, now=last + timedelta(seconds=1), guaranteed_amount=10_000_000)
    await concluded(charging)
    await changed(charging, guarantee_id, 20_000_000, last)
    await cancelled(charging, guarantee_id, date(2024, 7, 1), last + timedelta(1))
    waiting = await charging.submitted(charging.other)
    await calculate(charging, waiting)
    # 69,800 × 257 ÷ 259 days from 2024-06-30 to 2025-03-15.
    assert await month(charging, JUNE, JULY) == [(FeeStatementKind.INITIAL, FEE), (FeeStatementKind.ADDITIONAL, 2_400)]
    assert await month(charging, JULY, AUGUST) == [
        (FeeStatementKind.INITIAL, 39_800), (FeeStatementKind.REFUND, 69_800 * 257 // 259),
    ]  # fmt: skip


async def test_a_month_charges_the_newest_first_statement_alone(charging: World) -> None:
    application_id = await charging.submitted(charging.other)
    await calculate(charging, application_id)
    dearer = EXAMPLE.replace('percent = "0.40"', 'percent = "0.50"')
    await charging.database.write(lambda c: classes.load(c, charging.surety_id, dearer, DAY, NOW))
    await calculate(charging, application_id)

    async def work(connection: AsyncConnection) -> None:
        await applications.approve(connection, charging.underwriter, application_id, NOW, None)
        await applications.record_fee_consolidated(connection, charging.underwriter, application_id, NOW)

    await charging.database.write(work)
    await charging.conclude(application_id)
    assert await month(charging, JUNE, JULY) == [(FeeStatementKind.INITIAL, FEE + 10_000)]

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any, TypeAlias

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import applications, issuing
from denshi_hosho.core.errors import Refused
from denshi_hosho.core.money import MAX_YEN
from denshi_hosho.core.tables import application, application_step, branch
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import ApplicationState, ApplicationStep, FeeState
from tests.core.world import NOW, RECORD, World, form, grown

pytestmark = pytest.mark.anyio
State: TypeAlias = ApplicationState
Step: TypeAlias = ApplicationStep
LATER = NOW + timedelta(hours=1)
FEE = 100_000, date(2024, 6, 3)
Operation = Callable[[AsyncConnection, World, Actor, int], Awaitable[object]]


async def conclude(connection: AsyncConnection, world: World, actor: Actor, application_id: int) -> None:
    row = await issuing.approved(connection, actor, application_id)
    await issuing.issue(connection, row, RECORD, world.conclusion())


OPERATIONS: dict[str, tuple[Operation, set[ApplicationState]]] = {
    "resubmit": (
        lambda c, w, who, a: applications.resubmit(c, who, a, form(w.surety_id), "{}", LATER), {State.RETURNED},
    ),
    "send_back": (lambda c, _w, who, a: applications.send_back(c, who, a, LATER, "理由"), {State.SUBMITTED}),
    "decline": (lambda c, _w, who, a: applications.decline(c, who, a, LATER, "理由"), {State.SUBMITTED}),
    "withdraw": (
        lambda c, _w, who, a: applications.withdraw(c, who, a, LATER, "理由"), {State.SUBMITTED, State.RETURNED, State.APPROVED},
    ),
    "approve": (lambda c, _w, who, a: applications.approve(c, who, a, LATER, None), {State.SUBMITTED}),
    "fee received": (
        lambda c, _w, who, a: applications.record_fee_received(c, who, a, LATER, FEE), {State.SUBMITTED, State.APPROVED},
    ),
    "fee consolidated": (
        lambda c, _w, who, a: applications.record_fee_consolidated(c, who, a, LATER), {State.SUBMITTED, State.APPROVED},
    ),
    "conclude": (conclude, {State.APPROVED}),
}  # fmt: skip
WRONG = [(name, state) for name, (_, allowed) in OPERATIONS.items() for state in State if state not in allowed]


async def put(world: World, application_id: int, **values: Any) -> None:
    mine = sa.update(application).where(application.c.id == application_id).values(values)
    await world.database.write(lambda connection: connection.execute(mine))


async def do(world: World, name: str, application_id: int, actor: Actor | None = None) -> None:
    who = actor or (world.contractor if name in {"resubmit", "withdraw"} else world.underwriter)
    await world.database.write(lambda connection: OPERATIONS[name][0](connection, world, who, application_id))


async def stored(world: World, application_id: int) -> Any:
    return await world.one(sa.select(application).where(application.c.id == application_id))


async def steps(world: World) -> list[tuple[Any, ...]]:
    columns = application_step.c.step, application_step.c.account_id, application_step.c.note, application_step.c.at
    return [tuple(row) for row in await world.all(sa.select(*columns).order_by(application_step.c.id))]


async def refused(world: World, name: str, application_id: int, actor: Actor | None = None) -> Refused:
    """Do it; it must be refused and have written nothing."""
    before, row = await world.rows(), await stored(world, application_id)
    with pytest.raises(Refused) as caught:
        await do(world, name, application_id, actor)
    assert grown(before, await world.rows()) == {}
    assert await stored(world, application_id) == row
    return caught.value


async def test_every_step_from_every_wrong_state_is_refused(world: World) -> None:
    application_id = await world.submitted()
    assert len(WRONG) == 8 * 6 - 12
    for name, state in WRONG:
        await put(world, application_id, state=state)
        (refusal,) = (await refused(world, name, application_id)).refusals
        assert (refusal.code, refusal.path) == ("WRONG_STATE", ("application_id",))
        assert f"「{state.ja}」です" in refusal.ja
        assert f"The application is {state};" in refusal.en
        for allowed in OPERATIONS[name][1]:
            assert allowed.ja in refusal.ja
            assert allowed in refusal.en


@pytest.mark.parametrize("name", OPERATIONS)
async def test_the_application_of_others_is_not_there(world: World, name: str) -> None:
    application_id = await world.submitted()
    state = next(iter(OPERATIONS[name][1]))
    await put(world, application_id, state=state)
    for stranger in (world.other, world.rival):
        assert (await refused(world, name, application_id, stranger)).refusals == (applications.NOT_FOUND,)
    with pytest.raises(Refused) as caught:
        await do(world, name, application_id + 1)
    assert caught.value.refusals == (applications.NOT_FOUND,)


async def test_an_application_is_kept_as_it_was_filled_in(world: World) -> None:
    filled = form(world.surety_id, covered_price=30_000_000, depositary_bank="三菱UFJ銀行 東京支店", urgent=True)
    before = await world.rows()
    application_id = await world.database.write(
        lambda c: applications.submit(c, world.contractor, filled, '{"a":1}', NOW)
    )
    assert grown(before, await world.rows()) == {"application": 1, "application_step": 1, "audit_entry": 1}
    row = (await stored(world, application_id))._asdict()
    for name in ("surety_id", "kind", "obligee", "obligee_name", "delivery", "works_name", "contract_price", "covered_price",
                 "guaranteed_amount", "completion_on", "guarantee_ends_on", "depositary_bank", "urgent"):  # fmt: skip
        assert row[name] == getattr(filled, name)
    assert (row["principal_id"], row["facts"], row["state"], row["fee_state"], row["branch_id"], row["submitted_at"]) == (
        world.contractor.principal_id, '{"a":1}', State.SUBMITTED, FeeState.DUE, None, NOW,
    )  # fmt: skip
    assert await steps(world) == [(Step.SUBMITTED, world.contractor.account_id, None, NOW)]


@pytest.mark.parametrize(
    ("name", "state", "step"),
    [("send_back", State.RETURNED, Step.RETURNED), ("decline", State.DECLINED, Step.DECLINED)],
)
async def test_a_judgement_is_kept_with_its_reason(world: World, name: str, state: State, step: Step) -> None:
    application_id = await world.submitted()
    await do(world, name, application_id)
    assert (await stored(world, application_id)).state is state
    assert (await steps(world))[1:] == [(step, world.underwriter.account_id, "理由", LATER)]


@pytest.mark.parametrize("state", [State.SUBMITTED, State.RETURNED, State.APPROVED])
async def test_an_application_is_withdrawn_with_its_reason_before_it_is_concluded(world: World, state: State) -> None:
    application_id = await world.submitted()
    await put(world, application_id, state=state)
    before = await world.rows()
    await do(world, "withdraw", application_id)
    assert (await stored(world, application_id)).state is State.WITHDRAWN
    assert (await steps(world))[1:] == [(Step.WITHDRAWN, world.contractor.account_id, "理由", LATER)]
    assert grown(before, await world.rows()) == {"application_step": 1, "audit_entry": 1, "audit_node": 1}


async def test_a_returned_application_comes_back_with_its_new_content(world: World) -> None:
    application_id = await world.submitted()
    await do(world, "send_back", application_id)
    new = form(world.surety_id, works_name="直した工事", guaranteed_amount=1, contract_price=2)
    await world.database.write(
        lambda c: applications.resubmit(c, world.contractor, application_id, new, '{"b":2}', LATER)
    )
    row = await stored(world, application_id)
    assert (row.works_name, row.guaranteed_amount, row.contract_price, row.facts, row.state, row.submitted_at) == (
        "直した工事", 1, 2, '{"b":2}', State.SUBMITTED, NOW,
    )  # fmt: skip
    assert [step[0] for step in await steps(world)] == [Step.SUBMITTED, Step.RETURNED, Step.RESUBMITTED]


async def test_a_returned_application_stays_with_its_surety(world: World) -> None:
    application_id = await world.submitted()
    await do(world, "send_back", application_id)
    before = await world.rows()
    elsewhere = form(world.rival_id)
    with pytest.raises(Refused) as caught:
        await world.database.write(
            lambda c: applications.resubmit(c, world.contractor, application_id, elsewhere, "{}", LATER)
        )
    assert [(each.code, each.path) for each in caught.value.refusals] == [
        ("SURETY_CHANGED", ("application", "surety_id"))
    ]
    assert grown(before, await world.rows()) == {}


async def test_the_only_branch_handles_it(world: World) -> None:
    application_id = await world.submitted()
    await do(world, "approve", application_id)
    row = await stored(world, application_id)
    assert (row.state, row.branch_id) == (State.APPROVED, world.branch_id)
    assert (await steps(world))[-1] == (Step.APPROVED, world.underwriter.account_id, None, LATER)


async def test_of_several_branches_one_must_be_said_and_be_the_suretys_own(world: World) -> None:
    def add(surety_id: int) -> sa.Insert:
        return sa.insert(branch).values(surety_id=surety_id, name="第二", address="東京", tel="03")

    await world.database.write(lambda connection: connection.execute(add(world.surety_id)))
    await world.database.write(lambda connection: connection.execute(add(world.rival_id)))
    ids = {row.surety_id: row.id for row in await world.all(sa.select(branch).order_by(branch.c.id))}
    application_id = await world.submitted()
    before = await world.rows()

    async def approve(branch_id: int | None) -> None:
        await world.database.write(lambda c: applications.approve(c, world.underwriter, application_id, NOW, branch_id))

    for wrong in (None, ids[world.rival_id], 10**9):
        with pytest.raises(Refused) as caught:
            await approve(wrong)
        assert [(each.code, each.path) for each in caught.value.refusals] == [("BRANCH_NEEDED", ("branch_id",))]
    assert grown(before, await world.rows()) == {}
    second = ids[world.surety_id]
    await approve(second)
    assert (await stored(world, application_id)).branch_id == second


async def test_a_surety_without_branches_cannot_approve(world: World) -> None:
    application_id = await world.submitted(surety_id=world.rival_id)
    assert [each.code for each in (await refused(world, "approve", application_id, world.rival)).refusals] == [
        "BRANCH_NEEDED"
    ]


@pytest.mark.parametrize("state", [State.SUBMITTED, State.APPROVED])
async def test_a_fee_is_recorded_as_received(world: World, state: State) -> None:
    application_id = await world.submitted()
    await put(world, application_id, state=state)
    await do(world, "fee received", application_id)
    row = await stored(world, application_id)
    assert (row.fee_state, row.fee_amount, row.fee_received_on, row.state) == (FeeState.RECEIVED, *FEE, state)
    assert (await steps(world))[-1] == (Step.FEE_RECORDED, world.underwriter.account_id, "領収済み", LATER)


async def test_a_fee_is_recorded_once(world: World) -> None:
    application_id = await world.submitted(world.other)
    for state in (FeeState.RECEIVED, FeeState.CONSOLIDATED):
        await put(world, application_id, fee_state=state)
        for name in ("fee received", "fee consolidated"):
            (refusal,) = (await refused(world, name, application_id)).refusals
            assert refusal.code == "FEE_RECORDED"
            assert state.ja in refusal.ja
            assert state in refusal.en


async def test_only_a_consolidated_payment_customer_pays_later(world: World) -> None:
    (refusal,) = (await refused(world, "fee consolidated", await world.submitted())).refusals
    assert (refusal.code, refusal.path) == ("NOT_CONSOLIDATED", ("consolidated",))
    application_id = await world.submitted(world.other)
    await do(world, "fee consolidated", application_id)
    row = await stored(world, application_id)
    assert (row.fee_state, row.fee_amount, row.fee_received_on) == (FeeState.CONSOLIDATED, None, None)
    assert (await steps(world))[-1][2] == "一括後払"


@pytest.mark.parametrize(
    ("amount", "right"), [(0, False), (-1, False), (MAX_YEN + 1, False), (1, True), (MAX_YEN, True)]
)
async def test_a_fee_is_one_yen_to_ten_trillion(world: World, amount: int, *, right: bool) -> None:
    application_id = await world.submitted()
    record = applications.record_fee_received
    fee = amount, date(2024, 6, 3)
    if right:
        await world.database.write(lambda c: record(c, world.underwriter, application_id, NOW, fee))
        assert (await stored(world, application_id)).fee_amount == amount
        return
    with pytest.raises(Refused) as caught:
        await world.database.write(lambda c: record(c, world.underwriter, application_id, NOW, fee))
    assert [(each.code, each.path) for each in caught.value.refusals] == [("AMOUNT_OUT_OF_RANGE", ("amount",))]
    assert (await stored(world, application_id)).fee_state is FeeState.DUE

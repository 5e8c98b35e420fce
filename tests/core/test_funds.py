"""The use of an advance and its withdrawal: what is refused, what adds up, and what is never exceeded."""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.auditing import verify
from denshi_hosho.core.errors import Refused
from denshi_hosho.core.funds import evidence, statements, withdrawals
from denshi_hosho.core.funds.checking import FundsLine, check_lines
from denshi_hosho.core.funds.standing import Standing, standing
from denshi_hosho.core.funds.withdrawals import Drawn
from denshi_hosho.core.interim import received
from denshi_hosho.core.tables import funds_line, funds_statement, guarantee, guarantee_step, withdrawal, withdrawal_line
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import Evidence, FundsItem, FundsState, GuaranteeKind, GuaranteeStep, WithdrawalState
from tests.core.world import NOTARY, NOW, World

pytestmark = pytest.mark.anyio
ADVANCE = 19_200_000
DAY = date(2024, 6, 3)
LINES = (
    FundsLine(item=FundsItem.MATERIALS, description="鉄筋", total_cost=12_000_000, from_advance=10_000_000),
    FundsLine(item=FundsItem.LABOUR, from_advance=4_400_000),
    FundsLine(item=FundsItem.SITE_OVERHEADS, from_advance=4_800_000),
    FundsLine(item=FundsItem.MACHINE_RENTAL),
)
Work = Callable[[AsyncConnection], Coroutine[Any, Any, int]]


class Funds:
    """What the principal and the surety do with the advance of one guarantee."""

    def __init__(self, world: World, guarantee_id: int) -> None:
        self.world, self.guarantee_id, self.statement_id = world, guarantee_id, 0

    async def do(self, work: Work) -> int:
        return await self.world.database.write(work)

    async def receive(self, amount: int = ADVANCE) -> None:
        await self.world.database.write(
            lambda c: received.record(c, self.world.contractor, self.guarantee_id, amount, DAY, NOW)
        )

    async def state(self, *lines: FundsLine) -> int:
        return await self.do(
            lambda c: statements.state(c, self.world.contractor, self.guarantee_id, lines or LINES, NOW)
        )

    async def consent(self, statement_id: int) -> int:
        return await self.do(lambda c: statements.consent(c, self.world.underwriter, statement_id, NOW))

    async def lines(self) -> list[int]:
        """The ids of the lines of the version that is consented to."""
        columns = sa.select(funds_line.c.id).join(funds_statement).order_by(funds_line.c.line)
        mine = funds_statement.c.guarantee_id == self.guarantee_id, funds_statement.c.state == FundsState.CONSENTED
        return [row.id for row in await self.world.all(columns.where(*mine))]

    async def request(self, *amounts: int, papers: tuple[Evidence, ...] = ()) -> int:
        """Ask for these amounts of the first lines."""
        ids = await self.lines()
        drawn = [
            Drawn(funds_line_id=line, amount=yen, evidence=papers)
            for line, yen in zip(ids, amounts, strict=False)
            if yen
        ]
        return await self.ask(*drawn)

    async def ask(self, *drawn: Drawn) -> int:
        return await self.do(
            lambda c: withdrawals.request(c, self.world.contractor, self.guarantee_id, (drawn, None), NOW)
        )

    async def end(self, withdrawal_id: int, step: GuaranteeStep) -> int:
        who = self.world.contractor if step is GuaranteeStep.WITHDRAWAL_CANCELLED else self.world.underwriter
        return await self.do(lambda c: withdrawals.end(c, who, withdrawal_id, (step, "理由"), NOW))

    async def approve(self, withdrawal_id: int) -> int:
        return await self.do(lambda c: withdrawals.approve(c, self.world.underwriter, withdrawal_id, NOW))

    async def pay(self, withdrawal_id: int, day: date = DAY) -> int:
        return await self.do(lambda c: withdrawals.paid(c, self.world.underwriter, withdrawal_id, day, NOW))

    async def stands(self) -> Standing:
        async with self.world.database.read() as connection:
            return await standing(connection, self.guarantee_id)

    async def refused(self, *codes: str, doing: Coroutine[Any, Any, Any]) -> None:
        """What is done is refused with these codes, and nothing was written."""
        before = await self.world.rows()
        with pytest.raises(Refused) as refused:
            await doing
        assert [each.code for each in refused.value.refusals] == list(codes)
        assert await self.world.rows() == before


@pytest.fixture
async def funds(world: World) -> Funds:
    """An advance that came in, and a statement that is consented to."""
    made = Funds(world, await world.concluded())
    await made.receive()
    await made.consent(await made.state())
    return made


async def test_what_was_requested_approved_and_paid_adds_up(funds: Funds) -> None:
    first = await funds.request(1_000_000, 400_000)
    second = await funds.request(2_000_000)
    await funds.approve(first)
    assert await funds.stands() == Standing(
        guarantee_id=funds.guarantee_id, advance=ADVANCE, requested=2_000_000, approved=1_400_000, paid=0
    )
    await funds.pay(first)
    await funds.end(second, GuaranteeStep.WITHDRAWAL_CANCELLED)
    stands = await funds.stands()
    assert (stands.paid, stands.balance, stands.available) == (1_400_000, 17_800_000, 17_800_000)
    row = await funds.world.one(sa.select(withdrawal).where(withdrawal.c.id == second))
    assert (row.state, row.reason) == (WithdrawalState.CANCELLED, "理由")


@pytest.mark.parametrize("day", [DAY - timedelta(days=1), date.min])
async def test_nothing_is_paid_out_before_the_day_of_its_request(funds: Funds, day: date) -> None:
    asked = await funds.request(1_000)
    await funds.approve(asked)
    await funds.refused("PAID_BEFORE_REQUEST", doing=funds.pay(asked, day))
    await funds.pay(asked)


async def test_a_statement_above_its_limit_is_told_which_limit_it_is(world: World) -> None:
    funds, over = Funds(world, await world.concluded()), FundsLine(item=FundsItem.MATERIALS, from_advance=ADVANCE + 1)
    with pytest.raises(Refused) as before:
        await funds.state(over)
    await funds.receive()
    with pytest.raises(Refused) as after:
        await funds.state(over)
    assert "保証金額(19,200,000円)" in before.value.refusals[0].ja
    assert "前払金額(19,200,000円)" in after.value.refusals[0].ja


async def test_an_advance_is_told_once_nothing_was_asked_for_and_up_to_what_is_guaranteed(world: World) -> None:
    funds = Funds(world, await world.concluded())
    await funds.refused("ADVANCE_ABOVE_GUARANTEED_AMOUNT", doing=funds.receive(ADVANCE + 1))
    await funds.receive(5_000_000)
    await funds.receive(ADVANCE)
    row = await world.one(sa.select(guarantee).where(guarantee.c.id == funds.guarantee_id))
    assert (row.advance_amount, row.advance_received_on) == (ADVANCE, DAY)
    await funds.consent(await funds.state())
    asked = await funds.request(1)
    await funds.refused("ADVANCE_WITHDRAWN", doing=funds.receive())
    await funds.end(asked, GuaranteeStep.WITHDRAWAL_RETURNED)
    await funds.receive(18_000_000)
    await funds.refused("FUNDS_ABOVE_ADVANCE", "OVERHEADS_ABOVE_SHARE", doing=funds.request(1))


async def test_nothing_is_withdrawn_before_advance_and_consent(world: World) -> None:
    funds = Funds(world, await world.concluded())
    await funds.refused("ADVANCE_NOT_RECEIVED", doing=funds.ask(Drawn(funds_line_id=1, amount=1)))
    await funds.receive()
    stated = await funds.state()
    await funds.refused("FUNDS_NOT_CONSENTED", doing=funds.ask(Drawn(funds_line_id=1, amount=1)))
    await funds.consent(stated)
    await funds.refused("FUNDS_LINE_UNDETERMINED", doing=funds.request(0, 0, 0, 1))
    await funds.refused("FUNDS_LINE_UNKNOWN", doing=funds.ask(Drawn(funds_line_id=999_999, amount=1)))
    await funds.refused("WITHDRAWAL_ABOVE_LINE", "WITHDRAWAL_ABOVE_ITEM", doing=funds.request(10_000_001))
    await funds.request(10_000_000)
    await funds.refused("WITHDRAWAL_ABOVE_LINE", "WITHDRAWAL_ABOVE_ITEM", doing=funds.request(1))


async def test_a_performance_guarantee_has_no_advance(world: World) -> None:
    funds = Funds(world, await world.concluded(kind=GuaranteeKind.PERFORMANCE, guaranteed_amount=4_800_000))
    await funds.refused("NO_ADVANCE", doing=funds.receive(1))
    await funds.refused("NO_ADVANCE", doing=funds.state())


@pytest.mark.parametrize(
    ("kind", "lines", "codes"),
    [
        (GuaranteeKind.ADVANCE_PAYMENT, [(FundsItem.MATERIALS, ADVANCE + 1)], ["FUNDS_ABOVE_ADVANCE"]),
        (GuaranteeKind.ADVANCE_PAYMENT, [(FundsItem.SITE_OVERHEADS, 4_800_001)], ["OVERHEADS_ABOVE_SHARE"]),
        (GuaranteeKind.INTERIM_ADVANCE_PAYMENT, [(FundsItem.SITE_OVERHEADS, 1)], ["OVERHEADS_NOT_FROM_INTERIM"]),
    ],
)
async def test_a_statement_keeps_to_the_advance(
    world: World, kind: GuaranteeKind, lines: list[tuple[FundsItem, int]], codes: list[str]
) -> None:
    funds = Funds(world, await world.concluded(kind=kind))
    stated = [FundsLine(item=item, from_advance=yen) for item, yen in lines]
    await funds.refused(*codes, doing=funds.state(*stated))  # not told yet: the guaranteed amount is the limit


@pytest.mark.parametrize(
    ("line", "code", "path"),
    [
        (FundsLine(item=FundsItem.POWER, total_cost=0), "AMOUNT_OUT_OF_RANGE", "total_cost"),
        (FundsLine(item=FundsItem.POWER, from_advance=10**13 + 1), "AMOUNT_OUT_OF_RANGE", "from_advance"),
        (FundsLine(item=FundsItem.POWER, total_cost=1, from_advance=2), "FUNDS_ABOVE_COST", "from_advance"),
        (FundsLine(item=FundsItem.POWER, payee="a\nb"), "TEXT_CONTROL_CHARACTER", "payee"),
        (FundsLine(item=FundsItem.POWER, payee="\ud800"), "TEXT_CONTROL_CHARACTER", "payee"),
        (FundsLine(item=FundsItem.POWER, description=""), "TEXT_LENGTH", "description"),
        (FundsLine(item=FundsItem.POWER, planned="あ" * 51), "TEXT_LENGTH", "planned"),
        (FundsLine(item=FundsItem.POWER, quantity="😀"), "TEXT_NOT_PRINTABLE", "quantity"),
    ],
)
def test_what_is_wrong_with_a_line_names_its_place(line: FundsLine, code: str, path: str) -> None:
    with pytest.raises(Refused) as refused:
        check_lines([LINES[0], line])
    assert [(each.code, each.path) for each in refused.value.refusals] == [(code, ("lines", "1", path))]


def test_a_statement_has_one_to_a_hundred_lines() -> None:
    check_lines([LINES[0]] * 100)
    for wrong in ([], [LINES[0]] * 101):
        with pytest.raises(Refused) as refused:
            check_lines(wrong)
        assert [each.code for each in refused.value.refusals] == ["LINES_COUNT"]


async def test_a_new_version_takes_the_place_of_the_one_before(funds: Funds) -> None:
    await funds.state()
    waiting = await funds.state()
    await funds.consent(waiting)
    rows = await funds.world.all(sa.select(funds_statement).order_by(funds_statement.c.version))
    assert [(row.version, row.state) for row in rows] == [
        (1, FundsState.REPLACED), (2, FundsState.REPLACED), (3, FundsState.CONSENTED),
    ]  # fmt: skip
    await funds.refused("WRONG_STATE", doing=funds.consent(waiting))


async def test_a_new_version_is_not_below_what_was_asked_for(funds: Funds) -> None:
    ready = await funds.state(FundsLine(item=FundsItem.MATERIALS, from_advance=100))
    await funds.request(101)
    await funds.refused("FUNDS_BELOW_WITHDRAWN", doing=funds.consent(ready))
    less = FundsLine(item=FundsItem.MATERIALS, from_advance=100)
    await funds.refused("FUNDS_BELOW_WITHDRAWN", doing=funds.state(less))
    await funds.consent(await funds.state(less, FundsLine(item=FundsItem.MATERIALS, from_advance=10)))
    # What was drawn of the old version's line counts for the item: 9 yen are left of it.
    await funds.refused("WITHDRAWAL_ABOVE_ITEM", doing=funds.request(0, 10))
    await funds.request(9)


async def test_a_returned_statement_says_why(world: World) -> None:
    funds = Funds(world, await world.concluded())
    stated = await funds.state()
    await funds.do(lambda c: statements.send_back(c, world.underwriter, stated, "支払先が未記入です", NOW))
    row = await world.one(sa.select(funds_statement))
    assert (row.state, row.note) == (FundsState.RETURNED, "支払先が未記入です")
    await funds.refused("WRONG_STATE", doing=funds.consent(stated))


async def test_requests_at_the_same_moment_never_exceed_the_advance(funds: Funds) -> None:
    answers = await asyncio.gather(*(funds.request(3_000_000) for _ in range(6)), return_exceptions=True)
    assert [type(each) for each in answers].count(int) == 3
    assert (await funds.stands()).requested == 9_000_000
    assert all(each.refusals[0].code == "WITHDRAWAL_ABOVE_LINE" for each in answers if isinstance(each, Refused))


async def test_others_see_none_of_it(funds: Funds) -> None:
    world, asked = funds.world, await funds.request(1)

    async def approve(who: Actor) -> int:
        return await funds.do(lambda c: withdrawals.approve(c, who, asked, NOW))

    async def receive(who: Actor) -> None:
        await world.database.write(lambda c: received.record(c, who, funds.guarantee_id, 1, DAY, NOW))

    for who in (world.other, world.rival):
        await funds.refused("NOT_FOUND", doing=approve(who))
        await funds.refused("NOT_FOUND", doing=receive(who))


async def test_approving_asks_for_the_papers_that_the_surety_wants(funds: Funds) -> None:
    world = funds.world
    file = Path(__file__).parents[2] / "examples" / "evidence_example.toml"
    checklist = evidence.parse(file.read_text())
    assert checklist.example
    none, some = await funds.request(1), await funds.request(1, papers=(Evidence.ORDER, Evidence.INVOICE))
    await funds.approve(none)
    await world.database.write(lambda c: evidence.put(c, world.surety_id, checklist))
    assert evidence.read((await funds.stands()).evidence) == checklist
    await funds.refused("EVIDENCE_MISSING", doing=funds.approve(some))
    await funds.approve(await funds.request(1, papers=(Evidence.DELIVERY_NOTE, Evidence.ORDER, Evidence.INVOICE)))


@pytest.mark.parametrize(
    "text",
    [
        "name =", 'name = "例"', 'name = "本物"\nexample = true\n[items]\nLABOUR = []', 'name = "例"\nexample = true\nitems = {}',
        'name = "例"\nexample = true\n[items]\nWAGES = []', 'name = "例"\nexample = true\n[items]\nLABOUR = ["X"]',
        'name = "例"\nexample = true\nmore = 1\n[items]\nLABOUR = []', 'name = "例"\nexample = true\n[items]\nLABOUR = [[]]',
    ],
)  # fmt: skip
def test_a_checklist_that_is_none_is_refused_with_its_place(text: str) -> None:
    with pytest.raises(evidence.ChecklistMalformed):
        evidence.parse(text)


async def test_every_step_stands_in_the_timeline(funds: Funds) -> None:
    asked = await funds.request(1_000)
    await funds.approve(asked)
    await funds.pay(asked)
    rows = await funds.world.all(sa.select(guarantee_step).order_by(guarantee_step.c.id))
    assert [(row.step.name, row.note) for row in rows] == [
        ("ADVANCE_RECEIVED", "2024-06-03 19,200,000円"), ("FUNDS_STATED", "第1版"), ("FUNDS_CONSENTED", "第1版"),
        ("WITHDRAWAL_REQUESTED", "1,000円"), ("WITHDRAWAL_APPROVED", "1,000円"), ("WITHDRAWAL_PAID", "1,000円"),
    ]  # fmt: skip


async def found(world: World) -> list[str]:
    """What the auditor finds, by code."""
    return [each.code for each in await verify(world.database, keys=NOTARY.verifier_keys)]


ALTERED = {
    "a line's amount": sa.update(funds_line).where(funds_line.c.line == 1).values(from_advance=10_000_001),
    "a line's payee": sa.update(funds_line).where(funds_line.c.line == 2).values(payee="別の会社"),
    "what is withdrawn": sa.update(withdrawal_line).values(amount=999),
    "for what it is withdrawn": sa.update(withdrawal_line).values(payee="別の会社"),
}


@pytest.mark.parametrize("altered", ALTERED)
async def test_an_altered_line_is_found(funds: Funds, altered: str) -> None:
    await funds.request(1_000)
    assert await found(funds.world) == []
    await funds.world.execute(ALTERED[altered])
    assert await found(funds.world) == ["ROW_ALTERED"]


async def test_a_line_put_in_is_found(funds: Funds) -> None:
    row = {"funds_statement_id": sa.select(funds_statement.c.id).scalar_subquery(), "line": 5, "item": FundsItem.POWER}
    await funds.world.execute(sa.insert(funds_line).values(row))
    assert await found(funds.world) == ["ROW_ALTERED"]

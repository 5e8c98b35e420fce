from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import event

from denshi_hosho.core import guarantees, keys, queue
from denshi_hosho.core.certificate import Certificate
from denshi_hosho.core.guarantees import GuaranteeOrder, Search, SearchField
from denshi_hosho.core.paging import Page, Window
from denshi_hosho.core.queue import ApplicationOrder
from denshi_hosho.core.tables import branch, surety
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import (
    ApplicationState,
    ApplicationStep,
    Change,
    GuaranteeKind,
    KeyEventKind,
    Medium,
    SuretyClass,
)
from denshi_hosho.examples.leaflets import TOKYO_BRANCH, WEST_JAPAN
from tests.core.world import NOW, World, form

pytestmark = pytest.mark.anyio
NAMES = [
    ("国道９号 道路改良工事（その１）", "松江市"),
    ("ｶﾞｰﾄﾞﾚｰﾙ設置 100% ABC", "中種子町"),
    ("バイパス a_c 工事 C:\\temp", "松江市上下水道局"),
]


@pytest.fixture
async def shelf(world: World) -> World:
    """The world with three guarantees of the contractor's and one of the other principal's."""
    for day, (works_name, obligee_name) in enumerate(NAMES):
        await world.concluded(
            works_name=works_name, obligee_name=obligee_name, guaranteed_amount=3 - day, now=NOW + timedelta(days=-day)
        )
    await world.concluded(world.other, works_name="別の工事", obligee_name="松江市")
    return world


async def listed(
    world: World, text: str = "", field: SearchField = SearchField.ALL, by: GuaranteeOrder = GuaranteeOrder.OLDEST,
    actor: Actor | None = None, wanted: frozenset[str] = frozenset({"works_name", "number"}),
) -> Page:  # fmt: skip
    async with world.database.read() as connection:
        return await guarantees.list_guarantees(
            connection, actor or world.contractor, Search(text, field), by, Window(), wanted
        )


async def numbers(world: World, *given: Any, **named: Any) -> list[int]:
    """Which guarantees are found: 0, 1, 2 are the contractor's, 3 the other's."""
    return [int(row.number) - 1_070_000_473 for row in (await listed(world, *given, **named)).rows]


@pytest.mark.parametrize(
    ("text", "field", "found"),
    [
        ("", SearchField.ALL, [0, 1, 2]), ("　 ", SearchField.ALL, [0, 1, 2]), ("工事", SearchField.ALL, [0, 2]),
        ("国道9号道路", SearchField.WORKS_NAME, [0]), ("国道 ９ 号", SearchField.ALL, [0]), ("(その1)", SearchField.ALL, [0]),
        ("ガードレール", SearchField.ALL, [1]), ("がーど", SearchField.ALL, []), ("ａｂｃ", SearchField.ALL, [1]),
        ("abc", SearchField.OBLIGEE, []), ("松江市", SearchField.OBLIGEE, [0, 2]), ("松江市", SearchField.WORKS_NAME, []),
        ("中種子", SearchField.ALL, [1]), ("1070000474", SearchField.NUMBER, [1]), ("１０７００００４７４", SearchField.NUMBER, [1]),
        ("00047", SearchField.NUMBER, [0, 1, 2]), ("00047", SearchField.OBLIGEE, []), ("474", SearchField.ALL, [1]),
        ("%", SearchField.ALL, [1]), ("100%", SearchField.ALL, [1]), ("_", SearchField.ALL, [2]), ("a_c", SearchField.ALL, [2]),
        ("％", SearchField.ALL, [1]), ("＿", SearchField.ALL, [2]), ("\\", SearchField.ALL, [2]), ("c:\\t", SearchField.ALL, [2]),
        ("/", SearchField.ALL, []), ("'", SearchField.ALL, []), ("' OR '1'='1", SearchField.ALL, []), ("*", SearchField.ALL, []),
        ("別の工事", SearchField.ALL, []), ("ハ\u3099イハ\u309aス", SearchField.ALL, [2]), ("工" * 100_000, SearchField.ALL, []),
        ("%" * 30_000, SearchField.NUMBER, []),
    ],
)  # fmt: skip
async def test_a_search_finds_by_width_case_and_field(
    shelf: World, text: str, field: SearchField, found: list[int]
) -> None:
    assert await numbers(shelf, text, field) == found


@pytest.mark.parametrize(
    ("by", "expected"),
    [
        (GuaranteeOrder.OLDEST, [0, 1, 2]), (GuaranteeOrder.NEWEST, [2, 1, 0]), (GuaranteeOrder.NUMBER_ASC, [0, 1, 2]),
        (GuaranteeOrder.NUMBER_DESC, [2, 1, 0]), (GuaranteeOrder.ISSUED_ON_ASC, [2, 1, 0]),
        (GuaranteeOrder.ISSUED_ON_DESC, [0, 1, 2]), (GuaranteeOrder.AMOUNT_ASC, [2, 1, 0]),
        (GuaranteeOrder.AMOUNT_DESC, [0, 1, 2]),
    ],
)  # fmt: skip
async def test_the_list_comes_in_the_order_asked_for(shelf: World, by: GuaranteeOrder, expected: list[int]) -> None:
    assert await numbers(shelf, by=by) == expected


async def test_orders_by_text_are_each_others_reverse(shelf: World) -> None:
    for name in ("OBLIGEE", "WORKS_NAME"):
        upwards = await numbers(shelf, by=GuaranteeOrder(f"{name}_ASC"))
        assert sorted(upwards) == [0, 1, 2]
        assert await numbers(shelf, by=GuaranteeOrder(f"{name}_DESC")) == upwards[::-1]


async def test_everybody_sees_their_own(shelf: World) -> None:
    expected = {shelf.contractor: [0, 1, 2], shelf.other: [3], shelf.underwriter: [0, 1, 2, 3], shelf.rival: []}
    for actor, own in expected.items():
        assert await numbers(shelf, actor=actor) == own
        for number in range(4):
            key = "number", str(1_070_000_473 + number)
            async with shelf.database.read() as connection:
                row = await guarantees.one_guarantee(connection, actor, key, frozenset({"application_id"}))
                if row is not None:
                    for name in ("id", "application_id"):
                        same = name, getattr(row, name)
                        assert (
                            await guarantees.one_guarantee(connection, actor, same, frozenset({"application_id"}))
                            == row
                        )
            assert (row is not None) is (number in own)


async def test_a_list_is_one_statement_of_the_columns_wanted(shelf: World) -> None:
    seen: list[str] = []

    def note(_connection: Any, _cursor: Any, statement: str, *_rest: Any) -> None:
        seen.append(statement)

    event.listen(shelf.database.reader.sync_engine, "before_cursor_execute", note)
    page = await listed(shelf, "工事", wanted=frozenset({"works_name", "kind", "password_hash"}))
    (statement,) = [each for each in seen if "guarantee" in each]
    columns = statement.partition("FROM")[0].count(" AS ")
    assert (columns, page.rows[0]._fields) == (4, ("id", "kind", "works_name", "sort_value"))
    seen.clear()
    await listed(shelf, wanted=frozenset(guarantees.COLUMNS))
    assert seen[-1].partition("FROM")[0].count(" AS ") == len(guarantees.COLUMNS) + 1
    assert (page.total, page.start) == (None, None)


async def test_a_certificate_is_read_whole(shelf: World) -> None:
    (first, *_rest) = (await listed(shelf)).rows
    async with shelf.database.read() as connection:
        read = await guarantees.one_certificate(connection, first.id, 1)
        assert await guarantees.one_certificate(connection, first.id, 2) is None
        assert await guarantees.one_certificate(connection, first.id + 100, 1) is None
    assert read is not None
    assert len(read.salt) == 32
    assert replace(read, salt="") == Certificate(
        number="1070000473", version=1, change=Change.ORIGINAL, kind=GuaranteeKind.ADVANCE_PAYMENT, medium=Medium.ELECTRONIC,
        issued_on=date(2024, 6, 3), principal_name="株式会社西日本保証建設 本町支店", obligee_name="松江市", guaranteed_amount=3,
        guarantee_ends_on=date(2025, 3, 15), completion_on=date(2025, 3, 15), works_name=NAMES[0][0], contract_price=48_000_000,
        covered_price=None, depositary_bank=None, surety=WEST_JAPAN, branch=TOKYO_BRANCH,
    )  # fmt: skip


async def test_what_happened_around_a_key_is_read_by_its_owners_alone(shelf: World) -> None:
    ids = [row.id for row in (await listed(shelf, actor=shelf.underwriter)).rows]

    async def reveal(guarantee_id: int) -> None:
        await shelf.database.write(lambda c: keys.reveal_to(c, shelf.vault, shelf.contractor, guarantee_id, NOW))

    for guarantee_id in (ids[0], ids[1], ids[0]):
        await reveal(guarantee_id)
    async with shelf.database.read() as connection:
        mine = await guarantees.key_events_of(connection, shelf.contractor, ids)
        assert await guarantees.key_events_of(connection, shelf.other, ids) == {}
    assert {each: [row.event for row in found] for each, found in mine.items()} == {
        ids[0]: [KeyEventKind.REVEALED] * 2,
        ids[1]: [KeyEventKind.REVEALED],
    }


async def applications(world: World, actor: Actor, *states: ApplicationState, newest: bool = False) -> list[Any]:
    by = ApplicationOrder.NEWEST if newest else ApplicationOrder.OLDEST
    wanted = frozenset({"works_name", "principal_name", "surety_name", "consolidated_payment", "no_such"})
    async with world.database.read() as connection:
        page = await queue.list_applications(connection, actor, states, by, Window(), wanted)
    return [tuple(row) for row in page.rows]


async def test_the_queue_shows_each_party_its_own_applications_in_the_states_asked_for(shelf: World) -> None:
    waiting = await shelf.submitted(works_name="待ち")
    name, other = "株式会社西日本保証建設 本町支店", "別会社"
    mine = await applications(shelf, shelf.contractor)
    assert [row[4] for row in mine] == [*(works_name for works_name, _ in NAMES), "待ち"]
    assert {row[1:4] for row in mine} == {(False, name, "西日本建設業保証株式会社")}
    everything = await applications(shelf, shelf.underwriter, newest=True)
    assert [row[2] for row in everything] == [name, other, name, name, name]
    assert [row[0] for row in await applications(shelf, shelf.underwriter, ApplicationState.SUBMITTED)] == [waiting]
    both = ApplicationState.SUBMITTED, ApplicationState.CONCLUDED
    assert len(await applications(shelf, shelf.contractor, *both)) == 4
    assert await applications(shelf, shelf.contractor, ApplicationState.DECLINED) == []
    assert await applications(shelf, shelf.rival) == []


async def test_steps_decisions_and_guarantees_are_grouped_by_application_for_their_parties_alone(shelf: World) -> None:
    every = [row[0] for row in await applications(shelf, shelf.underwriter)]
    wanted = frozenset({"number"})
    async with shelf.database.read() as connection:
        for actor, own in ((shelf.contractor, every[:3]), (shelf.other, every[3:]), (shelf.rival, [])):
            steps = await queue.steps_of(connection, actor, every)
            decisions = await queue.decisions_of(connection, actor, every)
            found = await guarantees.guarantees_of(connection, actor, every, wanted)
            rows = await queue.applications_by_id(connection, actor, every, wanted)
            assert [sorted(each) for each in (steps, decisions, found, rows)] == [own] * 4
            for each in own:
                assert [row.step for row in steps[each]] == [
                    ApplicationStep.SUBMITTED, ApplicationStep.APPROVED, ApplicationStep.FEE_RECORDED,
                    ApplicationStep.CONCLUDED,
                ]  # fmt: skip
                assert [(row.outcome, row.text) for row in decisions[each]] == [("ACCEPTED", "# rules")]
                assert found[each].application_id == each


async def test_sureties_and_branches_are_open_to_all(world: World) -> None:
    second = sa.insert(branch).values(surety_id=world.surety_id, name="第二", address="東京", tel="03")
    await world.database.write(lambda connection: connection.execute(second))
    async with world.database.read() as connection:
        found = {row.id: (row.name, row.surety_class) for row in await queue.sureties(connection)}
        branches = await queue.branches_of(connection, [world.surety_id, world.rival_id])
        first = await queue.one_branch(connection, world.branch_id)
        assert await queue.one_branch(connection, 10**9) is None
        names = [(await queue.party_name(connection, actor)).name for actor in (world.other, world.rival)]
    assert found == {
        world.surety_id: ("西日本建設業保証株式会社", SuretyClass.GUARANTEE_COMPANY),
        world.rival_id: ("別の保証", SuretyClass.INSURER),
    }
    assert {each: [row.name for row in rows] for each, rows in branches.items()} == {
        world.surety_id: ["東京支店", "第二"]
    }
    assert first is not None
    assert (first.name, first.fax) == ("東京支店", "0320-504133")
    assert names == ["別会社", "別の保証"]


async def test_a_certificate_without_terms_or_fax_is_read_too(world: World) -> None:
    await world.execute(sa.update(surety).values(terms_url=None))
    await world.execute(sa.update(branch).values(fax=None))
    guarantee_id = await world.concluded()
    async with world.database.read() as connection:
        read = await guarantees.one_certificate(connection, guarantee_id, 1)
    assert read is not None
    assert (read.surety.terms_url, read.branch.fax) == (None, None)
    assert form(1).works_name == read.works_name

import asyncio
from contextlib import suppress
from itertools import pairwise

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.database import Database
from denshi_hosho.core.errors import Refused
from denshi_hosho.core.numbers import LAST, NumberMalformed, add_range, parse_number, skip_to, take_number
from denshi_hosho.core.tables import number_range
from denshi_hosho.core.vocabulary import GuaranteeKind
from tests.core.world import World, grown

KIND = GuaranteeKind.BID  # the leaflets' range of it is replaced by one of each test's own
FULL_WIDTH = str.maketrans("0123456789-", "０１２３４５６７８９－")


async def give(database: Database, surety_id: int, first: int, last: int, kind: GuaranteeKind = KIND) -> None:
    await database.write(lambda connection: add_range(connection, surety_id, kind, first, last))


async def take(database: Database, surety_id: int) -> str:
    return await database.write(lambda connection: take_number(connection, surety_id, KIND))


@pytest.mark.anyio
async def test_sixteen_writers_take_a_thousand_numbers_without_gap_or_double(world: World) -> None:
    await give(world.database, world.rival_id, 0, 999)

    async def writer() -> list[str]:
        taken = []
        for _ in range(63):
            with suppress(Refused):  # the last eight attempts
                taken.append(await take(world.database, world.rival_id))
        return taken

    batches = await asyncio.gather(*(writer() for _ in range(16)))  # 1,008 attempts
    taken = sorted(number for batch in batches for number in batch)
    assert taken == [f"{number:010d}" for number in range(1000)]
    for batch in batches:
        assert batch == sorted(batch)


@pytest.mark.anyio
async def test_a_number_taken_in_a_transaction_that_fails_is_taken_again(world: World) -> None:
    await give(world.database, world.rival_id, 5, 9)
    assert await take(world.database, world.rival_id) == "0000000005"

    async def fails(connection: AsyncConnection) -> None:
        assert await take_number(connection, world.rival_id, KIND) == "0000000006"
        assert await take_number(connection, world.rival_id, KIND) == "0000000007"
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await world.database.write(fails)
    assert await take(world.database, world.rival_id) == "0000000006"


@pytest.mark.anyio
async def test_a_used_up_range_is_refused_until_another_one_is_added(world: World) -> None:
    await give(world.database, world.rival_id, LAST - 1, LAST)
    assert [await take(world.database, world.rival_id) for _ in range(2)] == ["9999999998", "9999999999"]
    with pytest.raises(Refused) as caught:
        await take(world.database, world.rival_id)
    assert caught.value.refusals[0].code == "NUMBERS_USED_UP"
    await give(world.database, world.rival_id, 0, 0)
    await give(world.database, world.rival_id, 7, 7)
    assert [await take(world.database, world.rival_id) for _ in range(2)] == ["0000000000", "0000000007"]
    with pytest.raises(Refused):
        await take(world.database, world.rival_id)


@pytest.mark.anyio
async def test_the_lowest_range_that_is_left_comes_first(world: World) -> None:
    await give(world.database, world.rival_id, 50, 51)
    await give(world.database, world.rival_id, 10, 11)
    taken = [int(await take(world.database, world.rival_id)) for _ in range(4)]
    assert taken == [10, 11, 50, 51]


@pytest.mark.anyio
async def test_ranges_of_other_kinds_and_sureties_stay_untouched(world: World) -> None:
    await give(world.database, world.rival_id, 0, 9)
    await give(world.database, world.rival_id, 20, 29, GuaranteeKind.PERFORMANCE)
    before = await world.all(sa.select(number_range).order_by(number_range.c.id))
    assert await take(world.database, world.rival_id) == "0000000000"
    after = await world.all(sa.select(number_range).order_by(number_range.c.id))
    changed = [(old.next, new.next) for old, new in zip(before, after, strict=True) if old != new]
    assert changed == [(0, 1)]


@pytest.mark.anyio
async def test_a_surety_without_a_range_is_refused(world: World) -> None:
    with pytest.raises(Refused) as caught:
        await take(world.database, world.rival_id)
    (refusal,) = caught.value.refusals
    assert refusal.code == "NUMBERS_USED_UP"
    assert "契約保証予約" in refusal.ja
    assert "BID" in refusal.en


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("first", "last"),
    [(100, 199), (150, 160), (0, 100), (199, 300), (0, 300), (5, 4), (-1, 4), (0, LAST + 1), (LAST + 1, LAST + 2)],
)
async def test_a_range_that_overlaps_or_is_none_is_refused(world: World, first: int, last: int) -> None:
    await give(world.database, world.rival_id, 100, 199)
    before = await world.rows()
    with pytest.raises(Refused) as caught:
        await give(world.database, world.surety_id, first, last)
    assert [refusal.code for refusal in caught.value.refusals] == ["NUMBER_RANGE"]
    assert grown(before, await world.rows()) == {}


@pytest.mark.anyio
async def test_ranges_may_touch(world: World) -> None:
    for first, last in ((100, 199), (99, 99), (200, 200)):
        await give(world.database, world.rival_id, first, last)


@pytest.mark.anyio
async def test_of_two_overlapping_ranges_given_at_once_one_is_refused(world: World) -> None:
    both = (
        give(world.database, world.rival_id, 0, 99),
        give(world.database, world.surety_id, 50, 149),
        give(world.database, world.rival_id, 99, 200, GuaranteeKind.PERFORMANCE),
    )
    before = await world.rows()
    results = await asyncio.gather(*both, return_exceptions=True)
    assert (
        sum(isinstance(result, Refused) for result in results) + grown(before, await world.rows())["number_range"] == 3
    )
    ranges = sorted((row.first, row.last) for row in await world.all(sa.select(number_range)))
    assert all(mine[1] < following[0] for mine, following in pairwise(ranges))


@pytest.mark.parametrize(
    "typed",
    ["1070000473", "１０７００００４７３", " 107-0000-473 ", "107‐0000‐473", "１０７－００００－４７３", "107\u30000000\u3000473",
     "107−0000−473", "107–0000—473", "107ー0000ー473", "1070000473\n"],
)  # fmt: skip
def test_a_number_is_read_in_any_spelling(typed: str) -> None:
    assert parse_number(typed) == "1070000473"


@pytest.mark.parametrize(
    "typed",
    ["", "107000047", "10700004730", "107000047a", "+107000047", "107.0000473", "1070000473\0", "一〇七〇〇〇〇四七三",
     "١٠٧٠٠٠٠٤٧٣", "１０７００００４７", "107000047 ", "-", "1e9"],
)  # fmt: skip
def test_what_is_not_ten_digits_is_refused(typed: str) -> None:
    with pytest.raises(NumberMalformed) as caught:
        parse_number(typed)
    assert caught.value.code == "NUMBER_MALFORMED"


@given(st.integers(0, LAST), st.data())
def test_hyphens_and_spaces_anywhere_in_any_width_are_forgiven(number: int, data: st.DataObject) -> None:
    digits = f"{number:010d}"
    gaps = st.text(" -\u3000－‐−\t", max_size=2)
    typed = "".join(data.draw(gaps) + digit for digit in digits) + data.draw(gaps)
    assert parse_number(typed) == digits
    assert parse_number(typed.translate(FULL_WIDTH)) == digits


@given(st.text())
def test_any_text_is_ten_digits_or_refused(text: str) -> None:
    try:
        number = parse_number(text)
    except NumberMalformed:
        return
    assert len(number) == 10
    assert number.isascii()
    assert number.isdigit()


async def skip(database: Database, surety_id: int, number: int) -> None:
    await database.write(lambda connection: skip_to(connection, surety_id, number))


@pytest.mark.anyio
async def test_numbers_that_were_given_on_paper_are_skipped(world: World) -> None:
    await give(world.database, world.rival_id, 100, 199)
    await give(world.database, world.rival_id, 300, 399, GuaranteeKind.PERFORMANCE)
    for number in (100, 150, 199):
        await skip(world.database, world.rival_id, number)
    await skip(world.database, world.rival_id, 350)
    assert await take(world.database, world.rival_id) == "0000000199"
    performance = GuaranteeKind.PERFORMANCE
    taken = await world.database.write(lambda connection: take_number(connection, world.rival_id, performance))
    assert taken == "0000000350"


@pytest.mark.anyio
@pytest.mark.parametrize("number", [149, 200, 99, 0, LAST])
async def test_what_is_no_number_yet_to_be_given_is_not_skipped_to(world: World, number: int) -> None:
    await give(world.database, world.rival_id, 100, 199)
    await skip(world.database, world.rival_id, 150)
    with pytest.raises(Refused) as caught:
        await skip(world.database, world.rival_id, number)
    (refusal,) = caught.value.refusals
    assert (refusal.code, f"{number:010d}" in refusal.en) == ("NUMBER_NOT_AHEAD", True)
    assert await take(world.database, world.rival_id) == "0000000150"


@pytest.mark.anyio
async def test_nobody_skips_in_the_range_of_another_surety(world: World) -> None:
    await give(world.database, world.rival_id, 100, 199)
    with pytest.raises(Refused):
        await skip(world.database, world.surety_id, 150)
    assert await take(world.database, world.rival_id) == "0000000100"


@pytest.mark.anyio
async def test_on_postgresql_a_range_is_given_by_one_at_a_time(world: World, database_kind: str) -> None:
    said: list[str] = []

    async def heard(connection: AsyncConnection) -> None:
        sync = connection.sync_connection
        assert sync is not None
        event.listen(sync, "before_cursor_execute", lambda *told: said.append(told[2]))
        await add_range(connection, world.rival_id, KIND, 100, 199)

    await world.database.write(heard)
    locks = [each for each in said if each.startswith("LOCK")]
    lock = ["LOCK TABLE number_range IN SHARE ROW EXCLUSIVE MODE"]
    assert locks == (lock if database_kind == "postgresql" else [])

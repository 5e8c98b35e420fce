"""The buckets in the database reckon exactly, on both databases, whoever comes at once."""

import asyncio
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import gcra
from denshi_hosho.core.database import Database
from denshi_hosho.core.gcra import Bucket, Charged, Limit
from denshi_hosho.core.tables import throttle
from tests.core.world import NOW

pytestmark = pytest.mark.anyio
SECOND = timedelta(seconds=1)
THREE = Bucket("three", Limit(3, 10 * SECOND))
TWO = Bucket("two", Limit(2, 60 * SECOND))


async def charge(database: Database, now: datetime, *buckets: Bucket) -> list[Charged]:
    return await database.write(lambda connection: gcra.charge(connection, buckets, now))


async def refund(database: Database, charged: Sequence[Charged], now: datetime) -> None:
    await database.write(lambda connection: gcra.refund(connection, charged, now))


async def wait(database: Database, bucket: Bucket, now: datetime) -> int:
    async with database.read() as connection:
        return await gcra.wait(connection, bucket, now)


async def rows(database: Database) -> dict[str, datetime]:
    async with database.read() as connection:
        return {row.name: row.free_at for row in await connection.execute(sa.select(throttle))}


async def test_a_burst_then_one_every_ten_seconds(database: Database) -> None:
    assert [bool(await charge(database, NOW, THREE)) for _ in range(5)] == [True, True, True, False, False]
    assert await rows(database) == {"three": NOW + 30 * SECOND}
    assert await wait(database, THREE, NOW) == 10
    assert await wait(database, THREE, NOW + timedelta(milliseconds=1)) == 10
    assert await wait(database, THREE, NOW + 9 * SECOND) == 1
    assert not await charge(database, NOW + 10 * SECOND - timedelta(milliseconds=1), THREE)
    assert await wait(database, THREE, NOW + 10 * SECOND) == 0
    assert await charge(database, NOW + 10 * SECOND, THREE) == [Charged(THREE, NOW + 40 * SECOND)]
    assert not await charge(database, NOW + 10 * SECOND, THREE)
    assert [bool(await charge(database, NOW + 90 * SECOND, THREE)) for _ in range(4)] == [True, True, True, False]


async def test_each_bucket_of_a_charge_has_its_own_limit(database: Database) -> None:
    names = [[each.bucket.name for each in await charge(database, NOW, THREE, TWO)] for _ in range(4)]
    assert names == [["three", "two"], ["three", "two"], ["three"], []]
    assert await rows(database) == {"three": NOW + 30 * SECOND, "two": NOW + 120 * SECOND}
    assert await wait(database, Bucket("nobody", TWO.limit), NOW) == 0


async def test_a_refund_leaves_what_was_there_before(database: Database) -> None:
    first = await charge(database, NOW, THREE, TWO)
    await refund(database, first, NOW)
    assert await rows(database) == {}
    await charge(database, NOW, THREE)
    before = await rows(database)
    await refund(database, await charge(database, NOW, TWO, THREE), NOW)
    assert await rows(database) == before


async def test_a_refund_takes_back_no_charge_of_another(database: Database) -> None:
    mine = await charge(database, NOW, THREE)
    await charge(database, NOW, THREE)
    await refund(database, mine, NOW)
    assert await rows(database) == {"three": NOW + 10 * SECOND}


@pytest.mark.parametrize("microseconds", [0, 1, 999, 500_500, 999_999])
async def test_instants_are_reckoned_to_milliseconds(database: Database, microseconds: int) -> None:
    now = NOW.replace(microsecond=microseconds)
    floor = NOW.replace(microsecond=microseconds // 1000 * 1000)
    for count in (1, 2):
        await charge(database, now, THREE)
        assert await rows(database) == {"three": floor + count * 10 * SECOND}


STEPS = st.lists(st.tuples(st.integers(0, 25_000), st.sampled_from(["fail", "fail", "succeed"])), max_size=25)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS)
async def test_never_more_than_the_burst_and_what_time_gives(database: Database, steps: list[tuple[int, str]]) -> None:
    """In every window, failures that were let through are at most the burst and what has flowed off since."""
    await database.write(lambda connection: connection.execute(sa.delete(throttle)))
    now, full, let_through = NOW, NOW, []
    for milliseconds, outcome in steps:
        now += timedelta(milliseconds=milliseconds)
        charged = await charge(database, now, THREE)
        assert bool(charged) == (full <= now + THREE.limit.ahead)  # the model, in exact arithmetic
        if charged and outcome == "succeed":
            await refund(database, charged, now)
        elif charged:
            full = max(full, now) + THREE.limit.every
            let_through.append(now)
    for first, begin in enumerate(let_through):
        for last, end in enumerate(let_through[first:], first):
            assert last - first + 1 <= 3 + (end - begin) / THREE.limit.every


@pytest.mark.parametrize("at_once", [64])
async def test_at_once_no_more_come_through_than_one_after_the_other(database: Database, at_once: int) -> None:
    limit = Limit(20, 30 * SECOND)
    pairs = [(Bucket("source", limit), Bucket(f"number {place % 2}", limit)) for place in range(at_once)]
    done = await asyncio.gather(*(charge(database, NOW, *pair[:: 1 if place % 3 else -1])
                                  for place, pair in enumerate(pairs)))  # fmt: skip
    assert sum(len(each) == 2 for each in done) == 20
    assert (await rows(database))["source"] == NOW + 20 * 30 * SECOND


async def test_successes_at_once_leave_nothing_and_failures_among_them_are_counted(database: Database) -> None:
    limit = Limit(50, 30 * SECOND)
    source = Bucket("source", limit)

    async def back(connection: AsyncConnection, charged: Sequence[Charged]) -> None:
        await gcra.hold(connection, charged)
        await gcra.refund(connection, charged, NOW)

    async def one(place: int) -> None:
        charged = await charge(database, NOW, source, Bucket(f"{place % 3}", limit))
        if place % 4:
            await database.write(lambda connection: back(connection, charged))

    await asyncio.gather(*map(one, range(40)))
    assert (await rows(database))["source"] == NOW + 10 * 30 * SECOND


async def test_what_is_spent_is_spent_once_even_at_once(database: Database) -> None:
    until = NOW + 300 * SECOND
    spent = await asyncio.gather(*(database.write(lambda c: gcra.spend(c, "work", until)) for _ in range(8)))
    assert sum(spent) == 1
    assert await rows(database) == {"work": until}


async def test_rows_that_say_nothing_any_more_are_cleared_a_few_at_a_time(database: Database) -> None:
    await asyncio.gather(*(charge(database, NOW, Bucket(f"old {place}", THREE.limit)) for place in range(20)))
    await charge(database, NOW + 100 * SECOND, TWO)

    async def clear(seconds: int) -> int:
        await database.write(lambda connection: gcra.clear(connection, NOW + seconds * SECOND))
        return len(await rows(database))

    # 10 seconds until they are empty, and a minute for clocks that differ
    assert [await clear(70), await clear(71), await clear(71)] == [21, 21 - gcra.CLEARED_AT_ONCE, 1]
    assert "two" in await rows(database)

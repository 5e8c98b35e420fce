import asyncio
from datetime import date

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import applications
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.idempotency import check_key, digest, once
from denshi_hosho.core.tables import idempotency
from denshi_hosho.core.vocabulary import Medium
from tests.core.world import NOW, World, form, grown

BODY = {"amount": 1, "on": date(2024, 6, 1), "medium": Medium.PAPER, "name": "工事"}
REQUEST = "apply", digest("apply", BODY)
OTHER = "apply", digest("apply", {**BODY, "amount": 2})


async def apply(world: World, key: str, request: tuple[str, str] = REQUEST, account_id: int | None = None) -> int:
    async def work(connection: AsyncConnection) -> int:
        async def submit() -> int:
            return await applications.submit(connection, world.contractor, form(world.surety_id), "{}", NOW)

        return await once(connection, account_id or world.contractor.account_id, key, request, NOW, submit)

    return await world.database.write(work)


@pytest.mark.anyio
async def test_the_same_request_twice_is_done_once(world: World) -> None:
    before = await world.rows()
    first = await apply(world, "one")
    assert await apply(world, "one") == first
    assert grown(before, await world.rows()) == {
        "idempotency": 1,
        "application": 1,
        "application_step": 1,
        "audit_entry": 1,
    }
    row = await world.one(sa.select(idempotency))
    assert (row.account_id, row.key, row.operation, row.digest, row.result_id, row.created_at) == (
        world.contractor.account_id, "one", "apply", REQUEST[1], first, NOW,
    )  # fmt: skip


@pytest.mark.anyio
async def test_twenty_at_once_are_done_once(world: World) -> None:
    before = await world.rows()
    results = await asyncio.gather(*(apply(world, "one") for _ in range(20)))
    assert len(set(results)) == 1
    assert grown(before, await world.rows()) == {
        "idempotency": 1,
        "application": 1,
        "application_step": 1,
        "audit_entry": 1,
    }


@pytest.mark.anyio
async def test_a_key_used_for_another_request_is_refused(world: World) -> None:
    await apply(world, "one")
    before = await world.rows()
    for request in (OTHER, ("conclude", digest("conclude", BODY))):
        with pytest.raises(Refused) as caught:
            await apply(world, "one", request)
        (refusal,) = caught.value.refusals
        assert (refusal.code, refusal.path) == ("IDEMPOTENCY_KEY_REUSED", ("idempotency_key",))
    assert grown(before, await world.rows()) == {}


@pytest.mark.anyio
async def test_ten_bodies_at_once_under_one_key_are_one_and_nine_refusals(world: World) -> None:
    before = await world.rows()
    requests = [("apply", digest("apply", {"amount": amount})) for amount in range(10)]
    results = await asyncio.gather(*(apply(world, "one", each) for each in requests), return_exceptions=True)
    assert sorted(type(each).__name__ for each in results) == ["Refused"] * 9 + ["int"]
    assert grown(before, await world.rows()) == {
        "idempotency": 1,
        "application": 1,
        "application_step": 1,
        "audit_entry": 1,
    }


@pytest.mark.anyio
async def test_two_accounts_may_use_the_same_key(world: World) -> None:
    first = await apply(world, "one")
    assert await apply(world, "one", OTHER, world.other.account_id) != first


@pytest.mark.anyio
async def test_a_refused_request_leaves_its_key_free_for_the_corrected_one(world: World) -> None:
    """What was refused did not begin: Stripe, too, keeps no result of a request that failed validation."""

    async def refused(connection: AsyncConnection) -> int:
        async def work() -> int:
            await applications.submit(connection, world.contractor, form(world.surety_id), "{}", NOW)
            raise Refused(Refusal("NO", "否", "no"))

        return await once(connection, world.contractor.account_id, "one", REQUEST, NOW, work)

    before = await world.rows()
    with pytest.raises(Refused):
        await world.database.write(refused)
    assert grown(before, await world.rows()) == {}
    await apply(world, "one", OTHER)
    assert grown(before, await world.rows()) == {
        "idempotency": 1,
        "application": 1,
        "application_step": 1,
        "audit_entry": 1,
    }


@pytest.mark.anyio
async def test_a_malformed_key_is_refused_before_anything_is_written(world: World) -> None:
    before = await world.rows()
    with pytest.raises(Refused):
        await apply(world, "")
    assert grown(before, await world.rows()) == {}


@pytest.mark.parametrize("key", ["x", "a b", "!~", "0" * 64, "8f14e45f-ceea-467f-9a36-dedd4bea2543"])
def test_a_key_of_printable_ascii_is_taken(key: str) -> None:
    check_key(key)


@pytest.mark.parametrize("key", ["", "0" * 65, "鍵", "a\nb", "\0", "\x7f", "\ud800", "é", "１"])
def test_any_other_key_is_refused(key: str) -> None:
    with pytest.raises(Refused) as caught:
        check_key(key)
    assert [refusal.code for refusal in caught.value.refusals] == ["IDEMPOTENCY_KEY_MALFORMED"]
    assert caught.value.refusals[0].path == ("idempotency_key",)


VALUES = st.none() | st.booleans() | st.integers() | st.text() | st.dates()


@given(st.dictionaries(st.text(), VALUES), st.dictionaries(st.text(), VALUES))
def test_two_requests_have_one_digest_exactly_when_they_ask_the_same(
    one: dict[str, object], other: dict[str, object]
) -> None:
    assert digest("apply", one) == digest("apply", dict(reversed(one.items())))
    assert digest("apply", one) != digest("conclude", one)

    def typed(body: dict[str, object]) -> dict[str, tuple[bool, str]]:
        return {name: (isinstance(value, bool | int | None), str(value)) for name, value in body.items()}

    assert (digest("apply", one) == digest("apply", other)) == (typed(one) == typed(other))

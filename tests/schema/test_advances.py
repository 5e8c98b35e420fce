"""The receipt of an advance: recorded and corrected by its principal, shown on the guarantee, in the timeline and the log."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from denshi_hosho.core.tables import account, funds_statement, guarantee_step, withdrawal
from denshi_hosho.core.vocabulary import FundsState, GuaranteeStep, WithdrawalState
from tests.client import Api, Json, codes, concluded
from tests.conftest import NOW

pytestmark = pytest.mark.anyio
RECEIVED = """mutation ($input: RecordAdvanceReceivedInput!) { recordAdvanceReceived(input: $input) { __typename
  ... on GuaranteePayload { guarantee { state advanceAmount advanceReceivedOn } }
  ... on Refused { refusals { code path message messageEn } }
} }"""


async def recorded(api: Api, guarantee_id: str, key: str = "a", **changes: Any) -> Json:
    given = {
        "guaranteeId": guarantee_id,
        "amount": 19_000_000,
        "receivedOn": "2024-06-03",
        "idempotencyKey": key,
        **changes,
    }
    return await (await api.as_("contractor")).do(RECEIVED, **given)


async def steps(api: Api) -> list[str]:
    async with api.platform.database.read() as connection:
        taken = guarantee_step.c.step == GuaranteeStep.ADVANCE_RECEIVED
        return list((await connection.execute(sa.select(guarantee_step.c.note).where(taken))).scalars())


async def test_what_came_in_is_shown_and_may_be_corrected(api: Api) -> None:
    guarantee_id = (await concluded(api))["id"]
    first = await recorded(api, guarantee_id)
    shown = {"state": "ACTIVE", "advanceAmount": 19_000_000, "advanceReceivedOn": "2024-06-03"}
    assert first == {"__typename": "GuaranteePayload", "guarantee": shown}
    assert await recorded(api, guarantee_id) == first
    corrected = await recorded(api, guarantee_id, "b", amount=19_200_000, receivedOn="2024-06-02")
    assert corrected["guarantee"] == {**shown, "advanceAmount": 19_200_000, "advanceReceivedOn": "2024-06-02"}
    assert await steps(api) == ["2024-06-03 19,000,000円", "2024-06-02 19,200,000円"]


@pytest.mark.parametrize(
    ("changes", "code", "path"),
    [
        ({"amount": 19_200_001}, "ADVANCE_ABOVE_GUARANTEED_AMOUNT", ["amount"]),
        ({"amount": 0}, "AMOUNT_OUT_OF_RANGE", ["amount"]),
        ({"receivedOn": (NOW + timedelta(days=2)).date().isoformat()}, "DAY_IN_FUTURE", ["receivedOn"]),
    ],
)  # fmt: skip
async def test_what_cannot_have_come_in_is_refused(api: Api, changes: Json, code: str, path: list[str]) -> None:
    guarantee_id = (await concluded(api))["id"]
    before = await api.rows()
    answer = await recorded(api, guarantee_id, **changes)
    assert codes(answer) == [code]
    assert answer["refusals"][0]["path"] == path
    after = await api.rows()
    assert {name for name in after if after[name] != before[name]} <= {"session"}


async def test_a_performance_guarantee_has_no_advance(api: Api) -> None:
    guarantee_id = (await concluded(api, kind="PERFORMANCE", guaranteedAmount=4_800_000))["id"]
    assert codes(await recorded(api, guarantee_id, amount=1)) == ["NO_ADVANCE"]


async def test_it_stays_once_a_withdrawal_was_asked_for(api: Api) -> None:
    guarantee_id = (await concluded(api))["id"]
    await recorded(api, guarantee_id)
    await api.platform.database.write(_withdraw)
    assert codes(await recorded(api, guarantee_id, "b", amount=1)) == ["ADVANCE_WITHDRAWN"]
    assert len(await steps(api)) == 1


async def _withdraw(connection: Any) -> None:
    account_id = (await connection.execute(sa.select(sa.func.min(account.c.id)))).scalar_one()
    stated = {"guarantee_id": 1, "version": 1, "account_id": account_id, "state": FundsState.STATED, "stated_at": NOW}
    inserted = await connection.execute(sa.insert(funds_statement).values(stated).returning(funds_statement.c.id))
    asked = {"guarantee_id": 1, "funds_statement_id": inserted.scalar_one(), "account_id": account_id, "amount": 1,
             "state": WithdrawalState.REQUESTED, "requested_at": NOW}  # fmt: skip
    await connection.execute(sa.insert(withdrawal).values(asked))

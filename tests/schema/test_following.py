"""An interim advance that follows an own advance payment guarantee: what is known is checked, what is not is said."""

from typing import Any

import pytest
import sqlalchemy as sa

from denshi_hosho.core.tables import application, guarantee
from denshi_hosho.core.vocabulary import GuaranteeState
from tests.client import APPLY, APPROVE, CONCLUDE, RECORD_FEE, Api, Json, codes, concluded, matsue
from tests.core.world import grown

pytestmark = pytest.mark.anyio
RECEIVED = """mutation ($input: RecordAdvanceReceivedInput!) { recordAdvanceReceived(input: $input) { __typename } }"""
INTERIM = """query ($id: ID!) { node(id: $id) { ... on GuaranteeApplication { follows interim { eligible maximum
  conditions { code state ja en } } decisions { stage } } } }"""
STATES = {
    "ADVANCE_RECEIVED": "UNKNOWN", "HALF_TERM_PASSED": "UNKNOWN", "WORK_ON_TIME": "UNKNOWN", "WORK_WORTH_HALF": "UNKNOWN",
    "AMOUNT_IN_SHARE": "MET", "TOTAL_IN_SHARE": "UNKNOWN", "NO_PARTIAL_PAYMENT": "UNKNOWN",
}  # fmt: skip


async def applies(api: Api, follows: str, key: str = "interim", login_id: str = "contractor", **changes: Any) -> Json:
    asker = await api.as_(login_id)
    told = {"kind": "INTERIM_ADVANCE_PAYMENT", "guaranteedAmount": 9_600_000, "follows": follows, **changes}
    return await asker.do(APPLY, application=matsue(asker.surety_id, **told), idempotencyKey=key)


async def received(api: Api, guarantee_id: str, amount: int) -> None:
    given = {"guaranteeId": guarantee_id, "amount": amount, "receivedOn": "2024-06-03", "idempotencyKey": f"r{amount}"}
    answer = await (await api.as_("contractor")).do(RECEIVED, **given)
    assert answer["__typename"] == "GuaranteePayload"


async def seen(api: Api, application_id: str, login_id: str = "contractor") -> Json:
    return dict((await (await api.as_(login_id)).ask(INTERIM, id=application_id))["node"])


def states(shown: Json) -> Json:
    return {each["code"]: each["state"] for each in shown["interim"]["conditions"]}


async def test_what_is_unknown_does_not_refuse_but_is_said(api: Api) -> None:
    advance = await concluded(api)
    answer = await applies(api, advance["number"])
    application_id = answer["application"]["id"]
    shown = await seen(api, application_id)
    assert (shown["follows"], shown["interim"]["eligible"], shown["interim"]["maximum"]) == (
        advance["number"],
        None,
        None,
    )
    assert states(shown) == STATES
    await received(api, advance["id"], 19_200_000)
    shown = await seen(api, application_id, "surety")
    assert states(shown) == {**STATES, "ADVANCE_RECEIVED": "MET", "TOTAL_IN_SHARE": "MET"}
    assert shown["interim"]["maximum"] == 9_600_000


async def test_the_first_guarantee_is_that_which_is_followed(api: Api) -> None:
    advance = await concluded(api)
    await applies(api, advance["number"])
    async with api.platform.database.read() as connection:
        statement = sa.select(application.c.facts).where(application.c.follows == advance["number"])
        facts = (await connection.execute(statement)).scalar_one()
    assert '"first_guarantee_on":"2024-06-03"' in facts


@pytest.mark.parametrize(
    ("changes", "code", "field"),
    [
        ({"worksName": "別の工事"}, "FOLLOWED_OTHER_WORKS", "follows"),
        ({"obligee": "465011", "facts": {"contractOn": "2024-06-01"}}, "FOLLOWED_OTHER_OBLIGEE", "follows"),
        ({"kind": "PERFORMANCE"}, "FOLLOWS_NOT_INTERIM", "follows"),
        ({"guaranteedAmount": 9_600_001}, "AMOUNT_IN_SHARE", "guaranteedAmount"),
        ({"follows": "1070999999"}, "NOT_FOUND", "follows"),
        ({"login_id": "other"}, "NOT_FOUND", "follows"),
    ],
)  # fmt: skip
async def test_what_does_not_match_is_refused(api: Api, changes: Json, code: str, field: str) -> None:
    advance = await concluded(api)
    await api.as_("other")
    before = await api.rows()
    answer = await applies(api, **{"follows": advance["number"], **changes})
    assert codes(answer) == [code]
    assert answer["refusals"][0]["path"] == ["application", field]
    assert grown(before, await api.rows()) == {}


async def test_a_guarantee_of_another_kind_or_no_longer_in_force_is_not_followed(api: Api) -> None:
    performance = await concluded(api, "p", kind="PERFORMANCE", guaranteedAmount=4_800_000)
    ended = await concluded(api, "e")
    end = sa.update(guarantee).where(guarantee.c.number == ended["number"]).values(state=GuaranteeState.RELEASED)
    await api.platform.database.write(lambda connection: connection.execute(end))
    assert codes(await applies(api, performance["number"], "i1")) == ["FOLLOWED_NOT_ADVANCE"]
    assert codes(await applies(api, ended["number"], "i2")) == ["FOLLOWED_NOT_ACTIVE"]


async def test_the_conditions_are_looked_at_again_at_conclusion(api: Api) -> None:
    advance = await concluded(api)
    application_id = (await applies(api, advance["number"]))["application"]["id"]
    surety = await api.as_("surety")
    await surety.do(APPROVE, applicationId=application_id)
    await surety.do(RECORD_FEE, applicationId=application_id, amount=1_000, receivedOn="2024-06-03")
    change = sa.update(guarantee).where(guarantee.c.number == advance["number"])
    await api.platform.database.write(lambda c: c.execute(change.values(advance_amount=19_200_001)))
    before = await api.rows()
    given = {"applicationId": application_id, "idempotencyKey": "conclude interim"}
    answer = await surety.do(CONCLUDE, **given)
    assert codes(answer) == ["TOTAL_IN_SHARE"]
    assert answer["refusals"][0]["path"] == ["applicationId"]
    assert grown(before, await api.rows()) == {}
    await api.platform.database.write(lambda c: c.execute(change.values(advance_amount=19_200_000)))
    assert (await surety.do(CONCLUDE, **given))["guarantee"]["kind"] == "INTERIM_ADVANCE_PAYMENT"


DRAFT = """mutation ($input: SaveDraftInput!) { saveDraft(input: $input) { __typename ... on DraftPayload {
  draft { id missing unresolved { code path } content { follows } } } } }"""
SUBMIT = """mutation ($input: DraftInput!) { submitDraft(input: $input) { __typename
  ... on ApplicationPayload { application { follows } } ... on Refused { refusals { code path } } } }"""


@pytest.mark.parametrize(("works", "expected"), [(None, []), ("別の工事", ["FOLLOWED_OTHER_WORKS"])])
async def test_a_draft_says_what_submitting_it_would(api: Api, works: str | None, expected: list[str]) -> None:
    advance = await concluded(api)
    contractor = await api.as_("contractor")
    told = {"kind": "INTERIM_ADVANCE_PAYMENT", "guaranteedAmount": 9_600_000, "follows": advance["number"]}
    content = matsue(contractor.surety_id, **told, **({"worksName": works} if works else {}))
    draft = (await contractor.do(DRAFT, title="中間", content=content, idempotencyKey="d"))["draft"]
    assert draft["content"] == {"follows": advance["number"]}
    assert [(each["code"], each["path"]) for each in draft["unresolved"]] == [
        (code, ["content", "follows"]) for code in expected
    ]
    answer = await contractor.do(SUBMIT, draftId=draft["id"], idempotencyKey="s")
    if expected:
        assert answer["refusals"] == draft["unresolved"]
    else:
        assert answer["application"] == {"follows": advance["number"]}


async def test_a_draft_without_a_kind_may_follow(api: Api) -> None:
    contractor = await api.as_("contractor")
    content = {"follows": "1070000001"}
    draft = (await contractor.do(DRAFT, title="中間", content=content, idempotencyKey="d"))["draft"]
    assert {each["code"] for each in draft["unresolved"]} == {"DRAFT_INCOMPLETE"}

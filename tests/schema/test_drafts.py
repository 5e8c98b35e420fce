"""Drafts of applications: saved half filled in, asked what is missing, submitted by the rules of every application."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from denshi_hosho.core.tables import draft
from denshi_hosho.resolvers.draft_content import MAX_CONTENT
from denshi_hosho.schema.ids import global_id
from tests.client import APPLY, Api, Json, applied, codes, concluded, matsue
from tests.schema import operations as ops
from tests.schema.delegating import add_venture
from tests.schema.operations import MUTATIONS

pytestmark = pytest.mark.anyio
SAVE, SUBMIT, DISCARD = (MUTATIONS[f"{name}Draft"] for name in ("save", "submit", "discard"))
REQUIRED = ["suretyId", "obligee", "kind", "delivery", "worksName", "contractPrice", "guaranteedAmount", "completionOn"]


async def saved(api: Api, content: Json, key: str = "s", **more: object) -> Json:
    answer = await api.do(SAVE, title="（例）下書き", content=content, idempotencyKey=key, **more)
    assert answer["__typename"] == "DraftPayload", answer
    return dict(answer["draft"])


async def read(api: Api, draft_id: str) -> Json:
    return dict((await api.ask(ops.NODE, id=draft_id))["node"])


def where(refusals: list[Json]) -> list[tuple[str, list[str]]]:
    return [(each["code"], each["path"]) for each in refusals]


async def test_an_empty_draft_says_all_that_is_missing(api: Api) -> None:
    contractor = await api.as_("contractor")
    before = await api.rows()
    found = await saved(contractor, {})
    assert found["missing"] == REQUIRED
    assert where(found["unresolved"]) == [("DRAFT_INCOMPLETE", ["content", name]) for name in REQUIRED]
    after = await api.rows()
    assert {name: after[name] - before[name] for name in after if after[name] != before[name]} == {
        "draft": 1, "idempotency": 1,
    }  # fmt: skip
    refused = await contractor.do(SUBMIT, draftId=found["id"], idempotencyKey="x")
    assert where(refused["refusals"]) == where(found["unresolved"])
    assert await api.rows() == after


async def test_what_was_saved_is_read_back_and_replaced_as_a_whole(api: Api) -> None:
    contractor = await api.as_("contractor")
    facts = {"workType": "CONSTRUCTION", "contractOn": "2024-06-01", "worksNumbers": ["12", " 3 ", " "], "trial": False}
    whole = matsue(
        contractor.surety_id,
        obligeeName="松江市長",
        coveredPrice=1,
        depositaryBank="（例）銀行",
        urgent=True,
        facts=facts,
    )
    found = await saved(contractor, {**whole, "worksName": " か\u3099工事 "})
    content = (await read(contractor, found["id"]))["content"]
    assert content["works"] == "が工事"
    assert (content["facts"]["worksNumbers"], content["facts"]["trial"], content["facts"]["change"]) == (
        ["12", "3"], False, "ORIGINAL",
    )  # fmt: skip
    assert (content["surety"], content["price"], content["completion"], content["hurry"]) == (
        contractor.surety_id, 48_000_000, "2025-03-15", True,
    )  # fmt: skip
    await saved(contractor, {"worksName": "　", "kind": "PERFORMANCE"}, "again", draftId=found["id"])
    again = (await read(contractor, found["id"]))["content"]
    facts = {"change": "ORIGINAL", "worksNumbers": []}
    assert {name: value for name, value in again.items() if value is not None and name != "facts"} == {
        "ofKind": "PERFORMANCE"
    }
    assert {name: value for name, value in again["facts"].items() if value is not None} == facts


async def test_a_draft_becomes_the_application_that_applying_would_have_made(api: Api) -> None:
    contractor = await api.as_("contractor")
    found = await saved(contractor, matsue(contractor.surety_id))
    assert (found["missing"], found["unresolved"], found["application"]) == ([], [], None)
    before = await api.rows()
    answer = await contractor.do(SUBMIT, draftId=found["id"], idempotencyKey="submit")
    after = await api.rows()
    direct = await contractor.do(APPLY, application=matsue(contractor.surety_id), idempotencyKey="direct")
    assert {each: after[each] - before[each] for each in ("application", "application_step", "decision", "draft")} == {
        "application": 1, "application_step": 1, "decision": 1, "draft": 0,
    }  # fmt: skip
    one, other = [(await contractor.ask(ops.NODE, id=each["application"]["id"]))["node"] for each in (answer, direct)]
    assert {**one, "id": None} == {**other, "id": None}
    assert (await read(contractor, found["id"]))["become"] == {"id": answer["application"]["id"], "state": "SUBMITTED"}
    assert await contractor.do(SUBMIT, draftId=found["id"], idempotencyKey="submit") == answer


def variants() -> list[Json]:
    """Contents with which something is wrong, one thing each."""
    return [
        {"obligee": "999999"}, {"suretyId": global_id("Surety", 987_654)}, {"guaranteedAmount": 48_000_001},
        {"guaranteedAmount": 0}, {"contractPrice": -1}, {"coveredPrice": 48_000_001}, {"contractPrice": 2**53 - 1},
        {"completionOn": "2024-05-31"}, {"completionOn": "0001-01-01"}, {"completionOn": "9999-12-31"},
        {"facts": {"workType": "CONSTRUCTION", "contractOn": "2024-03-01"}}, {"facts": {}}, {"kind": "BID"},
        {"worksName": "\U0001f600"}, {"delivery": "PAPER"}, {"delivery": "PAPER", "facts": {}},
        {"guaranteeEndsOn": "2024-01-01"}, {"obligeeName": "\U0001f600"},
    ]  # fmt: skip


async def test_what_is_unresolved_is_what_submitting_is_refused_for(api: Api, subtests: pytest.Subtests) -> None:
    contractor = await api.as_("contractor")
    for index, change in enumerate(variants()):
        with subtests.test(str(change)):
            content = {**matsue(contractor.surety_id), **change}
            found = await saved(contractor, content, f"v{index}")
            before = await api.rows()
            answer = await contractor.do(SUBMIT, draftId=found["id"], idempotencyKey=f"x{index}")
            if found["unresolved"]:
                told = where(answer["refusals"])
                assert told
                assert all(each in where(found["unresolved"]) for each in told)
                assert await api.rows() == before
                assert (await read(contractor, found["id"]))["draftState"] == "OPEN"
            else:
                assert answer["__typename"] == "ApplicationPayload"


async def test_each_field_that_is_missing_is_named_and_no_other(api: Api) -> None:
    contractor = await api.as_("contractor")
    for index, name in enumerate(REQUIRED):
        content = matsue(contractor.surety_id)
        del content[name]
        found = await saved(contractor, content, f"m{index}")
        assert found["missing"] == [name]
        assert where(found["unresolved"]) == [("DRAFT_INCOMPLETE", ["content", name])], name


async def test_a_draft_begins_with_an_earlier_application_of_one_s_own(api: Api) -> None:
    contractor, other, surety = [await api.as_(name) for name in ("contractor", "other", "surety")]
    application_id = await applied(api, urgent=True, depositaryBank="（例）銀行")
    await surety.do(MUTATIONS["declineApplication"], applicationId=application_id, note="（例）理由")
    found = await saved(contractor, {"worksName": "別の工事"}, copyFromApplicationId=application_id)
    assert (found["missing"], found["unresolved"]) == ([], [])
    shown = await read(contractor, found["id"])
    content = shown["content"]
    assert (content["works"], content["bank"], content["hurry"], content["amount"], content["facts"]["workType"]) == (
        "別の工事", "（例）銀行", None, 19_200_000, "CONSTRUCTION",
    )  # fmt: skip
    assert shown["copiedFrom"] == {"id": application_id}
    before = await api.rows()
    for who, copied in ((other, application_id), (contractor, global_id("GuaranteeApplication", 987_654))):
        answer = await who.do(SAVE, title="写し", copyFromApplicationId=copied, idempotencyKey="c")
        assert where(answer["refusals"]) == [("NOT_FOUND", ["copyFromApplicationId"])]
    assert await api.rows() == before


async def test_an_application_of_a_joint_venture_is_copied_by_those_who_act_for_it(api: Api) -> None:
    venture = global_id("Principal", await add_venture(api.platform))
    contractor, other = await api.as_("contractor"), await api.as_("other")
    found = await saved(contractor, matsue(contractor.surety_id), onBehalfOf=venture)
    assert (await read(contractor, found["id"]))["principalName"].startswith("（例）西日本")
    answer = await contractor.do(SUBMIT, draftId=found["id"], idempotencyKey="x")
    copied = {"copyFromApplicationId": answer["application"]["id"], "title": "写し", "idempotencyKey": "c"}
    assert where((await other.do(SAVE, **copied))["refusals"]) == [("SEES_ONLY", ["copyFromApplicationId"])]
    assert (await contractor.do(SAVE, **copied))["__typename"] == "DraftPayload"
    seen = await other.ask("query ($id: ID!) { node(id: $id) { ... on GuaranteeApplication { principalName } } }",
                           id=answer["application"]["id"])  # fmt: skip
    assert seen["node"]["principalName"].startswith("（例）西日本")
    assert (await other.ask(ops.DRAFTS))["viewer"]["drafts"]["totalCount"] == 0


async def test_every_step_with_a_draft_that_is_closed_is_refused_naming_its_state(api: Api) -> None:
    contractor = await api.as_("contractor")
    submitted = await saved(contractor, matsue(contractor.surety_id), "one")
    discarded = await saved(contractor, matsue(contractor.surety_id), "two")
    await contractor.do(SUBMIT, draftId=submitted["id"], idempotencyKey="x")
    answer = await contractor.do(DISCARD, draftId=discarded["id"], idempotencyKey="y")
    assert (answer["draft"]["state"], answer["draft"]["unresolved"]) == ("DISCARDED", [])
    before = await api.rows()
    for each, word in ((submitted, "申込済み"), (discarded, "破棄")):
        for operation, more in ((SUBMIT, {}), (DISCARD, {}), (SAVE, {"title": "再", "content": {}})):
            refused = await contractor.do(operation, draftId=each["id"], idempotencyKey="z", **more)
            assert where(refused["refusals"]) == [("WRONG_STATE", ["draftId"])]
            assert f"「{word}」です" in refused["refusals"][0]["message"]
    assert await api.rows() == before
    kept = await stored(api)
    assert [(each.state.value, each.content == "{}") for each in kept] == [("SUBMITTED", False), ("DISCARDED", True)]


async def stored(api: Api) -> list[Any]:
    async with api.platform.database.read() as connection:
        return list((await connection.execute(sa.select(draft).order_by(draft.c.id))).all())


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_texts_that_could_never_be_submitted_are_refused_at_once(api: Api, subtests: pytest.Subtests) -> None:
    contractor = await api.as_("contractor")
    before = await api.rows()
    wrong: tuple[tuple[Json, str, list[str]], ...] = (
        ({"title": ""}, "TEXT_LENGTH", ["title"]), ({"title": "あ" * 201}, "TEXT_LENGTH", ["title"]),
        ({"title": "a\u0000"}, "TEXT_CONTROL_CHARACTER", ["title"]),
        ({"content": {"worksName": "a\u0000b"}}, "TEXT_CONTROL_CHARACTER", ["content", "worksName"]),
        ({"content": {"obligee": "9" * 201}}, "TEXT_LENGTH", ["content", "obligee"]),
        ({"content": {"facts": {"division": "a\nb"}}}, "TEXT_CONTROL_CHARACTER", ["content", "facts", "division"]),
        ({"content": {"facts": {"worksNumbers": ["1", "2" * 201]}}}, "TEXT_LENGTH", ["content", "facts", "worksNumbers"]),
        ({"content": {"facts": {"worksNumbers": ["1" * 200] * (MAX_CONTENT // 200)}}}, "DRAFT_TOO_LONG", ["content"]),
        ({"idempotencyKey": ""}, "IDEMPOTENCY_KEY_MALFORMED", ["idempotencyKey"]),
    )  # fmt: skip
    for given, code, path in wrong:
        with subtests.test(str(given)[:60]):
            answer = await contractor.do(SAVE, **{"title": "下書き", "idempotencyKey": "k", **given})
            assert where(answer["refusals"]) == [(code, path)]
    assert await api.rows() == before


async def test_a_withdrawn_application_is_withdrawn_for_good(api: Api) -> None:
    application_id = await applied(api)
    contractor, surety = await api.as_("contractor"), await api.as_("surety")
    withdraw = MUTATIONS["withdrawApplication"]
    given = {"applicationId": application_id, "reason": "（例）工事の中止", "idempotencyKey": "w"}
    before = await api.rows()
    for reason in ("", " ", "あ" * 1001):
        assert codes(await contractor.do(withdraw, **{**given, "reason": reason})) == ["NOTE_LENGTH"]
    assert await api.rows() == before
    answer = await contractor.do(withdraw, **given)
    assert answer["application"]["state"] == "WITHDRAWN"
    assert answer["application"]["steps"][-1] == {"step": "WITHDRAWN", "note": "（例）工事の中止"}
    assert await contractor.do(withdraw, **given) == answer
    after = await api.rows()
    assert codes(await contractor.do(withdraw, **{**given, "idempotencyKey": "v"})) == ["WRONG_STATE"]
    assert codes(await contractor.do(withdraw, **{**given, "reason": "別"})) == ["IDEMPOTENCY_KEY_REUSED"]
    refused = await surety.do(MUTATIONS["approveApplication"], applicationId=application_id)
    assert "「取下げ」です" in refused["refusals"][0]["message"]
    assert await api.rows() == after


async def test_what_is_concluded_is_not_withdrawn(api: Api) -> None:
    await concluded(api)
    given = {"applicationId": global_id("GuaranteeApplication", 1), "reason": "中止", "idempotencyKey": "w"}
    refused = await (await api.as_("contractor")).do(MUTATIONS["withdrawApplication"], **given)
    assert where(refused["refusals"]) == [("WRONG_STATE", ["applicationId"])]
    assert "「保証契約締結済み」です" in refused["refusals"][0]["message"]


async def test_a_request_of_the_surety_s_that_comes_twice_is_done_once(api: Api) -> None:
    application_id = await applied(api)
    contractor, surety = await api.as_("contractor"), await api.as_("surety")
    corrected = matsue(contractor.surety_id, worksName="訂正した工事")
    for who, name, given in (
        (surety, "returnApplication", {"note": "訂正"}), (contractor, "resubmitApplication", {"application": corrected}),
        (surety, "approveApplication", {}), (surety, "recordFee", {"amount": 1, "receivedOn": "2024-06-03"}),
    ):  # fmt: skip
        asked: Json = {"applicationId": application_id, "idempotencyKey": name, **given}
        first = await who.do(MUTATIONS[name], **asked)
        rows = await api.rows()
        assert await who.do(MUTATIONS[name], **asked) == first
        assert await api.rows() == rows
        assert codes(
            await who.do(MUTATIONS[name], **{**asked, "applicationId": global_id("GuaranteeApplication", 9)})
        ) == ["IDEMPOTENCY_KEY_REUSED"]
    declined = await applied(api, "another")
    asked = {"applicationId": declined, "note": "（例）謝絶", "idempotencyKey": "d"}
    assert await surety.do(MUTATIONS["declineApplication"], **asked) == await surety.do(
        MUTATIONS["declineApplication"], **asked
    )


async def test_a_draft_that_is_submitted_twice_at_once_becomes_one_application(api: Api) -> None:
    contractor = await api.as_("contractor")
    found = await saved(contractor, matsue(contractor.surety_id))
    both = [contractor.do(SUBMIT, draftId=found["id"], idempotencyKey=key) for key in ("one", "two")]
    answers = sorted([await each for each in asyncio.as_completed(both)], key=lambda each: str(each["__typename"]))
    assert [each["__typename"] for each in answers] == ["ApplicationPayload", "Refused"]
    assert codes(answers[1]) == ["WRONG_STATE"]
    assert (await contractor.ask("{ viewer { applications { totalCount } } }"))["viewer"]["applications"][
        "totalCount"
    ] == 1

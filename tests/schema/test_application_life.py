"""The road of an application: returned, corrected, approved, paid for, concluded; and every wrong turn."""

import pytest

from tests.client import APPROVE, CONCLUDE, RECORD_FEE, Api, Json, applied, approved, codes, matsue
from tests.schema.operations import APPLICATIONS, MUTATIONS
from tests.schema.parties import add_other_surety

pytestmark = pytest.mark.anyio
RETURN, DECLINE, RESUBMIT = (MUTATIONS[f"{name}Application"] for name in ("return", "decline", "resubmit"))
FEE = {"amount": 100_000, "receivedOn": "2024-06-03"}


def where(answer: Json) -> list[tuple[str, list[str]]]:
    return [(each["code"], each["path"]) for each in answer["refusals"]]


async def test_returned_corrected_approved_concluded(api: Api) -> None:
    application_id = await applied(api)
    contractor, surety = await api.as_("contractor"), await api.as_("surety")
    returned = await surety.do(RETURN, applicationId=application_id, note="工事名を訂正してください。\nよろしく")
    assert returned["application"]["state"] == "RETURNED"
    corrected = matsue(contractor.surety_id, worksName="訂正した工事", guaranteedAmount=10_000_000, delivery="PAPER")
    again = await contractor.do(RESUBMIT, applicationId=application_id, application=corrected)
    assert again["application"] == {
        "id": application_id, "state": "SUBMITTED", "feeState": "DUE", "feeAmount": None, "feeReceivedOn": None,
        "delivery": "PAPER", "kind": "ADVANCE_PAYMENT", "obligeeName": "松江市", "worksName": "訂正した工事",
        "guaranteedAmount": 10_000_000, "urgent": False,
        "steps": [{"step": "SUBMITTED", "note": None},
                  {"step": "RETURNED", "note": "工事名を訂正してください。\nよろしく"},
                  {"step": "RESUBMITTED", "note": None}],
    }  # fmt: skip
    await surety.do(APPROVE, applicationId=application_id)
    await surety.do(RECORD_FEE, applicationId=application_id, **FEE)
    answer = await surety.do(MUTATIONS["concludeGuarantee"], applicationId=application_id, idempotencyKey="c")
    assert (answer["guarantee"]["worksName"], answer["guarantee"]["medium"]) == ("訂正した工事", "PAPER")
    seen = await contractor.ask(
        "query ($id: ID!) { node(id: $id) { ... on GuaranteeApplication { decisions { stage text facts"
        " decision { outcome revision digest } } } } }",
        id=application_id,
    )
    decisions = seen["node"]["decisions"]
    assert [each["stage"] for each in decisions] == ["APPLICATION", "APPLICATION", "CONCLUSION"]
    rulebook = api.platform.rulebook
    digest = rulebook.rules_on("322016", api.platform.clock().date()).digest
    assert {each["decision"]["digest"] for each in decisions} == {digest}
    assert {each["text"] for each in decisions} == {rulebook.text(digest)}
    assert {each["decision"]["revision"] for each in decisions} == {"2024-06-01"}
    assert '"guaranteed_amount":10000000' in decisions[1]["facts"]


async def test_every_step_from_a_wrong_state_is_refused(api: Api, subtests: pytest.Subtests) -> None:
    contractor, surety = await api.as_("contractor"), await api.as_("surety")
    form = matsue(contractor.surety_id)
    ids = {state: await applied(api, state) for state in ("SUBMITTED", "RETURNED", "DECLINED")}
    ids["APPROVED"] = await approved(api, "APPROVED")
    ids["CONCLUDED"] = await approved(api, "CONCLUDED")
    await surety.do(RETURN, applicationId=ids["RETURNED"], note="r")
    await surety.do(DECLINE, applicationId=ids["DECLINED"], note="d")
    await surety.do(CONCLUDE, applicationId=ids["CONCLUDED"], idempotencyKey="c")
    allowed = {"SUBMITTED"}
    steps: tuple[tuple[Api, str, Json, set[str]], ...] = (
        (surety, RETURN, {"note": "r"}, allowed), (surety, DECLINE, {"note": "d"}, allowed),
        (surety, APPROVE, {}, allowed), (surety, RECORD_FEE, FEE, {"SUBMITTED", "APPROVED"}),
        (surety, CONCLUDE, {"idempotencyKey": "x"}, {"APPROVED"}), (contractor, RESUBMIT, {"application": form}, {"RETURNED"}),
    )  # fmt: skip
    before = await api.rows()
    for who, operation, given, right in steps:
        for state in ids.keys() - right:
            with subtests.test(f"{operation[32:60]} {state}"):
                answer = await who.do(operation, applicationId=ids[state], **given)
                assert where(answer) == [("WRONG_STATE", ["applicationId"])]
                assert f"The application is {state};" in answer["refusals"][0]["messageEn"]
    assert await api.rows() == before


async def test_the_fee_and_what_is_wrong_with_it(api: Api, subtests: pytest.Subtests) -> None:
    application_id = await applied(api)
    surety = await api.as_("surety")
    both = [("FEE_AMBIGUOUS", ["amount"])]
    wrong: tuple[tuple[Json, list[tuple[str, list[str]]]], ...] = (
        ({}, both), ({"amount": 1}, both), ({"receivedOn": "2024-06-03"}, both), ({**FEE, "consolidated": True}, both),
        ({"amount": 1, "receivedOn": "2024-06-04"}, [("DAY_IN_FUTURE", ["receivedOn"])]),
        ({"amount": 0, "receivedOn": "2024-06-03"}, [("AMOUNT_OUT_OF_RANGE", ["amount"])]),
        ({"amount": 10**13 + 1, "receivedOn": "2024-06-03"}, [("AMOUNT_OUT_OF_RANGE", ["amount"])]),
        ({"consolidated": True}, [("NOT_CONSOLIDATED", ["consolidated"])]),
    )  # fmt: skip
    before = await api.rows()
    for given, expected in wrong:
        with subtests.test(str(given)):
            assert where(await surety.do(RECORD_FEE, applicationId=application_id, **given)) == expected
    assert await api.rows() == before
    answer = await surety.do(MUTATIONS["recordFee"], applicationId=application_id, **FEE)
    assert answer["application"]["feeState"] == "RECEIVED"
    assert answer["application"]["steps"][-1] == {"step": "FEE_RECORDED", "note": "領収済み"}
    again = await surety.do(RECORD_FEE, applicationId=application_id, **FEE)
    assert where(again) == [("FEE_RECORDED", ["applicationId"])]


async def test_a_fee_that_is_due_stands_in_the_way_unless_it_is_paid_consolidated(api: Api) -> None:
    other, surety = await api.as_("other"), await api.as_("surety")
    answer = await other.do(MUTATIONS["applyForGuarantee"], application=matsue(other.surety_id), idempotencyKey="k")
    application_id = answer["application"]["id"]
    await surety.do(APPROVE, applicationId=application_id)
    before = await api.rows()
    refused = await surety.do(CONCLUDE, applicationId=application_id, idempotencyKey="c")
    assert where(refused) == [("FEE_DUE", ["applicationId"])]
    assert await api.rows() == before
    paid = await surety.do(MUTATIONS["recordFee"], applicationId=application_id, consolidated=True)
    assert [paid["application"][name] for name in ("feeState", "feeAmount", "feeReceivedOn")] == [
        "CONSOLIDATED",
        None,
        None,
    ]
    concluded = await surety.do(CONCLUDE, applicationId=application_id, idempotencyKey="c")
    assert concluded["guarantee"]["number"] == "1070000473"


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_notes_are_said_and_short(api: Api, subtests: pytest.Subtests) -> None:
    application_id = await applied(api)
    surety = await api.as_("surety")
    before = await api.rows()
    for operation in (RETURN, DECLINE):
        for note, code in (("", "NOTE_LENGTH"), (" 　", "NOTE_LENGTH"), ("あ" * 1001, "NOTE_LENGTH"),
                           ("a\u0000", "TEXT_CONTROL_CHARACTER")):  # fmt: skip
            with subtests.test(f"{operation[32:50]} {note[:5]!r}"):
                answer = await surety.do(operation, applicationId=application_id, note=note)
                assert where(answer) == [(code, ["note"])]
    assert await api.rows() == before
    answer = await surety.do(DECLINE, applicationId=application_id, note="あ" * 1000)
    assert answer["application"]["state"] == "DECLINED"


async def test_a_surety_with_several_branches_says_which(api: Api) -> None:
    await add_other_surety(api.platform)
    sureties = (await api.ask("{ sureties { id name branches { id name } } }"))["sureties"]
    (mine,) = (each for each in sureties if each["name"] == "別保証株式会社")
    (foreign,) = (each for each in sureties if each["name"] != "別保証株式会社")
    application_id = await applied(api, suretyId=mine["id"])
    surety = await api.as_("other-surety")
    for given in ({}, {"branchId": foreign["branches"][0]["id"]}, {"branchId": "QnJhbmNoOjk5OTk="}):
        answer = await surety.do(APPROVE, applicationId=application_id, **given)
        assert where(answer) == [("BRANCH_NEEDED", ["branchId"])]
    assert await surety.errors(APPROVE, input={"applicationId": application_id, "branchId": mine["id"]}) == [
        "ID_MALFORMED"
    ]
    chosen = mine["branches"][1]
    assert chosen["name"] == "札幌支店"
    await surety.do(APPROVE, applicationId=application_id, branchId=chosen["id"])
    await surety.do(RECORD_FEE, applicationId=application_id, **FEE)
    answer = await surety.do(CONCLUDE, applicationId=application_id, idempotencyKey="c")
    assert answer["guarantee"]["number"] == "2000000001"
    seen = await surety.ask(
        "{ viewer { guarantees { nodes { certificate { branch { name } surety { name termsUrl } } } } } }"
    )
    assert seen["viewer"]["guarantees"]["nodes"] == [
        {"certificate": {"branch": {"name": "札幌支店"}, "surety": {"name": "別保証株式会社", "termsUrl": None}}}
    ]


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_a_returned_application_stays_with_its_surety(api: Api) -> None:
    await add_other_surety(api.platform)
    application_id = await applied(api)
    contractor, surety = await api.as_("contractor"), await api.as_("surety")
    await surety.do(RETURN, applicationId=application_id, note="r")
    before = await api.rows()
    moved = await contractor.do(RESUBMIT, applicationId=application_id, application=matsue("U3VyZXR5OjI="))
    assert where(moved) == [("SURETY_CHANGED", ["application", "suretyId"])]
    refused = await contractor.do(
        RESUBMIT,
        applicationId=application_id,
        application=matsue(contractor.surety_id, facts={"contractOn": "2024-05-31"}),
    )
    assert codes(refused) == ["BEFORE_START"]
    assert await api.rows() == before


async def test_the_queue_is_filtered_ordered_and_paged(api: Api) -> None:
    ids = [await applied(api, str(number), worksName=f"工事{number}") for number in range(4)]
    surety = await api.as_("surety")
    await surety.do(RETURN, applicationId=ids[1], note="r")
    await surety.do(APPROVE, applicationId=ids[2])

    async def page(**given: object) -> Json:
        return dict((await surety.ask(APPLICATIONS, **{"sort": "OLDEST", **given}))["viewer"]["applications"])

    def which(found: Json) -> list[int]:
        return [ids.index(each["id"]) for each in found["nodes"]]

    assert which(await page()) == [0, 1, 2, 3]
    assert which(await page(sort="NEWEST")) == [3, 2, 1, 0]
    assert which(await page(states=[])) == [0, 1, 2, 3]
    assert which(await page(states=["SUBMITTED"])) == [0, 3]
    assert which(await page(states=["RETURNED", "APPROVED"])) == [1, 2]
    first = await page(states=["SUBMITTED", "RETURNED"], first=2)
    assert (which(first), first["totalCount"], first["pageInfo"]["hasNextPage"]) == ([0, 1], 3, True)
    assert which(await page(states=["SUBMITTED", "RETURNED"], first=2, after=first["pageInfo"]["endCursor"])) == [3]
    last = await page(last=1)
    assert which(last) == [3]
    assert which(await page(last=2, before=last["pageInfo"]["startCursor"])) == [1, 2]


async def test_two_steps_in_one_request_each_show_what_they_did(api: Api) -> None:
    application_id = await applied(api)
    surety = await api.as_("surety")
    payload = "... on ApplicationPayload { application { state feeState steps { step } } }"
    answer = await surety.ask(
        "mutation ($a: ApproveApplicationInput!, $f: RecordFeeInput!) {"
        f" approve: approveApplication(input: $a) {{ {payload} }} fee: recordFee(input: $f) {{ {payload} }} }}",
        a={"applicationId": application_id},
        f={"applicationId": application_id, **FEE},
    )
    steps = [{"step": "SUBMITTED"}, {"step": "APPROVED"}, {"step": "FEE_RECORDED"}]
    assert answer == {
        "approve": {"application": {"state": "APPROVED", "feeState": "DUE", "steps": steps[:2]}},
        "fee": {"application": {"state": "APPROVED", "feeState": "RECEIVED", "steps": steps}},
    }

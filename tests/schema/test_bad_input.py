"""Applications with something wrong: the exact code and path, and nothing written."""

from typing import Any

import pytest

from tests.client import APPLY, CONCLUDE, Api, Json, applied, approved, matsue
from tests.schema.operations import ELIGIBILITY

pytestmark = pytest.mark.anyio
SQLITE = pytest.mark.parametrize("database_kind", ["sqlite"])
MOST = 10**13
AMOUNT = "AMOUNT_OUT_OF_RANGE"
ABOVE = "GUARANTEED_AMOUNT_ABOVE_CONTRACT_PRICE"


def where(answer: Json) -> list[tuple[str, str]]:
    assert answer["__typename"] == "Refused", answer
    return [(each["code"], ".".join(each["path"])) for each in answer["refusals"]]


def app(name: str) -> str:
    return f"application.{name}"


REFUSED: dict[str, tuple[Json, list[tuple[str, str]]]] = {
    "amount above the price": ({"guaranteedAmount": 48_000_001}, [(ABOVE, app("guaranteedAmount"))]),
    "amount zero": ({"guaranteedAmount": 0}, [(AMOUNT, app("guaranteedAmount"))]),
    "amount negative": ({"guaranteedAmount": -1}, [(AMOUNT, app("guaranteedAmount"))]),
    "price zero": ({"contractPrice": 0}, [(AMOUNT, app("contractPrice")), (ABOVE, app("guaranteedAmount"))]),
    "both beyond": ({"contractPrice": MOST + 1, "guaranteedAmount": MOST + 1},
                    [(AMOUNT, app("contractPrice")), (AMOUNT, app("guaranteedAmount"))]),
    "covered zero": ({"coveredPrice": 0}, [(AMOUNT, app("coveredPrice"))]),
    "covered above the price": ({"coveredPrice": 48_000_001},
                                [("COVERED_PRICE_ABOVE_CONTRACT_PRICE", app("coveredPrice"))]),
    "ends before the contract": ({"completionOn": "2024-05-31"},
                                 [("COMPLETION_BEFORE_CONTRACT", app("completionOn")),
                                  ("GUARANTEE_ENDS_BEFORE_CONTRACT", app("guaranteeEndsOn"))]),
    "before the solar calendar": ({"completionOn": "1872-12-31", "delivery": "PAPER", "facts": {"contractOn": None}},
                                  [("DATE_BEFORE_SOLAR_CALENDAR", app("completionOn")),
                                   ("DATE_BEFORE_SOLAR_CALENDAR", app("guaranteeEndsOn"))]),
    "works name empty": ({"worksName": " 　"}, [("TEXT_LENGTH", app("worksName"))]),
    "works name long": ({"worksName": "工" * 201}, [("TEXT_LENGTH", app("worksName"))]),
    "works name of two lines": ({"worksName": "一\n二"}, [("TEXT_CONTROL_CHARACTER", app("worksName"))]),
    "works name with NUL": ({"worksName": "一\u0000二"}, [("TEXT_CONTROL_CHARACTER", app("worksName"))]),
    "obligee name not printable": ({"obligeeName": "𠮷野町"}, [("TEXT_NOT_PRINTABLE", app("obligeeName"))]),
    "bank empty": ({"depositaryBank": ""}, [("TEXT_LENGTH", app("depositaryBank"))]),
    "unknown obligee": ({"obligee": "999999"}, [("OBLIGEE_UNKNOWN", app("obligee"))]),
    "unknown surety": ({"suretyId": "U3VyZXR5OjQ3MTE="}, [("SURETY_UNKNOWN", app("suretyId"))]),
    "the day before the start": ({"facts": {"contractOn": "2024-05-31"}},
                                 [("BEFORE_START", app("facts.contractOn"))]),
    "contract day missing": ({"facts": {"contractOn": None}}, [("START_DATE_MISSING", app("facts.contractOn"))]),
    "a work type that it does not take": ({"facts": {"workType": "SURVEY"}},
                                          [("WORK_TYPE_NOT_TAKEN", app("facts.workType"))]),
    "work type missing": ({"facts": {"workType": None}}, [("WORK_TYPE_MISSING", app("facts.workType"))]),
    "bid guarantee": ({"kind": "BID"}, [("KIND_NEVER_ELECTRONIC", app("kind"))]),
}  # fmt: skip


@SQLITE
async def test_an_application_is_refused_where_it_is_wrong(api: Api, subtests: pytest.Subtests) -> None:
    contractor = await api.as_("contractor")
    before = await api.rows()
    for name, (changes, expected) in REFUSED.items():
        with subtests.test(name):
            answer = await contractor.do(APPLY, application=matsue(contractor.surety_id, **changes), idempotencyKey="k")
            assert where(answer) == expected
            assert all(each["message"] and each["messageEn"] for each in answer["refusals"])
            assert await api.rows() == before


@SQLITE
async def test_an_unknown_obligee_is_answered_with_a_guess(api: Api) -> None:
    contractor = await api.as_("contractor")
    answer = await contractor.do(APPLY, application=matsue(contractor.surety_id, obligee="322061"), idempotencyKey="k")
    assert answer["refusals"][0]["message"] == (
        "発注者「322061」の規則は登録されていません。もしかして: 322016（松江市）"
    )
    assert answer["refusals"][0]["messageEn"].endswith("Did you mean 322016（松江市）?")


async def test_the_first_day_is_accepted_and_so_is_the_largest_amount(api: Api) -> None:
    application_id = await applied(api, contractPrice=MOST, coveredPrice=MOST, guaranteedAmount=MOST)
    seen = await (await api.as_("contractor")).ask(
        "query ($id: ID!) { node(id: $id) { ... on GuaranteeApplication"
        " { contractPrice coveredPrice guaranteedAmount } } }",
        id=application_id,
    )
    assert seen["node"] == {"contractPrice": MOST, "coveredPrice": MOST, "guaranteedAmount": MOST}


@SQLITE
async def test_a_refusal_by_the_rules_says_who_says_so_and_that_paper_is_open(api: Api) -> None:
    contractor = await api.as_("contractor")
    application = matsue(contractor.surety_id, facts={"contractOn": None})
    answer = await contractor.do(APPLY, application=application, idempotencyKey="k")
    assert answer["decision"] == {"outcome": "UNDETERMINED", "missing": ["contractOn"], "paper": True}
    assert {each["title"] for each in answer["refusals"][0]["sources"]} == {
        "電子保証のご案内（令和6年6月1日より松江市で運用開始）"
    }


@SQLITE
async def test_yen_are_whole_numbers(api: Api, subtests: pytest.Subtests) -> None:
    contractor = await api.as_("contractor")
    before = await api.rows()
    wrong: list[Any] = [1.5, 48_000_000.0, "48000000", True, 2**53, -(2**53), [48_000_000], {}]
    for yen in wrong:
        with subtests.test(str(yen)):
            application = matsue(contractor.surety_id, contractPrice=yen)
            body = (await contractor.post(APPLY, input={"application": application, "idempotencyKey": "k"})).json()
            assert "data" not in body
            assert [each["extensions"]["code"] for each in body["errors"]] == ["SCALAR_MALFORMED"]
            assert await api.rows() == before


@SQLITE
async def test_yen_written_into_the_document(api: Api, subtests: pytest.Subtests) -> None:
    query = '{ eligibility(application: {obligee: "322016", kind: BID, contractPrice: YEN}) { __typename } }'
    for literal in ("1e3", "48000000.0", '"48000000"', "true", str(2**53), "X", "[1]"):
        with subtests.test(literal):
            assert await api.errors(query.replace("YEN", literal)) == ["SCALAR_MALFORMED"]
    assert (await api.ask(query.replace("YEN", str(2**53 - 1))))["eligibility"] == {"__typename": "Decision"}


@SQLITE
async def test_days_are_days(api: Api, subtests: pytest.Subtests) -> None:
    contractor = await api.as_("contractor")
    wrong: list[object] = ["2024-02-30", "2024-6-1", "令和6年6月1日", "2024-06-01T00:00:00", "", 20240601, None]
    for day in wrong:
        with subtests.test(str(day)):
            given = {"application": matsue(contractor.surety_id, completionOn=day), "idempotencyKey": "k"}
            code = "GRAPHQL_INVALID" if day is None else "SCALAR_MALFORMED"
            assert await contractor.errors(APPLY, input=given) == [code]


@SQLITE
async def test_ids_of_other_types_and_no_ids_are_malformed(api: Api) -> None:
    application_id = await applied(api)
    contractor, surety = await api.as_("contractor"), await api.as_("surety")
    for wrong in (
        contractor.surety_id,
        "",
        "!",
        "R3VhcmFudGVlQXBwbGljYXRpb246LTE=",
        "R3VhcmFudGVlQXBwbGljYXRpb246" + "OTk5" * 9,
    ):
        given = {"applicationId": wrong, "idempotencyKey": "k"}
        assert await surety.errors(CONCLUDE, input=given) == ["ID_MALFORMED"], wrong
    application = matsue(application_id)
    assert await contractor.errors(APPLY, input={"application": application, "idempotencyKey": "k"}) == ["ID_MALFORMED"]


async def test_the_same_key_with_the_same_body_is_one_application(api: Api) -> None:
    first = await applied(api, "k")
    before = await api.rows()
    assert await applied(api, "k") == first
    assert await api.rows() == before


async def test_the_same_key_with_another_body_is_refused(api: Api) -> None:
    await applied(api, "k")
    before = await api.rows()
    contractor = await api.as_("contractor")
    for changes in ({"worksName": "別の工事"}, {"facts": {"division": "土木課"}}):
        application = matsue(contractor.surety_id, **changes)
        answer = await contractor.do(APPLY, application=application, idempotencyKey="k")
        assert where(answer) == [("IDEMPOTENCY_KEY_REUSED", "idempotencyKey")]
    assert await api.rows() == before


async def test_keys_of_two_accounts_do_not_meet(api: Api) -> None:
    await applied(api, "k")
    other = await api.as_("other")
    answer = await other.do(APPLY, application=matsue(other.surety_id), idempotencyKey="k")
    assert answer["__typename"] == "ApplicationPayload"


async def test_concluding_twice_with_one_key_concludes_once(api: Api) -> None:
    given = {"applicationId": await approved(api), "idempotencyKey": "c"}
    surety = await api.as_("surety")
    first = await surety.do(CONCLUDE, **given)
    before = await api.rows()
    assert await surety.do(CONCLUDE, **given) == first
    assert where(await surety.do(CONCLUDE, **{**given, "idempotencyKey": "d"})) == [("WRONG_STATE", "applicationId")]
    assert await api.rows() == before


@SQLITE
async def test_a_malformed_idempotency_key(api: Api, subtests: pytest.Subtests) -> None:
    contractor = await api.as_("contractor")
    before = await api.rows()
    for key in ("", "鍵", "k" * 65, "a\nb", "\u0000"):
        with subtests.test(repr(key)):
            answer = await contractor.do(APPLY, application=matsue(contractor.surety_id), idempotencyKey=key)
            assert where(answer) == [("IDEMPOTENCY_KEY_MALFORMED", "idempotencyKey")]
            assert await api.rows() == before


@SQLITE
async def test_eligibility_of_an_unknown_obligee(api: Api) -> None:
    given = {"obligee": "322061", "kind": "ADVANCE_PAYMENT"}
    answer = (await api.ask(ELIGIBILITY, application=given))["eligibility"]
    assert where(answer) == [("OBLIGEE_UNKNOWN", "obligee")]

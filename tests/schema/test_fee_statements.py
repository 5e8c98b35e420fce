from datetime import timedelta
from typing import Any

import pytest

from denshi_hosho.core.auditing import verify
from tests.client import APPROVE, CONCLUDE, RECORD_FEE, Api, Json, applied, codes, matsue
from tests.conftest import NOW, Clock
from tests.core.documents.pdf import texts_of
from tests.schema import operations as ops
from tests.schema.lives import TARIFF, add_obligee, add_tariff, handed_in, lived
from tests.schema.operations import MUTATIONS
from tests.schema.test_ending import cancel

pytestmark = pytest.mark.anyio
FEE = 67_400  # 10,000,000 at 0.40 % and 9,200,000 at 0.30 %, 200 yen off
STATEMENTS = (
    "query ($id: ID!) { node(id: $id) { ... on GuaranteeApplication { feeState feeStatements"
    " { kind amount lines { ja en yen } tariffName isExample statedOn pdfUrl } } } }"
)
LINES = [
    {"ja": "10,000,000円 × 0.4%", "en": "10,000,000 yen × 0.4%", "yen": 40_000},
    {"ja": "9,200,000円 × 0.3%", "en": "9,200,000 yen × 0.3%", "yen": 27_600},
    {
        "ja": "インターネット申込割引(保証金額3,000,000円以上)",
        "en": "applied for online, from 3,000,000 yen on",
        "yen": -200,
    },
]
NAME = "例示料率(実在の保証会社の料率ではありません)"


async def calculate(api: Api, application_id: str, key: str = "fee") -> Json:
    owner = await api.as_("surety")
    return await owner.do(MUTATIONS["calculateFee"], applicationId=application_id, idempotencyKey=key)


async def statements(who: Api, application_id: str) -> list[Json]:
    return list((await who.ask(STATEMENTS, id=application_id))["node"]["feeStatements"])


async def estimate(api: Api, **changes: object) -> Json:
    contractor = await api.as_("contractor")
    given = {"suretyId": contractor.surety_id, "kind": "ADVANCE_PAYMENT", "guaranteedAmount": 19_200_000, **changes}
    return dict((await api.bearing(None).ask(ops.ESTIMATE, input=given))["feeEstimate"])


async def month(who: Api, text: str, surety_id: str | None = None) -> Json:
    answer = await who.ask(ops.FEE_MONTH, suretyId=surety_id or who.surety_id, month=text)
    return dict(answer["viewer"]["feeMonth"])


def printed(pdf: bytes, *parts: str) -> None:
    """Each reader reads each of `parts`."""
    for text in texts_of(pdf):
        assert [part for part in parts if part not in text] == []


async def consolidated(api: Api, key: str, **changes: object) -> Json:
    """Take an application of the principal that pays consolidated all the way; return the guarantee."""
    other, owner = await api.as_("other"), await api.as_("surety")
    asked = matsue(other.surety_id, **changes)
    made = await other.do(MUTATIONS["applyForGuarantee"], application=asked, idempotencyKey=key)
    application_id = str(made["application"]["id"])
    await owner.do(APPROVE, applicationId=application_id)
    await calculate(api, application_id, f"{key}-fee")
    await owner.do(RECORD_FEE, applicationId=application_id, consolidated=True)
    answer = await owner.do(CONCLUDE, applicationId=application_id, idempotencyKey=f"{key}-conclude")
    return {**answer["guarantee"], "application": application_id}


async def test_anybody_may_ask_what_a_guarantee_would_cost(api: Api) -> None:
    await add_tariff(api)
    await api.as_("contractor")
    before = await api.rows()
    assert await estimate(api) == {
        "__typename": "FeeEstimate", "amount": FEE, "lines": LINES, "tariffName": NAME, "isExample": True,
    }  # fmt: skip
    assert (await estimate(api, online=False))["amount"] == FEE + 200
    of_class = {"kind": "PERFORMANCE", "className": "A"}
    assert (await estimate(api, **of_class))["lines"] == [
        {"ja": "19,200,000円 × 0.35%", "en": "19,200,000 yen × 0.35%", "yen": 67_200}
    ]
    assert await api.rows() == before


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"on": "2021-12-31"}, "NO_TARIFF"),
        ({"kind": "BID"}, "NO_RATE"),
        ({"guaranteedAmount": 0}, "AMOUNT_OUT_OF_RANGE"),
        ({"guaranteedAmount": 10**13 + 1}, "AMOUNT_OUT_OF_RANGE"),
        ({"className": ""}, "TEXT_LENGTH"),
        ({"className": "A" * 201}, "TEXT_LENGTH"),
        ({"className": "A\u0000"}, "TEXT_CONTROL_CHARACTER"),
        ({"className": "\U0010fffd"}, "TEXT_NOT_PRINTABLE"),
    ],
)
async def test_what_has_no_fee_is_refused(api: Api, given: dict[str, object], code: str) -> None:
    await add_tariff(api)
    assert codes(await estimate(api, **given)) == [code]


async def test_the_fee_is_stated_once_and_recorded_as_it_was_stated(api: Api) -> None:
    await add_tariff(api)
    application_id = await applied(api)
    assert (await calculate(api, application_id))["__typename"] == "ApplicationPayload"
    assert (await calculate(api, application_id))["__typename"] == "ApplicationPayload"
    contractor, owner = await api.as_("contractor"), await api.as_("surety")
    (seen,) = await statements(contractor, application_id)
    assert seen == {
        "kind": "INITIAL", "amount": FEE, "lines": LINES, "tariffName": NAME, "isExample": True,
        "statedOn": "2024-06-03", "pdfUrl": None,
    }  # fmt: skip
    before = await api.rows()
    refused = await owner.do(RECORD_FEE, applicationId=application_id, amount=FEE + 1, receivedOn="2024-06-03")
    assert codes(refused) == ["FEE_DIFFERS"]
    assert all(amount in refused["refusals"][0]["messageEn"] for amount in ("67,400", "67,401"))
    assert await api.rows() == before
    recorded = await owner.do(RECORD_FEE, applicationId=application_id, amount=FEE, receivedOn="2024-06-03")
    assert recorded["application"]["feeState"] == "RECEIVED"
    assert codes(await calculate(api, application_id, "again")) == ["FEE_RECORDED"]


async def test_a_statement_is_printed_line_by_line_and_says_that_its_rates_are_an_example(api: Api) -> None:
    await add_tariff(api)
    application_id = await applied(api)
    await calculate(api, application_id)
    (seen,) = await statements(await api.as_("surety"), application_id)
    answer = await api.http.get(seen["pdfUrl"])
    assert answer.headers["content-type"] == "application/pdf"
    printed(answer.content, *(
        "保証料計算書", "例示料率による計算です。実在の保証会社の料率ではありません。", "令和6年6月3日", "締結前", "19,200,000円",
        "40,000", "27,600", "-200", "67,400円", "保証料は課税されません。",
    ))  # fmt: skip


async def test_a_cancelled_guarantees_refund_is_printed(api: Api, clock: Clock) -> None:
    await add_tariff(api)
    made = await lived(api)
    clock.now = NOW + timedelta(days=99)
    api.sessions.clear()  # they have expired
    await cancel(api, made["id"], cancelledOn="2024-09-10")
    application = (
        "query ($id: ID!) { node(id: $id) { ... on Guarantee { feeStatements { kind amount lines { yen } pdfUrl } } } }"
    )
    seen = (await (await api.as_("surety")).ask(application, id=made["id"]))["node"]["feeStatements"]
    returned = FEE * 186 // 286
    assert [(each["kind"], each["amount"]) for each in seen] == [("INITIAL", FEE), ("REFUND", returned)]
    assert seen[1]["lines"] == [{"yen": -returned}]
    printed((await api.http.get(seen[1]["pdfUrl"])).content, "返戻保証料計算書", f"{returned:,}円")


async def test_a_class_is_set_by_the_surety_alone(api: Api) -> None:
    await add_tariff(api)
    application_id = await applied(api, kind="PERFORMANCE", guaranteedAmount=4_800_000)
    given = {"applicationId": application_id, "className": "A", "fromOn": "2024-06-03", "idempotencyKey": "class"}
    owner = await api.as_("surety")
    before = await api.rows()
    wrong = await owner.do(MUTATIONS["setPrincipalClass"], **{**given, "className": "\U0010fffd"})
    assert [(each["code"], each["path"]) for each in wrong["refusals"]] == [("TEXT_NOT_PRINTABLE", ["className"])]
    assert await api.rows() == before
    assert (await owner.do(MUTATIONS["setPrincipalClass"], **given))["__typename"] == "ApplicationPayload"
    await calculate(api, application_id)
    assert [each["amount"] for each in await statements(owner, application_id)] == [16_800]


async def test_an_obligee_sees_no_fee(api: Api) -> None:
    await add_tariff(api)
    made = await lived(api)
    office = await add_obligee(api)
    await handed_in(api, made["id"])
    query = "query ($id: ID!) { node(id: $id) { ... on Guarantee { number feeStatements { amount } } } }"
    assert (await office.ask(query, id=made["id"]))["node"] == {"number": made["number"], "feeStatements": []}


async def test_a_month_that_is_paid_consolidated_is_listed_and_printed(api: Api, clock: Clock) -> None:
    await add_tariff(api)
    first = await consolidated(api, "one")
    await consolidated(api, "two", guaranteedAmount=10_000_000)
    await lived(api)
    clock.now = NOW + timedelta(days=20)
    api.sessions.clear()  # they have expired
    await cancel(api, first["id"], cancelledOn="2024-06-23")
    other = await api.as_("other")
    seen = await month(other, "2024-06")
    returned = FEE * 265 // 286
    assert [(each["kind"], each["amount"]) for each in seen["statements"]] == [
        ("INITIAL", FEE), ("INITIAL", 39_800), ("REFUND", returned),
    ]  # fmt: skip
    assert seen["total"] == FEE + 39_800 - returned
    told = "令和6年6月分", first["number"], f"-{returned:,}", f"{seen['total']:,}円", "1／1"
    printed((await api.http.get(seen["pdfUrl"])).content, "保証料明細書（一括後払）", *told)
    for each in seen["statements"]:
        assert (await api.http.get(each["pdfUrl"])).content.startswith(b"%PDF")
    empty = await month(other, "2024-07")
    assert (empty["total"], empty["statements"]) == (0, [])
    assert (await api.http.get(empty["pdfUrl"])).content.startswith(b"%PDF")


@pytest.mark.parametrize("text", ["", "2024", "2024-13", "2024-6", "2024-06-01", "２０２４-06", "2024-06\n", "1868-01"])
async def test_a_month_is_written_in_one_way(api: Api, text: str) -> None:
    assert codes(await month(await api.as_("contractor"), text)) == ["MONTH_MALFORMED"]


async def test_a_month_of_nobody_is_refused(api: Api) -> None:
    contractor = await api.as_("contractor")
    answer: Any = await contractor.ask("{ sureties { id } }")
    assert contractor.surety_id in [each["id"] for each in answer["sureties"]]
    nobody = "U3VyZXR5Ojk5OTk5"  # Surety:99999
    assert codes(await month(contractor, "2024-06", nobody)) == ["SURETY_UNKNOWN"]


async def test_the_log_holds_each_statement_to_what_was_written(api: Api) -> None:
    await add_tariff(api, text=TARIFF)
    application_id = await applied(api)
    await calculate(api, application_id)
    await calculate(api, application_id, "again")
    assert await verify(api.platform.database) == []

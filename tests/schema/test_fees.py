import io
from datetime import date

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from denshi_hosho.core.auditing import verify
from denshi_hosho.core.tables import fee_statement
from tests.client import APPROVE, RECORD_FEE, Api, applied, codes, matsue
from tests.schema import operations as ops
from tests.schema.lives import TARIFF, add_tariff, lived
from tests.schema.operations import MUTATIONS
from tests.schema.test_changes import ask_for, conclude, life, one

pytestmark = pytest.mark.anyio
STATEMENTS = """query ($id: ID!) { node(id: $id) { ... on GuaranteeApplication { feeState feeAmount
  feeStatements { kind amount isExample tariffName pdfUrl lines { ja yen } } } } }"""


def pdf_text(content: bytes) -> str:
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)


async def calculate(api: Api, application_id: str, key: str = "f") -> list[str]:
    owner = await api.as_("surety")
    answer = await owner.do(MUTATIONS["calculateFee"], applicationId=application_id, idempotencyKey=key)
    return codes(answer) if answer["__typename"] == "Refused" else []


async def test_an_estimate_is_told_line_by_line_and_says_that_it_is_an_example(api: Api) -> None:
    await add_tariff(api)
    surety_id = (await api.as_("contractor")).surety_id
    given = {"suretyId": surety_id, "kind": "ADVANCE_PAYMENT", "guaranteedAmount": 19_200_000}
    told = (await api.ask(ops.ESTIMATE, input=given))["feeEstimate"]
    assert (told["amount"], told["isExample"]) == (67_400, True)
    assert sum(line["yen"] for line in told["lines"]) == 67_400
    for wrong, code in (
        ({"kind": "BID"}, "NO_RATE"),
        ({"on": "2021-12-31"}, "NO_TARIFF"),
        ({"guaranteedAmount": 0}, "AMOUNT_OUT_OF_RANGE"),
    ):
        assert codes((await api.ask(ops.ESTIMATE, input={**given, **wrong}))["feeEstimate"]) == [code]


async def test_a_stated_fee_is_the_only_one_that_is_recorded(api: Api) -> None:
    await add_tariff(api)
    application_id = await applied(api)
    assert await calculate(api, application_id) == []
    owner, contractor = await api.as_("surety"), await api.as_("contractor")
    seen = (await owner.ask(STATEMENTS, id=application_id))["node"]
    (stated,) = seen["feeStatements"]
    assert (stated["kind"], stated["amount"], stated["isExample"]) == ("INITIAL", 67_400, True)
    text = pdf_text((await api.http.get(stated["pdfUrl"])).content)
    assert all(each in text for each in ("保証料計算書", "例示料率による計算です", "67,400 円", "10,000,000円 × 0.4%"))
    assert (await contractor.ask(STATEMENTS, id=application_id))["node"]["feeStatements"][0]["pdfUrl"] is None
    before = await api.rows()
    wrong = await owner.do(RECORD_FEE, applicationId=application_id, amount=67_399, receivedOn="2024-06-03")
    assert codes(wrong) == ["FEE_DIFFERS"]
    assert await api.rows() == before
    right = await owner.do(RECORD_FEE, applicationId=application_id, amount=67_400, receivedOn="2024-06-03")
    assert right["application"]["feeState"] == "RECEIVED"
    assert await verify(api.platform.database) == []


async def test_without_a_tariff_nothing_is_stated(api: Api) -> None:
    application_id = await applied(api)
    await api.as_("surety")
    before = await api.rows()
    assert await calculate(api, application_id) == ["NO_TARIFF"]
    assert await api.rows() == before


async def test_another_amount_needs_another_fee(api: Api) -> None:
    await add_tariff(api)
    application_id = await applied(api)
    await calculate(api, application_id)
    owner, contractor = await api.as_("surety"), await api.as_("contractor")
    await owner.do(RECORD_FEE, applicationId=application_id, amount=67_400, receivedOn="2024-06-03")
    await owner.do(MUTATIONS["returnApplication"], applicationId=application_id, note="金額を訂正")
    changed = matsue(contractor.surety_id, guaranteedAmount=10_000_000)
    await contractor.do(MUTATIONS["resubmitApplication"], applicationId=application_id, application=changed)
    seen = (await owner.ask(STATEMENTS, id=application_id))["node"]
    assert (seen["feeState"], seen["feeAmount"]) == ("DUE", None)
    await calculate(api, application_id, "f2")
    assert codes(await owner.do(RECORD_FEE, applicationId=application_id, amount=67_400, receivedOn="2024-06-03")) == [
        "FEE_DIFFERS"
    ]
    await owner.do(RECORD_FEE, applicationId=application_id, amount=39_800, receivedOn="2024-06-03")
    await owner.do(APPROVE, applicationId=application_id)
    assert await calculate(api, application_id, "f3") == ["FEE_RECORDED"]


async def test_a_class_is_the_suretys_to_set(api: Api) -> None:
    await add_tariff(api)
    owner = await api.as_("surety")
    application_id = await applied(api, kind="PERFORMANCE", guaranteedAmount=4_800_000)
    await calculate(api, application_id)
    given = {"applicationId": application_id, "className": "A", "fromOn": "2024-06-01", "idempotencyKey": "c"}
    await owner.do(MUTATIONS["setPrincipalClass"], **given)
    await calculate(api, application_id, "f2")
    amounts = [each["amount"] for each in (await owner.ask(STATEMENTS, id=application_id))["node"]["feeStatements"]]
    assert amounts == [24_000, 16_800]


async def test_the_fees_of_a_month_are_listed_for_who_pays_consolidated(api: Api) -> None:
    await add_tariff(api)
    other, owner = await api.as_("other"), await api.as_("surety")
    for at in range(2):
        application = matsue(other.surety_id, worksName=f"市道{at}号線")
        answer = await other.do(MUTATIONS["applyForGuarantee"], application=application, idempotencyKey=f"a{at}")
        application_id = answer["application"]["id"]
        await calculate(api, application_id, f"f{at}")
        await owner.do(RECORD_FEE, applicationId=application_id, consolidated=True)
        await owner.do(APPROVE, applicationId=application_id)
        await owner.do(MUTATIONS["concludeGuarantee"], applicationId=application_id, idempotencyKey=f"c{at}")
    month = (await other.ask(ops.FEE_MONTH, suretyId=other.surety_id, month="2024-06"))["viewer"]["feeMonth"]
    assert (month["total"], [each["amount"] for each in month["statements"]]) == (134_800, [67_400, 67_400])
    text = pdf_text((await api.http.get(month["pdfUrl"])).content)
    assert all(each in text for each in ("保証料明細書（一括後払）", "令和6年6月分", "134,800 円", "市道0号線"))
    assert month["statements"][0]["pdfUrl"].startswith("http")
    empty = (await other.ask(ops.FEE_MONTH, suretyId=other.surety_id, month="2024-07"))["viewer"]["feeMonth"]
    assert (empty["total"], empty["statements"]) == (0, [])
    for wrong in ("2024-13", "2024-6", "", "9999-01"):
        refused = (await other.ask(ops.FEE_MONTH, suretyId=other.surety_id, month=wrong))["viewer"]["feeMonth"]
        assert codes(refused) == ["MONTH_MALFORMED"]


async def test_a_statement_that_was_altered_is_found(api: Api) -> None:
    await add_tariff(api)
    await calculate(api, await applied(api))
    altered = sa.update(fee_statement).values(amount=1)
    await api.platform.database.write(lambda connection: connection.execute(altered))
    assert [each.code for each in await verify(api.platform.database)] == ["ROW_ALTERED"]


async def test_a_later_tariff_changes_no_statement_and_a_change_is_charged_by_the_first(api: Api) -> None:
    await add_tariff(api)
    made = await lived(api)
    await add_tariff(api, date(2024, 6, 2), TARIFF.replace('percent = "0.40"', 'percent = "4.00"'))
    change = (await ask_for(api, made["id"], guaranteedAmount=30_000_000))["change"]
    await conclude(api, change["id"])
    assert [each["amount"] for each in (await life(api, made["number"]))["feeStatements"]] == [67_400, 32_400]
    assert (await one(api, sa.select(sa.func.count()).select_from(fee_statement)))[0] == 2

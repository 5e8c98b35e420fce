"""The use of an advance and its withdrawals, as the principal and the surety see them over HTTP."""

import io
from pathlib import Path

import pytest
from click.testing import CliRunner
from pypdf import PdfReader

from denshi_hosho.cli import hosho
from denshi_hosho.core.funds import evidence
from denshi_hosho.schema.ids import global_id
from tests.client import Api, Json, codes, concluded
from tests.schema import operations as ops
from tests.schema.delegating import add_delegates
from tests.schema.funding import ADVANCE, do, funds_consented, funds_stated

pytestmark = pytest.mark.anyio
EXAMPLE = Path(__file__).parents[2] / "examples" / "evidence_example.toml"


async def asked_for(api: Api, guarantee: Json, statement: Json, amount: int, papers: list[str] | None = None) -> Json:
    line = {"fundsLineId": statement["lines"][0]["id"], "amount": amount, "evidence": papers or []}
    answer = await do(api, "contractor", "requestWithdrawal", guaranteeId=guarantee["id"], lines=[line], note="7月分")
    assert answer["__typename"] == "WithdrawalPayload", answer
    return dict(answer["withdrawal"])


async def seen(api: Api, guarantee: Json, who: str = "contractor") -> Json:
    answer = await (await api.as_(who)).ask(ops.FUNDS, number=guarantee["number"])
    return dict(answer["viewer"]["guarantee"])


async def printed(api: Api, url: str) -> str:
    response = await api.http.get(url)
    assert (response.status_code, response.headers["content-type"]) == (200, "application/pdf")
    return "".join(page.extract_text() for page in PdfReader(io.BytesIO(response.content)).pages)


async def test_an_advance_is_withdrawn_from_receipt_to_payment(api: Api) -> None:
    guarantee = await concluded(api)
    statement = await funds_consented(api, guarantee)
    first = await asked_for(api, guarantee, statement, 3_000_000, ["INVOICE", "INVOICE", "ORDER"])
    second = await asked_for(api, guarantee, statement, 500_000)
    assert (await do(api, "surety", "approveWithdrawal", withdrawalId=first["id"]))["withdrawal"]["state"] == "APPROVED"
    paid = await do(api, "surety", "recordWithdrawalPaid", withdrawalId=first["id"], paidOn="2024-06-03")
    assert (paid["withdrawal"]["state"], paid["withdrawal"]["paidOn"]) == ("PAID", "2024-06-03")
    shown = await seen(api, guarantee)
    funds = shown["funds"]
    assert (shown["advanceAmount"], shown["advanceReceivedOn"]) == (ADVANCE, "2024-06-03")
    assert {name: funds[name] for name in ("advance", "requested", "approved", "paid", "balance", "available")} == {
        "advance": ADVANCE, "requested": 500_000, "approved": 0, "paid": 3_000_000, "balance": 16_200_000,
        "available": 15_700_000,
    }  # fmt: skip
    assert funds["statement"]["lines"][0]["drawn"] == 3_500_000
    assert [each["id"] for each in funds["withdrawals"]] == [second["id"], first["id"]]
    assert funds["withdrawals"][1]["lines"] == [
        {"line": 1, "item": "MATERIALS", "description": "鉄筋 SD345", "amount": 3_000_000, "payee": "〇〇鋼材株式会社",
         "method": "TRANSFER", "evidence": ["INVOICE", "ORDER"]},
    ]  # fmt: skip
    assert funds["checklist"] is None


async def test_a_day_before_the_request_is_refused_at_its_place(api: Api) -> None:
    guarantee = await concluded(api)
    asked = await asked_for(api, guarantee, await funds_consented(api, guarantee), 1_000)
    await do(api, "surety", "approveWithdrawal", withdrawalId=asked["id"])
    answer = await do(api, "surety", "recordWithdrawalPaid", withdrawalId=asked["id"], paidOn="0001-01-01")
    assert [(each["code"], each["path"]) for each in answer["refusals"]] == [("PAID_BEFORE_REQUEST", ["paidOn"])]


async def test_both_documents_are_downloaded(api: Api) -> None:
    guarantee = await concluded(api)
    statement = await funds_consented(api, guarantee)
    assert "10,000,000" in await printed(api, statement["pdfUrl"])
    await asked_for(api, guarantee, statement, 1_000_000)
    second = await asked_for(api, guarantee, statement, 2_000_000)
    text = await printed(api, second["pdfUrl"])
    assert all(
        each in text for each in ("19,200,000 円", "1,000,000 円", "2,000,000 円", "16,200,000 円", guarantee["number"])
    )


async def test_what_ends_without_payment_is_available_again(api: Api) -> None:
    guarantee = await concluded(api)
    statement = await funds_consented(api, guarantee)
    cancelled = await asked_for(api, guarantee, statement, 10_000_000)
    assert (await do(api, "contractor", "cancelWithdrawal", withdrawalId=cancelled["id"]))["withdrawal"][
        "state"
    ] == "CANCELLED"
    returned = await asked_for(api, guarantee, statement, 10_000_000)
    answer = await do(api, "surety", "returnWithdrawal", withdrawalId=returned["id"], note="請求書がありません")
    assert (answer["withdrawal"]["state"], answer["withdrawal"]["reason"]) == ("RETURNED", "請求書がありません")
    assert (await seen(api, guarantee))["funds"]["available"] == ADVANCE
    assert codes(await do(api, "surety", "approveWithdrawal", withdrawalId=returned["id"])) == ["WRONG_STATE"]


async def test_a_returned_statement_says_why_and_a_new_version_is_stated(api: Api) -> None:
    guarantee = await concluded(api)
    stated = await funds_stated(api, guarantee)
    answer = await do(api, "surety", "returnFunds", statementId=stated["id"], note="支払先が未定です")
    assert (answer["statement"]["state"], answer["statement"]["note"]) == ("RETURNED", "支払先が未定です")
    await funds_stated(api, guarantee)
    versions = (await seen(api, guarantee, "surety"))["funds"]["statements"]
    assert [(each["version"], each["state"]) for each in versions] == [(2, "STATED"), (1, "RETURNED")]


@pytest.mark.parametrize(
    ("mutation", "given", "code"),
    [
        ("recordAdvanceReceived", {"amount": 0, "receivedOn": "2024-06-03"}, "AMOUNT_OUT_OF_RANGE"),
        ("recordAdvanceReceived", {"amount": 9_007_199_254_740_991, "receivedOn": "2024-06-03"}, "AMOUNT_OUT_OF_RANGE"),
        ("recordAdvanceReceived", {"amount": 1, "receivedOn": "9999-12-31"}, "DAY_IN_FUTURE"),
        ("stateFunds", {"lines": []}, "LINES_COUNT"),
        ("stateFunds", {"lines": [{"item": "LABOUR", "payee": "\0"}]}, "TEXT_CONTROL_CHARACTER"),
        ("requestWithdrawal", {"lines": []}, "LINES_COUNT"),
        (
            "requestWithdrawal",
            {"lines": [{"fundsLineId": global_id("FundsLine", 1), "amount": -1}]},
            "AMOUNT_OUT_OF_RANGE",
        ),
        (
            "requestWithdrawal",
            {"lines": [{"fundsLineId": global_id("FundsLine", 1), "amount": 1}] * 2},
            "FUNDS_LINE_TWICE",
        ),
        (
            "requestWithdrawal",
            {"lines": [{"fundsLineId": global_id("FundsLine", 999), "amount": 1}]},
            "ADVANCE_NOT_RECEIVED",
        ),
    ],
)
async def test_what_cannot_be_is_refused_and_nothing_is_written(
    api: Api, mutation: str, given: Json, code: str
) -> None:
    guarantee = await concluded(api)
    before = await api.rows()
    answer = await do(api, "contractor", mutation, guaranteeId=guarantee["id"], **given)
    assert codes(answer) == [code]
    assert await api.rows() == before


async def test_the_same_request_is_done_once(api: Api) -> None:
    guarantee = await concluded(api)
    line = {"fundsLineId": (await funds_consented(api, guarantee))["lines"][0]["id"], "amount": 1_000}
    given = {"guaranteeId": guarantee["id"], "lines": [line], "idempotencyKey": "once"}
    first = await do(api, "contractor", "requestWithdrawal", **given)
    assert await do(api, "contractor", "requestWithdrawal", **given) | {"withdrawal": None} == first | {
        "withdrawal": None
    }
    assert (await seen(api, guarantee))["funds"]["requested"] == 1_000


async def test_the_obligee_sees_the_guarantee_without_its_funds(api: Api) -> None:
    await add_delegates(api.platform)
    guarantee = await concluded(api)
    await funds_consented(api, guarantee)
    prepared = await do(api, "contractor", "prepareSubmission", guaranteeIds=[guarantee["id"]])
    submission_id = prepared["prepared"][0]["submission"]["id"]
    await (await api.as_("contractor")).do(
        ops.MUTATIONS["submitKey"], submissionId=submission_id, way="EMAIL", address="a@example.lg.jp"
    )
    assert (await seen(api, guarantee, "obligee"))["funds"] is None
    assert (await seen(api, guarantee, "member"))["funds"]["advance"] == ADVANCE


async def test_the_checklist_that_the_surety_set_is_shown_as_an_example(api: Api) -> None:
    guarantee = await concluded(api)
    checklist = evidence.parse(EXAMPLE.read_text())
    surety_id = 1
    await api.platform.database.write(lambda connection: evidence.put(connection, surety_id, checklist))
    shown = (await seen(api, guarantee, "surety"))["funds"]["checklist"]
    assert shown["isExample"]
    assert "例" in shown["name"]
    assert shown["items"][0] == {"item": "MATERIALS", "evidence": ["ORDER", "INVOICE", "DELIVERY_NOTE"]}


def test_the_operator_sets_and_takes_away_a_checklist(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOSHO_DATABASE_URL", f"sqlite:///{tmp_path / 'hosho.db'}")
    run = CliRunner().invoke
    assert run(hosho, ["db", "upgrade"]).exit_code == 0
    added = ["sureties", "add", "例保証", "--address", "東京", "--representative", "代表", "--branch", "本店|東京|03",
             "--numbers", "ADVANCE_PAYMENT=1000000000-1099999999"]  # fmt: skip
    assert run(hosho, added).exit_code == 0
    done = run(hosho, ["sureties", "evidence", "例保証", str(EXAMPLE)])
    assert (done.exit_code, "例示" in done.output) == (0, True)
    assert "demands no papers" in run(hosho, ["sureties", "evidence", "例保証"]).output

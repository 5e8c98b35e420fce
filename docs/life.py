"""The whole life of a guarantee, over HTTP alone, from its application to its release: run it against a demo.

    hosho demo                    # in one terminal
    python docs/life.py           # in another

It needs `httpx` and nothing of this project but `journey.py` beside it, whose client it uses. Every answer is compared with
what the documentation says; the exit code is 1 at the first one that differs.
"""

import argparse
import time
import uuid
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import httpx
from journey import Api, Json, expect, or_refused, say

OBLIGEE = "example/kinki"  # the demo's example of an obligee, and the works of this life
TODAY = datetime.now(ZoneInfo("Asia/Tokyo")).date().isoformat()
WORKS = f"県道〇号線 橋梁補修工事 第{time.time_ns() // 1_000_000 % 1_000_000}号"  # another one each time


def mutation(name: str, input_type: str, answer: str) -> str:
    """Return the text of a mutation with one input."""
    return or_refused(f"mutation ($input: {input_type}!) {{ {name}(input: $input) {{ {answer} REFUSED }} }}")


APPLICATION = (
    "... on ApplicationPayload { application { id state feeState feeStatements { amount isExample pdfUrl } } }"
)
GUARANTEE = "... on GuaranteePayload { guarantee { id number state } }"
CHANGE = "... on ChangePayload { change { id state consequence ja version } }"
FUNDS = "... on FundsPayload { statement { id state pdfUrl lines { id } } }"
WITHDRAWAL = "... on WithdrawalPayload { withdrawal { id state amount pdfUrl } }"
INBOX = """... on InboxPayload { items { guaranteeId state certificate { version guaranteedAmount }
  verdict { verdict } comparison { match findings { point agreement } } } }"""
STEPS = {
    "saveDraft": mutation("saveDraft", "SaveDraftInput", "... on DraftPayload { draft { id state missing } }"),
    "submitDraft": mutation("submitDraft", "DraftInput", APPLICATION),
    "calculateFee": mutation("calculateFee", "CalculateFeeInput", APPLICATION),
    "recordFee": mutation("recordFee", "RecordFeeInput", APPLICATION),
    "approveApplication": mutation("approveApplication", "ApproveApplicationInput", APPLICATION),
    "concludeGuarantee": mutation("concludeGuarantee", "ConcludeGuaranteeInput", GUARANTEE),
    "prepareSubmission": mutation(
        "prepareSubmission", "PrepareSubmissionInput", "... on PreparedSubmissions { prepared { submission { id } } }"
    ),
    "submitKey": mutation("submitKey", "SubmitKeyInput", "... on SubmissionPayload { submission { id state } }"),
    "registerWorksContracts": mutation(
        "registerWorksContracts",
        "RegisterWorksContractsInput",
        "... on WorksContractsPayload { contracts { contractNumber } }",
    ),
    "openInboxItems": mutation("openInboxItems", "OpenInboxItemsInput", INBOX),
    "acceptCertificate": mutation("acceptCertificate", "AcceptCertificateInput", INBOX),
    "recordAdvanceReceived": mutation("recordAdvanceReceived", "RecordAdvanceReceivedInput", GUARANTEE),
    "stateFunds": mutation("stateFunds", "StateFundsInput", FUNDS),
    "consentFunds": mutation("consentFunds", "ConsentFundsInput", FUNDS),
    "requestWithdrawal": mutation("requestWithdrawal", "RequestWithdrawalInput", WITHDRAWAL),
    "approveWithdrawal": mutation("approveWithdrawal", "SettleWithdrawalInput", WITHDRAWAL),
    "recordWithdrawalPaid": mutation("recordWithdrawalPaid", "RecordWithdrawalPaidInput", WITHDRAWAL),
    "requestChange": mutation("requestChange", "RequestChangeInput", CHANGE),
    "concludeChange": mutation("concludeChange", "ConcludeChangeInput", CHANGE),
    "releaseGuarantee": mutation("releaseGuarantee", "ReleaseGuaranteeInput", GUARANTEE),
}
WITHOUT_KEY = {"submitKey"}
SEE = """query ($number: GuaranteeNumber!) { viewer { guarantee(number: $number) {
  state changed currentCompletionOn funds { advance paid balance } verdict { verdict }
  versions { version change replacedBy } timeline { at ja who } } } }"""
INBOX_ITEM = (
    """query ($id: ID!) { viewer { inboxItem(guaranteeId: $id) { certificate { version title guaranteedAmount } } } }"""
)


def do(api: Api, step: str, **given: object) -> Json:
    """Take a step, once, and return what it answers; end the life if it is refused."""
    key = {} if step in WITHOUT_KEY else {"idempotencyKey": str(uuid.uuid4())}
    return api.do(STEPS[step], input={**given, **key})


def begins(contractor: Api, surety: Api, surety_id: str) -> Json:
    """Draft, submit, state the fee, approve, conclude; return the guarantee."""
    say("", f"1. 下書きと申込 / {contractor.name} drafts, and applies")
    content = {"suretyId": surety_id, "obligee": OBLIGEE, "kind": "ADVANCE_PAYMENT", "worksName": WORKS}
    draft = do(contractor, "saveDraft", title="橋梁", content=content)["draft"]
    say(f"   足りない項目/missing: {', '.join(draft['missing'])}")
    content |= {
        "obligeeName": "（例）近畿地方整備局長", "delivery": "ELECTRONIC", "contractPrice": 48_000_000,
        "guaranteedAmount": 19_200_000, "completionOn": "2030-03-15",
        "facts": {"workType": "CONSTRUCTION", "contractOn": "2024-06-01"},
    }  # fmt: skip
    do(contractor, "saveDraft", draftId=draft["id"], title="橋梁", content=content)
    application_id = do(contractor, "submitDraft", draftId=draft["id"])["application"]["id"]
    say("", f"2. 保証料の計算・承認・締結 / {surety.name} states the fee, approves, concludes")
    (fee,) = do(surety, "calculateFee", applicationId=application_id)["application"]["feeStatements"]
    expect("an example tariff", fee["isExample"], True)  # noqa: FBT003  an answer, not a switch
    expect("fee", fee["amount"], 67_400)
    do(surety, "recordFee", applicationId=application_id, amount=fee["amount"], receivedOn="2024-06-03")
    do(surety, "approveApplication", applicationId=application_id)
    guarantee: Json = do(surety, "concludeGuarantee", applicationId=application_id)["guarantee"]
    say(f"   → 保証契約番号 {guarantee['number']}, 保証料 {fee['amount']:,}円（例示料率）")
    return guarantee


def is_handed_in(contractor: Api, obligee: Api, guarantee: Json) -> None:
    """Hand the key in; the obligee registers its works contract, compares, and accepts."""
    say("", f"3. 認証キーの提出と受理 / handed in; {obligee.name} compares and accepts")
    prepared = do(contractor, "prepareSubmission", guaranteeIds=[guarantee["id"]])["prepared"]
    do(contractor, "submitKey", submissionId=prepared[0]["submission"]["id"], way="CONTRACT_SYSTEM")
    contract = {
        "contractNumber": f"例-{guarantee['number']}", "worksName": WORKS, "principalName": contractor.name,
        "contractPrice": 48_000_000, "completionOn": "2030-03-15", "advanceAmount": 19_200_000,
    }  # fmt: skip
    do(obligee, "registerWorksContracts", contracts=[contract])
    (item,) = do(obligee, "openInboxItems", guaranteeIds=[guarantee["id"]])["items"]
    expect("one contract fits", item["comparison"]["match"], "MATCHED")
    say(*(f"   {each['point']}: {each['agreement']}" for each in item["comparison"]["findings"]))
    (accepted,) = do(obligee, "acceptCertificate", guaranteeId=guarantee["id"])["items"]
    expect("verdict", accepted["verdict"]["verdict"], "ACCEPTED")


def money_is_drawn(contractor: Api, surety: Api, guarantee: Json, save: Path) -> None:
    """Record the advance, state its use, and draw some of it."""
    say("", "4. 前払金の使途と払出し / the use of the advance, and a withdrawal")
    do(contractor, "recordAdvanceReceived", guaranteeId=guarantee["id"], amount=19_200_000, receivedOn="2024-06-10")
    lines = [
        {"item": "MATERIALS", "description": "鋼材", "quantity": "一式", "totalCost": 12_000_000,
         "fromAdvance": 10_000_000, "method": "TRANSFER", "planned": "2024年7月", "payee": "例示鋼材"},
        {"item": "LABOUR"},  # not fixed yet (未定)
    ]  # fmt: skip
    stated = do(contractor, "stateFunds", guaranteeId=guarantee["id"], lines=lines)["statement"]
    do(surety, "consentFunds", statementId=stated["id"])
    draw = [{"fundsLineId": stated["lines"][0]["id"], "amount": 4_000_000, "evidence": ["INVOICE"]}]
    asked = do(contractor, "requestWithdrawal", guaranteeId=guarantee["id"], lines=draw)["withdrawal"]
    do(surety, "approveWithdrawal", withdrawalId=asked["id"])
    do(surety, "recordWithdrawalPaid", withdrawalId=asked["id"], paidOn=TODAY)
    contractor.download(stated["pdfUrl"], save / f"funds-{guarantee['number']}.pdf")
    contractor.download(asked["pdfUrl"], save / f"withdrawal-{guarantee['number']}.pdf")
    funds = contractor.do(SEE, number=guarantee["number"])["guarantee"]["funds"]
    expect("balance", funds, {"advance": 19_200_000, "paid": 4_000_000, "balance": 15_200_000})
    say(f"   → 残高 {funds['balance']:,}円")


def contract_changes(contractor: Api, surety: Api, obligee: Api, guarantee: Json) -> None:
    """Change the term, for which nothing is issued, then the amount, for which a certificate is."""
    say("", "5. 変更契約 / the works contract changes")
    given = {"guaranteeId": guarantee["id"], "reason": "設計変更のため"}
    moved = do(contractor, "requestChange", **given, change={"completionOn": "2030-05-31"})["change"]
    expect("consequence", (moved["consequence"], moved["state"]), ("TERM_MOVES", "RECORDED"))
    say(f"   {moved['ja']}")
    more = do(contractor, "requestChange", **given, change={"guaranteedAmount": 21_000_000})["change"]
    expect("consequence", (more["consequence"], more["state"]), ("AMENDMENT", "REQUESTED"))
    say(f"   {more['ja']}")
    done = do(surety, "concludeChange", changeId=more["id"])["change"]
    expect("version", done["version"], 2)
    seen = obligee.do(INBOX_ITEM, id=guarantee["id"])["inboxItem"]["certificate"]
    expect(
        "what the obligee sees",
        seen,
        {"version": 2, "title": "保証証書（前払金保証）（変更）", "guaranteedAmount": 21_000_000},
    )
    say(f"   → {seen['title']} {seen['guaranteedAmount']:,}円")


def ends(contractor: Api, surety: Api, guarantee: Json) -> None:
    """Release the guarantee, and read its timeline."""
    say("", "6. 工事の完成と保証の終了 / completion, and the end")
    released = do(surety, "releaseGuarantee", guaranteeId=guarantee["id"], completedOn=TODAY)["guarantee"]
    expect("state", released["state"], "RELEASED")
    seen = contractor.do(SEE, number=guarantee["number"])["guarantee"]
    expect("changed", (seen["changed"], seen["currentCompletionOn"]), (True, "2030-05-31"))
    expect("versions", [each["replacedBy"] for each in seen["versions"]], [2, None])
    say(
        "",
        "7. 経過 / the timeline",
        *(f"   {each['at'][:19]} {each['ja']}（{each['who']}）" for each in seen["timeline"]),
    )


def arguments() -> argparse.Namespace:
    """Return what was said on the command line."""
    parser = argparse.ArgumentParser(description="The whole life of a guarantee, over HTTP.")
    parser.add_argument("url", nargs="?", default="http://127.0.0.1:8000", help="base URL of a running demo")
    parser.add_argument("--save", type=Path, default=Path("demo/saved"), help="where to save the two PDFs")
    parser.add_argument("--password", default="denshi-hosho-demo", help="password of the demo's accounts")
    return parser.parse_args()


def main() -> None:
    """Live it."""
    given = arguments()
    given.save.mkdir(parents=True, exist_ok=True)
    with httpx.Client(base_url=given.url, timeout=30) as http:
        contractor, surety, obligee = (
            Api(http, login_id, given.password) for login_id in ("contractor", "surety", "obligee")
        )
        (only,) = Api(http).ask("{ sureties { id name } }")
        guarantee = begins(contractor, surety, only["id"])
        is_handed_in(contractor, obligee, guarantee)
        money_is_drawn(contractor, surety, guarantee, given.save)
        contract_changes(contractor, surety, obligee, guarantee)
        ends(contractor, surety, guarantee)
    say("", "すべて文書のとおりでした。 / Everything was as documented.")


if __name__ == "__main__":
    main()

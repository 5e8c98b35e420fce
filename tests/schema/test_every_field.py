"""Every field, argument and input field of the schema is asked for once, and answers exactly this."""

import base64
import json
import re
from pathlib import Path
from typing import Any

import pytest
from graphql import build_schema

from denshi_hosho.cli.seeding import PASSWORD
from denshi_hosho.resolvers.mailing import herald
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.rules import Rulebook
from denshi_hosho.schema.root import build_schema as our_schema
from tests.client import Api
from tests.conftest import NOW, api_of, with_rulebook
from tests.schema import operations as ops
from tests.schema.collecting import all_of, asked_by
from tests.schema.delegating import add_obligee
from tests.schema.lives import add_tariff

pytestmark = pytest.mark.anyio

GOLDEN = Path(__file__).with_name("every_field.json")
FACTS = {
    "workType": "CONSTRUCTION", "workWording": "工事", "division": "建設課", "procurement": "OPEN_TENDER",
    "contractMedium": "ELECTRONIC", "change": "ORIGINAL", "originalMedium": "ELECTRONIC", "noticeOn": "2024-04-01",
    "nominationOn": "2024-04-02", "biddingOn": "2024-04-10", "orderOn": "2024-04-11", "contractOn": "2024-04-15",
    "initialContractOn": "2024-04-15", "firstGuaranteeOn": "2024-04-20", "excludedInNotice": False, "trial": False,
    "worksNumbers": ["12345678901"],
}  # fmt: skip
ELIGIBILITY = {
    "obligee": "test/town", "kind": "ADVANCE_PAYMENT", "surety": "西日本建設業保証株式会社",
    "suretyClass": "GUARANTEE_COMPANY", "contractPrice": 10_000_000_000_000, "coveredPrice": 9, "guaranteedAmount": 8,
    "guaranteeOn": "2024-06-03", "facts": FACTS,
}  # fmt: skip
TOLD = {
    "contactName": "松江 花子", "contactPhone": "0852-00-0001", "contactEmail": "hanako@example.jp",
    "worksNumber": "12345678901", "contractNumber": "6-1", "division": "建設課", "subject": "電子保証",
    "suretyEmail": "west@example.jp", "way": "EMAIL", "address": "keiyaku@example.lg.jp",
}  # fmt: skip
WORK = {"challenge": "none was given", "nonce": "0"}
_MASKS = (
    (re.compile(r"^eyJ[\w-]+\.[\w-]+\.[\w-]+$"), "<token>"),
    (re.compile(r"^http://hosho\.test/documents/eyJ[\w-]+\.[\w-]+\.[\w-]+$"), "<download>"),
    (re.compile(r"^18\.\d+\.[0-9a-f]{32}\.[0-9a-f]{64}$"), "<challenge>"),
    (re.compile(r"^[0-9a-f]{64}$"), "<digest>"),
    (re.compile(r"^[\w-]{43}$"), "<refresh token>"),
    (re.compile(r"[\w/+]{91}="), "<signature>"),
    (re.compile(r"[\w/+]{43}="), "<hash>"),
    (re.compile(r"[0-9a-f]{64}"), "<digest>"),
    (re.compile(r"(?<![A-Z])[A-HJ-NP-Z2-9+_]{12}(?![A-Z])"), "<key>"),
)


def application(surety_id: str) -> dict[str, object]:
    return {
        "suretyId": surety_id, "obligee": "test/town", "obligeeName": "試験町長", "kind": "ADVANCE_PAYMENT",
        "delivery": "ELECTRONIC", "worksName": "町道舗装工事", "contractPrice": 48_000_000,
        "coveredPrice": 40_000_000, "guaranteedAmount": 16_000_000, "completionOn": "2025-03-15",
        "guaranteeEndsOn": "2025-03-31", "depositaryBank": "試験銀行", "urgent": True, "follows": None, "facts": FACTS,
    }  # fmt: skip


def masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: "<rule file>" if name == "text" and "format" in str(inner) else masked(inner)
                for name, inner in value.items()}  # fmt: skip
    if isinstance(value, list):
        return [masked(each) for each in value]
    if isinstance(value, str):
        for pattern, mask in _MASKS:
            value = pattern.sub(mask, value)
    return value


class Story:
    """A client that keeps what it asked and what it was told."""

    def __init__(self, api: Api) -> None:
        self.api = api
        self.told: dict[str, Any] = {}
        self.asked: set[str] = set()
        self.schema = build_schema(our_schema().as_str())

    async def ask(self, name: str, query: str, **variables: object) -> Any:
        (answer,) = (await self.api.ask(query, **variables)).values()
        assert name not in self.told
        self.told[name] = masked(answer)
        self.asked |= asked_by(self.schema, query, variables)
        return answer

    async def do(self, mutation: str, name: str = "", **given: object) -> Any:
        return await self.ask(name or mutation, ops.MUTATIONS[mutation], input=given)

    async def as_(self, login_id: str) -> None:
        self.api = await self.api.as_(login_id)

    async def tell(self) -> None:
        await self.sessions()
        await self.anybody()
        given = await self.principal_applies()
        application_id = await self.surety_returns(given)
        guarantee = await self.concluded(application_id)
        await self.seen(guarantee, application_id)
        await self.drafted(application_id)
        await self.withdrawn(guarantee)
        await self.judged(guarantee)
        await self.calculated()
        await self.charged()
        await self.changed(guarantee)
        await self.ended(guarantee)

    async def judged(self, guarantee: Any) -> None:
        notice = (await self.api.do(ops.MUTATIONS["revealAccessKey"], guaranteeId=guarantee["id"]))["notice"]
        told = {"worksName": "町道舗装工事", "principalName": "別会社", "contractPrice": 48_000_000, "contractOn": "2024-04-15",
                "completionOn": "2025-03-15", "advanceAmount": 16_000_000, "performancePercent": 30}  # fmt: skip
        await self.ask("compareCertificate", ops.COMPARE_CERTIFICATE, number=notice["number"], work=WORK,
                       accessKey=notice["accessKey"], contract={**told, "obligeeName": "試験町長"})  # fmt: skip
        await add_obligee(self.api.platform, "obligee", "test/town")
        await self.as_("obligee")
        contracts = [{**told, "contractNumber": "6-1"}, {**told, "contractNumber": "6-2"}]
        await self.do("registerWorksContracts", contracts=contracts, idempotencyKey="k")
        await self.do("openInboxItems", guaranteeIds=[guarantee["id"]], idempotencyKey="o")
        await self.do("rejectCertificate", guaranteeId=guarantee["id"], code="NAMES_DIFFER", note="名称の相違", version=1,
                      idempotencyKey="j")  # fmt: skip
        await self.do("acceptCertificate", guaranteeId=guarantee["id"], note="受理", version=1, idempotencyKey="a")
        search = {"text": "町道", "works": "舗装", "kinds": ["ADVANCE_PAYMENT"], "states": ["ACCEPTED"], "verdicts": ["REJECTED"],
                  "unanswered": False, "fromOn": "2024-06-03", "toOn": "2024-06-03"}  # fmt: skip
        page = await self.ask("inbox", ops.INBOX, search=search, sort="NUMBER", first=1)
        cursor = page["inbox"]["pageInfo"]["endCursor"]
        await self.ask("inbox after it", ops.INBOX, sort="NUMBER", after=cursor)
        await self.ask("inbox before it", ops.INBOX, sort="NUMBER", last=1, before=cursor)
        await self.ask("inboxItem", ops.INBOX_ITEM, id=guarantee["id"])
        await self.ask("inboxExport", ops.INBOX_EXPORT, search=search)
        page = await self.ask("worksContracts", ops.WORKS_CONTRACTS, first=1)
        cursor = page["worksContracts"]["pageInfo"]["endCursor"]
        await self.ask("worksContracts after it", ops.WORKS_CONTRACTS, after=cursor)
        await self.ask("worksContracts before it", ops.WORKS_CONTRACTS, last=1, before=cursor)

    async def sessions(self) -> None:
        session = await self.do("signIn", loginId="contractor", password=PASSWORD, work=WORK)
        session = await self.do("refreshSession", refreshToken=session["refreshToken"])
        self.api = Api(self.api.http, self.api.platform, session["accessToken"], sessions=self.api.sessions)
        await self.do("changePassword", currentPassword=PASSWORD, newPassword=PASSWORD, work=WORK)
        self.api = self.api.bearing(None)  # that session has ended
        await self.do("signInWithProvider", idToken="x.y.z", nonce="n")
        await self.do("signOut", refreshToken=session["refreshToken"])

    async def anybody(self) -> None:
        await self.ask("sureties", ops.SURETIES)
        await self.ask("eligibility", ops.ELIGIBILITY, application=ELIGIBILITY)
        await self.ask("ineligible", ops.ELIGIBILITY, application={**ELIGIBILITY, "obligee": "test/twon"})
        await self.ask("explain", ops.EXPLAIN, application={**ELIGIBILITY, "facts": {}})
        await self.ask("compareObligees", ops.COMPARE, left="test/town", right="test/town", on="2024-06-03")
        await self.ask(
            "compareDays", ops.COMPARE_DAYS, obligee="test/town", earlierOn="2024-03-31", laterOn="2024-04-01"
        )
        await self.ask("coverage", ops.COVERAGE, obligee="test/town", on="2024-06-03")
        await self.ask("staleRules", ops.STALE, days=-1000)
        await self.ask("obligee", ops.OBLIGEE, code="test/town", on="2024-04-01")
        page = await self.ask("obligees", ops.OBLIGEES, search="ＴＥＳＴ", first=1)
        await self.ask("no more obligees", ops.OBLIGEES, search="", after=page["pageInfo"]["endCursor"])

    async def principal_applies(self) -> dict[str, object]:
        await self.as_("contractor")
        await self.do("registerWebhook", url="https://hooks.example.jp/", events=["FEE_RECORDED"], idempotencyKey="w")
        given = application(self.api.surety_id)
        await self.do("applyForGuarantee", application=given, idempotencyKey="a")
        await self.do("applyForGuarantee", "refused application", idempotencyKey="b",
                      application={**given, "facts": {**FACTS, "workType": "SURVEY"}})  # fmt: skip
        return given

    async def surety_returns(self, given: dict[str, object]) -> str:
        contractor = self.api
        await self.as_("surety")
        page = await self.ask("applications", ops.APPLICATIONS, states=["SUBMITTED"], sort="NEWEST", first=1)
        queue = page["applications"]["nodes"]
        cursor = page["applications"]["pageInfo"]["endCursor"]
        await self.ask("after it", ops.APPLICATIONS, sort="NEWEST", after=cursor)
        await self.ask("before it", ops.APPLICATIONS, sort="NEWEST", last=1, before=cursor)
        application_id = str(queue[0]["id"])
        await self.do("returnApplication", applicationId=application_id, note="工期を訂正してください。",
                      idempotencyKey="t")  # fmt: skip
        surety, self.api = self.api, contractor
        await self.do("resubmitApplication", applicationId=application_id, application=given, idempotencyKey="u")
        self.api = surety
        return application_id

    async def concluded(self, application_id: str) -> Any:
        branch_id = self.told["sureties"][0]["branches"][0]["id"]
        await self.do("approveApplication", applicationId=application_id, branchId=branch_id, idempotencyKey="v")
        await self.do("recordFee", applicationId=application_id, amount=100_000, receivedOn="2024-06-03",
                      consolidated=False, idempotencyKey="x")  # fmt: skip
        answer = await self.do("concludeGuarantee", applicationId=application_id, idempotencyKey="c")
        await self.do("declineApplication", applicationId=application_id, note="遅い")
        return answer["guarantee"]

    async def seen(self, guarantee: Any, application_id: str) -> None:
        await self.as_("contractor")
        await self.do("rotateAccessKey", guaranteeId=guarantee["id"], reason="誤送信のため", idempotencyKey="r")
        notice = (await self.do("revealAccessKey", guaranteeId=guarantee["id"]))["notice"]
        opened = await self.ask("certificate", ops.CERTIFICATE, number=notice["number"], accessKey=notice["accessKey"])
        pdf = base64.b64encode((await self.api.http.get(opened["pdfUrl"])).content).decode()
        await self.ask("verified PDF", ops.VERIFY, input={"pdf": pdf})
        await self.ask("verified statement", ops.VERIFY, input={"jws": opened["jws"]})
        await self.ask("not opened", ops.CERTIFICATE, number=notice["number"], accessKey="K5VL4+5QG_KJ")
        for _ in range(20):
            await self.api.ask(ops.CERTIFICATE, number="9999999999", accessKey="K5VL4+5QG_KJ")
        await self.ask("throttled", ops.CERTIFICATE, number="9999999999", accessKey="K5VL4+5QG_KJ", work=WORK)
        submission_id = await self.handed_in(guarantee)
        search = {"text": "町道", "field": "WORKS_NAME", "states": ["ACTIVE"], "endsToOn": "9999-12-31"}
        page = await self.ask("guarantees", ops.GUARANTEES, search=search, sort="NUMBER_DESC", first=5)
        cursor = page["guarantees"]["pageInfo"]["endCursor"]
        await self.ask("guarantees before it", ops.GUARANTEES, sort="NUMBER_DESC", last=5, before=cursor)
        await self.ask("guarantees after it", ops.GUARANTEES, sort="NUMBER_DESC", after=cursor)
        await self.ask("guarantee", ops.GUARANTEE, number=notice["number"])
        await self.trailed(notice["number"])
        await self.told_by_webhook()
        for name, each in (("node guarantee", guarantee["id"]), ("node application", application_id),
                           ("node obligee", guarantee["obligee"]["id"]), ("node submission", submission_id),
                           ("node surety", self.told["sureties"][0]["id"]),
                           ("node branch", self.told["sureties"][0]["branches"][0]["id"])):  # fmt: skip
            await self.ask(name, ops.NODE, id=each)

    async def drafted(self, application_id: str) -> None:
        parties = await self.ask("parties", ops.PARTIES, first=5)
        cursor, mine = parties["parties"]["pageInfo"]["endCursor"], parties["parties"]["nodes"][0]["principal"]["id"]
        await self.ask("parties after it", ops.PARTIES, after=cursor)
        await self.ask("parties before it", ops.PARTIES, last=1, before=cursor)
        given = {"title": "次の工事", "onBehalfOf": mine, "copyFromApplicationId": application_id}
        whole = {**application(self.api.surety_id), "guaranteedAmount": 99_000_000}
        saved = await self.do("saveDraft", **given, content=whole, idempotencyKey="s1")
        draft_id = saved["draft"]["id"]
        await self.do("saveDraft", "draft saved again", draftId=draft_id, title="次の工事", idempotencyKey="s2",
                      content=application(self.api.surety_id))  # fmt: skip
        await self.do("saveDraft", "copied draft", **given, content={"worksName": "別の工事"}, idempotencyKey="s3")
        await self.do("submitDraft", draftId=draft_id, idempotencyKey="s4")
        await self.do("discardDraft", draftId=draft_id, idempotencyKey="s5")
        page = await self.ask("drafts", ops.DRAFTS, states=["OPEN"], first=1)
        cursor = page["drafts"]["pageInfo"]["endCursor"]
        await self.ask("drafts after it", ops.DRAFTS, after=cursor)
        await self.ask("drafts before it", ops.DRAFTS, last=1, before=cursor)
        await self.ask("node draft", ops.NODE, id=page["drafts"]["nodes"][0]["id"])
        await self.ask("node principal", ops.NODE, id=mine)
        applied = await self.do("applyForGuarantee", "applied on behalf", onBehalfOf=mine, idempotencyKey="s6",
                                application=application(self.api.surety_id))  # fmt: skip
        await self.do(
            "withdrawApplication", applicationId=applied["application"]["id"], reason="中止", idempotencyKey="w"
        )

    async def withdrawn(self, guarantee: Any) -> None:
        of = {"guaranteeId": guarantee["id"]}
        line = {"item": "MATERIALS", "description": "鉄筋", "quantity": "1 t", "totalCost": 2_000, "fromAdvance": 1_000,
                "method": "TRANSFER", "planned": "7月", "payee": "鋼材店"}  # fmt: skip
        await self.do("recordAdvanceReceived", **of, amount=10_000, receivedOn="2024-06-03", idempotencyKey="f1")
        first = await self.do("stateFunds", **of, lines=[line], idempotencyKey="f2")
        contractor = self.api
        await self.as_("surety")
        surety = self.api
        await self.do("returnFunds", statementId=first["statement"]["id"], note="訂正", idempotencyKey="f3")
        self.api = contractor
        stated = await self.do("stateFunds", "stated again", **of, lines=[line], idempotencyKey="f4")
        self.api = surety
        statement = (await self.do("consentFunds", statementId=stated["statement"]["id"], idempotencyKey="f5"))[
            "statement"
        ]
        drawn = {"fundsLineId": statement["lines"][0]["id"], "amount": 100, "payee": "鋼材店", "method": "OTHER",
                 "evidence": ["INVOICE"]}  # fmt: skip
        asked = []
        self.api = contractor
        for number in range(3):
            made = await self.do(
                "requestWithdrawal",
                f"withdrawal {number}",
                **of,
                lines=[drawn],
                note="7月分",
                idempotencyKey=f"g{number}",
            )
            asked.append(made["withdrawal"]["id"])
        await self.do("cancelWithdrawal", withdrawalId=asked[0], idempotencyKey="f6")
        self.api = surety
        await self.do("returnWithdrawal", withdrawalId=asked[1], note="訂正", idempotencyKey="f7")
        await self.do("approveWithdrawal", withdrawalId=asked[2], idempotencyKey="f8")
        await self.do("recordWithdrawalPaid", withdrawalId=asked[2], paidOn="2024-06-03", idempotencyKey="f9")
        await self.ask("funds", ops.FUNDS, number=guarantee["number"], first=5, skip=0)
        await self.ask("node funds statement", ops.NODE, id=statement["id"])
        await self.ask("node withdrawal", ops.NODE, id=asked[2])
        self.api = contractor

    async def calculated(self) -> None:
        await self.ask("half a term", ops.HALF_TERM, startsOn="2024-07-01", endsOn="2025-03-15")
        works = {"contractPrice": 100, "startsOn": "2024-07-01", "endsOn": "2025-03-15", "on": "2024-11-07",
                 "advanceReceived": 40, "amount": 20, "workDone": 50, "workOnTime": True, "partialPaid": True,
                 "excludesPartial": False, "obligee": "test/town"}  # fmt: skip
        await self.ask("interim", ops.INTERIM, input=works)
        await self.ask(
            "maximum",
            ops.MAXIMUM,
            workType="SURVEY",
            contractPrice=12_345_678,
            coveredPrice=5_555_555,
            obligee="test/town",
            on="2024-06-03",
        )
        await self.ask(
            "performance", ops.PERFORMANCE, contractPrice=100, percent=30, obligee="test/town", on="2024-06-03"
        )
        default = {"advance": 4, "workDone": 1, "interim": 1, "partialPayments": 1, "guaranteedAmount": 9}
        await self.ask("default", ops.DEFAULT, input=default)

    async def charged(self) -> None:
        await self.as_("contractor")
        await add_tariff(self.api)
        surety_id = self.told["sureties"][0]["id"]
        given = {"suretyId": surety_id, "kind": "PERFORMANCE", "guaranteedAmount": 5_000_000, "className": "A",
                 "online": True, "on": "2024-06-03"}  # fmt: skip
        await self.ask("estimate", ops.ESTIMATE, input=given)
        form = {**application(surety_id), "worksName": "町道橋梁工事"}
        applied = await self.do("applyForGuarantee", "applied again", application=form, idempotencyKey="fee1")
        await self.ask("fee month", ops.FEE_MONTH, suretyId=surety_id, month="2024-06")
        await self.as_("surety")
        about = {"applicationId": applied["application"]["id"]}
        await self.do("setPrincipalClass", **about, className="A", fromOn="2024-06-01", idempotencyKey="fee2")
        await self.do("calculateFee", **about, idempotencyKey="fee3")
        await self.ask("stated application", ops.NODE, id=about["applicationId"])

    async def changed(self, guarantee: Any) -> None:
        await self.as_("contractor")
        every = {"completionOn": "2025-04-15", "guaranteeEndsOn": "2025-04-30", "contractPrice": 50_000_000,
                 "coveredPrice": 41_000_000, "guaranteedAmount": 17_000_000, "principalName": "新しい会社",
                 "obligeeName": "試験町長 新", "worksName": "町道舗装工事 変更", "depositaryBank": "別の銀行",
                 "correction": False}  # fmt: skip
        about = {"guaranteeId": guarantee["id"]}
        await self.ask("consequence", ops.CONSEQUENCE, **about, change=every)
        first = await self.do("requestChange", **about, change=every, reason="設計変更", idempotencyKey="change1")
        await self.do("withdrawChange", changeId=first["change"]["id"], note="やり直し", idempotencyKey="change2")
        again = await self.do(
            "requestChange", "requested again", **about, change=every, reason="増額", idempotencyKey="change3"
        )
        await self.as_("surety")
        await self.do("concludeChange", changeId=again["change"]["id"], newKey=True, idempotencyKey="change4")
        await self.do("declineChange", changeId=again["change"]["id"], note="遅い", idempotencyKey="change5")
        await self.ask("node change", ops.NODE, id=again["change"]["id"])
        await self.ask("node changed", ops.NODE, id=guarantee["id"])
        notice = await (await self.api.as_("contractor")).do(
            ops.MUTATIONS["revealAccessKey"], guaranteeId=guarantee["id"]
        )
        key = {"number": notice["notice"]["number"], "accessKey": notice["notice"]["accessKey"]}
        await self.ask("first version", ops.CERTIFICATE, **key, version=1)

    async def ended(self, guarantee: Any) -> None:
        about = {"guaranteeId": guarantee["id"]}
        facts = {"advancePaid": 9, "interimPaid": 0, "partialPayments": 1, "workDone": 2, "defaultedOn": "2024-06-01",
                 "reason": "契約解除"}  # fmt: skip
        made = await self.do("makeClaim", **about, facts=facts, claimedAmount=8, idempotencyKey="end1")
        await self.do("withdrawClaim", claimId=made["claim"]["id"], note="取下げ", idempotencyKey="end2")
        made = await self.do("makeClaim", "claimed again", **about, facts=facts, claimedAmount=8, idempotencyKey="end3")
        await self.do("releaseGuarantee", **about, completedOn="2024-06-03", note="完成", idempotencyKey="end4")
        await self.do("cancelGuarantee", **about, cancelledOn="2024-06-03", reason="解除", idempotencyKey="end5")
        examined = {"advancePaid": 9, "interimPaid": 1, "partialPayments": 0, "workDone": 2, "amount": None}
        claim = {"claimId": made["claim"]["id"]}
        await self.do("determineClaim", **claim, examined=examined, idempotencyKey="end6")
        await self.do("refuseClaim", **claim, note="遅い", idempotencyKey="end7")
        await self.do("recordClaimPaid", **claim, paidOn="2024-06-03", idempotencyKey="end8")
        await self.ask("node claim", ops.NODE, id=made["claim"]["id"])
        await self.as_("contractor")
        await self.ask("life", ops.LIFE, number=guarantee["number"])

    async def told_by_webhook(self) -> None:
        webhook_id = self.told["registerWebhook"]["webhook"]["id"]
        await herald(self.api.platform).tell(NOW)
        page = await self.ask("webhooks", ops.WEBHOOKS, first=1)
        deliveries = page["webhooks"][0]["deliveries"]
        delivery_id = deliveries["nodes"][0]["id"]
        await self.ask("webhooks after it", ops.WEBHOOKS, after=deliveries["pageInfo"]["endCursor"])
        await self.do("redeliverWebhook", deliveryId=delivery_id, idempotencyKey="d")
        await self.do("rotateWebhookSecret", webhookId=webhook_id, idempotencyKey="s")
        await self.do("disableWebhook", webhookId=webhook_id, idempotencyKey="e")
        await self.ask("node webhook", ops.NODE, id=webhook_id)
        await self.ask("node delivery", ops.NODE, id=delivery_id)

    async def trailed(self, number: str) -> None:
        search = {"events": ["KEY_ROTATED", "CERTIFICATE_OPENED"], "number": number, "fromOn": "2024-06-03",
                  "toOn": "2024-06-03", "accountLoginId": "contractor"}  # fmt: skip
        page = await self.ask("auditTrail", ops.AUDIT_TRAIL, search=search, first=5)
        cursor = page["auditTrail"]["pageInfo"]["endCursor"]
        await self.ask("auditTrail before it", ops.AUDIT_TRAIL, last=1, before=cursor)
        await self.ask("auditTrail after it", ops.AUDIT_TRAIL, after=cursor, first=1)
        await self.ask("auditLog", ops.AUDIT_LOG, first=3, second=5)

    async def handed_in(self, guarantee: Any) -> str:
        answer = await self.do("prepareSubmission", guaranteeIds=[guarantee["id"]], facts=TOLD, idempotencyKey="p")
        submission_id = str(answer["prepared"][0]["submission"]["id"])
        await self.do("submitKey", submissionId=submission_id, way="EMAIL", address="keiyaku@example.lg.jp",
                      handedInOn="2024-06-03", addressConfirmed=True, send=False, note="送信済み")  # fmt: skip
        for mutation, note in (("confirmArrival", "電話で"), ("recordAcceptance", None), ("recordRejection", "遅い")):
            await self.do(mutation, submissionId=submission_id, note=note)
        return submission_id


async def test_every_field_answers_what_it_says(platform: Platform) -> None:
    rulebook = Rulebook.from_texts({"town": ops.TOWN})
    async with api_of(with_rulebook(platform, rulebook)) as api:
        story = Story(api)
        await story.tell()
    assert all_of(story.schema) - story.asked == set()
    assert story.told == json.loads(GOLDEN.read_text())

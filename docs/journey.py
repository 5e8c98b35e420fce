"""The whole way of an electronic guarantee, over HTTP alone: run it against a demo, or read it as the API by example.

    hosho demo                       # in one terminal
    python docs/journey.py           # in another

It needs `httpx` and nothing of this project. Every answer is compared with what the documentation says; the exit code is 1
at the first one that differs.
"""

import argparse
import email
import email.policy
import sys
import time
import uuid
from pathlib import Path
from typing import Any

import httpx

Json = dict[str, Any]


def or_refused(operation: str) -> str:
    """Return the operation with what every refusal tells."""
    return operation.replace("REFUSED", "... on Refused { refusals { code message messageEn path } }")


SIGN_IN = or_refused("""mutation ($input: SignInInput!) { signIn(input: $input) {
  ... on Session { accessToken viewer { role partyName } } REFUSED } }""")
ELIGIBILITY = or_refused("""query ($application: EligibilityInput!) { eligibility(application: $application) {
  ... on Decision { outcome reasons { code ja en refuses sources { title locator } }
    paper missing plan { channels { way ja recipient { ja resolved } } companions { ja } notes { ja } } } REFUSED } }""")
APPLY = or_refused("""mutation ($input: ApplyForGuaranteeInput!) { applyForGuarantee(input: $input) {
  ... on ApplicationPayload { application { id state feeState } } REFUSED } }""")
APPROVE = or_refused("""mutation ($input: ApproveApplicationInput!) { approveApplication(input: $input) {
  ... on ApplicationPayload { application { state } } REFUSED } }""")
RECORD_FEE = or_refused("""mutation ($input: RecordFeeInput!) { recordFee(input: $input) {
  ... on ApplicationPayload { application { feeState feeAmount feeReceivedOn } } REFUSED } }""")
CONCLUDE = or_refused("""mutation ($input: ConcludeGuaranteeInput!) { concludeGuarantee(input: $input) {
  ... on GuaranteePayload { guarantee { id number medium firstOpenedAt } } REFUSED } }""")
REVEAL = or_refused("""mutation ($input: RevealAccessKeyInput!) { revealAccessKey(input: $input) {
  ... on RevealedKey { pdfUrl notice { number accessKey worksName obligeeName text } } REFUSED } }""")
SCREEN = """fragment Screen on Certificate {
  number kind medium version change title issuedOn issuedOnWareki principalName obligeeName guaranteedAmount
  guaranteeEndsOn guaranteeEndsOnWareki completionOn completionOnWareki worksName contractPrice coveredPrice
  depositaryBank statement termsName notes
  surety { name address representative termsUrl } branch { name address tel fax } }"""
OPEN = SCREEN + or_refused("""
query ($number: GuaranteeNumber!, $key: AccessKey!) { certificate(number: $number, accessKey: $key) {
  ... on Certificate { ...Screen pdfUrl } REFUSED } }""")
SEE = (
    SCREEN
    + """
query ($number: GuaranteeNumber!) { viewer { guarantee(number: $number) {
  firstOpenedAt keyEvents { event at } certificate { ...Screen } } } }"""
)

MATSUE = {"obligee": "322016", "kind": "ADVANCE_PAYMENT", "suretyClass": "GUARANTEE_COMPANY"}
NAKATANE = {"obligee": "465011", "suretyClass": "GUARANTEE_COMPANY"}
LEAFLET = {
    "number": "1070000473",
    "kind": "ADVANCE_PAYMENT",
    "medium": "ELECTRONIC",
    "version": 1,
    "change": "ORIGINAL",
    "title": "保証証書（前払金保証）",
    "issuedOn": "2022-01-20",
    "issuedOnWareki": "令和4年1月20日",
    "principalName": "株式会社西日本保証建設 本町支店",
    "obligeeName": "支出負担行為担当官 近畿地方整備局長",
    "guaranteedAmount": 145_670_000,
    "guaranteeEndsOn": "2023-03-15",
    "guaranteeEndsOnWareki": "令和5年3月15日",
    "completionOn": "2023-03-15",
    "completionOnWareki": "令和5年3月15日",
    "worksName": "国道〇号線 道路改良工事 その1",
    "contractPrice": 2_172_720_000,
    "coveredPrice": 616_296_000,
    "depositaryBank": "三菱UFJ銀行 東京支店",
    "statement": "当会社は、前払金保証約款に基づき上記のとおり前払金保証契約を締結し、その責に任じます。",
    "termsName": "前払金保証約款",
    "notes": [
        "保証金額等に変更があった場合は、（変更）と表示し、変更後の内容を記載します。",
        "保証期間は工期の変更に伴い自動的に変更されますので、工期のみの変更では、変更の保証証書を発行しません。",
        "請負金額のみの変更では、変更の保証証書を発行しません。",
    ],
    "surety": {
        "name": "西日本建設業保証株式会社",
        "address": "大阪市西区西船場二丁目1番2号",
        "representative": "取締役社長 眞田 一",
        "termsUrl": "https://www.wjcs.net/",
    },
    "branch": {
        "name": "東京支店",
        "address": "東京都中央区日本橋3丁目8番14号",
        "tel": "03-6848-2671",
        "fax": "0320-504133",
    },
}


class Api:
    """The GraphQL API for one user; without a login id it is anybody, as the public body is."""

    def __init__(self, http: httpx.Client, login_id: str = "", password: str = "") -> None:
        """Sign in, if there is a login id."""
        self._http = http
        self._headers: dict[str, str] = {}
        if login_id:
            session = self.do(SIGN_IN, input={"loginId": login_id, "password": password})
            self._headers = {"Authorization": f"Bearer {session['accessToken']}"}
            self.name = session["viewer"]["partyName"]

    def ask(self, query: str, **variables: object) -> Any:
        """Return the answer's only root field, `Refused` or not; end the journey if there are `errors`."""
        response = self._http.post("/graphql", json={"query": query, "variables": variables}, headers=self._headers)
        body: Json = response.json()
        if "errors" in body:
            sys.exit(f"errors: {body['errors']}")
        (answer,) = body["data"].values()
        return answer

    def do(self, query: str, **variables: object) -> Json:
        """Return the answer's only root field; end the journey if it is `Refused`."""
        answer: Json = self.ask(query, **variables)
        if "refusals" in answer:
            sys.exit(f"refused: {answer['refusals']}")
        return answer

    def download(self, url: str, file: Path) -> None:
        """Save the PDF behind a short-lived URL; no token is sent, the URL is the permission."""
        response = self._http.get(url)
        expect("content-type", response.headers["content-type"], "application/pdf")
        expect("cache-control", response.headers["cache-control"], "no-store")
        expect("first bytes", response.content[:5], b"%PDF-")
        file.write_bytes(response.content)
        say(f"   {file} ({len(response.content):,} bytes)")


def say(*lines: str) -> None:
    """Print lines."""
    for line in lines:
        print(line, flush=True)  # noqa: T201  printing is what this script is for


def expect(what: str, given: object, wanted: object) -> None:
    """End the journey unless the answer is the documented one."""
    if given != wanted:
        sys.exit(f"{what}: the documentation says {wanted!r}, the answer is {given!r}")


def show(decision: Json) -> None:
    """Print a decision: the outcome, each reason with its source, and how to hand the key in."""
    say(f"   → {decision['outcome']}")
    for reason in decision["reasons"]:
        say(f"     {reason['code']}: {reason['ja']}", f"       {reason['en']}")
        say(*(f"       出典/source: {source['title']} {source['locator']}" for source in reason["sources"]))
    for channel in (decision["plan"] or {"channels": []})["channels"]:
        say(f"     提出方法/hand in: {channel['way']} {channel['ja']} {channel['recipient']['ja']}")


def decide(api: Api, application: Json, outcome: str, *codes: str) -> Json:
    """Ask the obligee's rules about an application that is not made yet, and check outcome and reasons."""
    decision = api.do(ELIGIBILITY, application=application)
    show(decision)
    expect("outcome", decision["outcome"], outcome)
    given = [reason["code"] for reason in decision["reasons"]]
    expect("reasons", sorted(set(codes) - set(given)), [])
    return decision


def before_anything_is_signed(anyone: Api) -> None:
    """Ask Matsue's rules for the day before their start, and for the first day."""
    say("", "1. 松江市: 2024年5月31日の契約は？ / Matsue, a works contract of 2024-05-31?")
    facts = {"workType": "CONSTRUCTION", "contractOn": "2024-05-31"}
    decision = decide(anyone, {**MATSUE, "facts": facts}, "PAPER_ONLY", "BEFORE_START", "PAPER_OPEN")
    expect("plan", decision["plan"], None)
    say("", "2. 松江市: 2024年6月1日の契約は？ / Matsue, a works contract of 2024-06-01?")
    facts = {"workType": "CONSTRUCTION", "contractOn": "2024-06-01"}
    decision = decide(anyone, {**MATSUE, "facts": facts}, "ACCEPTED", "STARTED", "KIND_TAKEN", "WORK_TYPE_TAKEN")
    (channel,) = decision["plan"]["channels"]
    expect("way", channel["way"], "EMAIL")
    expect("address known", channel["recipient"]["resolved"], False)  # noqa: FBT003  an answer, not a switch


def apply(contractor: Api, surety_id: str) -> str:
    """Apply for an advance payment guarantee towards Matsue; return the application's id."""
    say("", f"3. 申込 / {contractor.name} applies")
    application = {
        "suretyId": surety_id,
        "obligee": "322016",
        "kind": "ADVANCE_PAYMENT",
        "delivery": "ELECTRONIC",
        "worksName": "市道〇号線 道路改良工事",
        "contractPrice": 48_000_000,
        "guaranteedAmount": 19_200_000,
        "completionOn": "2025-03-15",
        "urgent": True,
        "facts": {"workType": "CONSTRUCTION", "contractOn": "2024-06-01"},
    }
    request = {"application": application, "idempotencyKey": str(uuid.uuid4())}
    applied = contractor.do(APPLY, input=request)
    again = contractor.do(APPLY, input=request)
    expect("sent twice, done once", again, applied)
    expect("state", applied["application"]["state"], "SUBMITTED")
    say(f"   → {applied['application']['state']}, {applied['application']['feeState']}")
    return str(applied["application"]["id"])


def conclude(surety: Api, application_id: str) -> Json:
    """Approve, record the fee, conclude; return the guarantee."""
    say("", f"4. 承認・保証料・締結 / {surety.name} approves, records the fee, concludes")
    early = surety.ask(CONCLUDE, input={"applicationId": application_id, "idempotencyKey": str(uuid.uuid4())})
    expect("too early", early["refusals"][0]["code"], "WRONG_STATE")
    approved = surety.do(APPROVE, input={"applicationId": application_id})
    expect("state", approved["application"]["state"], "APPROVED")
    fee = {"applicationId": application_id, "amount": 100_000, "receivedOn": "2024-06-03"}
    expect("fee", surety.do(RECORD_FEE, input=fee)["application"]["feeState"], "RECEIVED")
    request = {"applicationId": application_id, "idempotencyKey": str(uuid.uuid4())}
    guarantee: Json = surety.do(CONCLUDE, input=request)["guarantee"]
    expect("medium", guarantee["medium"], "ELECTRONIC")
    expect("opened", guarantee["firstOpenedAt"], None)
    say(f"   → 保証契約番号 {guarantee['number']}")
    return guarantee


def mail_for(number: str, folder: Path, seconds: int = 60) -> str:
    """Return the text of the registration mail for `number`, as soon as it is written."""
    deadline = time.monotonic() + seconds
    while not (files := sorted(folder.glob(f"registration.{number}.*.eml"))):
        if time.monotonic() > deadline:
            sys.exit(f"no mail for {number} in {folder} within {seconds} seconds")
        time.sleep(0.2)
    mail = email.message_from_bytes(files[0].read_bytes(), policy=email.policy.default)
    expect("subject", mail["Subject"], "電子証書・認証キー登録のお知らせ")
    body = mail.get_body()
    if body is None:
        sys.exit(f"{files[0]} has no text")
    say(f"   {files[0]}", f"   To: {mail['To']}  Subject: {mail['Subject']}")
    return str(body.get_content())


def hand_in(contractor: Api, guarantee: Json, mail_folder: Path, save: Path) -> str:
    """Read the mail, reveal the key, save the key notice; return the key."""
    say("", "5. お知らせメール / The registration mail (urgent: at once, else at 16:00 in Japan)")
    text = mail_for(guarantee["number"], mail_folder)
    say("", "6. 認証キーの表示、「認証キー等のお知らせ」 / The key, and the key notice: the thing to hand in")
    revealed = contractor.do(REVEAL, input={"guaranteeId": guarantee["id"]})
    key = str(revealed["notice"]["accessKey"])
    expect("number in the mail", guarantee["number"] in text, True)  # noqa: FBT003  an answer, not a switch
    expect("key in the mail", key in text, False)  # noqa: FBT003
    say(*(f"   | {line}" for line in revealed["notice"]["text"].replace(key, "●" * len(key)).splitlines()))
    contractor.download(revealed["pdfUrl"], save / f"key-notice-{guarantee['number']}.pdf")
    return key


def open_as_obligee(anyone: Api, number: str, key: str, save: Path) -> Json:
    """Open the certificate with number and key, without an account; return what the public body sees."""
    say("", "7. 発注者が電子証書を開く / The public body opens the certificate, without an account")
    wrong = anyone.ask(OPEN, number=number, key="WRONGWRONGWR")
    expect("wrong key", [each["code"] for each in wrong["refusals"]], ["CERTIFICATE_NOT_OPENED"])
    certificate = anyone.do(OPEN, number=number, key=key.lower())
    anyone.download(certificate.pop("pdfUrl"), save / f"certificate-{number}.pdf")
    say(f"   → {certificate['title']} {certificate['issuedOnWareki']} {certificate['guaranteedAmount']:,}円")
    return certificate


def was_it_opened(contractor: Api, number: str, seen: Json) -> None:
    """See as the principal when it was opened, and that both see the same."""
    say("", "8. 受注者は閲覧日時を見る / The principal sees when it was opened")
    guarantee = contractor.do(SEE, number=number)["guarantee"]
    expect("certificate", guarantee["certificate"], seen)
    expect("events", [each["event"] for each in guarantee["keyEvents"]], ["REVEALED", "OPENED"])
    expect("first opening", guarantee["firstOpenedAt"], guarantee["keyEvents"][-1]["at"])
    say(f"   → {guarantee['firstOpenedAt']}")


def nakatane(anyone: Api) -> None:
    """Ask Nakatane's rules about a new contract, and about an interim guarantee of works guaranteed before."""
    say("", "9. 中種子町: 2024年2月1日の新規契約 / Nakatane, a new works contract of 2024-02-01")
    facts = {"workType": "CONSTRUCTION", "contractOn": "2024-02-01"}
    accepted = decide(anyone, {**NAKATANE, "kind": "ADVANCE_PAYMENT", "facts": facts}, "ACCEPTED", "READING_TAKEN")
    say(*(f"     あわせて/also: {each['ja']}" for each in accepted["plan"]["companions"]))
    expect("the invoice stays separate", len(accepted["plan"]["companions"]), 1)
    say(
        "",
        "10. 中種子町: 開始前の保証に続く中間前払金保証 / Nakatane, the interim guarantee of works guaranteed before",
    )
    facts = {"workType": "CONSTRUCTION", "contractOn": "2024-02-01", "firstGuaranteeOn": "2024-01-15"}
    interim = {**NAKATANE, "kind": "INTERIM_ADVANCE_PAYMENT", "facts": facts}
    decision = decide(anyone, interim, "PAPER_ONLY", "EXCLUDED")
    expect("paper", decision["paper"], True)  # noqa: FBT003  an answer, not a switch


def leaflet(contractor: Api) -> None:
    """Show the leaflet's sample certificate, every field of it."""
    say("", "11. 見本の電子証書 / The leaflet's sample, 1070000473")
    certificate = contractor.do(SEE, number="1070000473")["guarantee"]["certificate"]
    say(*(f"   {name}: {value}" for name, value in certificate.items()))
    for name, wanted in LEAFLET.items():
        expect(name, certificate[name], wanted)
    expect("fields", sorted(certificate), sorted(LEAFLET))


def arguments() -> argparse.Namespace:
    """Return what was said on the command line."""
    parser = argparse.ArgumentParser(description="The whole way of an electronic guarantee, over HTTP.")
    parser.add_argument("url", nargs="?", default="http://127.0.0.1:8000", help="base URL of a running demo")
    parser.add_argument("--mail", type=Path, default=Path("demo/mail"), help="the demo's mail folder")
    parser.add_argument("--save", type=Path, default=Path("demo/saved"), help="where to save the two PDFs")
    parser.add_argument("--contractor", default="contractor", help="login id of the principal's account")
    parser.add_argument("--surety", default="surety", help="login id of the surety's account")
    parser.add_argument("--password", default="denshi-hosho-demo", help="password of both")
    return parser.parse_args()


def main() -> None:
    """Go the whole way."""
    given = arguments()
    given.save.mkdir(parents=True, exist_ok=True)
    with httpx.Client(base_url=given.url, timeout=30) as http:
        anyone = Api(http)
        before_anything_is_signed(anyone)
        contractor, surety = Api(http, given.contractor, given.password), Api(http, given.surety, given.password)
        (only,) = anyone.ask("{ sureties { id name } }")
        application_id = apply(contractor, only["id"])
        guarantee = conclude(surety, application_id)
        key = hand_in(contractor, guarantee, given.mail, given.save)
        seen = open_as_obligee(anyone, guarantee["number"], key, given.save)
        was_it_opened(contractor, guarantee["number"], seen)
        nakatane(anyone)
        leaflet(contractor)
    say("", "すべて文書のとおりでした。 / Everything was as documented.")


if __name__ == "__main__":
    main()

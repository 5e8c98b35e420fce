"""The audit log from outside: checkpoints that fit together, proofs that verify alone, a trail for each party."""

import base64
import email.policy
import json
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from io import BytesIO

import pytest
from pypdf import PdfReader

from denshi_hosho.core.merkle import leaf_hash, verify_consistency, verify_inclusion
from denshi_hosho.core.notary import VerifierKey, notes_in, notes_in_file, opened
from denshi_hosho.core.trail import KEY_HOLDER
from denshi_hosho.resolvers.mailing import postman
from tests.client import Api, Json, approved, concluded, revealed
from tests.conftest import NOW, Clock
from tests.schema.parties import add_other_surety

pytestmark = pytest.mark.anyio

LOG = (
    "query ($first: Int!, $second: Int!) { auditLog { origin size checkpoint verifierKeys"
    " consistencyProof(first: $first, second: $second) } }"
)
PROOF = "logProof { record index size path checkpoint proof }"
OPEN = (
    "query ($number: GuaranteeNumber!, $accessKey: AccessKey!) { certificate(number: $number, accessKey: $accessKey) {"
    f" ... on Certificate {{ number {PROOF} }} }} }}"
)
TRAIL = (
    "query ($search: AuditSearchInput, $first: Int, $after: String) { viewer {"
    " auditTrail(search: $search, first: $first, after: $after)"
    " { totalCount pageInfo { hasNextPage endCursor } nodes { index at event who loginId role number record } } } }"
)


async def log(api: Api, first: int = 0, second: int = 0) -> Json:
    return dict((await api.ask(LOG, first=first, second=second))["auditLog"])


async def trail(api: Api, **search: object) -> list[Json]:
    return list((await api.ask(TRAIL, search=search))["viewer"]["auditTrail"]["nodes"])


def keys(shown: Json) -> list[VerifierKey]:
    return [VerifierKey.parse(each) for each in shown["verifierKeys"]]


async def test_an_old_checkpoint_and_a_new_one_fit_together(api: Api) -> None:
    empty = await log(api)
    assert (empty["origin"], empty["size"], empty["consistencyProof"]) == ("hosho.test/log", 0, [])
    await concluded(api)
    old = await log(api)
    await concluded(api, "apply-2")
    new = await log(api, old["size"], old["size"] + 4)
    assert (old["size"], new["size"]) == (4, 8)
    first, second = (opened(each["checkpoint"], keys(new)) for each in (old, new))
    path = [base64.b64decode(each) for each in new["consistencyProof"]]
    assert verify_consistency((first.size, second.size), (first.root, second.root), path)
    assert not verify_consistency((first.size, second.size), (second.root, second.root), path)


@pytest.mark.parametrize("database_kind", ["sqlite"])
@pytest.mark.parametrize(("first", "second"), [(1, 0), (-1, 0), (0, 1), (2**31 - 1, 2**31 - 1)])
async def test_a_size_that_the_log_never_had_is_refused(api: Api, first: int, second: int) -> None:
    assert await api.errors(LOG, first=first, second=second) == ["LOG_SIZE_UNKNOWN"]


async def test_whoever_may_see_a_certificate_gets_the_proof_of_its_conclusion(api: Api) -> None:
    guarantee = await concluded(api)
    await concluded(api, "apply-2")
    notice = await revealed(api, guarantee["id"])
    by_key = await api.ask(OPEN, number=notice["number"], accessKey=notice["accessKey"])
    proof = by_key["certificate"]["logProof"]
    told = json.loads(proof["record"])
    assert (told["event"], told["index"], proof["index"], proof["size"]) == ("GUARANTEE_CONCLUDED", 3, 3, 10)
    checkpoint = opened(proof["checkpoint"], keys(await log(api)))
    path = [base64.b64decode(each) for each in proof["path"]]
    assert verify_inclusion(leaf_hash(proof["record"].encode()), 3, 10, path, checkpoint.root)
    assert proof["proof"].startswith("c2sp.org/tlog-proof@v1\nindex 3\n")
    assert proof["proof"].endswith("\n\n" + proof["checkpoint"])
    for owner in ("contractor", "surety"):
        query = f'{{ viewer {{ guarantee(number: "{notice["number"]}") {{ certificate {{ {PROOF} }} }} }} }}'
        seen = (await (await api.as_(owner)).ask(query))["viewer"]["guarantee"]["certificate"]["logProof"]
        assert seen["record"] == proof["record"]


async def test_the_log_is_published_at_a_well_known_place(api: Api) -> None:
    await concluded(api)
    response = await api.http.get("/.well-known/audit-log")
    assert response.status_code == 200
    shown, asked = response.json(), await log(api)
    assert shown == {name: asked[name] for name in ("origin", "size", "verifierKeys", "checkpoint")}
    assert opened(shown["checkpoint"], keys(shown)).size == shown["size"] == 4


async def test_the_surety_sees_who_did_what_and_no_login_of_others(api: Api) -> None:
    guarantee = await concluded(api)
    notice = await revealed(api, guarantee["id"])
    await api.ask(OPEN, number=notice["number"], accessKey=notice["accessKey"])
    nodes = await trail(await api.as_("surety"))
    principal = "株式会社西日本保証建設 本町支店（保証契約者）"
    assert [(each["event"], each["who"], each["loginId"], each["role"], each["number"]) for each in nodes] == [
        ("CERTIFICATE_OPENED", KEY_HOLDER, None, None, "1070000473"),
        ("KEY_REVEALED", principal, None, "PRINCIPAL", "1070000473"),
        ("GUARANTEE_CONCLUDED", "surety", "surety", "SURETY", "1070000473"),
        ("FEE_RECORDED", "surety", "surety", "SURETY", None),
        ("APPLICATION_APPROVED", "surety", "surety", "SURETY", None),
        ("APPLICATION_SUBMITTED", principal, None, "PRINCIPAL", None),
    ]
    assert [each["index"] for each in nodes] == [5, 4, 3, 2, 1, 0]
    assert notice["accessKey"] not in json.dumps(nodes)


async def test_the_principal_sees_its_own_and_others_see_nothing(api: Api) -> None:
    await add_other_surety(api.platform)
    await concluded(api)
    mine = await trail(await api.as_("contractor"))
    assert [(each["who"], each["loginId"]) for each in mine][-1] == ("contractor", "contractor")
    assert mine[0]["who"] == "西日本建設業保証株式会社（保証会社）"
    assert mine[0]["loginId"] is None
    for stranger in ("other", "other-surety"):
        assert await trail(await api.as_(stranger)) == []
    assert (await api.ask(TRAIL))["viewer"] is None


async def test_the_trail_is_searched(api: Api, clock: Clock) -> None:
    guarantee = await concluded(api)
    surety, contractor = await api.as_("surety"), await api.as_("contractor")
    clock.now = datetime(2024, 6, 3, 15, tzinfo=UTC)  # midnight in Japan
    contractor.sessions.clear()
    api.sessions.clear()
    surety, contractor = await api.as_("surety"), await api.as_("contractor")
    await approved(api, "apply-2")
    found = {
        "events": await trail(surety, events=["FEE_RECORDED", "KEY_ROTATED"]),
        "number": await trail(surety, number=guarantee["number"]),
        "from": await trail(surety, fromOn="2024-06-04"),
        "to": await trail(surety, toOn="2024-06-03"),
        "account": await trail(surety, accountLoginId="surety"),
        "another's account": await trail(surety, accountLoginId="contractor"),
        "own account": await trail(contractor, accountLoginId="contractor"),
        "all": await trail(surety, events=["FEE_RECORDED"], fromOn="2024-06-03", toOn="9999-12-31"),
        "none": await trail(surety, fromOn="0001-01-01", toOn="0001-01-01"),
    }
    assert {name: [each["index"] for each in nodes] for name, nodes in found.items()} == {
        "events": [6, 2], "number": [3], "from": [6, 5, 4], "to": [3, 2, 1, 0], "account": [6, 5, 3, 2, 1],
        "another's account": [], "own account": [4, 0], "all": [6, 2], "none": [],
    }  # fmt: skip


async def test_the_trail_is_paged(api: Api) -> None:
    await concluded(api)
    surety = await api.as_("surety")
    page: Json = {}
    seen: list[int] = []
    after = None
    for _ in range(4):
        page = (await surety.ask(TRAIL, first=1, after=after))["viewer"]["auditTrail"]
        seen += [each["index"] for each in page["nodes"]]
        after = page["pageInfo"]["endCursor"]
    assert (seen, page["totalCount"], page["pageInfo"]["hasNextPage"]) == ([3, 2, 1, 0], 4, False)


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_mails_and_notices_carry_the_checkpoint(api: Api, clock: Clock) -> None:
    guarantee = await concluded(api, urgent=True)
    published = keys(await log(api))
    await postman(api.platform).round()
    (file,) = api.platform.settings.mail_folder.glob("*.eml")
    (note,) = notes_in_file(file.read_bytes())
    assert opened(note, published).size == 4
    assert message_from_bytes(file.read_bytes(), policy=email.policy.default)["Subject"]
    contractor = await api.as_("contractor")
    answer = await contractor.do(
        "mutation ($input: RevealAccessKeyInput!) { revealAccessKey(input: $input) { ... on RevealedKey { pdfUrl checkpoint } } }",
        guaranteeId=guarantee["id"],
    )
    assert opened(answer["checkpoint"], published).size == 5
    clock.now = NOW + timedelta(minutes=1)
    pdf = (await api.http.get(answer["pdfUrl"])).content
    (printed,) = notes_in(PdfReader(BytesIO(pdf)).pages[0].extract_text())
    assert printed == answer["checkpoint"]

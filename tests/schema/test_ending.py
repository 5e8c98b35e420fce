"""Release and cancellation over HTTP: by the surety alone, with nothing open, and told in the status of every copy."""

import pytest
import sqlalchemy as sa

from denshi_hosho.core.certificate_files import statuses
from denshi_hosho.core.status import place
from denshi_hosho.core.tables import certificate
from denshi_hosho.core.vocabulary import CertificateStatus
from tests.client import Api, Json, codes, concluded
from tests.core.world import grown
from tests.schema.ending import FACTS, asked, done
from tests.schema.test_signed_copies import issued

pytestmark = pytest.mark.anyio
VERIFY = (
    "query ($input: VerifyCertificateInput!) { verifyCertificate(input: $input) {"
    " ... on VerifiedCertificate { status statusChangedOn } } }"
)
CHANGE = (
    "mutation ($input: RequestChangeInput!) { requestChange(input: $input) { __typename"
    " ... on Refused { refusals { code message } } } }"
)
LIST = (
    "query ($search: GuaranteeSearchInput) { viewer { guarantees(search: $search) { totalCount nodes { number state"
    " endsToday expired } } } }"
)


async def released(api: Api, made: Json, **given: object) -> Json:
    return await done(api, "releaseGuarantee", guaranteeId=made["id"], **{"completedOn": "2024-06-03", **given})


async def test_after_completion_a_guarantee_is_released_and_nothing_is_returned(api: Api) -> None:
    made = await concluded(api)
    answer = await released(api, made, note="完成検査に合格")
    assert answer["guarantee"] == {"id": made["id"], "state": "RELEASED", "expired": False}
    assert (answer["refundStatementId"], answer["refundAmount"]) == (None, None)
    assert answer["ja"] == "工事完成後は、保証料の返戻はありません。"
    assert await released(api, made, note="完成検査に合格") == answer  # the same request again
    again = {"guaranteeId": made["id"], "completedOn": "2024-06-03", "idempotencyKey": "again"}
    assert codes(await asked(api, "releaseGuarantee", **again)) == ["WRONG_STATE"]


async def test_a_guarantee_is_cancelled_with_its_reason_and_without_a_tariff_nothing_is_stated(api: Api) -> None:
    made = await concluded(api)
    answer = await done(api, "cancelGuarantee", guaranteeId=made["id"], cancelledOn="2024-06-03", reason="工事の中止")
    assert answer["guarantee"]["state"] == "CANCELLED"
    assert answer["refundStatementId"] is None
    assert answer["ja"].startswith("返戻保証料は計算されていません。")


@pytest.mark.parametrize(
    ("operation", "given", "code"),
    [
        ("releaseGuarantee", {"completedOn": "2024-06-04"}, "DAY_IN_FUTURE"),
        ("releaseGuarantee", {"completedOn": "2024-06-02"}, "DAY_BEFORE_CONCLUSION"),
        ("releaseGuarantee", {"completedOn": "0001-01-01"}, "DAY_BEFORE_CONCLUSION"),
        ("releaseGuarantee", {"completedOn": "2024-06-03", "note": ""}, "NOTE_LENGTH"),
        ("cancelGuarantee", {"cancelledOn": "2024-06-03", "reason": "x" * 1001}, "NOTE_LENGTH"),
        ("cancelGuarantee", {"cancelledOn": "9999-12-31", "reason": "x"}, "DAY_IN_FUTURE"),
    ],
)
async def test_an_end_that_cannot_be_is_refused_and_nothing_is_written(
    api: Api, operation: str, given: Json, code: str
) -> None:
    made = await concluded(api)
    before = await api.rows()
    assert codes(await asked(api, operation, guaranteeId=made["id"], **given)) == [code]
    assert grown(before, await api.rows()) == {}


async def test_what_is_still_open_is_named_and_stands_in_the_way(api: Api) -> None:
    made = await concluded(api)
    contractor = await api.as_("contractor")
    change = {"guaranteedAmount": 19_000_000}
    opened = await contractor.do(CHANGE, guaranteeId=made["id"], change=change, reason="減額", idempotencyKey="c")
    assert opened["__typename"] == "ChangePayload", opened
    given = {"guaranteeId": made["id"], "cancelledOn": "2024-06-03", "reason": "工事の中止"}
    (refusal,) = (await asked(api, "cancelGuarantee", **given))["refusals"]
    assert refusal["code"] == "REQUESTS_OPEN"
    assert refusal["message"].startswith("審査待ちの変更の申込1件があります。")
    assert "requests for a change: 1" in refusal["messageEn"]
    claim = await done(api, "makeClaim", guaranteeId=made["id"], facts=FACTS, claimedAmount=1)
    assert codes(await asked(api, "cancelGuarantee", **given)) == ["WRONG_STATE"]
    await done(api, "withdrawClaim", claimId=claim["id"], note="取下げ")


async def _status(api: Api, jws: str) -> tuple[str, str | None]:
    found = (await api.ask(VERIFY, input={"jws": jws}))["verifyCertificate"]
    async with api.platform.database.read() as connection:
        (row_id,) = (await connection.execute(sa.select(certificate.c.id))).scalars().all()
        listed = await statuses(connection, place(row_id)[0])
    assert listed.get(place(row_id)[1], CertificateStatus.ACTIVE) == found["status"]
    return found["status"], found["statusChangedOn"]


async def test_a_copy_says_active_while_claimed_and_released_when_paid(api: Api) -> None:
    guarantee_id, _pdf, jws = await issued(api)
    assert await _status(api, jws) == ("ACTIVE", None)
    claim = await done(api, "makeClaim", guaranteeId=guarantee_id, facts=FACTS, claimedAmount=1)
    assert await _status(api, jws) == ("ACTIVE", None)
    await done(api, "determineClaim", claimId=claim["id"], examined={"workDone": 0})
    await done(api, "recordClaimPaid", claimId=claim["id"], amount=4_000_000, paidOn="2024-06-03")
    assert await _status(api, jws) == ("RELEASED", "2024-06-03")


@pytest.mark.parametrize(
    ("operation", "given", "status"),
    [
        ("releaseGuarantee", {"completedOn": "2024-06-03"}, "RELEASED"),
        ("cancelGuarantee", {"cancelledOn": "2024-06-03", "reason": "工事の中止"}, "CANCELLED"),
    ],
)
async def test_a_copy_of_a_released_or_cancelled_guarantee_says_so(
    api: Api, operation: str, given: Json, status: str
) -> None:
    guarantee_id, _pdf, jws = await issued(api)
    await done(api, operation, guaranteeId=guarantee_id, **given)
    assert await _status(api, jws) == (status, "2024-06-03")


async def test_guarantees_are_found_by_state_and_by_last_day(api: Api) -> None:
    first = await concluded(api)
    second = await concluded(api, "apply-2", completionOn="2025-03-31")
    await released(api, first)

    async def found(**search: object) -> list[str]:
        answer = await (await api.as_("surety")).ask(LIST, search=search)
        return [each["number"] for each in answer["viewer"]["guarantees"]["nodes"]]

    assert await found(states=["RELEASED"]) == [first["number"]]
    assert await found(states=["ACTIVE", "CLAIMED"]) == [second["number"]]
    assert await found(endsBefore="2025-03-16") == [first["number"]]
    assert await found(endsBefore="2025-03-15") == []
    assert await found(endsBefore="2025-04-01", states=["ACTIVE"]) == [second["number"]]

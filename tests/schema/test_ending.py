from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from denshi_hosho.core.auditing import verify
from denshi_hosho.core.ending.expiry import note_expired
from denshi_hosho.core.ending.watch import Watch
from denshi_hosho.core.tables import audit_entry, guarantee_step
from tests.client import Api, Json, codes, revealed
from tests.conftest import NOW, Clock
from tests.schema import operations as ops
from tests.schema.lives import add_obligee, add_tariff, handed_in, lived
from tests.schema.operations import MUTATIONS
from tests.schema.test_changes import ask_for, conclude, life, one

pytestmark = pytest.mark.anyio
FACTS = {"advancePaid": 19_200_000, "workDone": 4_000_000, "defaultedOn": "2024-06-01", "reason": "契約解除"}


async def release(api: Api, guarantee_id: str, key: str = "r", **changes: object) -> Json:
    owner = await api.as_("surety")
    given = {"guaranteeId": guarantee_id, "completedOn": "2024-06-03", "idempotencyKey": key, **changes}
    return await owner.do(MUTATIONS["releaseGuarantee"], **given)


async def cancel(api: Api, guarantee_id: str, key: str = "x", **changes: object) -> Json:
    owner = await api.as_("surety")
    given = {
        "guaranteeId": guarantee_id,
        "cancelledOn": "2024-06-03",
        "reason": "契約解除",
        "idempotencyKey": key,
        **changes,
    }
    return await owner.do(MUTATIONS["cancelGuarantee"], **given)


async def claimed(who: Api, guarantee_id: str, amount: int = 19_200_000, key: str = "m", **facts: object) -> Json:
    given = {"guaranteeId": guarantee_id, "facts": {**FACTS, **facts}, "claimedAmount": amount, "idempotencyKey": key}
    return await who.do(MUTATIONS["makeClaim"], **given)


async def status(api: Api, jws: str) -> str:
    return str((await api.ask(ops.VERIFY, input={"jws": jws}))["verifyCertificate"]["status"])


async def copy_of(api: Api, guarantee_id: str) -> str:
    shown = await revealed(api, guarantee_id)
    key = {"number": shown["number"], "accessKey": shown["accessKey"]}
    return str((await api.bearing(None).ask(ops.CERTIFICATE, **key))["certificate"]["jws"])


async def test_a_released_guarantee_is_at_its_end(api: Api) -> None:
    made = await lived(api)
    copy = await copy_of(api, made["id"])
    assert await status(api, copy) == "ACTIVE"
    assert (await release(api, made["id"], note="完成検査済み"))["__typename"] == "GuaranteePayload"
    now = await life(api, made["number"])
    assert (now["state"], now["timeline"][-1]["code"], now["timeline"][-1]["note"]) == (
        "RELEASED", "GUARANTEE_RELEASED", "2024-06-03 完成検査済み",
    )  # fmt: skip
    verified = (await api.ask(ops.VERIFY, input={"jws": copy}))["verifyCertificate"]
    assert (verified["status"], verified["statusChangedOn"]) == ("RELEASED", "2024-06-03")
    before = await api.rows()
    assert codes(await release(api, made["id"], "again")) == ["WRONG_STATE"]
    assert codes(await cancel(api, made["id"])) == ["WRONG_STATE"]
    assert await api.rows() == before


async def test_a_cancelled_guarantee_returns_what_its_tariff_returns(api: Api, clock: Clock) -> None:
    await add_tariff(api)
    made = await lived(api)
    copy = await copy_of(api, made["id"])
    clock.now = NOW + timedelta(days=99)  # of 286 days
    api.sessions.clear()  # they have ended since
    assert (await cancel(api, made["id"], cancelledOn="2024-09-10"))["__typename"] == "GuaranteePayload"
    now = await life(api, made["number"])
    assert now["state"] == "CANCELLED"
    first, refund = now["feeStatements"]
    assert (refund["kind"], refund["amount"]) == ("REFUND", first["amount"] * 186 // 286)
    assert [each["code"] for each in now["timeline"]][-2:] == ["GUARANTEE_CANCELLED", "REFUND_STATED"]
    assert await status(api, copy) == "CANCELLED"
    assert await verify(api.platform.database) == []


async def test_nothing_ends_while_a_change_waits_or_in_the_future(api: Api) -> None:
    made = await lived(api)
    change = (await ask_for(api, made["id"], guaranteedAmount=20_000_000))["change"]
    before = await api.rows()
    assert codes(await release(api, made["id"])) == ["CHANGE_OPEN"]
    assert codes(await cancel(api, made["id"])) == ["CHANGE_OPEN"]
    assert codes(await release(api, made["id"], completedOn="2024-06-04")) == ["DAY_IN_FUTURE"]
    assert codes(await cancel(api, made["id"], cancelledOn="2024-06-02")) == ["DAY_BEFORE_CONCLUSION"]
    assert await api.rows() == before
    await conclude(api, change["id"])
    assert (await release(api, made["id"]))["__typename"] == "GuaranteePayload"


async def test_that_the_last_day_has_passed_is_told_once_and_releases_nothing(api: Api, clock: Clock) -> None:
    made = await lived(api)
    database = api.platform.database
    watch = Watch(database, clock)
    assert await watch.round() == 0
    clock.now = NOW.replace(year=2025, month=3, day=15)  # still the last day
    assert await watch.round() == 0
    clock.now += timedelta(days=1)
    assert [await watch.round(), await watch.round(), await note_expired(database, clock.now)] == [1, 0, 0]
    api.sessions.clear()  # they have ended since
    now = await life(api, made["number"])
    assert (now["state"], now["timeline"][-1]["code"], now["timeline"][-1]["who"]) == (
        "ACTIVE", "GUARANTEE_EXPIRED", "発行システム",
    )  # fmt: skip
    query = "{ viewer { auditTrail(first: 1) { nodes { event who } } } }"
    (last,) = (await (await api.as_("surety")).ask(query))["viewer"]["auditTrail"]["nodes"]
    assert last == {"event": "GUARANTEE_EXPIRED", "who": "発行システム"}
    await ask_for(api, made["id"], completionOn="2025-03-20")
    assert await note_expired(database, clock.now) == 0
    assert await note_expired(database, clock.now + timedelta(days=10)) == 1
    assert await verify(database) == []


async def test_a_claim_is_examined_and_paid_as_it_is_calculated(api: Api) -> None:
    made = await lived(api)
    copy = await copy_of(api, made["id"])
    obligee = await add_obligee(api)
    before = await api.rows()
    assert codes(await claimed(obligee, made["id"])) == ["NOT_FOUND"]  # its key was not handed in yet
    assert await api.rows() == before
    await handed_in(api, made["id"])
    claim = (await claimed(obligee, made["id"]))["claim"]
    assert (claim["claimState"], claim["madeBy"], claim["workDone"]) == ("MADE", "OBLIGEE", 4_000_000)
    assert (await life(api, made["number"]))["state"] == "CLAIMED"
    assert await status(api, copy) == "ACTIVE"
    owner = await api.as_("surety")
    examined = {"advancePaid": 19_200_000, "workDone": 5_000_000}
    given = {"claimId": claim["id"], "examined": examined, "idempotencyKey": "d"}
    determined = (await owner.do(MUTATIONS["determineClaim"], **given))["claim"]
    assert (determined["claimState"], determined["determinedAmount"]) == ("DETERMINED", 14_200_000)
    assert sum(line["yen"] for line in determined["derivation"]) == 14_200_000
    before = await api.rows()
    for day, code in (
        ("2024-06-02", "PAID_BEFORE_CLAIM"),
        ("0001-01-01", "PAID_BEFORE_CLAIM"),
        ("2024-06-04", "DAY_IN_FUTURE"),
    ):
        early = await owner.do(MUTATIONS["recordClaimPaid"], claimId=claim["id"], paidOn=day, idempotencyKey=day)
        assert codes(early) == [code]
    assert await api.rows() == before
    paid = await owner.do(MUTATIONS["recordClaimPaid"], claimId=claim["id"], paidOn="2024-06-03", idempotencyKey="p")
    assert (paid["claim"]["claimState"], paid["claim"]["paidAmount"]) == ("PAID", 14_200_000)
    now = await life(api, made["number"])
    assert (now["state"], [each["claimState"] for each in now["claims"]]) == ("PERFORMED", ["PAID"])
    assert await status(api, copy) == "RELEASED"
    assert codes(await claimed(obligee, made["id"], key="m2")) == ["WRONG_STATE"]
    assert await verify(api.platform.database) == []


async def test_a_refused_or_withdrawn_claim_leaves_the_guarantee_in_force(api: Api) -> None:
    made = await lived(api)
    obligee, owner = await add_obligee(api), await api.as_("surety")
    await handed_in(api, made["id"])
    first = (await claimed(obligee, made["id"]))["claim"]
    refused = await owner.do(MUTATIONS["refuseClaim"], claimId=first["id"], note="約款に定める免責", idempotencyKey="f")
    assert refused["claim"]["claimState"] == "REFUSED"
    second = (await claimed(obligee, made["id"], key="m2"))["claim"]
    before = await api.rows()
    other = await owner.do(MUTATIONS["withdrawClaim"], claimId=second["id"], note="取下げ", idempotencyKey="w")
    assert codes(other) == ["NOT_ALLOWED"]
    assert await api.rows() == before
    await obligee.do(MUTATIONS["withdrawClaim"], claimId=second["id"], note="取下げ", idempotencyKey="w")
    on_paper = (await claimed(owner, made["id"], key="m3"))["claim"]
    assert on_paper["madeBy"] == "SURETY"
    assert (await life(api, made["number"]))["state"] == "CLAIMED"


@pytest.mark.parametrize(
    ("amount", "facts", "code"),
    [
        (19_200_001, {}, "CLAIM_ABOVE_GUARANTEE"),
        (0, {}, "AMOUNT_OUT_OF_RANGE"),
        (1, {"workDone": -1}, "AMOUNT_OUT_OF_RANGE"),
        (1, {"defaultedOn": "2024-06-04"}, "DAY_IN_FUTURE"),
        (1, {"reason": " "}, "NOTE_LENGTH"),
    ],
)
async def test_a_claim_that_cannot_be_is_refused(api: Api, amount: int, facts: dict[str, Any], code: str) -> None:
    made = await lived(api)
    before = await api.rows()
    assert codes(await claimed(await api.as_("surety"), made["id"], amount, **facts)) == [code]
    assert await api.rows() == before


async def test_what_cannot_be_determined_is_refused(api: Api) -> None:
    made = await lived(api)
    owner = await api.as_("surety")
    claim = (await claimed(owner, made["id"]))["claim"]
    before = await api.rows()
    for examined, code in (({}, "EXAMINATION_INCOMPLETE"), ({"advancePaid": 1, "workDone": 1}, "NOTHING_TO_PAY")):
        given = {"claimId": claim["id"], "examined": examined, "idempotencyKey": code}
        assert code in codes(await owner.do(MUTATIONS["determineClaim"], **given))
    assert codes(
        await owner.do(MUTATIONS["recordClaimPaid"], claimId=claim["id"], paidOn="2024-06-03", idempotencyKey="p")
    ) == ["WRONG_STATE"]
    assert await api.rows() == before


async def test_a_performance_guarantee_pays_what_was_examined(api: Api) -> None:
    made = await lived(api, kind="PERFORMANCE", guaranteedAmount=4_800_000)
    owner = await api.as_("surety")
    claim = (await claimed(owner, made["id"], 4_800_000))["claim"]
    for amount, code in ((None, "EXAMINATION_INCOMPLETE"), (4_800_001, "PAYMENT_ABOVE_GUARANTEE")):
        given = {"claimId": claim["id"], "examined": {"amount": amount}, "idempotencyKey": code}
        assert codes(await owner.do(MUTATIONS["determineClaim"], **given)) == [code]
    given = {"claimId": claim["id"], "examined": {"amount": 3_000_000}, "idempotencyKey": "ok"}
    assert (await owner.do(MUTATIONS["determineClaim"], **given))["claim"]["determinedAmount"] == 3_000_000


async def test_the_timeline_has_every_step_once_and_the_log_an_entry_for_each(api: Api) -> None:
    await add_tariff(api)
    made = await lived(api)
    obligee, owner = await add_obligee(api), await api.as_("surety")
    await revealed(api, made["id"])
    await handed_in(api, made["id"])
    change = (await ask_for(api, made["id"], guaranteedAmount=20_000_000))["change"]
    await conclude(api, change["id"], newKey=True)
    claim = (await claimed(obligee, made["id"]))["claim"]
    await owner.do(MUTATIONS["refuseClaim"], claimId=claim["id"], note="免責", idempotencyKey="f")
    await release(api, made["id"])
    now = await life(api, made["number"])
    told = [each["code"] for each in now["timeline"]]
    assert told == [
        "SUBMITTED", "APPROVED", "FEE_CALCULATED", "FEE_RECORDED", "CONCLUDED", "REVEALED", "REVEALED", "ROTATED", "PREPARED",
        "SENT",
        "CHANGE_REQUESTED", "CERTIFICATE_CHANGED", "FEE_STATED", "CLAIM_MADE", "CLAIM_REFUSED", "GUARANTEE_RELEASED",
    ]  # fmt: skip
    async with api.platform.database.read() as connection:
        logged = (await connection.execute(sa.select(audit_entry.c.event))).scalars().all()
    assert len(logged) == len(told)
    assert now["timeline"][0]["who"] == "contractor"
    assert now["timeline"][1]["who"] == "西日本建設業保証株式会社（保証会社）"


async def test_the_obligee_is_told_only_what_concerns_it(api: Api, clock: Clock) -> None:
    await add_tariff(api)
    made = await lived(api)
    obligee = await add_obligee(api)
    await revealed(api, made["id"])
    query = "query ($id: ID!) { node(id: $id) { ... on Guarantee { timeline { code note } claims { id } feeStatements { amount } } } }"
    assert (await obligee.ask(query, id=made["id"]))["node"] is None
    await ask_for(api, made["id"], completionOn="2025-03-31")  # before its key was handed in
    clock.now += timedelta(minutes=1)
    await handed_in(api, made["id"])
    await ask_for(api, made["id"], "k2", completionOn="2025-04-15")
    given = {"guaranteeId": made["id"], "reason": "誤った宛先に送付したため", "idempotencyKey": "rotate"}
    assert (await (await api.as_("contractor")).do(MUTATIONS["rotateAccessKey"], **given))["__typename"] != "Refused"
    seen = (await obligee.ask(query, id=made["id"]))["node"]
    assert ([each["code"] for each in seen["timeline"]], seen["feeStatements"]) == (
        ["ROTATED", "SENT", "CHANGE_RECORDED"], [],
    )  # fmt: skip
    assert [each["note"] for each in seen["timeline"]] == [None, None, None]  # why, the parties say to each other
    await claimed(obligee, made["id"])
    (note,) = [each["note"] for each in (await obligee.ask(query, id=made["id"]))["node"]["timeline"] if each["note"]]
    assert note == FACTS["reason"]


async def test_a_page_of_the_timeline(api: Api) -> None:
    made = await lived(api)
    contractor = await api.as_("contractor")
    query = """query ($number: GuaranteeNumber!, $first: Int!, $skip: Int!) { viewer { guarantee(number: $number) {
      timeline(first: $first, skip: $skip) { code } } } }"""
    page = await contractor.ask(query, number=made["number"], first=2, skip=1)
    assert [each["code"] for each in page["viewer"]["guarantee"]["timeline"]] == ["APPROVED", "FEE_RECORDED"]
    for first, skip in ((0, 0), (501, 0), (1, -1)):
        assert await contractor.errors(query, number=made["number"], first=first, skip=skip) == ["PAGE_MALFORMED"]
    steps = sa.select(sa.func.count()).select_from(guarantee_step)
    assert (await one(api, steps))[0] == 0


async def test_guarantees_are_found_by_state_and_by_last_day(api: Api) -> None:
    first, second = await lived(api), await lived(api, "apply-2", completionOn="2025-03-31")
    await release(api, first["id"])
    await ask_for(api, second["id"], completionOn="2025-04-15")  # the last day moves, and no certificate is issued
    query = "query ($search: GuaranteeSearchInput) { viewer { guarantees(search: $search) { nodes { number } } } }"

    async def found(**search: object) -> list[str]:
        answer = await (await api.as_("surety")).ask(query, search=search)
        return [each["number"] for each in answer["viewer"]["guarantees"]["nodes"]]

    assert await found(states=["RELEASED"]) == [first["number"]]
    assert await found(states=["ACTIVE", "CLAIMED"]) == [second["number"]]
    assert await found(endsToOn="2025-03-15") == [first["number"]]
    assert await found(endsToOn="2025-04-14", states=["ACTIVE"]) == []
    assert await found(endsToOn="2025-04-15", states=["ACTIVE"]) == [second["number"]]

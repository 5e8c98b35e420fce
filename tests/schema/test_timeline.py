"""The timeline over HTTP: a whole life as each party sees it, next to the audit log's own entries, and copies at its end."""

from collections import Counter

import pytest
import sqlalchemy as sa

from denshi_hosho.core.tables import audit_entry
from tests.client import Api, Json
from tests.schema import operations as ops
from tests.schema.lives import add_obligee, handed_in, lived
from tests.schema.operations import MUTATIONS
from tests.schema.test_ending import cancel, claimed, copy_of, release

pytestmark = pytest.mark.anyio
TIMELINE = (
    "query ($number: GuaranteeNumber!, $first: Int, $after: String) { viewer { guarantee(number: $number) {"
    " timeline(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }"
    " nodes { event ja at note who day version amount } } } } }"
)
LIST = "query ($search: GuaranteeSearchInput) { viewer { guarantees(search: $search) { nodes { number state expired } } } }"


async def timeline(api: Api, number: str, who: str, **page: object) -> Json:
    """A page of a guarantee's timeline as the account `who` sees it."""
    found = await (await api.as_(who)).ask(TIMELINE, number=number, **{"first": 100, **page})
    return dict(found["viewer"]["guarantee"]["timeline"])


async def paid(api: Api, guarantee_id: str) -> None:
    """Claim 3,000,000 yen of a guarantee that was handed in, as its obligee; 2,500,000 are determined and paid."""
    obligee, owner = await api.as_("obligee"), await api.as_("surety")
    claim = (await claimed(obligee, guarantee_id, 3_000_000))["claim"]
    examined = {"advancePaid": 4_000_000, "workDone": 1_500_000}
    given = {"claimId": claim["id"], "idempotencyKey": "p"}
    answer = await owner.do(MUTATIONS["determineClaim"], **{**given, "examined": examined, "idempotencyKey": "d"})
    assert answer["claim"]["determinedAmount"] == 2_500_000
    assert (await owner.do(MUTATIONS["recordClaimPaid"], **given, paidOn="2024-06-03"))["claim"]["claimState"] == "PAID"


async def test_a_whole_life_is_told_to_each_party_as_it_concerns_it(api: Api) -> None:
    made = await lived(api)
    await add_obligee(api)
    await copy_of(api, made["id"])  # revealed, opened and signed before it was handed in
    await handed_in(api, made["id"])
    await paid(api, made["id"])
    async with api.platform.database.read() as connection:
        logged = (await connection.execute(sa.select(audit_entry.c.event))).scalars().all()
    for who in ("contractor", "surety"):
        told = await timeline(api, made["number"], who)
        assert Counter(each["event"] for each in told["nodes"]) == Counter(logged) - Counter(["LOG_BEGUN"]), who
        assert told["totalCount"] == len(told["nodes"])
    amounts = {each["event"]: (each["amount"], each["who"]) for each in told["nodes"] if each["amount"]}
    assert amounts == {
        "CLAIM_MADE": (3_000_000, "発注者322016（発注者）"), "CLAIM_DETERMINED": (2_500_000, "surety"),
        "CLAIM_PAID": (2_500_000, "surety"),
    }  # fmt: skip
    assert [each["day"] for each in told["nodes"] if each["event"] == "CLAIM_PAID"] == ["2024-06-03"]
    seen = {each["event"] for each in (await timeline(api, made["number"], "obligee"))["nodes"]}
    assert seen == {"CERTIFICATE_OPENED", "SUBMISSION_SENT", "CLAIM_MADE", "CLAIM_DETERMINED", "CLAIM_PAID"}


async def test_a_timeline_is_read_in_pages(api: Api) -> None:
    made = await lived(api)
    first = await timeline(api, made["number"], "contractor", first=2)
    assert first["pageInfo"]["hasNextPage"] is True
    rest = await timeline(api, made["number"], "contractor", after=first["pageInfo"]["endCursor"])
    whole = await timeline(api, made["number"], "contractor")
    assert first["nodes"] + rest["nodes"] == whole["nodes"]
    assert [each["event"] for each in first["nodes"]] == ["APPLICATION_SUBMITTED", "APPLICATION_APPROVED"]


@pytest.mark.parametrize("how", ["released", "cancelled", "paid"])
async def test_a_copy_tells_since_when_its_guarantee_has_ended(api: Api, how: str) -> None:
    made = await lived(api)
    await add_obligee(api)
    await handed_in(api, made["id"])
    copy = await copy_of(api, made["id"])
    ends = {"released": release, "cancelled": cancel, "paid": paid}
    await ends[how](api, made["id"])
    found = (await api.ask(ops.VERIFY, input={"jws": copy}))["verifyCertificate"]
    expected = "CANCELLED" if how == "cancelled" else "RELEASED"
    assert (found["status"], found["statusChangedOn"]) == (expected, "2024-06-03")


async def test_guarantees_are_found_by_state_and_by_last_day(api: Api) -> None:
    first, second = await lived(api), await lived(api, "apply-2", completionOn="2025-03-31")
    await release(api, first["id"])

    async def found(**search: object) -> list[str]:
        answer = await (await api.as_("surety")).ask(LIST, search=search)
        return [each["number"] for each in answer["viewer"]["guarantees"]["nodes"]]

    assert await found(states=["RELEASED"]) == [first["number"]]
    assert await found(states=["ACTIVE", "CLAIMED"]) == [second["number"]]
    assert await found(endsBefore="2025-03-16") == [first["number"]]
    assert await found(endsBefore="2025-03-15") == []
    assert await found(endsBefore="2025-04-01", states=["ACTIVE"]) == [second["number"]]

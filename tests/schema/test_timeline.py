"""The timeline over HTTP: a whole life as each party sees it, next to the audit log's own entries."""

from collections import Counter

import pytest
import sqlalchemy as sa

from denshi_hosho.core.tables import audit_entry
from tests.client import Api, revealed
from tests.schema.ending import FACTS, done, handed_in, timeline
from tests.schema.test_signed_copies import OPEN

pytestmark = pytest.mark.anyio


async def test_a_whole_life_is_told_to_each_party_as_it_concerns_it(api: Api) -> None:
    made = await handed_in(api)
    notice = await revealed(api, made["id"])
    opened = await api.ask(OPEN, number=notice["number"], accessKey=notice["accessKey"])
    assert opened["certificate"]["jws"]  # made, and signed with it, when it is first asked for
    claim = await done(api, "makeClaim", "obligee", guaranteeId=made["id"], facts=FACTS, claimedAmount=3_000_000)
    await done(api, "determineClaim", claimId=claim["id"], examined={"workDone": 1_500_000})
    await done(api, "recordClaimPaid", claimId=claim["id"], amount=2_500_000, paidOn="2024-06-03")
    async with api.platform.database.read() as connection:
        logged = (await connection.execute(sa.select(audit_entry.c.event))).scalars().all()
    for who in ("contractor", "surety"):
        told = await timeline(api, made["number"], who)
        assert Counter(each["event"] for each in told["nodes"]) == Counter(logged) - Counter(["LOG_BEGUN"]), who
        assert told["totalCount"] == len(told["nodes"])
    amounts = {each["event"]: (each["amount"], each["day"], each["who"]) for each in told["nodes"] if each["amount"]}
    assert amounts == {
        "CLAIM_MADE": (3_000_000, "2024-06-03", "（例）発注者 322016（発注者）"),
        "CLAIM_DETERMINED": (2_500_000, None, "surety"),
        "CLAIM_PAID": (2_500_000, "2024-06-03", "surety"),
    }
    obligee = await timeline(api, made["number"], "obligee")
    assert sorted(each["event"] for each in obligee["nodes"]) == [
        "CERTIFICATE_OPENED", "CLAIM_DETERMINED", "CLAIM_MADE", "CLAIM_PAID", "SUBMISSION_OPENED", "SUBMISSION_SENT",
    ]  # fmt: skip
    assert next(each["ja"] for each in obligee["nodes"] if each["event"] == "CLAIM_MADE") == "保証金の請求"


async def test_a_timeline_is_read_in_pages(api: Api) -> None:
    made = await handed_in(api)
    first = await timeline(api, made["number"], first=2)
    assert first["pageInfo"]["hasNextPage"] is True
    rest = await timeline(api, made["number"], after=first["pageInfo"]["endCursor"])
    assert first["nodes"] + rest["nodes"] == (await timeline(api, made["number"]))["nodes"]

import asyncio
import json
from typing import Any

import pytest
import sqlalchemy as sa

from denshi_hosho.core.auditing import verify
from denshi_hosho.core.tables import access_key, certificate, change_request, guarantee, mail
from denshi_hosho.core.vocabulary import GuaranteeState
from denshi_hosho.rules import Rulebook
from tests.client import OPEN, Api, Json, codes, revealed
from tests.conftest import api_of, with_rulebook
from tests.rules.rule_texts import MINIMAL
from tests.schema import operations as ops
from tests.schema.lives import add_tariff, lived
from tests.schema.operations import MUTATIONS

pytestmark = pytest.mark.anyio


async def ask_for(api: Api, guarantee_id: str, key: str = "k", **change: object) -> Json:
    contractor = await api.as_("contractor")
    given = {"guaranteeId": guarantee_id, "change": change, "reason": "設計変更のため", "idempotencyKey": key}
    return await contractor.do(MUTATIONS["requestChange"], **given)


async def conclude(api: Api, change_id: str, key: str = "c", **more: object) -> Json:
    owner = await api.as_("surety")
    return await owner.do(MUTATIONS["concludeChange"], changeId=change_id, idempotencyKey=key, **more)


async def life(api: Api, number: str) -> Json:
    contractor = await api.as_("contractor")
    return dict((await contractor.ask(ops.LIFE, number=number))["viewer"]["guarantee"])


async def one(api: Api, statement: Any) -> Any:
    async with api.platform.database.read() as connection:
        return (await connection.execute(statement)).one()


async def test_a_change_of_the_term_moves_the_guarantee_and_issues_nothing(api: Api) -> None:
    made = await lived(api)
    change = (await ask_for(api, made["id"], completionOn="2025-03-31"))["change"]
    assert (change["changeState"], change["consequence"], change["mediumOfIt"]) == ("RECORDED", "TERM_MOVES", None)
    assert "自動的に変更" in change["ja"]
    assert change["changedFields"] == [
        {"field": "guaranteeEndsOn", "value": "2025-03-31"},
        {"field": "completionOn", "value": "2025-03-31"},
    ]
    now = await life(api, made["number"])
    assert (now["currentCompletionOn"], now["currentEndsOn"], [each["version"] for each in now["versions"]]) == (
        "2025-03-31", "2025-03-31", [1],
    )  # fmt: skip
    assert [each["code"] for each in now["timeline"]][-1] == "CHANGE_RECORDED"


async def test_a_change_of_the_price_is_noted_and_issues_nothing(api: Api) -> None:
    made = await lived(api)
    change = (await ask_for(api, made["id"], contractPrice=50_000_000))["change"]
    assert (change["changeState"], change["consequence"]) == ("RECORDED", "PRICE_NOTED")
    both = (await ask_for(api, made["id"], "k2", contractPrice=51_000_000, completionOn="2025-04-01"))["change"]
    assert both["consequence"] == "TERM_AND_PRICE"
    now = await life(api, made["number"])
    assert (now["currentPrice"], now["currentCompletionOn"]) == (51_000_000, "2025-04-01")


async def test_a_change_of_the_amount_is_issued_by_the_surety_with_all_that_had_changed(api: Api) -> None:
    made = await lived(api)
    await ask_for(api, made["id"], "k1", completionOn="2025-03-31", contractPrice=50_000_000)
    change = (await ask_for(api, made["id"], "k2", guaranteedAmount=20_000_000))["change"]
    assert (change["changeState"], change["consequence"], change["mediumOfIt"]) == (
        "REQUESTED",
        "AMENDMENT",
        "ELECTRONIC",
    )
    shown = await revealed(api, made["id"])
    done = (await conclude(api, change["id"]))["change"]
    assert (done["changeState"], done["versionOfIt"]) == ("ISSUED", 2)
    anyone = api.bearing(None)
    opened = (await anyone.ask(ops.CERTIFICATE, number=shown["number"], accessKey=shown["accessKey"]))["certificate"]
    assert opened["title"] == "保証証書（前払金保証）（変更）"
    assert (opened["version"], opened["guaranteedAmount"], opened["contractPrice"], opened["completionOn"]) == (
        2, 20_000_000, 50_000_000, "2025-03-31",
    )  # fmt: skip
    assert [(each["label"], each["before"], each["after"]) for each in opened["differences"]] == [
        ("保証金額", "19,200,000 円", "20,000,000 円"),
        ("保証期間", "令和7年3月15日", "令和7年3月31日"),
        ("工期末日", "令和7年3月15日", "令和7年3月31日"),
        ("請負金額(総額)", "48,000,000 円", "50,000,000 円"),
    ]
    now = await life(api, made["number"])
    assert [(each["version"], each["change"], each["replacedBy"], each["replacedOn"]) for each in now["versions"]] == [
        (1, "ORIGINAL", 2, "2024-06-03"), (2, "AMENDMENT", None, None),
    ]  # fmt: skip
    moved = sa.select(guarantee.c.moved_completion_on, guarantee.c.moved_contract_price, guarantee.c.live_version)
    assert tuple(await one(api, moved)) == (None, None, 2)
    assert await verify(api.platform.database) == []


async def test_the_list_of_the_leaflet_shows_which_guarantees_were_changed(api: Api) -> None:
    made = await lived(api)
    change = (await ask_for(api, made["id"], guaranteedAmount=20_000_000))["change"]
    await conclude(api, change["id"])
    await lived(api, "second")
    contractor = await api.as_("contractor")
    page = (await contractor.ask(ops.GUARANTEES, sort="OLDEST"))["viewer"]["guarantees"]
    assert [(each["kindShort"], each["changed"], each["guaranteedAmount"]) for each in page["nodes"]] == [
        ("前払", True, 20_000_000), ("前払", False, 19_200_000),
    ]  # fmt: skip


async def test_what_was_wrong_is_corrected_and_an_old_copy_says_by_what_it_was_replaced(api: Api) -> None:
    made = await lived(api)
    shown = await revealed(api, made["id"])
    anyone = api.bearing(None)
    key = {"number": shown["number"], "accessKey": shown["accessKey"]}
    old = (await anyone.ask(ops.CERTIFICATE, **key))["certificate"]
    change = (await ask_for(api, made["id"], worksName="市道△号線 道路改良工事", correction=True))["change"]
    assert change["consequence"] == "CORRECTION"
    await conclude(api, change["id"])
    new = (await anyone.ask(ops.CERTIFICATE, **key))["certificate"]
    assert new["title"].endswith("（訂正）")
    verdict = (await anyone.ask(ops.VERIFY, input={"jws": old["jws"]}))["verifyCertificate"]
    assert (verdict["status"], verdict["statusChangedOn"], verdict["certificate"]["version"]) == (
        "SUPERSEDED",
        "2024-06-03",
        1,
    )
    assert (await anyone.ask(ops.VERIFY, input={"jws": new["jws"]}))["verifyCertificate"]["status"] == "ACTIVE"
    for each in (old, new):
        assert (await api.http.get(each["pdfUrl"])).content.startswith(b"%PDF")


async def test_a_new_key_is_as_the_surety_wants_and_the_old_one_is_dead_at_once(api: Api) -> None:
    made = await lived(api)
    old = await revealed(api, made["id"])
    change = (await ask_for(api, made["id"], guaranteedAmount=20_000_000))["change"]
    await conclude(api, change["id"], newKey=True)
    new = await revealed(api, made["id"])
    assert new["number"] == old["number"]
    anyone = api.bearing(None)
    dead = (await anyone.ask(OPEN, number=old["number"], accessKey=old["accessKey"]))["certificate"]
    assert codes(dead) == ["CERTIFICATE_NOT_OPENED"]
    assert (await anyone.ask(OPEN, number=new["number"], accessKey=new["accessKey"]))["certificate"][
        "guaranteedAmount"
    ] == 20_000_000
    live = sa.select(sa.func.count()).select_from(access_key).where(access_key.c.retired_at.is_(None))
    assert (await one(api, live))[0] == 1
    mails = (
        sa.select(sa.func.count()).select_from(mail).where(mail.c.message_id.contains(f"registration.{new['number']}"))
    )
    assert (await one(api, mails))[0] == 2
    assert await verify(api.platform.database) == []


async def test_where_changes_stay_on_paper_the_version_is_on_paper(platform: Any) -> None:
    rules = (
        MINIMAL
        + """
[[revision.exclusion]]
when = { change = ["AMENDMENT", "CORRECTION"] }
ja = "変更・訂正は書面による。"
en = "Changes and corrections stay on paper."
source = "page"
"""
    )
    async with api_of(with_rulebook(platform, Rulebook.from_texts({"town": rules}))) as api:
        made = await lived(api, obligee="test/town")
        seen = await (await api.as_("contractor")).ask(
            ops.CONSEQUENCE, guaranteeId=made["id"], change={"guaranteedAmount": 20_000_000}
        )
        assert seen["viewer"]["changeConsequence"].get("medium") == "PAPER", seen
        change = (await ask_for(api, made["id"], guaranteedAmount=20_000_000))["change"]
        await conclude(api, change["id"])
        row = await one(api, sa.select(certificate.c.medium).where(certificate.c.version == 2))
        assert row.medium.value == "PAPER"


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({}, "NOTHING_CHANGES"),
        ({"guaranteedAmount": 19_200_000}, "NOTHING_CHANGES"),
        ({"guaranteedAmount": 48_000_001}, "GUARANTEED_AMOUNT_ABOVE_CONTRACT_PRICE"),
        ({"worksName": "改行\nあり"}, "TEXT_CONTROL_CHARACTER"),
        ({"principalName": "𠮷野建設"}, "TEXT_NOT_PRINTABLE"),
        ({"completionOn": "0001-01-01"}, "DATE_BEFORE_SOLAR_CALENDAR"),
    ],
)
async def test_what_cannot_be_changed_so_is_refused(api: Api, change: Json, code: str) -> None:
    made = await lived(api)
    before = await api.rows()
    assert code in codes(await ask_for(api, made["id"], **change))
    assert await api.rows() == before


async def test_one_request_at_a_time_and_only_what_waits_is_settled(api: Api) -> None:
    made = await lived(api)
    change = (await ask_for(api, made["id"], "k1", guaranteedAmount=20_000_000))["change"]
    before = await api.rows()
    assert codes(await ask_for(api, made["id"], "k2", guaranteedAmount=21_000_000)) == ["CHANGE_OPEN"]
    assert await api.rows() == before
    owner, contractor = await api.as_("surety"), await api.as_("contractor")
    declined = await owner.do(MUTATIONS["declineChange"], changeId=change["id"], note="不可", idempotencyKey="d")
    assert declined["change"]["changeState"] == "DECLINED"
    for who, name in ((owner, "declineChange"), (contractor, "withdrawChange")):
        assert codes(await who.do(MUTATIONS[name], changeId=change["id"], note="不可", idempotencyKey="e")) == [
            "WRONG_STATE"
        ]
    assert codes(await conclude(api, change["id"])) == ["WRONG_STATE"]
    again = (await ask_for(api, made["id"], "k3", guaranteedAmount=21_000_000))["change"]
    withdrawn = await contractor.do(
        MUTATIONS["withdrawChange"], changeId=again["id"], note="取りやめ", idempotencyKey="w"
    )
    assert withdrawn["change"]["changeState"] == "WITHDRAWN"


async def test_a_guarantee_that_has_ended_is_not_changed(api: Api) -> None:
    made = await lived(api)
    ended = sa.update(guarantee).values(state=GuaranteeState.RELEASED)
    await api.platform.database.write(lambda connection: connection.execute(ended))
    before = await api.rows()
    (refusal,) = (await ask_for(api, made["id"], completionOn="2025-03-31"))["refusals"]
    assert (refusal["code"], "保証終了" in refusal["message"]) == ("WRONG_STATE", True)
    assert await api.rows() == before


async def test_two_requests_at_once_lead_to_one(api: Api) -> None:
    made = await lived(api)
    answers = await asyncio.gather(
        *(ask_for(api, made["id"], f"k{at}", guaranteedAmount=20_000_000 + at) for at in range(4))
    )
    assert sorted(answer["__typename"] for answer in answers) == ["ChangePayload", "Refused", "Refused", "Refused"]
    assert (await one(api, sa.select(sa.func.count()).select_from(change_request)))[0] == 1


async def test_the_fee_follows_the_amount(api: Api) -> None:
    await add_tariff(api)
    made = await lived(api)
    change = (await ask_for(api, made["id"], guaranteedAmount=30_000_000))["change"]
    await conclude(api, change["id"])
    first, more = (await life(api, made["number"]))["feeStatements"]
    assert (first["kind"], first["amount"]) == ("INITIAL", 67_400)
    assert (more["kind"], more["amount"]) == ("ADDITIONAL", 32_400)
    change = (await ask_for(api, made["id"], "k2", guaranteedAmount=10_000_000))["change"]
    await conclude(api, change["id"], "c2")
    last = (await life(api, made["number"]))["feeStatements"][-1]
    assert (last["kind"], last["amount"]) == ("REFUND", 60_000)
    assert json.dumps(last["lines"]).count("-99800") == 1
    assert await verify(api.platform.database) == []

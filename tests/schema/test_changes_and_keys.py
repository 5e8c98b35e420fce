"""Changes and keys: what is told beforehand, what is refused, Nakatane's paper, which key is alive and who made it."""

import asyncio
import base64
from datetime import timedelta
from typing import Any

import pytest

from denshi_hosho.core.auditing import verify
from denshi_hosho.core.parties import set_new_key_on_change
from tests.client import OPEN, Api, Json, codes, concluded, revealed
from tests.conftest import Clock
from tests.schema import operations as ops
from tests.schema.operations import MUTATIONS, NODE, VERIFY

pytestmark = pytest.mark.anyio
TERM: Json = {"completionOn": "2025-05-14"}
AMOUNT: Json = {"contractPrice": 60_000_000, "guaranteedAmount": 24_000_000}


async def asked(api: Api, guarantee: Json, key: str = "change-1", **change: Any) -> Json:
    given = {"guaranteeId": guarantee["id"], "change": change, "reason": "設計変更のため", "idempotencyKey": key}
    return await (await api.as_("contractor")).do(MUTATIONS["requestChange"], **given)


async def waiting(api: Api, guarantee: Json, key: str = "change-1", **change: Any) -> str:
    answer = await asked(api, guarantee, key, **change)
    assert answer["__typename"] == "ChangePayload", answer
    return str(answer["change"]["id"])


async def ended(api: Api, name: str, change_id: str, **given: Any) -> Json:
    who = await api.as_("contractor" if name == "withdrawChange" else "surety")
    more = {} if name == "concludeChange" else {"note": "都合により"}
    return await who.do(
        MUTATIONS[name], **{"changeId": change_id, "idempotencyKey": f"{name} {change_id}", **more, **given}
    )


async def issued(api: Api, guarantee: Json, key: str = "change-1", **change: Any) -> Json:
    answer = await ended(api, "concludeChange", await waiting(api, guarantee, key, **change))
    assert answer["__typename"] == "ChangePayload", answer
    return dict(answer["change"])


async def seen(api: Api, guarantee: Json) -> Json:
    return dict((await (await api.as_("contractor")).ask(NODE, id=guarantee["id"]))["node"])


async def test_a_preview_says_the_same_and_writes_nothing(api: Api) -> None:
    guarantee = await concluded(api)
    contractor = await api.as_("contractor")
    before = await api.rows()
    for turn, change in enumerate((TERM, AMOUNT, {"worksName": "市道〇号線 道路改良工事(訂正)", "correction": True})):
        told = (await contractor.ask(ops.CONSEQUENCE, guaranteeId=guarantee["id"], change=change))["viewer"][
            "changeConsequence"
        ]
        assert await api.rows() == before
        wrote = await asked(api, guarantee, f"key {turn}", **change)
        assert wrote["__typename"] == "ChangePayload", wrote
        assert wrote["change"]["consequence"] == told["consequence"]
        assert wrote["change"]["mediumOfIt"] == told["medium"]
        assert [each["field"] for each in wrote["change"]["changedFields"]] == told["changed"]
        if wrote["change"]["changeState"] == "REQUESTED":
            await ended(api, "withdrawChange", wrote["change"]["id"])
        before = await api.rows()


NAKATANE: Json = {
    "obligee": "465011",
    "facts": {"workType": "CONSTRUCTION", "contractOn": "2024-06-01", "firstGuaranteeOn": "2024-01-15"},
}


async def key_of(api: Api, guarantee: Json) -> str:
    return str((await revealed(api, guarantee["id"]))["accessKey"])


async def opens(api: Api, guarantee: Json, access_key: str) -> bool:
    answer = (await api.ask(OPEN, number=guarantee["number"], accessKey=access_key))["certificate"]
    return bool(answer["__typename"] == "Certificate")


@pytest.mark.parametrize(
    ("change", "code", "path"),
    [
        ({"worksName": "あ\u0000い"}, "TEXT_CONTROL_CHARACTER", ["change", "worksName"]),
        ({"worksName": "工" * 201}, "TEXT_LENGTH", ["change", "worksName"]),
        ({"principalName": " "}, "TEXT_LENGTH", ["change", "principalName"]),
        ({"principalName": "\U0001f600"}, "TEXT_NOT_PRINTABLE", ["change", "principalName"]),
        ({"guaranteedAmount": 0}, "AMOUNT_OUT_OF_RANGE", ["change", "guaranteedAmount"]),
        ({"completionOn": "0001-01-01"}, "DATE_BEFORE_SOLAR_CALENDAR", ["change", "completionOn"]),
        ({"coveredPrice": 48_000_001}, "COVERED_PRICE_ABOVE_CONTRACT_PRICE", ["change", "coveredPrice"]),
    ],
)
async def test_contents_that_cannot_be_certified_are_refused(api: Api, change: Json, code: str, path: Json) -> None:
    guarantee = await concluded(api)
    before = await api.rows()
    answer = await asked(api, guarantee, **change)
    assert (codes(answer)[0], answer["refusals"][0]["path"]) == (code, path)
    assert await api.rows() == before


async def test_no_day_breaks_the_answer(api: Api) -> None:
    guarantee = await concluded(api)
    answer = await asked(api, guarantee, completionOn="9999-12-31")
    assert answer["change"]["changedFields"][0] == {"field": "guaranteeEndsOn", "value": "9999-12-31"}


@pytest.mark.parametrize(
    ("name", "state"), [("declineChange", "DECLINED"), ("withdrawChange", "WITHDRAWN"), ("concludeChange", "ISSUED")]
)
async def test_a_request_ends_once(api: Api, name: str, state: str) -> None:
    guarantee = await concluded(api)
    change_id = await waiting(api, guarantee, **AMOUNT)
    assert (await ended(api, name, change_id))["change"]["changeState"] == state
    before = await api.rows()
    for other in ("declineChange", "withdrawChange", "concludeChange"):
        assert codes(await ended(api, other, change_id, idempotencyKey="again")) == ["WRONG_STATE"]
    assert await api.rows() == before
    found = (await (await api.as_("contractor")).ask(ops.LIFE, number=guarantee["number"]))["viewer"]["guarantee"]
    assert len(found["versions"]) == (2 if state == "ISSUED" else 1)


async def test_the_key_stays_unless_a_new_one_is_asked_for(api: Api) -> None:
    guarantee = await concluded(api)
    first = await key_of(api, guarantee)
    await issued(api, guarantee, **AMOUNT)
    assert await key_of(api, guarantee) == first
    change_id = await waiting(api, guarantee, "second", guaranteedAmount=23_000_000)
    assert (await ended(api, "concludeChange", change_id, newKey=True))["__typename"] == "ChangePayload"
    second = await key_of(api, guarantee)
    assert second != first
    assert not await opens(api, guarantee, first)
    assert await opens(api, guarantee, second)
    events = [(each["event"], each["who"], each["note"]) for each in (await seen(api, guarantee))["keyEvents"]]
    assert ("ROTATED", "西日本建設業保証株式会社", "変更・訂正の保証証書の発行") in events
    assert ("REVEALED", "contractor", None) in events
    assert ("OPENED", "番号と認証キーの所持者", None) in events


async def test_nakatane_has_changes_on_paper(api: Api) -> None:
    guarantee = await concluded(api, **NAKATANE)
    key = await key_of(api, guarantee)
    preview = await (await api.as_("contractor")).ask(ops.CONSEQUENCE, guaranteeId=guarantee["id"], change=AMOUNT)
    assert (preview["viewer"]["changeConsequence"]["medium"], preview["viewer"]["changeConsequence"]["decision"]["outcome"]) == (
        "PAPER", "PAPER_ONLY",
    )  # fmt: skip
    mails = (await api.rows())["mail"]
    change_id = await waiting(api, guarantee, **AMOUNT)
    assert (await ended(api, "concludeChange", change_id, newKey=True))["change"]["versionOfIt"] == 2
    assert (await api.rows())["mail"] == mails
    found = await seen(api, guarantee)
    assert (found["certificate"]["medium"], found["medium"]) == ("PAPER", "PAPER")
    assert found["certificate"]["differences"][-1] == {
        "field": "medium", "label": "交付方法", "before": "電子", "after": "書面",
    }  # fmt: skip
    assert await key_of(api, guarantee) == key
    assert await opens(api, guarantee, key)
    assert await verify(api.platform.database) == []


async def test_the_surety_sets_whether_changes_bring_a_new_key(api: Api) -> None:
    guarantee = await concluded(api)
    first = await key_of(api, guarantee)
    assert (await api.ask(ops.SURETIES))["sureties"][0]["newKeyOnChange"] is False
    await api.platform.database.write(lambda c: set_new_key_on_change(c, 1, new_key_on_change=True))
    assert (await api.ask(ops.SURETIES))["sureties"][0]["newKeyOnChange"] is True
    await issued(api, guarantee, **AMOUNT)
    second = await key_of(api, guarantee)
    assert second != first
    assert not await opens(api, guarantee, first)
    change_id = await waiting(api, guarantee, "second", guaranteedAmount=23_000_000)
    await ended(api, "concludeChange", change_id, newKey=False)
    assert await key_of(api, guarantee) == second


async def test_a_submission_says_which_of_its_keys_changed_since(api: Api, clock: Clock) -> None:
    first, second = await concluded(api), await concluded(api, "apply-2", kind="PERFORMANCE")
    contractor = await api.as_("contractor")
    given = {"guaranteeIds": [first["id"], second["id"]], "idempotencyKey": "p"}
    prepared = (await contractor.do(MUTATIONS["prepareSubmission"], **given))["prepared"]
    ids = [each["submission"]["id"] for each in prepared]
    told = [(await contractor.ask(NODE, id=each))["node"] for each in ids]
    assert [item for each in told for item in each["items"]] == [
        {"number": first["number"], "kind": "ADVANCE_PAYMENT", "keyIsLive": True},
        {"number": second["number"], "kind": "PERFORMANCE", "keyIsLive": True},
    ]
    assert all(each["keysChangedSince"] == [] for each in told)
    clock.now += timedelta(seconds=1)
    await contractor.do(MUTATIONS["rotateAccessKey"], guaranteeId=second["id"], reason="誤送信", idempotencyKey="r")
    told = [(await contractor.ask(NODE, id=each))["node"] for each in ids]
    assert [number for each in told for number in each["keysChangedSince"]] == [second["number"]]
    assert [item["keyIsLive"] for each in told for item in each["items"]] == [True, False]
    (rotated,) = (each for each in (await seen(api, second))["keyEvents"] if each["event"] == "ROTATED")
    assert (rotated["who"], rotated["note"]) == ("contractor", "誤送信")


async def test_number_and_key_show_the_old_versions_too(api: Api) -> None:
    guarantee = await concluded(api)
    await issued(api, guarantee, **AMOUNT)
    key = {"number": guarantee["number"], "accessKey": await key_of(api, guarantee)}
    assert (await api.ask(ops.CERTIFICATE, **key))["certificate"]["version"] == 2
    old, new = [(await api.ask(ops.CERTIFICATE, version=each, **key))["certificate"] for each in (1, 2)]
    assert (old["title"], old["guaranteedAmount"], old["replacedBy"]) == ("保証証書（前払金保証）", 19_200_000, 2)
    assert (new["title"], new["guaranteedAmount"], new["replacedBy"]) == (
        "保証証書（前払金保証）（変更）",
        24_000_000,
        None,
    )
    statuses = [
        (await api.ask(VERIFY, input={"jws": each["jws"]}))["verifyCertificate"]["status"] for each in (old, new)
    ]
    assert statuses == ["SUPERSEDED", "ACTIVE"]
    downloaded = [(await api.http.get(each["pdfUrl"])).content for each in (old, new)]
    assert all(each.startswith(b"%PDF") for each in downloaded)
    checked = [
        (await api.ask(VERIFY, input={"pdf": base64.b64encode(each).decode()}))["verifyCertificate"]["status"]
        for each in downloaded
    ]
    assert checked == statuses
    for version in (0, 3, -1, 2_147_483_647):
        assert codes((await api.ask(ops.CERTIFICATE, version=version, **key))["certificate"]) == ["VERSION_UNKNOWN"]
    wrong = {**key, "accessKey": "A" * 12}
    assert codes((await api.ask(ops.CERTIFICATE, version=3, **wrong))["certificate"]) == ["CERTIFICATE_NOT_OPENED"]


CHANGES: list[Json] = [
    {"guaranteedAmount": 10_000_000}, {"worksName": "工事 その2", "correction": True}, {"contractPrice": 50_000_000},
    {"completionOn": "2025-04-10"},
]  # fmt: skip


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1)])
@pytest.mark.parametrize("declined", [None, 0, 1])
async def test_versions_are_gapless_and_the_last_one_alone_is_live(
    api: Api, order: tuple[int, ...], declined: int | None
) -> None:
    guarantee, versions, found = await concluded(api), 1, Json()
    content = {"worksName": "市道〇号線 道路改良工事", "guaranteedAmount": 19_200_000}
    for turn in order:
        answer = (await asked(api, guarantee, f"turn {turn}", **CHANGES[turn]))["change"]
        if answer["changeState"] == "REQUESTED":
            await ended(api, "declineChange" if turn == declined else "concludeChange", answer["id"])
            versions += turn != declined
            told = CHANGES[turn] if turn != declined else {}
            content |= {name: value for name, value in told.items() if name in content}
        found = (await (await api.as_("contractor")).ask(ops.LIFE, number=guarantee["number"]))["viewer"]["guarantee"]
        assert [each["version"] for each in found["versions"]] == list(range(1, versions + 1))
        assert [each["replacedBy"] for each in found["versions"]] == [*range(2, versions + 1), None]
        live = (await seen(api, guarantee))["certificate"]
        assert (live["version"], {name: live[name] for name in content}) == (versions, content)
    assert (found["currentPrice"], found["currentCompletionOn"]) == (50_000_000, "2025-04-10")
    assert await verify(api.platform.database) == []


async def test_of_all_who_end_a_request_at_once_one_does(api: Api) -> None:
    guarantee = await concluded(api)
    change_id = await waiting(api, guarantee, **AMOUNT)
    await api.as_("surety")
    names = ("concludeChange", "declineChange", "withdrawChange", "concludeChange")
    answers = await asyncio.gather(
        *(ended(api, name, change_id, idempotencyKey=f"at once {at}") for at, name in enumerate(names))
    )
    assert sorted(each["__typename"] for each in answers) == ["ChangePayload", "Refused", "Refused", "Refused"]
    assert {codes(each)[0] for each in answers if each["__typename"] == "Refused"} == {"WRONG_STATE"}
    assert await verify(api.platform.database) == []

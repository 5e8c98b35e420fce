"""The leaflet's sample certificate, field by field, as principal and public body see it: the same."""

import pytest

from tests.client import Api, Json, revealed
from tests.schema.operations import CERTIFICATE, NODE
from tests.schema.parties import issue_the_samples

pytestmark = pytest.mark.anyio
ADVANCE: Json = {
    "number": "1070000473",
    "kind": "ADVANCE_PAYMENT",
    "medium": "ELECTRONIC",
    "version": 1,
    "replacedBy": None,
    "replacedOn": None,
    "differences": [],
    "change": "ORIGINAL",
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
    "title": "保証証書（前払金保証）",
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
PERFORMANCE: Json = {
    **ADVANCE,
    "number": "1070200236",
    "kind": "PERFORMANCE",
    "guaranteedAmount": 217_272_000,
    "coveredPrice": None,
    "depositaryBank": None,
    "title": "保証証書（契約保証）",
    "statement": "当会社は、保証約款に基づき上記のとおり契約保証の契約を締結し、その責に任じます。",
    "termsName": "保証約款",
}


@pytest.mark.parametrize(("guarantee_id", "sample"), [("R3VhcmFudGVlOjE=", ADVANCE), ("R3VhcmFudGVlOjI=", PERFORMANCE)])
async def test_both_see_what_the_leaflet_shows(api: Api, guarantee_id: str, sample: Json) -> None:
    await issue_the_samples(api.platform)
    notice = await revealed(api, guarantee_id)
    opened = (await api.ask(CERTIFICATE, number=notice["number"], accessKey=notice["accessKey"]))["certificate"]
    assert opened.pop("__typename") == "Certificate"
    seen = (await (await api.as_("contractor")).ask(NODE, id=guarantee_id))["node"]["certificate"]
    underwritten = (await (await api.as_("surety")).ask(NODE, id=guarantee_id))["node"]["certificate"]
    for certificate in (opened, seen, underwritten):
        for url in ("pdfUrl", "jwsUrl"):
            assert certificate.pop(url).startswith("http://hosho.test/documents/eyJ")
        assert certificate.pop("jws").startswith("eyJ")
        assert certificate.pop("logProof")["proof"].startswith("c2sp.org/tlog-proof@v1")
        assert certificate == sample


async def test_each_guarantee_has_its_own_key_and_notice(api: Api) -> None:
    await issue_the_samples(api.platform)
    notices = [await revealed(api, guarantee_id) for guarantee_id in ("R3VhcmFudGVlOjE=", "R3VhcmFudGVlOjI=")]
    assert notices[0]["accessKey"] != notices[1]["accessKey"]
    assert notices[0]["text"] == (
        "区分　　　　　: 前払金保証\n"
        "保証契約番号　: 1070000473\n"
        f"認証キー　　　: {notices[0]['accessKey']}\n"
        "工事名　　　　: 国道〇号線 道路改良工事 その1\n"
        "発注者　　　　: 支出負担行為担当官 近畿地方整備局長\n"
        "保証機関　　　: 西日本建設業保証株式会社"
    )
    swapped = await api.ask(CERTIFICATE, number=notices[0]["number"], accessKey=notices[1]["accessKey"])
    assert swapped["certificate"]["__typename"] == "Refused"

"""The viewer's page in a real browser: what a clerk types, sees, pastes, prints, and what is gone afterwards."""

import hashlib
import json
from pathlib import Path
from typing import Any

import httpx
import pytest

from denshi_hosho.core import vault
from tests.browser import Browser
from tests.client import OPEN, Json
from tests.core.documents.pdf import read
from tests.schema.viewing import LATER, Served, serving

pytestmark = pytest.mark.slow
WRONG_PAIR = "保証契約番号と認証キーの組み合わせが正しくありません。受注者にご確認ください。"


def wide(text: str) -> str:
    """The text in full width, as an input method leaves it."""
    return "".join(chr(ord(each) + 0xFEE0) for each in text)


def opened(page: Browser, notice: Json) -> str:
    page.type("#number", notice["number"])
    page.type("#key", notice["accessKey"])
    page.click("#open")
    return page.see("#certificate", "その責に任じます")


def test_what_is_typed_in_full_width_opens_the_certificate(page: Browser, served: Served) -> None:
    page.type("#number", wide("10700") + "－" + wide("00473"))
    page.type("#key", wide(served.notice["accessKey"]).lower())
    key = served.notice["accessKey"]
    assert page.text("#key-groups") == f"{key[:4]} {key[4:8]} {key[8:]}"
    page.click("#open")
    said = page.see("#certificate", "その責に任じます").splitlines()
    assert said[1:21] == [
        "保証証書（前払金保証）",
        "保証契約番号", "1070000473",
        "保証契約者", "株式会社西日本保証建設 本町支店 様",
        "被保証者", "支出負担行為担当官 近畿地方整備局長 様",
        "保証金額", "145,670,000 円",
        "保証期間", "令和5年3月15日",
        "工期末日", "令和5年3月15日",
        "工事名", "国道〇号線 道路改良工事 その1",
        "請負金額(総額)", "2,172,720,000 円",
        "請負金額(対象額)", "616,296,000 円",
        "預託金融機関",
    ]  # fmt: skip
    assert [each for each in said if each.startswith(("TEL", "FAX"))] == ["TEL 03-6848-2671", "FAX 0320-504133"]
    assert page.run("return document.activeElement.id") == "shown-title"
    assert (page.value("#number"), page.value("#key")) == ("", "")
    pdf = httpx.get(page.run("return document.querySelector('#pdf').href"))
    assert (pdf.status_code, pdf.content[:5]) == (200, b"%PDF-")


def test_a_wrong_pair_gets_the_one_answer_and_can_be_mended(page: Browser, served: Served) -> None:
    page.type("#number", served.notice["number"])
    page.type("#key", "K5VL4+5QG_KJ")
    page.click("#open")
    assert page.see("#told", "組み合わせ") == WRONG_PAIR
    assert page.value("#number") == served.notice["number"]
    assert page.run("return document.activeElement.id") == "key"
    page.type("#key", served.notice["accessKey"])
    page.click("#open")
    page.see("#certificate", "その責に任じます")


@pytest.mark.parametrize(
    ("number", "told"),
    [
        ("107000047", "保証契約番号は10桁です（今は9桁）。"),
        ("１０７０００００４７３３", "保証契約番号は10桁です（今は12桁）。"),
        ("107000047X", "保証契約番号に数字以外の文字があります。"),
        ("", "保証契約番号を入力してください。"),
    ],
)
def test_a_malformed_number_is_told_at_once_and_asks_nobody(page: Browser, number: str, told: str) -> None:
    page.run("window.fetch = () => { throw new Error('asked') }")
    page.type("#number", number)
    page.click("#open")
    assert page.see("#number-wrong", "保証契約番号") == told
    assert page.text("#key-wrong") == "認証キーを入力してください。"
    assert page.run("return [document.activeElement.id, document.activeElement.ariaInvalid]") == ["number", "true"]


@pytest.mark.parametrize("field", ["#number", "#key"])
def test_the_whole_notice_can_be_pasted(page: Browser, served: Served, field: str) -> None:
    page.paste(field, served.notice["text"])
    assert (page.value("#number"), page.value("#key")) == (served.notice["number"], served.notice["accessKey"])
    assert page.run("return document.activeElement.id") == "open"
    page.click("#open")
    page.see("#certificate", "その責に任じます")


def test_other_texts_are_pasted_as_they_stand(page: Browser) -> None:
    handled = page.run(
        "const held = new DataTransfer(); held.setData('text', '1070000473');"
        "return !document.querySelector('#key').dispatchEvent("
        "new ClipboardEvent('paste', {clipboardData: held, bubbles: true, cancelable: true}))"
    )
    assert not handled
    assert page.value("#number") == ""


def test_pasted_texts_are_understood_in_many_forms(page: Browser) -> None:
    texts = [
        "保証契約番号: 1070000473\n認証キー: K5VL4+5QG_KJ",
        "保証契約番号：１０７００００４７３　認証キー：Ｋ５ＶＬ４＋５ＱＧ＿ＫＪ",  # noqa: RUF100
        "1. 保証契約番号　1070000473\r\n2. 認証ｷｰ　k5vl4+5qg_kj\r\n",
        "1070000473 K5VL4+5QG_KJ",
        "1070000473\tk5vl-4+5q-g_kj",
        "認証キーは別に送ります。保証契約番号: 1070000473",
        "K5VL4+5QG_KJ",
        "",
    ]
    found = page.run(
        "return import('/open/files/typed.js').then(({fromNotice}) => arguments[0].map(fromNotice))", texts
    )
    pair = {"number": "1070000473", "key": "K5VL4+5QG_KJ"}
    assert found == [pair, pair, pair, pair, None, None, None, None]


def test_english_and_back(page: Browser, served: Served) -> None:
    page.click("#language")
    assert page.text("h1") == "Open a certificate"
    assert page.run("return document.documentElement.lang") == "en"
    page.type("#number", "1")
    page.click("#open")
    assert page.see("#number-wrong", "digits") == "Ten digits are needed; there are 1."
    said = opened(page, served.notice)
    assert said.startswith("令和4年1月20日 20 January 2022\n")
    assert "Guaranteed until\n令和5年3月15日 15 March 2023\n" in said
    page.click("#language")
    assert page.text("#shown-title") == "電子証書の内容"
    assert "保証期間\n令和5年3月15日\n工期末日" in page.text("#certificate")
    untranslated = page.run(
        "return [...document.querySelectorAll('main *, header *, footer *')].filter(each => !each.children.length"
        " && /[ぁ-ん]/.test(each.textContent) && !each.dataset.en && !each.closest('#certificate, noscript')).length"
    )
    assert untranslated == 0


def test_the_code_on_a_certificate_leads_to_its_number(page: Browser, served: Served) -> None:
    page.go(f"{served.url}/open/1070000473")
    assert page.value("#number") == "1070000473"
    assert page.run("return document.activeElement.id") == "key"
    page.type("#key", served.notice["accessKey"])
    page.click("#open")
    page.see("#certificate", "その責に任じます")
    page.click("#again")
    assert page.value("#number") == ""
    assert page.run("return location.pathname") == "/open"


@pytest.mark.parametrize("path", ["%3Cimg%20src=x%20onerror=alert(1)%3E", "107000047", "%22onload=alert(1)", "１"])
def test_an_address_that_is_no_number_does_nothing(page: Browser, served: Served, path: str) -> None:
    page.go(f"{served.url}/open/{path}")
    assert page.value("#number") == ""
    assert page.text("h1") == "電子証書の閲覧"


def test_after_five_idle_minutes_nothing_is_left(page: Browser, served: Served) -> None:
    opened(page, served.notice)
    page.run(LATER, 290_000)
    page.see("#pdf-over", "5分間")
    assert page.text("#certificate") != ""
    page.run(LATER, 20_000)
    assert page.see("#told", "5分間") == "5分間操作がなかったため、入力と表示を消しました。"
    left = page.run("return document.documentElement.outerHTML")
    for secret in (served.notice["accessKey"], "近畿地方整備局長", "145,670,000", "/documents/"):
        assert secret not in left


def test_typing_puts_the_end_off(page: Browser) -> None:
    page.run(LATER, 290_000)
    page.type("#key", "K5VL")
    page.run(LATER, 20_000)
    page.run("return new Promise(done => setTimeout(done, 1500))")
    assert page.value("#key") == "K5VL"


def test_what_is_typed_does_not_come_back_with_the_page(page: Browser, served: Served) -> None:
    opened(page, served.notice)
    page.go("about:blank")
    page.command("POST", "/back")
    assert page.see("h1", "閲覧") == "電子証書の閲覧"
    assert (page.value("#number"), page.value("#key"), page.text("#certificate")) == ("", "", "")


def test_too_many_attempts_count_down(page: Browser) -> None:
    refusal = {"code": "TOO_MANY_ATTEMPTS", "message": "しばらくお待ちください。", "messageEn": "Wait."}
    _answer_once(page, {"refusals": [refusal], "retryAfterSeconds": 60})
    page.type("#number", "1070000473")
    page.type("#key", "K5VL4+5QG_KJ")
    page.click("#open")
    page.see("#open", "秒お待ちください")
    assert page.text("#told") == "しばらくお待ちください。"
    page.click("#open")
    assert page.run("return window.sent.length") == 1
    page.run(LATER, 61_000)
    page.see("#open", "証書を閲覧する")


def test_work_that_is_wanted_is_done_and_the_question_asked_again(page: Browser, served: Served) -> None:
    refusal = {"code": "WORK_NEEDED", "message": "計算が必要です。", "messageEn": "Work is needed."}
    work = {"challenge": "c" * 70 + "あ", "bits": 14}
    _answer_once(page, {"refusals": [refusal], "work": work})
    opened(page, served.notice)
    first, second = (json.loads(each)["variables"] for each in page.run("return window.sent"))
    assert "work" not in first
    assert second["work"]["challenge"] == work["challenge"]
    digest = hashlib.sha256(f"{work['challenge']}:{second['work']['nonce']}".encode()).digest()
    assert int.from_bytes(digest) >> (256 - 14) == 0


def test_a_clerk_gets_in_while_a_robot_guesses(page: Browser, tmp_path: Path) -> None:
    with serving(tmp_path / "attacked") as attacked:
        answer: Any = None
        for _ in range(25):
            guess = {"number": attacked.notice["number"], "accessKey": "K5VL4+5QG_KJ"}
            answer = httpx.post(f"{attacked.url}/graphql", json={"query": OPEN, "variables": guess}).json()
        assert answer["data"]["certificate"]["refusals"][0]["code"] == "TOO_MANY_ATTEMPTS"
        page.go(f"{attacked.url}/open")
        opened(page, attacked.notice)


def test_markup_in_a_certificate_is_shown_as_the_text_that_it_is(page: Browser) -> None:
    markup = "<img src=x onerror=\"document.title='run'\"><b>工事</b>"
    place = {"name": markup, "address": markup}
    texts = ("title", "statement", "principalName", "obligeeName", "worksName", "termsName", "issuedOnWareki",
             "depositaryBank", "guaranteeEndsOnWareki", "completionOnWareki")  # fmt: skip
    certificate = {
        "__typename": "Certificate",
        **dict.fromkeys(texts, markup),
        **dict.fromkeys(("issuedOn", "guaranteeEndsOn", "completionOn"), "2024-06-01"),
        **dict.fromkeys(("guaranteedAmount", "contractPrice", "coveredPrice"), 1),
        "number": "1070000473",
        "notes": [markup],
        "pdfUrl": None,
        "surety": {**place, "representative": markup, "termsUrl": markup},
        "branch": {**place, "tel": markup, "fax": markup},
    }
    _answer_once(page, certificate)
    page.type("#number", "1070000473")
    page.type("#key", "K5VL4+5QG_KJ")
    page.click("#open")
    assert page.see("#certificate", "TEL").count(markup) == 19
    assert page.run("return document.querySelectorAll('#certificate :is(img, b, a, script)').length") == 0
    assert "run" not in page.run("return document.title")


def _answer_once(page: Browser, given: Json) -> None:
    """Let the next question be answered so, refused unless said otherwise; keep what is sent in `window.sent`."""
    answer = json.dumps({"data": {"certificate": {"__typename": "Refused", **given}}})
    page.run(
        "const [answer] = arguments, real = window.fetch; window.sent = [];"
        "window.fetch = (url, init) => window.sent.push(init.body) === 1"
        " ? Promise.resolve(new Response(answer)) : real(url, init)",
        answer,
    )


def test_the_worker_hashes_as_everybody_does(page: Browser) -> None:
    texts = ["", "abc", "電子保証", *("x" * length for length in (54, 55, 56, 63, 64, 65, 119, 120, 1000))]
    hashes = page.run(
        "return import('/open/files/work.js').then(({sha256}) =>"
        " arguments[0].map(text => sha256(new TextEncoder().encode(text))))",
        texts,
    )
    assert hashes == [hashlib.sha256(text.encode()).hexdigest() for text in texts]


def test_only_the_certificate_is_printed(page: Browser, served: Served, tmp_path: Path) -> None:
    opened(page, served.notice)
    pages = read(page.printed()).pages
    said = "".join(each.extract_text() for each in pages)
    assert len(pages) == 1
    assert "145,670,000" in said
    assert "English" not in said


def test_a_phone_shows_it_without_scrolling_sideways(page: Browser, served: Served) -> None:
    page.resize(390, 844)
    opened(page, served.notice)
    assert page.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    page.resize(1280, 900)


def test_the_alphabet_of_keys_is_typed_through(page: Browser) -> None:
    keys = page.run(
        "return import('/open/files/typed.js').then(({asKey}) => arguments[0].map(asKey))",
        [vault.ALPHABET, wide(vault.ALPHABET).lower(), " k5vl 4+5q-g_kj "],
    )
    assert keys == [vault.ALPHABET, vault.ALPHABET, "K5VL4+5QG_KJ"]

"""Checking a copy on the viewer's page: a file chosen or dropped in a real browser, and the platform's verdict in words."""

import base64
import json
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.browser import Browser
from tests.client import Json
from tests.core.documents.pdf import read
from tests.schema.viewing import LATER, Served

pytestmark = pytest.mark.slow
FILES = (
    "query ($number: GuaranteeNumber!, $accessKey: AccessKey!) { certificate(number: $number, accessKey: $accessKey) {"
    " ... on Certificate { pdfUrl jws } } }"
)
GENUINE = "真正な控えです"
NOT_GENUINE = (
    "真正と確認できません。署名の後に内容が変更されています。このファイルを信用しないでください。（COPY_ALTERED）"
)
STATES = {
    "ACTIVE": ("有効", "現在の保証証書と同じ内容"),
    "SUPERSEDED": ("変更により旧版", "新しい保証証書が発行されています"),
    "ROTATED": ("認証キー再発行済み", "以前のお知らせのキーでは閲覧できません"),
    "CANCELLED": ("解約", "保証として扱わないでください"),
    "RELEASED": ("保証終了", "保証として扱わないでください"),
    None: ("不明", "発行者に確認してください"),
}


@dataclass(frozen=True)
class Copies:
    """A certificate as it went out, in files."""

    pdf: Path
    jws: Path


@pytest.fixture(scope="module")
def copies(served: Served, tmp_path_factory: pytest.TempPathFactory) -> Copies:
    pair = {"number": served.notice["number"], "accessKey": served.notice["accessKey"]}
    answer = httpx.post(f"{served.url}/graphql", json={"query": FILES, "variables": pair}).json()
    said = answer["data"]["certificate"]
    folder = tmp_path_factory.mktemp("copies")
    made = Copies(folder / "certificate.pdf", folder / "certificate.jws")
    made.pdf.write_bytes(httpx.get(said["pdfUrl"]).content)
    made.jws.write_text(said["jws"])
    return made


def choose(page: Browser, file: Path) -> None:
    page.command("POST", f"/element/{page.element('#file')}/value", text=str(file))


def test_a_signed_pdf_is_said_to_be_genuine_and_what_it_says_is_shown(page: Browser, copies: Copies) -> None:
    choose(page, copies.pdf)
    said = page.see("#verdict", GENUINE)
    assert "現在の状態：有効" in said
    assert "発行したファイルと完全に一致" in said
    assert "自己発行" in said
    for part in (
        "1070000473", "保証証書（前払金保証）", "株式会社西日本保証建設 本町支店", "支出負担行為担当官 近畿地方整備局長",
        "145,670,000 円", "令和4年1月20日", "令和5年3月15日", "国道〇号線 道路改良工事 その1", "（日本時間、署名者の申告）",
    ):  # fmt: skip
        assert part in said, part
    assert page.run("return document.activeElement.id") == "verdict"
    link = page.run("return document.querySelector('#verdict a').href")
    assert httpx.get(link).headers["content-type"] == "application/statuslist+jwt"


def test_a_signed_statement_is_verified_too_and_named_by_its_key(page: Browser, copies: Copies) -> None:
    choose(page, copies.jws)
    said = page.see("#verdict", GENUINE)
    assert "（署名鍵）" in said
    assert "自己発行" not in said
    assert "「certificate.jws」を検証" in said


@pytest.mark.parametrize("where", [0.3, 0.999])
def test_an_altered_pdf_is_not_genuine_and_nothing_of_it_is_shown(
    page: Browser, copies: Copies, tmp_path: Path, where: float
) -> None:
    content = bytearray(copies.pdf.read_bytes())
    content[int(len(content) * where)] ^= 1
    (tmp_path / "altered.pdf").write_bytes(content)
    choose(page, copies.pdf)
    page.see("#verdict", GENUINE)
    choose(page, tmp_path / "altered.pdf")
    assert page.see("#check-told", "真正と") == NOT_GENUINE
    assert page.text("#verdict") == ""


def test_an_altered_statement_and_an_unsigned_pdf_each_have_their_words(
    page: Browser, copies: Copies, tmp_path: Path
) -> None:
    (tmp_path / "altered.jws").write_text(copies.jws.read_text()[:-4] + "AAAA")
    choose(page, tmp_path / "altered.jws")
    assert page.see("#check-told", "真正と") == NOT_GENUINE
    (tmp_path / "unsigned.pdf").write_bytes(b"%PDF-1.7\n%%EOF")
    choose(page, tmp_path / "unsigned.pdf")
    assert "（COPY_NOT_SIGNED）" in page.see("#check-told", "電子署名がありません")


@pytest.mark.parametrize(
    ("name", "content", "told"),
    [
        ("large.pdf", b"%PDF-" + b"x" * 184_316, "ファイルが大きすぎます（181 KB、上限180 KB）。"),
        ("large.jws", b"x" * 32_769, "ファイルが大きすぎます（33 KB、上限32 KB）。"),
        ("word.pdf", b"PK\x03\x04", "PDFとして読めません。"),
        ("text.txt", "保証証書".encode(), "PDFでも署名付きデータ（.jws）でもありません。"),
        ("empty.jws", b"", "PDFでも署名付きデータ（.jws）でもありません。"),
    ],
)
def test_what_can_be_no_copy_is_told_at_once_and_sent_nowhere(
    page: Browser, tmp_path: Path, name: str, content: bytes, told: str
) -> None:
    page.run("window.sent = 0; window.fetch = () => { window.sent += 1; throw new Error('asked') }")
    (tmp_path / name).write_bytes(content)
    choose(page, tmp_path / name)
    page.see("#check-told", told)
    assert page.run("return window.sent") == 0


def test_a_file_can_be_dropped_and_two_cannot(page: Browser, copies: Copies) -> None:
    drop = (
        "const [content, count] = arguments, held = new DataTransfer();"
        "const bytes = Uint8Array.from(atob(content), (each) => each.charCodeAt(0));"
        "for (let each = 0; each < count; each += 1) held.items.add(new File([bytes], `dropped${each}.pdf`));"
        "const fired = (kind) => !document.body.dispatchEvent("
        "new DragEvent(kind, {dataTransfer: held, bubbles: true, cancelable: true}));"
        "return [fired('dragover'), fired('drop')]"
    )
    content = base64.b64encode(copies.pdf.read_bytes()).decode()
    assert page.run(drop, content, 2) == [True, True]
    assert page.see("#check-told", "1つずつ") == "ファイルは1つずつ選んでください。"
    assert page.run(drop, content, 1) == [True, True]
    assert "「dropped0.pdf」を検証" in page.see("#verdict", GENUINE)


def test_what_is_made_for_the_request_is_the_file_itself(page: Browser, copies: Copies) -> None:
    page.run(
        "const real = window.fetch; window.sent = [];"
        "window.fetch = (url, init) => (window.sent.push(init.body), real(url, init))"
    )
    choose(page, copies.pdf)
    page.see("#verdict", GENUINE)
    ((body,),) = [page.run("return window.sent")]
    assert base64.b64decode(json.loads(body)["variables"]["input"]["pdf"]) == copies.pdf.read_bytes()


def _answer(page: Browser, given: Json) -> None:
    """Let every question about a copy be answered so; count them in `window.sent`."""
    page.run(
        "const [answer] = arguments; window.sent = 0;"
        "window.fetch = () => { window.sent += 1; return Promise.resolve(new Response(answer)) }",
        json.dumps({"data": {"verifyCertificate": given}}),
    )


def _verified(**given: object) -> Json:
    texts = ("title", "issuedOn", "principalName", "obligeeName", "worksName", "depositaryBank")
    days = dict.fromkeys(("issuedOn", "guaranteeEndsOn", "completionOn"), "2024-06-01")
    amounts = dict.fromkeys(("guaranteedAmount", "contractPrice", "coveredPrice"), 1)
    markup = "<img src=x onerror=\"document.title='run'\">"
    certificate = {
        **dict.fromkeys(texts, markup), **days, **amounts, "number": "1070000473", "version": 2, "surety": {"name": markup},
    }  # fmt: skip
    return {
        "__typename": "VerifiedCertificate", "form": "PDF", "issuer": markup, "signer": markup,
        "signedAt": "2024-06-03T01:00:00+00:00", "timestamped": True, "selfMade": False, "identical": False,
        "status": "ACTIVE", "statusChangedOn": None, "statusUrl": "javascript:alert(1)", "certificate": certificate, **given,
    }  # fmt: skip


@pytest.mark.parametrize("status", STATES)
def test_each_status_has_its_word_and_its_meaning(page: Browser, copies: Copies, status: str | None) -> None:
    word, meaning = STATES[status]
    _answer(page, _verified(status=status, statusChangedOn="2024-07-01"))
    choose(page, copies.jws)
    assert f"現在の状態：{word}（令和6年7月1日から）" in page.see("#verdict", meaning)
    good = page.run("return document.querySelector('.state').classList.contains('good')")
    assert good == (status in {"ACTIVE", "ROTATED"})


def test_markup_in_a_copy_is_text_and_its_address_of_no_web_is_no_link(page: Browser, copies: Copies) -> None:
    _answer(page, _verified())
    choose(page, copies.jws)
    said = page.see("#verdict", GENUINE)
    assert said.count("<img src=x") == 8
    assert "（第2版）" in said
    assert "（日本時間、タイムスタンプ局が証明）" in said
    assert "一致を確認できません" in said
    assert page.run("return document.querySelectorAll('#verdict :is(img, a, script)').length") == 0


def test_too_many_attempts_count_down_and_send_nothing_meanwhile(page: Browser, copies: Copies) -> None:
    refusal = {"code": "TOO_MANY_ATTEMPTS", "message": "しばらくお待ちください。", "messageEn": "Wait."}
    _answer(page, {"__typename": "Refused", "refusals": [refusal], "retryAfterSeconds": 60})
    choose(page, copies.jws)
    page.see("#choose", "秒お待ちください")
    assert page.text("#check-told") == "しばらくお待ちください。"
    choose(page, copies.jws)
    page.run(LATER, 61_000)
    page.see("#choose", "ファイルを選ぶ")
    assert page.run("return window.sent") == 1
    choose(page, copies.jws)
    page.see("#choose", "秒お待ちください")
    page.go("about:blank")


def test_without_a_connection_it_is_said(page: Browser, copies: Copies) -> None:
    page.run("window.fetch = () => Promise.reject(new TypeError('no network'))")
    choose(page, copies.jws)
    page.see("#check-told", "通信できませんでした")


def test_after_five_idle_minutes_nothing_of_a_copy_is_left(page: Browser, copies: Copies) -> None:
    choose(page, copies.pdf)
    page.see("#verdict", GENUINE)
    page.run(LATER, 310_000)
    page.see("#told", "5分間操作がなかった")
    assert "近畿地方整備局長" not in page.run("return document.documentElement.outerHTML")


def test_english_says_the_same(page: Browser, copies: Copies) -> None:
    page.click("#language")
    choose(page, copies.pdf)
    said = page.see("#verdict", "The copy is genuine")
    assert "Today: Current" in said
    assert "Guaranteed until\n令和5年3月15日 15 March 2023" in said
    assert "Identical to the file that was issued" in said
    untranslated = page.run(
        "return [...document.querySelectorAll('#check *')].filter(each => !each.children.length"
        " && /[ぁ-ん]/.test(each.textContent) && !each.dataset.en && each.localName !== 'dd').map(each => each.outerHTML)"
    )
    assert untranslated == []
    page.click("#language")
    page.see("#verdict", GENUINE)


def test_the_verdict_is_printed_alone_on_one_page(page: Browser, copies: Copies) -> None:
    choose(page, copies.pdf)
    page.see("#verdict", GENUINE)
    pages = read(page.printed()).pages
    said = "".join(each.extract_text() for each in pages)
    assert len(pages) == 1
    assert "145,670,000" in said
    assert "利用者登録" not in said


def test_a_phone_shows_it_all_without_scrolling_sideways(page: Browser, copies: Copies) -> None:
    page.resize(390, 844)
    choose(page, copies.pdf)
    page.see("#verdict", GENUINE)
    page.click("#check summary")
    assert page.run("return document.documentElement.scrollWidth - document.documentElement.clientWidth") == 0
    page.resize(1280, 900)

"""The viewer's page over HTTP: which files there are, what a browser may do with them, what never comes back."""

import re
from dataclasses import replace
from importlib.resources import files

import graphql
import pytest

from denshi_hosho.core.documents.sheet import Sheet
from denshi_hosho.core.jws import MAX_LENGTH
from denshi_hosho.core.pdf_reading import MAX_PDF
from denshi_hosho.core.vocabulary import CertificateStatus
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.schema import viewer_page
from denshi_hosho.schema.root import build_schema
from tests.client import OPEN, Api, concluded, revealed
from tests.conftest import api_of
from tests.core.documents.pdf import joined, text_of

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("database_kind", ["sqlite"])]
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'"
)
ADDRESSES = ("/open", "/open/1070000473", "/open/107", "/open/%3Cscript%3Ealert(1)", "/open/%22%27%3E%00", "/open/１")


def _text(name: str) -> str:
    return files(viewer_page).joinpath(name).read_text(encoding="utf-8")


async def test_the_page_is_served_in_production_and_kept_nowhere(api: Api) -> None:
    for method in ("GET", "HEAD"):
        response = await api.http.request(method, "/open")
        assert response.status_code == 200
        assert response.headers["content-type"] == "text/html; charset=utf-8"
        assert response.headers["content-security-policy"] == POLICY
        assert response.headers["cache-control"] == "no-store"
        assert response.headers["referrer-policy"] == "no-referrer"
        assert response.headers["x-content-type-options"] == "nosniff"
        assert response.headers["cross-origin-opener-policy"] == "same-origin"
        assert "set-cookie" not in response.headers
        assert ("電子証書の閲覧" in response.text) == (method == "GET")


async def test_every_address_shows_the_same_page_byte_for_byte(api: Api) -> None:
    answers = [await api.http.get(address, params={"key": "K5VL4+5QG_KJ"}) for address in ADDRESSES]
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1


async def test_a_page_that_is_only_read_writes_nothing(api: Api) -> None:
    before = await api.rows()
    for address in ADDRESSES:
        await api.http.get(address)
    assert await api.rows() == before


async def test_its_files_come_with_the_package_and_no_other(api: Api) -> None:
    page = (await api.http.get("/open")).text
    folder = {each.name for each in files(viewer_page).iterdir() if each.name.endswith((".js", ".css"))}
    assert set(viewer_page.MEDIA_TYPES) == folder
    for name, media_type in viewer_page.MEDIA_TYPES.items():
        response = await api.http.get(f"/open/files/{name}")
        assert response.status_code == 200
        assert response.headers["content-type"] == f"{media_type}; charset=utf-8"
        assert response.headers["cache-control"] == "no-store"
        assert response.content == files(viewer_page).joinpath(name).read_bytes()
    linked = set(re.findall(r'(?:src|href)="([^"]+)"', page))
    assert linked - {"/open/files/open.js", "/open/files/open.css"} == {
        "/verify.py", "/.well-known/jwks.json", "/certificates.pem",
    }  # fmt: skip
    for address in linked:
        assert (await api.http.get(address)).status_code == 200


@pytest.mark.parametrize("path", ["open.html", "__init__.py", "nothing.js", "..%2F__init__.py", "x/open.js", ""])
async def test_nothing_else_is_there(api: Api, path: str) -> None:
    response = await api.http.get(f"/open/files/{path}")
    assert response.status_code in {307, 404}
    assert "script" not in response.text
    assert (await api.http.get("/open/%3Cscript%3E%2Fx")).status_code == 404


@pytest.mark.parametrize("address", ["/open", "/open/1070000473", "/open/files/open.js"])
async def test_it_is_only_read(api: Api, address: str) -> None:
    for method in ("POST", "PUT", "DELETE"):
        assert (await api.http.request(method, address)).status_code == 405


async def test_nothing_in_it_is_from_elsewhere_or_inline(database_kind: str) -> None:
    for name in ("open.html", *viewer_page.MEDIA_TYPES):
        text = _text(name)
        assert re.findall(r"https?://|url\(|@import|\beval\(|innerHTML|insertAdjacentHTML", text) == [], name
        assert re.findall(r"localStorage|sessionStorage|indexedDB|document\.cookie", text) == [], name
    html = _text("open.html")
    assert re.findall(r"\son\w+=|\sstyle=|<style|<script(?![^>]*\ssrc=)", html) == []


async def test_the_page_asks_what_the_schema_answers(database_kind: str) -> None:
    opening, verifying = re.findall(r"const \w+_QUERY = `(.+?)`;", _text("asking.js"), re.DOTALL)
    schema = graphql.build_schema(build_schema().as_str())
    for query in (opening, verifying):
        assert graphql.validate(schema, graphql.parse(query)) == []
    # Where the platform can ask for work and waiting, the page must hear of it and answer.
    for part in ("$work: WorkInput", "work: $work", "retryAfterSeconds", "work { challenge bits }"):
        assert part in opening
    assert "retryAfterSeconds" in verifying


async def test_it_knows_the_platforms_limits_and_every_status(database_kind: str) -> None:
    stated = dict(re.findall(r"const (MAX_\w+) = ([\d_]+);", _text("copy.js")))
    assert {name: int(value) for name, value in stated.items()} == {"MAX_PDF": MAX_PDF, "MAX_JWS": MAX_LENGTH}
    assert set(re.findall(r"^  ([A-Z]+): \[", _text("verdict.js"), re.MULTILINE)) == {
        each.name for each in CertificateStatus
    }


async def test_the_front_door_leads_to_it(api: Api) -> None:
    response = await api.http.get("/")
    assert (response.status_code, response.headers["location"]) == (307, "/open")


async def test_in_development_the_front_door_leads_to_the_editor(platform: Platform) -> None:
    developing = replace(platform, settings=replace(platform.settings, development=True))
    async with api_of(developing) as api:
        assert (await api.http.get("/")).headers["location"] == "/graphql"
        assert (await api.http.get("/open")).status_code == 200


async def test_it_knows_where_a_proxy_shows_it(platform: Platform) -> None:
    below = replace(platform, settings=replace(platform.settings, public_url="https://city.example.jp/a&b/"))
    async with api_of(below) as api:
        page = (await api.http.get("/open")).text
        assert 'data-root="/a&amp;b"' in page
        assert 'src="/a&amp;b/open/files/open.js"' in page
        assert (await api.http.get("/")).headers["location"] == "/a&b/open"


async def test_a_key_notice_names_the_page_and_the_page_is_there(api: Api) -> None:
    notice = await revealed(api, (await concluded(api))["id"])
    text = joined(text_of((await api.http.get(notice["pdfUrl"])).content))
    (url,) = re.findall(r"電子証書の閲覧画面（(.+?)）", text)
    assert url == "http://hosho.test/open"
    assert (await api.http.get(url)).status_code == 200


async def test_the_code_on_a_signed_certificate_leads_to_the_page(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []
    monkeypatch.setattr(Sheet, "code", lambda _self, _x, _y, _side, text: drawn.append(text))
    notice = await revealed(api, (await concluded(api))["id"])
    said = (await api.ask(OPEN, number=notice["number"], accessKey=notice["accessKey"]))["certificate"]
    assert (await api.http.get(said["pdfUrl"])).status_code == 200
    assert set(drawn) == {f"http://hosho.test/open/{notice['number']}"}
    assert (await api.http.get(drawn[0])).status_code == 200

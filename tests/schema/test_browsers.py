"""What a browser may do with the platform: nothing, unless the operator named the page's origin."""

import re
from dataclasses import replace
from typing import Any

import httpx
import pytest

from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.schema.headers import HSTS, SECURITY_HEADERS
from tests.client import Api, concluded, revealed
from tests.conftest import api_of

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("database_kind", ["sqlite"])]
APP = "https://app.example.jp"
QUERY = {"query": "{ __typename }"}


def opened(platform: Platform, *origins: str, **settings: Any) -> Platform:
    changed = replace(platform.settings, cors_origins=origins, **settings)
    return replace(platform, settings=changed)


async def test_every_answer_has_every_header(api: Api) -> None:
    headers = {"origin": "https://other.example"}
    answers = [
        await api.http.post("/graphql", json=QUERY, headers=headers),
        await api.http.post("/graphql", content=b"{", headers=headers),
        await api.http.get("/graphql", headers={"accept": "text/html", **headers}),
        *[await api.http.get(path, headers=headers) for path in ("/livez", "/readyz", "/documents/x", "/nowhere")],
    ]
    assert [answer.status_code for answer in answers] == [200, 415, 405, 200, 200, 403, 404]
    for answer in answers:
        assert {name: answer.headers[name] for name in SECURITY_HEADERS} == SECURITY_HEADERS
        assert not [name for name in answer.headers if name.startswith("access-control-") or name == "server"]
        assert "strict-transport-security" not in answer.headers
        assert "vary" not in answer.headers


async def test_a_certificate_is_shown_and_framed_by_nobody(api: Api) -> None:
    seen = await revealed(api, (await concluded(api))["id"])
    answer = await api.http.get(seen["pdfUrl"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/pdf")
    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert {name: answer.headers[name] for name in SECURITY_HEADERS if name != "Content-Security-Policy"} == {
        name: value for name, value in SECURITY_HEADERS.items() if name != "Content-Security-Policy"
    }


async def test_the_editor_loads_from_this_host_alone(api: Api) -> None:
    async with api_of(opened(api.platform, development=True)) as other:
        answer = await other.http.get("/graphql", headers={"accept": "text/html"})
    assert answer.status_code == 200
    assert not re.search(r"https?:", answer.headers["content-security-policy"])
    assert answer.headers["x-frame-options"] == "DENY"


async def test_https_is_kept_to_where_the_public_url_says_so(api: Api) -> None:
    async with api_of(opened(api.platform, public_url="https://hosho.example.jp")) as other:
        answers = [await other.http.get("/livez"), await other.http.get("/nowhere")]
    for answer in answers:
        assert {name: answer.headers[name] for name in HSTS} == HSTS


def preflight(origin: str, method: str = "POST") -> dict[str, str]:
    asked = {"access-control-request-method": method, "access-control-request-headers": "authorization,content-type"}
    return {"origin": origin, **asked}


def cors(answer: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in answer.headers.items() if name.startswith("access-control-")}


async def test_a_named_origin_may_ask_and_read(api: Api) -> None:
    async with api_of(opened(api.platform, APP, "http://127.0.0.1:5173")) as other:
        asked = await other.http.options("/graphql", headers=preflight(APP))
        assert (asked.status_code, asked.content) == (204, b"")
        assert cors(asked) == {
            "access-control-allow-origin": APP,
            "access-control-allow-credentials": "true",
            "access-control-allow-methods": "GET, POST",
            "access-control-allow-headers": "Accept, Authorization, Content-Type, X-Request-ID",
            "access-control-max-age": "600",
        }
        assert "Origin" in asked.headers["vary"]
        for answer, status in (
            (await other.http.post("/graphql", json=QUERY, headers={"origin": APP}), 200),
            (await other.http.post("/graphql", content=b"{", headers={"origin": APP}), 415),
            (await other.http.get("/documents/x", headers={"origin": APP}), 403),
        ):
            assert answer.status_code == status
            assert cors(answer) == {
                "access-control-allow-origin": APP,
                "access-control-allow-credentials": "true",
                "access-control-expose-headers": "Retry-After, WWW-Authenticate, X-Request-ID",
            }
            assert answer.headers["vary"] == "Origin"


@pytest.mark.parametrize(
    "origin",
    ["null", "*", "https://other.example", "http://app.example.jp", f"{APP}.evil.example", f"{APP}:8443", f"{APP}/",
     "https://APP.example.jp", "https://xapp.example.jp", f"{APP}, {APP}", ""],
)  # fmt: skip
async def test_no_other_origin_may(api: Api, origin: str) -> None:
    async with api_of(opened(api.platform, APP)) as other:
        asked = await other.http.options("/graphql", headers=preflight(origin))
        assert (asked.status_code, cors(asked)) == (405, {})
        answer = await other.http.post("/graphql", json=QUERY, headers={"origin": origin})
        assert (answer.status_code, cors(answer)) == (200, {})
        assert answer.headers["vary"] == "Origin", "or a cache would show one origin's answer to another"


async def test_no_origin_is_named_by_default(api: Api) -> None:
    asked = await api.http.options("/graphql", headers=preflight(APP))
    assert (asked.status_code, cors(asked)) == (405, {})


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", None]
)
async def test_a_page_cannot_make_a_browser_send_an_operation_with_its_cookies(
    api: Api, content_type: str | None
) -> None:
    """These are the types that a form, or a script of another origin, can send without asking first."""
    before = await api.rows()
    body = b'{"query":"mutation { signOut(input: {refreshToken: \\"x\\"}) { __typename } }"}'
    headers = {"cookie": "device=abc; session=def", "origin": "https://other.example"}
    headers |= {"content-type": content_type} if content_type else {}
    answer = await api.http.post("/graphql", content=body, headers=headers)
    assert (answer.status_code, answer.json()["errors"][0]["extensions"]["code"]) == (415, "MEDIA_TYPE_UNSUPPORTED")
    assert await api.rows() == before


async def test_a_cookie_signs_nobody_in(api: Api) -> None:
    token = (await api.as_("contractor")).token
    cookies = f"Authorization=Bearer {token}; token={token}; session={token}"
    answer = await api.http.post("/graphql", json={"query": "{ viewer { role } }"}, headers={"cookie": cookies})
    assert answer.json() == {"data": {"viewer": None}}

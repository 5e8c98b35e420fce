"""Throttling as HTTP shows it: codes, seconds, work, headers, the device cookie, and proxies."""

import asyncio
import json
import logging
import re
import threading
from collections.abc import AsyncIterator, Callable
from dataclasses import replace
from datetime import timedelta
from ipaddress import ip_network

import httpx
import pytest

from denshi_hosho.cli.seeding import PASSWORD
from denshi_hosho.core import passwords
from denshi_hosho.core.settings import Settings
from denshi_hosho.core.throttle import Throttle
from denshi_hosho.core.workbench import Workbench
from denshi_hosho.resolvers.platform import Platform
from tests.client import Api, Json, concluded, revealed
from tests.conftest import SECRET, Clock, api_of
from tests.docs.code_base import ROOT

pytestmark = pytest.mark.anyio
GUIDE = ROOT / "docs" / "api.md"
WRONG = "K5VL4+5QG_KJ"
REFUSED = "... on Refused { refusals { code message messageEn path } retryAfterSeconds work { challenge bits } }"
OPEN = (
    "query ($number: GuaranteeNumber!, $accessKey: AccessKey!, $work: WorkInput) {"
    " certificate(number: $number, accessKey: $accessKey, work: $work) { __typename ... on Certificate { number } "
    + REFUSED
    + " } }"
)
SIGN_IN = f"mutation ($input: SignInInput!) {{ signIn(input: $input) {{ __typename {REFUSED} }} }}"


@pytest.fixture
async def light(platform: Platform) -> AsyncIterator[Api]:
    """The API behind a trusted proxy, with work that is quickly done."""
    settings = replace(platform.settings, trusted_proxies=(ip_network("127.0.0.0/8"),))
    async with api_of(replace(platform, settings=settings, throttle=Throttle(SECRET, bits=8))) as client:
        yield client


@pytest.fixture
async def notice(light: Api) -> Json:
    """A guarantee's number and key."""
    return await revealed(light, (await concluded(light))["id"])


async def ask(
    api: Api, number: str, key: str, source: str = "192.0.2.1", *, cookie: str = "", work: Json | None = None
) -> httpx.Response:
    variables = {"number": number, "accessKey": key, "work": work}
    headers = {"X-Forwarded-For": source, **({"Cookie": cookie} if cookie else {})}
    api.http.cookies.clear()
    return await api.http.post("/graphql", json={"query": OPEN, "variables": variables}, headers=headers)


def told(response: httpx.Response) -> Json:
    assert response.status_code == 200
    return dict(response.json()["data"]["certificate"])


def code(response: httpx.Response) -> str:
    answer = told(response)
    return str(answer["refusals"][0]["code"]) if answer["__typename"] == "Refused" else "OPENED"


def shown_solver() -> Callable[[str, int], Json]:
    """The function that docs/api.md shows to clients."""
    (block,) = re.findall(r"^```python\n(import hashlib\n.+?)^```$", GUIDE.read_text(), re.MULTILINE | re.DOTALL)
    names: dict[str, Callable[[str, int], Json]] = {}
    exec(block, names)  # noqa: S102  (what we tell others to run)
    return names["solve"]


def done(challenge: Json) -> Json:
    """Solve as docs/api.md says."""
    return shown_solver()(challenge["challenge"], challenge["bits"])


async def test_too_many_from_one_source(light: Api, notice: Json, clock: Clock) -> None:
    for place in range(20):
        response = await ask(light, f"{place:010}", WRONG)
        assert code(response) == "CERTIFICATE_NOT_OPENED"
        assert "retry-after" not in response.headers
    clock.now += timedelta(milliseconds=9_500)
    response = await ask(light, notice["number"], notice["accessKey"])
    answer = told(response)
    assert (answer["retryAfterSeconds"], response.headers["retry-after"]) == (21, "21")
    assert answer["refusals"] == [
        {
            "code": "TOO_MANY_ATTEMPTS",
            "message": "失敗した試行が多すぎます。しばらく待ってから、もう一度お試しください。",
            "messageEn": "Too many attempts have failed. Wait a while, then try again.",
            "path": [],
        }
    ]
    assert code(await ask(light, notice["number"], notice["accessKey"], work=done(answer["work"]))) == "OPENED"
    clock.now += timedelta(milliseconds=20_500)
    assert code(await ask(light, notice["number"], notice["accessKey"])) == "OPENED"


async def test_aliases_are_charged_each(light: Api) -> None:
    codes: list[str] = []
    for first in (0, 10, 20):
        numbers = range(first, first + 10)
        fields = " ".join(
            f'a{n}: certificate(number: "{n:010}", accessKey: "{WRONG}") {{ {REFUSED} }}' for n in numbers
        )
        codes += [each["refusals"][0]["code"] for each in (await light.ask(f"{{ {fields} }}")).values()]
    assert (codes.count("CERTIFICATE_NOT_OPENED"), codes.count("TOO_MANY_ATTEMPTS")) == (20, 10)


async def test_under_attack_a_stranger_works_and_a_known_device_does_not(light: Api, notice: Json) -> None:
    number, key = notice["number"], notice["accessKey"]
    first = await ask(light, number, key)
    cookie = first.headers["set-cookie"].partition(";")[0]
    for place in range(20):
        assert code(await ask(light, number, WRONG, f"198.51.100.{place}")) == "CERTIFICATE_NOT_OPENED"
    asked = await ask(light, number, key, "192.0.2.2")
    answer = told(asked)
    assert (code(asked), answer["retryAfterSeconds"], answer["work"]["bits"]) == ("WORK_NEEDED", None, 8)
    assert "retry-after" not in asked.headers
    assert "set-cookie" not in asked.headers
    again = await ask(light, number, key, "192.0.2.3", cookie=cookie)
    assert code(again) == "OPENED"
    assert "set-cookie" not in again.headers
    work = done(answer["work"])
    assert code(await ask(light, number, key, "192.0.2.2", work=work)) == "OPENED"
    assert code(await ask(light, number, key, "192.0.2.2", work=work)) == "WORK_NEEDED"


async def test_answers_under_throttling_are_the_same_bytes_but_for_the_challenge(light: Api, notice: Json) -> None:
    for number in (notice["number"], "9999999999"):
        for place in range(20):
            await ask(light, number, WRONG, f"198.51.100.{place}" if number == "9999999999" else f"203.0.113.{place}")
    answers, headers = set(), set()
    for number, key in (
        (notice["number"], notice["accessKey"]), (notice["number"], WRONG), ("9999999999", WRONG), ("9999999999", "'\0"),
    ):  # fmt: skip
        response = await ask(light, number, key, "192.0.2.9")
        challenge = told(response)["work"]["challenge"]
        answers.add(response.text.replace(challenge, "x" * len(challenge)))
        headers.add(tuple(name for name, _ in response.headers.multi_items()))
    assert len(answers) == 1
    assert len(headers) == 1


@pytest.mark.parametrize(("public_url", "secure"), [("http://hosho.test", False), ("https://hosho.test", True)])
@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_the_device_cookie(platform: Platform, public_url: str, *, secure: bool) -> None:
    settings: Settings = replace(platform.settings, public_url=public_url)
    async with api_of(replace(platform, settings=settings)) as api:
        notice = await revealed(api, (await concluded(api))["id"])
        response = await ask(api, notice["number"], notice["accessKey"])
    name, *attributes = response.headers["set-cookie"].split("; ")
    assert name.startswith("hosho_device=")
    assert notice["number"] not in name
    expected = ["Path=/graphql", "Max-Age=34560000", "HttpOnly", "SameSite=Strict", *(["Secure"] if secure else [])]
    assert attributes == expected


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_a_cookie_of_one_guarantee_gives_nothing_at_another(light: Api, notice: Json) -> None:
    other = await revealed(light, (await concluded(light, "2"))["id"])
    cookie = (await ask(light, other["number"], other["accessKey"])).headers["set-cookie"].partition(";")[0]
    for place in range(20):
        await ask(light, notice["number"], WRONG, f"198.51.100.{place}")
    for sent in (cookie, cookie + ".00", "hosho_device=x", "hosho_device=", f"{cookie}; {cookie}"):
        assert code(await ask(light, notice["number"], notice["accessKey"], cookie=sent)) == "WORK_NEEDED"
    added = await ask(light, other["number"], other["accessKey"], cookie=cookie)
    assert "set-cookie" not in added.headers


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_ipv6_is_counted_by_its_network_and_headers_of_strangers_by_nothing(
    light: Api, platform: Platform
) -> None:
    for place in range(20):
        await ask(light, f"{place:010}", WRONG, f"2001:db8:0:1::{place + 1:x}")
    assert code(await ask(light, "0000000001", WRONG, "2001:db8:0:1:ffff::1")) == "TOO_MANY_ATTEMPTS"
    assert code(await ask(light, "0000000001", WRONG, "2001:db8:0:2::1")) == "CERTIFICATE_NOT_OPENED"
    async with api_of(platform) as untrusting:
        codes = [code(await ask(untrusting, f"{n:010}", WRONG, f"192.0.2.{n}")) for n in range(21)]
    assert codes == ["CERTIFICATE_NOT_OPENED"] * 20 + ["TOO_MANY_ATTEMPTS"]


async def test_signing_in_asks_for_work_and_tells_no_id(light: Api) -> None:
    async def enter(login_id: str, password: str, source: str, **more: object) -> httpx.Response:
        given = {"input": {"loginId": login_id, "password": password, **more}}
        headers = {"X-Forwarded-For": source}
        light.http.cookies.clear()
        return await light.http.post("/graphql", json={"query": SIGN_IN, "variables": given}, headers=headers)

    for login_id in ("contractor", "nobody"):
        for place in range(20):
            await enter(login_id, "wrong", f"198.51.100.{place}" if login_id == "nobody" else f"203.0.113.{place}")
    answers = set()
    for login_id in ("contractor", "nobody"):
        response = await enter(login_id, PASSWORD, "192.0.2.2")
        work = response.json()["data"]["signIn"]["work"]
        answers.add(response.text.replace(work["challenge"], ""))
    assert len(answers) == 1
    asked = (await enter("contractor", PASSWORD, "192.0.2.2")).json()["data"]["signIn"]["work"]
    entered = await enter("contractor", PASSWORD, "192.0.2.2", work=done(asked))
    assert entered.json()["data"]["signIn"] == {"__typename": "Session"}
    assert entered.headers["set-cookie"].startswith("hosho_device=")


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_where_too_many_wait_for_a_password_the_next_is_told_and_not_charged(
    light: Api, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = Workbench("full", 1, 0)
    go_on = threading.Event()
    busy = asyncio.create_task(full.run(go_on.wait))
    await asyncio.sleep(0)
    before = await light.rows()
    monkeypatch.setattr(passwords, "_bench", full)
    given = {"input": {"loginId": "contractor", "password": PASSWORD}}
    response = await light.http.post("/graphql", json={"query": SIGN_IN, "variables": given})
    answer = response.json()["data"]["signIn"]
    assert (answer["refusals"][0]["code"], answer["retryAfterSeconds"], answer["work"]) == (
        "TOO_MANY_ATTEMPTS",
        5,
        None,
    )
    assert response.headers["retry-after"] == "5"
    assert await light.rows() == before
    go_on.set()
    assert await busy


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_a_change_of_password_takes_work(light: Api) -> None:
    mine = await light.as_("contractor")
    change = "mutation ($input: ChangePasswordInput!) { changePassword(input: $input) { __typename " + REFUSED + " } }"
    for _ in range(20):
        await mine.do(change, currentPassword="wrong", newPassword="twelve chars")
    asked = await mine.do(change, currentPassword=PASSWORD, newPassword="twelve chars")
    assert asked["refusals"][0]["code"] == "TOO_MANY_ATTEMPTS"
    answer = await mine.do(change, currentPassword=PASSWORD, newPassword="twelve chars", work=done(asked["work"]))
    assert answer["__typename"] == "Session"


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_nothing_of_it_is_logged(
    light: Api, notice: Json, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        response = await ask(light, notice["number"], notice["accessKey"], "192.0.2.123")
    cookie = response.headers["set-cookie"].partition("=")[2].partition(";")[0]
    said = caplog.text + json.dumps(capsys.readouterr())
    assert [each for each in ("192.0.2.123", cookie, cookie[:32], notice["accessKey"]) if each in said] == []

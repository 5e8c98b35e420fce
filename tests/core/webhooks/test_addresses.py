"""A webhook leads to the public internet alone, and what was looked at is what is connected to."""

import asyncio
import socket
from ipaddress import ip_address
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from denshi_hosho.core.errors import Refused
from denshi_hosho.core.webhooks.addresses import AddressForbidden, addresses, is_public, target
from denshi_hosho.core.webhooks.sending import NotAnswered, Sender
from tests.receiving import Receiver, receiving

PRIVATE = [
    "127.0.0.1", "127.255.0.9", "0.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254",
    "100.64.0.1", "192.0.0.1", "192.0.2.1", "198.18.0.1", "198.51.100.1", "203.0.113.5", "224.0.0.1", "239.1.1.1",
    "240.0.0.1", "255.255.255.255", "::", "::1", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:8.8.8.8", "::7f00:1",
    "64:ff9b::7f00:1", "64:ff9b::8.8.8.8", "64:ff9b:1::1", "2002:7f00:1::", "2002:808:808::1", "2001:0:7f00:1::",
    "2001:db8::1", "fe80::1", "fec0::1", "fc00::1", "fd12:3456::1", "ff02::1", "100::1", "4000::1",
]  # fmt: skip
PUBLIC = ["8.8.8.8", "1.1.1.1", "203.104.0.1", "2001:4860:4860::8888", "2606:4700:4700::1111", "2400:8500::1"]


@pytest.mark.parametrize("address", PRIVATE)
def test_special_addresses_are_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", PUBLIC)
def test_addresses_of_the_internet_are_public(address: str) -> None:
    assert is_public(ip_address(address))


@given(st.ip_addresses(v=4))
def test_no_ipv4_address_gets_in_by_ipv6(address: Any) -> None:
    for text in (f"::ffff:{address}", f"::{address}", f"64:ff9b::{address}"):
        assert not is_public(ip_address(text))


@pytest.mark.parametrize("address", [each for each in PRIVATE if each != "::"])
def test_an_address_inside_is_refused_before_anything_is_written(address: str) -> None:
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(Refused) as refused:
        target(f"https://{host}/hooks", local=False)
    assert [each.code for each in refused.value.refusals] == ["WEBHOOK_ADDRESS_FORBIDDEN"]


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST", "localhost.", "a.localhost", "127.0.0.1", "[::1]"])
def test_this_machine_is_not_reached_unless_it_is_allowed(host: str) -> None:
    with pytest.raises(Refused) as refused:
        target(f"https://{host}/", local=False)
    assert refused.value.refusals[0].code == "WEBHOOK_ADDRESS_FORBIDDEN"


@pytest.mark.parametrize(
    "url",
    ["", "x", "https://", "https:///x", "ftp://example.jp/", "http://example.jp/", "https://u:p@example.jp/", "https://@example.jp/",
     "https://example.jp/#x", "https://example.jp:22/", "https://example.jp:0/", "https://example.jp:80/",
     "https://example.jp:99999/", "https://example.jp/a b", "https://example.jp/\r\nX: y", "https://例え.jp/",
     "https://example.jp/" + "a" * 2000, "https://[::1", "https://example.jp/\0", "https://example.jp/\ud800",
     "javascript:alert(1)", "//example.jp/"],
)  # fmt: skip
@pytest.mark.parametrize("local", [False, True])
def test_what_is_no_https_url_is_refused(url: str, *, local: bool) -> None:
    with pytest.raises(Refused) as refused:
        target(url, local=local)
    assert [(each.code, each.path) for each in refused.value.refusals] == [("WEBHOOK_URL_MALFORMED", ("url",))]


@given(text=st.text(max_size=60), local=st.booleans())
def test_no_text_is_anything_but_a_target_or_a_refusal(text: str, *, local: bool) -> None:
    for url in (text, f"https://{text}", f"https://example.jp/{text}"):
        try:
            found = target(url, local=local)
        except Refused:
            continue
        assert found.authority.isascii()
        assert "\r" not in found.path + found.authority


def test_a_target_says_where_to_connect_and_what_to_ask_for() -> None:
    found = target("https://Example.jp?a=1", local=False)
    assert (found.host, found.port, found.path, found.authority) == ("example.jp", 443, "/?a=1", "example.jp")
    found = target("https://[2001:4860:4860::8888]:8443/x", local=False)
    assert found.authority == "[2001:4860:4860::8888]:8443"
    assert target("http://localhost/", local=True).authority == "localhost"


class Resolver:
    """What getaddrinfo says, in turn: a name that leads elsewhere a moment later."""

    def __init__(self, *answers: list[str]) -> None:
        self.answers = list(answers)

    async def __call__(self, _host: str, port: int, **_: Any) -> list[Any]:
        known = self.answers.pop(0)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (each, port)) for each in known]


@pytest.fixture
def receiver() -> Any:
    with receiving() as listening:
        yield listening


@pytest.mark.anyio
@pytest.mark.parametrize("known", [["127.0.0.1"], ["8.8.8.8", "10.0.0.1"], ["::ffff:127.0.0.1"], ["169.254.169.254"]])
async def test_a_name_that_leads_inside_is_not_connected_to(known: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    async def connect(*_: Any, **__: Any) -> Any:
        raise AssertionError("connected")

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", Resolver(known, known))
    monkeypatch.setattr(asyncio, "open_connection", connect)
    with pytest.raises(AddressForbidden):
        await addresses(target("https://inside.example.jp/", local=True), local=True)
    with pytest.raises(NotAnswered, match="ADDRESS_FORBIDDEN"):
        await Sender(local=True).post(target("https://inside.example.jp/", local=True), {}, b"")


@pytest.mark.anyio
async def test_a_name_is_resolved_once_and_that_address_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Any] = []

    async def connect(host: str, port: int, **how: Any) -> Any:
        asked.append((host, port, how["server_hostname"]))
        raise ConnectionRefusedError

    monkeypatch.setattr(asyncio.get_running_loop(), "getaddrinfo", Resolver(["8.8.8.8", "1.1.1.1"], ["127.0.0.1"]))
    monkeypatch.setattr(asyncio, "open_connection", connect)
    with pytest.raises(NotAnswered, match="NO_ANSWER"):
        await Sender().post(target("https://rebinding.example.jp/", local=False), {}, b"")
    assert asked == [("8.8.8.8", 443, "rebinding.example.jp"), ("1.1.1.1", 443, "rebinding.example.jp")]


@pytest.mark.anyio
@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(receiver: Receiver, status: int) -> None:
    receiver.statuses, receiver.location = [status], receiver.url
    assert await Sender(local=True).post(target(receiver.url, local=True), {"webhook-id": "evt_1"}, b"{}") == status
    assert len(receiver.came) == 1

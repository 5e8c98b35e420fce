"""To which addresses a webhook may lead: public ones, over https. Nothing inside the operator's network is reachable.

A name is resolved when a delivery is made, and the connection goes to the very address that was looked at: a name that
leads elsewhere a moment later gains nothing.
"""

import asyncio
import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

from denshi_hosho.core.errors import Refusal, Refused

MAX_URL = 2000
_ASCII = re.compile(r"[!-~]+")
_HERE = {"localhost", "127.0.0.1", "::1"}
_HTTPS, _UNPRIVILEGED, _HTTP = 443, 1024, 80
_GLOBAL_UNICAST = IPv6Network("2000::/3")  # so neither mapped nor translated IPv4 addresses, nor any other special ones


class AddressForbidden(Exception):  # told as a delivery's error, never to a client as a refusal
    """A name leads to an address that webhooks may not reach."""


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads: scheme, host, port, and what is asked for there."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def here(self) -> bool:
        """Return whether it is named as this very machine."""
        return self.host in _HERE

    @property
    def authority(self) -> str:
        """Return host and port as the Host header says them."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (_HTTPS if self.secure else _HTTP) else f"{host}:{self.port}"


def target(url: str, *, local: bool) -> Target:
    """Return where `url` leads; with `local`, it may be this machine, also without TLS. Raise `Refused`."""
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise Refused(_MALFORMED) from None
    fits = len(url) <= MAX_URL and _ASCII.fullmatch(url) and parts.scheme in {"http", "https"} and parts.hostname
    if not fits or not parts.hostname or "@" in parts.netloc or parts.fragment or port == 0:
        raise Refused(_MALFORMED)
    secure = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    found = Target(secure, parts.hostname, port or (_HTTPS if secure else _HTTP), path)
    _check(found, local=local)
    return found


def _check(found: Target, *, local: bool) -> None:
    if local and found.here:
        return
    if not found.secure or not (found.port == _HTTPS or found.port >= _UNPRIVILEGED):
        raise Refused(_MALFORMED)
    if found.host.rstrip(".").split(".")[-1] == "localhost" or not _may_be_public(found.host):
        raise Refused(_PRIVATE)


def _may_be_public(host: str) -> bool:
    try:
        return is_public(ip_address(host))
    except ValueError:  # a name: where it leads is seen when it is used
        return True


def is_public(address: IPv4Address | IPv6Address) -> bool:
    """Return whether `address` is one of the public internet's, of a single machine."""
    if isinstance(address, IPv6Address) and (
        address not in _GLOBAL_UNICAST or address.sixtofour is not None or address.teredo is not None
    ):
        return False
    return address.is_global and not (address.is_multicast or address.is_reserved)


async def addresses(found: Target, *, local: bool) -> list[str]:
    """Return the addresses of `found`, all of them allowed. Raise `AddressForbidden`, or `OSError` if it has none."""
    loop = asyncio.get_running_loop()
    rows = await loop.getaddrinfo(found.host, found.port, type=socket.SOCK_STREAM)
    known = list(dict.fromkeys(str(row[4][0]) for row in rows))
    for each in known:
        address = ip_address(each)
        if not (address.is_loopback if local and found.here else is_public(address)):
            raise AddressForbidden
    return known


_MALFORMED = Refusal(
    "WEBHOOK_URL_MALFORMED",
    f"https:// で始まるURL(半角{MAX_URL}文字以内、ポートは443か1024以上、利用者名・パスワード・# なし)を指定してください。",
    f"Give an https:// URL of at most {MAX_URL} ASCII characters, with port 443 or one from 1024 on, without user, password or #.",
    ("url",),
)
_PRIVATE = Refusal(
    "WEBHOOK_ADDRESS_FORBIDDEN",
    "インターネットから到達できるアドレスを指定してください。",
    "Give an address that the public internet can reach.",
    ("url",),
)

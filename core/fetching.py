"""Fetching a small JSON document from a party that is trusted with nothing: https, no detours, not much, and not for long."""

import http.client
import json
import time
import urllib.request
from collections.abc import Mapping
from typing import IO, Any
from urllib.parse import urlsplit

LARGEST = 262_144
SECONDS_A_STEP = 5.0
SECONDS_IN_ALL = 10.0
_HERE = {"localhost", "127.0.0.1", "::1"}
_PIECE = 16_384


class _NoDetours(urllib.request.HTTPRedirectHandler):
    """Follows no redirect: who is asked is who answers."""

    def redirect_request(  # what urllib calls, with all that it has
        self, req: object, fp: object, code: object, msg: object, headers: object, newurl: object
    ) -> None:  # fmt: skip
        """Return no request: the redirect becomes an error."""


def is_loopback(url: str) -> bool:
    """Return whether `url` leads to this very machine."""
    return urlsplit(url).hostname in _HERE


def check_address(url: str, issuer: str) -> None:
    """Raise `ValueError` unless `url` is https; plain http is for an issuer on this machine, and leads there alone."""
    parts = urlsplit(url)
    secure = parts.scheme == "https" and bool(parts.hostname)
    local = parts.scheme == "http" and is_loopback(url) and is_loopback(issuer)
    if not (secure or local) or parts.username is not None:
        raise ValueError("an address must be https")


def fetch_json(url: str, issuer: str) -> Mapping[str, Any]:
    """Return the JSON object at `url`, for a document of `issuer`. It blocks for ten seconds at most.

    Raise `OSError` or `ValueError` for whatever is wrong.
    """
    check_address(url, issuer)
    own = [urllib.request.ProxyHandler({})] if is_loopback(url) else []
    opener = urllib.request.build_opener(_NoDetours(), *own)
    request = urllib.request.Request(url, headers={"Accept": "application/json"})  # noqa: S310  checked above
    try:
        with opener.open(request, timeout=SECONDS_A_STEP) as response:
            content = _read(response)
    except http.client.HTTPException as error:
        raise OSError("no HTTP") from error
    try:
        value = json.loads(content)
    except RecursionError as error:
        raise ValueError("too deep") from error
    if not isinstance(value, dict):
        raise ValueError("not an object")  # noqa: TRY004  one exception for whatever is wrong
    return value


def _read(response: IO[bytes]) -> bytes:
    content, end = b"", time.monotonic() + SECONDS_IN_ALL
    while piece := response.read1(_PIECE):  # type: ignore[attr-defined]  # of a response: what has come, not all
        content += piece
        if len(content) > LARGEST or time.monotonic() > end:
            raise OSError("too large, or too slow")
    return content

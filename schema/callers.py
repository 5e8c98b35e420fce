"""Callers as HTTP shows them: the source from address and proxies, the device from its cookie, and what to answer them."""

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request

from denshi_hosho.core.devices import Caller
from denshi_hosho.core.settings import Settings
from denshi_hosho.core.sources import source_of

COOKIE: Final = "hosho_device"
_LIFE: Final = 400 * 24 * 60 * 60  # seconds; browsers keep no cookie for longer


def caller_of(request: Request, settings: Settings) -> Caller:
    """Return who sends `request`."""
    peer = request.client.host if request.client else None
    forwarded = ",".join(request.headers.getlist("x-forwarded-for"))
    source = source_of(peer, forwarded, settings.trusted_proxies)
    return Caller(source, request.cookies.get(COOKIE, ""))


def headers_for(caller: Caller, settings: Settings) -> Mapping[str, str]:
    """Return the headers that tell the caller what throttling has for it: a cookie, and when to come back."""
    headers = {}
    if caller.new_cookie is not None:
        secure = "; Secure" if urlsplit(settings.public_url).scheme == "https" else ""
        headers["Set-Cookie"] = (
            f"{COOKIE}={caller.new_cookie}; Path=/graphql; Max-Age={_LIFE}; HttpOnly; SameSite=Strict{secure}"
        )
    if caller.retry_after is not None:
        headers["Retry-After"] = str(caller.retry_after)
    return headers

"""The GraphQL IDE of development mode: a page, a script and a style sheet, nothing from any other host."""

import secrets
from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Final

from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response

MEDIA_TYPES: Final = {"ide.js": "text/javascript", "ide.css": "text/css"}

# Icons are data: URLs in the style sheet; an open dialog adds one style element, which carries the nonce.
_POLICY: Final = (
    "default-src 'self'; style-src 'self' 'nonce-{nonce}'; img-src 'self' data:; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def page(request: Request, default_query: str) -> Response:
    """Return the IDE for the API at the request's own path, with `default_query` in its editor."""
    nonce = secrets.token_urlsafe(16)
    html = Template(_text("ide.html")).substitute(
        url=escape(request.url.path), query=escape(default_query), nonce=nonce
    )
    headers = {"Cache-Control": "no-store", "Content-Security-Policy": _POLICY.format(nonce=nonce)}
    return Response(html, headers=headers, media_type="text/html")


async def asset(request: Request) -> Response:
    """Return one of the IDE's files, or 404."""
    name = request.path_params["name"]
    if name not in MEDIA_TYPES:
        return PlainTextResponse("Not Found", 404)
    return Response(_text(name), headers={"Cache-Control": "no-cache"}, media_type=MEDIA_TYPES[name])


@cache
def _text(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")

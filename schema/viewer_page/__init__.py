"""The page on which a public body opens a certificate or checks a copy: static files, and nothing typed in any URL."""

from functools import cache
from html import escape
from importlib.resources import files
from string import Template
from typing import Final
from urllib.parse import urlsplit

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from denshi_hosho.core.outbox import OPEN_PATH

_SCRIPTS: Final = (
    "open", "asking", "certificate", "checking", "copy", "sheet", "typed", "verdict", "waiting", "words", "work",
)  # fmt: skip
MEDIA_TYPES: Final = {
    "open.css": "text/css",
    **{f"{name}.js": "text/javascript" for name in _SCRIPTS},
}
HEADERS: Final = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "form-action 'none'; frame-ancestors 'none'; base-uri 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
}


def viewer_routes(public_url: str, *, is_home: bool) -> list[Route]:
    """Return the page's routes; with `is_home`, `/` leads to it.

    `/open/{number}` is where the code on a certificate leads. It is the same page, byte for byte: the browser reads
    the number from its own address bar, so nothing of an address ever comes back in an answer.
    """
    root = urlsplit(public_url).path.rstrip("/")  # where a proxy in front shows the platform
    html = Template(_text("open.html")).substitute(root=escape(root))

    async def page(_request: Request) -> Response:
        return Response(html, headers=HEADERS, media_type="text/html")

    async def home(_request: Request) -> Response:
        return RedirectResponse(root + OPEN_PATH, headers=HEADERS)

    return [
        Route(OPEN_PATH, page, methods=["GET"]),
        Route(f"{OPEN_PATH}/files/{{name}}", _file, methods=["GET"]),
        Route(f"{OPEN_PATH}/{{number}}", page, methods=["GET"]),
        *([Route("/", home, methods=["GET"])] if is_home else []),
    ]


async def _file(request: Request) -> Response:
    name = request.path_params["name"]
    if name not in MEDIA_TYPES:
        return PlainTextResponse("Not Found", 404, HEADERS)
    return Response(_text(name), headers=HEADERS, media_type=MEDIA_TYPES[name])


@cache
def _text(name: str) -> str:
    return files(__name__).joinpath(name).read_text(encoding="utf-8")

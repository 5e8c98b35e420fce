"""Cross-origin requests: closed, except to pages of the origins that the operator named, letter for letter."""

from collections.abc import Sequence
from typing import Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

_METHODS: Final = "GET, POST"
_ASKED: Final = "Accept, Authorization, Content-Type, X-Request-ID"
_SHOWN: Final = "Retry-After, WWW-Authenticate, X-Request-ID"
_PREFLIGHT_SECONDS: Final = 600


class CrossOrigin:
    """ASGI middleware: let pages of `origins` send requests, with credentials, and read the answers.

    A page of any other origin gets no such header, so its browser neither sends JSON nor shows it an answer.
    """

    def __init__(self, app: ASGIApp, origins: Sequence[str]) -> None:
        self.app = app
        self.origins = frozenset(origins)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection."""
        if scope["type"] != "http" or not self.origins:
            await self.app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        origin = asked.get("origin", "")
        open_to_it = origin in self.origins
        if open_to_it and scope["method"] == "OPTIONS" and "access-control-request-method" in asked:
            await _preflight(origin)(scope, receive, send)
            return

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.add_vary_header("Origin")
                if open_to_it:
                    headers.update(_to(origin))
                    headers["Access-Control-Expose-Headers"] = _SHOWN
            await send(message)

        await self.app(scope, receive, send_with_headers)


def _to(origin: str) -> dict[str, str]:
    return {"Access-Control-Allow-Origin": origin, "Access-Control-Allow-Credentials": "true"}


def _preflight(origin: str) -> Response:
    allowed = {
        "Access-Control-Allow-Methods": _METHODS,
        "Access-Control-Allow-Headers": _ASKED,
        "Access-Control-Max-Age": str(_PREFLIGHT_SECONDS),
        "Vary": "Origin, Access-Control-Request-Method, Access-Control-Request-Headers",
    }
    return Response(status_code=204, headers={**_to(origin), **allowed})

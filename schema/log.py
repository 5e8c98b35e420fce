"""Logs that can be kept: one line per request with its id, JSON in production, no secret in any of them."""

import logging
import re
import secrets
import sys
import time
import traceback
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any, Final, TextIO

import orjson
import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from structlog.contextvars import bound_contextvars, get_contextvars, merge_contextvars
from structlog.typing import EventDict, Processor

REQUEST_ID_HEADER: Final = "X-Request-ID"
_ACCEPTED_ID: Final = re.compile(r"[A-Za-z0-9._-]{1,64}")
_METHODS: Final = frozenset({"DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PUT"})
MAX_CODES: Final = 10  # of one request's line
_OPERATION: Final = re.compile(r"[_A-Za-z][_0-9A-Za-z]{0,63}")
_told: ContextVar[dict[str, Any] | None] = ContextVar("told", default=None)
_log = structlog.get_logger(__name__)


def tell(*codes: str, operation_type: str | None = None, operation: str | None = None) -> None:
    """Add to the line of the request being answered: codes of refusals and errors, the operation's type and its name.

    A name that is no plain one, or longer than 64 characters, is left out. Outside of a request nothing happens.
    """
    told = _told.get()
    if told is None:
        return
    kept = told.setdefault("codes", [])
    kept.extend(code for code in dict.fromkeys(codes) if code not in kept and len(kept) < MAX_CODES)
    if operation_type is not None:
        told["operation_type"] = operation_type
    if operation is not None and _OPERATION.fullmatch(operation):
        told["operation"] = operation


def configure(*, json: bool, stream: TextIO | None = None) -> None:
    """Send our logs and the libraries' warnings to `stream` (stderr): JSON lines, or text for a person."""
    target = stream or sys.stderr
    shared: list[Processor] = [
        merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        _frames_only,
    ]
    renderer: Processor = (
        structlog.processors.JSONRenderer(serializer=_to_json)
        if json
        else structlog.dev.ConsoleRenderer(colors=target.isatty())
    )
    structlog.configure(
        processors=[*shared, renderer],
        wrapper_class=structlog.make_filtering_bound_logger(logging.INFO),
        logger_factory=structlog.PrintLoggerFactory(target),
        cache_logger_on_first_use=False,
    )
    _configure_libraries(target, shared, renderer)


def _configure_libraries(target: TextIO, shared: list[Processor], renderer: Processor) -> None:
    chain = [structlog.stdlib.ProcessorFormatter.remove_processors_meta, renderer]
    output = logging.StreamHandler(target)
    output.setFormatter(structlog.stdlib.ProcessorFormatter(foreign_pre_chain=shared, processors=chain))
    logging.root.handlers[:] = [output]
    logging.root.setLevel(logging.WARNING)
    logging.getLogger("uvicorn.error").setLevel(logging.INFO)


def _to_json(event: EventDict, **_: Any) -> str:
    return orjson.dumps(event, default=repr).decode()


def _frames_only(_logger: object, _method: str, event: EventDict) -> EventDict:
    """Replace an exception by its frames: its message may quote what a client sent."""
    exc_info = event.pop("exc_info", None)
    error = exc_info[1] if isinstance(exc_info, tuple) else exc_info
    if error is True:
        error = sys.exc_info()[1]
    return {**event, **frames(error)} if isinstance(error, BaseException) else event


def frames(error: BaseException) -> Mapping[str, Any]:
    """Return an error's `type`, `causes` and `frames` ("file:line function"): no message, no locals."""
    causes: list[str] = []
    cause = error.__cause__ or error.__context__
    while cause is not None and len(causes) < 10:  # noqa: PLR2004  (a chain may be a circle)
        causes.append(type(cause).__qualname__)
        cause = cause.__cause__ or cause.__context__
    stack = traceback.extract_tb(error.__traceback__)
    lines = [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in stack[-30:]]
    return {"type": type(error).__qualname__, "causes": causes, "frames": lines}


def current_request_id() -> str:
    """Return the id of the request being answered, or "" outside of one."""
    return str(get_contextvars().get("request_id", ""))


class RequestLog:
    """ASGI middleware: give each request an id, answer a crash, write one line when it is over."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one connection; anything but HTTP passes through."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(Headers(scope=scope))
        status: int | None = None

        async def send_with_id(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID_HEADER] = request_id
            await send(message)

        told: dict[str, Any] = {}
        token = _told.set(told)
        with bound_contextvars(request_id=request_id):
            start = time.perf_counter()
            try:
                await self.app(scope, receive, send_with_id)
            except Exception as error:
                _log.error("request crashed", **frames(error))
                if status is not None:
                    raise
                await _crash(request_id)(scope, receive, send_with_id)
            finally:
                _told.reset(token)
                _log_request(scope, status, time.perf_counter() - start, told)


def _log_request(scope: Scope, status: int | None, seconds: float, told: Mapping[str, Any]) -> None:
    method = scope["method"] if scope["method"] in _METHODS else "OTHER"
    milliseconds = round(seconds * 1000, 2)
    said = {name: value for name, value in told.items() if value}
    _log.info("request", method=method, route=_route(scope), status=status, duration_ms=milliseconds, **said)


def _request_id(headers: Headers) -> str:
    given = headers.get(REQUEST_ID_HEADER, "")
    return given if _ACCEPTED_ID.fullmatch(given) else secrets.token_hex(8)


def _route(scope: Scope) -> str:
    """Return the route's template, since a path may hold a ticket or whatever a client put there."""
    if scope["path"].startswith("/documents/"):
        return "/documents/…"
    return getattr(scope.get("route"), "path", None) or "(unmatched)"


def _crash(request_id: str) -> Response:
    extensions = {"code": "INTERNAL", "messageEn": "Internal error.", "requestId": request_id}
    body = {"errors": [{"message": "内部エラーです。", "extensions": extensions}]}
    return Response(orjson.dumps(body), 500, {"Cache-Control": "no-store"}, "application/json")

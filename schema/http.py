"""The GraphQL-over-HTTP door: one POST, one operation, one JSON answer, whatever comes in (docs/http.md)."""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import orjson
import structlog
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send
from strawberry.schema.exceptions import CannotGetOperationTypeError, InvalidOperationTypeError
from strawberry.types import ExecutionResult
from strawberry.types.graphql import OperationType

from denshi_hosho.core.errors import DatabaseUnavailable
from denshi_hosho.schema import ide
from denshi_hosho.schema.body import Operation, operation_from_body, operation_from_query
from denshi_hosho.schema.errors import (
    GRAPHQL_INVALID,
    INTERNAL,
    Fault,
    QuietSchema,
    RequestRefused,
    fault_of,
    internal,
    unavailable,
)
from denshi_hosho.schema.negotiation import GRAPHQL_RESPONSE, JSON, negotiate
from denshi_hosho.schema.trusted import TrustedDocuments

__all__ = ["BODY_LIMIT", "GraphQLEndpoint", "RequestRefused", "graphql_routes"]

BODY_LIMIT: Final = 256 * 1024
_NO_STORE: Final = {"Cache-Control": "no-store"}
_NONE_TRUSTED: Final = TrustedDocuments()
_log = structlog.get_logger(__name__)


class GraphQLEndpoint:
    """An ASGI application that executes operations of one schema.

    `context` returns what resolvers get as context, or raises `RequestRefused`; `headers` returns, after they have run,
    what that context has to say in the answer's headers. `development` opens GET for queries, the IDE (with
    `default_query` in its editor) and suggestions; `body_limit` is in bytes; `trusted` are the documents that a request
    can name.
    """

    def __init__(  # noqa: PLR0913  each is a choice of the installation, given by name
        self,
        schema: QuietSchema,
        context: Callable[[Request], Awaitable[object]],
        *,
        development: bool,
        default_query: str = "",
        body_limit: int = BODY_LIMIT,
        trusted: TrustedDocuments = _NONE_TRUSTED,
        headers: Callable[[Any], Mapping[str, str]] = lambda _context: {},
    ) -> None:
        self.schema = schema
        self.context = context
        self.development = development
        self.default_query = default_query
        self.body_limit = body_limit
        self.trusted = trusted
        self.headers = headers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one HTTP request."""
        request = Request(scope, receive)
        try:
            response = await self._respond(request)
        except ClientDisconnect:
            _log.info("client gone")
            return
        await response(scope, receive, send)

    async def _respond(self, request: Request) -> Response:
        media_type = negotiate(request.headers.get("accept"))
        try:
            self._check_method(request)
            if self._wants_ide(request):
                return ide.page(request, self.default_query)
            return await self._answer(request, media_type)
        except DatabaseUnavailable as error:
            return _refused(unavailable(error), media_type)
        except RequestRefused as refused:
            return _refused(refused, media_type)
        except ClientDisconnect:
            raise
        except Exception as error:  # noqa: BLE001  (the last line of defence: logged, masked, answered)
            return _refusal(internal(error), 500, media_type)

    async def _answer(self, request: Request, media_type: str | None) -> Response:
        if media_type is None:
            raise _not_acceptable()
        operation = (
            operation_from_query(request, self.trusted)
            if request.method == "GET"
            else await operation_from_body(request, self.body_limit, self.trusted)
        )
        context = await self.context(request)
        result = await self._execute(operation, context, request.method)
        faults = [fault_of(error, suggestions=self.development) for error in result.errors or ()]
        for fault in _said_once(faults):
            fault.log()
        body, status = _outcome(result, faults, media_type)
        waits = [fault.retry_after for fault in faults if fault.retry_after is not None]
        told = {"Retry-After": str(max(waits))} if waits else {}
        return _json(body, status, media_type, {**self.headers(context), **told})

    def _check_method(self, request: Request) -> None:
        allowed = ("GET", "POST") if self.development else ("POST",)
        if request.method not in allowed:
            names = ", ".join(allowed)
            ja, en = f"{names}で送ってください。", f"Use {names}."
            raise RequestRefused(405, "METHOD_NOT_ALLOWED", ja, en, {"Allow": names})

    def _wants_ide(self, request: Request) -> bool:
        accept = request.headers.get("accept", "").lower()
        return (
            request.method == "GET"
            and not {"query", "documentId"} & request.query_params.keys()
            and "text/html" in accept
        )

    async def _execute(self, operation: Operation, context: object, method: str) -> ExecutionResult:
        allowed = {OperationType.QUERY} if method == "GET" else {OperationType.QUERY, OperationType.MUTATION}
        try:
            return await self.schema.execute(
                operation.query,
                variable_values=operation.variables,
                context_value=context,
                operation_name=operation.operation_name,
                allowed_operation_types=allowed,
                operation_extensions=operation.extensions,
            )
        except InvalidOperationTypeError as error:
            raise _wrong_operation(method, error.operation_type) from error
        except CannotGetOperationTypeError as error:
            ja, en = "実行する操作が文書にありません。", "The document holds no such operation."
            raise RequestRefused(400, GRAPHQL_INVALID, ja, en) from error


def graphql_routes(endpoint: GraphQLEndpoint, path: str = "/graphql") -> list[Route]:
    """Return the routes of the API, and of the IDE's two files in development."""
    assets = [Route(f"{path}/ide/{{name}}", ide.asset)] if endpoint.development else []
    return [Route(path, endpoint), *assets]


def _said_once(faults: list[Fault]) -> list[Fault]:
    """Return the faults to log: of each code that means "try again later" the first only."""
    first = {fault.code: fault for fault in reversed(faults)}
    return [fault for fault in faults if fault.retry_after is None or fault is first[fault.code]]


def _outcome(result: ExecutionResult, faults: list[Fault], media_type: str) -> tuple[dict[str, Any], int]:
    """Return body and HTTP status: an operation that was never executed has no `data`.

    Without the database it is 503, unless a field at the top was answered all the same: that is an answer.
    """
    body: dict[str, Any] = {"errors": [fault.body for fault in faults]} if faults else {}
    if result.extensions:
        body["extensions"] = result.extensions
    executed = result.data is not None or any(fault.source and fault.source.path for fault in faults)
    answered = any(value is not None for value in (result.data or {}).values())
    if any(fault.retry_after for fault in faults) and not answered:
        return {"data": None, **body}, 503
    if executed:
        return {"data": result.data, **body}, 200
    if any(fault.code == INTERNAL for fault in faults):
        return body, 500
    return body, 400 if media_type == GRAPHQL_RESPONSE else 200


def _refused(refused: RequestRefused, media_type: str | None) -> Response:
    return _refusal(Fault(refused.code, refused.ja, refused.en), refused.status, media_type, refused.headers)


def _refusal(fault: Fault, status: int, media_type: str | None, headers: dict[str, str] | None = None) -> Response:
    fault.log()
    return _json({"errors": [fault.body]}, status, media_type or JSON, headers)


def _json(body: dict[str, Any], status: int, media_type: str, headers: Mapping[str, str] | None = None) -> Response:
    content_type = f"{media_type}; charset=utf-8"
    return Response(orjson.dumps(body), status, {**_NO_STORE, **(headers or {})}, content_type)


def _not_acceptable() -> RequestRefused:
    types = f"{GRAPHQL_RESPONSE}, {JSON}"
    ja, en = f"Acceptには{types}のいずれかを入れてください。", f"Accept one of {types}."
    return RequestRefused(406, "NOT_ACCEPTABLE", ja, en)


def _wrong_operation(method: str, operation_type: OperationType) -> RequestRefused:
    if operation_type is OperationType.MUTATION:
        ja, en = f"mutationは{method}では送れません。POSTで送ってください。", "Send mutations by POST."
        return RequestRefused(405, "METHOD_NOT_ALLOWED", ja, en, {"Allow": "POST"})
    ja, en = "subscriptionは提供していません。", "Subscriptions are not offered."
    return RequestRefused(400, GRAPHQL_INVALID, ja, en)

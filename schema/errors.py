"""What a client is told, and the log keeps, when a GraphQL request goes wrong: a code, never a secret."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import strawberry
import structlog
from graphql import GraphQLError, GraphQLSyntaxError
from strawberry.exceptions import StrawberryGraphQLError
from strawberry.types import ExecutionContext

from denshi_hosho.core.errors import DatabaseUnavailable, HoshoError, Refused
from denshi_hosho.schema.log import current_request_id, frames, tell

INTERNAL: Final = "INTERNAL"
GRAPHQL_SYNTAX: Final = "GRAPHQL_SYNTAX"
GRAPHQL_INVALID: Final = "GRAPHQL_INVALID"

_SUGGESTION: Final = re.compile(r"\s*Did you mean .*\Z", re.DOTALL)
_log = structlog.get_logger(__name__)


class RequestRefused(HoshoError):
    """The HTTP request is answered with `status` and a GraphQL-shaped error instead of being executed."""

    def __init__(self, status: int, code: str, ja: str, en: str, headers: Mapping[str, str] | None = None) -> None:
        self.code = code
        super().__init__(ja, en)
        self.status = status
        self.headers = dict(headers or {})


class QuietSchema(strawberry.Schema):
    """A schema that leaves logging to the endpoint: Strawberry's own log lines quote the document."""

    def process_errors(self, errors: list[GraphQLError], execution_context: ExecutionContext | None = None) -> None:
        """Log nothing; `Fault.log` does, without the document."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One entry of `errors[]`, with the exception behind it when that is a bug of ours."""

    code: str
    ja: str
    en: str
    source: GraphQLError | None = None
    bug: BaseException | None = None
    retry_after: int | None = None

    @property
    def body(self) -> dict[str, Any]:
        """The entry as the client reads it: message (ja), code, messageEn, and where it happened."""
        extensions = {"code": self.code, "messageEn": self.en}
        if self.bug is not None:
            extensions["requestId"] = current_request_id()
        entry: dict[str, Any] = {"message": self.ja}
        if self.source is not None and self.source.locations:
            entry["locations"] = [location.formatted for location in self.source.locations]
        if self.source is not None and self.source.path:
            entry["path"] = self.source.path
        return {**entry, "extensions": extensions}

    def log(self) -> None:
        """Write code, type and path; for a bug also the frames, without messages or locals."""
        tell(self.code)
        path = ".".join(map(str, (self.source.path if self.source is not None else None) or ()))
        if self.bug is None:
            cause = deepest(self.source) if self.source is not None else None
            _log.info("graphql error", code=self.code, type=type(cause).__name__, path=path)
        else:
            _log.error("graphql bug", code=self.code, path=path, **frames(self.bug))


def unavailable(error: DatabaseUnavailable) -> RequestRefused:
    """Return the refusal, 503, of a request for which the database did not answer."""
    return RequestRefused(503, error.code, error.ja, error.en, {"Retry-After": str(error.retry_after)})


def internal(bug: BaseException, source: GraphQLError | None = None) -> Fault:
    """Return the masked fault for an exception nobody meant to raise."""
    return Fault(INTERNAL, "内部エラーです。", "Internal error.", source, bug)


def fault_of(error: GraphQLError, *, suggestions: bool) -> Fault:
    """Return what `error` is to the client; `suggestions` keeps "Did you mean …?", which tells the schema."""
    cause = deepest(error)
    if isinstance(cause, HoshoError):
        retry_after = cause.retry_after if isinstance(cause, DatabaseUnavailable) else None
        return Fault(cause.code, cause.ja, cause.en, error, retry_after=retry_after)
    if isinstance(cause, Refused):
        # A field whose type has no room for refusals, such as one that needs a sign-in, tells the first.
        first = cause.refusals[0]
        return Fault(first.code, first.ja, first.en, error)
    if _is_bug(error, cause):
        return internal(cause, error)
    if {"code", "ja", "en"} <= (error.extensions or {}).keys():
        own = error.extensions or {}
        return Fault(own["code"], own["ja"], own["en"], error)
    message = error.message if suggestions else _SUGGESTION.sub("", error.message)
    if isinstance(error, GraphQLSyntaxError):
        return Fault(GRAPHQL_SYNTAX, f"GraphQL文書の構文に誤りがあります: {message}", message, error)
    return Fault(GRAPHQL_INVALID, f"GraphQL文書または変数がスキーマに合いません: {message}", message, error)


def deepest(error: GraphQLError) -> BaseException:
    """Return the exception that `error` wraps: the innermost, or the first of ours on the way."""
    last: BaseException = error
    for last in _wrapped(error):
        if isinstance(last, (HoshoError, Refused)):
            break
    return last


def _wrapped(error: GraphQLError) -> Iterator[BaseException]:
    cause: BaseException | None = error
    while cause is not None:
        yield cause
        cause = cause.original_error if isinstance(cause, GraphQLError) else None


def _is_bug(error: GraphQLError, cause: BaseException) -> bool:
    """Tell a fault of ours from a fault of the request.

    graphql-core points at the document (`nodes`) when it refuses an argument or variable, even if a scalar's
    ValueError is behind it, and gives no node of its own when a *result* cannot be serialised.
    """
    if isinstance(cause, StrawberryGraphQLError):
        return False
    if isinstance(cause, GraphQLError):
        return error.path is not None and not cause.nodes
    return error.path is not None or not error.nodes

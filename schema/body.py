"""Read one GraphQL operation from an HTTP request, or refuse the request with a status and a code."""

from dataclasses import dataclass
from typing import Any, Final

import orjson
from starlette.requests import Request

from denshi_hosho.schema.errors import RequestRefused
from denshi_hosho.schema.trusted import TrustedDocuments

_PARAMETERS: Final = {"query": str, "documentId": str, "operationName": str, "variables": dict, "extensions": dict}
_KINDS: Final = {str: ("文字列", "a string"), dict: ("オブジェクト", "an object")}
_UTF8: Final = {f"charset={name}" for name in ("utf-8", "utf8", '"utf-8"', '"utf8"')}


@dataclass(frozen=True, slots=True)
class Operation:
    """The document of a GraphQL-over-HTTP request, said or named, and its other parameters."""

    query: str
    variables: dict[str, Any] | None
    operation_name: str | None
    extensions: dict[str, Any] | None


async def operation_from_body(request: Request, limit: int, trusted: TrustedDocuments) -> Operation:
    """Return the operation in a POST body of up to `limit` bytes; raise `RequestRefused`."""
    _require_json(request.headers.get("content-type", ""))
    parameters = _from_json(await _body(request, limit), "リクエスト本文", "The request body")
    if not isinstance(parameters, dict):
        ja, en = (
            "リクエスト本文はJSONオブジェクト1つにしてください。",
            "The request body must be one JSON object.",
        )
        raise RequestRefused(400, "BODY_NOT_OBJECT", ja, en)
    return _operation(parameters, trusted)


def operation_from_query(request: Request, trusted: TrustedDocuments) -> Operation:
    """Return the operation in the query string of a GET; raise `RequestRefused`."""
    parameters: dict[str, Any] = {name: value for name, value in request.query_params.items() if value}
    for name in parameters.keys() & {"variables", "extensions"}:
        parameters[name] = _from_json(parameters[name].encode(), f"「{name}」", f"Parameter '{name}'")
    return _operation(parameters, trusted)


def _require_json(content_type: str) -> None:
    media_type, *parameters = (part.strip() for part in content_type.lower().split(";"))
    charsets = {part for part in parameters if part.startswith("charset=")}
    if media_type != "application/json" or not charsets <= _UTF8:
        raise RequestRefused(
            415,
            "MEDIA_TYPE_UNSUPPORTED",
            "Content-Typeはapplication/json(UTF-8)にしてください。",
            "Send Content-Type: application/json, encoded in UTF-8.",
        )


async def _body(request: Request, limit: int) -> bytes:
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and len(declared) < 20 and int(declared) > limit:  # noqa: PLR2004  (2^64 has 20 digits)
        raise _too_large(limit)
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > limit:
            raise _too_large(limit)
    return bytes(body)


def _too_large(limit: int) -> RequestRefused:
    ja = f"リクエスト本文が大きすぎます。{limit}バイト以内にしてください。"
    return RequestRefused(413, "BODY_TOO_LARGE", ja, f"The request body is larger than {limit} bytes.")


def _from_json(text: bytes, ja: str, en: str) -> Any:
    """Return the JSON value; orjson bounds depth and digits and insists on UTF-8."""
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError as error:
        ja, en = f"{ja}がJSONとして読めません。", f"{en} is not valid JSON in UTF-8."
        raise RequestRefused(400, "BODY_NOT_JSON", ja, en) from error


def _operation(parameters: dict[str, Any], trusted: TrustedDocuments) -> Operation:
    for name, kind in _PARAMETERS.items():
        if parameters.get(name) is not None and not isinstance(parameters[name], kind):
            ja, en = _KINDS[kind]
            raise RequestRefused(
                400,
                "PARAMETER_INVALID",
                f"「{name}」は{ja}にしてください。",
                f"Parameter '{name}' must be {en}.",
            )
    extensions = parameters.get("extensions")
    query = trusted.document(parameters.get("query") or None, parameters.get("documentId"), _apollo_hash(extensions))
    if query is None:
        ja, en = "「query」にGraphQL文書を入れてください。", "Parameter 'query' must hold a GraphQL document."
        raise RequestRefused(400, "QUERY_MISSING", ja, en)
    return Operation(query, parameters.get("variables"), parameters.get("operationName"), extensions)


def _apollo_hash(extensions: dict[str, Any] | None) -> str | None:
    """Return the hash by which Apollo's clients name a document, if the request has one."""
    named = (extensions or {}).get("persistedQuery")
    given = named.get("sha256Hash") if isinstance(named, dict) else None
    return given if isinstance(given, str) else None

"""The doors beside GraphQL: downloads behind short-lived URLs, liveness and readiness."""

from collections.abc import Awaitable, Callable, Mapping

import structlog
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from denshi_hosho.core.errors import DatabaseUnavailable, HoshoError, Refused, TokenInvalid
from denshi_hosho.resolvers import auditing, documents, health
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.schema import log

Endpoint = Callable[[Request], Awaitable[Response]]
_log = structlog.get_logger(__name__)
_NO_STORE = {"Cache-Control": "no-store"}
# Browsers show a PDF in a page of their own, which needs its style; nothing else is loaded and nobody may frame it.
_PDF_POLICY = "default-src 'none'; style-src 'unsafe-inline'; object-src 'self'; frame-ancestors 'none'"


def downloads(platform: Platform) -> Endpoint:
    """Return the endpoint behind download URLs: a PDF, or why there is none (403, with a code)."""

    async def download(request: Request) -> Response:
        try:
            file = await documents.download(platform, request.path_params["ticket"])
        except TokenInvalid:
            return _refusal(
                "DOWNLOAD_EXPIRED",
                "このダウンロードURLは期限切れか正しくありません。もう一度取得してください。",
                "This download URL has expired or is not valid. Get a new one.",
            )
        except Refused as refused:
            first = refused.refusals[0]
            return _refusal(first.code, first.ja, first.en)
        except DatabaseUnavailable:
            raise
        except HoshoError as error:  # a document that cannot be drawn, or a key that cannot be opened: ours to mend
            _log.error("document not made", code=error.code)
            return _refusal(error.code, error.ja, error.en, status=500)
        headers = {
            **_NO_STORE,
            "Content-Security-Policy": _PDF_POLICY,
            "Content-Disposition": f'inline; filename="{file.name}"',
        }
        return Response(file.content, media_type=file.media_type, headers=headers)

    return download


def _refusal(code: str, ja: str, en: str, status: int = 403, headers: Mapping[str, str] | None = None) -> Response:
    log.tell(code)
    error = {"message": ja, "extensions": {"code": code, "messageEn": en}}
    return JSONResponse({"errors": [error]}, status, headers={**_NO_STORE, **(headers or {})})


def health_routes(platform: Platform) -> list[Route]:
    """Return `/livez` (the process answers) and `/readyz` (it can do its work; 503 if not)."""

    async def livez(_request: Request) -> Response:
        return JSONResponse({"status": "ok"}, headers=_NO_STORE)

    async def readyz(_request: Request) -> Response:
        report = await health.report(platform)
        return JSONResponse(report.to_json(), 200 if report.ready else 503, headers=_NO_STORE)

    return [Route("/livez", livez), Route("/readyz", readyz)]


def log_routes(platform: Platform) -> list[Route]:
    """Return `/.well-known/audit-log`: the log's verifier keys, size and checkpoint, for whoever holds it to its word."""

    async def well_known(_request: Request) -> Response:
        return JSONResponse((await auditing.audit_log(platform)).to_json(), headers={"Cache-Control": "no-cache"})

    return [Route("/.well-known/audit-log", well_known, methods=["GET"])]


async def not_found(_request: Request, _error: Exception) -> Response:
    """Answer a path that leads nowhere, in the same form as every other error."""
    ja = "このURLには何もありません。電子証書の閲覧は /open、APIは /graphql です。"
    en = "Nothing is here. Certificates are opened at /open, the API is at /graphql."
    return _refusal("PATH_UNKNOWN", ja, en, status=404)


async def no_database(_request: Request, error: Exception) -> Response:
    """Answer any door while the database does not: 503, and when to come back."""
    if not isinstance(error, DatabaseUnavailable):
        raise error
    return _refusal(error.code, error.ja, error.en, status=503, headers={"Retry-After": str(error.retry_after)})

"""The ASGI application: the GraphQL door, the viewer's page, downloads, health, and the postman that walks while it runs."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import structlog
from starlette.applications import Starlette
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import RedirectResponse
from starlette.routing import Route

from denshi_hosho.core.errors import DatabaseUnavailable, TokenInvalid
from denshi_hosho.core.tokens import Actor
from denshi_hosho.resolvers.mailing import postman
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.schema.callers import caller_of, headers_for
from denshi_hosho.schema.context import Context
from denshi_hosho.schema.cors import CrossOrigin
from denshi_hosho.schema.doors import downloads, health_routes, log_routes, no_database, not_found
from denshi_hosho.schema.headers import SecurityHeaders
from denshi_hosho.schema.http import GraphQLEndpoint, RequestRefused, graphql_routes
from denshi_hosho.schema.log import RequestLog
from denshi_hosho.schema.root import build_schema
from denshi_hosho.schema.trusted import trusted_documents
from denshi_hosho.schema.viewer_page import viewer_routes

_BEARER = "bearer "
_log = structlog.get_logger(__name__)


def build_app(platform: Platform, *, default_query: str = "", deliver_mail: bool = True) -> Starlette:
    """Return the application of `platform`. `default_query` stands in the IDE's editor (development only).

    With `deliver_mail` a postman delivers the outbox as long as the application runs. Raise `HoshoError` if the
    settings name trusted documents that cannot be trusted.
    """
    settings = platform.settings

    async def context(request: Request) -> Context:
        return Context(platform, _actor(platform, request), caller_of(request, settings))

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        for problem in platform.rulebook.problems:
            _log.error("rule plugin not served", plugin=problem.plugin, why=problem.en)
        walk = asyncio.create_task(postman(platform).walk(settings.mail_every_seconds)) if deliver_mail else None
        yield
        if walk is not None:
            walk.cancel()
            with suppress(asyncio.CancelledError):
                await walk
        await platform.database.close()

    schema = build_schema(development=settings.development)
    endpoint = GraphQLEndpoint(
        schema,
        context,
        development=settings.development,
        default_query=default_query,
        body_limit=settings.body_limit,
        trusted=trusted_documents(settings, schema),
        headers=lambda answered: headers_for(answered.caller, settings),
    )
    return Starlette(
        routes=[
            *graphql_routes(endpoint),
            Route("/documents/{ticket}", downloads(platform), methods=["GET"]),
            *health_routes(platform),
            *viewer_routes(settings.public_url, is_home=not settings.development),
            *log_routes(platform),
            *([Route("/", lambda _request: RedirectResponse("/graphql"))] if settings.development else []),
        ],
        middleware=[
            Middleware(SecurityHeaders, https=settings.public_url.startswith("https:")),
            Middleware(RequestLog),
            Middleware(CrossOrigin, origins=settings.cors_origins),
        ],
        lifespan=lifespan,
        exception_handlers={404: not_found, DatabaseUnavailable: no_database},
    )


def _actor(platform: Platform, request: Request) -> Actor | None:
    header = request.headers.get("authorization")
    if header is None:
        return None
    try:
        return platform.tokens.actor(_token(header), platform.clock())
    except TokenInvalid as error:
        challenge = {"WWW-Authenticate": 'Bearer error="invalid_token"'}
        raise RequestRefused(401, error.code, error.ja, error.en, challenge) from error


def _token(header: str) -> str:
    if not header.lower().startswith(_BEARER):
        raise TokenInvalid("Authorization: Bearer トークン の形で送ってください。", "Send Authorization: Bearer TOKEN.")
    return header[len(_BEARER) :].strip()

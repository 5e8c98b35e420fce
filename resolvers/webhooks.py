"""Webhooks of the signed-in party: registered, given new secrets, closed; and what became of their deliveries."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.paging import Page, Window
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import AuditEvent
from denshi_hosho.core.webhooks import record, registering
from denshi_hosho.core.webhooks.addresses import target
from denshi_hosho.core.webhooks.registering import Secret
from denshi_hosho.core.webhooks.signing import shown
from denshi_hosho.resolvers.doing import done
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.resolvers.policy import signed_in

WEBHOOKS_OFF = Refusal("WEBHOOKS_OFF", "Webhookはこのシステムでは有効になっていません。",
                       "Webhooks are not switched on here.")  # fmt: skip
_Make = Callable[[AsyncConnection, Actor, datetime], Awaitable[Secret]]


async def register(
    platform: Platform, actor: Actor | None, url: str, events: Sequence[AuditEvent], idempotency_key: str
) -> tuple[int, str | None]:
    """Return a new webhook's id and its secret; None as the secret if this request came before. Raise `Refused`."""
    _check_on(platform, actor)
    target(url, local=platform.settings.webhooks_local)
    registering.check_events(signed_in(actor).role, events)

    async def make(connection: AsyncConnection, who: Actor, now: datetime) -> Secret:
        return await registering.register(connection, platform.vault, who, (url, events), now)

    return await _with_secret(
        platform, actor, ("registerWebhook", {"url": url, "events": [*events]}), idempotency_key, make
    )


async def rotate_secret(
    platform: Platform, actor: Actor | None, webhook_id: int, idempotency_key: str
) -> tuple[int, str | None]:
    """Return the webhook's id and its new secret; None as the secret if this request came before. Raise `Refused`."""
    _check_on(platform, actor)

    async def make(connection: AsyncConnection, who: Actor, _now: datetime) -> Secret:
        return await registering.rotate(connection, platform.vault, who, webhook_id)

    return await _with_secret(
        platform, actor, ("rotateWebhookSecret", {"webhook_id": webhook_id}), idempotency_key, make
    )


async def _with_secret(
    platform: Platform, actor: Actor | None, asked: tuple[str, dict[str, object]], idempotency_key: str, make: _Make
) -> tuple[int, str | None]:
    """Do what makes a secret. The secret is kept nowhere in clear: a request that is repeated is not shown it again."""
    made: list[bytes] = []

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        secret = await make(connection, who, now)
        made.append(secret.secret)
        return secret.webhook_id

    webhook_id = await done(platform, actor, signed_in(actor).role, asked, idempotency_key, work)
    return webhook_id, shown(made[-1]) if made else None


async def disable(platform: Platform, actor: Actor | None, webhook_id: int, idempotency_key: str) -> int:
    """Return the webhook's id after it was closed for good; also where webhooks were switched off. Raise `Refused`."""

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        await registering.disable(connection, who, webhook_id, now)
        return webhook_id

    asked = "disableWebhook", {"webhook_id": webhook_id}
    return await done(platform, actor, signed_in(actor).role, asked, idempotency_key, work)


async def redeliver(platform: Platform, actor: Actor | None, delivery_id: int, idempotency_key: str) -> int:
    """Return the delivery's id after it was put first in the queue again. Raise `Refused`."""
    _check_on(platform, actor)

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        await record.redeliver(connection, who, delivery_id, now)
        return delivery_id

    asked = "redeliverWebhook", {"delivery_id": delivery_id}
    return await done(platform, actor, signed_in(actor).role, asked, idempotency_key, work)


def _check_on(platform: Platform, actor: Actor | None) -> None:
    signed_in(actor)
    if not platform.settings.webhooks:
        raise Refused(WEBHOOKS_OFF)


async def webhooks(platform: Platform, actor: Actor) -> list[AnyRow]:
    """Return the webhooks of the actor's party, the newest first."""
    async with platform.database.read() as connection:
        return await registering.webhooks(connection, actor)


async def webhooks_by_id(platform: Platform, actor: Actor, ids: Sequence[int]) -> list[AnyRow | None]:
    """Return the party's webhooks with these ids, in this order; None where there is none of theirs."""
    async with platform.database.read() as connection:
        found = {row.id: row for row in await registering.webhooks(connection, actor, ids)}
    return [found.get(each) for each in ids]


async def deliveries(platform: Platform, actor: Actor, webhook_id: int, window: Window, wanted: frozenset[str]) -> Page:
    """Return a page of what was, or is to be, sent to a webhook of the party. Raise `PageMalformed`."""
    async with platform.database.read() as connection:
        return await record.deliveries(connection, actor, webhook_id, window, wanted)


async def deliveries_by_id(platform: Platform, actor: Actor, ids: Sequence[int]) -> list[AnyRow | None]:
    """Return the party's deliveries with these ids, in this order; None where there is none of theirs."""
    async with platform.database.read() as connection:
        found = {row.id: row for row in await record.deliveries_by_id(connection, actor, ids)}
    return [found.get(each) for each in ids]

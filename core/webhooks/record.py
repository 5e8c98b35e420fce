"""The record of a webhook's deliveries, as its party reads it, and one of them sent again."""

from collections.abc import Sequence
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.paging import Listing, Order, Page, Window, read_page
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import audit_entry, webhook, webhook_delivery
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.webhooks.deliveries import again
from denshi_hosho.core.webhooks.registering import DISABLED, theirs

NOT_FOUND = Refusal("NOT_FOUND", "該当する配信がありません。", "There is no such delivery.", ("delivery_id",))
UNDER_WAY = Refusal("DELIVERY_UNDER_WAY", "この配信は送信中です。少し待ってからもう一度お試しください。",
                    "This delivery is under way. Wait a little and try again.", ("delivery_id",))  # fmt: skip
_D = webhook_delivery.c
_SOURCE = webhook_delivery.join(webhook, webhook.c.id == _D.webhook_id).join(
    audit_entry, audit_entry.c.index == _D.entry_index
)
_COLUMNS = (
    _D.id, audit_entry.c.event, audit_entry.c.at, _D.entry_index, _D.attempts, _D.last_status, _D.last_error, _D.delivered_at,
    _D.parked_at,
)  # fmt: skip
_ORDER = Order("NEWEST", _D.id, _D.id, descending=True)


async def deliveries(
    connection: AsyncConnection, actor: Actor, webhook_id: int, window: Window, wanted: frozenset[str]
) -> Page:
    """Return a page of the deliveries of a webhook of the actor's party, the newest first. Raise `PageMalformed`."""
    mine = theirs(actor), _D.webhook_id == webhook_id
    return await read_page(connection, Listing(_SOURCE, mine, _COLUMNS, _ORDER), window, wanted)


async def deliveries_by_id(connection: AsyncConnection, actor: Actor, ids: Sequence[int]) -> list[AnyRow]:
    """Return the deliveries with these ids that go to webhooks of the actor's party."""
    statement = sa.select(*_COLUMNS).select_from(_SOURCE).where(theirs(actor), _D.id.in_(ids))
    return list((await connection.execute(statement)).all())


async def redeliver(connection: AsyncConnection, actor: Actor, delivery_id: int, now: datetime) -> None:
    """Have a delivery of the actor's party sent again at once, whatever came of it before. Raise `Refused`."""
    joined = webhook_delivery.join(webhook, webhook.c.id == _D.webhook_id)
    found = sa.select(webhook.c.disabled_at).select_from(joined).where(_D.id == delivery_id, theirs(actor))
    row = (await connection.execute(found)).one_or_none()
    if row is None:
        raise Refused(NOT_FOUND)
    if row.disabled_at is not None:
        raise Refused(DISABLED)
    if not await again(connection, _D.id == delivery_id, now):
        raise Refused(UNDER_WAY)

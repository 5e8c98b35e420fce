"""Which webhooks an entry of the audit log leads to, and the body that they are sent."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.audience import HEARD_BY, concerns_obligee
from denshi_hosho.core.audit import written
from denshi_hosho.core.global_id import global_id
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.statement import canonical
from denshi_hosho.core.tables import delegation, obligee, webhook, webhook_delivery
from denshi_hosho.core.vocabulary import AuditEvent, Role
from denshi_hosho.core.webhooks.signing import message_id

Party = tuple[Role, int | str]


async def queue_deliveries(
    connection: AsyncConnection, entries: Sequence[AnyRow], handed_in: dict[int, int], now: datetime
) -> None:
    """Queue the deliveries of `entries`; `handed_in` says from which index on each guarantee's obligee may hear of it."""
    hooks = await _hooks(connection, entries)
    rows = [
        {"webhook_id": hook.id, "entry_index": entry.place, "body": body(entry, role), "due_at": now, "created_at": now}
        for entry in entries
        for role, party in _parties(entry, handed_in)
        for hook in hooks.get((role, party), ())
        if _asks(hook, entry, role)
    ]
    if rows:
        await connection.execute(sa.insert(webhook_delivery), rows)


def _parties(entry: AnyRow, handed_in: dict[int, int]) -> list[Party]:
    """Return the parties that may hear of an entry."""
    parties: list[Party] = []
    if entry.principal_id is not None:
        parties.append((Role.PRINCIPAL, entry.principal_id))
    if entry.surety_id is not None:
        parties.append((Role.SURETY, entry.surety_id))
    if concerns_obligee(entry, handed_in):
        parties.append((Role.OBLIGEE, entry.obligee))
    return parties


def _asks(hook: AnyRow, entry: AnyRow, role: Role) -> bool:
    """Return whether a webhook asks for an entry: for its event, and not for what was before itself."""
    return entry.event in hook.events.split() and entry.event in HEARD_BY[role] and hook.created_at <= entry.at


async def _hooks(connection: AsyncConnection, entries: Sequence[AnyRow]) -> dict[Party, list[AnyRow]]:
    """Return the open webhooks by the party whose entries they hear: a principal's also for those that it sees."""
    columns, is_open = (webhook.c.id, webhook.c.events, webhook.c.created_at), webhook.c.disabled_at.is_(None)
    sees = webhook.join(delegation, delegation.c.principal_id == webhook.c.principal_id)
    held = webhook.join(obligee, obligee.c.id == webhook.c.obligee_id)
    of: dict[Role, tuple[sa.ColumnElement[Any], sa.FromClause, set[Any]]] = {
        Role.PRINCIPAL: (delegation.c.for_principal_id, sees, {each.principal_id for each in entries}),
        Role.SURETY: (webhook.c.surety_id, webhook, {each.surety_id for each in entries}),
        Role.OBLIGEE: (obligee.c.code, held, {each.obligee for each in entries}),
    }
    found: dict[Party, list[AnyRow]] = defaultdict(list)
    for role, (party, tables, wanted) in of.items():
        statement = (
            sa.select(party.label("party"), *columns).select_from(tables).where(is_open, party.in_(wanted - {None}))
        )
        for row in (await connection.execute(statement)).all():
            found[role, row.party].append(row)
    return found


def body(entry: AnyRow, role: Role) -> str:
    """Return what a webhook is sent of an entry: ids and states, no names, notes or keys. An obligee sees no application."""
    about = entry.application_id if role is not Role.OBLIGEE else None
    said = {
        "id": message_id(entry.place),
        "event": AuditEvent(entry.event).value,
        "at": written(entry.at),
        "index": entry.place,
        "guarantee": entry.guarantee_id and {
            "id": global_id("Guarantee", entry.guarantee_id), "number": entry.number, "kind": entry.guarantee_kind.value,
        },
        "application": about and {"id": global_id("GuaranteeApplication", about)},
    }  # fmt: skip
    return canonical(said).decode()

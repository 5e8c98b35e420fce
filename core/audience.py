"""Who may hear of what the audit log says: which events there are to hear of for each kind of party, and from when on."""

from collections.abc import Collection, Mapping
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import audit_entry
from denshi_hosho.core.vocabulary import AuditEvent, Role

# What an obligee hears of a guarantee, once it was handed in to it: what concerns it, and nothing between the others.
OBLIGEE_EVENTS: Final = frozenset({
    AuditEvent.KEY_ROTATED, AuditEvent.SUBMISSION_SENT, AuditEvent.SUBMISSION_ACCEPTED, AuditEvent.SUBMISSION_REJECTED,
    AuditEvent.CERTIFICATE_CHANGED, AuditEvent.CERTIFICATE_CORRECTED, AuditEvent.CERTIFICATE_ACCEPTED,
    AuditEvent.CERTIFICATE_REJECTED, AuditEvent.GUARANTEE_EXPIRED, AuditEvent.GUARANTEE_RELEASED,
    AuditEvent.GUARANTEE_CANCELLED, AuditEvent.CLAIM_MADE, AuditEvent.CLAIM_WITHDRAWN, AuditEvent.CLAIM_DETERMINED,
    AuditEvent.CLAIM_REFUSED, AuditEvent.CLAIM_PAID,
})  # fmt: skip
_PARTIES_EVENTS: Final = frozenset(AuditEvent) - {AuditEvent.LOG_BEGUN}
HEARD_BY: Final[Mapping[Role, frozenset[AuditEvent]]] = {
    Role.PRINCIPAL: _PARTIES_EVENTS,
    Role.SURETY: _PARTIES_EVENTS,
    Role.OBLIGEE: OBLIGEE_EVENTS,
}


async def handed_in_at(connection: AsyncConnection, guarantee_ids: Collection[int]) -> dict[int, int]:
    """Return at which index the log says that each guarantee was first handed in; those that never were are missing."""
    first = sa.func.min(audit_entry.c.index)
    sent = audit_entry.c.guarantee_id.in_(guarantee_ids), audit_entry.c.event == AuditEvent.SUBMISSION_SENT.value
    columns = sa.select(audit_entry.c.guarantee_id, first).where(*sent).group_by(audit_entry.c.guarantee_id)
    return {int(guarantee_id): int(index) for guarantee_id, index in (await connection.execute(columns)).all()}


def concerns_obligee(entry: AnyRow, handed_in: Mapping[int, int]) -> bool:
    """Return whether an entry is one that its obligee may hear of: of a guarantee that had been handed in to it by then."""
    at = handed_in.get(entry.guarantee_id) if entry.guarantee_id is not None else None
    return entry.event in OBLIGEE_EVENTS and at is not None and at <= entry.place

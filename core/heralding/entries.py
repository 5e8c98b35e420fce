"""Entries of the audit log as the herald reads them: with whose they are, what they are about, and who did it."""

import json
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.life.recorded import ROW, TABLE
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import (
    account,
    application,
    application_step,
    audit_entry,
    certificate,
    guarantee,
    guarantee_step,
    key_event,
    principal,
    submission_step,
    surety,
    verdict,
)
from denshi_hosho.core.vocabulary import AuditEvent

_NOTED = (application_step, guarantee_step, submission_step, key_event)
_LIVE = (certificate.c.guarantee_id == guarantee.c.id) & (certificate.c.version == guarantee.c.live_version)
_SOURCE = (
    audit_entry.outerjoin(account, account.c.id == audit_entry.c.account_id)
    .outerjoin(guarantee, guarantee.c.id == audit_entry.c.guarantee_id)
    .outerjoin(certificate, _LIVE)
    .outerjoin(application, application.c.id == audit_entry.c.application_id)
    .outerjoin(principal, principal.c.id == audit_entry.c.principal_id)
    .outerjoin(surety, surety.c.id == audit_entry.c.surety_id)
)
_COLUMNS = (
    audit_entry.c.index.label("place"), audit_entry.c.event, audit_entry.c.entry, audit_entry.c.at, audit_entry.c.principal_id,
    audit_entry.c.surety_id, audit_entry.c.application_id, audit_entry.c.guarantee_id, account.c.role.label("by_role"),
    guarantee.c.number, guarantee.c.kind.label("guarantee_kind"), application.c.kind, guarantee.c.obligee,
    principal.c.name.label("principal_name"), surety.c.name.label("surety_name"),
    sa.func.coalesce(certificate.c.works_name, application.c.works_name).label("works_name"),
    sa.func.coalesce(certificate.c.obligee_name, application.c.obligee_name).label("obligee_name"),
)  # fmt: skip


async def entries_from(connection: AsyncConnection, first: int, limit: int) -> list[AnyRow]:
    """Return up to `limit` entries from the index `first` on, in order, `place` being the index."""
    rows = sa.select(*_COLUMNS).select_from(_SOURCE).where(audit_entry.c.index >= first)
    return list((await connection.execute(rows.order_by(audit_entry.c.index).limit(limit))).all())


async def opened_before(connection: AsyncConnection, entry: AnyRow) -> bool:
    """Return whether the certificate had been opened by number and key before this entry."""
    earlier = (
        audit_entry.c.guarantee_id == entry.guarantee_id, audit_entry.c.index < entry.place,
        audit_entry.c.event == AuditEvent.CERTIFICATE_OPENED.value,
    )  # fmt: skip
    return bool((await connection.execute(sa.select(sa.exists().where(*earlier)))).scalar_one())


async def notes_of(connection: AsyncConnection, entries: Sequence[AnyRow]) -> dict[int, str]:
    """Return what was said with the steps of which the entries tell, by index; those without a note are missing.

    A verdict's note may stand in the verdict alone; one with the step itself comes first.
    """
    found: dict[int, str] = {}
    said = {int(each.place): json.loads(each.entry)["said"] for each in entries}
    verdicts = {index: each[ROW] for index, each in said.items() if each.get(TABLE) == verdict.name}
    found |= await _notes(connection, verdict, verdicts)
    for table in _NOTED:
        steps = {index: each[table.name] for index, each in said.items() if table.name in each}
        found |= await _notes(connection, table, steps)
    return found


async def _notes(connection: AsyncConnection, table: sa.Table, rows: dict[int, int]) -> dict[int, str]:
    """Return the notes of the rows of `table` whose ids are given by index."""
    if not rows:
        return {}
    noted = sa.select(table.c.id, table.c.note).where(table.c.id.in_(rows.values()), table.c.note.is_not(None))
    notes = {int(row.id): str(row.note) for row in (await connection.execute(noted)).all()}
    return {index: notes[row_id] for index, row_id in rows.items() if row_id in notes}

"""How the log begins on a database that was there before it: its first entry commits to all that was kept until then.

What is committed to are the columns that never change. Later rows have entries of their own.
"""

import hashlib
from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum

import sqlalchemy as sa

from denshi_hosho.core.audit import Entry, grown, written
from denshi_hosho.core.statement import canonical
from denshi_hosho.core.tables import (
    access_key,
    application_step,
    audit_entry,
    audit_head,
    certificate,
    decision,
    guarantee,
    key_event,
    submission_item,
    submission_step,
)
from denshi_hosho.core.vocabulary import AuditEvent

_STAY: Mapping[sa.Table, tuple[str, ...]] = {
    guarantee: ("id", "number", "application_id", "principal_id", "surety_id", "kind", "obligee", "medium", "concluded_at"),
    certificate: (
        "id", "guarantee_id", "version", "change", "issued_on", "principal_name", "obligee_name", "guaranteed_amount",
        "guarantee_ends_on", "completion_on", "works_name", "contract_price", "covered_price", "depositary_bank",
        "surety_name", "surety_address", "surety_representative", "surety_terms_url", "branch_name", "branch_address",
        "branch_tel", "branch_fax", "salt",
    ),
    application_step: ("id", "application_id", "account_id", "step", "note", "at"),
    decision: ("id", "application_id", "stage", "outcome", "revision", "digest", "facts", "body", "decided_at"),
    access_key: ("id", "guarantee_id", "created_at"),
    key_event: ("id", "guarantee_id", "account_id", "event", "note", "at"),
    submission_step: ("id", "submission_id", "account_id", "state", "note", "at"),
    submission_item: ("id", "submission_id", "guarantee_id"),
}  # fmt: skip


BEGUN_TABLES = tuple(table.name for table in _STAY)


def digest(connection: sa.Connection, last: Mapping[str, int]) -> str:
    """Return the SHA-256 over the rows of each table up to the id in `last`, as lines of canonical JSON."""
    total = hashlib.sha256()
    for table, names in _STAY.items():
        rows = sa.select(*(table.c[name] for name in names)).where(table.c.id <= last[table.name]).order_by(table.c.id)
        for row in connection.execute(rows).mappings():
            line = {"table": table.name, **{name: _plain(value) for name, value in row.items()}}
            total.update(canonical(line) + b"\n")
    return total.hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return written(value)
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value


def last_ids(connection: sa.Connection) -> dict[str, int]:
    """Return the last id of each table that the log's first entry commits to; 0 where there is no row."""
    return {table.name: connection.execute(sa.select(sa.func.max(table.c.id))).scalar() or 0 for table in _STAY}


def begin(connection: sa.Connection, now: datetime) -> None:
    """Write the log's first entry, if anything was kept before it. Nothing is in the log yet."""
    last = last_ids(connection)
    if not any(last.values()):
        return
    entry = Entry(event=AuditEvent.LOG_BEGUN, at=now, said={**last, "sha256": digest(connection, last)})
    change = grown(0, b"", [entry])
    connection.execute(sa.insert(audit_entry), change.entries)
    connection.execute(sa.update(audit_head).values(change.head))

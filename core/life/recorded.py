"""Rows that never change once they are written: the log keeps their digest, so that a later change shows.

A step names its row (`said`), and the auditor compares the row with the digest, and finds rows without a step.
"""

from collections.abc import Mapping
from datetime import date, datetime
from enum import Enum
from hashlib import sha256
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.audit import Said, written
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.statement import canonical
from denshi_hosho.core.tables import (
    change_request,
    claim,
    fee_statement,
    funds_statement,
    verdict,
    withdrawal,
)

# The columns of each table that stay as they were written; states and what is settled later have steps of their own.
STAY: Final[Mapping[sa.Table, tuple[str, ...]]] = {
    fee_statement: ("id", "application_id", "guarantee_id", "tariff_id", "kind", "amount", "derivation", "stated_on"),
    change_request: ("id", "guarantee_id", "account_id", "asked", "requested_at"),
    verdict: (
        "id",
        "guarantee_id",
        "version",
        "submission_id",
        "obligee_id",
        "account_id",
        "verdict",
        "code",
        "note",
        "at",
    ),
    funds_statement: ("id", "guarantee_id", "version", "account_id", "stated_at"),
    withdrawal: ("id", "guarantee_id", "funds_statement_id", "account_id", "amount", "requested_at"),
    claim: ("id", "guarantee_id", "account_id", "obligee_id", "facts", "claimed_amount", "made_at"),
}
TABLES: Final = {table.name: table for table in STAY}
TABLE, ROW, DIGEST = "row_table", "row", "row_sha256"


async def recorded(connection: AsyncConnection, table: sa.Table, row_id: int) -> Said:
    """Return what the log says of the row that was just written: its table, its id and its digest."""
    row = (await connection.execute(selected(table).where(table.c.id == row_id))).one()
    return {TABLE: table.name, ROW: row_id, DIGEST: digest(row)}


def selected(table: sa.Table) -> sa.Select[Any]:
    """Return the select of what stays of `table`'s rows."""
    return sa.select(*(table.c[name] for name in STAY[table]))


def digest(row: AnyRow) -> str:
    """Return the SHA-256 of a row of `selected`, in hexadecimal."""
    return sha256(canonical({name: _plain(value) for name, value in row._mapping.items()})).hexdigest()


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return written(value)
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value

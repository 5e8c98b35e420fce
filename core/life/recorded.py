"""Rows that never change once they are written: the log keeps their digest, so that a later change shows.

A step names its row (`said`), and the auditor compares the row with the digest, and finds rows without a step.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date, datetime
from enum import Enum
from hashlib import sha256
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.audit import Said, written
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.statement import canonical
from denshi_hosho.core.tables import (
    change_request,
    claim,
    fee_statement,
    funds_line,
    funds_statement,
    verdict,
    withdrawal,
    withdrawal_line,
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
    withdrawal: ("id", "guarantee_id", "funds_statement_id", "account_id", "amount", "note", "requested_at"),
    claim: ("id", "guarantee_id", "account_id", "obligee_id", "facts", "claimed_amount", "made_at"),
}
# What a row consists of beside: the lines that refer to it stay, too, and are a part of its digest.
LINES: Final[Mapping[sa.Table, tuple[sa.Table, tuple[str, ...]]]] = {
    funds_statement: (
        funds_line,
        ("id", "line", "item", "description", "quantity", "total_cost", "from_advance", "method", "planned", "payee"),
    ),
    withdrawal: (withdrawal_line, ("id", "funds_line_id", "amount", "payee", "method", "evidence")),
}
TABLES: Final = {table.name: table for table in STAY}
TABLE, ROW, DIGEST = "row_table", "row", "row_sha256"


async def recorded(connection: AsyncConnection, table: sa.Table, row_id: int) -> Said:
    """Return what the log says of the row that was just written: its table, its id, and the digest of it with its lines."""
    digests = await digests_of(connection, table, [row_id])
    return {TABLE: table.name, ROW: row_id, DIGEST: digests[row_id]}


async def digests_of(connection: AsyncConnection, table: sa.Table, row_ids: Collection[int]) -> dict[int, str]:
    """Return the SHA-256, in hexadecimal, of what stays of each of these rows and of its lines; missing ones are left out."""
    columns = [table.c[name] for name in STAY[table]]
    rows = (await connection.execute(sa.select(*columns).where(table.c.id.in_(row_ids)))).all()
    lines = await _lines_of(connection, table, row_ids)
    return {row.id: _digest(row, lines.get(row.id, []) if table in LINES else None) for row in rows}


async def _lines_of(
    connection: AsyncConnection, table: sa.Table, row_ids: Collection[int]
) -> Mapping[int, Sequence[AnyRow]]:
    if table not in LINES:
        return {}
    lines, names = LINES[table]
    owner = lines.c[f"{table.name}_id"]
    columns = owner.label("owner"), *(lines.c[name] for name in names)
    found: dict[int, list[AnyRow]] = defaultdict(list)
    for row in await connection.execute(sa.select(*columns).where(owner.in_(row_ids)).order_by(lines.c.id)):
        found[row.owner].append(row)
    return found


def _digest(row: AnyRow, lines: Sequence[AnyRow] | None) -> str:
    stays = _columns(row)
    if lines is not None:
        stays["lines"] = [_columns(line) for line in lines]
    return sha256(canonical(stays)).hexdigest()


def _columns(row: AnyRow) -> dict[str, object]:
    return {name: _plain(value) for name, value in row._mapping.items()}


def _plain(value: object) -> object:
    if isinstance(value, datetime):
        return written(value)
    if isinstance(value, date):
        return value.isoformat()
    return value.value if isinstance(value, Enum) else value

"""What the audit log says beside a guarantee's steps: of which row, which version of the certificate, how many yen."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.life.recorded import ROW, TABLE, TABLES
from denshi_hosho.core.paging import Page
from denshi_hosho.core.tables import audit_entry, claim, fee_statement, guarantee_step, verdict, withdrawal

# Which column of a recorded row is the amount, and which the version of the certificate.
_AMOUNTS: Final = {
    fee_statement.name: fee_statement.c.amount, claim.name: claim.c.claimed_amount, withdrawal.name: withdrawal.c.amount,
}  # fmt: skip
_VERSIONS: Final = {verdict.name: verdict.c.version}


@dataclass(frozen=True, slots=True)
class Said:
    """What a step says beside: yen, and a version of the certificate. None: it has none."""

    amount: int | None = None
    version: int | None = None


NOTHING: Final = Said()


async def said_of(connection: AsyncConnection, guarantee_id: int, rows: Sequence[Any]) -> dict[int, Said]:
    """Return what the log says of the steps in `rows` of a timeline, by id of the step. Two statements, or three."""
    instants = {row.at for row in rows}
    mine = audit_entry.c.guarantee_id == guarantee_id, audit_entry.c.at.in_(instants)
    entries = (await connection.execute(sa.select(audit_entry.c.entry).where(*mine))).scalars().all()
    told = {each[guarantee_step.name]: each for each in map(_said, entries) if guarantee_step.name in each}
    found = {step: Said(each.get("yen"), each.get("version")) for step, each in told.items()}
    for table, steps in _by_table(told).items():
        await _look(connection, table, steps, found)
    return found


def _said(entry: str) -> Mapping[str, Any]:
    said: Mapping[str, Any] = json.loads(entry)["said"]
    return said


def _by_table(told: Mapping[int, Mapping[str, Any]]) -> dict[str, dict[int, int]]:
    """Return the recorded rows' steps by table: id of the row → id of the step."""
    grouped: dict[str, dict[int, int]] = defaultdict(dict)
    for step, each in told.items():
        if each.get(TABLE) in _AMOUNTS.keys() | _VERSIONS.keys():
            grouped[each[TABLE]][each[ROW]] = step
    return grouped


async def _look(connection: AsyncConnection, name: str, steps: Mapping[int, int], found: dict[int, Said]) -> None:
    table, amount = TABLES[name], name in _AMOUNTS
    column = _AMOUNTS[name] if amount else _VERSIONS[name]
    for row_id, value in await connection.execute(sa.select(table.c.id, column).where(table.c.id.in_(steps))):
        step = steps[row_id]
        found[step] = replace(found[step], **{"amount" if amount else "version": value})


def with_rows(page: Page, rows: Sequence[Any]) -> Page:
    """Return `page` with other rows in place of its own, one for each."""
    return replace(page, rows=rows)

"""Rows that never change (`core.life.recorded`), compared with the digests that the log has of them."""

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.findings import Finding
from denshi_hosho.core.leaves import Leaf
from denshi_hosho.core.life.recorded import DIGEST, ROW, TABLE, TABLES, digests_of


class RecordedRows:
    """The comparison, page by page of the log; `compared`: table → how many of its rows had their entry."""

    def __init__(self) -> None:
        self._seen: dict[str, set[int]] = defaultdict(set)
        self.compared: dict[str, int] = {}

    async def compare(self, connection: AsyncConnection, leaves: Sequence[Leaf]) -> list[Finding]:
        """Return what is wrong with the rows of which `leaves` say the digest."""
        found: list[Finding] = []
        for name, table in TABLES.items():
            about = [leaf for leaf in leaves if leaf.said.get(TABLE) == name]
            found += await self._rows(connection, table, about)
        unknown = [leaf for leaf in leaves if TABLE in leaf.said and leaf.said[TABLE] not in TABLES]
        return found + [Finding.of("ROW_MISSING", f"{leaf.said[TABLE]} {leaf.said.get(ROW)}") for leaf in unknown]

    async def _rows(self, connection: AsyncConnection, table: sa.Table, leaves: Sequence[Leaf]) -> list[Finding]:
        if not leaves:
            return []
        digests = await digests_of(connection, table, sorted({leaf.said[ROW] for leaf in leaves}))
        found: list[Finding] = []
        for leaf in leaves:
            row_id, where = leaf.said[ROW], f"{table.name} {leaf.said[ROW]}"
            if row_id in self._seen[table.name]:
                found.append(Finding.of("ROW_LOGGED_TWICE", where))
            self._seen[table.name].add(row_id)
            if row_id not in digests:
                found.append(Finding.of("ROW_MISSING", where))
            elif digests[row_id] != leaf.said[DIGEST]:
                found.append(Finding.of("ROW_ALTERED", where))
            self.compared[table.name] = self.compared.get(table.name, 0) + 1
        return found

    async def finish(self, connection: AsyncConnection) -> list[Finding]:
        """Return which rows have no entry, once all of the log was compared."""
        found: list[Finding] = []
        for name, table in TABLES.items():
            ids = (await connection.execute(sa.select(table.c.id).order_by(table.c.id))).scalars()
            found += [Finding.of("ROW_UNLOGGED", f"{name} {each}") for each in ids if each not in self._seen[name]]
        return found

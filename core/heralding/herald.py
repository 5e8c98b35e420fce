"""The herald's walk along the audit log: each entry leads to its notices exactly once, whatever crashes.

The cursor moves in the transaction that queues the mails and deliveries, so both are written or neither is. Any number of
processes may run it: the cursor's row is held while one of them tells (ADR 38).
"""

from dataclasses import dataclass
from datetime import datetime
from functools import partial

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.audience import handed_in_at
from denshi_hosho.core.database import Database
from denshi_hosho.core.heralding.entries import entries_from
from denshi_hosho.core.heralding.notices import queue_notices
from denshi_hosho.core.outbox import Post
from denshi_hosho.core.tables import audit_head, herald
from denshi_hosho.core.webhooks.matching import queue_deliveries

BATCH = 100  # entries told in one transaction


@dataclass(frozen=True, slots=True)
class Herald:
    """Tells of what the audit log says: by mail if `notices`, to webhooks if `webhooks`; by neither, it only moves on."""

    database: Database
    post: Post
    notices: bool
    webhooks: bool

    async def tell(self, now: datetime) -> int:
        """Tell of all entries that nobody was told of; return how many. When there are none, that is one read."""
        told = 0
        while await self._is_behind():
            told += await self.database.write(partial(self._advance, now))
        return told

    async def _is_behind(self) -> bool:
        behind = sa.select(sa.exists().where(herald.c.next_index < audit_head.c.size))
        async with self.database.read() as connection:
            return bool((await connection.execute(behind)).scalar_one())

    async def _advance(self, now: datetime, connection: AsyncConnection) -> int:
        held = sa.select(herald.c.next_index).with_for_update(key_share=True)
        first = int((await connection.execute(held)).scalar_one())
        if not (self.notices or self.webhooks):
            size = int((await connection.execute(sa.select(audit_head.c.size))).scalar_one())
            await connection.execute(sa.update(herald).values(next_index=size))
            return size - first
        entries = await entries_from(connection, first, BATCH)
        ids = {each.guarantee_id for each in entries if each.guarantee_id is not None}
        handed_in = await handed_in_at(connection, ids)
        if self.notices:
            await queue_notices(connection, self.post, entries, handed_in, now)
        if self.webhooks:
            await queue_deliveries(connection, entries, handed_in, now)
        await connection.execute(sa.update(herald).values(next_index=first + len(entries)))
        return len(entries)

"""The guarantee of an advance, held while something is counted of it."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.guarantees import LIVE
from denshi_hosho.core.interim.received import ADVANCES
from denshi_hosho.core.life.states import GUARANTEE
from denshi_hosho.core.life.steps import held
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import certificate, guarantee
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import GuaranteeStep

NO_ADVANCE = Refusal(
    "NO_ADVANCE", "前払金・中間前払金の保証ではないため、使途や払出しの手続はありません。",
    "This is no guarantee of an advance: there is nothing to be used or withdrawn.", ("guarantee_id",),
)  # fmt: skip


async def held_for(connection: AsyncConnection, actor: Actor, guarantee_id: int, step: GuaranteeStep) -> AnyRow:
    """Return the row of a guarantee of an advance, held: everything that is counted of it stays. Raise `Refused`."""
    row = await held(connection, actor, guarantee_id)
    if row.kind not in ADVANCES:
        raise Refused(NO_ADVANCE)
    GUARANTEE.after(row.state, step)
    return row


async def guaranteed_amount(connection: AsyncConnection, guarantee_id: int) -> int:
    """Return the guaranteed amount of the live certificate, in yen."""
    columns = sa.select(certificate.c.guaranteed_amount).select_from(LIVE).where(guarantee.c.id == guarantee_id)
    return int((await connection.execute(columns)).scalar_one())

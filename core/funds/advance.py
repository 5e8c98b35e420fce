"""The advance that was received (前払金の受領): before it is told, nothing can be withdrawn."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.audit import Said
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.funds.standing import ADVANCES, standing
from denshi_hosho.core.guarantees import LIVE
from denshi_hosho.core.life.states import GUARANTEE
from denshi_hosho.core.life.steps import held, take
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import certificate, guarantee
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import GuaranteeStep

NO_ADVANCE = Refusal(
    "NO_ADVANCE", "前払金・中間前払金の保証ではないため、使途や払出しの手続はありません。",
    "This is no guarantee of an advance: there is nothing to be used or withdrawn.", ("guarantee_id",),
)  # fmt: skip
IN_USE = Refusal(
    "ADVANCE_IN_USE", "払出依頼があるため、受領した前払金は変更できません。先に、依頼を取り下げるか差し戻してください。",
    "Withdrawals were asked for: the advance cannot change any more, unless they are cancelled or returned.", ("guarantee_id",),
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


async def record(
    connection: AsyncConnection, actor: Actor, guarantee_id: int, received: tuple[int, date], now: datetime
) -> None:
    """Write down the advance (yen, day in Japan); again as long as nothing was asked for of it. Raise `Refused`."""
    (amount, day), step = received, GuaranteeStep.ADVANCE_RECEIVED
    await held_for(connection, actor, guarantee_id, step)
    limit = await guaranteed_amount(connection, guarantee_id)
    if amount > limit:
        raise Refused(Refusal("ADVANCE_ABOVE_GUARANTEE", f"前払金額が保証金額({limit:,}円)を超えています。",
                              f"The advance is above the guaranteed amount ({limit:,} yen).", ("amount",)))  # fmt: skip
    if (await standing(connection, guarantee_id)).drawn:
        raise Refused(IN_USE)
    values = {"advance_amount": amount, "advance_received_on": day}
    await connection.execute(sa.update(guarantee).where(guarantee.c.id == guarantee_id).values(values))
    said: Said = {"yen": amount, "on": day.isoformat()}
    await take(connection, actor, guarantee_id, step, now, note=f"{amount:,}円", said=said)

"""Recording that the obligee paid an advance (前払金の受領): how much, and on which day it came in."""

from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.life.steps import held, take
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import certificate, guarantee, withdrawal
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import GuaranteeKind, GuaranteeStep, WithdrawalState

ADVANCES: Final = frozenset({GuaranteeKind.ADVANCE_PAYMENT, GuaranteeKind.INTERIM_ADVANCE_PAYMENT})
DRAWN: Final = (WithdrawalState.REQUESTED, WithdrawalState.APPROVED, WithdrawalState.PAID)
NO_ADVANCE: Final = Refusal(
    "NO_ADVANCE", "前払金保証・中間前払金保証ではないため、前払金の受領は記録できません。",
    "This guarantee is not of an advance or interim advance: none can be received.", ("guarantee_id",),
)  # fmt: skip
WITHDRAWN: Final = Refusal(
    "ADVANCE_WITHDRAWN", "払出しの依頼があるため、前払金の受領の記録は訂正できません。",
    "Withdrawals were asked for: what was recorded of the advance stays.", ("guarantee_id",),
)  # fmt: skip


async def record(
    connection: AsyncConnection, actor: Actor, guarantee_id: int, amount: int, received_on: date, now: datetime
) -> None:
    """Record that `amount` yen came in on `received_on` (Japan's day); once more corrects it, while nothing is withdrawn.

    The caller has checked amount and day by themselves. Raise `Refused`.
    """
    row = await held(connection, actor, guarantee_id)
    await _check(connection, row, amount)
    note = f"{received_on.isoformat()} {amount:,}円"
    await take(
        connection, actor, guarantee_id, GuaranteeStep.ADVANCE_RECEIVED, now, note=note,
        said={"on": received_on.isoformat()},
    )  # fmt: skip
    values = {"advance_amount": amount, "advance_received_on": received_on}
    await connection.execute(sa.update(guarantee).where(guarantee.c.id == guarantee_id).values(values))


async def _check(connection: AsyncConnection, row: AnyRow, amount: int) -> None:
    if row.kind not in ADVANCES:
        raise Refused(NO_ADVANCE)
    live = certificate.c.guarantee_id == row.id, certificate.c.version == row.live_version
    guaranteed = (await connection.execute(sa.select(certificate.c.guaranteed_amount).where(*live))).scalar_one()
    if amount > guaranteed:
        raise Refused(Refusal("ADVANCE_ABOVE_GUARANTEED_AMOUNT", f"保証金額({guaranteed:,}円)を超えています。",
                              f"The advance is above the guaranteed amount of {guaranteed:,} yen.", ("amount",)))  # fmt: skip
    drawn = withdrawal.c.guarantee_id == row.id, withdrawal.c.state.in_(DRAWN)
    if (
        row.advance_amount is not None
        and (await connection.execute(sa.select(withdrawal.c.id).where(*drawn).limit(1))).first()
    ):
        raise Refused(WITHDRAWN)

"""Releasing a guarantee when the works are complete (保証の終了), and cancelling it (解約)."""

from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.life.states import GUARANTEE
from denshi_hosho.core.life.steps import held, take
from denshi_hosho.core.tables import change_request, withdrawal
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import ChangeState, GuaranteeStep, WithdrawalState

OPEN_CHANGE = Refusal(
    "CHANGE_OPEN", "審査待ちの変更の申込があります。先に、締結するか謝絶してください。",
    "A request for a change is waiting. Conclude or decline it first.", ("guarantee_id",),
)  # fmt: skip
OPEN_WITHDRAWAL = Refusal(
    "WITHDRAWAL_OPEN", "処理中の払出依頼があります。先に、払出しを記録するか差し戻してください。",
    "A withdrawal request is under way. Record it as paid or return it first.", ("guarantee_id",),
)  # fmt: skip


async def release(
    connection: AsyncConnection, actor: Actor, guarantee_id: int, completed_on: date, note: str | None, now: datetime
) -> None:
    """Release the guarantee: the works were completed on `completed_on`. Nothing is returned. Raise `Refused`."""
    await _end(connection, actor, guarantee_id, GuaranteeStep.GUARANTEE_RELEASED, (completed_on, note), now)


async def cancel(
    connection: AsyncConnection, actor: Actor, guarantee_id: int, cancelled_on: date, reason: str, now: datetime
) -> None:
    """Cancel the guarantee as from `cancelled_on`. Raise `Refused`."""
    await _end(connection, actor, guarantee_id, GuaranteeStep.GUARANTEE_CANCELLED, (cancelled_on, reason), now)


async def _end(
    connection: AsyncConnection, actor: Actor, guarantee_id: int, step: GuaranteeStep, told: tuple[date, str | None],
    now: datetime,
) -> None:  # fmt: skip
    day, note = told
    row = await held(connection, actor, guarantee_id)
    GUARANTEE.after(row.state, step)
    if day < japan_day(row.concluded_at):
        field = "completed_on" if step is GuaranteeStep.GUARANTEE_RELEASED else "cancelled_on"
        raise Refused(Refusal("DAY_BEFORE_CONCLUSION", "保証契約の締結日より前の日付です。",
                              "The day is before that of the guarantee's conclusion.", (field,)))  # fmt: skip
    await _check_nothing_open(connection, guarantee_id)
    text = day.isoformat() if note is None else f"{day.isoformat()} {note}"
    await take(connection, actor, guarantee_id, step, now, note=text, said={"on": day.isoformat()})


async def _check_nothing_open(connection: AsyncConnection, guarantee_id: int) -> None:
    change = change_request.c.guarantee_id == guarantee_id, change_request.c.state == ChangeState.REQUESTED
    under_way = (WithdrawalState.REQUESTED, WithdrawalState.APPROVED)
    drawn = withdrawal.c.guarantee_id == guarantee_id, withdrawal.c.state.in_(under_way)
    found = [
        refusal
        for table, where, refusal in ((change_request, change, OPEN_CHANGE), (withdrawal, drawn, OPEN_WITHDRAWAL))
        if (await connection.execute(sa.select(table.c.id).where(*where).limit(1))).first()
    ]
    if found:
        raise Refused(*found)

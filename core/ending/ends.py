"""Release (保証の終了) after completion and cancellation (解約): by the surety alone, never by the calendar (ADR 38)."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.life import steps
from denshi_hosho.core.life.states import GUARANTEE
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import change_request, fee_statement, withdrawal
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import ChangeState, FeeStatementKind, GuaranteeStep, WithdrawalState

AFTER_COMPLETION: Final = (
    "工事完成後は、保証料の返戻はありません。",
    "After completion of the works nothing of the fee is returned.",
)
REFUND: Final = "返戻保証料計算書を発行しました。", "A refund statement (返戻保証料計算書) was made."
NO_REFUND: Final = (
    "返戻保証料は計算されていません。保証料計算書または料率表がないか、返戻する保証料がありません。",
    "No refund was calculated: there is no fee statement or no tariff to calculate it by, or nothing is to be returned.",
)
_OPEN: Final[Mapping[tuple[str, str], tuple[sa.Table, tuple[Any, ...]]]] = {
    ("審査待ちの変更の申込", "requests for a change"): (change_request, (ChangeState.REQUESTED,)),
    ("処理中の払出依頼", "withdrawal requests"): (withdrawal, (WithdrawalState.REQUESTED, WithdrawalState.APPROVED)),
}  # fmt: skip


async def release(
    connection: AsyncConnection, actor: Actor, guarantee_id: int, completed_on: date, note: str | None, now: datetime
) -> int:
    """Release a guarantee whose works were completed on `completed_on` (Japan's); return its id. Raise `Refused`."""
    await _check(connection, actor, guarantee_id, GuaranteeStep.GUARANTEE_RELEASED, ("completed_on", completed_on), now)
    await steps.take(
        connection, actor, guarantee_id, GuaranteeStep.GUARANTEE_RELEASED, now, note=note, day=completed_on
    )
    return guarantee_id


async def cancel(
    connection: AsyncConnection, actor: Actor, guarantee_id: int, cancelled_on: date, reason: str, now: datetime
) -> int:
    """Cancel a guarantee as of `cancelled_on` (Japan's); return its id. Raise `Refused`."""
    await _check(
        connection, actor, guarantee_id, GuaranteeStep.GUARANTEE_CANCELLED, ("cancelled_on", cancelled_on), now
    )
    await steps.take(
        connection, actor, guarantee_id, GuaranteeStep.GUARANTEE_CANCELLED, now, note=reason, day=cancelled_on
    )
    return guarantee_id


async def _check(
    connection: AsyncConnection, actor: Actor, guarantee_id: int, step: GuaranteeStep, told: tuple[str, date],
    now: datetime,
) -> None:  # fmt: skip
    row = await steps.held(connection, actor, guarantee_id)
    GUARANTEE.after(row.state, step)
    _check_day(row, *told, now)
    found = [await _open(connection, guarantee_id, name) for name in _OPEN]
    if any(count for _name, count in found):
        raise Refused(_still_open([(name, count) for name, count in found if count]))


def _check_day(row: AnyRow, field: str, day: date, now: datetime) -> None:
    if day > japan_day(now):
        raise Refused(Refusal("DAY_IN_FUTURE", "未来の日付です。その日以後に記録してください。",
                              "The day lies in the future. Record it when it has come.", (field,)))  # fmt: skip
    if day < japan_day(row.concluded_at):
        raise Refused(Refusal("DAY_BEFORE_CONCLUSION", "保証契約の締結日より前の日付です。",
                              "The day is before that of the guarantee's conclusion.", (field,)))  # fmt: skip


async def _open(connection: AsyncConnection, guarantee_id: int, name: tuple[str, str]) -> tuple[tuple[str, str], int]:
    table, states = _OPEN[name]
    mine = table.c.guarantee_id == guarantee_id, table.c.state.in_(states)
    counted = sa.select(sa.func.count()).select_from(table).where(*mine)
    return name, int((await connection.execute(counted)).scalar_one())


def _still_open(found: list[tuple[tuple[str, str], int]]) -> Refusal:
    """Return the refusal that names what is still open: it is settled by whom it concerns, never lost with the guarantee."""
    ja = "、".join(f"{name[0]}{count}件" for name, count in found)
    en = ", ".join(f"{name[1]}: {count}" for name, count in found)
    return Refusal(
        "REQUESTS_OPEN", f"{ja}があります。先に処理するか、取り下げてもらってください。",
        f"There is still open: {en}. Settle it, or have it withdrawn first.", ("guarantee_id",),
    )  # fmt: skip


async def refund_of(connection: AsyncConnection, guarantee_id: int) -> AnyRow | None:
    """Return id and amount (yen) of the refund statement (返戻保証料計算書) made last for a guarantee; None: there is none."""
    columns = fee_statement.c.id, fee_statement.c.amount
    mine = fee_statement.c.guarantee_id == guarantee_id, fee_statement.c.kind == FeeStatementKind.REFUND
    last = sa.select(*columns).where(*mine).order_by(fee_statement.c.id.desc()).limit(1)
    return (await connection.execute(last)).one_or_none()

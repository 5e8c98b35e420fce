"""What becomes of a fee when its guarantee changes or is cancelled: charged in addition, returned, or left as it is."""

from datetime import date, datetime
from typing import Literal

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.calculators.lines import Derived, Line
from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.fees.calculating import Charged, fee, rate_for, refund
from denshi_hosho.core.fees.statements import New, charged_for, keep, standing
from denshi_hosho.core.fees.tariff import OnCancellation, OnChange, Tariff, parse
from denshi_hosho.core.guarantees import COLUMNS, LIVE
from denshi_hosho.core.life.recorded import recorded
from denshi_hosho.core.life.steps import note_step
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import application, certificate, fee_statement, guarantee
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import FeeStatementKind, GuaranteeStep

Reason = Literal["CHANGE", "CANCELLATION"]
STEPS = {FeeStatementKind.ADDITIONAL: GuaranteeStep.FEE_STATED, FeeStatementKind.REFUND: GuaranteeStep.REFUND_STATED}


async def restate(  # noqa: PLR0913  whose fee, why, and what it is for from then on
    connection: AsyncConnection, actor: Actor, guarantee_id: int, now: datetime, *, reason: Reason,
    guaranteed_amount: int | None, ends_on: date | None, day: date,
) -> int | None:  # fmt: skip
    """State what is charged in addition or returned, as the tariff of the first statement has it; return its id.

    `guaranteed_amount` and `ends_on` are what holds from `day` on; None: as it is. None is returned where there is nothing
    to state: no fee was ever stated, the tariff returns nothing, or nothing differs.
    """
    about = await _about(connection, guarantee_id)
    first = await standing(connection, await _applied(connection, about.application_id))
    if first is None:
        return None
    paid = first.amount + await _since(connection, guarantee_id)
    charged = Charged(
        kind=about.kind, class_=charged_for(first)[2],
        guaranteed_amount=about.guaranteed_amount if guaranteed_amount is None else guaranteed_amount,
    )  # fmt: skip
    by = parse(first.content)
    last = ends_on or about.ends_on
    derived = _change(by, charged, paid) if reason == "CHANGE" else _cancellation(by, charged, paid, about, (last, day))
    if derived is None or derived.amount == 0:
        return None
    kind = FeeStatementKind.ADDITIONAL if derived.amount > 0 else FeeStatementKind.REFUND
    new = New(kind, derived, first.tariff_id, charged)
    statement_id = await keep(connection, actor, (about.application_id, guarantee_id), new, now)
    said = await recorded(connection, fee_statement, statement_id)
    await note_step(connection, actor, guarantee_id, STEPS[kind], now, note=f"{abs(derived.amount):,}円", said=said)
    return statement_id


async def _applied(connection: AsyncConnection, application_id: int) -> AnyRow:
    return (await connection.execute(sa.select(application).where(application.c.id == application_id))).one()


async def _since(connection: AsyncConnection, guarantee_id: int) -> int:
    """Return what was charged (returned: negative), in yen, since the first statement of a guarantee's fee."""
    columns = fee_statement.c.kind, fee_statement.c.amount
    rows = await connection.execute(sa.select(*columns).where(fee_statement.c.guarantee_id == guarantee_id))
    return sum(-row.amount if row.kind is FeeStatementKind.REFUND else row.amount for row in rows)


async def _about(connection: AsyncConnection, guarantee_id: int) -> AnyRow:
    columns = (
        guarantee.c.kind, guarantee.c.application_id, guarantee.c.concluded_at, certificate.c.guaranteed_amount,
        COLUMNS["current_ends_on"].label("ends_on"),
    )  # fmt: skip
    return (await connection.execute(sa.select(*columns).select_from(LIVE).where(guarantee.c.id == guarantee_id))).one()


def _change(by: Tariff, charged: Charged, paid: int) -> Derived | None:
    if rate_for(by, charged).on_change is OnChange.NONE:
        return None
    new = fee(by, charged)
    before = Line("これまでの保証料", "charged until now", -paid)
    return Derived(new.amount - paid, (*new.lines, before))


def _cancellation(by: Tariff, charged: Charged, paid: int, about: AnyRow, days: tuple[date, date]) -> Derived | None:
    if rate_for(by, charged).on_cancellation is OnCancellation.NONE:
        return None
    last, day = days
    returned = refund(paid, japan_day(about.concluded_at), last, day)
    return Derived(-returned.amount, tuple(Line(line.ja, line.en, -line.yen) for line in returned.lines))

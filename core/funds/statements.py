"""Use-of-funds statements (使途内訳明細書): stated by the principal in versions, consented to or returned by the surety."""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.errors import Refusal, Refused, at
from denshi_hosho.core.funds.advance import guaranteed_amount, held_for
from denshi_hosho.core.funds.checking import FundsLine, check_not_below, check_sums
from denshi_hosho.core.funds.standing import drawn_by_item
from denshi_hosho.core.funds.states import FUNDS_STATEMENT
from denshi_hosho.core.life.recorded import recorded
from denshi_hosho.core.life.steps import take
from denshi_hosho.core.ownership import sees_as_party
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import funds_line, funds_statement, guarantee
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import FundsState, GuaranteeStep

NOT_FOUND = Refusal(
    "NOT_FOUND", "該当する使途内訳明細書がありません。", "There is no such use-of-funds statement.", ("statement_id",)
)
_BEFORE_NEWER: Mapping[GuaranteeStep, FundsState] = {
    GuaranteeStep.FUNDS_STATED: FundsState.STATED, GuaranteeStep.FUNDS_CONSENTED: FundsState.CONSENTED,
}  # fmt: skip


async def state(
    connection: AsyncConnection, actor: Actor, guarantee_id: int, lines: Sequence[FundsLine], now: datetime
) -> int:
    """Return the id of a new version with these lines; one that waits for consent is replaced by it. Raise `Refused`."""
    step = GuaranteeStep.FUNDS_STATED
    row = await held_for(connection, actor, guarantee_id, step)
    await check(connection, row, lines)
    await _replace(connection, guarantee_id, step)
    newest = sa.select(sa.func.max(funds_statement.c.version)).where(funds_statement.c.guarantee_id == guarantee_id)
    version = ((await connection.execute(newest)).scalar_one() or 0) + 1
    values = {"guarantee_id": guarantee_id, "version": version, "account_id": actor.account_id,
              "state": FUNDS_STATEMENT.first, "stated_at": now}  # fmt: skip
    insert = sa.insert(funds_statement).values(values).returning(funds_statement.c.id)
    statement_id = int((await connection.execute(insert)).scalar_one())
    rows = [{"funds_statement_id": statement_id, "line": place, **asdict(line)} for place, line in enumerate(lines, 1)]
    await connection.execute(sa.insert(funds_line), rows)
    said = await recorded(connection, funds_statement, statement_id)
    await take(connection, actor, guarantee_id, step, now, note=f"第{version}版", said=said)
    return statement_id


async def check(connection: AsyncConnection, row: AnyRow, lines: Sequence[object]) -> None:
    """Raise `Refused` unless the lines keep to the advance (if it is not told, to the guaranteed amount) and to what is drawn."""
    received = row.advance_amount is not None
    limit = row.advance_amount if received else await guaranteed_amount(connection, row.id)
    check_sums(lines, row.kind, limit, received=received)
    check_not_below(lines, await drawn_by_item(connection, row.id))


async def held_statement(connection: AsyncConnection, actor: Actor, statement_id: int, step: GuaranteeStep) -> AnyRow:
    """Return the statement whose guarantee the actor may change, the guarantee held. Raise `Refused`."""
    mine = funds_statement.c.id == statement_id, sees_as_party(actor, guarantee)
    found = await connection.execute(sa.select(funds_statement.c.guarantee_id).join(guarantee).where(*mine))
    guarantee_id = found.scalar_one_or_none()
    if guarantee_id is None:
        raise Refused(NOT_FOUND)
    with at("statement_id"):
        await held_for(connection, actor, guarantee_id, step)
    statement = sa.select(funds_statement).where(funds_statement.c.id == statement_id)
    row = (await connection.execute(statement)).one()
    FUNDS_STATEMENT.after(row.state, step)
    return row


async def consent(connection: AsyncConnection, actor: Actor, statement_id: int, now: datetime) -> int:
    """Consent to a version, which takes the place of the one that was consented to before. Raise `Refused`."""
    step = GuaranteeStep.FUNDS_CONSENTED
    row = await held_statement(connection, actor, statement_id, step)
    about = (await connection.execute(sa.select(guarantee).where(guarantee.c.id == row.guarantee_id))).one()
    with at("statement_id"):
        await check(connection, about, await lines_of(connection, statement_id))
    await _replace(connection, row.guarantee_id, step)
    await _settle(connection, row, step)
    said = {funds_statement.name: statement_id}
    await take(connection, actor, row.guarantee_id, step, now, note=f"第{row.version}版", said=said)
    return statement_id


async def send_back(connection: AsyncConnection, actor: Actor, statement_id: int, note: str, now: datetime) -> int:
    """Return a version to its principal for correction. Raise `Refused`."""
    step = GuaranteeStep.FUNDS_RETURNED
    row = await held_statement(connection, actor, statement_id, step)
    await _settle(connection, row, step, note)
    said = {funds_statement.name: statement_id}
    await take(connection, actor, row.guarantee_id, step, now, note=note, said=said)
    return statement_id


async def _replace(connection: AsyncConnection, guarantee_id: int, step: GuaranteeStep) -> None:
    """Replace the version whose place a newer one takes by `step`."""
    before = _BEFORE_NEWER[step]
    after = FUNDS_STATEMENT.after(before, FundsState.REPLACED)
    older = funds_statement.c.guarantee_id == guarantee_id, funds_statement.c.state == before
    await connection.execute(sa.update(funds_statement).where(*older).values(state=after))


async def _settle(connection: AsyncConnection, row: AnyRow, step: GuaranteeStep, note: str | None = None) -> None:
    values = {"state": FUNDS_STATEMENT.after(row.state, step), "note": note}
    await connection.execute(sa.update(funds_statement).where(funds_statement.c.id == row.id).values(values))


async def lines_of(connection: AsyncConnection, statement_id: int) -> Sequence[AnyRow]:
    """Return the lines of a statement, in order."""
    mine = funds_line.c.funds_statement_id == statement_id
    return (await connection.execute(sa.select(funds_line).where(mine).order_by(funds_line.c.line))).all()


async def consented(connection: AsyncConnection, guarantee_id: int) -> AnyRow | None:
    """Return the version that is consented to, or None."""
    now = funds_statement.c.guarantee_id == guarantee_id, funds_statement.c.state == FundsState.CONSENTED
    return (await connection.execute(sa.select(funds_statement).where(*now))).one_or_none()

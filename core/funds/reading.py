"""Use-of-funds statements and withdrawal requests as those who made the contract of guarantee see them."""

from collections import defaultdict
from collections.abc import Collection, Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.funds.states import COUNTED
from denshi_hosho.core.guarantees import LIVE
from denshi_hosho.core.ownership import sees_as_party
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import (
    certificate,
    funds_line,
    funds_statement,
    guarantee,
    withdrawal,
    withdrawal_line,
)
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import FundsState

# What the documents say of the guarantee beside.
_ABOUT = (
    guarantee.c.number, guarantee.c.kind.label("guarantee_kind"), guarantee.c.advance_amount, certificate.c.works_name,
    certificate.c.obligee_name, certificate.c.principal_name, certificate.c.surety_name, certificate.c.depositary_bank,
)  # fmt: skip


async def statements_of(
    connection: AsyncConnection, actor: Actor, guarantee_id: int, first: int, skip: int
) -> Sequence[AnyRow]:
    """Return the versions of a guarantee's statement, newest first, `first` of them after `skip`."""
    mine = funds_statement.c.guarantee_id == guarantee_id, sees_as_party(actor, guarantee)
    newest = sa.select(funds_statement).join(guarantee).where(*mine).order_by(funds_statement.c.version.desc())
    return (await connection.execute(newest.limit(first).offset(skip))).all()


async def withdrawals_of(
    connection: AsyncConnection, actor: Actor, guarantee_id: int, first: int, skip: int
) -> Sequence[AnyRow]:
    """Return the withdrawal requests of a guarantee, newest first, `first` of them after `skip`."""
    mine = withdrawal.c.guarantee_id == guarantee_id, sees_as_party(actor, guarantee)
    newest = sa.select(withdrawal).join(guarantee).where(*mine).order_by(withdrawal.c.id.desc())
    return (await connection.execute(newest.limit(first).offset(skip))).all()


async def consented_of(connection: AsyncConnection, actor: Actor, guarantee_ids: Collection[int]) -> dict[int, AnyRow]:
    """Return the version that is consented to of each guarantee that has one, by guarantee."""
    mine = (
        funds_statement.c.guarantee_id.in_(guarantee_ids), funds_statement.c.state == FundsState.CONSENTED,
        sees_as_party(actor, guarantee),
    )  # fmt: skip
    rows = await connection.execute(sa.select(funds_statement).join(guarantee).where(*mine))
    return {row.guarantee_id: row for row in rows}


async def statement_of(connection: AsyncConnection, actor: Actor, statement_id: int) -> AnyRow | None:
    """Return one version that the actor may see, or None."""
    mine = funds_statement.c.id == statement_id, sees_as_party(actor, guarantee)
    return (await connection.execute(sa.select(funds_statement).join(guarantee).where(*mine))).one_or_none()


async def withdrawal_of(connection: AsyncConnection, actor: Actor, withdrawal_id: int) -> AnyRow | None:
    """Return one withdrawal request that the actor may see, or None."""
    mine = withdrawal.c.id == withdrawal_id, sees_as_party(actor, guarantee)
    return (await connection.execute(sa.select(withdrawal).join(guarantee).where(*mine))).one_or_none()


async def statement_lines(
    connection: AsyncConnection, actor: Actor, statement_ids: Collection[int]
) -> dict[int, list[AnyRow]]:
    """Return the lines of statements that the actor may see, in order, each with `drawn`, what is spoken for of it (yen)."""
    spoken_for = withdrawal_line.c.funds_line_id == funds_line.c.id, withdrawal.c.state.in_(COUNTED)
    total = sa.func.coalesce(sa.func.sum(withdrawal_line.c.amount), 0)
    drawn = sa.select(sa.cast(total, sa.BigInteger)).select_from(withdrawal_line.join(withdrawal)).where(*spoken_for)
    mine = funds_line.c.funds_statement_id.in_(statement_ids), sees_as_party(actor, guarantee)
    columns = *funds_line.c, drawn.correlate(funds_line).scalar_subquery().label("drawn")
    lines = sa.select(*columns).select_from(funds_line.join(funds_statement).join(guarantee)).where(*mine)
    found: dict[int, list[AnyRow]] = defaultdict(list)
    for row in await connection.execute(lines.order_by(funds_line.c.funds_statement_id, funds_line.c.line)):
        found[row.funds_statement_id].append(row)
    return found


_LINE = (
    *withdrawal_line.c, funds_line.c.line, funds_line.c.item, funds_line.c.description,
    sa.func.coalesce(withdrawal_line.c.payee, funds_line.c.payee).label("paid_to"),
    sa.func.coalesce(withdrawal_line.c.method, funds_line.c.method).label("paid_by"),
)  # fmt: skip


async def withdrawal_lines(
    connection: AsyncConnection, actor: Actor, withdrawal_ids: Collection[int]
) -> dict[int, list[AnyRow]]:
    """Return the lines of requests that the actor may see, each with what its line of the statement says."""
    mine = withdrawal_line.c.withdrawal_id.in_(withdrawal_ids), sees_as_party(actor, guarantee)
    tables = withdrawal_line.join(withdrawal).join(guarantee).join(funds_line)
    found: dict[int, list[AnyRow]] = defaultdict(list)
    for row in await connection.execute(sa.select(*_LINE).select_from(tables).where(*mine).order_by(funds_line.c.line)):
        found[row.withdrawal_id].append(row)
    return found


async def statement_to_print(connection: AsyncConnection, statement_id: int) -> tuple[AnyRow, Sequence[AnyRow]]:
    """Return a version with what its document says beside, and its lines."""
    tables = LIVE.join(funds_statement)
    mine = funds_statement.c.id == statement_id
    row = (await connection.execute(sa.select(*funds_statement.c, *_ABOUT).select_from(tables).where(mine))).one()
    lines = sa.select(funds_line).where(funds_line.c.funds_statement_id == statement_id).order_by(funds_line.c.line)
    return row, (await connection.execute(lines)).all()


async def withdrawal_to_print(connection: AsyncConnection, withdrawal_id: int) -> tuple[AnyRow, Sequence[AnyRow]]:
    """Return a request with what its document says beside, `before` being what was spoken for before it (yen); its lines."""
    earlier = withdrawal.alias("earlier")
    counted = (
        earlier.c.guarantee_id == withdrawal.c.guarantee_id, earlier.c.id < withdrawal.c.id, earlier.c.state.in_(COUNTED)
    )  # fmt: skip
    total = sa.cast(sa.func.coalesce(sa.func.sum(earlier.c.amount), 0), sa.BigInteger)
    before = sa.select(total).where(*counted).correlate(withdrawal).scalar_subquery().label("before")
    columns = *withdrawal.c, *_ABOUT, funds_statement.c.version, before
    tables = LIVE.join(withdrawal).join(funds_statement, funds_statement.c.id == withdrawal.c.funds_statement_id)
    row = (
        await connection.execute(sa.select(*columns).select_from(tables).where(withdrawal.c.id == withdrawal_id))
    ).one()
    lines = sa.select(*_LINE).join(funds_line).where(withdrawal_line.c.withdrawal_id == withdrawal_id)
    return row, (await connection.execute(lines.order_by(funds_line.c.line))).all()

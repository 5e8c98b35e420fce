"""How much of an advance is asked for, approved and paid out, in yen: what is neither cancelled nor returned counts."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.funds.states import COUNTED
from denshi_hosho.core.interim.received import ADVANCES
from denshi_hosho.core.ownership import sees_as_party
from denshi_hosho.core.rows import AnyRow, AnySelect
from denshi_hosho.core.tables import funds_line, guarantee, surety, withdrawal, withdrawal_line
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import FundsItem, WithdrawalState


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """An advance in yen (None: not told that it came in), and the sums of the withdrawals in each state that counts."""

    guarantee_id: int
    advance: int | None
    requested: int
    approved: int
    paid: int
    evidence: str | None = None

    @property
    def drawn(self) -> int:
        """What is spoken for."""
        return self.requested + self.approved + self.paid

    @property
    def balance(self) -> int | None:
        """What is still in the account: the advance without what was paid out."""
        return None if self.advance is None else self.advance - self.paid

    @property
    def available(self) -> int | None:
        """What can still be asked for."""
        return None if self.advance is None else self.advance - self.drawn


def _sum(state: WithdrawalState) -> sa.Label[int]:
    in_state = sa.func.sum(sa.case((withdrawal.c.state == state, withdrawal.c.amount), else_=0))
    return sa.cast(sa.func.coalesce(in_state, 0), sa.BigInteger).label(state.name.lower())


def _standings(guarantee_ids: Collection[int]) -> AnySelect:
    mine = guarantee.c.id.in_(guarantee_ids), guarantee.c.kind.in_(ADVANCES)
    sums = [_sum(state) for state in COUNTED]
    tables = guarantee.join(surety).outerjoin(withdrawal, withdrawal.c.guarantee_id == guarantee.c.id)
    columns = guarantee.c.id, guarantee.c.advance_amount, surety.c.evidence
    return sa.select(*columns, *sums).select_from(tables).where(*mine).group_by(*columns)


def _standing(row: AnyRow) -> Standing:
    return Standing(
        guarantee_id=row.id, advance=row.advance_amount, requested=row.requested, approved=row.approved, paid=row.paid,
        evidence=row.evidence,
    )  # fmt: skip


async def standing(connection: AsyncConnection, guarantee_id: int) -> Standing:
    """Return how the advance of a guarantee stands; the caller holds the guarantee's row, so that it stays like that."""
    return _standing((await connection.execute(_standings([guarantee_id]))).one())


async def standings_of(connection: AsyncConnection, actor: Actor, guarantee_ids: Sequence[int]) -> dict[int, Standing]:
    """Return how the advances stand of those guarantees that the actor sees as a party and that have one."""
    rows = await connection.execute(_standings(guarantee_ids).where(sees_as_party(actor, guarantee)))
    return {row.id: _standing(row) for row in rows}


async def drawn_by_line(connection: AsyncConnection, guarantee_id: int) -> dict[int, int]:
    """Return for each line of any version how much of it is spoken for."""
    return {row.key: row.drawn for row in await connection.execute(_drawn(guarantee_id, funds_line.c.id))}


async def drawn_by_item(connection: AsyncConnection, guarantee_id: int) -> dict[FundsItem, int]:
    """Return for each item, whatever the version, how much of it is spoken for."""
    return {row.key: row.drawn for row in await connection.execute(_drawn(guarantee_id, funds_line.c.item))}


def _drawn(guarantee_id: int, key: sa.ColumnElement[object]) -> AnySelect:
    tables = withdrawal_line.join(withdrawal).join(funds_line)
    counted = withdrawal.c.guarantee_id == guarantee_id, withdrawal.c.state.in_(COUNTED)
    drawn = sa.cast(sa.func.sum(withdrawal_line.c.amount), sa.BigInteger).label("drawn")
    return sa.select(key.label("key"), drawn).select_from(tables).where(*counted).group_by(key)

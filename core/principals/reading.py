"""For which principals an account acts, and which ones it only sees."""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.ownership import sees_only
from denshi_hosho.core.paging import Listing, Order, Page, Window, read_page
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import delegation, principal
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import PrincipalKind, Relation

_SOURCE = principal.join(delegation, delegation.c.for_principal_id == principal.c.id)
_COLUMNS: Mapping[str, sa.ColumnElement[Any]] = {
    "id": principal.c.id, "name": principal.c.name, "company_id": principal.c.company_id,
    "joint_venture": principal.c.joint_venture, "acts": delegation.c.acts, "for_whom": delegation.c.principal_id,
}  # fmt: skip
_OLDEST_FIRST = Order("OLDEST", principal.c.id, principal.c.id)


def kind_of(row: AnyRow) -> PrincipalKind:
    """Return what the principal in `row` is."""
    if row.joint_venture:
        return PrincipalKind.JOINT_VENTURE
    return PrincipalKind.COMPANY if row.company_id is None else PrincipalKind.BRANCH_OFFICE


def relation_of(row: AnyRow) -> Relation:
    """Return as what the account's principal acts for the principal in `row`, or sees it."""
    if row.id == row.for_whom:
        return Relation.ITSELF
    if row.joint_venture:
        return Relation.LEADING_MEMBER if row.acts else Relation.MEMBER
    return Relation.HEAD_OFFICE


async def list_parties(connection: AsyncConnection, actor: Actor, window: Window, wanted: frozenset[str]) -> Page:
    """Return a page of the principals for which `actor` acts or which it sees, the first registered first.

    A surety's or an obligee's account acts for no principal: its list is empty.
    """
    columns = [column.label(name) for name, column in _COLUMNS.items()]
    listing = Listing(_SOURCE, [delegation.c.principal_id == actor.principal_id], columns, _OLDEST_FIRST)
    return await read_page(connection, listing, window, wanted)


async def one_party(connection: AsyncConnection, actor: Actor, principal_id: int) -> AnyRow | None:
    """Return the principal with this id, if `actor` acts for it or sees it."""
    columns = [column.label(name) for name, column in _COLUMNS.items()]
    mine = delegation.c.principal_id == actor.principal_id, principal.c.id == principal_id
    return (await connection.execute(sa.select(*columns).select_from(_SOURCE).where(*mine))).one_or_none()


async def acting_party(connection: AsyncConnection, actor: Actor, principal_id: int | None) -> int:
    """Return the id of the principal for whom `actor` does something: its own, or the one that it names.

    Raise `Refused` (NOT_FOUND, SEES_ONLY) if it does not act for that one.
    """
    path = ("on_behalf_of",)
    row = await one_party(connection, actor, actor.principal_id or 0 if principal_id is None else principal_id)
    if row is None:
        raise Refused(Refusal("NOT_FOUND", "該当する保証契約者がありません。", "There is no such principal.", path))
    if not row.acts:
        raise Refused(sees_only(path))
    return int(row.id)

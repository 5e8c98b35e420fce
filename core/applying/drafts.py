"""Drafts of applications (下書き): what is filled in so far, kept for those alone who may apply for that principal."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.applying.states import DRAFT
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.ownership import acts_for, why_not
from denshi_hosho.core.paging import Listing, Order, Page, Window, read_page
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import application, draft, principal
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import DraftState, DraftStep

NOT_FOUND: Final = Refusal("NOT_FOUND", "該当する下書きがありません。", "There is no such draft.", ("draft_id",))
NOTHING_TO_COPY: Final = Refusal(
    "NOT_FOUND", "該当する申込がありません。", "There is no such application.", ("copy_from_application_id",)
)
EMPTY: Final = "{}"
_COLUMNS: Final[Mapping[str, sa.ColumnElement[Any]]] = {
    **{column.name: column for column in draft.c},
    "principal_name": principal.c.name,
}
_NEWEST_FIRST = Order("NEWEST", draft.c.id, draft.c.id, descending=True)
_SOURCE = draft.join(principal)


async def keep(
    connection: AsyncConnection, actor: Actor, principal_id: int, written: Mapping[str, object], now: datetime
) -> int:
    """Return the id of a new draft of an application of `principal_id`, for which the caller has checked that it may act.

    `written` has title, content and `copied_from_id`.
    """
    row = {**written, "principal_id": principal_id, "account_id": actor.account_id, "state": DRAFT.first,
           "created_at": now, "changed_at": now}  # fmt: skip
    return int((await connection.execute(sa.insert(draft).values(row).returning(draft.c.id))).scalar_one())


async def held(connection: AsyncConnection, actor: Actor, draft_id: int, step: DraftStep) -> AnyRow:
    """Return the draft, held until the transaction ends. Raise `Refused` (NOT_FOUND, WRONG_STATE)."""
    mine = draft.c.id == draft_id, acts_for(actor, draft.c.principal_id)
    row = (await connection.execute(sa.select(draft).where(*mine).with_for_update())).one_or_none()
    if row is None:
        raise Refused(NOT_FOUND)
    DRAFT.after(row.state, step)
    return row


async def rewrite(connection: AsyncConnection, row: AnyRow, written: Mapping[str, object], now: datetime) -> None:
    """Give the held draft in `row` another title and content."""
    await _set(connection, row, {**written, "changed_at": now})


async def hand_over(connection: AsyncConnection, row: AnyRow, application_id: int, now: datetime) -> None:
    """Write down that the held draft in `row` has become the application `application_id`."""
    state = DRAFT.after(row.state, DraftStep.SUBMITTED)
    await _set(connection, row, {"state": state, "application_id": application_id, "changed_at": now})


async def discard(connection: AsyncConnection, row: AnyRow, now: datetime) -> None:
    """Discard the held draft in `row`: what was filled in is wiped."""
    state = DRAFT.after(row.state, DraftStep.DISCARDED)
    await _set(connection, row, {"state": state, "content": EMPTY, "changed_at": now})


async def _set(connection: AsyncConnection, row: AnyRow, values: Mapping[str, object]) -> None:
    await connection.execute(sa.update(draft).where(draft.c.id == row.id).values(values))


async def to_copy(connection: AsyncConnection, actor: Actor, application_id: int) -> AnyRow:
    """Return the application, in whatever state, that a draft begins with. Raise `Refused` if it is none of one's own."""
    mine = application.c.id == application_id, acts_for(actor, application.c.principal_id)
    row = (await connection.execute(sa.select(application).where(*mine))).one_or_none()
    if row is None:
        raise Refused(await why_not(connection, actor, application, [application_id], NOTHING_TO_COPY))
    return row


async def list_drafts(
    connection: AsyncConnection, actor: Actor, states: Sequence[DraftState], window: Window, wanted: frozenset[str]
) -> Page:
    """Return a page of the drafts in `states` (all, if empty) of principals for which `actor` may act, newest first."""
    where = [acts_for(actor, draft.c.principal_id), *([draft.c.state.in_(states)] if states else [])]
    return await read_page(connection, Listing(_SOURCE, where, _columns(), _NEWEST_FIRST), window, wanted)


async def drafts_by_id(connection: AsyncConnection, actor: Actor, ids: Sequence[int]) -> dict[int, AnyRow]:
    """Return those drafts with one of `ids` whose principal `actor` may act for, by id."""
    mine = draft.c.id.in_(ids), acts_for(actor, draft.c.principal_id)
    statement = sa.select(*_columns()).select_from(_SOURCE).where(*mine)
    return {row.id: row for row in await connection.execute(statement)}


def _columns() -> list[sa.ColumnElement[Any]]:
    return [column.label(name) for name, column in _COLUMNS.items()]

"""Reading applications: a principal sees its own, a surety those made to it; with their steps and decisions."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.applications import theirs
from denshi_hosho.core.paging import Listing, Order, Page, Window, read_page
from denshi_hosho.core.rows import AnyRow, AnySelect
from denshi_hosho.core.tables import (
    application,
    application_step,
    branch,
    decision,
    guarantee,
    obligee,
    principal,
    rule_text,
    surety,
)
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import ApplicationState, Role

_SOURCE = application.join(principal).join(surety, surety.c.id == application.c.surety_id)
COLUMNS: Mapping[str, sa.ColumnElement[Any]] = {
    **{column.name: column for column in application.c},
    "principal_name": principal.c.name,
    "surety_name": surety.c.name,
    "consolidated_payment": principal.c.consolidated_payment,
}


class ApplicationOrder(StrEnum):
    """How a list of applications is sorted."""

    OLDEST = "OLDEST"
    NEWEST = "NEWEST"


def pick(wanted: frozenset[str]) -> list[sa.ColumnElement[Any]]:
    """Return the columns in `wanted` that an application has, labelled, with its id first."""
    return [COLUMNS[name].label(name) for name in ["id", *sorted(wanted & COLUMNS.keys() - {"id"})]]


async def list_applications(
    connection: AsyncConnection, actor: Actor, states: Sequence[ApplicationState], by: ApplicationOrder,
    window: Window, wanted: frozenset[str],
) -> Page:  # fmt: skip
    """Return a page of the actor's applications in `states` (all, if empty) with the columns in `wanted`."""
    where = [theirs(actor), *([application.c.state.in_(states)] if states else [])]
    order = Order(by.value, application.c.id, application.c.id, by is ApplicationOrder.NEWEST)
    return await read_page(connection, Listing(_SOURCE, where, pick(wanted), order), window, wanted)


async def applications_by_id(
    connection: AsyncConnection, actor: Actor, ids: Sequence[int], wanted: frozenset[str]
) -> dict[int, AnyRow]:
    """Return those of the actor's applications that have one of `ids`, by id."""
    statement = sa.select(*pick(wanted)).select_from(_SOURCE).where(theirs(actor), application.c.id.in_(ids))
    return {row.id: row for row in await connection.execute(statement)}


Rows = list[AnyRow]


async def steps_of(connection: AsyncConnection, actor: Actor, ids: Sequence[int]) -> dict[int, Rows]:
    """Return the steps of the actor's applications `ids`, oldest first, by application."""
    columns = (
        application_step.c.application_id,
        application_step.c.step,
        application_step.c.note,
        application_step.c.at,
    )
    return await _by_application(connection, actor, sa.select(*columns).join(application), application_step, ids)


async def decisions_of(connection: AsyncConnection, actor: Actor, ids: Sequence[int]) -> dict[int, Rows]:
    """Return the decisions on the actor's applications `ids` with the rule texts applied, oldest first."""
    columns = (*(column for column in decision.c if column.name != "id"), rule_text.c.text)
    statement = sa.select(*columns).join(application).join(rule_text, rule_text.c.digest == decision.c.digest)
    return await _by_application(connection, actor, statement, decision, ids)


async def _by_application(
    connection: AsyncConnection, actor: Actor, statement: AnySelect, table: sa.Table, ids: Sequence[int]
) -> dict[int, Rows]:
    grouped: dict[int, Rows] = defaultdict(list)
    theirs_only = statement.where(theirs(actor), table.c.application_id.in_(ids)).order_by(table.c.id)
    for row in await connection.execute(theirs_only):
        grouped[row.application_id].append(row)
    return grouped


async def lineage_of(connection: AsyncConnection, guarantee_id: int) -> AnyRow:
    """Return what a guarantee comes from, whoever asks: its application's facts, its medium and when it was concluded."""
    columns = application.c.facts, guarantee.c.medium, guarantee.c.concluded_at
    statement = sa.select(*columns).join(guarantee, guarantee.c.application_id == application.c.id)
    return (await connection.execute(statement.where(guarantee.c.id == guarantee_id))).one()


async def party_name(connection: AsyncConnection, actor: Actor) -> AnyRow:
    """Return id and name of the party for which `actor` acts."""
    parties = {Role.PRINCIPAL: principal, Role.SURETY: surety, Role.OBLIGEE: obligee}
    table, party = parties[actor.role], actor.principal_id or actor.surety_id or actor.obligee_id
    return (await connection.execute(sa.select(table.c.id, table.c.name).where(table.c.id == party))).one()


async def sureties(connection: AsyncConnection) -> Rows:
    """Return every surety, by name: to whom one can apply."""
    columns = (
        surety.c.id,
        surety.c.name,
        surety.c.surety_class,
        surety.c.address,
        surety.c.representative,
        surety.c.terms_url,
        surety.c.new_key_on_change,
    )
    return list((await connection.execute(sa.select(*columns).order_by(surety.c.name))).all())


async def branches_of(connection: AsyncConnection, surety_ids: Sequence[int]) -> dict[int, Rows]:
    """Return the branches of the sureties `surety_ids`, by surety."""
    grouped: dict[int, Rows] = defaultdict(list)
    statement = sa.select(branch).where(branch.c.surety_id.in_(surety_ids)).order_by(branch.c.id)
    for row in await connection.execute(statement):
        grouped[row.surety_id].append(row)
    return grouped


async def one_branch(connection: AsyncConnection, branch_id: int) -> AnyRow | None:
    """Return the branch with this id, or None."""
    return (await connection.execute(sa.select(branch).where(branch.c.id == branch_id))).one_or_none()

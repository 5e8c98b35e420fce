"""Whose rows an actor sees, and for which of them it may act: each statement carries one of these conditions.

A principal's account acts for its own principal, a company's also for its branch offices (支店), and that of the leading
member of a joint venture (JV) for the joint venture; the other members only see it (`delegation`). A surety sees what was
applied for at it. An obligee sees the guarantees that were handed in to it, and nothing of what came before that.
"""

import sqlalchemy as sa

from denshi_hosho.core.rows import AnySelect
from denshi_hosho.core.tables import delegation, guarantee, obligee, submission, submission_item
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import SubmissionState

HANDED_IN = [each for each in SubmissionState if each is not SubmissionState.PREPARED]


def principals(actor: Actor, *, acting: bool) -> AnySelect:
    """Return the select of the ids of all principals that a principal's `actor` may act for, or only see."""
    mine = [delegation.c.principal_id == actor.principal_id]
    if acting:
        mine.append(delegation.c.acts)
    return sa.select(delegation.c.for_principal_id).where(*mine)


def acts_for(actor: Actor, column: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Return the condition that `actor` may act for the principal whose id is in `column`."""
    return column.in_(principals(actor, acting=True))


def sees(actor: Actor, table: sa.Table) -> sa.ColumnElement[bool]:
    """Return the condition that `actor` may see a row of `table`.

    `table` is one with principal and surety: `application`, `guarantee` or `audit_entry`. An obligee sees guarantees alone.
    """
    if actor.principal_id is not None:
        return table.c.principal_id.in_(principals(actor, acting=False))
    if actor.surety_id is not None:
        return table.c.surety_id == actor.surety_id
    return handed_in_to(actor) if table is guarantee else sa.false()


def changes(actor: Actor, table: sa.Table) -> sa.ColumnElement[bool]:
    """Return the condition that `actor` may change a row of `table`, if its role may at all."""
    if actor.principal_id is not None:
        return acts_for(actor, table.c.principal_id)
    return sees(actor, table)


def handed_in_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition that the key of a guarantee was handed in to the obligee for which `actor` acts."""
    code = sa.select(obligee.c.code).where(obligee.c.id == actor.obligee_id).scalar_subquery()
    sent = sa.exists().where(
        submission_item.c.guarantee_id == guarantee.c.id,
        submission_item.c.submission_id == submission.c.id,
        submission.c.state.in_(HANDED_IN),
    )
    return (guarantee.c.obligee == code) & sent

"""Whose rows an actor sees, and for which of them it may act: each statement carries one of these conditions.

A principal's account acts for its own principal, a company's also for its branch offices (支店), and that of the leading
member of a joint venture (JV) for the joint venture; the other members only see it (`delegation`). A surety sees what was
applied for at it. An obligee sees the guarantees that were handed in to it, and nothing of what came before that.
"""

from collections.abc import Sequence
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.errors import Refusal
from denshi_hosho.core.rows import AnySelect
from denshi_hosho.core.tables import account, delegation, guarantee, obligee, submission, submission_item
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import SubmissionState

# The same in words, for docs/access.md: whose rows an account sees, and which of them it may change.
WHOSE: Final = {
    "account of a company (会社)": (
        "the company's, those of all its branch offices (支店), and those of joint ventures (JV) of which it is a member",
        "the company's, its branch offices', and those of joint ventures that it leads",
    ),
    "account of a branch office (支店)": (
        "that branch office's, and those of joint ventures of which it is a member; not its company's, nor its siblings'",
        "that branch office's, and those of joint ventures that it leads",
    ),
    "account of the leading member (代表者) of a joint venture": (
        "its own, and the joint venture's", "its own, and the joint venture's",
    ),
    "account of another member (構成員)": (
        "its own, and the joint venture's, but for drafts", "its own; about the joint venture's it is answered `SEES_ONLY`",
    ),
    "account of a surety": ("applications made to it, and guarantees that it concluded", "the same"),
    "account of an obligee": (
        "guarantees for works of its own whose key was handed in to it; no application, no key event, no submission",
        "the same, where its role may",
    ),
}  # fmt: skip
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


def sees_as_party(actor: Actor, table: sa.Table) -> sa.ColumnElement[bool]:
    """Return the condition that `actor` sees a row of `table` as one of those who made the contract of guarantee.

    What they do about it among themselves (who was shown the key, what was prepared to hand it in) is not the obligee's.
    """
    return sa.false() if actor.obligee_id is not None else sees(actor, table)


def changes(actor: Actor, table: sa.Table) -> sa.ColumnElement[bool]:
    """Return the condition that `actor` may change a row of `table`, if its role may at all."""
    if actor.principal_id is not None:
        return acts_for(actor, table.c.principal_id)
    return sees(actor, table)


def gets_mail_of(column: sa.ColumnElement[int]) -> sa.ColumnElement[bool]:
    """Return the condition that a row of `account` gets the mail of the principal whose id is in `column`.

    These are the principal's own accounts; if it has none, such as a joint venture, those that act for it.
    """
    own = account.alias("own_account")
    has_own = sa.exists().where(own.c.principal_id == column)
    acting = sa.select(delegation.c.principal_id).where(delegation.c.for_principal_id == column, delegation.c.acts)
    return (account.c.principal_id == column) | (~has_own & account.c.principal_id.in_(acting))


def handed_in_to(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition that the key of a guarantee was handed in to the obligee for which `actor` acts."""
    code = sa.select(obligee.c.code).where(obligee.c.id == actor.obligee_id).scalar_subquery()
    sent = sa.exists().where(
        submission_item.c.guarantee_id == guarantee.c.id,
        submission_item.c.submission_id == submission.c.id,
        submission.c.state.in_(HANDED_IN),
    )
    return (guarantee.c.obligee == code) & sent


def sees_only(path: tuple[str, ...]) -> Refusal:
    """Return the refusal of a step with what the account sees, but for which its principal does not act."""
    return Refusal(
        "SEES_ONLY",
        "このアカウントでは閲覧のみできます。手続は共同企業体の代表者のアカウントで行ってください。",
        "Your account may only see this. The leading member of the joint venture acts for it.",
        path,
    )


async def why_not(
    connection: AsyncConnection, actor: Actor, table: sa.Table, ids: Sequence[int], missing: Refusal
) -> Refusal:
    """Return why the actor may not change one of the rows `ids` of `table`: it only sees them, or else `missing`.

    What it does not even see is answered as what does not exist.
    """
    if actor.principal_id is None:
        return missing
    seen = table.c.id.in_(ids), table.c.principal_id.in_(principals(actor, acting=False))
    found = (await connection.execute(sa.select(table.c.id).where(*seen))).scalars().all()
    return sees_only(missing.path) if found and len(found) == len(set(ids)) else missing

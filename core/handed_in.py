"""Reading submissions (認証キーの提出): a principal sees its own, a surety those of its guarantees."""

from collections import defaultdict
from collections.abc import Sequence

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.guarantees import LIVE
from denshi_hosho.core.ownership import sees_as_party
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import (
    access_key,
    certificate,
    decision,
    guarantee,
    submission,
    submission_item,
    submission_step,
    surety,
)
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import Stage

COLUMNS = (
    submission.c.id,
    submission.c.way,
    submission.c.address,
    submission.c.told,
    submission.c.state,
    submission.c.sent_on,
    submission.c.prepared_at,
)
_HELD = submission_item.join(submission).join(guarantee, guarantee.c.id == submission_item.c.guarantee_id)


async def submissions_of(
    connection: AsyncConnection, actor: Actor, guarantee_ids: Sequence[int]
) -> dict[int, list[AnyRow]]:
    """Return the submissions of the actor's guarantees `guarantee_ids`, oldest first, by guarantee."""
    statement = (
        sa.select(submission_item.c.guarantee_id, *COLUMNS)
        .select_from(_HELD)
        .where(sees_as_party(actor, guarantee), submission_item.c.guarantee_id.in_(guarantee_ids))
        .order_by(submission.c.id)
    )
    grouped: dict[int, list[AnyRow]] = defaultdict(list)
    for row in await connection.execute(statement):
        grouped[row.guarantee_id].append(row)
    return grouped


async def submissions_by_id(connection: AsyncConnection, actor: Actor, ids: Sequence[int]) -> dict[int, AnyRow]:
    """Return those of the actor's submissions that have one of `ids`, by id."""
    statement = (
        sa.select(*COLUMNS)
        .select_from(_HELD)
        .where(sees_as_party(actor, guarantee), submission.c.id.in_(ids))
        .distinct()
    )
    return {row.id: row for row in await connection.execute(statement)}


async def steps_of(connection: AsyncConnection, actor: Actor, ids: Sequence[int]) -> dict[int, list[AnyRow]]:
    """Return the steps of the actor's submissions `ids`, oldest first, by submission."""
    own = sa.select(submission_item.c.submission_id).select_from(_HELD).where(sees_as_party(actor, guarantee))
    columns = submission_step.c.submission_id, submission_step.c.state, submission_step.c.note, submission_step.c.at
    mine = submission_step.c.submission_id.in_(ids), submission_step.c.submission_id.in_(own)
    grouped: dict[int, list[AnyRow]] = defaultdict(list)
    for row in await connection.execute(sa.select(*columns).where(*mine).order_by(submission_step.c.id)):
        grouped[row.submission_id].append(row)
    return grouped


async def items_with_keys(connection: AsyncConnection, actor: Actor, ids: Sequence[int]) -> dict[int, list[AnyRow]]:
    """Return what the actor's submissions `ids` hand in, in order: number, kind, and whether the key is the live one.

    A key that was made after the submission was prepared is not the one that it hands in.
    """
    newer = sa.exists().where(
        access_key.c.guarantee_id == guarantee.c.id, access_key.c.retired_at.is_(None),
        access_key.c.created_at > submission.c.prepared_at,
    )  # fmt: skip
    columns = submission_item.c.submission_id, guarantee.c.number, guarantee.c.kind, (~newer).label("key_is_live")
    mine = sees_as_party(actor, guarantee), submission_item.c.submission_id.in_(ids)
    grouped: dict[int, list[AnyRow]] = defaultdict(list)
    statement = sa.select(*columns).select_from(_HELD).where(*mine).order_by(submission_item.c.id)
    for row in await connection.execute(statement):
        grouped[row.submission_id].append(row)
    return grouped


async def guarantees_of(connection: AsyncConnection, actor: Actor, ids: Sequence[int]) -> dict[int, list[int]]:
    """Return the ids of the guarantees whose keys the actor's submissions `ids` hand in, by submission."""
    mine = sees_as_party(actor, guarantee), submission_item.c.submission_id.in_(ids)
    columns = submission_item.c.submission_id, submission_item.c.guarantee_id
    statement = sa.select(*columns).select_from(_HELD).where(*mine).order_by(submission_item.c.id)
    grouped: dict[int, list[int]] = defaultdict(list)
    for row in await connection.execute(statement):
        grouped[row.submission_id].append(row.guarantee_id)
    return grouped


def _last_decided(column: sa.Column[str]) -> sa.ScalarSelect[str]:
    """Return `column` of the guarantee's last decision: its facts have the day of the conclusion."""
    # Of its conclusion: what was decided of a change says nothing of how the key is handed in.
    mine = decision.c.application_id == guarantee.c.application_id, decision.c.stage != Stage.CHANGE
    decided = sa.select(column).where(*mine)
    return decided.order_by(decision.c.id.desc()).limit(1).scalar_subquery()


async def works_of(connection: AsyncConnection, actor: Actor, ids: Sequence[int]) -> list[AnyRow]:
    """Return what a message about the actor's guarantees `ids` may say of each, in the order of `ids`."""
    columns = (
        guarantee.c.id, guarantee.c.number, guarantee.c.kind, guarantee.c.obligee, certificate.c.works_name,
        certificate.c.obligee_name, certificate.c.principal_name, certificate.c.surety_name, surety.c.surety_class,
        _last_decided(decision.c.facts).label("facts"), _last_decided(decision.c.body).label("decision"),
    )  # fmt: skip
    tables = LIVE.join(surety, surety.c.id == guarantee.c.surety_id)
    statement = sa.select(*columns).select_from(tables).where(sees_as_party(actor, guarantee), guarantee.c.id.in_(ids))
    found = {row.id: row for row in await connection.execute(statement)}
    return [found[each] for each in ids if each in found]

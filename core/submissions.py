"""Handing keys in (認証キーの提出): what was prepared for whom, how and when it was handed in, and what came of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import audit
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.machine import Machine, Move
from denshi_hosho.core.ownership import acts_for, why_not
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import guarantee, submission, submission_item, submission_step
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import AuditEvent, Medium, SubmissionState

_S = SubmissionState
EVENTS = {each: AuditEvent(f"SUBMISSION_{each}") for each in SubmissionState}
NOT_FOUND = Refusal("NOT_FOUND", "該当する提出がありません。", "There is no such submission.", ("submission_id",))
_NO_GUARANTEE = Refusal(
    "NOT_FOUND", "該当する保証契約がありません。", "There is no such guarantee.", ("guarantee_ids",)
)

_WITH_THE_OBLIGEE = (_S.SENT, _S.ARRIVED, _S.OPENED)
# What each state leads to is written out in docs/submission.md, too.
SUBMISSION: Final = Machine(
    "Submission", "この提出", "The submission", "submission_id", _S.PREPARED,
    (
        Move(_S.SENT, (_S.PREPARED,), _S.SENT),
        Move(_S.ARRIVED, (_S.SENT,), _S.ARRIVED),
        Move(_S.OPENED, (_S.SENT, _S.ARRIVED), _S.OPENED),
        Move(_S.ACCEPTED, _WITH_THE_OBLIGEE, _S.ACCEPTED),
        Move(_S.REJECTED, _WITH_THE_OBLIGEE, _S.REJECTED),
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """A message that was prepared: by which way, to which address (None: not known yet), for which guarantees.

    `told` is what the principal told for it, as canonical JSON; the key is not in it.
    """

    way: str | None
    address: str | None
    guarantee_ids: Sequence[int]
    told: str


async def keep_batch(connection: AsyncConnection, actor: Actor, batch: Sequence[Prepared], now: datetime) -> int:
    """Return the id of the first of new submissions that were prepared together; all of them carry it as `batch`."""
    first: int | None = None
    for prepared in batch:
        kept = await _keep(connection, actor, prepared, now)
        first = first or kept
        change = sa.update(submission).where(submission.c.id == kept).values(batch=first)
        await connection.execute(change)
    if first is None:
        raise ValueError("a batch holds at least one message")
    return first


async def batch_of(connection: AsyncConnection, actor: Actor, first: int) -> list[int]:
    """Return the ids of the actor's submissions that were prepared together with `first`."""
    mine = submission.c.batch == first, acts_for(actor, submission.c.principal_id)
    statement = sa.select(submission.c.id).where(*mine).order_by(submission.c.id)
    return list((await connection.execute(statement)).scalars().all())


async def _keep(connection: AsyncConnection, actor: Actor, prepared: Prepared, now: datetime) -> int:
    whose = sa.select(guarantee.c.principal_id).where(guarantee.c.id == prepared.guarantee_ids[0]).scalar_subquery()
    row = {
        "principal_id": whose, "way": prepared.way, "address": prepared.address, "told": prepared.told,
        "state": _S.PREPARED, "prepared_at": now,
    }  # fmt: skip
    insert = sa.insert(submission).values(row).returning(submission.c.id)
    submission_id = int((await connection.execute(insert)).scalar_one())
    items = [{"submission_id": submission_id, "guarantee_id": each} for each in prepared.guarantee_ids]
    await connection.execute(sa.insert(submission_item), items)
    await note_step(connection, submission_id, _S.PREPARED, now, actor)
    return submission_id


async def check_own(connection: AsyncConnection, actor: Actor, guarantee_ids: Sequence[int]) -> None:
    """Raise `Refused` unless every one of `guarantee_ids` is an electronic guarantee of the actor's own."""
    mine = guarantee.c.id.in_(guarantee_ids), acts_for(actor, guarantee.c.principal_id)
    rows = (await connection.execute(sa.select(guarantee.c.id, guarantee.c.medium).where(*mine))).all()
    if len(rows) < len(set(guarantee_ids)) or not guarantee_ids:
        raise Refused(await why_not(connection, actor, guarantee, guarantee_ids, _NO_GUARANTEE))
    if any(row.medium is Medium.PAPER for row in rows):
        raise Refused(Refusal("ON_PAPER", "書面で交付した保証証書には認証キーがありません。",
                              "A guarantee on paper has no access key.", ("guarantee_ids",)))  # fmt: skip


async def lock(connection: AsyncConnection, actor: Actor, submission_id: int, step: SubmissionState) -> AnyRow:
    """Return the actor's submission, held until the transaction ends. Raise `Refused` if `step` cannot be taken."""
    mine = submission.c.id == submission_id, acts_for(actor, submission.c.principal_id)
    row = (await connection.execute(sa.select(submission).where(*mine).with_for_update(key_share=True))).one_or_none()
    if row is None:
        raise Refused(await why_not(connection, actor, submission, [submission_id], NOT_FOUND))
    SUBMISSION.after(row.state, step)
    return row


async def move(
    connection: AsyncConnection, actor: Actor, submission_id: int, state: SubmissionState, now: datetime,
    note: str | None = None,
) -> AnyRow:  # fmt: skip
    """Return the submission as it was before it came into `state`. Raise `Refused` from a state that does not lead there."""
    row = await lock(connection, actor, submission_id, state)
    mine = submission.c.id == submission_id, acts_for(actor, submission.c.principal_id)
    await connection.execute(sa.update(submission).where(*mine).values(state=state))
    await note_step(connection, submission_id, state, now, actor, note)
    return row


async def went(
    connection: AsyncConnection, actor: Actor, submission_id: int, way: str, address: str | None, day: date
) -> None:
    """Write down by which way, to which address and on which day of Japan's the keys were handed in."""
    values = {"way": way, "address": address, "sent_on": day}
    mine = submission.c.id == submission_id, acts_for(actor, submission.c.principal_id)
    await connection.execute(sa.update(submission).where(*mine).values(values))


async def was_opened(connection: AsyncConnection, guarantee_id: int, now: datetime, actor: Actor | None = None) -> None:
    """Bring every submission of the guarantee that waits for it into the state OPENED.

    Number and key were used, or the obligee's `actor` looked at it in its inbox.
    """
    holding = sa.select(submission_item.c.submission_id).where(submission_item.c.guarantee_id == guarantee_id)
    waiting = submission.c.id.in_(holding), submission.c.state.in_(SUBMISSION.move(_S.OPENED).before)
    opened = sa.update(submission).where(*waiting).values(state=_S.OPENED).returning(submission.c.id)
    for submission_id in (await connection.execute(opened)).scalars().all():
        await note_step(connection, submission_id, _S.OPENED, now, actor)


async def note_step(
    connection: AsyncConnection, submission_id: int, state: SubmissionState, now: datetime,
    actor: Actor | None = None, note: str | None = None,
) -> None:  # fmt: skip
    """Write down who brought the submission into `state`, and when; without an actor it was whoever held the key.

    The audit log gets an entry for each guarantee whose key is handed in.
    """
    row = {"submission_id": submission_id, "state": state, "at": now, "note": note,
           "account_id": actor.account_id if actor else None}  # fmt: skip
    insert = sa.insert(submission_step).values(row).returning(submission_step.c.id)
    noted: audit.Said = {submission_step.name: (await connection.execute(insert)).scalar_one()}
    for guarantee_id in await items_of(connection, submission_id):
        await audit.append_about(connection, EVENTS[state], now, actor=actor, guarantee_id=guarantee_id, said=noted)


async def items_of(connection: AsyncConnection, submission_id: int) -> list[int]:
    """Return the ids of the guarantees whose keys the submission hands in, in the order in which they were given."""
    statement = sa.select(submission_item.c.guarantee_id).where(submission_item.c.submission_id == submission_id)
    return list((await connection.execute(statement.order_by(submission_item.c.id))).scalars().all())


async def principal_of(connection: AsyncConnection, submission_id: int) -> int:
    """Return the id of the principal who hands the keys in."""
    statement = sa.select(submission.c.principal_id).where(submission.c.id == submission_id)
    return int((await connection.execute(statement)).scalar_one())

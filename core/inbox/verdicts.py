"""Verdicts of an obligee (発注者) on certificates that were handed in, and the noting that it looked at them."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.inbox.items import latest_submission, latest_verdict
from denshi_hosho.core.keys import note_event
from denshi_hosho.core.life.recorded import recorded
from denshi_hosho.core.life.steps import NOT_FOUND, take
from denshi_hosho.core.ownership import handed_in_to, sees
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.submissions import SUBMISSION, note_step, was_opened
from denshi_hosho.core.tables import guarantee, submission, submission_item, verdict
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import GuaranteeStep, KeyEventKind, RejectionCode, SubmissionState, Verdict

_STEPS: Final = {
    Verdict.ACCEPTED: (GuaranteeStep.CERTIFICATE_ACCEPTED, SubmissionState.ACCEPTED),
    Verdict.REJECTED: (GuaranteeStep.CERTIFICATE_REJECTED, SubmissionState.REJECTED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """What an obligee says of the live certificate of a guarantee; a rejection has a code and a note.

    `version` is the one that it looked at, None: whichever is live.
    """

    guarantee_id: int
    verdict: Verdict
    version: int | None = None
    code: RejectionCode | None = None
    note: str | None = None


async def say(connection: AsyncConnection, actor: Actor, saying: Saying, now: datetime) -> None:
    """Keep a verdict, take its step, and bring the handings in of the certificate to where they belong.

    Raise `Refused` (NOT_FOUND, VERSION_NOT_LIVE, WRONG_STATE).
    """
    step, _ = _STEPS[saying.verdict]
    row = await _held(connection, actor, saying.guarantee_id)
    if saying.version not in {None, row.live_version}:
        raise Refused(_not_live(row.live_version))
    handed_in = sa.select(latest_submission(sa.literal(row.id)))
    submission_id = int((await connection.execute(handed_in)).scalar_one())
    await _check_open(connection, row, submission_id)
    values = {
        "guarantee_id": row.id, "version": row.live_version, "submission_id": submission_id, "obligee_id": actor.obligee_id,
        "account_id": actor.account_id, "verdict": saying.verdict, "code": saying.code and saying.code.value,
        "note": saying.note, "at": now,
    }  # fmt: skip
    insert = sa.insert(verdict).values(values).returning(verdict.c.id)
    verdict_id = int((await connection.execute(insert)).scalar_one())
    said = await recorded(connection, verdict, verdict_id)
    await take(connection, actor, row.id, step, now, note=saying.note, said=said)
    await _bring(connection, actor, saying, now)


async def _held(connection: AsyncConnection, actor: Actor, guarantee_id: int) -> AnyRow:
    mine = guarantee.c.id == guarantee_id, handed_in_to(actor)
    statement = sa.select(guarantee).where(*mine).with_for_update(key_share=True)
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        raise Refused(NOT_FOUND)
    return row


async def _check_open(connection: AsyncConnection, row: AnyRow, submission_id: int) -> None:
    """Raise `Refused` unless the version has no verdict, or was rejected and handed in again since."""
    last = latest_verdict(sa.literal(row.id), sa.literal(row.live_version))
    said = (await connection.execute(sa.select(verdict).where(verdict.c.id == last))).one_or_none()
    if said is not None and (said.verdict is Verdict.ACCEPTED or said.submission_id == submission_id):
        raise Refused(Refusal(
            "WRONG_STATE",
            f"この版(第{said.version}版)は「{said.verdict.ja}」済みです。不受理のものは、受注者が改めて提出するか、"
            "新しい版が発行されると判定できます。",
            f"Version {said.version} is {said.verdict} already. What was rejected can be judged again once it is handed in "
            "anew, or a new version is issued.",
            ("guarantee_id",),
        ))  # fmt: skip


def _not_live(live: int) -> Refusal:
    return Refusal(
        "VERSION_NOT_LIVE",
        f"その版は現在有効な保証証書ではありません。第{live}版を確認してください。",
        f"This version is not the live certificate. Look at version {live}.",
        ("version",),
    )


async def _bring(connection: AsyncConnection, actor: Actor, saying: Saying, now: datetime) -> None:
    """Bring the waiting submissions of the guarantee to their end: one rejected item rejects, all accepted ones accept."""
    _, state = _STEPS[saying.verdict]
    held = sa.select(submission_item.c.submission_id).where(submission_item.c.guarantee_id == saying.guarantee_id)
    waiting = submission.c.id.in_(held), submission.c.state.in_(SUBMISSION.move(state).before)
    statement = sa.select(submission.c.id).where(*waiting).order_by(submission.c.id).with_for_update(key_share=True)
    for submission_id in (await connection.execute(statement)).scalars().all():
        if state is SubmissionState.ACCEPTED and not await _all_accepted(connection, submission_id):
            continue
        change = sa.update(submission).where(submission.c.id == submission_id).values(state=state)
        await connection.execute(change)
        await note_step(connection, submission_id, state, now, actor, saying.note)


async def _all_accepted(connection: AsyncConnection, submission_id: int) -> bool:
    last = latest_verdict(guarantee.c.id, guarantee.c.live_version)
    accepted = sa.exists().where(verdict.c.id == last, verdict.c.verdict == Verdict.ACCEPTED)
    items = submission_item.join(guarantee, guarantee.c.id == submission_item.c.guarantee_id)
    open_ones = sa.select(guarantee.c.id).select_from(items)
    statement = open_ones.where(submission_item.c.submission_id == submission_id, ~accepted).limit(1)
    return (await connection.execute(statement)).first() is None


async def open_items(connection: AsyncConnection, actor: Actor, ids: Sequence[int], now: datetime) -> None:
    """Note of every guarantee that the obligee looked at its certificate. Raise `Refused` if one was not handed in to it."""
    mine = guarantee.c.id.in_(ids), handed_in_to(actor)
    # In one order: two clerks who check the same items wait for each other. Held before their submissions, as a verdict does.
    statement = sa.select(guarantee.c.id, guarantee.c.first_opened_at).where(*mine).order_by(guarantee.c.id)
    rows = (await connection.execute(statement.with_for_update(key_share=True))).all()
    if len(rows) < len(set(ids)):
        raise Refused(Refusal(NOT_FOUND.code, NOT_FOUND.ja, NOT_FOUND.en, ("guarantee_ids",)))
    for row in rows:
        await note_event(connection, row.id, KeyEventKind.OPENED, now, actor)
        await was_opened(connection, row.id, now, actor)
    never = [row.id for row in rows if row.first_opened_at is None]
    await connection.execute(sa.update(guarantee).where(guarantee.c.id.in_(never)).values(first_opened_at=now))


async def verdicts_of(connection: AsyncConnection, actor: Actor, ids: Sequence[int]) -> dict[int, AnyRow]:
    """Return the last verdict on the live version of each of the guarantees `ids` that the actor sees, by guarantee."""
    last = latest_verdict(guarantee.c.id, guarantee.c.live_version)
    joined = guarantee.join(verdict, verdict.c.id == last)
    statement = sa.select(verdict).select_from(joined).where(guarantee.c.id.in_(ids), sees(actor, guarantee))
    return {row.guarantee_id: row for row in await connection.execute(statement)}

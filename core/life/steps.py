"""Steps in the life of a guarantee: taken from a state that allows them, noted, and put into the audit log."""

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import audit
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.life.states import GUARANTEE
from denshi_hosho.core.ownership import changes, why_not
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import guarantee, guarantee_step
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import AuditEvent, GuaranteeStep

EVENTS = {each: AuditEvent(each.value) for each in GuaranteeStep}
NOT_FOUND = Refusal("NOT_FOUND", "該当する保証契約がありません。", "There is no such guarantee.", ("guarantee_id",))


async def held(connection: AsyncConnection, actor: Actor, guarantee_id: int) -> AnyRow:
    """Return the row of a guarantee that the actor may change, held until the transaction ends. Raise `Refused`."""
    mine = guarantee.c.id == guarantee_id, changes(actor, guarantee)
    # Other transactions may still refer to the row: the log names it (ADR 23).
    statement = sa.select(guarantee).where(*mine).with_for_update(key_share=True)
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        raise Refused(await why_not(connection, actor, guarantee, [guarantee_id], NOT_FOUND))
    return row


async def take(  # noqa: PLR0913  who takes which step with which guarantee, when, and what is said with it
    connection: AsyncConnection, actor: Actor, guarantee_id: int, step: GuaranteeStep, now: datetime, *,
    note: str | None = None, said: audit.Said | None = None,
) -> AnyRow:  # fmt: skip
    """Take `step` with a guarantee that the actor may change; return its row as it was before.

    Its state moves as `GUARANTEE` says. Raise `Refused` (NOT_FOUND, WRONG_STATE).
    """
    row = await held(connection, actor, guarantee_id)
    after = GUARANTEE.after(row.state, step)
    if after is not row.state:
        await connection.execute(sa.update(guarantee).where(guarantee.c.id == guarantee_id).values(state=after))
    await note_step(connection, actor, guarantee_id, step, now, note=note, said=said)
    return row


async def note_step(  # noqa: PLR0913  who took which step with which guarantee, when, and what was said with it
    connection: AsyncConnection, actor: Actor | None, guarantee_id: int, step: GuaranteeStep, now: datetime, *,
    note: str | None = None, said: audit.Said | None = None,
) -> None:  # fmt: skip
    """Write down a step, its state checked by the caller; without an actor the platform took it by itself.

    `said` is what the audit log says of it beside, such as `recorded` of the row that it brought.
    """
    row = {"guarantee_id": guarantee_id, "step": step, "at": now, "note": note,
           "account_id": actor.account_id if actor else None}  # fmt: skip
    insert = sa.insert(guarantee_step).values(row).returning(guarantee_step.c.id)
    noted = {guarantee_step.name: (await connection.execute(insert)).scalar_one(), **(said or {})}
    await audit.append_about(connection, EVENTS[step], now, actor=actor, guarantee_id=guarantee_id, said=noted)

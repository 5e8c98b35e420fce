"""Claims (保証金の請求): made, withdrawn, determined or refused, and paid; each step one of the guarantee's own."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.claims.amounts import ClaimFacts, Figures, check_claimed, derivation, determined, figures_of
from denshi_hosho.core.claims.states import CLAIM
from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.guarantees import LIVE
from denshi_hosho.core.life import steps
from denshi_hosho.core.life.recorded import recorded
from denshi_hosho.core.life.states import GUARANTEE
from denshi_hosho.core.ownership import changes, sees
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import certificate, claim, guarantee
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import GuaranteeStep

NOT_FOUND = Refusal("NOT_FOUND", "該当する保証金の請求がありません。", "There is no such claim.", ("claim_id",))
NOT_YOURS = Refusal(
    "NOT_THE_CLAIMANT", "この請求は、請求した者(書面による請求は記録した保証会社)だけが取り下げられます。",
    "Only who made the claim withdraws it; one received on paper, the surety that recorded it.", ("claim_id",),
)  # fmt: skip
OTHER_AMOUNT = Refusal(
    "AMOUNT_NOT_AS_DETERMINED", "支払額が決定額と一致しません。決定額を支払ってから記録してください。",
    "The amount is not the one that was determined. Record the payment of that amount.", ("amount",),
)  # fmt: skip
PAID_LATER = Refusal(
    "DAY_IN_FUTURE", "支払日が未来の日付です。", "The day of payment lies in the future.", ("paid_on",)
)
PAID_BEFORE = Refusal(
    "PAID_BEFORE_CLAIM", "支払日が請求日より前です。", "The day of payment is before that of the claim.", ("paid_on",)
)
DEFAULT_LATER = Refusal(
    "DAY_IN_FUTURE",
    "債務不履行の日が未来の日付です。",
    "The day of the default lies in the future.",
    ("facts", "defaulted_on"),
)
DEFAULT_BEFORE = Refusal(
    "DEFAULT_BEFORE_CONCLUSION", "債務不履行の日が保証契約の締結日より前です。",
    "The day of the default is before that of the guarantee's conclusion.", ("facts", "defaulted_on"),
)  # fmt: skip


async def make(
    connection: AsyncConnection, actor: Actor, guarantee_id: int, facts: ClaimFacts, amount: int, now: datetime
) -> int:
    """Return the id of a new claim, by the obligee or recorded by the surety; `facts` were checked. Raise `Refused`."""
    held = await steps.held(connection, actor, guarantee_id)
    GUARANTEE.after(held.state, GuaranteeStep.CLAIM_MADE)
    check_claimed(amount, await guaranteed_amount(connection, guarantee_id))
    _check_default(facts.defaulted_on, held, now)
    row = {
        "guarantee_id": guarantee_id, "account_id": actor.account_id, "obligee_id": actor.obligee_id,
        "state": CLAIM.first, "facts": facts.text(), "claimed_amount": amount, "made_at": now,
    }  # fmt: skip
    claim_id = int((await connection.execute(sa.insert(claim).values(row).returning(claim.c.id))).scalar_one())
    said = await recorded(connection, claim, claim_id)
    await steps.take(
        connection,
        actor,
        guarantee_id,
        GuaranteeStep.CLAIM_MADE,
        now,
        note=facts.reason,
        said=said,
        day=facts.defaulted_on,
    )
    return claim_id


async def withdraw(connection: AsyncConnection, actor: Actor, claim_id: int, note: str, now: datetime) -> int:
    """Withdraw a claim, by who made it; the guarantee is active again. Return its id. Raise `Refused`."""
    row = await _held(connection, actor, claim_id, GuaranteeStep.CLAIM_WITHDRAWN)
    if row.obligee_id != actor.obligee_id:
        raise Refused(NOT_YOURS)
    await _move(connection, actor, row, GuaranteeStep.CLAIM_WITHDRAWN, now, note=note, settled_at=now)
    return claim_id


async def refuse(connection: AsyncConnection, actor: Actor, claim_id: int, note: str, now: datetime) -> int:
    """Refuse a claim, by the surety; the guarantee is active again. Return its id. Raise `Refused`."""
    row = await _held(connection, actor, claim_id, GuaranteeStep.CLAIM_REFUSED)
    await _move(connection, actor, row, GuaranteeStep.CLAIM_REFUSED, now, note=note, settled_at=now)
    return claim_id


async def determine(
    connection: AsyncConnection, actor: Actor, claim_id: int, examined: Figures, told: int | None, now: datetime
) -> int:
    """Determine what is paid of a claim; return its id. Raise `Refused`.

    Of figures that the surety did not tell as examined, those of the claim hold; of the advance, at last the one that is
    recorded as received. What the work done is worth, the surety examines: it is never taken from the claim.
    """
    row = await _held(connection, actor, claim_id, GuaranteeStep.CLAIM_DETERMINED)
    claimed = replace(figures_of(row.facts), work_done=None)
    figures = examined.or_else(claimed).or_else(Figures(advance_paid=row.advance_amount))
    derived = determined(row.kind, figures, told, await guaranteed_amount(connection, row.guarantee_id))
    values = {"determined_amount": derived.amount, "derivation": derivation(figures, derived)}
    await _move(connection, actor, row, GuaranteeStep.CLAIM_DETERMINED, now, amount=derived.amount, **values)
    return claim_id


async def record_paid(
    connection: AsyncConnection, actor: Actor, claim_id: int, amount: int, day: date, now: datetime
) -> int:
    """Record that a determined claim was paid; the guarantee is performed. Return its id. Raise `Refused`."""
    row = await _held(connection, actor, claim_id, GuaranteeStep.CLAIM_PAID)
    if amount != row.determined_amount:
        raise Refused(OTHER_AMOUNT)
    if day > japan_day(now):
        raise Refused(PAID_LATER)
    if day < japan_day(row.made_at):
        raise Refused(PAID_BEFORE)
    values = {"paid_amount": amount, "paid_on": day, "settled_at": now}
    await _move(connection, actor, row, GuaranteeStep.CLAIM_PAID, now, amount=amount, day=day, **values)
    return claim_id


async def _held(connection: AsyncConnection, actor: Actor, claim_id: int, step: GuaranteeStep) -> AnyRow:
    """Return the claim with its guarantee's kind and advance, both held. Raise `Refused` if `step` cannot be taken."""
    columns = *claim.c, guarantee.c.kind, guarantee.c.advance_amount
    mine = claim.c.id == claim_id, changes(actor, guarantee)
    statement = sa.select(*columns).join(guarantee).where(*mine).with_for_update(key_share=True)
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        raise Refused(NOT_FOUND)
    CLAIM.after(row.state, step)
    return row


async def _move(  # noqa: PLR0913  who takes which step with which claim, when, and what is written with it
    connection: AsyncConnection, actor: Actor, row: AnyRow, step: GuaranteeStep, now: datetime, *,
    note: str | None = None, amount: int | None = None, day: date | None = None, **values: object,
) -> None:  # fmt: skip
    written = {"state": CLAIM.after(row.state, step), **values, **({} if note is None else {"note": note})}
    await connection.execute(sa.update(claim).where(claim.c.id == row.id).values(written))
    said = {claim.name: row.id, **({} if amount is None else {"amount": amount})}
    await steps.take(connection, actor, row.guarantee_id, step, now, note=note, said=said, day=day)


async def guaranteed_amount(connection: AsyncConnection, guarantee_id: int) -> int:
    """Return the guaranteed amount of the live certificate, in yen."""
    statement = sa.select(certificate.c.guaranteed_amount).select_from(LIVE).where(guarantee.c.id == guarantee_id)
    return int((await connection.execute(statement)).scalar_one())


def _check_default(day: date, held: AnyRow, now: datetime) -> None:
    if day > japan_day(now):
        raise Refused(DEFAULT_LATER)
    if day < japan_day(held.concluded_at):
        raise Refused(DEFAULT_BEFORE)


async def claims_of(connection: AsyncConnection, actor: Actor, guarantee_ids: Sequence[int]) -> dict[int, list[AnyRow]]:
    """Return the claims of the guarantees that the actor may see, oldest first, by guarantee."""
    mine = claim.c.guarantee_id.in_(guarantee_ids), sees(actor, guarantee)
    grouped: dict[int, list[AnyRow]] = defaultdict(list)
    for row in await connection.execute(sa.select(claim).join(guarantee).where(*mine).order_by(claim.c.id)):
        grouped[row.guarantee_id].append(row)
    return grouped


async def claim_of(connection: AsyncConnection, actor: Actor, claim_id: int) -> AnyRow | None:
    """Return one claim of a guarantee that the actor may see, or None."""
    mine = claim.c.id == claim_id, sees(actor, guarantee)
    return (await connection.execute(sa.select(claim).join(guarantee).where(*mine))).one_or_none()

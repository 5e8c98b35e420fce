"""A claim's way: kept as it was made, examined by the surety, and settled; each step is one of its guarantee, too."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.calculators.default_payment import Default, default_payment
from denshi_hosho.core.calculators.lines import Derived, Line, amount_out_of_range
from denshi_hosho.core.claims.states import CLAIM
from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.guarantees import LIVE
from denshi_hosho.core.life.recorded import recorded
from denshi_hosho.core.life.states import GUARANTEE
from denshi_hosho.core.life.steps import held, take
from denshi_hosho.core.ownership import changes, sees
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import certificate, claim, guarantee
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import GuaranteeKind, GuaranteeStep

NOT_FOUND = Refusal("NOT_FOUND", "該当する保証金の請求がありません。", "There is no such claim.", ("claim_id",))
PAID_BEFORE_CLAIM = Refusal(
    "PAID_BEFORE_CLAIM", "支払日が請求の日より前です。支払日を確認してください。",
    "The day of the payment is before that of the claim. Check the day.", ("paid_on",),
)  # fmt: skip
NOTHING_TO_PAY = Refusal(
    "NOTHING_TO_PAY", "計算した支払額は0円です。支払わない場合は、理由を付けて拒絶してください。",
    "The calculated payment is 0 yen. If nothing is to be paid, refuse the claim with a reason.", ("claim_id",),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimFacts:
    """What is said of a default, in yen and days of Japan's; None: not told."""

    advance_paid: int | None = None
    interim_paid: int | None = None
    partial_payments: int | None = None
    work_done: int | None = None
    defaulted_on: date
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What the surety found: the amounts from which an advance's payment follows, or the amount of a performance's."""

    advance_paid: int | None = None
    interim_paid: int = 0
    partial_payments: int = 0
    work_done: int | None = None
    amount: int | None = None


async def make(
    connection: AsyncConnection, actor: Actor, guarantee_id: int, told: tuple[ClaimFacts, int], now: datetime
) -> int:
    """Return the id of a new claim with these facts and amount (yen). Raise `Refused`."""
    facts, amount = told
    step = GuaranteeStep.CLAIM_MADE
    # The state is looked at before the row is written: a second claim would break the rule of one open claim.
    GUARANTEE.after((await held(connection, actor, guarantee_id)).state, step)
    await check_claimed(connection, guarantee_id, amount)
    row = {
        "guarantee_id": guarantee_id, "account_id": actor.account_id, "obligee_id": actor.obligee_id,
        "state": CLAIM.first, "facts": _json({**asdict(facts), "defaulted_on": facts.defaulted_on.isoformat()}),
        "claimed_amount": amount, "note": facts.reason, "made_at": now,
    }  # fmt: skip
    claim_id = int((await connection.execute(sa.insert(claim).values(row).returning(claim.c.id))).scalar_one())
    said = await recorded(connection, claim, claim_id)
    await take(connection, actor, guarantee_id, step, now, note=facts.reason, said=said)
    return claim_id


async def check_claimed(connection: AsyncConnection, guarantee_id: int, amount: int) -> None:
    """Raise `Refused` unless 1 … the guaranteed amount is claimed."""
    columns = sa.select(certificate.c.guaranteed_amount).select_from(LIVE).where(guarantee.c.id == guarantee_id)
    limit = (await connection.execute(columns)).scalar_one()
    if amount < 1:
        raise Refused(amount_out_of_range("claimed_amount"))
    if amount > limit:
        raise Refused(Refusal("CLAIM_ABOVE_GUARANTEE", f"請求額が保証金額({limit:,}円)を超えています。",
                              f"The claim is above the guaranteed amount ({limit:,} yen).", ("claimed_amount",)))  # fmt: skip


async def held_claim(connection: AsyncConnection, actor: Actor, claim_id: int, step: GuaranteeStep) -> AnyRow:
    """Return a claim whose guarantee the actor may change, both held. Raise `Refused` if `step` cannot be taken."""
    columns = *claim.c, guarantee.c.kind, certificate.c.guaranteed_amount
    mine = claim.c.id == claim_id, changes(actor, guarantee)
    tables = LIVE.join(claim, claim.c.guarantee_id == guarantee.c.id)
    statement = sa.select(*columns).select_from(tables).where(*mine)
    row = (await connection.execute(statement.with_for_update(key_share=True, of=[claim, guarantee]))).one_or_none()
    if row is None:
        raise Refused(NOT_FOUND)
    CLAIM.after(row.state, step)
    return row


async def determine(connection: AsyncConnection, actor: Actor, claim_id: int, examined: Examined, now: datetime) -> int:
    """Write down how much the surety pays, as it follows from what was examined. Raise `Refused`."""
    step = GuaranteeStep.CLAIM_DETERMINED
    row = await held_claim(connection, actor, claim_id, step)
    derived = payment(row.kind, examined, row.guaranteed_amount, row.claimed_amount)
    if derived.amount < 1:
        raise Refused(NOTHING_TO_PAY)
    lines = [asdict(line) for line in derived.lines]
    values = {"determined_amount": derived.amount, "derivation": _json(lines)}
    await _settle(connection, row, step, values)
    note = f"{derived.amount:,}円"
    await take(
        connection, actor, row.guarantee_id, step, now, note=note, said={claim.name: claim_id, "yen": derived.amount}
    )
    return claim_id


def payment(kind: GuaranteeKind, examined: Examined, guaranteed_amount: int, claimed_amount: int) -> Derived:
    """Return what is paid: of an advance as it is calculated, of a performance as the surety says. Raise `Refused`.

    Never more than is guaranteed, nor than was claimed.
    """
    if kind is GuaranteeKind.PERFORMANCE:
        if examined.amount is None:
            raise Refused(_needed("amount"))
        derived = Derived(examined.amount, (Line("査定した損害額", "damages, as examined", examined.amount),))
        if not 0 <= examined.amount <= guaranteed_amount:
            raise Refused(Refusal("PAYMENT_ABOVE_GUARANTEE", f"支払額は保証金額({guaranteed_amount:,}円)以下です。",
                                  f"At most the guaranteed amount ({guaranteed_amount:,} yen).", ("amount",)))  # fmt: skip
    else:
        if examined.advance_paid is None or examined.work_done is None:
            raise Refused(*(_needed(name) for name in ("advance_paid", "work_done") if getattr(examined, name) is None))
        derived = default_payment(Default(
            advance=examined.advance_paid, work_done=examined.work_done, interim=examined.interim_paid,
            partial_payments=examined.partial_payments, guaranteed_amount=guaranteed_amount,
        ))  # fmt: skip
    if derived.amount <= claimed_amount:
        return derived
    capped = Line("請求額を上限とするため", "at most what was claimed", claimed_amount - derived.amount)
    return Derived(claimed_amount, (*derived.lines, capped))


def _needed(name: str) -> Refusal:
    return Refusal("EXAMINATION_INCOMPLETE", "支払額の計算に必要な項目です。", "The payment cannot be calculated without it.",
                   (name,))  # fmt: skip


async def end(
    connection: AsyncConnection, actor: Actor, claim_id: int, how: tuple[GuaranteeStep, str], now: datetime
) -> int:
    """Refuse or withdraw a claim, `how` being (step, reason). Raise `Refused`."""
    step, note = how
    row = await held_claim(connection, actor, claim_id, step)
    if step is GuaranteeStep.CLAIM_WITHDRAWN and row.obligee_id != actor.obligee_id:
        raise Refused(Refusal("NOT_ALLOWED", "請求を取り下げられるのは、請求した者だけです。",
                              "Only who made the claim can withdraw it.", ("claim_id",)))  # fmt: skip
    await _settle(connection, row, step, {"settled_at": now})
    await take(connection, actor, row.guarantee_id, step, now, note=note, said={claim.name: claim_id})
    return claim_id


async def paid(connection: AsyncConnection, actor: Actor, claim_id: int, paid_on: date, now: datetime) -> int:
    """Write down that the determined amount was paid; the guarantee is performed with that. Raise `Refused`."""
    step = GuaranteeStep.CLAIM_PAID
    row = await held_claim(connection, actor, claim_id, step)
    if paid_on < japan_day(row.made_at):
        raise Refused(PAID_BEFORE_CLAIM)
    values = {"paid_amount": row.determined_amount, "paid_on": paid_on, "settled_at": now}
    await _settle(connection, row, step, values)
    said = {claim.name: claim_id, "yen": row.determined_amount, "on": paid_on.isoformat()}
    await take(connection, actor, row.guarantee_id, step, now, note=f"{row.determined_amount:,}円", said=said)
    return claim_id


async def _settle(connection: AsyncConnection, row: AnyRow, step: GuaranteeStep, values: Mapping[str, object]) -> None:
    change = {**values, "state": CLAIM.after(row.state, step)}
    await connection.execute(sa.update(claim).where(claim.c.id == row.id).values(change))


async def claims_of(connection: AsyncConnection, actor: Actor, guarantee_ids: Sequence[int]) -> dict[int, list[AnyRow]]:
    """Return the claims on the guarantees that the actor may see, oldest first, by guarantee."""
    mine = claim.c.guarantee_id.in_(guarantee_ids), sees(actor, guarantee)
    statement = sa.select(claim).join(guarantee).where(*mine).order_by(claim.c.id)
    grouped: dict[int, list[AnyRow]] = defaultdict(list)
    for row in await connection.execute(statement):
        grouped[row.guarantee_id].append(row)
    return grouped


async def claim_of(connection: AsyncConnection, actor: Actor, claim_id: int) -> AnyRow | None:
    """Return one claim on a guarantee that the actor may see, or None."""
    mine = claim.c.id == claim_id, sees(actor, guarantee)
    return (await connection.execute(sa.select(claim).join(guarantee).where(*mine))).one_or_none()


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

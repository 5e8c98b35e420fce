"""Withdrawal requests (払出依頼書): made against the statement that is consented to, checked, and paid out.

All that is counted is counted while the guarantee's row is held, so that requests at the same moment cannot together
ask for more than there is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.errors import Refusal, Refused, at
from denshi_hosho.core.funds import evidence
from denshi_hosho.core.funds.advance import held_for
from denshi_hosho.core.funds.checking import check_sums
from denshi_hosho.core.funds.standing import drawn_by_item, drawn_by_line, standing
from denshi_hosho.core.funds.statements import consented, lines_of
from denshi_hosho.core.funds.states import WITHDRAWAL
from denshi_hosho.core.life.recorded import recorded
from denshi_hosho.core.life.steps import take
from denshi_hosho.core.ownership import sees_as_party
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import funds_line, guarantee, surety, withdrawal, withdrawal_line
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import Evidence, FundsItem, GuaranteeStep, WithdrawalMethod

NOT_FOUND = Refusal(
    "NOT_FOUND", "該当する払出依頼がありません。", "There is no such withdrawal request.", ("withdrawal_id",)
)
NOT_RECEIVED = Refusal(
    "ADVANCE_NOT_RECEIVED", "前払金の受領が記録されていないため、払出しを依頼できません。先に、受領を記録してください。",
    "The advance is not recorded as received: nothing can be withdrawn. Record it first.", ("guarantee_id",),
)  # fmt: skip
NOT_CONSENTED = Refusal(
    "FUNDS_NOT_CONSENTED", "同意済みの使途内訳明細書がないため、払出しを依頼できません。",
    "No use-of-funds statement is consented to: nothing can be withdrawn.", ("guarantee_id",),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawn:
    """What is to be withdrawn for a line of the statement, in yen; payee and method None: as the statement says."""

    funds_line_id: int
    amount: int
    payee: str | None = None
    method: WithdrawalMethod | None = None
    evidence: tuple[Evidence, ...] = ()


async def request(
    connection: AsyncConnection,
    actor: Actor,
    guarantee_id: int,
    asked: tuple[Sequence[Drawn], str | None],
    now: datetime,
) -> int:
    """Return the id of a new request, `asked` being (lines, note). Raise `Refused`."""
    (lines, note), step = asked, GuaranteeStep.WITHDRAWAL_REQUESTED
    row = await held_for(connection, actor, guarantee_id, step)
    if row.advance_amount is None:
        raise Refused(NOT_RECEIVED)
    statement = await consented(connection, guarantee_id)
    if statement is None:
        raise Refused(NOT_CONSENTED)
    stated = await lines_of(connection, statement.id)
    with at("guarantee_id"):  # the advance may have been told after the statement
        check_sums(stated, row.kind, row.advance_amount)
    await _check_drawn(connection, guarantee_id, lines, {each.id: each for each in stated})
    amount = sum(each.amount for each in lines)
    values = {"guarantee_id": guarantee_id, "funds_statement_id": statement.id, "account_id": actor.account_id,
              "state": WITHDRAWAL.first, "amount": amount, "note": note, "requested_at": now}  # fmt: skip
    withdrawal_id = await _keep(connection, values, lines)
    said = {**await recorded(connection, withdrawal, withdrawal_id), "yen": amount}
    await take(connection, actor, guarantee_id, step, now, note=f"{amount:,}円", said=said)
    return withdrawal_id


async def _keep(connection: AsyncConnection, values: Mapping[str, object], lines: Sequence[Drawn]) -> int:
    insert = sa.insert(withdrawal).values(values).returning(withdrawal.c.id)
    withdrawal_id = int((await connection.execute(insert)).scalar_one())
    rows = [
        {**asdict(each), "evidence": evidence.written(each.evidence), "withdrawal_id": withdrawal_id} for each in lines
    ]
    await connection.execute(sa.insert(withdrawal_line), rows)
    return withdrawal_id


async def _check_drawn(
    connection: AsyncConnection, guarantee_id: int, lines: Sequence[Drawn], stated: Mapping[int, AnyRow]
) -> None:
    refusals = [each for place, line in enumerate(lines) for each in _unknown(line, place, stated)]
    if refusals:
        raise Refused(*refusals)
    by_line, by_item = await drawn_by_line(connection, guarantee_id), await drawn_by_item(connection, guarantee_id)
    for place, line in enumerate(lines):
        left = stated[line.funds_line_id].from_advance - by_line.get(line.funds_line_id, 0)
        if line.amount > left:
            refusals.append(
                Refusal("WITHDRAWAL_ABOVE_LINE", *_said("この明細", "this line", left), ("lines", str(place), "amount"))
            )
    for item in dict.fromkeys(stated[line.funds_line_id].item for line in lines):
        left = _given(stated, item) - by_item.get(item, 0)
        if sum(line.amount for line in lines if stated[line.funds_line_id].item is item) > left:
            refusals.append(Refusal("WITHDRAWAL_ABOVE_ITEM", *_said(f"「{item.ja}」", item, left), ("lines",)))
    available = (await standing(connection, guarantee_id)).available or 0
    if sum(line.amount for line in lines) > available:
        refusals.append(Refusal("WITHDRAWAL_ABOVE_AVAILABLE", *_said("前払金", "the advance", available), ("lines",)))
    if refusals:
        raise Refused(*refusals)


def _unknown(line: Drawn, place: int, stated: Mapping[int, AnyRow]) -> Sequence[Refusal]:
    path = "lines", str(place), "funds_line_id"
    if line.funds_line_id not in stated:
        return [Refusal("FUNDS_LINE_UNKNOWN", "同意済みの使途内訳明細書にこの明細はありません。",
                        "The statement that is consented to has no such line.", path)]  # fmt: skip
    if stated[line.funds_line_id].from_advance is None:
        return [Refusal("FUNDS_LINE_UNDETERMINED", "この明細は「未定」です。前払金使途額を定めた使途内訳明細書への同意を得てください。",
                        "This line is not fixed yet (未定): state what the advance pays of it.", path)]  # fmt: skip
    return []


def _given(stated: Mapping[int, AnyRow], item: FundsItem) -> int:
    return sum(each.from_advance or 0 for each in stated.values() if each.item is item)


def _said(ja: str, en: str, left: int) -> tuple[str, str]:
    return f"払出額が{ja}の残り({left:,}円)を超えています。", f"More is asked for than is left of {en} ({left:,} yen)."


async def held_withdrawal(connection: AsyncConnection, actor: Actor, withdrawal_id: int, step: GuaranteeStep) -> AnyRow:
    """Return the request whose guarantee the actor may change, the guarantee held. Raise `Refused`."""
    mine = withdrawal.c.id == withdrawal_id, sees_as_party(actor, guarantee)
    found = await connection.execute(sa.select(withdrawal.c.guarantee_id).join(guarantee).where(*mine))
    guarantee_id = found.scalar_one_or_none()
    if guarantee_id is None:
        raise Refused(NOT_FOUND)
    with at("withdrawal_id"):
        await held_for(connection, actor, guarantee_id, step)
    row = (await connection.execute(sa.select(withdrawal).where(withdrawal.c.id == withdrawal_id))).one()
    WITHDRAWAL.after(row.state, step)
    return row


async def end(
    connection: AsyncConnection, actor: Actor, withdrawal_id: int, how: tuple[GuaranteeStep, str | None], now: datetime
) -> int:
    """Cancel or return a request, `how` being (step, reason); what it asked for is available again. Raise `Refused`."""
    step, reason = how
    row = await held_withdrawal(connection, actor, withdrawal_id, step)
    return await _settle(connection, actor, row, step, now, values={"reason": reason}, note=reason)


async def approve(connection: AsyncConnection, actor: Actor, withdrawal_id: int, now: datetime) -> int:
    """Approve a request whose papers are there, as far as the surety has told which it wants to see. Raise `Refused`."""
    step = GuaranteeStep.WITHDRAWAL_APPROVED
    row = await held_withdrawal(connection, actor, withdrawal_id, step)
    await _check_papers(connection, row)
    return await _settle(connection, actor, row, step, now, values={}, note=f"{row.amount:,}円")


async def paid(connection: AsyncConnection, actor: Actor, withdrawal_id: int, paid_on: date, now: datetime) -> int:
    """Write down that a request was paid out on a day in Japan. Raise `Refused`."""
    step = GuaranteeStep.WITHDRAWAL_PAID
    row = await held_withdrawal(connection, actor, withdrawal_id, step)
    if paid_on < (asked_on := japan_day(row.requested_at)):
        raise Refused(Refusal("PAID_BEFORE_REQUEST", f"払出日が払出依頼の日({asked_on.isoformat()})より前です。",
                              f"It cannot be paid out before the day of the request ({asked_on.isoformat()}).",
                              ("paid_on",)))  # fmt: skip
    return await _settle(connection, actor, row, step, now, values={"paid_on": paid_on}, note=f"{row.amount:,}円")


async def _check_papers(connection: AsyncConnection, row: AnyRow) -> None:
    told = sa.select(surety.c.evidence).join(guarantee).where(guarantee.c.id == row.guarantee_id)
    checklist = evidence.read((await connection.execute(told)).scalar_one())
    if checklist is None:
        return
    columns = sa.select(funds_line.c.item, withdrawal_line.c.evidence).join(withdrawal_line)
    lines = await connection.execute(columns.where(withdrawal_line.c.withdrawal_id == row.id))
    missing = {
        (line.item, paper)
        for line in lines
        for paper in checklist.missing(line.item, evidence.papers_of(line.evidence))
    }
    if missing:
        ja = "、".join(sorted(f"{item.ja}: {paper.ja}" for item, paper in missing))
        en = ", ".join(sorted(f"{item}: {paper}" for item, paper in missing))
        raise Refused(Refusal("EVIDENCE_MISSING", f"確認書類が不足しています({ja})。差し戻して、添付を求めてください。",
                              f"Papers are missing ({en}). Return the request and ask for them.", ("withdrawal_id",)))  # fmt: skip


async def _settle(  # noqa: PLR0913  who takes which step with which request, when, what is kept and said of it
    connection: AsyncConnection, actor: Actor, row: AnyRow, step: GuaranteeStep, now: datetime, *,
    values: Mapping[str, object], note: str | None,
) -> int:  # fmt: skip
    change = {**values, "state": WITHDRAWAL.after(row.state, step)}
    await connection.execute(sa.update(withdrawal).where(withdrawal.c.id == row.id).values(change))
    said: dict[str, str | int | None] = {withdrawal.name: row.id, "yen": row.amount}
    if "paid_on" in values:
        said["on"] = str(values["paid_on"])
    await take(connection, actor, row.guarantee_id, step, now, note=note, said=said)
    return int(row.id)

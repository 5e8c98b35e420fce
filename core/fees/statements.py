"""Fee statements (保証料計算書): made by the tariff that holds on their day, kept with their lines, and never changed."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime, time
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.applications import About, lock, note_step
from denshi_hosho.core.calculators.lines import Derived
from denshi_hosho.core.clock import JST, japan_day
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.fees.calculating import Charged, fee
from denshi_hosho.core.fees.tariff import Tariff, parse
from denshi_hosho.core.life.recorded import recorded
from denshi_hosho.core.ownership import sees_as_party
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import (
    application,
    fee_statement,
    guarantee,
    principal,
    principal_class,
    surety,
    tariff,
)
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import ApplicationStep, FeeState, FeeStatementKind, GuaranteeKind

NO_TARIFF = Refusal("NO_TARIFF", "この日に適用される料率が登録されていません。", "No tariff is in force on this day.")


@dataclass(frozen=True, slots=True)
class InForce:
    """A tariff with its row's id."""

    id: int
    tariff: Tariff


async def in_force(connection: AsyncConnection, surety_id: int, day: date) -> InForce:
    """Return the surety's tariff that holds on `day` (Japan's). Raise `Refused` if there is none."""
    mine = tariff.c.surety_id == surety_id, tariff.c.from_on <= day
    newest = sa.select(tariff.c.id, tariff.c.content).where(*mine).order_by(tariff.c.from_on.desc()).limit(1)
    row = (await connection.execute(newest)).one_or_none()
    if row is None:
        raise Refused(NO_TARIFF)
    return InForce(row.id, parse(row.content))


async def class_of(connection: AsyncConnection, surety_id: int, principal_id: int, day: date) -> str | None:
    """Return the class in which the surety has the principal on `day`; None: in none that is known."""
    table = principal_class
    mine = table.c.surety_id == surety_id, table.c.principal_id == principal_id, table.c.from_on <= day
    newest = sa.select(table.c["class"]).where(*mine).order_by(table.c.from_on.desc()).limit(1)
    found: str | None = (await connection.execute(newest)).scalar_one_or_none()
    return found


async def calculate(connection: AsyncConnection, actor: Actor, application_id: int, now: datetime) -> int:
    """Return the id of the statement of an application's fee, by the surety's tariff of today. Raise `Refused`.

    Stated again, the newest statement stands. A fee that was received is not stated again.
    """
    row, day = await lock(connection, actor, application_id, ApplicationStep.FEE_CALCULATED), japan_day(now)
    if row.fee_state is FeeState.RECEIVED:
        raise Refused(Refusal("FEE_RECORDED", f"保証料は既に「{row.fee_state.ja}」です。",
                              f"The fee is {row.fee_state} already.", ("application_id",)))  # fmt: skip
    found = await in_force(connection, row.surety_id, day)
    class_ = await class_of(connection, row.surety_id, row.principal_id, day)
    charged = Charged(kind=row.kind, guaranteed_amount=row.guaranteed_amount, class_=class_)
    derived = fee(found.tariff, charged)
    new = New(FeeStatementKind.INITIAL, derived, found.id, charged)
    statement_id = await keep(connection, actor, (application_id, None), new, now)
    said = await recorded(connection, fee_statement, statement_id)
    step = ApplicationStep.FEE_CALCULATED
    await note_step(connection, actor, About.row(row), step, now, f"{derived.amount:,}円", said)
    return statement_id


@dataclass(frozen=True, slots=True)
class New:
    """A statement that is to be kept: for what, of how much, by which tariff, and what it was charged for."""

    kind: FeeStatementKind
    derived: Derived
    tariff_id: int
    charged: Charged


async def keep(connection: AsyncConnection, actor: Actor, of: tuple[int, int | None], new: New, now: datetime) -> int:
    """Return the id of a new statement of (application, guarantee); its step is the caller's to note."""
    application_id, guarantee_id = of
    charged = new.charged
    body = {"kind": charged.kind, "guaranteed_amount": charged.guaranteed_amount, "class": charged.class_,
            "lines": [asdict(line) for line in new.derived.lines]}  # fmt: skip
    row = {
        "application_id": application_id, "guarantee_id": guarantee_id, "tariff_id": new.tariff_id, "kind": new.kind,
        "amount": abs(new.derived.amount), "derivation": json.dumps(body, ensure_ascii=False, separators=(",", ":")),
        "stated_on": japan_day(now), "account_id": actor.account_id, "at": now,
    }  # fmt: skip
    insert = sa.insert(fee_statement).values(row).returning(fee_statement.c.id)
    return int((await connection.execute(insert)).scalar_one())


async def check_recorded(connection: AsyncConnection, actor: Actor, application_id: int, amount: int) -> None:
    """Raise `Refused` if the fee that is to be recorded is not the one that was stated for the application as it is."""
    row = await lock(connection, actor, application_id, ApplicationStep.FEE_RECORDED)
    if row.fee_state is not FeeState.DUE:
        return  # whoever records says so
    first = await standing(connection, row)
    if first is not None and (stated := first.amount) != amount:
        raise Refused(Refusal(
            "FEE_DIFFERS", f"保証料計算書の額は{stated:,}円ですが、{amount:,}円が指定されました。額を確認してください。",
            f"The fee statement says {stated:,} yen, but {amount:,} yen are given. Check the amount.", ("amount",),
        ))  # fmt: skip


async def standing(connection: AsyncConnection, about: AnyRow) -> AnyRow | None:
    """Return the first statement that stands of an application: the newest, if it is for what is applied for; else None.

    One that was made before the application came back with another amount or kind is void. `about` is the application's row.
    """
    mine = fee_statement.c.application_id == about.id, fee_statement.c.kind == FeeStatementKind.INITIAL
    tables = fee_statement.join(tariff)
    newest = sa.select(*fee_statement.c, tariff.c.content).select_from(tables).where(*mine)
    row = (await connection.execute(newest.order_by(fee_statement.c.id.desc()).limit(1))).one_or_none()
    return row if row is not None and stands(row, about.kind, about.guaranteed_amount) else None


def stands(row: AnyRow, kind: GuaranteeKind, guaranteed_amount: int) -> bool:
    """Return whether a statement was made for this kind of guarantee and this amount (yen)."""
    return charged_for(row)[:2] == (kind, guaranteed_amount)


def charged_for(row: AnyRow) -> tuple[GuaranteeKind, int, str | None]:
    """Return what a statement was made for: kind of guarantee, guaranteed amount (yen), class (None: in none known)."""
    body = json.loads(row.derivation)
    return GuaranteeKind(body["kind"]), body["guaranteed_amount"], body["class"]


_COLUMNS = (
    *fee_statement.c, tariff.c.name.label("tariff_name"), tariff.c.example, surety.c.name.label("surety_name"),
    principal.c.name.label("principal_name"), principal.c.consolidated_payment, application.c.kind.label("guarantee_kind"),
    application.c.works_name, application.c.obligee_name, application.c.fee_state, guarantee.c.number,
    application.c.guaranteed_amount.label("applied"),
)  # fmt: skip
_OTHER = fee_statement.alias("other_statement")
_NEWEST_FIRST = (
    sa.select(sa.func.max(_OTHER.c.id))
    .where(_OTHER.c.application_id == fee_statement.c.application_id, _OTHER.c.kind == FeeStatementKind.INITIAL)
    .correlate(fee_statement)
    .scalar_subquery()
)
_TABLES = (
    fee_statement.join(application, application.c.id == fee_statement.c.application_id)
    .join(tariff, tariff.c.id == fee_statement.c.tariff_id)
    .join(surety, surety.c.id == application.c.surety_id)
    .join(principal, principal.c.id == application.c.principal_id)
    .outerjoin(guarantee, guarantee.c.application_id == application.c.id)
)


async def statements_of(
    connection: AsyncConnection, actor: Actor, application_ids: Sequence[int]
) -> dict[int, list[AnyRow]]:
    """Return the statements of the applications that the actor may see, oldest first, by application."""
    mine = fee_statement.c.application_id.in_(application_ids), sees_as_party(actor, application)
    statement = sa.select(*_COLUMNS).select_from(_TABLES).where(*mine).order_by(fee_statement.c.id)
    grouped: dict[int, list[AnyRow]] = defaultdict(list)
    for row in await connection.execute(statement):
        grouped[row.application_id].append(row)
    return grouped


async def one_statement(connection: AsyncConnection, statement_id: int) -> AnyRow | None:
    """Return one statement, whoever asks: the caller has checked that."""
    mine = sa.select(*_COLUMNS).select_from(_TABLES).where(fee_statement.c.id == statement_id)
    return (await connection.execute(mine)).one_or_none()


async def month_of(
    connection: AsyncConnection, principal_id: int, surety_id: int, first: date, after: date
) -> list[AnyRow]:
    """Return the statements of the months' days from `first` until before `after` that are paid consolidated.

    A first statement belongs to the day on which its guarantee was concluded, any other to the day on which it was made: what
    a past month came to does not change. First statements that do not stand are not charged.
    """
    is_first = fee_statement.c.kind == FeeStatementKind.INITIAL
    begin, end = (datetime.combine(day, time(), JST) for day in (first, after))
    mine: list[Any] = [
        application.c.principal_id == principal_id, application.c.surety_id == surety_id,
        application.c.fee_state == FeeState.CONSOLIDATED,
        sa.or_(sa.and_(is_first, fee_statement.c.id == _NEWEST_FIRST, guarantee.c.concluded_at >= begin,
                       guarantee.c.concluded_at < end),
               sa.and_(~is_first, fee_statement.c.stated_on >= first, fee_statement.c.stated_on < after)),
    ]  # fmt: skip
    statement = sa.select(*_COLUMNS).select_from(_TABLES).where(*mine).order_by(fee_statement.c.id)
    rows = (await connection.execute(statement)).all()
    return [
        row for row in rows if row.kind is not FeeStatementKind.INITIAL or stands(row, row.guarantee_kind, row.applied)
    ]


async def names_of(connection: AsyncConnection, principal_id: int, surety_id: int) -> tuple[str, str]:
    """Return the names of a principal and of a surety, both of which exist."""
    columns = sa.select(principal.c.name, surety.c.name.label("surety")).select_from(principal.join(surety, sa.true()))
    row = (await connection.execute(columns.where(principal.c.id == principal_id, surety.c.id == surety_id))).one()
    return str(row.name), str(row.surety)


def lines_of(row: AnyRow) -> list[dict[str, Any]]:
    """Return the lines of a statement: ja, en, yen."""
    lines: list[dict[str, Any]] = json.loads(row.derivation)["lines"]
    return lines

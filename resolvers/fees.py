"""Fees (保証料): estimated for anybody, stated by the surety, read by both parties, month by month where paid consolidated."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.calculators.lines import Derived, check_amounts
from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.documents import missing_glyphs
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.fees import classes, statements
from denshi_hosho.core.fees.calculating import Charged, fee
from denshi_hosho.core.fees.papers import fee_month_pdf, fee_statement_pdf
from denshi_hosho.core.notes import check_line
from denshi_hosho.core.parties import surety_called
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.text import kept
from denshi_hosho.core.tokens import Actor, Ticket
from denshi_hosho.core.vocabulary import FeeStatementKind, Role
from denshi_hosho.resolvers.documents import File, made_by, url_of
from denshi_hosho.resolvers.doing import done
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.resolvers.policy import acting_for
from denshi_hosho.resolvers.signing import DRAWING

_MONTH = re.compile(r"(?:19|20|21)[0-9]{2}-(?:0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Estimate:
    """A fee as a tariff has it, with the tariff's name and whether it is an example."""

    derived: Derived
    tariff_name: str
    example: bool


async def estimate(platform: Platform, surety_id: int, charged: Charged, on: date | None) -> Estimate:
    """Return the fee by the surety's tariff of a day (Japan's today if None). Raise `Refused`."""
    check_amounts(1, guaranteed_amount=charged.guaranteed_amount)
    if charged.class_ is not None:
        _check_class(charged.class_)
    day = on or japan_day(platform.clock())
    async with platform.database.read() as connection:
        await surety_called(connection, surety_id)
        found = await statements.in_force(connection, surety_id, day)
    return Estimate(fee(found.tariff, charged), found.tariff.name, found.tariff.example)


def _check_class(name: str) -> None:
    check_line(name, ("class_name",))
    if missing := missing_glyphs(name):
        raise Refused(Refusal("TEXT_NOT_PRINTABLE", f"計算書に印字できない文字があります: {missing}",
                              f"These characters cannot be printed on the statement: {missing}", ("class_name",)))  # fmt: skip


async def calculate(platform: Platform, actor: Actor | None, application_id: int, idempotency_key: str) -> int:
    """Return the application's id after the surety stated its fee. Raise `Refused`."""

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        await statements.calculate(connection, who, application_id, now)
        return application_id

    asked = "calculateFee", {"application_id": application_id}
    return await done(platform, actor, Role.SURETY, asked, idempotency_key, work)


async def set_class(
    platform: Platform, actor: Actor | None, application_id: int, class_: str, from_on: date, idempotency_key: str
) -> int:
    """Return the application's id after the surety put its principal in a class of its tariff. Raise `Refused`."""
    name = kept(class_)
    _check_class(name)

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        await classes.put(connection, who, application_id, (name, from_on), now)
        return application_id

    asked = "setPrincipalClass", {"application_id": application_id, "class": name, "from_on": from_on}
    return await done(platform, actor, Role.SURETY, asked, idempotency_key, work)


async def statements_of(platform: Platform, actor: Actor, application_ids: Sequence[int]) -> list[list[AnyRow]]:
    """Return, for each application that the actor may see, its fee statements, oldest first."""
    async with platform.database.read() as connection:
        found = await statements.statements_of(connection, actor, application_ids)
    return [found[each] for each in application_ids]


def statement_url(platform: Platform, actor: Actor, row: AnyRow) -> str | None:
    """Return the URL of a statement as PDF: a principal gets it electronically where it pays consolidated."""
    if actor.role is Role.SURETY or row.consolidated_payment:
        return url_of(platform, "fee-statement", row.id)
    return None


@dataclass(frozen=True, slots=True)
class Month:
    """The statements of a month, what they come to (yen; what is returned is taken off), and the URL of the PDF."""

    month: str
    rows: Sequence[AnyRow]
    total: int
    pdf_url: str


async def month(platform: Platform, actor: Actor | None, surety_id: int, text: str) -> Month:
    """Return the fees of a month ("2024-06", Japan's) that the principal pays to a surety consolidated. Raise `Refused`."""
    who = acting_for(actor, Role.PRINCIPAL)
    if not _MONTH.fullmatch(text):
        raise Refused(Refusal("MONTH_MALFORMED", "月は 2024-06 の形で指定してください。", "A month is written like 2024-06.",
                              ("month",)))  # fmt: skip
    first = date.fromisoformat(f"{text}-01")
    async with platform.database.read() as connection:
        await surety_called(connection, surety_id)
    rows = await _month(platform, who.principal_id or 0, surety_id, first)
    # A ticket holds two numbers: who and of whom, and the month.
    number = (surety_id * 10_000 + first.year) * 100 + first.month
    return Month(text, rows, total_of(rows), url_of(platform, "fee-month", who.principal_id or 0, number))


async def _month(platform: Platform, principal_id: int, surety_id: int, first: date) -> list[AnyRow]:
    after = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    async with platform.database.read() as connection:
        return await statements.month_of(connection, principal_id, surety_id, first, after)


def total_of(rows: Sequence[AnyRow]) -> int:
    """Return what statements come to: what is returned is taken off."""
    return sum(-row.amount if row.kind is FeeStatementKind.REFUND else row.amount for row in rows)


@made_by("fee-statement")
async def statement_file(platform: Platform, ticket: Ticket) -> File:
    """Return a fee statement as PDF."""
    async with platform.database.read() as connection:
        row = await statements.one_statement(connection, ticket.guarantee_id)
    if row is None:
        raise AssertionError("statements are never deleted")
    pdf = await DRAWING.run(lambda: fee_statement_pdf(row))
    return File(f"fee-statement-{row.id}.pdf", pdf)


@made_by("fee-month")
async def month_file(platform: Platform, ticket: Ticket) -> File:
    """Return the fees of a month as PDF."""
    rest, number = divmod(ticket.version, 100)
    surety_id, year = divmod(rest, 10_000)
    first = date(year, number, 1)
    rows = await _month(platform, ticket.guarantee_id, surety_id, first)
    async with platform.database.read() as connection:
        names = await statements.names_of(connection, ticket.guarantee_id, surety_id)
    pdf = await DRAWING.run(lambda: fee_month_pdf(first, names, rows, total_of(rows)))
    return File(f"fees-{first:%Y-%m}.pdf", pdf)

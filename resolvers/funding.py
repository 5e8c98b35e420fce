"""The use of an advance (前払金の使途) and its withdrawal (払出し): told, stated, consented to, asked for, approved, paid out."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import date, datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.documents.funds import statement_pdf, withdrawal_pdf
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.funds import reading, statements, withdrawals
from denshi_hosho.core.funds.checking import FundsLine, amount_out_of_range_at, check_count, check_lines, text_refusals
from denshi_hosho.core.funds.standing import Standing, standings_of
from denshi_hosho.core.funds.withdrawals import Drawn
from denshi_hosho.core.money import MAX_YEN
from denshi_hosho.core.notes import check_note
from denshi_hosho.core.paging import PageMalformed
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tokens import Actor, Ticket
from denshi_hosho.core.vocabulary import GuaranteeStep, Role
from denshi_hosho.resolvers.documents import File, made_by, url_of
from denshi_hosho.resolvers.doing import done
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.resolvers.signing import DRAWING

MAX_SHOWN = 20  # statements, or withdrawal requests, in one answer
MAX_SKIP = 1_000_000


async def state_funds(
    platform: Platform, actor: Actor | None, guarantee_id: int, lines: Sequence[FundsLine], idempotency_key: str
) -> int:
    """Return the id of a new version of the guarantee's use-of-funds statement. Raise `Refused`."""
    check_lines(lines)

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        return await statements.state(connection, who, guarantee_id, lines, now)

    asked = "stateFunds", {"guarantee_id": guarantee_id, "lines": [asdict(line) for line in lines]}
    return await done(platform, actor, Role.PRINCIPAL, asked, idempotency_key, work)


async def consent_funds(platform: Platform, actor: Actor | None, statement_id: int, idempotency_key: str) -> int:
    """Return the statement's id after the surety consented to it. Raise `Refused`."""

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        return await statements.consent(connection, who, statement_id, now)

    asked = "consentFunds", {"statement_id": statement_id}
    return await done(platform, actor, Role.SURETY, asked, idempotency_key, work)


async def return_funds(
    platform: Platform, actor: Actor | None, statement_id: int, note: str, idempotency_key: str
) -> int:
    """Return the statement's id after the surety returned it for correction. Raise `Refused`."""
    check_note(note, "note")

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        return await statements.send_back(connection, who, statement_id, note, now)

    asked = "returnFunds", {"statement_id": statement_id, "note": note}
    return await done(platform, actor, Role.SURETY, asked, idempotency_key, work)


async def request_withdrawal(
    platform: Platform, actor: Actor | None, guarantee_id: int, asked: tuple[Sequence[Drawn], str | None], key: str
) -> int:
    """Return the id of a withdrawal request, `asked` being (lines, note). Raise `Refused`."""
    lines, note = asked
    if note is not None:
        check_note(note, "note")
    _check_drawn(lines)

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        return await withdrawals.request(connection, who, guarantee_id, asked, now)

    told = {"guarantee_id": guarantee_id, "lines": [asdict(line) for line in lines], "note": note}
    return await done(platform, actor, Role.PRINCIPAL, ("requestWithdrawal", told), key, work)


def _check_drawn(lines: Sequence[Drawn]) -> None:
    check_count(len(lines))
    refusals: list[Refusal] = []
    for place, line in enumerate(lines):
        path = "lines", str(place)
        if not 1 <= line.amount <= MAX_YEN:
            refusals.append(amount_out_of_range_at((*path, "amount")))
        if line.payee is not None:
            refusals += text_refusals(line.payee, (*path, "payee"))
        if line.funds_line_id in {each.funds_line_id for each in lines[:place]}:
            refusals.append(Refusal("FUNDS_LINE_TWICE", "同じ明細が2回指定されています。", "This line is there twice.",
                                    (*path, "funds_line_id")))  # fmt: skip
    if refusals:
        raise Refused(*refusals)


async def cancel_withdrawal(platform: Platform, actor: Actor | None, withdrawal_id: int, idempotency_key: str) -> int:
    """Return the request's id after its principal cancelled it. Raise `Refused`."""

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        return await withdrawals.end(connection, who, withdrawal_id, (GuaranteeStep.WITHDRAWAL_CANCELLED, None), now)

    asked = "cancelWithdrawal", {"withdrawal_id": withdrawal_id}
    return await done(platform, actor, Role.PRINCIPAL, asked, idempotency_key, work)


async def return_withdrawal(
    platform: Platform, actor: Actor | None, withdrawal_id: int, note: str, idempotency_key: str
) -> int:
    """Return the request's id after the surety returned it. Raise `Refused`."""
    check_note(note, "note")

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        return await withdrawals.end(connection, who, withdrawal_id, (GuaranteeStep.WITHDRAWAL_RETURNED, note), now)

    asked = "returnWithdrawal", {"withdrawal_id": withdrawal_id, "note": note}
    return await done(platform, actor, Role.SURETY, asked, idempotency_key, work)


async def approve_withdrawal(platform: Platform, actor: Actor | None, withdrawal_id: int, idempotency_key: str) -> int:
    """Return the request's id after the surety approved it. Raise `Refused`."""

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        return await withdrawals.approve(connection, who, withdrawal_id, now)

    asked = "approveWithdrawal", {"withdrawal_id": withdrawal_id}
    return await done(platform, actor, Role.SURETY, asked, idempotency_key, work)


async def record_withdrawal_paid(
    platform: Platform, actor: Actor | None, withdrawal_id: int, paid_on: date, idempotency_key: str
) -> int:
    """Return the request's id after it was recorded as paid out. Raise `Refused`."""
    _check_past(platform, paid_on, "paid_on")

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        return await withdrawals.paid(connection, who, withdrawal_id, paid_on, now)

    asked = "recordWithdrawalPaid", {"withdrawal_id": withdrawal_id, "paid_on": paid_on}
    return await done(platform, actor, Role.SURETY, asked, idempotency_key, work)


def _check_past(platform: Platform, day: date, field: str) -> None:
    if day > japan_day(platform.clock()):
        raise Refused(
            Refusal("DAY_IN_FUTURE", "未来の日付は指定できません。", "This day lies in the future.", (field,))
        )


async def standings(platform: Platform, actor: Actor, guarantee_ids: Sequence[int]) -> list[Standing | None]:
    """Return how the advance of each guarantee stands; None without an advance, or if it is not the actor's to see."""
    async with platform.database.read() as connection:
        found = await standings_of(connection, actor, guarantee_ids)
    return [found.get(each) for each in guarantee_ids]


async def consented(platform: Platform, actor: Actor, guarantee_ids: Sequence[int]) -> list[AnyRow | None]:
    """Return the statement of each guarantee that is consented to, or None."""
    async with platform.database.read() as connection:
        found = await reading.consented_of(connection, actor, guarantee_ids)
    return [found.get(each) for each in guarantee_ids]


async def statements_of(platform: Platform, actor: Actor, guarantee_id: int, first: int, skip: int) -> Sequence[AnyRow]:
    """Return the versions of a guarantee's statement, newest first. Raise `PageMalformed`."""
    _check_page(first, skip)
    async with platform.database.read() as connection:
        return await reading.statements_of(connection, actor, guarantee_id, first, skip)


async def withdrawals_of(
    platform: Platform, actor: Actor, guarantee_id: int, first: int, skip: int
) -> Sequence[AnyRow]:
    """Return the withdrawal requests of a guarantee, newest first. Raise `PageMalformed`."""
    _check_page(first, skip)
    async with platform.database.read() as connection:
        return await reading.withdrawals_of(connection, actor, guarantee_id, first, skip)


def _check_page(first: int, skip: int) -> None:
    if not (1 <= first <= MAX_SHOWN and 0 <= skip <= MAX_SKIP):
        raise PageMalformed(f"first は1以上{MAX_SHOWN}以下、skip は0以上にしてください。",
                            f"first is 1 to {MAX_SHOWN}, skip is 0 or more.")  # fmt: skip


async def statement(platform: Platform, actor: Actor, statement_id: int) -> AnyRow | None:
    """Return a version of a statement that the actor may see, or None."""
    async with platform.database.read() as connection:
        return await reading.statement_of(connection, actor, statement_id)


async def withdrawal(platform: Platform, actor: Actor, withdrawal_id: int) -> AnyRow | None:
    """Return a withdrawal request that the actor may see, or None."""
    async with platform.database.read() as connection:
        return await reading.withdrawal_of(connection, actor, withdrawal_id)


async def statement_lines(platform: Platform, actor: Actor, statement_ids: Sequence[int]) -> list[list[AnyRow]]:
    """Return the lines of each statement, in order."""
    async with platform.database.read() as connection:
        found = await reading.statement_lines(connection, actor, statement_ids)
    return [found[each] for each in statement_ids]


async def withdrawal_lines(platform: Platform, actor: Actor, withdrawal_ids: Sequence[int]) -> list[list[AnyRow]]:
    """Return the lines of each withdrawal request, in the order of the statement."""
    async with platform.database.read() as connection:
        found = await reading.withdrawal_lines(connection, actor, withdrawal_ids)
    return [found[each] for each in withdrawal_ids]


def statement_url(platform: Platform, row: AnyRow) -> str:
    """Return the URL of a statement as PDF."""
    return url_of(platform, "funds-statement", row.id)


def withdrawal_url(platform: Platform, row: AnyRow) -> str:
    """Return the URL of a withdrawal request as PDF."""
    return url_of(platform, "withdrawal", row.id)


@made_by("funds-statement")
async def statement_file(platform: Platform, ticket: Ticket) -> File:
    """Return a use-of-funds statement as PDF."""
    async with platform.database.read() as connection:
        row, lines = await reading.statement_to_print(connection, ticket.guarantee_id)
    pdf = await DRAWING.run(lambda: statement_pdf(row, lines))
    return File(f"funds-{row.number}-{row.version}.pdf", pdf)


@made_by("withdrawal")
async def withdrawal_file(platform: Platform, ticket: Ticket) -> File:
    """Return a withdrawal request as PDF."""
    async with platform.database.read() as connection:
        row, lines = await reading.withdrawal_to_print(connection, ticket.guarantee_id)
    pdf = await DRAWING.run(lambda: withdrawal_pdf(row, lines))
    return File(f"withdrawal-{row.number}-{row.id}.pdf", pdf)

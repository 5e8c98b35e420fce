"""The inbox of an obligee (発注者): every guarantee whose key was handed in to it, with what it said of the live certificate."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.guarantees import CERTIFICATE_COLUMNS, LIVE
from denshi_hosho.core.ownership import HANDED_IN, handed_in_to
from denshi_hosho.core.paging import Listing, Order, Page, Window, read_page
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import certificate, guarantee, submission, submission_item, submission_step, verdict
from denshi_hosho.core.text import folded
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import GuaranteeKind, SubmissionState, Verdict


class InboxOrder(StrEnum):
    """How what was handed in is sorted; ties are settled by age."""

    NEWEST = "NEWEST"
    OLDEST = "OLDEST"
    NUMBER = "NUMBER"
    WORKS_NAME = "WORKS_NAME"
    AMOUNT = "AMOUNT"


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxFilter:
    """What to look for; whatever is empty or None finds everything.

    `text` is a part of the number, the works name or the principal's name, `works` one of the works name. `verdicts` are
    those of the live version, `unanswered` finds (or leaves out) what has none. The days are Japan's, both included.
    """

    text: str = ""
    works: str = ""
    kinds: Sequence[GuaranteeKind] = ()
    states: Sequence[SubmissionState] = ()
    verdicts: Sequence[Verdict] = ()
    unanswered: bool | None = None
    from_on: date | None = None
    to_on: date | None = None


def latest_submission(of: sa.ColumnElement[int]) -> sa.ScalarSelect[int]:
    """Return the id of the last handing in of the guarantee `of`; null if its key never went out."""
    item, sent = submission_item.alias(), submission.alias()
    held = item.c.guarantee_id == of, sent.c.id == item.c.submission_id, sent.c.state.in_(HANDED_IN)
    return sa.select(sa.func.max(sent.c.id)).where(*held).scalar_subquery()


def latest_verdict(of: sa.ColumnElement[int], version: sa.ColumnElement[int]) -> sa.ScalarSelect[int]:
    """Return the id of the last verdict on this version of the guarantee's certificate; null if there is none."""
    said = verdict.alias()
    about = said.c.guarantee_id == of, said.c.version == version
    return sa.select(sa.func.max(said.c.id)).where(*about).scalar_subquery()


_SENT_AT = (
    sa.select(sa.func.max(submission_step.c.at))
    .where(submission_step.c.submission_id == submission.c.id, submission_step.c.state == SubmissionState.SENT)
    .scalar_subquery()
)
_SENT_ON: Final = sa.func.coalesce(submission.c.sent_on, certificate.c.issued_on)
SOURCE: Final = LIVE.join(submission, submission.c.id == latest_submission(guarantee.c.id)).outerjoin(
    verdict, verdict.c.id == latest_verdict(guarantee.c.id, guarantee.c.live_version)
)
COLUMNS: Final[Mapping[str, sa.ColumnElement[Any]]] = {
    **CERTIFICATE_COLUMNS,
    "id": guarantee.c.id,
    "guarantee_state": guarantee.c.state,
    "current_completion_on": sa.func.coalesce(guarantee.c.moved_completion_on, certificate.c.completion_on),
    "current_ends_on": sa.func.coalesce(guarantee.c.moved_ends_on, certificate.c.guarantee_ends_on),
    "current_price": sa.func.coalesce(guarantee.c.moved_contract_price, certificate.c.contract_price),
    "works_folded": certificate.c.works_folded,
    "first_opened_at": guarantee.c.first_opened_at,
    "submission_id": submission.c.id,
    "way": submission.c.way,
    "submission_state": submission.c.state,
    "handed_in_on": _SENT_ON,
    "handed_in_at": _SENT_AT,
    "verdict": verdict.c.verdict,
    "code": verdict.c.code,
    "verdict_note": verdict.c.note,
    "verdict_at": verdict.c.at,
}
_BY: Final[Mapping[InboxOrder, tuple[sa.ColumnElement[Any], bool]]] = {
    InboxOrder.NEWEST: (_SENT_ON, True),
    InboxOrder.OLDEST: (_SENT_ON, False),
    InboxOrder.NUMBER: (guarantee.c.number, False),
    InboxOrder.WORKS_NAME: (certificate.c.works_folded, False),
    InboxOrder.AMOUNT: (certificate.c.guaranteed_amount, True),
}


def order(by: InboxOrder) -> Order:
    """Return the order `by`."""
    column, descending = _BY[by]
    return Order(by.value, column, guarantee.c.id, descending)


def conditions(actor: Actor, look: InboxFilter) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of what was handed in to the actor's obligee and is looked for."""
    where = [handed_in_to(actor)]
    if text := folded(look.text.replace("\0", "")):
        columns = guarantee.c.number, certificate.c.works_folded, certificate.c.principal_name
        where.append(sa.or_(*(column.contains(each, autoescape=True) for column, each in zip(
            columns, (text, text, look.text.strip().replace("\0", "")), strict=True))))  # fmt: skip
    if works := folded(look.works.replace("\0", "")):
        where.append(certificate.c.works_folded.contains(works, autoescape=True))
    chosen = (guarantee.c.kind, look.kinds), (submission.c.state, look.states), (verdict.c.verdict, look.verdicts)
    where += [column.in_(words) for column, words in chosen if words]
    if look.unanswered is not None:
        where.append(verdict.c.id.is_(None) if look.unanswered else verdict.c.id.is_not(None))
    if look.from_on is not None:
        where.append(look.from_on <= _SENT_ON)
    if look.to_on is not None:
        where.append(look.to_on >= _SENT_ON)
    return where


def _columns() -> list[sa.ColumnElement[Any]]:
    return [column.label(name) for name, column in COLUMNS.items()]


async def list_items(
    connection: AsyncConnection, actor: Actor, look: InboxFilter, by: InboxOrder, window: Window, wanted: frozenset[str]
) -> Page:
    """Return a page of what was handed in to the actor's obligee (with `total`, `start` if named); nothing to others."""
    listing = Listing(SOURCE, conditions(actor, look), _columns(), order(by))
    return await read_page(connection, listing, window, wanted)


async def items_by_id(connection: AsyncConnection, actor: Actor, ids: Sequence[int]) -> dict[int, AnyRow]:
    """Return those of the guarantees `ids` that were handed in to the actor's obligee, by id."""
    mine = handed_in_to(actor), guarantee.c.id.in_(ids)
    statement = sa.select(*_columns()).select_from(SOURCE).where(*mine)
    return {row.id: row for row in await connection.execute(statement)}


async def first_items(connection: AsyncConnection, actor: Actor, look: InboxFilter, most: int) -> Sequence[AnyRow]:
    """Return the newest `most` items at most of what is looked for."""
    ordered = order(InboxOrder.NEWEST).clauses(backward=False)
    statement = sa.select(*_columns()).select_from(SOURCE).where(*conditions(actor, look)).order_by(*ordered)
    return (await connection.execute(statement.limit(most))).all()


async def count_items(connection: AsyncConnection, actor: Actor, look: InboxFilter) -> int:
    """Return how many items are found."""
    statement = sa.select(sa.func.count()).select_from(SOURCE).where(*conditions(actor, look))
    return int((await connection.execute(statement)).scalar_one())

"""Reading guarantees: one statement for a list or a certificate, of the columns that were asked for, of one's own rows."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.certificate import Certificate, HandlingBranch, Surety
from denshi_hosho.core.ownership import sees, sees_as_party
from denshi_hosho.core.paging import Listing, Order, Page, Window, read_page
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import account, certificate, guarantee, key_event, obligee, principal, surety
from denshi_hosho.core.text import folded
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.trail import own_account
from denshi_hosho.core.vocabulary import Change, GuaranteeState

_CERTIFICATE_ONLY = {"id", "guarantee_id", "obligee_folded", "works_folded"}
CERTIFICATE_COLUMNS: Mapping[str, sa.ColumnElement[Any]] = {
    **{column.name: column for column in certificate.c if column.name not in _CERTIFICATE_ONLY},
    "number": guarantee.c.number,
    "kind": guarantee.c.kind,
    "medium": sa.func.coalesce(certificate.c.medium, guarantee.c.medium),
    "guarantee_id": guarantee.c.id,
}
COLUMNS: Mapping[str, sa.ColumnElement[Any]] = {
    **CERTIFICATE_COLUMNS,
    "id": guarantee.c.id,
    "obligee": guarantee.c.obligee,
    "application_id": guarantee.c.application_id,
    "concluded_at": guarantee.c.concluded_at,
    "first_opened_at": guarantee.c.first_opened_at,
    "changed": (certificate.c.change != Change.ORIGINAL),
    "state": guarantee.c.state,
    "current_completion_on": sa.func.coalesce(guarantee.c.moved_completion_on, certificate.c.completion_on),
    "current_ends_on": sa.func.coalesce(guarantee.c.moved_ends_on, certificate.c.guarantee_ends_on),
    "current_price": sa.func.coalesce(guarantee.c.moved_contract_price, certificate.c.contract_price),
    "advance_amount": guarantee.c.advance_amount,
    "advance_received_on": guarantee.c.advance_received_on,
}
LIVE = guarantee.join(
    certificate,
    (certificate.c.guarantee_id == guarantee.c.id) & (certificate.c.version == guarantee.c.live_version),
)

# 200 characters, each of which NFKC makes 18 of at most (ﷺ): nothing longer is stored, and SQLite refuses long patterns.
LONGEST_FOLDED = 3_600


class SearchField(StrEnum):
    """By what the list of guarantees is searched, as on the leaflet's screen."""

    ALL = "ALL"
    NUMBER = "NUMBER"
    OBLIGEE = "OBLIGEE"
    WORKS_NAME = "WORKS_NAME"


@dataclass(frozen=True, slots=True)
class Search:
    """What to look for; an empty `text` finds everything, no `states` all of them.

    `ends_to_on` (Japan's day): only those whose last day, as it holds today, is this one at the latest.
    """

    text: str = ""
    field: SearchField = SearchField.ALL
    states: Sequence[GuaranteeState] = ()
    ends_to_on: date | None = None


class GuaranteeOrder(StrEnum):
    """How the list of guarantees is sorted; ties are settled by age."""

    NEWEST = "NEWEST"
    OLDEST = "OLDEST"
    ISSUED_ON_ASC = "ISSUED_ON_ASC"
    ISSUED_ON_DESC = "ISSUED_ON_DESC"
    NUMBER_ASC = "NUMBER_ASC"
    NUMBER_DESC = "NUMBER_DESC"
    OBLIGEE_ASC = "OBLIGEE_ASC"
    OBLIGEE_DESC = "OBLIGEE_DESC"
    WORKS_NAME_ASC = "WORKS_NAME_ASC"
    WORKS_NAME_DESC = "WORKS_NAME_DESC"
    AMOUNT_ASC = "AMOUNT_ASC"
    AMOUNT_DESC = "AMOUNT_DESC"


_SORTED_BY: Mapping[str, sa.ColumnElement[Any]] = {
    "NEWEST": guarantee.c.id,
    "OLDEST": guarantee.c.id,
    "ISSUED_ON": certificate.c.issued_on,
    "NUMBER": guarantee.c.number,
    "OBLIGEE": certificate.c.obligee_folded,
    "WORKS_NAME": certificate.c.works_folded,
    "AMOUNT": certificate.c.guaranteed_amount,
}


def order(by: GuaranteeOrder) -> Order:
    """Return the order `by`."""
    name = by.value.removesuffix("_ASC").removesuffix("_DESC")
    return Order(by.value, _SORTED_BY[name], guarantee.c.id, by.endswith("_DESC") or by is GuaranteeOrder.NEWEST)


def theirs(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition that a guarantee is visible to `actor`."""
    return sees(actor, guarantee)


def found_by(search: Search) -> list[sa.ColumnElement[bool]]:
    """Return the conditions of `search`: a substring, whatever its width and case; states and last day."""
    return [*_found_by_text(search), *_found_by_end(search)]


def _found_by_end(search: Search) -> Iterator[sa.ColumnElement[bool]]:
    if search.states:
        yield guarantee.c.state.in_(set(search.states))
    if search.ends_to_on is not None:
        yield COLUMNS["current_ends_on"] <= search.ends_to_on


def _found_by_text(search: Search) -> list[sa.ColumnElement[bool]]:
    text = folded(search.text.replace("\0", ""))  # which no text holds, and PostgreSQL cannot be asked for
    if not text:
        return []
    if len(text) > LONGEST_FOLDED:
        return [sa.false()]
    columns = {
        SearchField.NUMBER: guarantee.c.number,
        SearchField.OBLIGEE: certificate.c.obligee_folded,
        SearchField.WORKS_NAME: certificate.c.works_folded,
    }
    chosen = [columns[search.field]] if search.field in columns else list(columns.values())
    return [sa.or_(*(column.contains(text, autoescape=True) for column in chosen))]


async def list_guarantees(
    connection: AsyncConnection, actor: Actor, search: Search, by: GuaranteeOrder, window: Window,
    wanted: frozenset[str],
) -> Page:  # fmt: skip
    """Return a page of the actor's guarantees with the columns in `wanted` (and `total`, `start` if named)."""
    listing = Listing(LIVE, [theirs(actor), *found_by(search)], pick(wanted), order(by))
    return await read_page(connection, listing, window, wanted)


def pick(wanted: frozenset[str]) -> list[sa.ColumnElement[Any]]:
    """Return the columns in `wanted` that a guarantee has, labelled, with its id first."""
    names = ["id", *sorted(wanted & COLUMNS.keys() - {"id"})]
    return [COLUMNS[name].label(name) for name in names]


async def one_guarantee(
    connection: AsyncConnection, actor: Actor, key: tuple[str, object], wanted: frozenset[str]
) -> AnyRow | None:
    """Return the actor's guarantee with `key` = (`id`, `number` or `application_id`, its value), or None."""
    name, value = key
    statement = sa.select(*pick(wanted)).select_from(LIVE).where(theirs(actor), COLUMNS[name] == value)
    return (await connection.execute(statement)).one_or_none()


async def one_certificate(connection: AsyncConnection, guarantee_id: int, version: int) -> Certificate | None:
    """Return that version of that guarantee's certificate, whole, whoever asks: the caller has checked that."""
    columns = [column.label(name) for name, column in CERTIFICATE_COLUMNS.items()]
    tables = guarantee.join(certificate, certificate.c.guarantee_id == guarantee.c.id)
    mine = guarantee.c.id == guarantee_id, certificate.c.version == version
    row = (await connection.execute(sa.select(*columns).select_from(tables).where(*mine))).one_or_none()
    return certificate_of(row._asdict()) if row else None


def certificate_of(row: Mapping[str, Any]) -> Certificate:
    """Return the certificate that a row with all of `CERTIFICATE_COLUMNS` holds."""
    values = dict(row)
    values.pop("guarantee_id")
    parts = {
        part: {name.removeprefix(f"{part}_"): values.pop(name) for name in list(values) if name.startswith(f"{part}_")}
        for part in ("surety", "branch")
    }  # fmt: skip
    return Certificate(**values, surety=Surety(**parts["surety"]), branch=HandlingBranch(**parts["branch"]))


async def guarantees_of(
    connection: AsyncConnection, actor: Actor, application_ids: Sequence[int], wanted: frozenset[str]
) -> dict[int, AnyRow]:
    """Return the actor's guarantees that were concluded for `application_ids`, by application."""
    columns = pick(wanted | {"application_id"})
    mine = theirs(actor), guarantee.c.application_id.in_(application_ids)
    statement = sa.select(*columns).select_from(LIVE).where(*mine)
    return {row.application_id: row for row in await connection.execute(statement)}


async def key_events_of(connection: AsyncConnection, actor: Actor, ids: Sequence[int]) -> dict[int, list[AnyRow]]:
    """Return what happened around the keys of the actor's guarantees `ids`, oldest first: event, at, note, who.

    `who` is the login id of an account of the actor's own party, else the name of the other party, or None: whoever held
    number and key.
    """
    grouped: dict[int, list[AnyRow]] = defaultdict(list)
    party = sa.func.coalesce(principal.c.name, surety.c.name, obligee.c.name)
    who = sa.case((own_account(actor), account.c.login_id), else_=party).label("who")
    tables = (
        key_event.join(guarantee, guarantee.c.id == key_event.c.guarantee_id)
        .outerjoin(account, account.c.id == key_event.c.account_id)
        .outerjoin(principal, principal.c.id == account.c.principal_id)
        .outerjoin(surety, surety.c.id == account.c.surety_id)
        .outerjoin(obligee, obligee.c.id == account.c.obligee_id)
    )
    statement = (
        sa.select(key_event.c.guarantee_id, key_event.c.event, key_event.c.at, key_event.c.note, who)
        .select_from(tables)
        .where(guarantee.c.id.in_(ids), sees_as_party(actor, guarantee))
        .order_by(key_event.c.id)
    )
    for row in await connection.execute(statement):
        grouped[row.guarantee_id].append(row)
    return grouped

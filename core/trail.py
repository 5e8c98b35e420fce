"""Reading the audit log: who did what and when, of the entries that concern one's own party, and of no others."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.clock import JST
from denshi_hosho.core.ownership import principals, sees
from denshi_hosho.core.paging import Listing, Order, Page, Window, read_page
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import account, audit_entry, guarantee, obligee, principal, surety
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import AuditEvent

KEY_HOLDER = "番号と認証キーの所持者"
PLATFORM = "発行システム"
BY_ITSELF = (AuditEvent.CERTIFICATE_SIGNED, AuditEvent.GUARANTEE_EXPIRED)  # what the platform does without anybody


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailSearch:
    """What to look for: kinds of events, a guarantee, days (Japan's, both counted), an account of one's own party."""

    events: Sequence[AuditEvent] = ()
    number: str | None = None
    from_on: date | None = None
    to_on: date | None = None
    login_id: str | None = None


_SOURCE = (
    audit_entry.outerjoin(account, account.c.id == audit_entry.c.account_id)
    .outerjoin(guarantee, guarantee.c.id == audit_entry.c.guarantee_id)
    .outerjoin(principal, principal.c.id == account.c.principal_id)
    .outerjoin(surety, surety.c.id == account.c.surety_id)
    .outerjoin(obligee, obligee.c.id == account.c.obligee_id)
)
_ORDER = Order("NEWEST", audit_entry.c.index, audit_entry.c.index, descending=True)


def columns(actor: Actor) -> Mapping[str, sa.ColumnElement[Any]]:
    """Return what `actor` may see of an entry: the login id only of accounts of its own party."""
    own = own_account(actor)
    return {
        "id": audit_entry.c.index, "index": audit_entry.c.index, "at": audit_entry.c.at, "event": audit_entry.c.event,
        "record": audit_entry.c.entry, "number": guarantee.c.number, "role": account.c.role,
        "login_id": sa.case((own, account.c.login_id)), "party_name": sa.func.coalesce(principal.c.name, surety.c.name, obligee.c.name),
    }  # fmt: skip


def own_account(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition that an account is one of the actor's own party."""
    if actor.principal_id is not None:
        return account.c.principal_id.in_(principals(actor, acting=True))
    if actor.surety_id is not None:
        return account.c.surety_id == actor.surety_id
    return account.c.obligee_id == actor.obligee_id


def theirs(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition that an entry concerns the party for which `actor` acts."""
    return sees(actor, audit_entry)


async def trail(
    connection: AsyncConnection, actor: Actor, search: TrailSearch, window: Window, wanted: frozenset[str]
) -> Page:
    """Return a page of the entries that concern the actor's party, the newest first, with the columns in `wanted`."""
    may = columns(actor)
    picked = [may[name].label(name) for name in ["id", *sorted(wanted & may.keys() - {"id"})]]
    where = [theirs(actor), *_found_by(actor, search)]
    return await read_page(connection, Listing(_SOURCE, where, picked, _ORDER), window, wanted)


def _found_by(actor: Actor, search: TrailSearch) -> list[sa.ColumnElement[bool]]:
    conditions: list[sa.ColumnElement[bool]] = []
    if search.events:
        conditions.append(audit_entry.c.event.in_([each.value for each in search.events]))
    if search.number is not None:
        conditions.append(guarantee.c.number == search.number)
    if search.from_on is not None:
        conditions.append(audit_entry.c.at >= _midnight(search.from_on))
    if search.to_on is not None and search.to_on < date.max:
        conditions.append(audit_entry.c.at < _midnight(search.to_on + timedelta(days=1)))
    if search.login_id is not None:
        conditions += [own_account(actor), account.c.login_id == search.login_id.replace("\0", " ")]
    return conditions


def _midnight(day: date) -> datetime:
    """Return when `day` begins in Japan; of the first day of all, when it begins anywhere."""
    return datetime.combine(day, time(), UTC if day == date.min else JST).astimezone(UTC)


def who(row: AnyRow) -> str:
    """Return in words who did it: an own account by its login id, another party's by its name and role."""
    if row.role is None:
        return PLATFORM if row.event in BY_ITSELF else KEY_HOLDER
    return str(row.login_id) if row.login_id is not None else f"{row.party_name}（{row.role.ja}）"

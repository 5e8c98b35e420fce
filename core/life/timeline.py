"""The timeline (経過) of a guarantee: all that happened to it, from the application on, as one list in one statement.

Each line is a row of the table that keeps that kind of step; the audit log has an entry of each, under the same name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import trail
from denshi_hosho.core.applications import EVENTS as OF_APPLICATION
from denshi_hosho.core.keys import EVENTS as OF_KEY
from denshi_hosho.core.life import timeline_said as saying
from denshi_hosho.core.life.steps import EVENTS as OF_GUARANTEE
from denshi_hosho.core.ownership import HANDED_IN, sees, sees_as_party
from denshi_hosho.core.paging import Listing, Order, Page, Window, read_page
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.submissions import EVENTS as OF_SUBMISSION
from denshi_hosho.core.tables import (
    account,
    application_step,
    certificate,
    certificate_file,
    guarantee,
    guarantee_step,
    key_event,
    obligee,
    principal,
    submission_item,
    submission_step,
    surety,
)
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import ApplicationStep, AuditEvent, GuaranteeStep, KeyEventKind, SubmissionState

_T = GuaranteeStep
_SOURCE: Final = 2**44  # rows of one source; far more than a table's ids ever count
_CLAIMS = (_T.CLAIM_MADE, _T.CLAIM_WITHDRAWN, _T.CLAIM_DETERMINED, _T.CLAIM_REFUSED, _T.CLAIM_PAID)
_VERDICTS = (_T.CERTIFICATE_ACCEPTED, _T.CERTIFICATE_REJECTED)
# What concerns the obligee of all that was handed in to it; and whose words it may read.
OBLIGEES: Final = (
    *_CLAIMS, *_VERDICTS, _T.CERTIFICATE_CHANGED, _T.CERTIFICATE_CORRECTED, _T.GUARANTEE_EXPIRED, _T.GUARANTEE_RELEASED,
    _T.GUARANTEE_CANCELLED,
)  # fmt: skip
_READS: Final = frozenset(each.value for each in (*_CLAIMS, *_VERDICTS))
_SIGNED: Final = {AuditEvent.CERTIFICATE_SIGNED: AuditEvent.CERTIFICATE_SIGNED}
# In the order in which lines of the same instant stand.
_EVENTS: Final[Sequence[Mapping[Any, AuditEvent]]] = (OF_APPLICATION, _SIGNED, OF_KEY, OF_SUBMISSION, OF_GUARANTEE)
_APPLICATION, _SIGNATURE, _KEY, _SUBMISSION, _GUARANTEE = range(len(_EVENTS))


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """One line: what happened and when, by whom, and what was said with it.

    `who` is a login id of one's own party, another party's name with its role, the key holder or the platform. `day`
    (Japan's), `version` (of the certificate) and `amount` (yen) where the step has one.
    """

    event: AuditEvent
    at: datetime
    note: str | None
    who: str
    day: date | None
    version: int | None
    amount: int | None
    id: int
    sort_value: datetime


@dataclass(frozen=True, slots=True)
class _Said:
    """What `core.trail.who` reads of an entry."""

    event: AuditEvent
    role: Any
    login_id: str | None
    party_name: str | None


async def timeline(
    connection: AsyncConnection, actor: Actor, guarantee_id: int, window: Window, wanted: frozenset[str]
) -> Page:
    """Return a page of what happened to a guarantee that the actor may see, the first first; `wanted` as in `read_page`.

    An obligee is shown what concerns it, from the handing in on. Raise `PageMalformed`.
    """
    events = sa.union_all(*_selects(actor, guarantee_id)).subquery("happened")
    source = (
        events.outerjoin(account, account.c.id == events.c.account_id)
        .outerjoin(principal, principal.c.id == account.c.principal_id)
        .outerjoin(surety, surety.c.id == account.c.surety_id)
        .outerjoin(obligee, obligee.c.id == account.c.obligee_id)
    )
    columns = (
        events.c.place.label("id"), events.c.at, events.c.code, events.c.note, events.c.day, events.c.version,
        account.c.role, sa.case((trail.own_account(actor), account.c.login_id)).label("login_id"),
        sa.func.coalesce(principal.c.name, surety.c.name, obligee.c.name).label("party_name"),
    )  # fmt: skip
    order = Order("TIMELINE", events.c.at, events.c.place)
    page = await read_page(connection, Listing(source, (), columns, order), window, wanted)
    said = await saying.said_of(connection, guarantee_id, page.rows)
    return saying.with_rows(page, [_happened(actor, row, said) for row in page.rows])


def _selects(actor: Actor, guarantee_id: int) -> Sequence[sa.Select[Any]]:
    mine = guarantee.c.id == guarantee_id
    if actor.obligee_id is not None:
        return _of_obligee((mine, sees(actor, guarantee)), guarantee_id)
    where = mine, sees_as_party(actor, guarantee)
    return (_application(where), _submission(where), _guarantee(where), _key(where), _signature(where))


def _of_obligee(where: Sequence[sa.ColumnElement[bool]], guarantee_id: int) -> Sequence[sa.Select[Any]]:
    """Return the selects of what concerns the obligee, since the key was first handed in to it."""
    items = submission_item.join(submission_step, submission_step.c.submission_id == submission_item.c.submission_id)
    handed_in = submission_step.c.state.in_(HANDED_IN), submission_item.c.guarantee_id == guarantee_id
    began = sa.select(sa.func.min(submission_step.c.at)).select_from(items).where(*handed_in).scalar_subquery()
    return (
        _submission((*where, submission_step.c.state != SubmissionState.PREPARED)),
        _guarantee((*where, guarantee_step.c.step.in_(OBLIGEES), guarantee_step.c.at >= began)),
        _key((*where, key_event.c.event == KeyEventKind.OPENED, key_event.c.at >= began)),
    )


def _select(
    source: int, table: sa.Table, code: sa.ColumnElement[Any], tables: sa.FromClause,
    where: Sequence[sa.ColumnElement[bool]], **columns: sa.ColumnElement[Any],
) -> sa.Select[Any]:  # fmt: skip
    empty = {
        "at": table.c.get("at"), "note": table.c.get("note"), "account_id": table.c.get("account_id"),
        "day": sa.cast(sa.null(), sa.Date()), "version": sa.cast(sa.null(), sa.Integer()),
    }  # fmt: skip
    picked = {**empty, **columns}
    place = (sa.literal(source * _SOURCE, sa.BigInteger()) + table.c.id).label("place")
    labelled = [column.label(name) for name, column in picked.items() if column is not None]
    return sa.select(place, sa.cast(code, sa.Text()).label("code"), *labelled).select_from(tables).where(*where)


def _application(where: Sequence[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    tables = application_step.join(guarantee, guarantee.c.application_id == application_step.c.application_id)
    concluded = (application_step.c.step == ApplicationStep.CONCLUDED, sa.literal(1))
    return _select(_APPLICATION, application_step, application_step.c.step, tables, where, version=sa.case(concluded))


def _submission(where: Sequence[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    items = submission_step.join(submission_item, submission_item.c.submission_id == submission_step.c.submission_id)
    tables = items.join(guarantee, guarantee.c.id == submission_item.c.guarantee_id)
    return _select(_SUBMISSION, submission_step, submission_step.c.state, tables, where)


def _guarantee(where: Sequence[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    tables = guarantee_step.join(guarantee, guarantee.c.id == guarantee_step.c.guarantee_id)
    return _select(_GUARANTEE, guarantee_step, guarantee_step.c.step, tables, where, day=guarantee_step.c.day)


def _key(where: Sequence[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    tables = key_event.join(guarantee, guarantee.c.id == key_event.c.guarantee_id)
    return _select(_KEY, key_event, key_event.c.event, tables, where)


def _signature(where: Sequence[sa.ColumnElement[bool]]) -> sa.Select[Any]:
    versions = certificate_file.join(certificate, certificate.c.id == certificate_file.c.certificate_id)
    tables = versions.join(guarantee, guarantee.c.id == certificate.c.guarantee_id)
    nobody = sa.cast(sa.null(), sa.BigInteger())
    return _select(
        _SIGNATURE, certificate_file, sa.literal(AuditEvent.CERTIFICATE_SIGNED.value), tables, where,
        at=certificate_file.c.signed_at, note=sa.cast(sa.null(), sa.Text()), account_id=nobody, version=certificate.c.version,
    )  # fmt: skip


def _happened(actor: Actor, row: AnyRow, said: Mapping[int, saying.Said]) -> Happened:
    source, row_id = divmod(row.id, _SOURCE)
    events = {each.value: event for each, event in _EVENTS[source].items()}
    more = said.get(row_id, saying.NOTHING) if source == _GUARANTEE else saying.NOTHING
    event = events[row.code]
    hidden = actor.obligee_id is not None and row.code not in _READS
    return Happened(
        event=event, at=row.at, note=None if hidden else row.note, day=row.day, amount=more.amount,
        version=row.version if row.version is not None else more.version, id=row.id, sort_value=row.sort_value,
        who=trail.who(_Said(event, row.role, row.login_id, row.party_name)),
    )  # fmt: skip

"""Requests for changes: kept, looked at and settled; what holds of a guarantee today, changes without certificate included."""

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.changes.consequence import FIELDS, WHY, Content, Followed
from denshi_hosho.core.changes.states import CHANGE
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.guarantees import LIVE
from denshi_hosho.core.life.recorded import recorded
from denshi_hosho.core.life.steps import NOT_FOUND as NO_GUARANTEE
from denshi_hosho.core.life.steps import note_step, take
from denshi_hosho.core.ownership import changes, sees_as_party, sees_only
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import certificate, change_request, guarantee
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import ChangeState, Consequence, GuaranteeStep, Medium

NOT_FOUND = Refusal(
    "NOT_FOUND", "該当する変更の申込がありません。", "There is no such request for a change.", ("change_id",)
)
OPEN = Refusal("CHANGE_OPEN", "審査待ちの変更の申込があります。結果を待つか、取り下げてから申し込んでください。",
               "A request for a change is waiting. Wait for its outcome, or withdraw it first.", ("guarantee_id",))  # fmt: skip
_MOVED = {
    "completion_on": "moved_completion_on", "guarantee_ends_on": "moved_ends_on",
    "contract_price": "moved_contract_price", "covered_price": "moved_covered_price",
}  # fmt: skip


def today(name: str) -> sa.ColumnElement[Any]:
    """Return what holds today of a field: what changed without a certificate, or what the live certificate says."""
    said = certificate.c[name]
    return sa.func.coalesce(guarantee.c[_MOVED[name]], said) if name in _MOVED else said


async def content_of(connection: AsyncConnection, actor: Actor, guarantee_id: int) -> Content:
    """Return what holds today of a guarantee that the actor may see. Raise `Refused`."""
    columns = [today(name).label(name) for name in FIELDS]
    mine = guarantee.c.id == guarantee_id, sees_as_party(actor, guarantee)
    row = (await connection.execute(sa.select(*columns).select_from(LIVE).where(*mine))).one_or_none()
    if row is None:
        raise Refused(NO_GUARANTEE)
    return Content(**row._asdict())


async def keep(  # noqa: PLR0913, PLR0917  who asks what of which guarantee, when, and what follows
    connection: AsyncConnection, actor: Actor, guarantee_id: int, followed: Followed, medium: Medium | None, reason: str,
    now: datetime,
) -> int:  # fmt: skip
    """Return the id of a new request; a change without a certificate is recorded at once. Raise `Refused`.

    `medium` is that of the certificate which is to be issued; None: none is.
    """
    waiting = change_request.c.guarantee_id == guarantee_id, change_request.c.state == ChangeState.REQUESTED
    if (await connection.execute(sa.select(change_request.c.id).where(*waiting))).first():
        raise Refused(OPEN)
    issues = followed.issued_as is not None
    state = ChangeState.REQUESTED if issues else CHANGE.after(ChangeState.REQUESTED, GuaranteeStep.CHANGE_RECORDED)
    row = {
        "guarantee_id": guarantee_id, "account_id": actor.account_id, "state": state, "note": reason,
        "asked": _json({name: getattr(followed.content, name) for name in followed.changed}),
        "outcome": _json({"consequence": followed.consequence.value, "medium": medium and medium.value}),
        "requested_at": now, "settled_at": None if issues else now,
    }  # fmt: skip
    insert = sa.insert(change_request).values(row).returning(change_request.c.id)
    change_id = int((await connection.execute(insert)).scalar_one())
    step = GuaranteeStep.CHANGE_REQUESTED if issues else GuaranteeStep.CHANGE_RECORDED
    said = await recorded(connection, change_request, change_id)
    await take(connection, actor, guarantee_id, step, now, note=reason, said=said)
    if not issues:
        await _move(connection, guarantee_id, followed)
    return change_id


async def _move(connection: AsyncConnection, guarantee_id: int, followed: Followed) -> None:
    values = {_MOVED[name]: getattr(followed.content, name) for name in followed.changed}
    await connection.execute(sa.update(guarantee).where(guarantee.c.id == guarantee_id).values(values))


async def held(connection: AsyncConnection, actor: Actor, change_id: int, step: GuaranteeStep) -> AnyRow:
    """Return the request, held, with `after`, the state to which `step` leads. Raise `Refused`."""
    columns = *change_request.c, guarantee.c.application_id, guarantee.c.medium
    mine = change_request.c.id == change_id, changes(actor, guarantee)
    statement = sa.select(*columns).join(guarantee).where(*mine)
    row = (await connection.execute(statement.with_for_update(key_share=True))).one_or_none()
    if row is None:
        seen = actor.principal_id is not None and await change_of(connection, actor, change_id) is not None
        raise Refused(sees_only(NOT_FOUND.path) if seen else NOT_FOUND)
    CHANGE.after(row.state, step)
    return row


async def settle(
    connection: AsyncConnection, row: AnyRow, step: GuaranteeStep, now: datetime, version: int | None = None
) -> None:
    """Write down how a held request ended."""
    values = {"state": CHANGE.after(row.state, step), "settled_at": now, "version": version}
    await connection.execute(sa.update(change_request).where(change_request.c.id == row.id).values(values))


async def end(
    connection: AsyncConnection, actor: Actor, change_id: int, step: GuaranteeStep, now: datetime, note: str
) -> int:
    """Decline or withdraw a request; return its id. Raise `Refused`."""
    row = await held(connection, actor, change_id, step)
    await settle(connection, row, step, now)
    await note_step(connection, actor, row.guarantee_id, step, now, note=note)
    return change_id


def asked_of(row: AnyRow) -> dict[str, Any]:
    """Return the new values of a request, by field."""
    days = {"guarantee_ends_on", "completion_on"}
    told: Mapping[str, Any] = json.loads(row.asked)
    return {name: date.fromisoformat(value) if name in days else value for name, value in told.items()}


def consequence_of(row: AnyRow) -> Consequence:
    """Return what was said to follow from a request."""
    return Consequence(json.loads(row.outcome)["consequence"])


def medium_of(row: AnyRow) -> Medium | None:
    """Return the medium of the certificate that was said to follow from a request; None: none does."""
    medium = json.loads(row.outcome)["medium"]
    return None if medium is None else Medium(medium)


def why(row: AnyRow) -> tuple[str, str]:
    """Return in Japanese and English why a certificate is issued, or is not."""
    return WHY[consequence_of(row)]


async def changes_of(
    connection: AsyncConnection, actor: Actor, guarantee_ids: Sequence[int]
) -> dict[int, list[AnyRow]]:
    """Return the requests of the guarantees that the actor may see, oldest first, by guarantee."""
    mine = change_request.c.guarantee_id.in_(guarantee_ids), sees_as_party(actor, guarantee)
    statement = sa.select(change_request).join(guarantee).where(*mine).order_by(change_request.c.id)
    grouped: dict[int, list[AnyRow]] = defaultdict(list)
    for row in await connection.execute(statement):
        grouped[row.guarantee_id].append(row)
    return grouped


async def change_of(connection: AsyncConnection, actor: Actor, change_id: int) -> AnyRow | None:
    """Return one request of a guarantee that the actor may see, or None."""
    mine = change_request.c.id == change_id, sees_as_party(actor, guarantee)
    return (await connection.execute(sa.select(change_request).join(guarantee).where(*mine))).one_or_none()


def _json(values: Mapping[str, object]) -> str:
    plain = {name: value.isoformat() if isinstance(value, date) else value for name, value in values.items()}
    return json.dumps(plain, ensure_ascii=False, separators=(",", ":"))


def facts_of(content: Content) -> dict[str, Any]:
    """Return what the rules are told of a content."""
    told = asdict(content)
    return {name: told[name] for name in ("contract_price", "covered_price", "guaranteed_amount")}

"""The access key of a guarantee (認証キー): made at issue, shown to its owner, rotated, and what happened around it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import audit
from denshi_hosho.core.certificate import KeyNotice
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.ownership import acts_for, why_not
from denshi_hosho.core.tables import access_key, certificate, guarantee, key_event
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vault import Vault, new_key
from denshi_hosho.core.vocabulary import AuditEvent, KeyEventKind, Medium

EVENTS = {
    KeyEventKind.REVEALED: AuditEvent.KEY_REVEALED,
    KeyEventKind.ROTATED: AuditEvent.KEY_ROTATED,
    KeyEventKind.OPENED: AuditEvent.CERTIFICATE_OPENED,
}
NOT_FOUND = Refusal("NOT_FOUND", "該当する保証契約がありません。", "There is no such guarantee.", ("guarantee_id",))
ON_PAPER = Refusal(
    "ON_PAPER",
    "書面で交付した保証証書には認証キーがありません。",
    "A guarantee on paper has no access key.",
    ("guarantee_id",),
)
# What is left of a key that was replaced: that there was one, and from when to when. Nothing of it can be shown or tried.
GONE = {"sealed": b"", "sealed_with": "", "mac": b"", "mac_with": ""}


@dataclass(frozen=True, slots=True, repr=False)
class Revealed:
    """A key notice with the id of its key."""

    notice: KeyNotice
    key_id: int


async def store_new_key(
    connection: AsyncConnection, vault: Vault, guarantee_id: int, number: str, now: datetime
) -> int:
    """Make and store a key for the guarantee; return its id. It has no other live one: the database refuses a second."""
    kept = vault.seal(number, new_key())
    row = {"guarantee_id": guarantee_id, "sealed": kept.sealed, "sealed_with": kept.sealed_with,
           "mac": kept.mac, "mac_with": kept.mac_with, "created_at": now}  # fmt: skip
    return int((await connection.execute(sa.insert(access_key).values(row).returning(access_key.c.id))).scalar_one())


async def reveal(connection: AsyncConnection, vault: Vault, guarantee_id: int) -> Revealed:
    """Return the key notice of a guarantee, whoever asks: the caller has checked that. Raise `Refused` if on paper."""
    columns = (
        guarantee.c.kind, guarantee.c.number, certificate.c.works_name, certificate.c.obligee_name,
        certificate.c.surety_name, access_key.c.id, access_key.c.sealed, access_key.c.sealed_with,
    )  # fmt: skip
    live_key = (access_key.c.guarantee_id == guarantee.c.id) & access_key.c.retired_at.is_(None)
    live_version = (certificate.c.guarantee_id == guarantee.c.id) & (certificate.c.version == guarantee.c.live_version)
    tables = guarantee.join(certificate, live_version).outerjoin(access_key, live_key)
    statement = sa.select(*columns).select_from(tables).where(guarantee.c.id == guarantee_id)
    row = (await connection.execute(statement)).one()
    if row.sealed is None:
        raise Refused(ON_PAPER)
    notice = KeyNotice(
        kind=row.kind, number=row.number, access_key=vault.unseal(row.number, row.sealed, row.sealed_with),
        works_name=row.works_name, obligee_name=row.obligee_name, surety_name=row.surety_name,
    )  # fmt: skip
    return Revealed(notice, row.id)


async def newest_key(connection: AsyncConnection, guarantee_ids: Sequence[int]) -> int:
    """Return the id of the newest live key of the guarantees: it changes when one of them gets another key."""
    live = access_key.c.guarantee_id.in_(guarantee_ids), access_key.c.retired_at.is_(None)
    return int((await connection.execute(sa.select(sa.func.max(access_key.c.id)).where(*live))).scalar_one() or 0)


async def reveal_to(
    connection: AsyncConnection, vault: Vault, actor: Actor, guarantee_id: int, now: datetime
) -> Revealed:
    """Return the key notice of the actor's own guarantee and write down that it was shown. Raise `Refused`."""
    await _own(connection, actor, guarantee_id)
    revealed = await reveal(connection, vault, guarantee_id)
    await note_event(connection, guarantee_id, KeyEventKind.REVEALED, now, actor)
    return revealed


async def retire(connection: AsyncConnection, guarantee_id: int, now: datetime) -> bool:
    """Kill and wipe the guarantee's live key, whoever asks: the caller has checked that. Return whether there was one."""
    live = access_key.c.guarantee_id == guarantee_id, access_key.c.retired_at.is_(None)
    return bool((await connection.execute(sa.update(access_key).where(*live).values(retired_at=now, **GONE))).rowcount)


async def rotate(
    connection: AsyncConnection, vault: Vault, actor: Actor, guarantee_id: int, reason: str, now: datetime
) -> None:
    """Give the actor's own guarantee a new key; the old one is dead at once, and wiped. Raise `Refused`."""
    number = await _own(connection, actor, guarantee_id)
    own = sa.select(guarantee.c.id).where(guarantee.c.id == guarantee_id, acts_for(actor, guarantee.c.principal_id))
    live = access_key.c.guarantee_id.in_(own), access_key.c.retired_at.is_(None)
    retired = await connection.execute(sa.update(access_key).where(*live).values(retired_at=now, **GONE))
    if not retired.rowcount:
        raise Refused(ON_PAPER)
    key_id = await store_new_key(connection, vault, guarantee_id, number, now)
    await note_event(connection, guarantee_id, KeyEventKind.ROTATED, now, actor, reason, {access_key.name: key_id})


async def _own(connection: AsyncConnection, actor: Actor, guarantee_id: int) -> str:
    mine = guarantee.c.id == guarantee_id, acts_for(actor, guarantee.c.principal_id)
    statement = sa.select(guarantee.c.number, guarantee.c.medium).where(*mine).with_for_update(key_share=True)
    row = (await connection.execute(statement)).one_or_none()
    if row is None:
        raise Refused(await why_not(connection, actor, guarantee, [guarantee_id], NOT_FOUND))
    if row.medium is Medium.PAPER:
        raise Refused(ON_PAPER)
    return str(row.number)


async def note_event(  # noqa: PLR0913, PLR0917  what happened to which key, when, by whom, and what was said
    connection: AsyncConnection, guarantee_id: int, event: KeyEventKind, now: datetime,
    actor: Actor | None = None, note: str | None = None, said: audit.Said | None = None,
) -> None:  # fmt: skip
    """Write down what happened around a key; without an actor it was whoever held number and key.

    `said` is what the audit log says of it beside.
    """
    row = {"guarantee_id": guarantee_id, "event": event, "at": now, "note": note,
           "account_id": actor.account_id if actor else None}  # fmt: skip
    event_id = (await connection.execute(sa.insert(key_event).values(row).returning(key_event.c.id))).scalar_one()
    noted = {key_event.name: event_id, **(said or {})}
    await audit.append_about(connection, EVENTS[event], now, actor=actor, guarantee_id=guarantee_id, said=noted)


async def secrets_in_use(connection: AsyncConnection) -> tuple[set[str], set[str]]:
    """Return the names of the secrets under which live keys are sealed, and of those under which they are checked."""
    live = (
        sa.select(access_key.c.sealed_with, access_key.c.mac_with).where(access_key.c.retired_at.is_(None)).distinct()
    )
    rows = (await connection.execute(live)).all()
    return {row.sealed_with for row in rows}, {row.mac_with for row in rows}

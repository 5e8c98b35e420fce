"""Versions of a certificate: a new one is issued, the old ones stay as they were and say by what they were replaced."""

import secrets
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import keys
from denshi_hosho.core.audit import Said
from denshi_hosho.core.changes.consequence import FIELDS, Content
from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.guarantees import CERTIFICATE_COLUMNS, certificate_of
from denshi_hosho.core.life.steps import take
from denshi_hosho.core.outbox import Post, queue_registration_mail
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.statement import digest
from denshi_hosho.core.tables import access_key, certificate, guarantee, surety
from denshi_hosho.core.text import folded
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vault import Vault
from denshi_hosho.core.vocabulary import Change, GuaranteeStep, KeyEventKind, Medium

STEPS = {Change.AMENDMENT: GuaranteeStep.CERTIFICATE_CHANGED, Change.CORRECTION: GuaranteeStep.CERTIFICATE_CORRECTED}
MOVED = ("moved_completion_on", "moved_ends_on", "moved_contract_price", "moved_covered_price")
NEW_KEY = "変更・訂正の保証証書の発行"


@dataclass(frozen=True, slots=True, kw_only=True)
class NewVersion:
    """What a new version needs: its content, as what and how it is issued, and whether with a new key (None: as is set)."""

    content: Content
    change: Change
    medium: Medium
    new_key: bool | None
    vault: Vault
    post: Post
    urgent: bool = False


async def issue(connection: AsyncConnection, actor: Actor, guarantee_id: int, new: NewVersion, now: datetime) -> int:
    """Issue the next version of the guarantee's certificate and return its number; the old one is superseded at once.

    What had changed without a certificate is in it. Raise `Refused` from a state of the guarantee that forbids it.
    """
    whole = await _write(connection, guarantee_id, new, now)
    key_id = await _new_key(connection, actor, guarantee_id, str(whole["number"]), new, now)
    said: Said = {certificate.name: digest(certificate_of(whole)), "version": whole["version"], access_key.name: key_id}
    await take(connection, actor, guarantee_id, STEPS[new.change], now, said=said)
    cleared = dict.fromkeys(MOVED)
    values = {"live_version": whole["version"], **cleared}
    await connection.execute(sa.update(guarantee).where(guarantee.c.id == guarantee_id).values(values))
    if new.medium is Medium.ELECTRONIC:
        await queue_registration_mail(connection, new.post, guarantee_id, now, urgent=new.urgent)
    return int(whole["version"])


async def _write(connection: AsyncConnection, guarantee_id: int, new: NewVersion, now: datetime) -> dict[str, Any]:
    """Write the version's row, the rest as the live one says it; return all that the certificate says."""
    live = sa.select(certificate, guarantee.c.number, guarantee.c.kind).join(guarantee)
    mine = guarantee.c.id == guarantee_id, certificate.c.version == guarantee.c.live_version
    old = (await connection.execute(live.where(*mine))).one()._asdict()
    number, kind = old.pop("number"), old.pop("kind")
    del old["id"]
    row = {
        **old, **{name: getattr(new.content, name) for name in FIELDS}, "version": old["version"] + 1,
        "change": new.change, "medium": new.medium, "issued_on": japan_day(now), "salt": secrets.token_hex(16),
        "obligee_folded": folded(new.content.obligee_name), "works_folded": folded(new.content.works_name),
    }  # fmt: skip
    await connection.execute(sa.insert(certificate).values(row))
    whole = {**row, "number": number, "kind": kind}
    return {name: whole[name] for name in CERTIFICATE_COLUMNS}


async def _new_key(
    connection: AsyncConnection, actor: Actor, guarantee_id: int, number: str, new: NewVersion, now: datetime
) -> int | None:
    setting = sa.select(surety.c.new_key_on_change).where(surety.c.id == actor.surety_id)
    wanted = new.new_key if new.new_key is not None else (await connection.execute(setting)).scalar_one()
    if new.medium is Medium.PAPER:
        return None  # the version is handed over on paper: nobody would be told of another key
    if not wanted or not await keys.retire(connection, guarantee_id, now):
        return None  # on paper there is none
    key_id = await keys.store_new_key(connection, new.vault, guarantee_id, number, now)
    await keys.note_event(connection, guarantee_id, KeyEventKind.ROTATED, now, actor, NEW_KEY)
    return key_id


class Version:
    """One version of a certificate as a row, with the version and day by which it was replaced (None: it is live)."""

    def __init__(self, row: AnyRow, before: AnyRow | None, after: AnyRow | None) -> None:
        self._row = row
        self.before = before
        self.replaced_by: int | None = after.version if after is not None else None
        self.replaced_on: date | None = after.issued_on if after is not None else None

    def __getattr__(self, name: str) -> Any:
        """Return the row's column."""
        return getattr(self._row, name)

    @property
    def plain(self) -> Mapping[str, Any]:
        """Return the row's columns by name."""
        return self._row._asdict()

    @property
    def plain_before(self) -> Mapping[str, Any] | None:
        """Return the columns of the version before, by name; None: it is the first."""
        return None if self.before is None else self.before._asdict()


async def versions_of(connection: AsyncConnection, guarantee_ids: Sequence[int]) -> dict[int, list[Version]]:
    """Return every version of the guarantees' certificates, the first one first, whoever asks: the caller has checked that."""
    columns = [column.label(name) for name, column in CERTIFICATE_COLUMNS.items()]
    tables = guarantee.join(certificate, certificate.c.guarantee_id == guarantee.c.id)
    statement = sa.select(*columns).select_from(tables).where(guarantee.c.id.in_(guarantee_ids))
    rows: dict[int, list[AnyRow]] = defaultdict(list)
    for row in await connection.execute(statement.order_by(certificate.c.version)):
        rows[row.guarantee_id].append(row)
    return {each: _linked(found) for each, found in rows.items()}


def _linked(rows: list[AnyRow]) -> list[Version]:
    befores, afters = [None, *rows[:-1]], [*rows[1:], None]
    return [Version(row, before, after) for row, before, after in zip(rows, befores, afters, strict=True)]

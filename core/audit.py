"""The audit log (監査ログ): each change of state leaves an entry in its own transaction, and no entry can be changed later.

Entries are the leaves of a Merkle tree (`core.merkle`). An entry names what it is about by ids, and holds no name, no
text, no note and no key: it may be shown as a proof, and can never be taken out again (ADR 24).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import merkle
from denshi_hosho.core.database import at_end
from denshi_hosho.core.notary import Notary
from denshi_hosho.core.statement import canonical
from denshi_hosho.core.tables import audit_entry, audit_head, audit_node, guarantee
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import AuditEvent

VERSION = 1
HASH = 32
OWNERS = ("account", "principal", "surety", "application", "guarantee")
Said = Mapping[str, str | int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """What happened, when, by whom and to what. `said` is small and holds nothing personal: row ids, digests, states."""

    event: AuditEvent
    at: datetime
    account_id: int | None = None
    principal_id: int | None = None
    surety_id: int | None = None
    application_id: int | None = None
    guarantee_id: int | None = None
    said: Said

    def text(self, index: int) -> str:
        """Return the entry as it stands in the log at `index`: canonical JSON (RFC 8785)."""
        owners = {name: getattr(self, f"{name}_id") for name in OWNERS}
        return canonical(
            {
                "v": VERSION,
                "index": index,
                "at": written(self.at),
                "event": self.event.value,
                **owners,
                "said": dict(self.said),
            }
        ).decode()

    def row(self, index: int) -> dict[str, Any]:
        """Return the entry as it is kept."""
        text = self.text(index)
        owners = {f"{name}_id": getattr(self, f"{name}_id") for name in OWNERS}
        hashed = merkle.leaf_hash(text.encode())
        return {"index": index, "event": self.event.value, "entry": text, "hash": hashed, "at": self.at, **owners}


@dataclass(frozen=True, slots=True)
class Head:
    """How many entries the log has, and the root of their tree."""

    size: int
    root: bytes


def written(at: datetime) -> str:
    """Return an instant as entries write it: UTC, with microseconds."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def append(  # noqa: PLR0913  what an entry says, each by its name
    connection: AsyncConnection, event: AuditEvent, now: datetime, *, actor: Actor | None, principal_id: int | None,
    surety_id: int, application_id: int | None, guarantee_id: int | None, said: Said,
) -> None:  # fmt: skip
    """Put an entry into the log, in the transaction of `connection`; without an actor it was whoever held the key.

    The entries of a transaction are written at its end, in this order: the log's head, for which all writers wait, is the
    last row that a transaction takes (ADR 23).
    """
    entry = Entry(
        event=event, at=now, account_id=actor.account_id if actor else None, principal_id=principal_id,
        surety_id=surety_id, application_id=application_id, guarantee_id=guarantee_id, said=said,
    )  # fmt: skip
    at_end(connection, _write, entry)


async def append_about(
    connection: AsyncConnection, event: AuditEvent, now: datetime, *, actor: Actor | None, guarantee_id: int, said: Said
) -> None:
    """Put an entry about a guarantee into the log; whose it is, is looked up."""
    columns = guarantee.c.principal_id, guarantee.c.surety_id, guarantee.c.application_id
    owners = (await connection.execute(sa.select(*columns).where(guarantee.c.id == guarantee_id))).one()
    append(connection, event, now, actor=actor, **owners._asdict(), guarantee_id=guarantee_id, said=said)


async def _write(connection: AsyncConnection, entries: Sequence[Entry]) -> None:
    held = sa.select(audit_head.c.size, audit_head.c.peaks).with_for_update()
    size, kept = (await connection.execute(held)).one()
    change = grown(size, kept, entries)
    await connection.execute(sa.insert(audit_entry), change.entries)
    if change.nodes:
        await connection.execute(sa.insert(audit_node), change.nodes)
    await connection.execute(sa.update(audit_head).values(change.head))


@dataclass(frozen=True, slots=True)
class Growth:
    """The rows by which the log grows."""

    entries: list[dict[str, Any]]
    nodes: list[dict[str, Any]]
    head: dict[str, Any]


def grown(size: int, kept: bytes, entries: Sequence[Entry]) -> Growth:
    """Return the rows by which a log of `size` entries with the peaks `kept` grows when it gets `entries`."""
    peaks = [kept[at : at + HASH] for at in range(0, len(kept), HASH)]
    rows: list[dict[str, Any]] = []
    nodes: list[dict[str, Any]] = []
    for index, entry in enumerate(entries, start=size):
        row = entry.row(index)
        peaks, made = merkle.grow(index, peaks, row["hash"])
        rows.append(row)
        nodes += [{"level": level, "position": at, "hash": node} for (level, at), node in made.items()]
    return Growth(rows, nodes, {"size": size + len(rows), "peaks": b"".join(peaks)})


async def head(connection: AsyncConnection) -> Head:
    """Return the log's size and root, as this transaction sees them."""
    size, kept = (await connection.execute(sa.select(audit_head.c.size, audit_head.c.peaks))).one()
    return Head(size, merkle.root_of([kept[at : at + HASH] for at in range(0, len(kept), HASH)]))


async def checkpoint(connection: AsyncConnection, notary: Notary) -> str:
    """Return the signed checkpoint of the log, as this transaction sees it."""
    found = await head(connection)
    return notary.checkpoint(found.size, found.root)

"""Proofs out of the audit log: that a conclusion stands in it, and that it only ever grew. The nodes are read at once."""

import base64
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import merkle
from denshi_hosho.core.audit import head
from denshi_hosho.core.errors import HoshoError
from denshi_hosho.core.merkle import Place, Reader
from denshi_hosho.core.notary import Notary, tlog_proof
from denshi_hosho.core.tables import audit_entry, audit_node
from denshi_hosho.core.vocabulary import AuditEvent

_AT_ONCE = 500  # fewer parameters than any database refuses


class LogSizeUnknown(HoshoError):
    """The log never had so many entries as were asked for."""

    code = "LOG_SIZE_UNKNOWN"


@dataclass(frozen=True, slots=True)
class LogProof:
    """The proof that `record` (an entry, canonical JSON) stands at `index` of the log that `checkpoint` signs.

    `path` holds the sibling hashes from the leaf up, in base64; `proof` is all of it but the record as one text.
    """

    record: str
    index: int
    size: int
    path: list[str]
    checkpoint: str
    proof: str


async def conclusion_proofs(
    connection: AsyncConnection, notary: Notary, guarantee_ids: Sequence[int]
) -> dict[int, LogProof]:
    """Return the proofs of the conclusions of `guarantee_ids`, whoever asks: the caller has checked that.

    One that was concluded before the log began has none.
    """
    concluded = (
        audit_entry.c.event == AuditEvent.GUARANTEE_CONCLUDED.value,
        audit_entry.c.guarantee_id.in_(guarantee_ids),
    )
    columns = audit_entry.c.guarantee_id, audit_entry.c.index.label("place"), audit_entry.c.entry
    rows = (await connection.execute(sa.select(*columns).where(*concluded))).all()
    now = await head(connection)
    note = notary.checkpoint(now.size, now.root)

    def paths(read: Reader) -> list[list[bytes]]:
        return [merkle.inclusion(read, row.place, now.size) for row in rows]

    found = paths(await _reader(connection, paths))
    return {
        row.guarantee_id: LogProof(
            row.entry, row.place, now.size, _base64(path), note, tlog_proof(row.place, path, note)
        )
        for row, path in zip(rows, found, strict=True)
    }


async def consistency_proof(connection: AsyncConnection, first: int, second: int) -> list[str]:
    """Return the proof, in base64, that the log of `first` entries is the beginning of that of `second`.

    Raise `LogSizeUnknown`.
    """
    size = (await head(connection)).size
    if not 0 <= first <= second <= size:
        raise LogSizeUnknown(
            f"first と second は 0 以上 {size} 以下で、first は second 以下にしてください。",
            f"first and second are 0 to {size}, and first is not greater than second.",
        )

    def path(read: Reader) -> list[bytes]:
        return merkle.consistency(read, first, second)

    return _base64(path(await _reader(connection, path)))


def _base64(path: Sequence[bytes]) -> list[str]:
    return [base64.b64encode(each).decode() for each in path]


async def _reader(connection: AsyncConnection, proof: Callable[[Reader], object]) -> Reader:
    """Return a reader of all nodes that `proof` will read."""
    places = sorted(set(merkle.needed(proof)))
    nodes: dict[Place, bytes] = {}
    for level in sorted({level for level, _ in places}):
        positions = [position for at, position in places if at == level]
        for begin in range(0, len(positions), _AT_ONCE):
            some = positions[begin : begin + _AT_ONCE]
            rows = await connection.execute(_nodes(level, some))
            nodes |= {(level, row.position): bytes(row.hash) for row in rows}
    return merkle.reader(nodes)


def _nodes(level: int, positions: Sequence[int]) -> sa.Select[tuple[int, bytes]]:
    if level == 0:
        leaves = sa.select(audit_entry.c.index.label("position"), audit_entry.c.hash)
        return leaves.where(audit_entry.c.index.in_(positions))
    above = audit_node.c.level == level, audit_node.c.position.in_(positions)
    return sa.select(audit_node.c.position, audit_node.c.hash).where(*above)

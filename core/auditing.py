"""The auditor: recomputes the whole log from what is stored, and compares it with the tables and with old checkpoints.

Whoever alters a row contradicts the log; whoever rewrites the log with it contradicts each checkpoint that went out.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import merkle
from denshi_hosho.core.content import Content
from denshi_hosho.core.database import Database
from denshi_hosho.core.findings import Finding
from denshi_hosho.core.leaves import Leaf, altered_columns
from denshi_hosho.core.notary import Checkpoint, CheckpointInvalid, VerifierKey, notes_in, opened, read
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import audit_entry, audit_head, audit_node, mail

PAGE = 1000


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit saw: entries in the log, their root, how many checkpoints and rows were compared, and what is wrong."""

    size: int
    root: bytes
    checkpoints: int
    rows: dict[str, int]
    findings: list[Finding]


async def verify(database: Database, notes: Sequence[str] = (), keys: Collection[VerifierKey] = ()) -> list[Finding]:
    """Return what is wrong with the log of `database` and with what it speaks of; nothing: all is as it was written."""
    return (await audited(database, notes, keys)).findings


async def audited(database: Database, notes: Sequence[str] = (), keys: Collection[VerifierKey] = ()) -> Audited:
    """Return what an audit of `database` sees, in one consistent state of it.

    `notes` are checkpoints that were kept elsewhere. With `keys` they must be signed by one of them, and so must those in
    the mails of the outbox.
    """
    async with database.read() as connection:
        return await _Audit(connection).run(notes, keys)


@dataclass
class _Audit:
    """One walk over the log, page by page."""

    connection: AsyncConnection
    findings: list[Finding] = field(default_factory=list)
    peaks: list[bytes] = field(default_factory=list)
    size: int = 0
    next: int = 0
    nodes: int = 0

    async def run(self, notes: Sequence[str], keys: Collection[VerifierKey]) -> Audited:
        checkpoints = [*self._checkpoints(notes, keys, "--checkpoint"), *await self._mailed(keys)]
        wanted = {each.size for each in checkpoints}
        roots = {0: merkle.EMPTY}
        content = Content(self.connection)
        last = -1
        while page := await self._page(last):
            last = _index(page[-1])
            await self._log(page, wanted, roots)
            self.findings += await content.compare([leaf for row in page if (leaf := Leaf.of(row))])
        self.findings += await content.finish()
        await self._tree()
        self._hold(checkpoints, roots)
        root = merkle.root_of(self.peaks)
        return Audited(self.size, root, len(checkpoints), content.compared, self.findings)

    async def _page(self, after: int) -> Sequence[AnyRow]:
        statement = sa.select(audit_entry).where(audit_entry.c.index > after).order_by(audit_entry.c.index).limit(PAGE)
        return (await self.connection.execute(statement)).all()

    async def _log(self, page: Sequence[AnyRow], wanted: Collection[int], roots: dict[int, bytes]) -> None:
        """Grow the tree by the entries of `page`, and compare entries and nodes with what is stored."""
        made: dict[merkle.Place, bytes] = {}
        for row in page:
            index = _index(row)
            if index != self.next:
                self.findings.append(Finding.gap(self.next, index))
            self.next = index + 1
            leaf = merkle.leaf_hash(row.entry.encode(errors="surrogatepass"))
            if leaf != bytes(row.hash):
                self.findings.append(Finding.at("ENTRY_ALTERED", index))
            if altered := altered_columns(row):
                self.findings.append(Finding.at("ENTRY_ALTERED", index, ", ".join(altered)))
            self.peaks, above = merkle.grow(self.size, self.peaks, leaf)
            made |= above
            self.size += 1
            if self.size in wanted:
                roots[self.size] = merkle.root_of(self.peaks)
        self.nodes += len(made)
        await self._compare_nodes(made)

    async def _compare_nodes(self, made: dict[merkle.Place, bytes]) -> None:
        stored: dict[merkle.Place, bytes] = {}
        for level in {level for level, _ in made}:
            places = [position for at, position in made if at == level]
            between = audit_node.c.level == level, audit_node.c.position.between(min(places), max(places))
            rows = await self.connection.execute(sa.select(audit_node.c.position, audit_node.c.hash).where(*between))
            stored |= {(level, row.position): bytes(row.hash) for row in rows}
        for (level, position), node in made.items():
            if (level, position) not in stored:
                self.findings.append(Finding.node("NODE_MISSING", level, position))
            elif stored[level, position] != node:
                self.findings.append(Finding.node("NODE_ALTERED", level, position))

    async def _tree(self) -> None:
        """Compare how many nodes there are, and the head, with what the entries make."""
        count = sa.select(sa.func.count()).select_from(audit_node)
        stored = (await self.connection.execute(count)).scalar_one()
        missing = sum(each.code == "NODE_MISSING" for each in self.findings)
        if stored > self.nodes - missing:
            self.findings.append(Finding.nodes(stored + missing - self.nodes))
        heads = (await self.connection.execute(sa.select(audit_head.c.size, audit_head.c.peaks))).all()
        kept = [(row.size, bytes(row.peaks)) for row in heads]
        if kept != [(self.size, b"".join(self.peaks))]:
            self.findings.append(Finding.head(kept[0][0] if kept else None, self.size))

    def _checkpoints(self, notes: Iterable[str], keys: Collection[VerifierKey], where: str) -> list[Checkpoint]:
        found = []
        for note in notes:
            try:
                found.append(opened(note, keys) if keys else read(note))
            except CheckpointInvalid as error:
                self.findings.append(Finding("CHECKPOINT_INVALID", where, error.ja, error.en))
        return found

    async def _mailed(self, keys: Collection[VerifierKey]) -> list[Checkpoint]:
        """Return the checkpoints that stand in the mails of the outbox: who has only the database cannot sign them anew."""
        found: list[Checkpoint] = []
        rows = await self.connection.stream(sa.select(mail.c.id, mail.c.body).order_by(mail.c.id))
        async for row in rows:
            found += self._checkpoints(notes_in(row.body), keys, f"mail {row.id}")
        return found

    def _hold(self, checkpoints: Sequence[Checkpoint], roots: dict[int, bytes]) -> None:
        for each in checkpoints:
            if each.size > self.size:
                self.findings.append(Finding.shorter(each.size, self.size))
            elif roots[each.size] != each.root:
                self.findings.append(Finding.contradicted(each.size))


def _index(row: AnyRow) -> int:
    return int(row._mapping["index"])  # as an attribute it would be taken for the tuple's method

"""What the log speaks of, compared with the tables: each logged row has its entry, each entry its row, and both say the same."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import applications, keys, submissions
from denshi_hosho.core.audit import written
from denshi_hosho.core.beginning import BEGUN_TABLES, digest
from denshi_hosho.core.content_files import NAME, ROWS, kept_files, said_of
from denshi_hosho.core.content_rows import RecordedRows
from denshi_hosho.core.findings import Finding
from denshi_hosho.core.guarantees import CERTIFICATE_COLUMNS, certificate_of
from denshi_hosho.core.leaves import Leaf
from denshi_hosho.core.life import steps as life
from denshi_hosho.core.rows import AnyRow, AnySelect
from denshi_hosho.core.statement import digest as certificate_digest
from denshi_hosho.core.tables import (
    access_key,
    application,
    application_step,
    certificate,
    guarantee,
    guarantee_step,
    key_event,
    submission_item,
    submission_step,
)
from denshi_hosho.core.vocabulary import AuditEvent

Key = tuple[int, int]  # id of the row, id of the guarantee (0 where a row is not about one)


@dataclass(frozen=True, slots=True)
class Logged:
    """A table each of whose rows has an entry (or, of submissions, one for each guarantee).

    `rows` selects them with `id`, `guarantee` (0: none) and all that an entry says beside: event, at, account, …
    """

    table: sa.Table
    rows: AnySelect
    events: Mapping[Any, AuditEvent]
    event: str

    def told(self, row: AnyRow) -> dict[str, Any]:
        """Return what the entry of `row` must say."""
        owners = {name: getattr(row, name) for name in ("account", "principal", "surety", "application")}
        return {"event": self.events[getattr(row, self.event)].value, "at": written(row.at), **owners}


def _select(
    table: sa.Table, event: str, guarantee_id: sa.ColumnElement[int], source: sa.FromClause, whose: sa.Table
) -> AnySelect:
    application_id = whose.c.id if whose is application else whose.c.application_id
    return sa.select(
        table.c.id, table.c[event], table.c.at, table.c.account_id.label("account"), guarantee_id.label("guarantee"),
        whose.c.principal_id.label("principal"), whose.c.surety_id.label("surety"), application_id.label("application"),
    ).select_from(source)  # fmt: skip


_HELD = submission_step.join(submission_item, submission_item.c.submission_id == submission_step.c.submission_id)
LOGGED = {
    each.table.name: each
    for each in (
        Logged(
            application_step,
            _select(application_step, "step", sa.literal(0), application_step.join(application), application),
            applications.EVENTS, "step",
        ),
        Logged(
            key_event, _select(key_event, "event", guarantee.c.id, key_event.join(guarantee), guarantee),
            keys.EVENTS, "event",
        ),
        Logged(
            guarantee_step, _select(guarantee_step, "step", guarantee.c.id, guarantee_step.join(guarantee), guarantee),
            life.EVENTS, "step",
        ),
        Logged(
            submission_step,
            _select(submission_step, "state", guarantee.c.id,
                    _HELD.join(guarantee, guarantee.c.id == submission_item.c.guarantee_id), guarantee),
            submissions.EVENTS, "state",
        ),
    )
}  # fmt: skip


@dataclass
class Content:
    """The comparison, page by page of the log. `compared`: table → how many of its rows had their entry."""

    connection: AsyncConnection
    compared: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys([*LOGGED, certificate.name, access_key.name, NAME], 0)
    )
    _seen: dict[str, set[Key]] = field(default_factory=lambda: defaultdict(set))
    _last: dict[str, int] = field(
        default_factory=lambda: dict.fromkeys([*BEGUN_TABLES, guarantee_step.name], 0)
    )  # a log begins before any guarantee had such steps
    recorded: RecordedRows = field(default_factory=RecordedRows)

    async def compare(self, leaves: Sequence[Leaf]) -> list[Finding]:
        """Return what is wrong with the rows of which `leaves` speak."""
        found: list[Finding] = []
        for leaf in leaves:
            if leaf.event == AuditEvent.LOG_BEGUN:
                found += await self._beginning(leaf)
        steps = [leaf for leaf in leaves if leaf.event != AuditEvent.LOG_BEGUN]
        for name, logged in LOGGED.items():
            found += await self._steps(logged, [leaf for leaf in steps if name in leaf.said])
        found += await self._certificates([leaf for leaf in steps if certificate.name in leaf.said])
        found += await self._files([leaf for leaf in steps if NAME in leaf.said])
        found += await self._keys([leaf for leaf in steps if leaf.said.get(access_key.name) is not None])
        return found + await self.recorded.compare(self.connection, steps)

    async def finish(self) -> list[Finding]:
        """Return which rows have no entry, once all of the log was compared."""
        found: list[Finding] = await self.recorded.finish(self.connection)
        self.compared |= self.recorded.compared
        for name, logged in LOGGED.items():
            later = logged.rows.where(logged.table.c.id > self._last[name]).order_by(logged.table.c.id)
            found += await self._unlogged(name, later.with_only_columns(*_key_of(later)))
        columns = certificate.c.guarantee_id.label("id"), certificate.c.version.label("guarantee")
        later_certificates = sa.select(*columns).where(certificate.c.id > self._last[certificate.name])
        found += await self._unlogged(certificate.name, later_certificates)
        found += await self._unlogged(NAME, ROWS)
        keys_later = sa.select(access_key.c.id, access_key.c.guarantee_id.label("guarantee"))
        return found + await self._unlogged(
            access_key.name, keys_later.where(access_key.c.id > self._last[access_key.name])
        )

    def _note(self, name: str, key: Key) -> list[Finding]:
        if key in self._seen[name]:
            return [Finding.of("ROW_LOGGED_TWICE", _where(name, key))]
        self._seen[name].add(key)
        return []

    async def _steps(self, logged: Logged, leaves: Sequence[Leaf]) -> list[Finding]:
        name, found = logged.table.name, []
        about = {
            leaf.index: (leaf.said[name], 0 if name == application_step.name else leaf.owners["guarantee"] or 0)
            for leaf in leaves
        }
        rows = await self._fetch(logged.rows, logged.table.c.id, [key[0] for key in about.values()])
        for leaf in leaves:
            key = about[leaf.index]
            found += self._note(name, key)
            row = rows.get(key)
            if row is None:
                found.append(Finding.of("ROW_MISSING", _where(name, key)))
                continue
            said = {"event": leaf.event, "at": leaf.at, **leaf.owners}
            if wrong := [what for what, value in logged.told(row).items() if said[what] != value]:
                found.append(Finding.of("ROW_ALTERED", _where(name, key), ", ".join(wrong)))
            self.compared[name] += 1
        return found

    async def _certificates(self, leaves: Sequence[Leaf]) -> list[Finding]:
        columns = [column.label(name) for name, column in CERTIFICATE_COLUMNS.items()]
        owners = guarantee.c.principal_id.label("principal"), guarantee.c.surety_id.label("surety")
        about = guarantee.c.application_id.label("application")
        tables = guarantee.join(certificate, certificate.c.guarantee_id == guarantee.c.id)
        statement = sa.select(*columns, *owners, about).select_from(tables)
        wanted = guarantee.c.id.in_([leaf.owners["guarantee"] for leaf in leaves])
        rows = (await self.connection.execute(statement.where(wanted))).mappings() if leaves else ()
        kept = {(row["guarantee_id"], row["version"]): row for row in rows}
        found: list[Finding] = []
        for leaf in leaves:
            key = leaf.owners["guarantee"] or 0, leaf.said["version"]
            found += self._note(certificate.name, key)
            if key not in kept:
                found.append(Finding.of("ROW_MISSING", _where(certificate.name, key)))
                continue
            row = dict(kept[key])
            if wrong := [each for each in ("principal", "surety", "application") if row.pop(each) != leaf.owners[each]]:
                found.append(Finding.of("ROW_ALTERED", f"guarantee {key[0]}", ", ".join(wrong)))
            if certificate_digest(certificate_of(row)) != leaf.said[certificate.name]:
                found.append(Finding.of("CERTIFICATE_ALTERED", _where(certificate.name, key)))
            self.compared[certificate.name] += 1
        return found

    async def _files(self, leaves: Sequence[Leaf]) -> list[Finding]:
        kept = await kept_files(self.connection, [leaf.said[NAME] for leaf in leaves]) if leaves else {}
        found: list[Finding] = []
        for leaf in leaves:
            key = leaf.said[NAME], leaf.owners["guarantee"] or 0
            found += self._note(NAME, key)
            if key not in kept:
                found.append(Finding.of("ROW_MISSING", _where(NAME, key)))
                continue
            if wrong := [what for what, value in said_of(leaf).items() if kept[key][what] != value]:
                found.append(Finding.of("ROW_ALTERED", _where(NAME, key), ", ".join(wrong)))
            self.compared[NAME] += 1
        return found

    async def _keys(self, leaves: Sequence[Leaf]) -> list[Finding]:
        columns = access_key.c.id, access_key.c.guarantee_id.label("guarantee")
        about = [(leaf.said[access_key.name], leaf.owners["guarantee"] or 0) for leaf in leaves]
        rows = await self._fetch(sa.select(*columns), access_key.c.id, [key[0] for key in about])
        found: list[Finding] = []
        for key in about:
            found += self._note(access_key.name, key)
            if key not in rows:
                found.append(Finding.of("ROW_MISSING", _where(access_key.name, key)))
            self.compared[access_key.name] += 1
        return found

    async def _beginning(self, leaf: Leaf) -> list[Finding]:
        self._last |= {name: leaf.said[name] for name in BEGUN_TABLES}
        digested = await self.connection.run_sync(digest, self._last)
        if leaf.index == 0 and digested == leaf.said["sha256"]:
            return []
        return [Finding.of("BEGINNING_ALTERED", f"audit_entry {leaf.index}")]

    async def _fetch(
        self, statement: AnySelect, column: sa.ColumnElement[int], ids: Iterable[int]
    ) -> dict[Key, AnyRow]:
        wanted = sorted(set(ids))
        if not wanted:
            return {}
        rows = await self.connection.execute(statement.where(column.in_(wanted)))
        return {(row.id, row.guarantee): row for row in rows}

    async def _unlogged(self, name: str, statement: AnySelect) -> list[Finding]:
        rows = await self.connection.stream(statement)
        return [
            Finding.of("ROW_UNLOGGED", _where(name, (row.id, row.guarantee)))
            async for row in rows
            if (row.id, row.guarantee) not in self._seen[name]
        ]


def _key_of(statement: AnySelect) -> list[Any]:
    return [column for column in statement.selected_columns if column.name in {"id", "guarantee"}]


def _where(name: str, key: Key) -> str:
    if name == certificate.name:
        return f"certificate of guarantee {key[0]}, version {key[1]}"
    return f"{name} {key[0]}" + (f" (guarantee {key[1]})" if key[1] and name == submission_step.name else "")

"""Entries of the log as an auditor reads them back: from the text that was hashed, not from the columns beside it."""

import json
from dataclasses import dataclass
from typing import Any

from denshi_hosho.core.audit import OWNERS, VERSION, written
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.statement import canonical


@dataclass(frozen=True, slots=True)
class Leaf:
    """What the text of an entry says. `owners`: name (account, principal, …) → id."""

    index: int
    event: str
    at: str
    owners: dict[str, int | None]
    said: dict[str, Any]

    @classmethod
    def of(cls, row: AnyRow) -> "Leaf | None":
        """Return what the entry of `row` says, or None if it is none that was ever written here."""
        try:
            told = json.loads(row.entry)
            leaf = cls(
                told["index"], told["event"], told["at"], {name: told[name] for name in OWNERS}, dict(told["said"])
            )
            whole = told["v"] == VERSION and canonical(told).decode() == row.entry
        except (KeyError, TypeError, ValueError, RecursionError):
            return None
        return leaf if whole else None


def altered_columns(row: AnyRow) -> list[str]:
    """Return which columns of an entry's row say something else than its text; "entry" if that is none."""
    leaf = Leaf.of(row)
    if leaf is None:
        return ["entry"]
    told = {
        "index": leaf.index,
        "event": leaf.event,
        "at": leaf.at,
        **{f"{name}_id": leaf.owners[name] for name in OWNERS},
    }
    kept = {**row._mapping, "at": written(row.at)}
    return [name for name, value in told.items() if kept[name] != value]

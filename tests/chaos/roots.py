"""Whether the audit log is intact: recomputed from its entries, held against the tables and each checkpoint in a mail."""

from collections.abc import Mapping
from dataclasses import dataclass

from denshi_hosho.core.auditing import audited, verify
from denshi_hosho.core.database import Database


@dataclass(frozen=True, slots=True)
class Root:
    """What the audit found: counts that must be 0, and what is shown."""

    wrong: Mapping[str, int]
    seen: str


async def wrong(database: Database) -> Root:
    """Return what is wrong with the audit log of `database`; an empty log is wrong as well."""
    found = await audited(database)
    codes = sorted({each.code for each in found.findings})
    seen = f"{found.size:,} entries, {found.checkpoints:,} checkpoints"
    return Root(
        {"audit findings": len(found.findings), "audit log empty": int(not found.size)},
        f"{seen}, {' '.join(codes)}" if codes else seen,
    )


async def findings(url: str) -> dict[str, int]:
    """Return the same of the database at `url`, opened for that alone."""
    database = Database(url)
    try:
        return {"audit findings": len(await verify(database))}
    finally:
        await database.close()

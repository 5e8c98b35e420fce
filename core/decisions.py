"""What the obligee's rules answered is kept with the application: whole, with the very text that was applied."""

from dataclasses import dataclass
from datetime import date, datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.tables import decision, rule_text
from denshi_hosho.core.vocabulary import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRecord:
    """One decision as it is stored.

    `revision` is the first day of the revision that was in force, `digest` the SHA-256 of the rule file `text`; `facts`
    (what the rules were told) and `body` (what they answered) are canonical JSON.
    """

    outcome: str
    revision: date | None
    digest: str
    text: str
    plugin: str
    plugin_version: str
    facts: str
    body: str


async def keep_decision(
    connection: AsyncConnection, application_id: int, stage: Stage, record: DecisionRecord, now: datetime
) -> None:
    """Store `record`; a rule file's text is kept once for each digest."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    text = insert(rule_text).values(digest=record.digest, text=record.text)
    await connection.execute(text.on_conflict_do_nothing())
    row = {
        "application_id": application_id, "stage": stage, "outcome": record.outcome, "revision": record.revision,
        "digest": record.digest, "plugin": record.plugin, "plugin_version": record.plugin_version,
        "facts": record.facts, "body": record.body, "decided_at": now,
    }  # fmt: skip
    await connection.execute(sa.insert(decision).values(row))

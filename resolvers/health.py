"""Whether the platform can do its work: the database answers and is current, and which rule plugins are not served."""

from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from denshi_hosho.core.errors import DatabaseUnavailable
from denshi_hosho.core.keys import secrets_in_use
from denshi_hosho.core.migration import is_current
from denshi_hosho.core.outbox_state import outbox_state
from denshi_hosho.resolvers.platform import Platform


@dataclass(frozen=True, slots=True)
class Report:
    """`database`: "ok", "outdated" (run `hosho db upgrade`) or "unreachable"; `rules`: plugin → why it is not served.

    `missing_secrets`: names of secrets under which keys are kept and that are not configured; those keys open nothing.
    `late_mails` are due for more than 15 minutes, `parked_mails` were refused for good: `hosho mail status` has the rest.
    """

    database: str
    rules: dict[str, str]
    missing_secrets: tuple[str, ...] = ()
    late_mails: int = 0
    parked_mails: int = 0

    @property
    def ready(self) -> bool:
        """Return whether requests can be answered. A rule plugin that fails harms its own obligee only, late mail no request."""
        return self.database == "ok" and not self.missing_secrets

    def to_json(self) -> dict[str, object]:
        """Return the report as JSON values; `status` is "ok", "degraded" or "unavailable"."""
        troubled = self.rules or self.late_mails or self.parked_mails
        status = "unavailable" if not self.ready else "degraded" if troubled else "ok"
        return {
            "status": status,
            "database": self.database,
            "rules": self.rules,
            "missingSecrets": self.missing_secrets,
            "mail": {"late": self.late_mails, "parked": self.parked_mails},
        }


async def report(platform: Platform) -> Report:
    """Return how the platform is."""
    problems = {problem.plugin: problem.en for problem in platform.rulebook.problems}
    try:
        if not await is_current(platform.database):
            return Report("outdated", problems)
        async with platform.database.read() as connection:
            missing = platform.vault.lacks(*await secrets_in_use(connection))
            outbox = await outbox_state(connection, platform.clock())
    except (SQLAlchemyError, OSError, DatabaseUnavailable):
        return Report("unreachable", problems)
    return Report("ok", problems, tuple(missing), outbox.late, outbox.parked)

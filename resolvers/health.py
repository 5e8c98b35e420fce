"""Whether the platform can do its work: the database answers and is current, and which rule plugins are not served."""

from dataclasses import dataclass

from sqlalchemy.exc import SQLAlchemyError

from denshi_hosho.core.errors import DatabaseUnavailable
from denshi_hosho.core.keys import secrets_in_use
from denshi_hosho.core.migration import is_current
from denshi_hosho.resolvers.platform import Platform


@dataclass(frozen=True, slots=True)
class Report:
    """`database`: "ok", "outdated" (run `hosho db upgrade`) or "unreachable"; `rules`: plugin → why it is not served.

    `missing_secrets`: names of secrets under which keys are kept and that are not configured; those keys open nothing.
    """

    database: str
    rules: dict[str, str]
    missing_secrets: tuple[str, ...] = ()

    @property
    def ready(self) -> bool:
        """Return whether requests can be answered. A rule plugin that fails harms only its own obligee."""
        return self.database == "ok" and not self.missing_secrets

    def to_json(self) -> dict[str, object]:
        """Return the report as JSON values; `status` is "ok", "degraded" or "unavailable"."""
        status = "unavailable" if not self.ready else "degraded" if self.rules else "ok"
        return {
            "status": status,
            "database": self.database,
            "rules": self.rules,
            "missingSecrets": self.missing_secrets,
        }


async def report(platform: Platform) -> Report:
    """Return how the platform is."""
    problems = {problem.plugin: problem.en for problem in platform.rulebook.problems}
    try:
        if not await is_current(platform.database):
            return Report("outdated", problems)
        async with platform.database.read() as connection:
            missing = platform.vault.lacks(*await secrets_in_use(connection))
    except (SQLAlchemyError, OSError, DatabaseUnavailable):
        return Report("unreachable", problems)
    return Report("ok", problems, tuple(missing))

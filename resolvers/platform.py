"""The platform: everything that answering a request needs, put together once from the settings."""

from dataclasses import dataclass

from denshi_hosho.core.clock import Clock, system_clock
from denshi_hosho.core.database import Database
from denshi_hosho.core.notary import Notary
from denshi_hosho.core.outbox import Post
from denshi_hosho.core.settings import Settings
from denshi_hosho.core.throttle import Throttle
from denshi_hosho.core.tokens import Tokens
from denshi_hosho.core.vault import Vault
from denshi_hosho.rules import Rulebook


@dataclass(frozen=True, slots=True)
class Platform:
    """Settings, database, rulebook, key vault, throttle, tokens, the audit log's notary and the clock."""

    settings: Settings
    database: Database
    rulebook: Rulebook
    vault: Vault
    throttle: Throttle
    tokens: Tokens
    notary: Notary
    post: Post
    clock: Clock

    @classmethod
    def build(cls, settings: Settings, *, clock: Clock = system_clock, rulebook: Rulebook | None = None) -> "Platform":
        """Return the platform for `settings`; nothing is connected yet.

        Raise `SettingsError` if a secret is missing or the database URL is malformed; with strict rules, also whatever
        is wrong with a rule plugin.
        """
        settings.require_secrets()
        notary = Notary(settings.log_secrets, settings.public_url)
        return cls(
            settings=settings,
            database=Database(settings.database_url),
            rulebook=rulebook or load_rulebook(settings),
            vault=Vault(settings.seal_secrets, settings.pepper_secrets),
            throttle=Throttle(settings.pepper_secrets),
            tokens=Tokens(settings.token_secrets, settings.public_url),
            notary=notary,
            post=Post(settings.mail_from, settings.public_url, notary),
            clock=clock,
        )


def load_rulebook(settings: Settings) -> Rulebook:
    """Return the rulebook of every installed rule plugin, and of the modules that the settings name."""
    return Rulebook.load(modules=settings.rule_modules, disabled=settings.rules_disabled, strict=settings.rules_strict)

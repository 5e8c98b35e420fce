"""The platform: everything that answering a request needs, put together once from the settings."""

from dataclasses import dataclass

from denshi_hosho.core.clock import Clock, system_clock
from denshi_hosho.core.database import Database
from denshi_hosho.core.ended import EndedSessions
from denshi_hosho.core.errors import SettingsError
from denshi_hosho.core.jws import SigningKeys
from denshi_hosho.core.notary import Notary
from denshi_hosho.core.outbox import Post
from denshi_hosho.core.pdf_signing import PdfSeal, load_seal
from denshi_hosho.core.provider import Provider
from denshi_hosho.core.settings import Settings
from denshi_hosho.core.throttle import Throttle
from denshi_hosho.core.tokens import Tokens
from denshi_hosho.core.vault import Vault
from denshi_hosho.rules import Rulebook


@dataclass(frozen=True, slots=True)
class Platform:
    """Settings, database, rules, vault, throttle, tokens, ended sessions, a provider or none, notary, signing keys, clock.

    `seal` is None where no key to sign PDFs with is set: certificates are not given out then.
    """

    settings: Settings
    database: Database
    rulebook: Rulebook
    vault: Vault
    throttle: Throttle
    tokens: Tokens
    ended: EndedSessions
    provider: Provider | None
    notary: Notary
    post: Post
    signing: SigningKeys
    seal: PdfSeal | None
    clock: Clock

    @classmethod
    def build(cls, settings: Settings, *, clock: Clock = system_clock, rulebook: Rulebook | None = None) -> "Platform":
        """Return the platform for `settings`; nothing is connected yet.

        Raise `SettingsError` if a secret is missing, the database URL malformed or a provider half configured; with strict
        rules, also whatever is wrong with a rule plugin.
        """
        settings.require_secrets()
        database = Database(settings.database_url)
        notary = Notary(settings.log_secrets, settings.public_url)
        return cls(
            settings=settings,
            database=database,
            rulebook=rulebook or load_rulebook(settings),
            vault=Vault(settings.seal_secrets, settings.pepper_secrets),
            throttle=Throttle(settings.pepper_secrets),
            tokens=Tokens(settings.token_secrets, settings.public_url),
            ended=EndedSessions(database),
            provider=_provider(settings),
            notary=notary,
            post=Post(settings.mail_from, settings.public_url, notary),
            signing=SigningKeys(settings.signing_secrets),
            seal=load_seal(settings),
            clock=clock,
        )


def _provider(settings: Settings) -> Provider | None:
    if settings.oidc_issuer is None and settings.oidc_client_id is None:
        return None
    if settings.oidc_issuer is None or settings.oidc_client_id is None:
        raise SettingsError(
            "HOSHO_OIDC_ISSUER と HOSHO_OIDC_CLIENT_ID は両方を指定してください。",
            "HOSHO_OIDC_ISSUER and HOSHO_OIDC_CLIENT_ID belong together: set both or neither.",
        )
    return Provider(settings.oidc_issuer, settings.oidc_client_id, settings.oidc_algorithms)


def load_rulebook(settings: Settings) -> Rulebook:
    """Return the rulebook of every installed rule plugin, and of the modules that the settings name."""
    return Rulebook.load(modules=settings.rule_modules, disabled=settings.rules_disabled, strict=settings.rules_strict)

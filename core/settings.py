"""Every setting of the platform, read once from the environment (docs/configuration.md lists them all)."""

import base64
import binascii
import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from ipaddress import ip_network
from pathlib import Path
from types import MappingProxyType
from urllib.parse import urlsplit

from denshi_hosho.core.errors import SettingsError
from denshi_hosho.core.fetching import is_loopback
from denshi_hosho.core.signing_keys import ALGORITHMS
from denshi_hosho.core.sources import Network
from denshi_hosho.core.text import MAIL_ADDRESS

PREFIX = "HOSHO_"
SECRET_BYTES = 32
MAX_KEY_ID = 16  # what the database's columns `sealed_with` and `mac_with` hold
MAX_DIGITS = 9
Secrets = Mapping[str, bytes]
_ORIGIN = re.compile(r"https?://(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::[1-9][0-9]{0,4})?")
_USUAL_PORTS = {"http:": ":80", "https": ":443"}


def _secrets(name: str, text: str) -> Secrets:
    """Return `id:base64[,id:base64…]` as a mapping; the first one is used for what is new."""
    found: dict[str, bytes] = {}
    for part in filter(None, (piece.strip() for piece in text.split(","))):
        key_id, colon, encoded = part.partition(":")
        try:
            secret = base64.urlsafe_b64decode(encoded)
        except (binascii.Error, ValueError):
            secret = b""
        if not colon or not 1 <= len(key_id) <= MAX_KEY_ID or len(secret) != SECRET_BYTES:
            raise _wrong(name, f"名前({MAX_KEY_ID}文字以内):base64(32バイト)",
                         f"id (up to {MAX_KEY_ID} characters):base64 of 32 bytes, as `hosho keys generate` prints it")  # fmt: skip
        if key_id in found:  # the second would silently take the first one's place, and what that sealed would be lost
            raise _wrong(name, "重複しない名前", "secrets with a name of its own each")
        found[key_id] = secret
    return MappingProxyType(found)


def _words(_name: str, text: str) -> tuple[str, ...]:
    return tuple(filter(None, (piece.strip() for piece in text.split(","))))


def _networks(name: str, text: str) -> tuple[Network, ...]:
    try:
        return tuple(ip_network(each) for each in _words(name, text))
    except ValueError as error:
        raise _wrong(
            name, "10.0.0.0/8,fd00::/8 のようなネットワーク", "networks such as 10.0.0.0/8,fd00::/8"
        ) from error


def _flag(name: str, text: str) -> bool:
    if text.lower() not in {"0", "1", "true", "false"}:
        raise _wrong(name, "0 か 1", "0 or 1")
    return text.lower() in {"1", "true"}


def _number(name: str, text: str) -> int:
    if not (text.isascii() and text.isdigit() and len(text) <= MAX_DIGITS and int(text)):
        raise _wrong(name, f"1以上の整数({MAX_DIGITS}桁以内)", f"a whole number from 1, of at most {MAX_DIGITS} digits")
    return int(text)


def _text(_name: str, text: str) -> str:
    return text


def _name(name: str, text: str) -> str:
    if not (text and text.isascii() and text.isprintable()):
        raise _wrong(name, "半角英数記号", "printable ASCII characters")
    return text


def _is_url(text: str, schemes: set[str]) -> bool:
    try:
        parts = urlsplit(text)
        return parts.scheme in schemes and bool(parts.hostname) and parts.port != 0
    except ValueError:  # a host or a port that is none
        return False


def _web(name: str, text: str) -> str:
    if not _is_url(text, {"http", "https"}):
        raise _wrong(name, "https://ホスト名", "https://host")
    return text


def _issuer(name: str, text: str) -> str:
    local = _is_url(text, {"http"}) and is_loopback(text)
    if not (_is_url(text, {"https"}) or local) or urlsplit(text).query or urlsplit(text).fragment:
        raise _wrong(
            name, "プロバイダーのissuer(https://…)", "the provider's issuer, https://…, without query or fragment"
        )
    return text


def _algorithms(name: str, text: str) -> tuple[str, ...]:
    names = _words(name, text)
    if not names or not set(names) <= ALGORITHMS.keys():
        raise _wrong(name, f"{', '.join(ALGORITHMS)} のうちの1つ以上", f"one or more of {', '.join(ALGORITHMS)}")
    return names


def _mail(name: str, text: str) -> str:
    if not MAIL_ADDRESS.fullmatch(text):
        raise _wrong(name, "メールアドレス", "a mail address")
    return text


def _smtp(name: str, text: str) -> str:
    if not _is_url(text, {"smtp", "smtps"}):
        raise _wrong(
            name, "smtp://利用者:パスワード@ホスト:587 か smtps://…", "smtp://user:password@host:587 or smtps://…"
        )
    return text


def _origins(name: str, text: str) -> tuple[str, ...]:
    """Return exact origins, as browsers write them: scheme, host in lower case, and a port that is not the usual one."""
    origins = _words(name, text)
    for origin in origins:
        if (
            not _ORIGIN.fullmatch(origin)
            or not _is_url(origin, {"http", "https"})
            or origin.endswith(_USUAL_PORTS[origin[:5]])
        ):
            raise _wrong(
                name, "カンマ区切りのオリジン(https://ホスト名[:ポート]、* は不可)",
                "origins such as https://app.example.jp, separated by commas: no *, no path, no upper case, no usual port",
            )  # fmt: skip
    return origins


def _path(_name: str, text: str) -> Path:
    return Path(text)


def _wrong(name: str, ja: str, en: str) -> SettingsError:
    return SettingsError(f"{PREFIX}{name} は {ja} で指定してください。", f"{PREFIX}{name} must be {en}.")


_READERS = {
    "DATABASE_URL": _text, "TOKEN_SECRETS": _secrets, "SEAL_SECRETS": _secrets, "PEPPER_SECRETS": _secrets,
    "SIGNING_SECRETS": _secrets, "LOG_SECRETS": _secrets,
    "PDF_KEY": _path, "PDF_CERTIFICATES": _path, "PDF_KEY_PASSPHRASE": _text, "TIMESTAMP_URL": _web,
    "PUBLIC_URL": _web, "DEVELOPMENT": _flag, "MAIL_FOLDER": _path, "MAIL_FROM": _mail, "MAIL_EVERY_SECONDS": _number,
    "SMTP_URL": _smtp, "NOTICES": _flag, "WEBHOOKS": _flag, "WEBHOOKS_LOCAL": _flag,
    "RULE_MODULES": _words, "RULES_DISABLED": _words, "RULES_STRICT": _flag, "BODY_LIMIT": _number,
    "CORS_ORIGINS": _origins, "TRUSTED_DOCUMENTS": _path, "TRUSTED_ONLY": _flag,
    "OIDC_ISSUER": _issuer, "OIDC_CLIENT_ID": _name, "OIDC_ALGORITHMS": _algorithms,
    "TRUSTED_PROXIES": _networks,
    "SHUTDOWN_SECONDS": _number, "PG_BIN": _path,
}  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """The settings, each from the variable `HOSHO_` + its name in capitals. Secrets never appear in its repr."""

    database_url: str = field(default="sqlite:///var/hosho.db", repr=False)  # it may hold a password
    token_secrets: Secrets = field(default_factory=dict, repr=False)
    seal_secrets: Secrets = field(default_factory=dict, repr=False)
    pepper_secrets: Secrets = field(default_factory=dict, repr=False)
    signing_secrets: Secrets = field(default_factory=dict, repr=False)
    log_secrets: Secrets = field(default_factory=dict, repr=False)
    pdf_key: Path | None = None
    pdf_certificates: Path | None = None
    pdf_key_passphrase: str | None = field(default=None, repr=False)
    timestamp_url: str | None = field(default=None, repr=False)  # it may hold a password
    public_url: str = "http://127.0.0.1:8000"
    development: bool = False
    mail_folder: Path = Path("var/mail")
    mail_from: str = "noreply@guarantee.example.jp"
    mail_every_seconds: int = 10
    smtp_url: str | None = field(default=None, repr=False)
    notices: bool = False
    webhooks: bool = False
    webhooks_local: bool = False
    rule_modules: tuple[str, ...] = ()
    rules_disabled: tuple[str, ...] = ()
    rules_strict: bool = False
    body_limit: int = 262_144
    cors_origins: tuple[str, ...] = ()
    trusted_documents: Path | None = None
    trusted_only: bool = False
    oidc_issuer: str | None = None
    oidc_client_id: str | None = None
    oidc_algorithms: tuple[str, ...] = ("RS256", "ES256", "EdDSA")
    trusted_proxies: tuple[Network, ...] = ()
    shutdown_seconds: int = 20
    pg_bin: Path | None = None

    @classmethod
    def from_environment(cls, environment: Mapping[str, str]) -> "Settings":
        """Return the settings in `environment`. Raise `SettingsError` for a malformed or unknown `HOSHO_` variable."""
        given: dict[str, object] = {}
        for variable, text in environment.items():
            if not variable.startswith(PREFIX):
                continue
            name = variable.removeprefix(PREFIX)
            if name not in _READERS:
                raise _unknown(variable)
            given[name.lower()] = _READERS[name](name, text)
        return cls(**given)  # type: ignore[arg-type]  # each reader returns its field's type; tested field by field

    def require_secrets(self) -> None:
        """Raise `SettingsError` unless every secret is given: nothing is served with secrets that nobody chose."""
        missing = [
            PREFIX + each.name.upper()
            for each in fields(self)
            if each.name.endswith("_secrets") and not getattr(self, each.name)
        ]
        if missing:
            names = ", ".join(missing)
            raise SettingsError(
                f"秘密鍵が設定されていません: {names}。`hosho keys generate` で作れます。",
                f"Secrets are missing: {names}. `hosho keys generate` makes them.",
            )

    def require_pdf_key(self) -> None:
        """Raise `SettingsError` unless there is a key to sign PDFs with: no certificate goes out unsigned."""
        given = {"HOSHO_PDF_KEY": self.pdf_key, "HOSHO_PDF_CERTIFICATES": self.pdf_certificates}
        if missing := ", ".join(name for name, file in given.items() if file is None):
            raise SettingsError(
                f"PDFの署名に使う鍵が設定されていません: {missing}。`hosho signing init` で作れます。",
                f"The key that signs PDFs is missing: {missing}. `hosho signing init` makes one.",
            )


def _unknown(variable: str) -> SettingsError:
    near = difflib.get_close_matches(variable, [PREFIX + name for name in _READERS], 1)
    ja, en = (f"({near[0]} のことですか)", f" Did you mean {near[0]}?") if near else ("", "")
    return SettingsError(f"{variable} という設定はありません{ja}。", f"There is no setting {variable}.{en}")

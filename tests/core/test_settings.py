import base64
from dataclasses import fields
from ipaddress import ip_network
from pathlib import Path

import pytest

from denshi_hosho.core.errors import SettingsError
from denshi_hosho.core.settings import Settings


def b64(letter: str, length: int = 32) -> str:
    return base64.urlsafe_b64encode(letter.encode() * length).decode()


ONE = f"k1:{b64('a')}"
GIVEN: dict[str, tuple[str, object]] = {
    "DATABASE_URL": ("postgresql://hosho@db/hosho", "postgresql://hosho@db/hosho"),
    "TOKEN_SECRETS": (ONE, {"k1": b"a" * 32}),
    "SEAL_SECRETS": (f"k2:{b64('b')}, {ONE} ,", {"k2": b"b" * 32, "k1": b"a" * 32}),
    "PEPPER_SECRETS": (f"{'n' * 16}:{b64('?')}", {"n" * 16: b"?" * 32}),
    "SIGNING_SECRETS": (ONE, {"k1": b"a" * 32}),
    "LOG_SECRETS": (ONE, {"k1": b"a" * 32}),
    "PDF_KEY": ("/srv/signing/pdf.key", Path("/srv/signing/pdf.key")),
    "PDF_CERTIFICATES": ("/srv/signing/pdf.pem", Path("/srv/signing/pdf.pem")),
    "PDF_KEY_PASSPHRASE": ("a, b: c ", "a, b: c "),
    "TIMESTAMP_URL": ("https://tsa.example.jp/tsr", "https://tsa.example.jp/tsr"),
    "PUBLIC_URL": ("https://hosho.example.jp/api", "https://hosho.example.jp/api"),
    "DEVELOPMENT": ("TRUE", True),
    "MAIL_FOLDER": ("/srv/mail", Path("/srv/mail")),
    "MAIL_FROM": ("hosho@example.jp", "hosho@example.jp"),
    "MAIL_EVERY_SECONDS": ("60", 60),
    "SMTP_URL": ("smtps://user:pass@mail.example.jp:465", "smtps://user:pass@mail.example.jp:465"),
    "NOTICES": ("1", True),
    "WEBHOOKS": ("1", True),
    "WEBHOOKS_LOCAL": ("1", True),
    "RULE_MODULES": ("one, two.three ,", ("one", "two.three")),
    "RULES_DISABLED": ("matsue", ("matsue",)),
    "RULES_STRICT": ("1", True),
    "BODY_LIMIT": ("1000", 1000),
    "CORS_ORIGINS": (
        "https://app.example.jp, http://127.0.0.1:5173,https://[::1]:8443",
        ("https://app.example.jp", "http://127.0.0.1:5173", "https://[::1]:8443"),
    ),
    "TRUSTED_DOCUMENTS": ("/srv/trusted.json", Path("/srv/trusted.json")),
    "TRUSTED_ONLY": ("1", True),
    "OIDC_ISSUER": ("https://id.example.jp/realms/hosho", "https://id.example.jp/realms/hosho"),
    "OIDC_CLIENT_ID": ("hosho", "hosho"),
    "OIDC_ALGORITHMS": ("ES256, PS256", ("ES256", "PS256")),
    "TRUSTED_PROXIES": (
        "10.0.0.0/8, fd00::/8,127.0.0.1",
        (ip_network("10.0.0.0/8"), ip_network("fd00::/8"), ip_network("127.0.0.1/32")),
    ),
    "SHUTDOWN_SECONDS": ("5", 5),
    "PG_BIN": ("/usr/lib/postgresql/16/bin", Path("/usr/lib/postgresql/16/bin")),
}


def test_there_is_a_case_for_every_setting() -> None:
    assert {field.name.upper() for field in fields(Settings)} == set(GIVEN)


@pytest.mark.parametrize("name", GIVEN)
def test_a_setting_is_read_from_its_variable_and_leaves_the_others(name: str) -> None:
    text, value = GIVEN[name]
    read = Settings.from_environment({f"HOSHO_{name}": text, "PATH": "/bin", "hosho_x": "y", "XHOSHO_Y": "z"})
    for field in fields(Settings):
        expected = value if field.name.upper() == name else getattr(Settings(), field.name)
        assert getattr(read, field.name) == expected


def test_the_first_secret_is_the_one_for_what_is_new() -> None:
    assert next(iter(Settings.from_environment({"HOSHO_SEAL_SECRETS": GIVEN["SEAL_SECRETS"][0]}).seal_secrets)) == "k2"


def test_secrets_cannot_be_changed_afterwards() -> None:
    read = Settings.from_environment({"HOSHO_SEAL_SECRETS": ONE}).seal_secrets
    with pytest.raises(TypeError):
        read["k2"] = b""  # type: ignore[index]  # that is what is refused


MALFORMED = [
    *[("SEAL_SECRETS", text) for text in ("k1", "k1:", f":{b64('a')}", f"k1={b64('a')}", b64("a"), "k1:x", f"k1:{b64('a', 31)}",
      f"k1:{b64('a', 33)}", f"{ONE},k2", f"{'n' * 17}:{b64('a')}", f"k1:{b64('a')}é", f"{ONE},k1:{b64('b')}", f"{ONE},{ONE}")],
    *[(name, text) for name in ("DEVELOPMENT", "RULES_STRICT", "TRUSTED_ONLY", "NOTICES", "WEBHOOKS",
      "WEBHOOKS_LOCAL") for text in ("", "yes", "on", "2", " 1", "偽")],
    *[(name, text) for name in ("MAIL_EVERY_SECONDS", "BODY_LIMIT", "SHUTDOWN_SECONDS")
      for text in ("", "0", "-1", "1.5", "1e3", "ten", "１０", " 1", "9" * 10, "9" * 5000)],
    *[(name, text) for name in ("PUBLIC_URL", "TIMESTAMP_URL")
      for text in ("", "hosho.example.jp", "ftp://hosho.example.jp", "https://", "http://[",
      "https://a:b", "https://a:99999")],
    *[("OIDC_ISSUER", text) for text in ("", "id.example.jp", "http://id.example.jp", "https://", "https://id.example.jp?a=b",
      "https://id.example.jp#a", "file:///etc", "http://127.0.0.2", "https://a:b")],
    *[("OIDC_CLIENT_ID", text) for text in ("", "a\nb", "保証")],
    *[("OIDC_ALGORITHMS", text) for text in ("", ",", "none", "HS256", "RS256,HS256", "rs256", "RS256 ES256")],
    *[("TRUSTED_PROXIES", text) for text in ("localhost", "*", "10.0.0.1/8", "10.0.0.0/33", "::1/129", "10.0.0.0/8;::1")],
    *[("SMTP_URL", text) for text in ("", "mail.example.jp", "https://mail", "smtp://", "smtp://[", "smtps://a:b",
      "smtp://a:99999")],
    *[("CORS_ORIGINS", text) for text in ("*", "null", "https://*.example.jp", "https://app.example.jp/", "https://App.example.jp",
      "front.example.com", "https://app.example.jp:443", "http://app.example.jp:80", "https://u:p@app.example.jp", "https://",
      "https://a.example.jp https://b.example.jp", "https://app.example.jp:99999", "ftp://app.example.jp", "https://日本.jp")],
    *[("MAIL_FROM", text) for text in ("", "hosho", "@example.jp", "a@b", "a b@example.jp", "a@example.jp\nBcc: b@example.jp",
      "保証@example.jp", "a,b@example.jp", "a@example.jp,b@example.jp")],
]  # fmt: skip


@pytest.mark.parametrize(("name", "text"), MALFORMED)
def test_a_malformed_setting_is_refused_by_name_and_its_value_is_not_repeated(name: str, text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({f"HOSHO_{name}": text})
    said = f"{caught.value} {caught.value.ja} {caught.value.en}"
    assert f"HOSHO_{name}" in caught.value.ja
    assert f"HOSHO_{name}" in caught.value.en
    assert len(text) < 9 or text not in said


@pytest.mark.parametrize(
    ("variable", "meant"),
    [("HOSHO_DATABASE", "HOSHO_DATABASE_URL"), ("HOSHO_TOKEN_SECRET", "HOSHO_TOKEN_SECRETS"),
     ("HOSHO_RULE_STRICT", "HOSHO_RULES_STRICT"), ("HOSHO_database_url", None), ("HOSHO_", None), ("HOSHO_ZZZ", None)],
)  # fmt: skip
def test_an_unknown_setting_is_refused_with_a_guess(variable: str, meant: str | None) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_environment({variable: "x"})
    assert f"no setting {variable}." in caught.value.en
    assert variable in caught.value.ja
    if meant:
        assert caught.value.en.endswith(f" Did you mean {meant}?")
        assert f"({meant} のことですか)" in caught.value.ja


def test_serving_needs_every_secret() -> None:
    names = ["TOKEN_SECRETS", "SEAL_SECRETS", "PEPPER_SECRETS", "SIGNING_SECRETS", "LOG_SECRETS"]
    everything = {f"HOSHO_{name}": ONE for name in names}
    Settings.from_environment(everything).require_secrets()
    for left_out in names:
        for environment in (
            {name: text for name, text in everything.items() if name != f"HOSHO_{left_out}"},
            {**everything, f"HOSHO_{left_out}": ""},
        ):
            with pytest.raises(SettingsError) as caught:
                Settings.from_environment(environment).require_secrets()
            assert f"missing: HOSHO_{left_out}." in caught.value.en
    with pytest.raises(
        SettingsError, match="HOSHO_TOKEN_SECRETS, HOSHO_SEAL_SECRETS, HOSHO_PEPPER_SECRETS, HOSHO_SIGNING_"
    ):
        Settings().require_secrets()


def test_serving_needs_a_key_to_sign_pdfs_with() -> None:
    both = {"HOSHO_PDF_KEY": "pdf.key", "HOSHO_PDF_CERTIFICATES": "pdf.pem"}
    Settings.from_environment(both).require_pdf_key()
    for name in both:
        with pytest.raises(SettingsError) as caught:
            Settings.from_environment({each: file for each, file in both.items() if each != name}).require_pdf_key()
        assert f"missing: {name}." in caught.value.en
        assert "`hosho signing init`" in caught.value.ja


def test_the_passphrase_of_the_pdf_key_is_never_shown() -> None:
    assert "sesame" not in repr(Settings.from_environment({"HOSHO_PDF_KEY_PASSPHRASE": "sesame"}))

"""The demo's settings: everything in one folder, secrets of its own, the example rules beside the installed ones."""

import os
import secrets
from pathlib import Path

from denshi_hosho.cli.signing import CERTIFICATES, KEY, make_files
from denshi_hosho.core.clock import system_clock
from denshi_hosho.core.settings import SECRET_BYTES, Settings

EXAMPLE_RULES = "denshi_hosho.examples.kinki"
_NAMES = ("token", "seal", "pepper", "signing", "log")


def demo_settings(folder: Path, port: int) -> Settings:
    """Return the settings of a demo whose data lies in `folder`; its secrets are made at the first start."""
    folder.mkdir(parents=True, exist_ok=True)
    kept = {name: {"demo": _secret(folder / f"{name}.secret")} for name in _NAMES}
    signing = folder / "signing"
    if not (signing / KEY).exists():
        make_files(signing, "電子保証デモ", system_clock())
    return Settings(
        database_url=f"sqlite:///{folder / 'hosho.db'}",
        token_secrets=kept["token"],
        seal_secrets=kept["seal"],
        pepper_secrets=kept["pepper"],
        signing_secrets=kept["signing"],
        log_secrets=kept["log"],
        pdf_key=signing / KEY,
        pdf_certificates=signing / CERTIFICATES,
        public_url=f"http://127.0.0.1:{port}",
        development=True,
        mail_folder=folder / "mail",
        mail_every_seconds=2,
        rule_modules=(EXAMPLE_RULES,),
    )


def _secret(file: Path) -> bytes:
    if not file.exists():
        descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as new:
            new.write(secrets.token_bytes(SECRET_BYTES))
    return file.read_bytes()

"""The command line `hosho`: run the platform, keep its database, add parties, work on rules."""

import os
import sys

import click
from sqlalchemy.exc import SQLAlchemyError

from denshi_hosho.cli.admin import db, keys, sureties
from denshi_hosho.cli.audit import audit
from denshi_hosho.cli.backup import backup, restore
from denshi_hosho.cli.demo import demo
from denshi_hosho.cli.evidence import sureties_evidence
from denshi_hosho.cli.keyring import KEY_COMMANDS
from denshi_hosho.cli.mail import mail
from denshi_hosho.cli.obligees import obligees
from denshi_hosho.cli.principals import principals
from denshi_hosho.cli.rules import rules
from denshi_hosho.cli.schema import schema
from denshi_hosho.cli.serve import serve
from denshi_hosho.cli.signing import signing, verify
from denshi_hosho.cli.tariffs import expire, tariff
from denshi_hosho.cli.users import users
from denshi_hosho.cli.webhooks import webhooks
from denshi_hosho.core.errors import DatabaseUnavailable, DatabaseUnreachable, HoshoError, Refused


@click.group(context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.version_option(package_name="denshi-hosho")
def hosho() -> None:
    """Electronic guarantees (電子保証) for Japanese public works: one GraphQL API, every public body's rules a plugin."""


for command in (
    serve, mail, webhooks, demo, db, backup, restore, audit, keys, signing, verify, sureties, tariff, principals, obligees, users,
    expire, schema, rules,
):  # fmt: skip
    hosho.add_command(command)
sureties.add_command(sureties_evidence)
for command in KEY_COMMANDS:
    keys.add_command(command)


def main() -> None:
    """Run the command line; what is wrong is said in both languages on standard error, with exit code 1."""
    os.umask(0o077)  # databases, mails and secrets are for their owner alone
    try:
        hosho()
    except DatabaseUnavailable as error:
        _fail_for(error.code, error.__cause__ or error)
    except HoshoError as error:
        _fail((error.code, error.ja, error.en))
    except (SQLAlchemyError, OSError) as error:
        _fail_for(DatabaseUnreachable.code, error)
    except Refused as refused:
        _fail(*((each.code, each.ja, each.en) for each in refused.refusals))


def _fail_for(code: str, error: BaseException) -> None:
    """Say what the operator needs: which error of the database it was."""
    reason = str(error).splitlines()[0] if str(error) else type(error).__name__
    ja, en = "データベースが応答しません", "The database does not answer"
    _fail((
        code, f"{ja}({reason})。HOSHO_DATABASE_URL を確認してください。", f"{en} ({reason}). Check HOSHO_DATABASE_URL.",
    ))  # fmt: skip


def _fail(*reasons: tuple[str, str, str]) -> None:
    for code, ja, en in reasons:
        click.echo(f"{code}: {ja}\n{code}: {en}", err=True)
    sys.exit(1)

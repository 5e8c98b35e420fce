"""`hosho keys status | check | rewrap`: which secrets access keys are kept under, and bringing all under the newest."""

import sys

import click

from denshi_hosho.cli.environment import settings, with_database
from denshi_hosho.core.rewrap import Rewrapped, Standing, check_keys, rewrap, standing
from denshi_hosho.core.settings import Settings
from denshi_hosho.core.vault import Vault


def vault_of(given: Settings) -> Vault:
    """Return the key vault of the settings. Raise `SettingsError` if a secret is missing."""
    given.require_secrets()
    return Vault(given.seal_secrets, given.pepper_secrets)


@click.command("status")
def keys_status() -> None:
    """Show each secret of the key vault, how many live keys are kept under it, and what to do about it."""
    given = settings()
    vault_of(given)
    _show(given, with_database(standing))


@click.command("check")
def keys_check() -> None:
    """Open every live key as its owner and as a public body would; name those that do not open."""
    vault = vault_of(settings())
    good, broken = with_database(lambda database: check_keys(database, vault))
    click.echo(f"{good} keys open.")
    _name(broken)


@click.command("rewrap")
def keys_rewrap() -> None:
    """Keep every live key under the newest secrets, and wipe what is left of replaced ones; while served.

    It may be stopped and run again at any time. At its end it says which old secrets may be taken out of the settings.
    """
    given = settings()
    vault = vault_of(given)
    done = with_database(lambda database: rewrap(database, vault, _progress))
    click.echo(f"Kept {done.renewed} keys anew, wiped {done.wiped} replaced ones.")
    _show(given, with_database(standing))
    _name(done.broken)


def _progress(done: Rewrapped) -> None:
    click.echo(f"{done.renewed} keys kept anew, {done.wiped} replaced ones wiped", err=True)


def _show(given: Settings, now: Standing) -> None:
    for variable, ours, used in (
        ("HOSHO_SEAL_SECRETS", given.seal_secrets, now.sealed),
        ("HOSHO_PEPPER_SECRETS", given.pepper_secrets, now.checked),
    ):
        for position, name in enumerate(dict.fromkeys([*ours, *sorted(used)])):
            count = used[name]
            if name not in ours:
                what = "MISSING: these keys open nothing until it is in the settings again"
            elif position == 0:
                what = "for new keys"
            else:
                what = "in use: run `hosho keys rewrap`" if count else "no longer used: it may be taken out"
            click.echo(f"{variable}\t{name}\t{count}\t{what}")
    if now.dead:
        click.echo(f"{now.dead} replaced keys are not wiped yet: run `hosho keys rewrap`")


def _name(broken: list[str]) -> None:
    for number in broken:
        click.echo(f"{number}: its key cannot be opened (altered, moved, or its secret is missing)", err=True)
    if broken:
        sys.exit(1)


KEY_COMMANDS = (keys_status, keys_check, keys_rewrap)

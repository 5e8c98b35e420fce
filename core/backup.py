"""What backups have in common: whole or not there, never over something that is there, and what can go wrong."""

import os
import secrets
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from denshi_hosho.core.errors import HoshoError

SQLITE, POSTGRES = b"SQLite format 3\0", b"PGDMP"


class BackupExists(HoshoError):
    """There is a file of this name already."""

    code = "BACKUP_EXISTS"


class BackupDamaged(HoshoError):
    """The file is no backup, is damaged, or is one of another kind of database."""

    code = "BACKUP_DAMAGED"


class BackupNotWritten(HoshoError):
    """The file could not be written; nothing of it is left."""

    code = "BACKUP_NOT_WRITTEN"


class RestoreNotEmpty(HoshoError):
    """The database into which a backup is to be restored holds something already."""

    code = "RESTORE_NOT_EMPTY"


class BackupToolMissing(HoshoError):
    """PostgreSQL's own program for this is not there, is older than the server, or failed."""

    code = "BACKUP_TOOL"


def kind_of(file: Path) -> bytes:
    """Return of which kind of database `file` is a backup: `SQLITE` or `POSTGRES`. Raise `BackupDamaged`, `OSError`."""
    with file.open("rb") as opened:
        begins = opened.read(len(SQLITE))
    for kind in (SQLITE, POSTGRES):
        if begins.startswith(kind):
            return kind
    raise damaged(file, "it is no backup of a SQLite or PostgreSQL database")


def damaged(file: Path, why: str) -> BackupDamaged:
    """Return what is raised for a backup that cannot be used."""
    return BackupDamaged(f"{file} からは復元できません({why})。", f"{file} cannot be restored: {why}.")


@contextmanager
def whole(file: Path) -> Iterator[Path]:
    """Give a draft beside `file` that becomes `file` when the block ends well: safe on disk, and never over another one.

    Raise `BackupExists`, or `BackupNotWritten` if the disk or the database does not let it be written.
    """
    if file.exists():
        raise _exists(file)
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    try:
        draft.touch(0o600)  # where nothing can be made, that is said, and no other program is asked
        yield draft
        _sync(draft)
        _name(draft, file)
        _sync(file.parent)
    except FileExistsError as error:
        raise _exists(file) from error
    except (OSError, sqlite3.Error) as error:
        raise BackupNotWritten(f"{file} を書けません({error})。", f"{file} cannot be written: {error}.") from error
    finally:
        draft.unlink(missing_ok=True)


def _name(draft: Path, file: Path) -> None:
    try:
        os.link(draft, file)  # fails if somebody made the file meanwhile; a rename would replace it
    except FileExistsError:
        raise
    except OSError:  # a file system without links
        draft.replace(file)


def _exists(file: Path) -> BackupExists:
    return BackupExists(
        f"{file} は既にあります。別の名前を指定してください。", f"{file} is there already. Choose another name."
    )


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

"""Backs a SQLite database up while it is served, by SQLite's own online copy, and restores it."""

import sqlite3
from contextlib import closing
from pathlib import Path

from denshi_hosho.core.backup import RestoreNotEmpty, damaged, whole

_WAIT_SECONDS = 60


def back_up(database: Path, file: Path) -> None:
    """Write one consistent state of `database` to `file`, checked and safe on disk. Raise `HoshoError`, `OSError`."""
    if not database.exists():
        raise FileNotFoundError(f"there is no file {database}")
    with whole(file) as draft, closing(_open(database, "rw")) as source:
        _copy(source, draft)


def check(file: Path) -> None:
    """Raise `BackupDamaged` unless every page, index and reference in the file is as it should be."""
    try:
        with closing(sqlite3.connect(f"{file.absolute().as_uri()}?mode=ro&immutable=1", uri=True)) as opened:
            _check(opened, file)
    except sqlite3.DatabaseError as error:
        raise damaged(file, str(error)) from error


def restore(file: Path, database: Path) -> None:
    """Make `database` from `file`. Raise `RestoreNotEmpty` if it holds anything, `BackupDamaged` if the file is no good."""
    check(file)
    _clear_empty(database)
    with whole(database) as draft, closing(_open(file, "ro", "&immutable=1")) as source:
        _copy(source, draft)


def _clear_empty(database: Path) -> None:
    if not database.exists():
        return
    try:
        with closing(_open(database, "rw")) as opened:
            tables = opened.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
    except sqlite3.DatabaseError:  # something else than a database: not ours to throw away
        tables = 1
    if tables:
        raise RestoreNotEmpty(
            f"{database} は空ではありません。復元は空のデータベースにだけできます。",
            f"{database} is not empty. A backup is restored into an empty database only.",
        )
    for suffix in ("", "-wal", "-shm"):
        database.with_name(database.name + suffix).unlink(missing_ok=True)


def _open(file: Path, mode: str, more: str = "") -> sqlite3.Connection:
    return sqlite3.connect(f"{file.absolute().as_uri()}?mode={mode}{more}", uri=True, timeout=_WAIT_SECONDS)


def _copy(source: sqlite3.Connection, draft: Path) -> None:
    with closing(sqlite3.connect(draft)) as target:
        source.backup(
            target
        )  # all pages in one step, so of one moment; with the write-ahead log no writer waits for it
        target.execute("PRAGMA journal_mode=DELETE")  # one file, without companions
        _check(target, draft)


def _check(opened: sqlite3.Connection, file: Path) -> None:
    found = [row[0] for row in opened.execute("PRAGMA integrity_check(1)")]
    if found != ["ok"]:
        raise damaged(file, str(found[0]))
    if lost := opened.execute("PRAGMA foreign_key_check").fetchone():
        raise damaged(file, f"a row of {lost[0]} refers to one of {lost[2]} that is not there")

"""Backs a PostgreSQL database up while it is served, by pg_dump, and restores it by pg_restore."""

import os
import re
import shutil
import subprocess
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.engine import URL

from denshi_hosho.core.backup import BackupToolMissing, RestoreNotEmpty, damaged, whole
from denshi_hosho.core.database import Database


async def back_up(database: Database, file: Path, folder: Path | None) -> None:
    """Write one consistent state of `database` to `file`. `folder` holds PostgreSQL's programs, else PATH is searched.

    Raise `BackupToolMissing` if pg_dump is not there, older than the server, or fails.
    """
    program = _program("pg_dump", folder)
    _check_version(program, await _server_version(database))
    with whole(file) as draft:
        _run(database.url, program, "--format=custom", "--no-owner", "--no-privileges", "--no-password",
             f"--file={draft.absolute()}")  # fmt: skip
        check(draft, folder)


def check(file: Path, folder: Path | None) -> None:
    """Raise `BackupDamaged` unless pg_restore can read the file to its end."""
    program = _program("pg_restore", folder)
    try:
        _run(None, program, "--file=/dev/null", str(file.absolute()))
    except BackupToolMissing as error:
        raise damaged(file, error.en) from error


async def restore(file: Path, database: Database, folder: Path | None) -> None:
    """Fill `database` from `file` in one transaction. Raise `RestoreNotEmpty` if it holds any table."""
    program = _program("pg_restore", folder)
    check(file, folder)
    async with database.read() as connection:
        ours = sa.text("SELECT count(*) FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace"
                       " WHERE n.nspname = current_schema() AND c.relkind IN ('r', 'p', 'v', 'm', 'S')")  # fmt: skip
        tables = (await connection.execute(ours)).scalar_one()
    if tables:
        raise RestoreNotEmpty(
            f"データベース {database.url.database} は空ではありません。復元は空のデータベースにだけできます。",
            f"The database {database.url.database} is not empty. A backup is restored into an empty database only.",
        )
    _fill(database.url, program, file)


def _fill(url: URL, program: Path, file: Path) -> None:
    _run(url, program, "--single-transaction", "--exit-on-error", "--no-owner", "--no-privileges", "--no-password",
         f"--dbname={url.database}", str(file.absolute()))  # fmt: skip


def _program(name: str, folder: Path | None) -> Path:
    found = shutil.which(name, path=str(folder) if folder else None)
    if found is None:
        where = str(folder or "PATH")
        raise BackupToolMissing(
            f"{name} が {where} にありません。PostgreSQLのクライアントをインストールするか、HOSHO_PG_BIN を指定してください。",
            f"{name} is not in {where}. Install PostgreSQL's client programs, or set HOSHO_PG_BIN to their folder.",
        )
    return Path(found)


async def _server_version(database: Database) -> int:
    async with database.read() as connection:
        return int((await connection.execute(sa.text("SHOW server_version_num"))).scalar_one()) // 10_000


def _check_version(program: Path, server: int) -> None:
    said = _run(None, program, "--version")
    found = re.search(r"(\d{1,4})(?:\.\d+|devel|beta|rc)", said)
    if found is None or int(found[1]) < server:
        raise BackupToolMissing(
            f"{program} ({said.strip()}) はサーバー(PostgreSQL {server})より古いため使えません。"
            f"{server} 以降のプログラムのフォルダーを HOSHO_PG_BIN に指定してください。",
            f"{program} ({said.strip()}) is older than the server (PostgreSQL {server}). "
            f"Set HOSHO_PG_BIN to the folder of the programs of version {server} or later.",
        )


def _run(url: URL | None, program: Path, *arguments: str) -> str:
    """Return what the program printed. The password is in its environment only: arguments are seen by every process."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("PG", "HOSHO_"))}
    told = {**environment, **(_environment(url) if url is not None else {}), "LC_ALL": "C"}
    done = subprocess.run([str(program), *arguments], env=told, capture_output=True, text=True, check=False)  # noqa: S603  no shell, and the program is the operator's own
    if done.returncode:
        why = (done.stderr.strip().splitlines() or [f"exit code {done.returncode}"])[0]
        raise BackupToolMissing(f"{program.name} が失敗しました({why})。", f"{program.name} failed: {why}")
    return done.stdout


def _environment(url: URL) -> dict[str, str]:
    """Return libpq's variables for `url`: https://www.postgresql.org/docs/current/libpq-envars.html"""
    host = url.query.get("host", url.host)
    given = {
        "PGHOST": host, "PGPORT": url.query.get("port", url.port), "PGUSER": url.query.get("user", url.username),
        "PGPASSWORD": url.query.get("password", url.password), "PGDATABASE": url.database,
        "PGSSLMODE": url.query.get("ssl"),
    }  # fmt: skip
    return {name: str(value) for name, value in given.items() if value is not None}

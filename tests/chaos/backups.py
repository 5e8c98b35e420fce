"""`hosho backup` of a database that was broken, `hosho restore` into an empty one: every row of every table is there."""

import asyncio
import hashlib

import sqlalchemy as sa

from denshi_hosho.core.database import Database
from denshi_hosho.core.tables import metadata
from tests.chaos.databases import Ground
from tests.chaos.figures import Row, stopwatch
from tests.chaos.progress import say
from tests.chaos.roots import findings
from tests.chaos.world import environment_of, settings_of
from tests.cli.test_cli import hosho

Table = tuple[int, str]  # rows, and their digest


def row(place: Ground) -> Row:
    """Return how a backup of the database, and what is restored from it, compare with the database itself."""
    file, url = place.folder / "chaos.backup", place.another()
    with stopwatch() as taken:
        failed = int(not _hosho(place, place.url, "backup", str(file)))
        failed += not _hosho(place, place.url, "restore", "--check", str(file))
        failed += not _hosho(place, url, "restore", str(file))
        before, after = asyncio.run(_contents(place.url)), asyncio.run(_contents(url))
        wrong = {
            "commands failed": failed,
            "tables that differ": differing(before, after),
            **asyncio.run(findings(url)),
        }
    size = file.stat().st_size if file.exists() else 0
    return Row(
        part="backup", what="the database of `kills` backed up, the file checked and restored; times: rows compared",
        database=place.kind, cases=sum(rows for rows, _ in after.values()), wrong=wrong,
        seen={"tables": len(after), "megabytes": round(size / 1e6, 1)}, seconds=taken[0],
    )  # fmt: skip


def differing(before: dict[str, Table], after: dict[str, Table]) -> int:
    """Return how many tables have not the same rows, with the same values, before and after."""
    return sum(before.get(name) != after.get(name) for name in before.keys() | after.keys())


def _hosho(place: Ground, url: str, *arguments: str) -> bool:
    """Run one command as an operator does; return whether it succeeded."""
    ours = {**environment_of(settings_of(place)), "HOSHO_DATABASE_URL": url}
    if place.server is not None:
        ours["HOSHO_PG_BIN"] = str(place.server.programs)
    done = hosho(*arguments, **ours)
    if done.returncode:
        say(f"hosho {' '.join(arguments)} ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    return not done.returncode


async def _contents(url: str) -> dict[str, Table]:
    """Return rows and digest of every table."""
    database = Database(url)
    try:
        async with database.read() as connection:
            found = {}
            for table in metadata.sorted_tables:
                digest, rows = hashlib.sha256(), 0
                async for each in await connection.stream(sa.select(table).order_by(*table.primary_key)):
                    digest.update(repr(tuple(each)).encode(errors="surrogatepass"))
                    rows += 1
                found[table.name] = rows, digest.hexdigest()
            return found
    finally:
        await database.close()

"""Whether an access key can be found anywhere: raw database, write-ahead log, dump, logs, mails, everything written."""

import asyncio
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import timedelta
from urllib.parse import urlsplit

import sqlalchemy as sa

from benchmarks.timing import quiet
from denshi_hosho.cli import seeding
from denshi_hosho.core.clock import system_clock
from denshi_hosho.core.database import Database
from denshi_hosho.core.tables import application_step
from denshi_hosho.resolvers.mailing import postman
from denshi_hosho.schema.log import configure
from tests.chaos import roots
from tests.chaos.databases import Ground, ground
from tests.chaos.figures import Row, Seen, stopwatch
from tests.chaos.lengths import Lengths
from tests.chaos.needles import Needles
from tests.chaos.progress import Progress
from tests.chaos.roots import Root
from tests.chaos.world import World, files_under, send, world
from tests.client import CONCLUDE, OPEN, REVEAL

_AT_ONCE = 8
_ROTATED = 10  # one key in so many is replaced
_WRONG = "K5VL4+5QG_KJ"
ROTATE = """mutation ($input: RotateAccessKeyInput!) { rotateAccessKey(input: $input) {
  __typename ... on GuaranteePayload { guarantee { id } } } }"""


def run(kind: str, lengths: Lengths, seed: int) -> list[Row]:
    del seed  # keys come from the system's own chance
    with stopwatch() as taken, ground(kind) as place:
        with (place.folder / "app.log").open("w", encoding="utf-8") as log:
            configure(json=True, stream=log)
            keys, root = asyncio.run(_lived(place, lengths.keys))
        quiet()  # the log is closed
        needles = Needles(keys)
        clean, places, size = searched(needles, place)
        asyncio.run(_plant(place, keys[0]))
        planted, _, _ = searched(Needles(keys[:1]), place)
    wrong = {"keys found": len(clean), "planted key not found": int(planted != {keys[0]}), **root.wrong}
    seen: dict[str, Seen] = {"files": places, "megabytes": round(size / 1e6), "audit log": root.seen}
    return [Row(part="dump", what="each access key searched for in database files, write-ahead log, dump, logs and mails, in "
                "every spelling", database=kind, cases=len(keys), wanted=lengths.keys, wrong=wrong, seen=seen,
                seconds=taken[0])]  # fmt: skip


async def _lived(place: Ground, count: int) -> tuple[list[str], Root]:
    """Let guarantees be concluded, shown, opened (also wrongly), given new keys, printed, mailed; return the keys, and the audit."""
    async with world(place) as made:
        waiting = zip(await made.approved(count), Progress(f"lives of keys {place.kind}", count), strict=True)
        keys: list[str] = []
        tokens = await made.token(seeding.SURETY), await made.token(seeding.CONTRACTOR)

        async def worker() -> None:
            for application, _ in waiting:
                keys.extend(await _life(made, application, tokens, len(keys)))

        await asyncio.gather(*(worker() for _ in range(_AT_ONCE)))
        await _mailed(made)
        root = await roots.wrong(made.platform.database)
    return keys, root


async def _life(made: World, application: str, tokens: tuple[str, str], index: int) -> list[str]:
    underwriter, contractor = tokens
    given = {"applicationId": application, "idempotencyKey": application}
    guarantee = (await made.ask(CONCLUDE, underwriter, input=given))["concludeGuarantee"]["guarantee"]
    shown = (await made.ask(REVEAL, contractor, input={"guaranteeId": guarantee["id"]}))["revealAccessKey"]
    keys = [shown["notice"]["accessKey"]]
    if index % _ROTATED == 0:
        await send(made.app, b"", path=urlsplit(shown["pdfUrl"]).path, method="GET")
        source = f"10.2.{index >> 8 & 255}.{index & 255}"  # failures of one address would be throttled soon
        await made.ask(OPEN, source=source, number=guarantee["number"], accessKey=_WRONG)
        opened = await made.ask(OPEN, source=source, number=guarantee["number"], accessKey=keys[0].lower())
        await send(made.app, b"", path=urlsplit(opened["certificate"]["pdfUrl"]).path, method="GET")
        await made.ask(
            ROTATE,
            contractor,
            input={"guaranteeId": guarantee["id"], "reason": "見本", "idempotencyKey": f"rotate {index}"},
        )
        again = await made.ask(REVEAL, contractor, input={"guaranteeId": guarantee["id"]})
        keys.append(again["revealAccessKey"]["notice"]["accessKey"])
    return keys


async def _mailed(made: World) -> None:
    """Deliver what is due by the day after tomorrow."""
    later = system_clock() + timedelta(days=2)
    await postman(replace(made.platform, clock=lambda: later)).round()


def searched(needles: Needles, place: Ground) -> tuple[set[str], int, int]:
    """Return which keys stand anywhere, in how many files was looked, and how many bytes they have."""
    _dumped(place)
    found: set[str] = set()
    files = size = 0
    for content in _contents(place):
        found |= needles.found(content)
        files, size = files + 1, size + len(content)
    return found, files, size


def _contents(place: Ground) -> Iterator[bytes]:
    for file in files_under(place.files, place.folder):
        with suppress(FileNotFoundError):  # PostgreSQL lets some go meanwhile
            yield file.read_bytes()


def _dumped(place: Ground) -> None:
    """Write the dump that an operator makes beside the database."""
    file = place.folder / "dump"
    if place.server is not None:
        place.server.dump(file)
        return
    name = place.url.removeprefix("sqlite:///")
    with closing(sqlite3.connect(name)) as source:
        file.write_text("\n".join(source.iterdump()), encoding="utf-8")
        with closing(sqlite3.connect(place.folder / "backup.db")) as copy:
            source.backup(copy)


async def _plant(place: Ground, key: str) -> None:
    """Write a key where none may be, so that a search that finds nothing anywhere is known to be none."""
    database = Database(place.url)
    await database.write(lambda connection: connection.execute(sa.update(application_step).values(note=f"x{key}x")))
    await database.close()

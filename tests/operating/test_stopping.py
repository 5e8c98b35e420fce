"""How processes end, and clients go away: what runs ends well or was never there, and the exit code says which."""

import asyncio
import signal
from collections.abc import Awaitable, Callable

import httpx
import pytest
import sqlalchemy as sa

from denshi_hosho.cli.stopping import at_most
from denshi_hosho.core.settings import Settings
from denshi_hosho.core.tables import mail
from tests.client import Api, approved, concluded
from tests.operating.clients import Box, Outside, concluded_rows, numbers_held
from tests.operating.processes import environment_of, started, until

pytestmark = [pytest.mark.anyio, pytest.mark.slow]
SERVE = ("serve", "--no-mail")
SignIn = Callable[[str], Awaitable[Outside]]


@pytest.mark.parametrize("workers", ["1", "2"])
async def test_a_running_request_ends_well_and_then_its_process(
    api: Api, settings: Settings, outside: SignIn, workers: str
) -> None:
    application_id = await approved(api)
    with started(environment_of(settings), (*SERVE, "--workers", workers)) as (serving,):
        surety = await outside(serving.url)
        async with numbers_held(api.platform):
            request = await surety.concluding(serving.url, application_id)
            serving.signal(signal.SIGTERM)
            await asyncio.to_thread(until, lambda: not serving.listens())
            assert not request.done()
        answer = (await request).json()["data"]["concludeGuarantee"]
        assert answer["guarantee"]["number"] == "1070000473", answer
        assert await asyncio.to_thread(serving.ended) == 0
    assert await concluded_rows(api.platform) == [1, 1, 1, 1]


async def test_a_second_signal_ends_at_once_and_leaves_no_half_work(
    api: Api, settings: Settings, outside: SignIn
) -> None:
    application_id = await approved(api)
    with started(environment_of(settings), SERVE) as (serving,):
        surety = await outside(serving.url)
        async with numbers_held(api.platform):
            request = await surety.concluding(serving.url, application_id)
            serving.signal(signal.SIGTERM)
            await asyncio.to_thread(until, lambda: not serving.listens())
            serving.signal(signal.SIGTERM)
            assert await asyncio.to_thread(serving.ended, 5) == 1
            with pytest.raises(httpx.TransportError):
                await request
    assert await concluded_rows(api.platform) == [0, 0, 0, 0]


async def test_an_end_that_runs_out_of_time_comes_all_the_same_and_leaves_no_half_work(
    api: Api, settings: Settings, outside: SignIn
) -> None:
    application_id = await approved(api)
    with started(environment_of(settings, HOSHO_SHUTDOWN_SECONDS="1"), SERVE) as (serving,):
        surety = await outside(serving.url)
        async with numbers_held(api.platform):
            request = await surety.concluding(serving.url, application_id)
            serving.signal(signal.SIGTERM)
            assert await asyncio.to_thread(serving.ended, at_most(1) + 5) == 0
            assert (await request).status_code == 500
    assert await concluded_rows(api.platform) == [0, 0, 0, 0]


async def test_a_client_that_goes_away_while_concluding_leaves_all_of_it_or_nothing(
    api: Api, settings: Settings, outside: SignIn
) -> None:
    application_id = await approved(api)
    with started(environment_of(settings), SERVE) as (serving,):
        surety = await outside(serving.url)
        async with numbers_held(api.platform):
            request = await surety.concluding(serving.url, application_id)
            request.cancel()
            with pytest.raises(asyncio.CancelledError):
                await request
        again = (await surety.conclude(serving.url, application_id)).json()["data"]["concludeGuarantee"]
        assert again["guarantee"]["number"] == "1070000473", again
        assert await concluded_rows(api.platform) == [1, 1, 1, 1]
        serving.signal(signal.SIGTERM)
        assert await asyncio.to_thread(serving.ended) == 0


async def test_a_postman_that_is_told_to_stop_finishes_its_mail_and_gives_the_others_back(
    api: Api, settings: Settings, smtp: str, box: Box
) -> None:
    for each in range(3):
        await concluded(api, f"apply {each}", urgent=True)
    box.open.clear()
    with started(environment_of(settings, HOSHO_SMTP_URL=smtp), ("mail",)) as (mailing,):
        assert await asyncio.to_thread(box.asked.wait, 60)
        mailing.signal(signal.SIGTERM)
        box.open.set()
        assert await asyncio.to_thread(mailing.ended) == 0
    async with api.platform.database.read() as connection:
        rows = (await connection.execute(sa.select(mail).order_by(mail.c.id))).all()
    sent = sum(row.sent_at is not None for row in rows)
    assert 1 <= sent == box.ids.total()
    assert [(row.lease_by, row.attempts) for row in rows if row.sent_at is None] == [(None, 0)] * (3 - sent)

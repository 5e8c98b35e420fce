"""Liveness and readiness: what a load balancer and an operator are told."""

from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.database import Database
from denshi_hosho.core.migration import upgrade
from denshi_hosho.core.vault import Vault
from denshi_hosho.resolvers.platform import Platform
from tests.client import Api, concluded
from tests.conftest import api_of

pytestmark = pytest.mark.anyio


async def test_ready(api: Api) -> None:
    for path, body in (
        ("/livez", {"status": "ok"}),
        ("/readyz", {"status": "ok", "database": "ok", "rules": {}, "missingSecrets": []}),
    ):
        response = await api.http.get(path)
        assert (response.status_code, response.json()) == (200, body)
        assert response.headers["cache-control"] == "no-store"
        assert (await api.http.post(path)).status_code == 405


async def test_an_older_schema_is_not_ready(api: Api) -> None:
    async def older(connection: AsyncConnection) -> None:
        await connection.execute(sa.text("UPDATE alembic_version SET version_num = 'older'"))

    await api.platform.database.write(older)
    response = await api.http.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "database": "outdated", "rules": {}, "missingSecrets": []}
    assert (await api.http.get("/livez")).status_code == 200


async def test_no_schema_at_all_is_not_ready(platform: Platform, database_kind: str, tmp_path: Path) -> None:
    empty = {"sqlite": f"sqlite:///{tmp_path}/empty.db", "postgresql": _postgres(platform, "postgres")}
    await _is(platform, empty[database_kind], "outdated")


def _postgres(platform: Platform, name: str) -> str:
    return platform.database.url.set(database=name).render_as_string(hide_password=False)


async def test_a_database_that_cannot_be_reached(platform: Platform, database_kind: str) -> None:
    nowhere = {
        "sqlite": ["sqlite:////no/such/folder/hosho.db"],
        "postgresql": [
            "postgresql://u:p@127.0.0.1:1/x",
            _postgres(platform, "no_such_database"),
        ],
    }
    for url in nowhere[database_kind]:
        await _is(platform, url, "unreachable")


async def _is(platform: Platform, url: str, said: str) -> None:
    database = Database(url)
    async with api_of(replace(platform, database=database)) as api:
        response = await api.http.get("/readyz")
    await database.close()
    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "database": said, "rules": {}, "missingSecrets": []}


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_migrating_makes_it_ready(platform: Platform) -> None:
    async with api_of(platform) as api:
        await upgrade(platform.database)
        assert (await api.http.get("/readyz")).status_code == 200


async def test_a_key_whose_secret_is_not_configured_makes_the_platform_unready(api: Api) -> None:
    await concluded(api)
    vault = Vault({"k2": b"t" * 32}, {"k2": b"t" * 32})
    async with api_of(replace(api.platform, vault=vault)) as other:
        response = await other.http.get("/readyz")
    assert response.status_code == 503
    assert response.json() == {"status": "unavailable", "database": "ok", "rules": {}, "missingSecrets": ["k1"]}
    assert (await api.http.get("/readyz")).json()["missingSecrets"] == []


async def test_a_path_that_leads_nowhere_is_answered_like_every_error(api: Api) -> None:
    response = await api.http.get("/nowhere")
    assert response.status_code == 404
    assert response.json()["errors"][0]["extensions"]["code"] == "PATH_UNKNOWN"

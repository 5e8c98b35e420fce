"""Global ids: every object is found again by its own, by whoever may see it, and by nobody else."""

import base64

import pytest

from tests.client import Api, concluded
from tests.schema.parties import add_other_surety

pytestmark = pytest.mark.anyio
NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"


def global_id(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode()


async def test_who_finds_what(api: Api) -> None:
    await add_other_surety(api.platform)
    await concluded(api)
    askers = {
        "nobody": api,
        **{name: await api.as_(name) for name in ("contractor", "other", "surety", "other-surety")},
    }
    everybody, parties = set(askers), {"contractor", "surety"}
    for text, allowed in (
        ("Obligee:322016", everybody), ("Obligee:example/kinki", everybody), ("Surety:1", everybody), ("Surety:2", everybody),
        ("Branch:1", everybody), ("Branch:3", everybody), ("Guarantee:1", parties), ("GuaranteeApplication:1", parties),
        ("Obligee:999999", set()), ("Surety:9", set()), ("Branch:9", set()), ("Guarantee:9", set()),
        ("GuaranteeApplication:9", set()), ("Guarantee:999999999999999999", set()), ("Certificate:1", set()), ("X:1", set()),
    ):  # fmt: skip
        node = {"__typename": text.split(":")[0], "id": global_id(text)}
        found = {name: (await asker.ask(NODE, id=node["id"]))["node"] for name, asker in askers.items()}
        assert found == {name: node if name in allowed else None for name in askers}, text


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_what_is_no_global_id(api: Api) -> None:
    contractor = await api.as_("contractor")
    for text in ("", "!", "あ", "R3VhcmFudGVl", global_id("Guarantee:"), global_id(":1"), global_id("Guarantee:x"),
                 global_id("Guarantee:-1"), global_id("Guarantee:１"), global_id("Guarantee:" + "9" * 19),
                 base64.urlsafe_b64encode(b"Guarantee:\xff").decode()):  # fmt: skip
        assert await contractor.errors(NODE, id=text) == ["ID_MALFORMED"], text


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_an_integer_is_an_id_too_but_not_ours(api: Api) -> None:
    assert await api.errors(NODE, id=1) == ["ID_MALFORMED"]
    assert await api.errors(NODE, id=None) == ["GRAPHQL_INVALID"]

"""The spine of the product, over HTTP: apply, approve, conclude, reveal, hand in, open, see that it was opened."""

import pytest

from tests.client import OPEN, Api, concluded, revealed

pytestmark = pytest.mark.anyio


async def test_the_whole_way_of_an_electronic_guarantee(api: Api) -> None:
    guarantee = await concluded(api)
    assert guarantee["number"] == "1070000473"
    assert guarantee["issuedOn"] == "2024-06-03"
    key = await revealed(api, guarantee["id"])
    opened = (await api.ask(OPEN, number=key["number"], accessKey=key["accessKey"]))["certificate"]
    assert opened["title"] == "保証証書（前払金保証）"
    assert opened["guaranteedAmount"] == 19_200_000
    seen = await (await api.as_("contractor")).ask(
        "query ($number: GuaranteeNumber!) { viewer { guarantee(number: $number)"
        " { firstOpenedAt keyEvents { event at } submission { channels { way recipient { resolved } } } } } }",
        number=key["number"],
    )
    shown = seen["viewer"]["guarantee"]
    assert shown["firstOpenedAt"] == "2024-06-03T01:00:00+00:00"
    assert [each["event"] for each in shown["keyEvents"]] == ["REVEALED", "OPENED"]
    assert shown["submission"]["channels"] == [{"way": "EMAIL", "recipient": {"resolved": False}}]

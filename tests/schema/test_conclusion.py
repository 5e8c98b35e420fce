"""At conclusion the rules are asked again: what they refuse by then is not issued; and what stays on paper."""

import pytest

from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.rules import Application, Reason, Revision, Rulebook
from tests.client import APPLY, CONCLUDE, OPEN, REVEAL, Api, Json, approved, codes, concluded, matsue
from tests.conftest import api_of, with_rulebook
from tests.schema.operations import CERTIFICATE, ELIGIBILITY, MUTATIONS, NODE, TOWN

pytestmark = pytest.mark.anyio
TOWN_FACTS = {"workType": "CONSTRUCTION", "contractOn": "2024-06-01"}
LATER = TOWN.replace("from = 2024-04-01\ncounted_by", "from = 2024-07-01\ncounted_by")
PAPER_CLOSED = TOWN.replace("[revision.paper]\naccepted = true", "[revision.paper]\naccepted = false")


def rules(town: str = TOWN) -> Rulebook:
    return Rulebook.from_texts({"town": town})


async def under(platform: Platform, rulebook: Rulebook, operation: str, login_id: str, **given: object) -> Json:
    """What the account is answered when the platform stands under other rules; with the rows that were added."""
    async with api_of(with_rulebook(platform, rulebook)) as api:
        before = await api.rows()
        asker = await api.as_(login_id)
        answer = await asker.do(operation, **given)
        written = {name: count - before[name] for name, count in (await api.rows()).items() if count != before[name]}
    return {**answer, "written": {name: count for name, count in written.items() if name != "session"}}


async def applied_at_town(platform: Platform, **changes: object) -> str:
    async with api_of(with_rulebook(platform, rules())) as api:
        return await approved(api, "town", obligee="test/town", facts=TOWN_FACTS, **changes)


async def test_nothing_is_issued_when_the_rules_have_changed(platform: Platform) -> None:
    application_id = await applied_at_town(platform)
    given = {"applicationId": application_id, "idempotencyKey": "c"}
    answer = await under(platform, rules(LATER), CONCLUDE, "surety", **given)
    assert codes(answer) == ["BEFORE_START"]
    assert answer["refusals"][0]["path"] == ["applicationId"]
    assert answer["refusals"][0]["sources"] == [{"title": "試験町の電子保証"}]
    assert answer["decision"] == {"outcome": "PAPER_ONLY", "missing": [], "paper": True}
    assert answer["written"] == {}
    again = await under(platform, rules(), CONCLUDE, "surety", **given)
    assert again["guarantee"]["number"] == "1070000473"
    assert again["written"] == {
        "application_step": 1, "decision": 1, "guarantee": 1, "certificate": 1, "access_key": 1, "mail": 1, "idempotency": 1,
        "audit_entry": 1, "audit_node": 2,
    }  # fmt: skip


async def test_a_later_start_does_not_touch_paper_but_its_end_does(platform: Platform) -> None:
    application_id = await applied_at_town(platform, delivery="PAPER")
    given = {"applicationId": application_id, "idempotencyKey": "c"}
    closed = await under(platform, rules(PAPER_CLOSED), CONCLUDE, "surety", **given)
    assert codes(closed) == ["PAPER_CLOSED"]
    assert closed["written"] == {}
    answer = await under(platform, rules(LATER), CONCLUDE, "surety", **given)
    assert answer["guarantee"]["medium"] == "PAPER"
    assert answer["written"] == {
        "application_step": 1, "decision": 1, "rule_text": 1, "guarantee": 1, "certificate": 1, "idempotency": 1,
        "audit_entry": 1, "audit_node": 2,
    }  # fmt: skip


async def test_an_obligee_whose_rules_are_gone_is_issued_nothing(platform: Platform) -> None:
    application_id = await applied_at_town(platform)
    nobody = Rulebook.from_texts({})
    answer = await under(platform, nobody, CONCLUDE, "surety", applicationId=application_id, idempotencyKey="c")
    assert codes(answer) == ["OBLIGEE_UNKNOWN"]
    assert answer["refusals"][0]["path"] == ["applicationId"]
    assert answer["written"] == {}
    async with api_of(with_rulebook(platform, nobody)) as api:
        seen = await (await api.as_("contractor")).ask(
            "{ viewer { applications { nodes { obligee { id } obligeeName decisions { decision { outcome } } } } } }"
        )
    assert seen["viewer"]["applications"]["nodes"] == [
        {"obligee": None, "obligeeName": "試験町", "decisions": [{"decision": {"outcome": "ACCEPTED"}}]}
    ]


async def test_delivery_on_paper_where_the_rules_refuse_an_electronic_one(api: Api) -> None:
    guarantee = await concluded(api, delivery="PAPER", facts={"contractOn": "2024-05-31"})
    assert guarantee == {**guarantee, "medium": "PAPER", "number": "1070000473"}
    rows = await api.rows()
    assert (rows["access_key"], rows["mail"], rows["guarantee"]) == (0, 0, 1)
    contractor = await api.as_("contractor")
    for operation, more in ((REVEAL, {}), (MUTATIONS["rotateAccessKey"], {"reason": "r", "idempotencyKey": "r"})):
        answer = await contractor.do(operation, guaranteeId=guarantee["id"], **more)
        assert codes(answer) == ["ON_PAPER"]
        assert answer["refusals"][0]["path"] == ["guaranteeId"]
    assert await api.rows() == rows
    seen = (await contractor.ask(NODE, id=guarantee["id"]))["node"]
    assert (seen["submission"], seen["keyEvents"], seen["certificate"]["medium"]) == (None, [], "PAPER")
    assert [each["decision"]["outcome"] for each in seen["decisions"]] == ["PAPER_ONLY", "PAPER_ONLY"]


async def test_a_bid_guarantee_is_never_electronic_and_has_no_form(api: Api) -> None:
    contractor = await api.as_("contractor")
    application = matsue(contractor.surety_id, kind="BID")
    refused = await contractor.do(APPLY, application=application, idempotencyKey="k")
    assert codes(refused) == ["KIND_NEVER_ELECTRONIC"]
    guarantee = await concluded(api, kind="BID", delivery="PAPER", facts={"contractOn": None})
    assert guarantee["number"] == "1070300000"
    seen = (await contractor.ask(NODE, id=guarantee["id"]))["node"]
    assert seen["kindShort"] == "予約"
    certificate = seen["certificate"]
    assert certificate["title"] == "保証証書（契約保証予約）"
    assert (certificate["pdfUrl"], certificate["statement"], certificate["termsName"]) == (None, None, None)


def _raises(_application: Application, _revision: Revision) -> list[Reason]:
    raise ZeroDivisionError("no idea")


async def test_a_plugin_that_raises_issues_nothing_and_is_seen(platform: Platform) -> None:
    application_id = await applied_at_town(platform)
    broken = Rulebook.from_texts({"town": TOWN}, reviews={"town": _raises})
    given = {"applicationId": application_id, "idempotencyKey": "c"}
    answer = await under(platform, broken, CONCLUDE, "surety", **given)
    assert codes(answer) == ["PLUGIN_FAILED"]
    assert answer["decision"] == {"outcome": "UNDETERMINED", "missing": [], "paper": True}
    assert answer["written"] == {}
    for delivery in ("ELECTRONIC", "PAPER"):
        application = matsue("U3VyZXR5OjE=", obligee="test/town", delivery=delivery, facts=TOWN_FACTS)
        refused = await under(platform, broken, APPLY, "contractor", application=application, idempotencyKey=delivery)
        assert codes(refused) == ["PLUGIN_FAILED"]
        assert refused["written"] == {}
    async with api_of(with_rulebook(platform, broken)) as api:
        ready = await api.http.get("/readyz")
    assert ready.status_code == 200
    assert ready.json()["status"] == "degraded"
    assert list(ready.json()["rules"]) == ["town"]


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_an_obligee_that_two_plugins_claim_is_served_by_neither(platform: Platform) -> None:
    book = Rulebook.from_texts({"one": TOWN, "two": TOWN, "other": TOWN.replace("test/town", "test/city")})
    async with api_of(with_rulebook(platform, book)) as api:
        answer = (await api.ask(ELIGIBILITY, application={"obligee": "test/town", "kind": "BID"}))["eligibility"]
        listed = await api.ask('{ obligees { nodes { code } } obligee(code: "test/town") { id } }')
        ready = (await api.http.get("/readyz")).json()
    assert codes(answer) == ["OBLIGEE_NOT_SERVED"]
    assert "one (memory) / two (memory)" in answer["refusals"][0]["message"]
    assert listed == {"obligees": {"nodes": [{"code": "test/city"}]}, "obligee": None}
    assert (ready["status"], list(ready["rules"])) == ("degraded", ["one (memory) / two (memory)"])


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_a_start_that_is_counted_by_the_guarantee_is_refused_at_a_field_that_exists(platform: Platform) -> None:
    counted = TOWN.replace('from = 2024-04-01\ncounted_by = "contract"', 'from = 2024-07-01\ncounted_by = "guarantee"')
    application = matsue("U3VyZXR5OjE=", obligee="test/town", facts=TOWN_FACTS)
    answer = await under(platform, rules(counted), APPLY, "contractor", application=application, idempotencyKey="k")
    assert codes(answer) == ["BEFORE_START"]
    assert answer["refusals"][0]["path"] == ["application", "delivery"]


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_the_paper_certificate_is_opened_by_no_key(api: Api) -> None:
    guarantee = await concluded(api, delivery="PAPER")
    for operation in (OPEN, CERTIFICATE):
        answer = await api.ask(operation, number=guarantee["number"], accessKey="K5VL4+5QG_KJ")
        assert codes(answer["certificate"]) == ["CERTIFICATE_NOT_OPENED"]

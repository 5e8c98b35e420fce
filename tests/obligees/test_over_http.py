"""What eight of the published obligees answer over HTTP, through the API as it is."""

from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.rules import Rulebook
from tests.client import Api
from tests.conftest import api_of, with_rulebook

pytestmark = pytest.mark.anyio

ROOT = Path(__file__).parents[2] / "obligees" / "denshi_hosho_obligees"
ASK = """
query ($application: EligibilityInput!) { eligibility(application: $application) {
  ... on Decision { outcome missing reasons { code sources { url } } plan {
    channels { way validUntil recipient { known address phone divisions { division address phone } resolved } }
    subject { template } body { value joinedBy } artefacts { artefact need name asPdf validFrom validUntil }
    companions { document way need } deadline { event } followUp { phone phones { division phone } } batching { rule }
  } }
  ... on Refused { refusals { code } }
} }
"""
COMPANY = {"suretyClass": "GUARANTEE_COMPANY", "surety": "西日本建設業保証株式会社"}
WORKS = {"workType": "CONSTRUCTION", "workWording": "建設工事"}


@pytest.fixture(params=["sqlite"])  # nothing of this asks the database
def database_kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def api(platform: Platform) -> AsyncIterator[Api]:
    texts = {file.parent.name: file.read_text(encoding="utf-8") for file in ROOT.glob("*/rules.toml")}
    async with api_of(with_rulebook(platform, Rulebook.from_texts(texts))) as client:
        yield client


async def asked(api: Api, obligee: str, kind: str, *, facts: Mapping[str, object], **told: object) -> dict[str, Any]:
    application = {"obligee": obligee, "kind": kind, **COMPANY, "facts": {**WORKS, **facts}, **told}
    return dict((await api.ask(ASK, application=application))["eligibility"])


def codes(decision: dict[str, Any]) -> list[str]:
    return [reason["code"] for reason in decision["reasons"]]


async def test_yachiyo_counts_a_tender_by_its_notice_and_the_rest_by_the_contract(api: Api) -> None:
    late = {"contractOn": "2024-10-20"}
    tender = await asked(
        api, "122211", "PERFORMANCE", facts={**late, "procurement": "OPEN_TENDER", "noticeOn": "2024-09-30"}
    )
    assert (tender["outcome"], "BEFORE_START" in codes(tender)) == ("PAPER_ONLY", True)
    begun = await asked(
        api, "122211", "PERFORMANCE", facts={**late, "procurement": "OPEN_TENDER", "noticeOn": "2024-10-01"}
    )
    negotiated = await asked(api, "122211", "PERFORMANCE", facts={**late, "procurement": "NEGOTIATED"})
    # The page was not seen to name work types: begun, and yet not accepted.
    for decision in (begun, negotiated):
        assert (decision["outcome"], "STARTED" in codes(decision)) == ("UNDETERMINED", True)
        assert "WORK_TYPE_NOT_STATED" in codes(decision)


async def test_yachiyo_ends_the_mail_of_insurers_bonds_on_30_april_2026(api: Api) -> None:
    facts = {"procurement": "NEGOTIATED", "contractOn": "2025-04-01"}
    insurer = {"suretyClass": "INSURER", "surety": "例示損害保険株式会社"}
    decision = await asked(api, "122211", "PERFORMANCE", facts=facts, **insurer)
    ends = {channel["way"]: channel["validUntil"] for channel in decision["plan"]["channels"]}
    assert ends["EMAIL"] == "2026-04-30"
    (pdf,) = decision["plan"]["artefacts"]
    assert (pdf["artefact"], pdf["need"], pdf["validUntil"]) == ("BOND_PDF", "OPTIONAL", "2026-04-30")


async def test_hatsukaichi_changes_an_insurers_artefact_in_december_2025(api: Api) -> None:
    facts = {"orderOn": "2025-04-01", "division": "契約課", "excludedInNotice": False}
    insurer = {"suretyClass": "INSURER", "surety": "例示損害保険株式会社"}
    plan = (await asked(api, "342131", "PERFORMANCE", facts=facts, **insurer))["plan"]
    assert [(each["artefact"], each["need"], each["validFrom"], each["validUntil"]) for each in plan["artefacts"]] == [
        ("BOND_PDF", "REQUIRED", None, "2025-11-30"),
        ("VIEWER_ADDRESS", "REQUIRED", "2025-12-01", None),
    ]


async def test_the_medical_university_lets_the_invoice_go_along(api: Api) -> None:
    plan = (await asked(api, "fukushima-medical-university", "ADVANCE_PAYMENT", facts={"noticeOn": "2025-09-01"}))[
        "plan"
    ]
    assert plan["companions"] == [{"document": "前払請求書", "way": "TOGETHER", "need": "OPTIONAL"}]


async def test_hirosaki_counts_by_nomination_or_notice_and_gives_insurers_another_channel(api: Api) -> None:
    begun = await asked(api, "022021", "PERFORMANCE", facts={"nominationOn": "2024-04-01", "division": "契約課"})
    before = await asked(api, "022021", "PERFORMANCE", facts={"noticeOn": "2024-03-31", "division": "契約課"})
    assert begun["outcome"] == "ACCEPTED"
    assert (before["outcome"], "BEFORE_START" in codes(before)) == ("PAPER_ONLY", True)
    insurer = {"suretyClass": "INSURER", "surety": None}
    facts = {"nominationOn": "2026-01-10", "division": "契約課"}
    plans = {
        day: (await asked(api, "022021", "PERFORMANCE", facts={**facts, "contractOn": day}, **insurer))["plan"]
        for day in ("2026-01-31", "2026-02-01")
    }
    assert plans["2026-01-31"] != plans["2026-02-01"]


async def test_tsu_has_a_mailbox_and_a_telephone_for_each_division(api: Api) -> None:
    facts = {"noticeOn": "2025-10-01", "division": "調達契約課"}
    plan = (await asked(api, "242012", "ADVANCE_PAYMENT", facts=facts))["plan"]
    (channel,) = plan["channels"]
    assert channel["recipient"]["known"] == "BY_DIVISION"
    assert [each["address"] for each in channel["recipient"]["divisions"]] == [
        "229-3121@city.tsu.lg.jp",
        "237-5811@city.tsu.lg.jp",
    ]
    assert plan["deadline"]["event"] == "BEFORE_PAPER_CONTRACT_IS_BROUGHT"
    assert plan["batching"]["rule"] == "TOGETHER"
    assert plan["body"][-1] == {"value": "{kind}", "joinedBy": " "}
    # The call goes to the recipient's own telephone.
    assert [each["phone"] for each in channel["recipient"]["divisions"]] == ["059-229-3122", "059-237-5803"]
    assert plan["followUp"] is not None


async def test_motosu_wants_its_form_an_officers_address_and_a_call(api: Api) -> None:
    plan = (await asked(api, "212181", "ADVANCE_PAYMENT", facts={"contractOn": "2023-11-01"}))["plan"]
    (channel,) = plan["channels"]
    assert (channel["recipient"]["known"], channel["recipient"]["address"]) == ("OFFICER", None)
    assert "OWN_FORM" in {each["artefact"] for each in plan["artefacts"]}
    assert plan["followUp"] is not None
    assert plan["companions"]
    performance = (await asked(api, "212181", "PERFORMANCE", facts={"contractOn": "2023-11-01"}))["plan"]
    assert performance["channels"][0]["recipient"]["address"] == "zaisei@city.motosu.lg.jp"


async def test_arao_wants_the_notice_printed_and_brought(api: Api) -> None:
    decision = await asked(api, "432041", "PERFORMANCE", facts={"contractOn": "2024-05-01", "workWording": "公共工事"})
    assert decision["outcome"] == "ACCEPTED"
    assert [each["way"] for each in decision["plan"]["channels"]] == ["IN_PERSON"]


async def test_fukushima_wants_eleven_digits_without_hyphens(api: Api) -> None:
    facts = {"noticeOn": "2024-04-01", "workWording": "工事"}
    plan = (await asked(api, "070009", "PERFORMANCE", facts=facts))["plan"]
    assert plan["subject"]["template"] == "【電子保証書】_{works_number:digits(11)}"


async def test_shimonosekis_waterworks_is_an_obligee_of_its_own_with_three_ways(api: Api) -> None:
    decision = await asked(api, "352012/water", "PERFORMANCE", facts={"contractOn": "2023-12-01"})
    assert decision["outcome"] == "ACCEPTED"
    assert [each["way"] for each in decision["plan"]["channels"]] == ["EMAIL", "FAX", "IN_PERSON"]


async def test_otsu_tells_on_award_so_nothing_is_guessed(api: Api) -> None:
    decision = await asked(
        api, "252018", "PERFORMANCE", facts={"contractOn": "2024-01-04", "workWording": "工事請負契約"}
    )
    (channel,) = decision["plan"]["channels"]
    assert channel["way"] == "TOLD_ON_AWARD"
    assert (channel["recipient"]["resolved"], channel["recipient"]["address"]) == (False, None)

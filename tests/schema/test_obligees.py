"""Obligees and their rules; whether Matsue and Nakatane take an electronic guarantee, on which days."""

from typing import Any

import pytest

from tests.client import Api, Json
from tests.schema.operations import ELIGIBILITY, OBLIGEE, OBLIGEES

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("database_kind", ["sqlite"])]
SEARCHES = {
    "": ["322016", "465011", "example/kinki"], "松江": ["322016"], "ＭＡＴＳＵＥ": ["322016"], "city matsue": [],
    "鹿児島": ["465011"], "4650": ["465011"], "kinki": ["example/kinki"], "016松": [], "東京": [], "\u0000": [],
}  # fmt: skip


async def test_search_and_pages(api: Api, subtests: pytest.Subtests) -> None:
    for text, expected in SEARCHES.items():
        with subtests.test(repr(text)):
            found = (await api.ask(OBLIGEES, search=text))["obligees"]
            assert [each["code"] for each in found["nodes"]] == expected
            assert found["totalCount"] == len(expected)
    first = (await api.ask(OBLIGEES, search="", first=2))["obligees"]
    assert [each["node"]["code"] for each in first["edges"]] == ["322016", "465011"]
    assert (first["pageInfo"]["hasNextPage"], first["pageInfo"]["hasPreviousPage"]) == (True, False)
    rest = (await api.ask(OBLIGEES, search="", first=2, after=first["pageInfo"]["endCursor"]))["obligees"]
    assert [each["code"] for each in rest["nodes"]] == ["example/kinki"]
    assert (rest["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasPreviousPage"]) == (False, True)


async def test_the_rules_on_a_day(api: Api) -> None:
    before = (await api.ask(OBLIGEE, code="322016", on="2024-05-31"))["obligee"]["rules"]
    assert (before["day"], before["revision"], [each["code"] for each in before["facts"]]) == (
        "2024-05-31",
        None,
        ["START"],
    )
    today = (await api.ask(OBLIGEE, code="322016"))["obligee"]
    assert (today["name"], today["nameEn"], today["prefecture"], today["example"]) == (
        "松江市",
        "Matsue City",
        "島根県",
        False,
    )
    rules = today["rules"]
    assert (rules["day"], rules["revision"], rules["plugin"]) == ("2024-06-03", "2024-06-01", "matsue")
    facts = {each["code"]: each["value"] for each in rules["facts"]}
    assert facts["START"] == "2024-06-01"
    assert facts["KIND"] == "ADVANCE_PAYMENT,INTERIM_ADVANCE_PAYMENT,PERFORMANCE"
    assert facts["CHANNEL"] == "EMAIL"
    assert facts["RECIPIENT"] == "ASK"
    assert 'id = "322016"' in rules["text"]
    assert all(each["ja"] and each["en"] and each["sources"] for each in rules["facts"])
    assert (await api.ask(OBLIGEE, code="999999")) == {"obligee": None}


ADVANCE, INTERIM = {"kind": "ADVANCE_PAYMENT"}, {"kind": "INTERIM_ADVANCE_PAYMENT"}
WORKS = {"workType": "CONSTRUCTION"}
BOUNDARIES: dict[str, tuple[str, Json, Json, str, list[str], list[str]]] = {
    "Matsue before": ("322016", ADVANCE, {**WORKS, "contractOn": "2024-05-31"}, "PAPER_ONLY", ["BEFORE_START"], []),
    "Matsue first day": ("322016", ADVANCE, {**WORKS, "contractOn": "2024-06-01"}, "ACCEPTED", [], []),
    "Matsue consulting": ("322016", ADVANCE, {"workType": "CONSULTING", "contractOn": "2024-06-01"}, "ACCEPTED", [], []),
    "Matsue survey": ("322016", ADVANCE, {"workType": "SURVEY", "contractOn": "2024-06-01"}, "PAPER_ONLY",
                      ["WORK_TYPE_NOT_TAKEN"], []),
    "Matsue no day": ("322016", ADVANCE, WORKS, "UNDETERMINED", ["START_DATE_MISSING"], ["contractOn"]),
    "Matsue nothing": ("322016", ADVANCE, {}, "UNDETERMINED", ["START_DATE_MISSING", "WORK_TYPE_MISSING"],
                       ["contractOn", "workType"]),
    "Matsue bid": ("322016", {"kind": "BID"}, {**WORKS, "contractOn": "2024-06-01"}, "PAPER_ONLY",
                   ["KIND_NEVER_ELECTRONIC"], []),
    "Nakatane before": ("465011", ADVANCE, {**WORKS, "contractOn": "2024-01-31"}, "PAPER_ONLY", ["BEFORE_START"], []),
    "Nakatane first day": ("465011", ADVANCE, {**WORKS, "contractOn": "2024-02-01"}, "ACCEPTED", [], []),
    "Nakatane paper contract": ("465011", ADVANCE, {"workType": "SERVICES", "contractOn": "2024-02-01",
                                                    "contractMedium": "PAPER"}, "ACCEPTED", [], []),
    "Nakatane interim after an old one": ("465011", INTERIM, {**WORKS, "contractOn": "2024-02-01",
                                          "firstGuaranteeOn": "2024-01-31"}, "PAPER_ONLY", ["EXCLUDED"], []),
    "Nakatane interim after a new one": ("465011", INTERIM, {**WORKS, "contractOn": "2024-02-01",
                                         "firstGuaranteeOn": "2024-02-01"}, "ACCEPTED", [], []),
}  # fmt: skip


async def eligible(api: Api, obligee: str, kind: Json, facts: Json) -> Any:
    return (await api.ask(ELIGIBILITY, application={"obligee": obligee, **kind, "facts": facts}))["eligibility"]


async def test_the_days_round_the_start(api: Api, subtests: pytest.Subtests) -> None:
    for name, (obligee, kind, facts, outcome, against, missing) in BOUNDARIES.items():
        with subtests.test(name):
            decision = await eligible(api, obligee, kind, facts)
            assert decision["outcome"] == outcome
            assert [each["code"] for each in decision["reasons"] if each["refuses"] or each["unsettled"]] == against
            assert (decision["missing"], decision["paper"]) == (missing, True)
            assert (decision["plan"] is not None) == (outcome in {"ACCEPTED", "UNDETERMINED"})


async def test_matsues_plan(api: Api) -> None:
    plan = (await eligible(api, "322016", ADVANCE, {**WORKS, "contractOn": "2024-06-01"}))["plan"]
    (channel,) = plan["channels"]
    assert (channel["way"], channel["dependsOn"]) == ("EMAIL", [])
    recipient = channel["recipient"]
    assert {name: recipient[name] for name in ("known", "address", "confirm", "resolved")} == {
        "known": "ASK", "address": None, "confirm": True, "resolved": False,
    }  # fmt: skip
    assert [(each["artefact"], each["need"]) for each in plan["artefacts"]] == [
        ("KEY_NOTICE", "REQUIRED"), ("CERTIFICATE_SCREEN", "FORBIDDEN"),
    ]  # fmt: skip
    assert [plan[name] for name in ("subject", "body", "cc", "deadline", "followUp", "companions")] == [
        None,
        [],
        [],
        None,
        None,
        [],
    ]


async def test_nakatanes_plan_names_the_invoice(api: Api) -> None:
    plan = (await eligible(api, "465011", ADVANCE, {**WORKS, "contractOn": "2024-02-01"}))["plan"]
    assert [each["recipient"]["known"] for each in plan["channels"]] == ["BY_DIVISION"]
    assert "前払金請求書" in plan["companions"][0]["ja"]
    assert len(plan["notes"]) == 2

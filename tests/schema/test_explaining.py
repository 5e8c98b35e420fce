"""Why rules say what they say over HTTP: explained, compared, covered, grown old, and replayed from what was kept."""

from datetime import UTC, datetime

import pytest

from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.rules import Rulebook
from tests.client import Api, Json, codes
from tests.conftest import Clock, api_of, with_rulebook
from tests.rules.rule_texts import MINIMAL
from tests.schema.handing_in import in_town, town
from tests.schema.operations import COMPARE, COMPARE_DAYS, COVERAGE, EXPLAIN, STALE

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("database_kind", ["sqlite"])]
TOLD = {"obligee": "322016", "kind": "ADVANCE_PAYMENT", "facts": {"workType": "CONSTRUCTION"}}
REPLAY = """query ($number: GuaranteeNumber!, $byTodaysRules: Boolean!) { viewer { guarantee(number: $number) {
  decisions { stage replay(byTodaysRules: $byTodaysRules) {
    same sameBits sameText again { outcome } changes { place line } notReplayed { code } ja en } } } } }"""


async def replays(api: Api, *, today: bool) -> list[Json | None]:
    answer = await (await api.as_("contractor")).ask(REPLAY, number="1070000473", byTodaysRules=today)
    return [each["replay"] for each in answer["viewer"]["guarantee"]["decisions"]]


async def explained(api: Api, **facts: object) -> Json:
    told = {**TOLD, "facts": {"workType": "CONSTRUCTION", **facts}}
    return dict((await api.ask(EXPLAIN, application=told))["explain"])


async def test_each_clause_says_whether_it_held(api: Api) -> None:
    answer = await explained(api, contractOn="2024-06-01")
    assert answer["found"] == {"outcome": "ACCEPTED", "missing": []}
    start = answer["steps"][0]
    assert (start["place"], start["aspect"], start["standing"]) == ("revision[1]", "START", "HOLDS")
    assert [each["code"] for each in start["reasons"]] == ["STARTED"]
    assert all(each["ja"] and each["en"] for each in answer["steps"])
    assert answer["text"].splitlines()[-1] == "結果: ACCEPTED（電子交付可）"
    assert answer["textEn"].splitlines()[-1] == "Outcome: ACCEPTED"


async def test_what_is_untold_is_named_as_the_input_field_is(api: Api) -> None:
    answer = await explained(api)
    assert answer["found"] == {"outcome": "UNDETERMINED", "missing": ["contractOn"]}
    refused = await explained(api, contractOn="2024-05-31")
    assert refused["found"]["outcome"] == "PAPER_ONLY"
    assert "BEFORE_START" in refused["text"]


async def test_a_guard_that_hangs_on_an_untold_fact_stays_open(platform: Platform) -> None:
    guarded = MINIMAL.replace('way = "EMAIL"\n', 'way = "EMAIL"\nwhen = { contract_medium = "PAPER" }\n')
    rulebook = Rulebook.from_texts(
        {"town": guarded + guarded.partition("[revision.submission]\n")[2].replace("PAPER", "ELECTRONIC")}
    )
    async with api_of(with_rulebook(platform, rulebook)) as api:
        told = {"obligee": "test/town", "kind": "ADVANCE_PAYMENT", "facts": {"contractOn": "2024-06-01"}}
        steps = (await api.ask(EXPLAIN, application=told))["explain"]["steps"]
        channels = [each for each in steps if each["place"].startswith("revision[1].submission.channel")]
        assert [each["missing"] for each in channels] == [["contractMedium"]] * len(channels)


async def test_an_unknown_obligee_is_refused_with_its_field(api: Api) -> None:
    for query, given, field in (
        (EXPLAIN, {"application": {**TOLD, "obligee": "322015"}}, "obligee"),
        (COMPARE, {"left": "322016", "right": "322015"}, "right"),
        (COMPARE, {"left": "322015", "right": "322016"}, "left"),
        (COMPARE_DAYS, {"obligee": "322015", "earlierOn": "2024-05-31", "laterOn": "2024-06-01"}, "obligee"),
    ):
        (answer,) = (await api.ask(query, **given)).values()
        assert codes(answer) == ["OBLIGEE_UNKNOWN"]
        assert answer["refusals"][0]["path"] == [field]
    assert await api.ask(COVERAGE, obligee="322015") == {"coverage": None}


async def test_two_obligees_are_compared_fact_by_fact(api: Api) -> None:
    answer = (await api.ask(COMPARE, left="322016", right="465011", on="2024-06-01"))["compareObligees"]
    assert (answer["left"]["day"], answer["right"]["day"]) == ("2024-06-01", "2024-06-01")
    found = {each["aspect"]: each for each in answer["differences"]}
    assert "START" in found
    assert found["START"]["ja"].startswith("START: ")
    assert not found.keys() & set(answer["same"])
    same = (await api.ask(COMPARE, left="322016", right="322016"))["compareObligees"]
    assert same["differences"] == []
    assert same["left"]["day"] == "2024-06-03"


async def test_two_days_are_compared(platform: Platform) -> None:
    later = MINIMAL[MINIMAL.index("[[revision]]") :].replace("2024-04-01", "2025-04-01").replace(', "PERFORMANCE"', "")
    async with api_of(with_rulebook(platform, Rulebook.from_texts({"town": f"{MINIMAL}\n{later}"}))) as api:
        days = {"earlierOn": "2025-03-31", "laterOn": "2025-04-01"}
        answer = (await api.ask(COMPARE_DAYS, obligee="test/town", **days))["compareDays"]
        assert [each["aspect"] for each in answer["differences"]] == ["START", "KIND"]
        kind = answer["differences"][1]
        assert [each["value"] for each in kind["left"] + kind["right"]] == [
            "ADVANCE_PAYMENT,PERFORMANCE",
            "ADVANCE_PAYMENT",
        ]


async def test_what_is_unknown_is_said(api: Api) -> None:
    covered = {each["aspect"]: each for each in (await api.ask(COVERAGE, obligee="322016"))["coverage"]}
    assert covered["from"]["known"] == "STATED"
    assert covered["recipient"]["known"] == "UNKNOWN"
    assert covered["subject"]["known"] == "NOT_STATED"
    assert covered["recipient"]["ja"].startswith("recipient: ")


async def test_rules_grow_old(platform: Platform, clock: Clock) -> None:
    clock.now = datetime(2027, 1, 5, 14, 59, tzinfo=UTC)  # 23:59 in Japan
    async with api_of(with_rulebook(platform, town())) as api:
        assert await api.ask(STALE, days=365) == {"staleRules": []}
        clock.now = datetime(2027, 1, 5, 15, tzinfo=UTC)
        (old,) = (await api.ask(STALE, days=365))["staleRules"]
        assert old == {"obligee": "test/town", "source": "page", "url": None, "seenOn": "2026-01-05", "age": 366}


async def test_a_stored_decision_comes_out_the_same_bit_for_bit(platform: Platform) -> None:
    async with api_of(with_rulebook(platform, town())) as api:
        await in_town(api)
        for today in (False, True):
            for replay in await replays(api, today=today):
                assert replay is not None
                assert (replay["same"], replay["sameBits"], replay["sameText"]) == (True, True, True)
                assert (replay["again"], replay["changes"], replay["notReplayed"]) == ({"outcome": "ACCEPTED"}, [], [])


async def test_todays_other_text_shows_the_difference(platform: Platform) -> None:
    async with api_of(with_rulebook(platform, town())) as api:
        await in_town(api)
    changed = Rulebook.from_texts({"town": MINIMAL.replace("from = 2024-04-01", "from = 2024-07-01")})
    async with api_of(with_rulebook(platform, changed)) as api:
        for replay in await replays(api, today=True):
            assert replay is not None
            assert (replay["same"], replay["sameBits"], replay["sameText"]) == (False, False, False)
            assert replay["again"] == {"outcome": "REFUSED"}
            assert "outcome" in [each["place"] for each in replay["changes"]]
            assert any("ACCEPTED" in each["line"] and "REFUSED" in each["line"] for each in replay["changes"])
        assert [each and each["same"] for each in await replays(api, today=False)] == [True, True]


async def test_without_the_plugin_only_the_stored_text_is_replayed(platform: Platform) -> None:
    async with api_of(with_rulebook(platform, town())) as api:
        await in_town(api)
    async with api_of(with_rulebook(platform, Rulebook.from_texts({}))) as api:
        assert await replays(api, today=True) == [None, None]
        assert [each and each["sameBits"] for each in await replays(api, today=False)] == [True, True]

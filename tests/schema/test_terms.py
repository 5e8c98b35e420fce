"""Calculations by an obligee's own terms, as its rules state them: applied where known, unknown where not."""

from collections.abc import AsyncIterator

import pytest

from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.rules import Rulebook
from tests.client import Api, Json
from tests.conftest import api_of, with_rulebook
from tests.rules.rule_texts import MINIMAL
from tests.rules.test_rule_file_mistakes import paid
from tests.schema import operations as ops

pytestmark = [pytest.mark.anyio, pytest.mark.parametrize("database_kind", ["sqlite"])]
PLAIN = MINIMAL.replace('"test/town"', '"test/plain"')
PART = paid("advance_floor = 1_000_000", 'source = "page"').replace('"test/town"\n', '"test/part"\nexample = true\n')
NOTHING = "Nothing is known of this obligee's terms of payment; the general rule is used."
WORKS = {"contractPrice": 100_000_000, "startsOn": "2024-07-01", "endsOn": "2025-03-15", "on": "2024-11-07",
         "advanceReceived": 40_000_000, "amount": 20_000_000, "workDone": 50_000_000, "workOnTime": True,
         "partialPaid": False}  # fmt: skip


@pytest.fixture
async def town(platform: Platform) -> AsyncIterator[Api]:
    rulebook = Rulebook.from_texts({"town": ops.TOWN, "plain": PLAIN, "part": PART})
    async with api_of(with_rulebook(platform, rulebook)) as api:
        yield api


async def maximum(api: Api, price: int, obligee: str | None = "test/town", **more: object) -> Json:
    told = {"workType": "CONSTRUCTION", "contractPrice": price, "obligee": obligee, **more}
    found: Json = (await api.ask(ops.MAXIMUM, **told))["maximumAdvance"]
    return found


async def interim(api: Api, **told: object) -> Json:
    found: Json = (await api.ask(ops.INTERIM, input={**WORKS, **told}))["interimEligibility"]
    return found


def states(found: Json) -> dict[str, str]:
    return {each["code"]: each["state"] for each in found["conditions"]}


@pytest.mark.parametrize(
    ("price", "amount"),
    [(999_999, 0), (1_000_000, 400_000), (12_345_678, 4_900_000), (1_000_000_000, 300_000_000)],
)
async def test_floor_rounding_and_cap_are_applied(town: Api, price: int, amount: int) -> None:
    found = await maximum(town, price)
    assert (found["amount"], sum(line["yen"] for line in found["lines"])) == (amount, amount)


async def test_the_terms_are_shown_with_their_source(town: Api) -> None:
    found = await maximum(town, 100)
    terms = found["obligeeTerms"]
    (source,) = terms.pop("sources")
    assert (source["title"], source["locator"]) == ("試験町の電子保証", "前払金")
    assert terms == {
        "advancePercent": 40, "advanceFloor": 1_000_000, "advanceRounding": 100_000, "advanceCap": 300_000_000,
        "interimPercent": 20, "interimFloor": 10_000_000, "excludesPartialPayment": True, "performancePercent": 10,
        "lowBidPercent": 30, "ja": "前払金は請負金額100万円以上", "en": "Advances from a contract price of one million yen.",
        "literal": "原文 前払金", "isExample": False,
    }  # fmt: skip
    assert found["termsRemark"]["en"] == "This obligee's terms of payment are known."


async def test_where_nothing_is_known_the_general_rule_answers_and_says_so(town: Api) -> None:
    found = await maximum(town, 999_999, "test/plain")
    assert (found["amount"], found["obligeeTerms"], found["termsRemark"]["en"]) == (399_999, None, NOTHING)
    before = await maximum(town, 999_999, on="2024-03-31")
    assert (before["amount"], before["obligeeTerms"], before["termsRemark"]["en"]) == (399_999, None, NOTHING)
    general = await maximum(town, 999_999, None)
    assert (general["amount"], general["obligeeTerms"], general["termsRemark"]) == (399_999, None, None)


async def test_what_is_left_out_is_named_and_an_example_says_that_it_is_one(town: Api) -> None:
    found = await maximum(town, 10_000_001, "test/part")
    assert (found["amount"], found["obligeeTerms"]["isExample"]) == (4_000_000, True)
    assert found["termsRemark"] == {
        "ja": "この発注者の支払条件のうち、分かっていないもの: 前払金の割合、前払金の端数切捨ての単位、"
        "前払金の上限額。（例示の規則です。）",
        "en": "Of this obligee's terms of payment is not known: share of an advance; unit to which an advance is rounded "
        "down; most that is paid in advance. (This is an example rule.)",
    }


@pytest.mark.parametrize(
    ("told", "state", "eligible"),
    [
        ({"obligee": "test/town"}, "MET", True),
        ({"obligee": "test/plain"}, "UNKNOWN", None),
        ({"obligee": "test/part"}, "UNKNOWN", None),
        ({}, None, True),
    ],
)
async def test_the_floor_of_an_interim_advance(
    town: Api, told: Json, state: str | None, *, eligible: bool | None
) -> None:
    found = await interim(town, **told)
    assert (states(found).get("PRICE_ABOVE_FLOOR"), found["eligible"]) == (state, eligible)
    assert (found["termsRemark"] is None) is (not told)


async def test_under_the_floor_there_is_no_interim_advance(town: Api) -> None:
    found = await interim(
        town, obligee="test/town", contractPrice=9_999_999, advanceReceived=1, amount=1, workDone=9_999_999
    )
    assert [code for code, state in states(found).items() if state != "MET"] == ["PRICE_ABOVE_FLOOR"]
    assert (found["eligible"], found["maximum"]) == (False, 0)


async def test_the_obligee_says_whether_partial_payments_exclude_it_unless_that_is_told(town: Api) -> None:
    async def partial(**told: object) -> str:
        return states(await interim(town, partialPaid=True, **told))["NO_PARTIAL_PAYMENT"]

    assert await partial(obligee="test/town") == "NOT_MET"
    assert await partial(obligee="test/town", excludesPartial=False) == "MET"
    assert await partial(obligee="test/plain") == "UNKNOWN"
    assert await partial(obligee="test/town", on="2024-03-31") == "UNKNOWN"


async def test_a_performance_guarantee_is_what_is_told_or_what_the_obligee_wants(platform: Platform) -> None:
    rules = ops.TOWN.replace("performance_percent = 10", "performance_percent = 15")
    async with api_of(with_rulebook(platform, Rulebook.from_texts({"town": rules, "plain": PLAIN}))) as api:

        async def amount(**told: object) -> int:
            answer = await api.ask(ops.PERFORMANCE, contractPrice=1_000, **told)
            return int(answer["performanceGuarantee"]["amount"])

        assert await amount(obligee="test/town") == 150
        assert await amount(obligee="test/town", percent=30) == 300
        assert await amount(obligee="test/plain") == await amount() == 100


@pytest.mark.parametrize("code", ["322016", "", "\0", "試験町"])
async def test_an_obligee_without_rules_is_refused(town: Api, code: str) -> None:
    answers = [
        await maximum(town, 100, code),
        await interim(town, obligee=code),
        (await town.ask(ops.PERFORMANCE, contractPrice=100, obligee=code))["performanceGuarantee"],
    ]
    for answer in answers:
        assert [(each["code"], each["path"][-1]) for each in answer["refusals"]] == [("OBLIGEE_UNKNOWN", "obligee")]

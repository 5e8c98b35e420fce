"""Claims over HTTP: made, determined line by line, paid; refused, withdrawn; and nobody else's."""

import pytest

from tests.client import Api, codes, concluded
from tests.core.world import grown
from tests.schema.delegating import add_obligee
from tests.schema.ending import FACTS, asked, done, handed_in

pytestmark = pytest.mark.anyio
STATE = "query ($number: GuaranteeNumber!) { viewer { guarantee(number: $number) { state claims { id state } } } }"


async def _seen(api: Api, number: str, who: str) -> object:
    return (await (await api.as_(who)).ask(STATE, number=number))["viewer"]["guarantee"]


async def test_a_claim_is_determined_line_by_line_paid_and_seen_by_all_three_parties(api: Api) -> None:
    made = await handed_in(api)
    claim = await done(api, "makeClaim", "obligee", guaranteeId=made["id"], facts=FACTS, claimedAmount=4_000_000)
    assert (claim["state"], claim["recordedBySurety"], claim["workDone"]) == ("MADE", False, 1_500_000)
    determined = await done(
        api, "determineClaim", claimId=claim["id"], examined={"workDone": 4_500_000, "partialPayments": 2_000_000}
    )
    assert (determined["state"], determined["determinedAmount"]) == ("DETERMINED", 1_500_000)
    assert [(line["ja"], line["yen"]) for line in determined["derivation"]] == [
        ("前払金額", 4_000_000), ("部分払金額", 2_000_000), ("出来高", -4_500_000),
    ]  # fmt: skip
    paid = await done(api, "recordClaimPaid", claimId=claim["id"], amount=1_500_000, paidOn="2024-06-03")
    assert (paid["state"], paid["paidAmount"], paid["paidOn"]) == ("PAID", 1_500_000, "2024-06-03")
    for who in ("contractor", "surety", "obligee"):
        seen = {"state": "PERFORMED", "claims": [{"id": claim["id"], "state": "PAID"}]}
        assert await _seen(api, made["number"], who) == seen, who
    assert await _seen(api, made["number"], "other") is None


async def test_a_claim_on_paper_is_recorded_by_the_surety_before_anything_was_handed_in(api: Api) -> None:
    made = await concluded(api)
    given = {"guaranteeId": made["id"], "facts": FACTS, "claimedAmount": 4_000_000}
    await add_obligee(api.platform, "obligee", "322016")
    assert codes(await asked(api, "makeClaim", "obligee", **given)) == ["NOT_FOUND"]
    claim = await done(api, "makeClaim", **given)
    assert claim["recordedBySurety"] is True
    assert await done(api, "makeClaim", **given) == claim  # the same request again
    assert codes(await asked(api, "makeClaim", **{**given, "idempotencyKey": "again"})) == ["WRONG_STATE"]
    assert codes(await asked(api, "makeClaim", "contractor", **given)) == ["NOT_ALLOWED"]


@pytest.mark.parametrize(
    ("given", "code", "path"),
    [
        ({"claimedAmount": 19_200_001}, "CLAIM_ABOVE_GUARANTEED_AMOUNT", ["claimedAmount"]),
        ({"claimedAmount": 0}, "AMOUNT_OUT_OF_RANGE", ["claimedAmount"]),
        ({"facts": {**FACTS, "workDone": -1}}, "AMOUNT_OUT_OF_RANGE", ["facts", "workDone"]),
        ({"facts": {**FACTS, "defaultedOn": "2024-06-04"}}, "DAY_IN_FUTURE", ["facts", "defaultedOn"]),
        ({"facts": {**FACTS, "defaultedOn": "2024-06-02"}}, "DEFAULT_BEFORE_CONCLUSION", ["facts", "defaultedOn"]),
        ({"facts": {**FACTS, "reason": " "}}, "NOTE_LENGTH", ["facts", "reason"]),
        ({"facts": {**FACTS, "reason": "a\0b"}}, "TEXT_CONTROL_CHARACTER", ["facts", "reason"]),
    ],
)  # fmt: skip
async def test_a_claim_that_cannot_be_is_refused_and_nothing_is_written(
    api: Api, given: dict[str, object], code: str, path: list[str]
) -> None:
    made = await concluded(api)
    before = await api.rows()
    answer = await asked(
        api, "makeClaim", **{"guaranteeId": made["id"], "facts": FACTS, "claimedAmount": 4_000_000, **given}
    )
    assert [(each["code"], each["path"]) for each in answer["refusals"]] == [(code, path)]
    assert grown(before, await api.rows()) == {}


async def test_an_amount_is_determined_of_what_was_examined_alone(api: Api) -> None:
    made = await concluded(api)
    claim = await done(api, "makeClaim", guaranteeId=made["id"], claimedAmount=1, facts={**FACTS, "advancePaid": None})
    given = {"claimId": claim["id"]}
    assert codes(await asked(api, "determineClaim", **given)) == ["ADVANCE_UNKNOWN"]
    told = {"advancePaid": 4_000_000}
    assert codes(await asked(api, "determineClaim", **given, examined=told)) == ["WORK_DONE_UNKNOWN"]
    worth_it = {**told, "workDone": 4_000_000}
    assert codes(await asked(api, "determineClaim", **given, examined=worth_it)) == ["NOTHING_TO_PAY"]
    less = {**told, "workDone": 3_000_000}
    assert codes(await asked(api, "determineClaim", **given, examined=less, determinedAmount=5)) == [
        "DETERMINED_AMOUNT_CALCULATED"
    ]
    assert codes(await asked(api, "recordClaimPaid", **given, amount=1_000_000, paidOn="2024-06-03")) == ["WRONG_STATE"]
    refused = await done(api, "refuseClaim", **given, note="出来高が前払金額に達している")
    assert (refused["state"], refused["note"]) == ("REFUSED", "出来高が前払金額に達している")
    assert codes(await asked(api, "determineClaim", **given, examined=less)) == ["WRONG_STATE"]
    again = await done(api, "makeClaim", guaranteeId=made["id"], claimedAmount=1, facts=FACTS, idempotencyKey="again")
    assert again["id"] != claim["id"]


async def test_a_performance_guarantee_pays_what_the_surety_tells(api: Api) -> None:
    made = await concluded(api, kind="PERFORMANCE", guaranteedAmount=4_800_000)
    claim = await done(api, "makeClaim", guaranteeId=made["id"], claimedAmount=4_800_000, facts=FACTS)
    given = {"claimId": claim["id"]}
    assert codes(await asked(api, "determineClaim", **given)) == ["DETERMINED_AMOUNT_NEEDED"]
    assert codes(await asked(api, "determineClaim", **given, determinedAmount=4_800_001)) == [
        "DETERMINED_ABOVE_GUARANTEED_AMOUNT"
    ]
    determined = await done(api, "determineClaim", **given, determinedAmount=4_800_000)
    assert [line["yen"] for line in determined["derivation"]] == [4_800_000]
    for amount, day, code in (
        (4_799_999, "2024-06-03", "AMOUNT_NOT_AS_DETERMINED"), (4_800_000, "2024-06-04", "DAY_IN_FUTURE"),
        (4_800_000, "2024-06-02", "PAID_BEFORE_CLAIM"),
    ):  # fmt: skip
        assert codes(await asked(api, "recordClaimPaid", **given, amount=amount, paidOn=day)) == [code]


async def test_who_made_a_claim_withdraws_it_and_nobody_else(api: Api) -> None:
    made = await handed_in(api)
    claim = await done(api, "makeClaim", "obligee", guaranteeId=made["id"], facts=FACTS, claimedAmount=1)
    given = {"claimId": claim["id"], "note": "工事を再開したため"}
    assert codes(await asked(api, "withdrawClaim", "surety", **given)) == ["NOT_THE_CLAIMANT"]
    await add_obligee(api.platform, "other-obligee", "322024")
    assert codes(await asked(api, "withdrawClaim", "other-obligee", **given)) == ["NOT_FOUND"]
    withdrawn = await done(api, "withdrawClaim", "obligee", **given)
    assert withdrawn["state"] == "WITHDRAWN"
    assert await _seen(api, made["number"], "contractor") == {
        "state": "ACTIVE", "claims": [{"id": claim["id"], "state": "WITHDRAWN"}],
    }  # fmt: skip

"""The end of a guarantee over HTTP: what the tests of release, cancellation, claims and the timeline ask."""

from tests.client import Api, Json, concluded
from tests.schema.delegating import add_obligee
from tests.schema.handing_in import TOLD, one_prepared, sent

REFUSED = "... on Refused { refusals { code message messageEn path } }"
CLAIM = (
    "id state claimedAmount determinedAmount paidAmount paidOn note recordedBySurety defaultedOn reason advancePaid"
    " interimPaid partialPayments workDone settledAt derivation { ja en yen }"
)
ENDED = "... on EndedGuarantee { guarantee { id state expired } refundStatementId refundAmount ja en }"
TIMELINE = (
    "query ($number: GuaranteeNumber!, $first: Int, $after: String) { viewer { guarantee(number: $number) { state"
    " timeline(first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor }"
    " nodes { event ja at note who day version amount } } } } }"
)
FACTS = {"advancePaid": 4_000_000, "workDone": 1_500_000, "defaultedOn": "2024-06-03", "reason": "工事を続行できない"}


def _mutation(name: str, fields: str) -> str:
    kind = name[0].upper() + name[1:] + "Input" if name not in {"refuseClaim", "withdrawClaim"} else "EndClaimInput"
    return f"mutation ($input: {kind}!) {{ {name}(input: $input) {{ __typename {fields} {REFUSED} }} }}"


_OF_CLAIMS = f"... on ClaimPayload {{ claim {{ {CLAIM} }} }}"
OPERATIONS = {
    **{name: _mutation(name, _OF_CLAIMS)
       for name in ("makeClaim", "determineClaim", "refuseClaim", "withdrawClaim", "recordClaimPaid")},
    **{name: _mutation(name, ENDED) for name in ("releaseGuarantee", "cancelGuarantee")},
}  # fmt: skip


async def asked(api: Api, operation: str, who: str = "surety", **given: object) -> Json:
    """Ask a mutation as the account `who`; its key is its own name unless one is given."""
    return await (await api.as_(who)).do(OPERATIONS[operation], **{"idempotencyKey": operation, **given})


async def done(api: Api, operation: str, who: str = "surety", **given: object) -> Json:
    """Ask a mutation that is not refused; return the claim, or the whole answer of an end."""
    answer = await asked(api, operation, who, **given)
    assert answer["__typename"] != "Refused", answer
    return dict(answer.get("claim", answer))


async def handed_in(api: Api, **changes: object) -> Json:
    """Conclude a guarantee, and hand its key in to 松江市, which has the account `obligee`."""
    await add_obligee(api.platform, "obligee", "322016")
    made = await concluded(api, **changes)
    prepared = await one_prepared(api, made, **TOLD)
    await sent(api, prepared["submission"], addressConfirmed=True)
    return made


async def timeline(api: Api, number: str, who: str = "contractor", **page: object) -> Json:
    """Return a page of a guarantee's timeline as the account `who` sees it."""
    found = await (await api.as_(who)).ask(TIMELINE, number=number, **{"first": 100, **page})
    return dict(found["viewer"]["guarantee"]["timeline"])

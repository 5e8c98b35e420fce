"""The use of an advance over HTTP: the steps that tests of it share."""

from tests.client import Api, Json
from tests.schema.operations import MUTATIONS

ADVANCE = 19_200_000
LINES = [
    {"item": "MATERIALS", "description": "鉄筋 SD345", "quantity": "12 t", "totalCost": 12_000_000, "fromAdvance": 10_000_000,
     "method": "TRANSFER", "planned": "7月", "payee": "〇〇鋼材株式会社"},
    {"item": "LABOUR", "fromAdvance": 4_000_000},
    {"item": "MACHINE_RENTAL"},
]  # fmt: skip


async def do(api: Api, who: str, mutation: str, **given: object) -> Json:
    """Ask a mutation as the account `who`, each time with another request key; return what it answers."""
    key = f"{mutation}-{sum((await api.rows()).values())}"
    return await (await api.as_(who)).do(MUTATIONS[mutation], **{"idempotencyKey": key, **given})


async def funds_stated(api: Api, guarantee: Json, lines: list[Json] | None = None) -> Json:
    """State for what the advance of a guarantee is used; return the statement."""
    answer = await do(api, "contractor", "stateFunds", guaranteeId=guarantee["id"], lines=lines or LINES)
    assert answer["__typename"] == "FundsPayload", answer
    return dict(answer["statement"])


async def funds_consented(api: Api, guarantee: Json) -> Json:
    """Let the advance come in, state its use, and consent to that; return the statement."""
    received = {"guaranteeId": guarantee["id"], "amount": ADVANCE, "receivedOn": "2024-06-03"}
    assert (await do(api, "contractor", "recordAdvanceReceived", **received))["__typename"] == "GuaranteePayload"
    stated = await funds_stated(api, guarantee)
    return dict((await do(api, "surety", "consentFunds", statementId=stated["id"]))["statement"])

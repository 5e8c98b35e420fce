"""A small client of the API, and the operations that many tests need."""

from dataclasses import dataclass, field
from typing import Any

import httpx
import sqlalchemy as sa

from denshi_hosho.cli.seeding import PASSWORD
from denshi_hosho.core.tables import metadata
from denshi_hosho.examples.leaflets import WEST_JAPAN
from denshi_hosho.resolvers.platform import Platform

Json = dict[str, Any]

SIGN_IN = """
mutation ($input: SignInInput!) { signIn(input: $input) {
  __typename
  ... on Session { accessToken refreshToken expiresAt viewer { role partyName } }
  ... on Refused { refusals { code message messageEn path } }
} }
"""
REFUSED = (
    "... on Refused { refusals { code message messageEn path sources { title } } decision { outcome missing paper } }"
)
APPLY = (
    "mutation ($input: ApplyForGuaranteeInput!) { applyForGuarantee(input: $input) { __typename"
    " ... on ApplicationPayload { application { id state feeState delivery worksName obligeeName } } "
    + REFUSED
    + " } }"
)
APPROVE = (
    "mutation ($input: ApproveApplicationInput!) { approveApplication(input: $input) { __typename"
    " ... on ApplicationPayload { application { id state } } " + REFUSED + " } }"
)
RECORD_FEE = (
    "mutation ($input: RecordFeeInput!) { recordFee(input: $input) { __typename"
    " ... on ApplicationPayload { application { id feeState feeAmount feeReceivedOn } } " + REFUSED + " } }"
)
CONCLUDE = (
    "mutation ($input: ConcludeGuaranteeInput!) { concludeGuarantee(input: $input) { __typename"
    " ... on GuaranteePayload { guarantee { id number kind medium issuedOn } } " + REFUSED + " } }"
)
REVEAL = (
    "mutation ($input: RevealAccessKeyInput!) { revealAccessKey(input: $input) { __typename"
    " ... on RevealedKey { pdfUrl notice { kind number accessKey worksName obligeeName suretyName text } } "
    + REFUSED
    + " } }"
)
OPEN = (
    "query ($number: GuaranteeNumber!, $accessKey: AccessKey!) { certificate(number: $number, accessKey: $accessKey) {"
    " __typename ... on Certificate { number title guaranteedAmount pdfUrl } " + REFUSED + " } }"
)


@dataclass
class Api:
    """The API as one client sees it; `token` is sent with every request when there is one."""

    http: httpx.AsyncClient
    platform: Platform
    token: str | None = None
    surety_id: str = ""
    sessions: dict[str, "Api"] = field(default_factory=dict)

    async def post(self, query: str, **variables: object) -> httpx.Response:
        headers = {"Authorization": f"Bearer {self.token}"} if self.token else {}
        return await self.http.post("/graphql", json={"query": query, "variables": variables}, headers=headers)

    async def ask(self, query: str, **variables: object) -> Json:
        """Return `data`; fail if there are errors."""
        response = await self.post(query, **variables)
        body = response.json()
        assert "errors" not in body, body["errors"]
        return dict(body["data"])

    async def do(self, operation: str, **given: object) -> Json:
        """Return the single root field of a mutation whose input is `given`."""
        (answer,) = (await self.ask(operation, input=given)).values()
        return dict(answer)

    async def errors(self, query: str, **variables: object) -> list[str]:
        """Return the codes in `errors`; there must be some."""
        body = (await self.post(query, **variables)).json()
        return [error["extensions"]["code"] for error in body["errors"]]

    async def as_(self, login_id: str) -> "Api":
        """Return the API as the account `login_id` sees it."""
        if login_id not in self.sessions:
            session = await self.do(SIGN_IN, loginId=login_id, password=PASSWORD)
            sureties = (await self.ask("{ sureties { id name } }"))["sureties"]
            (surety_id,) = (each["id"] for each in sureties if each["name"] == WEST_JAPAN.name)
            self.sessions[login_id] = Api(self.http, self.platform, session["accessToken"], surety_id, self.sessions)
        return self.sessions[login_id]

    def bearing(self, token: str | None) -> "Api":
        """Return the API as whoever sends `token` sees it."""
        return Api(self.http, self.platform, token, self.surety_id, self.sessions)

    async def rows(self) -> dict[str, int]:
        """Return how many rows each table has: to see that nothing was written."""
        async with self.platform.database.read() as connection:
            return {
                table.name: (await connection.execute(sa.select(sa.func.count()).select_from(table))).scalar_one()
                for table in metadata.sorted_tables
            }


def matsue(surety_id: str, **changes: object) -> Json:
    """An application for an advance payment guarantee that Matsue accepts, with `changes`."""
    facts = {"workType": "CONSTRUCTION", "contractOn": "2024-06-01", **dict(changes.pop("facts", {}))}  # type: ignore[call-overload]
    return {
        "suretyId": surety_id,
        "obligee": "322016",
        "kind": "ADVANCE_PAYMENT",
        "delivery": "ELECTRONIC",
        "worksName": "市道〇号線 道路改良工事",
        "contractPrice": 48_000_000,
        "guaranteedAmount": 19_200_000,
        "completionOn": "2025-03-15",
        "facts": facts,
        **changes,
    }


def codes(answer: Json) -> list[str]:
    """The codes of a refusal; fail if it is none."""
    assert answer["__typename"] == "Refused", answer
    return [refusal["code"] for refusal in answer["refusals"]]


async def applied(api: Api, key: str = "apply-1", **changes: object) -> str:
    """Apply as the contractor; return the application's id."""
    contractor = await api.as_("contractor")
    application = matsue(contractor.surety_id, **changes)
    answer = await contractor.do(APPLY, application=application, idempotencyKey=key)
    assert answer["__typename"] == "ApplicationPayload", answer
    return str(answer["application"]["id"])


async def approved(api: Api, key: str = "apply-1", **changes: object) -> str:
    """Apply, approve and record the fee; return the application's id."""
    application_id = await applied(api, key, **changes)
    surety = await api.as_("surety")
    for operation, given in (
        (APPROVE, {}),
        (RECORD_FEE, {"amount": 100_000, "receivedOn": "2024-06-03"}),
    ):
        answer = await surety.do(operation, applicationId=application_id, **given)
        assert answer["__typename"] == "ApplicationPayload", answer
    return application_id


async def concluded(api: Api, key: str = "apply-1", **changes: object) -> Json:
    """Take an application all the way; return the guarantee."""
    application_id = await approved(api, key, **changes)
    surety = await api.as_("surety")
    answer = await surety.do(CONCLUDE, applicationId=application_id, idempotencyKey=f"conclude {key}")
    assert answer["__typename"] == "GuaranteePayload", answer
    return dict(answer["guarantee"])


async def revealed(api: Api, guarantee_id: str) -> Json:
    """Reveal the key of the contractor's guarantee; return number, key and URL."""
    answer = await (await api.as_("contractor")).do(REVEAL, guaranteeId=guarantee_id)
    return {**answer["notice"], "pdfUrl": answer["pdfUrl"]}

"""Who may do what: every mutation, asked by everybody; what is refused writes nothing."""

from collections.abc import Awaitable, Callable
from datetime import timedelta

import pytest

from denshi_hosho.cli.seeding import PASSWORD
from denshi_hosho.core.tokens import Actor, Ticket, Tokens
from denshi_hosho.core.vocabulary import Role
from tests.client import (
    APPROVE,
    Api,
    Json,
    applied,
    approved,
    codes,
    concluded,
    matsue,
)
from tests.conftest import NOW, Clock
from tests.schema.operations import MUTATIONS
from tests.schema.parties import add_other_surety

pytestmark = pytest.mark.anyio
Given = Callable[[Api], Awaitable[Json]]
RETURN = MUTATIONS["returnApplication"]


async def submitted(api: Api) -> Json:
    return {"applicationId": await applied(api)}


async def _returned(api: Api) -> Json:
    application_id = await applied(api)
    await (await api.as_("surety")).do(RETURN, applicationId=application_id, note="訂正")
    return {"applicationId": application_id, "application": matsue((await api.as_("contractor")).surety_id)}


async def _application(api: Api) -> Json:
    return {"application": matsue((await api.as_("contractor")).surety_id), "idempotencyKey": "new"}


async def _to_be_concluded(api: Api) -> Json:
    return {"applicationId": await approved(api), "idempotencyKey": "c"}


async def _guarantee(api: Api) -> Json:
    return {"guaranteeId": (await concluded(api))["id"]}


async def _to_prepare(api: Api) -> Json:
    return {"guaranteeIds": [(await concluded(api))["id"]], "idempotencyKey": "p"}


async def _prepared(api: Api) -> Json:
    answer = await (await api.as_("contractor")).do(MUTATIONS["prepareSubmission"], **await _to_prepare(api))
    return {"submissionId": answer["prepared"][0]["submission"]["id"]}


async def _handed_in(api: Api) -> Json:
    given = await _prepared(api)
    await (await api.as_("contractor")).do(MUTATIONS["submitKey"], way="EMAIL", **given)
    return given


def with_(given: Given, **more: object) -> Given:
    async def both(api: Api) -> Json:
        return {**await given(api), **more}

    return both


async def _password(_api: Api) -> Json:
    return {"currentPassword": PASSWORD, "newPassword": PASSWORD}


GIVEN: dict[str, Given] = {
    "applyForGuarantee": _application,
    "resubmitApplication": _returned,
    "returnApplication": with_(submitted, note="訂正"),
    "declineApplication": with_(submitted, note="謝絶"),
    "approveApplication": submitted,
    "recordFee": with_(submitted, amount=1, receivedOn="2024-06-03"),
    "concludeGuarantee": _to_be_concluded,
    "revealAccessKey": _guarantee,
    "rotateAccessKey": with_(_guarantee, reason="誤送信", idempotencyKey="r"),
    "prepareSubmission": _to_prepare,
    "submitKey": with_(_prepared, way="EMAIL"),
    "confirmArrival": _handed_in,
    "recordAcceptance": _handed_in,
    "recordRejection": with_(_handed_in, note="不受理"),
    "changePassword": _password,
}
# What the contractor, another principal, the surety and another surety are answered; None: it is done.
PRINCIPALS = (None, "NOT_FOUND", "NOT_ALLOWED", "NOT_ALLOWED")
SURETIES = ("NOT_ALLOWED", "NOT_ALLOWED", None, "NOT_FOUND")
ANSWERS = {
    "applyForGuarantee": (None, None, "NOT_ALLOWED", "NOT_ALLOWED"),
    "resubmitApplication": PRINCIPALS,
    "returnApplication": SURETIES,
    "declineApplication": SURETIES,
    "approveApplication": SURETIES,
    "recordFee": SURETIES,
    "concludeGuarantee": SURETIES,
    "revealAccessKey": PRINCIPALS,
    "rotateAccessKey": PRINCIPALS,
    "prepareSubmission": PRINCIPALS,
    "submitKey": PRINCIPALS,
    "confirmArrival": PRINCIPALS,
    "recordAcceptance": PRINCIPALS,
    "recordRejection": PRINCIPALS,
    "changePassword": (None, None, None, None),
}
DONE = {
    "ApplicationPayload", "GuaranteePayload", "RevealedKey", "Session", "PreparedSubmissions", "SubmissionPayload",
}  # fmt: skip
OPEN_TO_ALL = {"signIn", "refreshSession", "signOut"}


def test_every_mutation_is_asked() -> None:
    assert GIVEN.keys() == ANSWERS.keys() == MUTATIONS.keys() - OPEN_TO_ALL


@pytest.mark.parametrize("mutation", sorted(GIVEN))
async def test_who_may_do_it(api: Api, mutation: str) -> None:
    await add_other_surety(api.platform)
    given = await GIVEN[mutation](api)
    askers = [await api.as_(name) for name in ("contractor", "other", "surety", "other-surety")]
    everybody = [(api, "NOT_SIGNED_IN"), *zip(askers, ANSWERS[mutation], strict=True)]
    before = await api.rows()
    for asker, code in everybody:
        if code is not None:
            answer = await asker.do(MUTATIONS[mutation], **given)
            assert codes(answer) == [code]
            assert await api.rows() == before
    for asker, code in everybody:
        if code is None:
            answer = await asker.do(MUTATIONS[mutation], **given)
            assert answer["__typename"] in DONE
    assert await api.rows() != before or mutation == "approveApplication"


async def wrong_headers(api: Api, clock: Clock) -> dict[str, str]:
    token = str((await api.as_("contractor")).token)
    session = await api.do(MUTATIONS["signIn"], loginId="contractor", password=PASSWORD)
    unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0." + token.split(".")[1] + "."
    elsewhere = Tokens({"k1": b"t" * 32}, "http://hosho.test").access_token(Actor(1, Role.PRINCIPAL, 1, None), clock())
    return {
        "broken": f"Bearer {token[:-4]}AAAA",
        "expired": f"Bearer {token}",
        "forged": f"Bearer {elsewhere[0]}",
        "unsigned": f"Bearer {unsigned}",
        "ticket": f"Bearer {api.platform.tokens.ticket(Ticket('certificate', 1, 1), clock())}",
        "refresh token": f"Bearer {session['refreshToken']}",
        "no token": "Bearer ",
        "another scheme": "Basic Zm9vOmJhcg==",
    }


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_no_operation_runs_under_a_wrong_token(api: Api, clock: Clock, subtests: pytest.Subtests) -> None:
    given = {"input": {**await _guarantee(api), "applicationId": "x"}}
    operations: list[tuple[str, Json]] = [(each, given) for each in MUTATIONS.values()]
    operations += [("{ viewer { role } }", {}), ("{ sureties { id } }", {})]
    headers = await wrong_headers(api, clock)
    before = await api.rows()
    for name, header in headers.items():
        clock.now = NOW + timedelta(minutes=15 if name == "expired" else 0)
        with subtests.test(name):
            for query, variables in operations:
                response = await api.http.post(
                    "/graphql", json={"query": query, "variables": variables}, headers={"Authorization": header}
                )
                assert response.status_code == 401
                assert response.headers["WWW-Authenticate"] == 'Bearer error="invalid_token"'
                (error,) = response.json()["errors"]
                assert error["extensions"]["code"] == "TOKEN_INVALID"
    assert await api.rows() == before


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_the_scheme_is_bearer_in_any_case(api: Api) -> None:
    contractor = await api.as_("contractor")
    response = await api.http.post(
        "/graphql", json={"query": "{ viewer { role } }"}, headers={"Authorization": f"bEARER  {contractor.token}"}
    )
    assert response.json() == {"data": {"viewer": {"role": "PRINCIPAL"}}}


async def test_an_approved_application_of_another_surety_stays_its_own(api: Api) -> None:
    await add_other_surety(api.platform)
    application_id = await applied(api)
    other = await api.as_("other-surety")
    assert codes(await other.do(APPROVE, applicationId=application_id)) == ["NOT_FOUND"]
    queue = await other.ask(
        "{ viewer { partyName applications { totalCount nodes { id } } guarantees { totalCount } } }"
    )
    assert queue["viewer"] == {
        "partyName": "別保証株式会社",
        "applications": {"totalCount": 0, "nodes": []},
        "guarantees": {"totalCount": 0},
    }

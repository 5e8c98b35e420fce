"""Who may do what: every operation, asked by everybody about an object of the contractor's; what is refused writes nothing."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from itertools import islice
from typing import Any

import pytest
import sqlalchemy as sa
from graphql import GraphQLInterfaceType, GraphQLObjectType

from denshi_hosho.cli.seeding import PASSWORD
from denshi_hosho.core.settings import Settings
from denshi_hosho.core.tables import metadata
from denshi_hosho.core.tokens import Actor, Ticket, Tokens
from denshi_hosho.core.vocabulary import Role
from denshi_hosho.resolvers.mailing import herald
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.schema.ids import global_id, split_id
from denshi_hosho.schema.root import build_schema
from tests.client import (
    APPROVE,
    Api,
    Json,
    applied,
    approved,
    codes,
    concluded,
    matsue,
    revealed,
)
from tests.conftest import NOW, SECRET, Clock, api_of
from tests.core.forging import Genuine, forgeries
from tests.schema import operations as ops
from tests.schema.funding import funds_consented, funds_stated
from tests.schema.lives import add_tariff
from tests.schema.operations import MUTATIONS
from tests.schema.parties import add_other_surety

pytestmark = pytest.mark.anyio
SCHEMA = build_schema().graphql
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


async def _in_the_inbox(api: Api) -> Json:
    await _handed_in(api)
    return {"guaranteeId": global_id("Guarantee", 1), "idempotencyKey": "o"}


async def _to_open(api: Api) -> Json:
    given = await _in_the_inbox(api)
    return {"guaranteeIds": [given["guaranteeId"]], "idempotencyKey": "o"}


async def _contracts(_api: Api) -> Json:
    contract = {"contractNumber": "6-1", "worksName": "工事", "principalName": "受注者", "contractPrice": 1}
    return {"contracts": [contract], "idempotencyKey": "o"}


async def _draft(api: Api) -> Json:
    contractor = await api.as_("contractor")
    given = {"title": "下書き", "content": matsue(contractor.surety_id), "idempotencyKey": "draft"}
    answer = await contractor.do(MUTATIONS["saveDraft"], **given)
    return {"draftId": answer["draft"]["id"], "idempotencyKey": "d"}


async def _hook(_api: Api) -> Json:
    return {"url": "https://hooks.example.jp/", "events": ["KEY_ROTATED"], "idempotencyKey": "w"}


async def _webhook(api: Api) -> Json:
    given = {**await _hook(api), "events": ["APPLICATION_SUBMITTED"]}
    answer = await (await api.as_("contractor")).do(MUTATIONS["registerWebhook"], **given)
    return {"webhookId": answer["webhook"]["id"], "idempotencyKey": "x"}


async def _delivery(api: Api) -> Json:
    await _webhook(api)
    await applied(api, "told")
    await herald(api.platform).tell(NOW)
    return {"deliveryId": global_id("WebhookDelivery", 1), "idempotencyKey": "x"}


async def _stated(api: Api) -> Json:
    return {"statementId": (await funds_stated(api, await concluded(api)))["id"], "idempotencyKey": "k"}


async def _to_withdraw(api: Api) -> Json:
    guarantee = await concluded(api)
    statement = await funds_consented(api, guarantee)
    lines = [{"fundsLineId": statement["lines"][0]["id"], "amount": 1_000}]
    return {"guaranteeId": guarantee["id"], "lines": lines, "idempotencyKey": "k"}


async def _withdrawal(api: Api) -> Json:
    answer = await (await api.as_("contractor")).do(MUTATIONS["requestWithdrawal"], **await _to_withdraw(api))
    return {"withdrawalId": answer["withdrawal"]["id"], "idempotencyKey": "w"}


async def _approved_withdrawal(api: Api) -> Json:
    given = await _withdrawal(api)
    await (await api.as_("surety")).do(MUTATIONS["approveWithdrawal"], **given)
    return {**given, "idempotencyKey": "paid", "paidOn": "2024-06-03"}


def with_(given: Given, **more: object) -> Given:
    async def both(api: Api) -> Json:
        return {**await given(api), **more}

    return both


async def _password(_api: Api) -> Json:
    return {"currentPassword": PASSWORD, "newPassword": PASSWORD}


async def _credentials(_api: Api) -> Json:
    return {"loginId": "contractor", "password": PASSWORD}


async def _session(api: Api) -> Json:
    session = await api.do(MUTATIONS["signIn"], loginId="contractor", password=PASSWORD)
    return {"refreshToken": session["refreshToken"]}


async def _id_token(_api: Api) -> Json:
    return {"idToken": "x.y.z", "nonce": "n" * 32}


async def _change(api: Api) -> Json:
    given = {
        **await _guarantee(api),
        "change": {"guaranteedAmount": 20_000_000},
        "reason": "増額",
        "idempotencyKey": "q",
    }
    answer = await (await api.as_("contractor")).do(MUTATIONS["requestChange"], **given)
    return {"changeId": answer["change"]["id"], "idempotencyKey": "z"}


async def _with_tariff(api: Api) -> Json:
    await add_tariff(api)
    return {**await submitted(api), "idempotencyKey": "f"}


FACTS = {"workDone": 0, "defaultedOn": "2024-06-01", "reason": "契約解除"}


async def _claim(api: Api) -> Json:
    given = {**await _guarantee(api), "facts": FACTS, "claimedAmount": 1_000_000, "idempotencyKey": "q"}
    answer = await (await api.as_("surety")).do(MUTATIONS["makeClaim"], **given)
    return {"claimId": answer["claim"]["id"], "idempotencyKey": "z"}


async def _determined(api: Api) -> Json:
    claim = await _claim(api)
    examined = {"advancePaid": 1_000_000, "workDone": 0}
    await (await api.as_("surety")).do(
        MUTATIONS["determineClaim"], **{**claim, "idempotencyKey": "y"}, examined=examined
    )
    return {**claim, "paidOn": "2024-06-03"}


OF_A_SESSION = {"refreshSession", "signOut"}  # each asker needs a refresh token that was not used yet
GIVEN: dict[str, Given] = {
    "signIn": _credentials,
    "signInWithProvider": _id_token,
    "refreshSession": _session,
    "signOut": _session,
    "applyForGuarantee": _application,
    "resubmitApplication": _returned,
    "saveDraft": with_(_draft, title="改めた下書き"),
    "submitDraft": _draft,
    "discardDraft": _draft,
    "withdrawApplication": with_(submitted, reason="工事の中止", idempotencyKey="w"),
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
    "openInboxItems": _to_open,
    "acceptCertificate": _in_the_inbox,
    "rejectCertificate": with_(_in_the_inbox, code="OTHER", note="不受理"),
    "registerWorksContracts": _contracts,
    "changePassword": _password,
    "stateFunds": with_(_guarantee, lines=[{"item": "LABOUR"}], idempotencyKey="k"),
    "consentFunds": _stated,
    "returnFunds": with_(_stated, note="差戻し"),
    "requestWithdrawal": _to_withdraw,
    "cancelWithdrawal": _withdrawal,
    "returnWithdrawal": with_(_withdrawal, note="差戻し"),
    "approveWithdrawal": _withdrawal,
    "recordWithdrawalPaid": _approved_withdrawal,
    "registerWebhook": _hook,
    "rotateWebhookSecret": _webhook,
    "disableWebhook": _webhook,
    "redeliverWebhook": _delivery,
    "recordAdvanceReceived": with_(_guarantee, amount=19_200_000, receivedOn="2024-06-03", idempotencyKey="a"),
    "requestChange": with_(_guarantee, change={"completionOn": "2025-03-31"}, reason="設計変更", idempotencyKey="k"),
    "concludeChange": _change,
    "declineChange": with_(_change, note="不可"),
    "withdrawChange": with_(_change, note="取りやめ"),
    "calculateFee": _with_tariff,
    "setPrincipalClass": with_(submitted, className="A", fromOn="2024-06-01", idempotencyKey="s"),
    "releaseGuarantee": with_(_guarantee, completedOn="2024-06-03", idempotencyKey="e"),
    "cancelGuarantee": with_(_guarantee, cancelledOn="2024-06-03", reason="解除", idempotencyKey="e"),
    "makeClaim": with_(_guarantee, facts=FACTS, claimedAmount=1_000_000, idempotencyKey="m"),
    "withdrawClaim": with_(_claim, note="取下げ"),
    "refuseClaim": with_(_claim, note="免責"),
    "determineClaim": with_(_claim, examined={"advancePaid": 1_000_000, "workDone": 0}),
    "recordClaimPaid": _determined,
}
# What each asker is answered: `done`, or the code of the refusal. The owner is the contractor, and the surety its surety.
MUTATION_TABLE = """
                     nobody         owner        other        surety       other-surety
signIn               done           done         done         done         done
signInWithProvider   PROVIDER_OFF   PROVIDER_OFF PROVIDER_OFF PROVIDER_OFF PROVIDER_OFF
refreshSession       done           done         done         done         done
signOut              done           done         done         done         done
changePassword       NOT_SIGNED_IN  done         done         done         done
applyForGuarantee    NOT_SIGNED_IN  done         done         NOT_ALLOWED  NOT_ALLOWED
resubmitApplication  NOT_SIGNED_IN  done         NOT_FOUND    NOT_ALLOWED  NOT_ALLOWED
saveDraft            NOT_SIGNED_IN  done         NOT_FOUND    NOT_ALLOWED  NOT_ALLOWED
submitDraft          NOT_SIGNED_IN  done         NOT_FOUND    NOT_ALLOWED  NOT_ALLOWED
discardDraft         NOT_SIGNED_IN  done         NOT_FOUND    NOT_ALLOWED  NOT_ALLOWED
withdrawApplication  NOT_SIGNED_IN  done         NOT_FOUND    NOT_ALLOWED  NOT_ALLOWED
returnApplication    NOT_SIGNED_IN  NOT_ALLOWED  NOT_ALLOWED  done         NOT_FOUND
declineApplication   NOT_SIGNED_IN  NOT_ALLOWED  NOT_ALLOWED  done         NOT_FOUND
approveApplication   NOT_SIGNED_IN  NOT_ALLOWED  NOT_ALLOWED  done         NOT_FOUND
recordFee            NOT_SIGNED_IN  NOT_ALLOWED  NOT_ALLOWED  done         NOT_FOUND
concludeGuarantee    NOT_SIGNED_IN  NOT_ALLOWED  NOT_ALLOWED  done         NOT_FOUND
revealAccessKey      NOT_SIGNED_IN  done         NOT_FOUND    NOT_ALLOWED  NOT_ALLOWED
rotateAccessKey      NOT_SIGNED_IN  done         NOT_FOUND    NOT_ALLOWED  NOT_ALLOWED
prepareSubmission    NOT_SIGNED_IN  done         NOT_FOUND    NOT_ALLOWED  NOT_ALLOWED
submitKey            NOT_SIGNED_IN  done         NOT_FOUND    NOT_ALLOWED  NOT_ALLOWED
confirmArrival       NOT_SIGNED_IN  done         NOT_FOUND    NOT_ALLOWED  NOT_ALLOWED
recordAcceptance     NOT_SIGNED_IN  done         NOT_FOUND    NOT_ALLOWED  NOT_ALLOWED
recordRejection      NOT_SIGNED_IN  done         NOT_FOUND    NOT_ALLOWED  NOT_ALLOWED
stateFunds           NOT_SIGNED_IN  done         NOT_FOUND    NOT_ALLOWED  NOT_ALLOWED
consentFunds         NOT_SIGNED_IN  NOT_ALLOWED  NOT_ALLOWED  done         NOT_FOUND
returnFunds          NOT_SIGNED_IN  NOT_ALLOWED  NOT_ALLOWED  done         NOT_FOUND
requestWithdrawal    NOT_SIGNED_IN  done         NOT_FOUND    NOT_ALLOWED  NOT_ALLOWED
cancelWithdrawal     NOT_SIGNED_IN  done         NOT_FOUND    NOT_ALLOWED  NOT_ALLOWED
returnWithdrawal     NOT_SIGNED_IN  NOT_ALLOWED  NOT_ALLOWED  done         NOT_FOUND
approveWithdrawal    NOT_SIGNED_IN  NOT_ALLOWED  NOT_ALLOWED  done         NOT_FOUND
recordWithdrawalPaid NOT_SIGNED_IN  NOT_ALLOWED  NOT_ALLOWED  done         NOT_FOUND
openInboxItems          NOT_SIGNED_IN  NOT_ALLOWED  NOT_ALLOWED  NOT_ALLOWED  NOT_ALLOWED
acceptCertificate       NOT_SIGNED_IN  NOT_ALLOWED  NOT_ALLOWED  NOT_ALLOWED  NOT_ALLOWED
rejectCertificate       NOT_SIGNED_IN  NOT_ALLOWED  NOT_ALLOWED  NOT_ALLOWED  NOT_ALLOWED
registerWorksContracts  NOT_SIGNED_IN  NOT_ALLOWED  NOT_ALLOWED  NOT_ALLOWED  NOT_ALLOWED
registerWebhook      NOT_SIGNED_IN  done         done         done         done
rotateWebhookSecret  NOT_SIGNED_IN  done         NOT_FOUND    NOT_FOUND    NOT_FOUND
disableWebhook       NOT_SIGNED_IN  done         NOT_FOUND    NOT_FOUND    NOT_FOUND
redeliverWebhook     NOT_SIGNED_IN  done         NOT_FOUND    NOT_FOUND    NOT_FOUND
recordAdvanceReceived NOT_SIGNED_IN done         NOT_FOUND    NOT_ALLOWED  NOT_ALLOWED
requestChange        NOT_SIGNED_IN  done           NOT_FOUND      NOT_ALLOWED    NOT_ALLOWED
withdrawChange       NOT_SIGNED_IN  done           NOT_FOUND      NOT_ALLOWED    NOT_ALLOWED
concludeChange       NOT_SIGNED_IN  NOT_ALLOWED    NOT_ALLOWED    done           NOT_FOUND
declineChange        NOT_SIGNED_IN  NOT_ALLOWED    NOT_ALLOWED    done           NOT_FOUND
calculateFee         NOT_SIGNED_IN  NOT_ALLOWED    NOT_ALLOWED    done           NOT_FOUND
setPrincipalClass    NOT_SIGNED_IN  NOT_ALLOWED    NOT_ALLOWED    done           NOT_FOUND
releaseGuarantee     NOT_SIGNED_IN  NOT_ALLOWED    NOT_ALLOWED    done           NOT_FOUND
cancelGuarantee      NOT_SIGNED_IN  NOT_ALLOWED    NOT_ALLOWED    done           NOT_FOUND
makeClaim            NOT_SIGNED_IN  NOT_ALLOWED    NOT_ALLOWED    done           NOT_FOUND
withdrawClaim        NOT_SIGNED_IN  NOT_ALLOWED    NOT_ALLOWED    done           NOT_FOUND
determineClaim       NOT_SIGNED_IN  NOT_ALLOWED    NOT_ALLOWED    done           NOT_FOUND
refuseClaim          NOT_SIGNED_IN  NOT_ALLOWED    NOT_ALLOWED    done           NOT_FOUND
recordClaimPaid      NOT_SIGNED_IN  NOT_ALLOWED    NOT_ALLOWED    done           NOT_FOUND
"""
# Who sees the contractor's object: `seen`; `missing`: answered byte for byte like an object that does not exist.
QUERY_TABLE = """
                                nobody   owner    other    surety   other-surety
viewer                          missing  seen     seen     seen     seen
Viewer.role                     missing  seen     seen     seen     seen
Viewer.partyName                missing  seen     seen     seen     seen
Viewer.guarantees               missing  seen     missing  seen     missing
Viewer.guarantee                missing  seen     missing  seen     missing
Viewer.applications             missing  seen     missing  seen     missing
Viewer.drafts                   missing  seen     missing  missing  missing
Viewer.parties                  missing  seen     seen     seen     seen
node.Draft                      missing  seen     missing  missing  missing
node.Principal                  missing  seen     missing  missing  missing
node.Guarantee                  missing  seen     missing  seen     missing
node.GuaranteeApplication       missing  seen     missing  seen     missing
node.Submission                 missing  seen     missing  seen     missing
node.Webhook                    missing  seen     missing  missing  missing
node.WebhookDelivery            missing  seen     missing  missing  missing
node.FundsStatement             missing  seen     missing  seen     missing
node.Withdrawal                 missing  seen     missing  seen     missing
node.Obligee                    seen     seen     seen     seen     seen
node.Surety                     seen     seen     seen     seen     seen
node.Branch                     seen     seen     seen     seen     seen
auditLog                        seen     seen     seen     seen     seen
Viewer.webhooks                 missing  seen     seen     seen     seen
Viewer.auditTrail               missing  seen     missing  seen     missing
sureties                        seen     seen     seen     seen     seen
obligees                        seen     seen     seen     seen     seen
obligee                         seen     seen     seen     seen     seen
eligibility                     seen     seen     seen     seen     seen
explain                         seen     seen     seen     seen     seen
compareObligees                 seen     seen     seen     seen     seen
compareDays                     seen     seen     seen     seen     seen
coverage                        seen     seen     seen     seen     seen
staleRules                      seen     seen     seen     seen     seen
compareCertificate              seen     seen     seen     seen     seen
Viewer.inbox                    missing  missing  missing  missing  missing
Viewer.inboxItem                missing  missing  missing  missing  missing
Viewer.worksContracts           missing  seen     seen     seen     seen
Viewer.inboxExport              missing  missing  missing  missing  missing
certificate                     seen     seen     seen     seen     seen
verifyCertificate               seen     seen     seen     seen     seen
halfTerm                        seen     seen     seen     seen     seen
interimEligibility              seen     seen     seen     seen     seen
maximumAdvance                  seen     seen     seen     seen     seen
performanceGuarantee            seen     seen     seen     seen     seen
defaultPayment                  seen     seen     seen     seen     seen
feeEstimate                     seen     seen     seen     seen     seen
Viewer.changeConsequence        missing  seen     missing  seen     missing
Viewer.feeMonth                 missing  seen     seen     missing  missing
node.ChangeRequest              missing  seen     missing  seen     missing
node.Claim                      missing  seen     missing  seen     missing
"""


def table_of(text: str) -> dict[str, dict[str, str]]:
    head, *rows = (line.split() for line in text.strip("\n").splitlines())
    return {name: dict(zip(head, cells, strict=True)) for name, *cells in rows}


MUTATION_ROWS, QUERY_ROWS = table_of(MUTATION_TABLE), table_of(QUERY_TABLE)


def _fields(kind: str) -> set[str]:
    named = SCHEMA.type_map[kind]
    assert isinstance(named, GraphQLObjectType)
    return set(named.fields)


def test_every_mutation_has_its_row() -> None:
    assert _fields("Mutation") - MUTATION_ROWS.keys() == set(), "say in MUTATION_TABLE who may do it, and how in GIVEN"
    assert MUTATION_ROWS.keys() == GIVEN.keys() == _fields("Mutation")


def test_every_query_has_its_row() -> None:
    node = SCHEMA.type_map["Node"]
    assert isinstance(node, GraphQLInterfaceType)
    expected = _fields("Query") - {"node"} | {f"Viewer.{name}" for name in _fields("Viewer")}
    expected |= {f"node.{each.name}" for each in SCHEMA.get_possible_types(node)}
    assert expected - QUERY_ROWS.keys() == set(), "say in QUERY_TABLE who sees it, and ask for it in queries"
    assert QUERY_ROWS.keys() == expected


async def everything(api: Api) -> dict[str, list[Any]]:
    """Every row of every table: to see that nothing was written, nor changed."""
    async with api.platform.database.read() as connection:
        return {
            table.name: sorted(repr(row) for row in await connection.execute(sa.select(table)))
            for table in metadata.sorted_tables
        }


async def everybody(api: Api) -> dict[str, Api]:
    await add_other_surety(api.platform)
    askers = {"owner": "contractor", "other": "other", "surety": "surety", "other-surety": "other-surety"}
    return {"nobody": api, **{name: await api.as_(login_id) for name, login_id in askers.items()}}


@pytest.mark.parametrize("mutation", sorted(MUTATION_ROWS))
async def test_who_may_do_it(api: Api, mutation: str) -> None:
    askers, row = await everybody(api), MUTATION_ROWS[mutation]
    given = await GIVEN[mutation](api)
    before = await everything(api)
    for name, code in row.items():
        if code != "done":
            response = await askers[name].post(MUTATIONS[mutation], input=given)
            (answer,) = response.json()["data"].values()
            assert codes(answer) == [code], name
            assert (
                await askers[name].post(MUTATIONS[mutation], input=without_objects(given))
            ).content == response.content
            assert await everything(api) == before, name
    for name, code in row.items():
        if code == "done":
            renewed = await GIVEN[mutation](api) if mutation in OF_A_SESSION else given
            answer = await askers[name].do(MUTATIONS[mutation], **renewed)
            assert answer["__typename"] != "Refused", name
    assert "done" not in row.values() or await everything(api) != before


OBJECTS = {
    "changeId",
    "claimId",
    "applicationId",
    "guaranteeId",
    "submissionId",
    "guaranteeIds",
    "draftId",
    "webhookId",
    "deliveryId",
    "statementId",
    "withdrawalId",
}


def without_objects(given: Json) -> Json:
    """The same input about objects that do not exist."""
    return {name: _none_such(value) if name in OBJECTS else value
            for name, value in given.items()}  # fmt: skip


def _none_such(value: Any) -> Any:
    if isinstance(value, list):
        return [_none_such(each) for each in value]
    typename, _ = split_id(value)
    return global_id(typename, 987_654_321)


async def _drawn(api: Api, guarantee: Json) -> Json:
    """The ids of a statement and of a withdrawal request of the contractor's."""
    statement = await funds_consented(api, guarantee)
    given = {"guaranteeId": guarantee["id"], "lines": [{"fundsLineId": statement["lines"][0]["id"], "amount": 1_000}]}
    answer = await (await api.as_("contractor")).do(MUTATIONS["requestWithdrawal"], **given, idempotencyKey="wd")
    return {"FundsStatement": statement["id"], "Withdrawal": answer["withdrawal"]["id"]}


async def queries(api: Api) -> dict[str, tuple[str, Json, Json]]:
    """Each row's query, with the contractor's object and with one that does not exist."""
    hook = await _webhook(api)
    guarantee = await concluded(api)
    await herald(api.platform).tell(NOW)
    shown = await revealed(api, guarantee["id"])
    contractor = await api.as_("contractor")
    prepare = {"guaranteeIds": [guarantee["id"]], "idempotencyKey": "p"}
    submission = (await contractor.do(MUTATIONS["prepareSubmission"], **prepare))["prepared"][0]["submission"]["id"]
    drawn = await _drawn(api, guarantee)
    await add_tariff(api)
    owner = await api.as_("surety")
    change = {"guaranteeId": guarantee["id"], "change": {"guaranteedAmount": 20_000_000}}
    asked_for = {**change, "reason": "増額", "idempotencyKey": "q"}
    change_id = (await contractor.do(MUTATIONS["requestChange"], **asked_for))["change"]["id"]
    claimed = {"guaranteeId": guarantee["id"], "facts": FACTS, "claimedAmount": 1, "idempotencyKey": "q"}
    claim_id = (await owner.do(MUTATIONS["makeClaim"], **claimed))["claim"]["id"]
    term = {"startsOn": "2024-07-01", "endsOn": "2025-03-15"}
    works = {"contractPrice": 100, **term, "on": "2024-11-07"}
    surety, none = (await api.ask("{ sureties { id branches { id } } }"))["sureties"][0], "1999999999"
    application, draft = global_id("GuaranteeApplication", 1), (await _draft(api))["draftId"]
    principal = (await contractor.ask(ops.PARTIES))["viewer"]["parties"]["nodes"][0]["principal"]["id"]
    asked = {"application": {"obligee": "322016", "kind": "ADVANCE_PAYMENT", "facts": {}}}
    key = {"number": shown["number"], "accessKey": shown["accessKey"]}
    contract = {"worksName": "工事", "principalName": "受注者", "contractPrice": 1}
    ids = {"Guarantee": guarantee["id"], "GuaranteeApplication": application, "Submission": submission,
           **drawn,
           "Draft": draft, "Principal": principal, "ChangeRequest": change_id, "Claim": claim_id,
           "Webhook": hook["webhookId"], "WebhookDelivery": global_id("WebhookDelivery", 1),
           "Obligee": global_id("Obligee", "322016"), "Surety": surety["id"], "Branch": surety["branches"][0]["id"]}  # fmt: skip
    return {
        "viewer": ("{ viewer { __typename } }", {}, {}),
        "Viewer.role": ("{ viewer { role } }", {}, {}),
        "Viewer.partyName": ("{ viewer { partyName } }", {}, {}),
        "Viewer.guarantees": (
            "query ($search: GuaranteeSearchInput) { viewer { guarantees(search: $search) { totalCount nodes { id } } } }",
            {"search": {"text": shown["number"]}}, {"search": {"text": none}},
        ),
        "Viewer.guarantee": (
            "query ($number: GuaranteeNumber!) { viewer { guarantee(number: $number) { id } } }",
            {"number": shown["number"]}, {"number": none},
        ),
        "Viewer.applications": (
            "query ($states: [ApplicationState!]) { viewer { applications(states: $states) { totalCount nodes { id } } } }",
            {"states": ["CONCLUDED"]}, {"states": ["DECLINED"]},
        ),
        "Viewer.drafts": (
            "query ($states: [DraftState!]) { viewer { drafts(states: $states) { totalCount nodes { id } } } }",
            {"states": ["OPEN"]}, {"states": ["DISCARDED"]},
        ),
        "Viewer.parties": (ops.PARTIES, {}, {}),
        **{f"node.{name}": (ops.NODE, {"id": each}, {"id": global_id(name, 987_654_321)}) for name, each in ids.items()},
        "auditLog": ("{ auditLog { size } }", {}, {}),
        "Viewer.webhooks": ("{ viewer { webhooks { id } } }", {}, {}),
        "Viewer.auditTrail": (
            "query ($search: AuditSearchInput) { viewer { auditTrail(search: $search) { nodes { number } } } }",
            {"search": {"number": shown["number"]}}, {"search": {"number": none}},
        ),
        "sureties": ("{ sureties { id } }", {}, {}),
        "obligees": ("{ obligees { totalCount } }", {}, {}),
        "obligee": ("query ($code: String!) { obligee(code: $code) { id } }", {"code": "322016"}, {"code": "999999"}),
        "eligibility": (ops.ELIGIBILITY, asked, {"application": {**asked["application"], "obligee": "999999"}}),
        "explain": (ops.EXPLAIN, asked, {"application": {**asked["application"], "obligee": "999999"}}),
        "compareObligees": (ops.COMPARE, {"left": "322016", "right": "322016"}, {"left": "322016", "right": "999999"}),
        "compareDays": (
            ops.COMPARE_DAYS, {"obligee": "322016", "earlierOn": "2024-06-01", "laterOn": "2024-06-02"},
            {"obligee": "999999", "earlierOn": "2024-06-01", "laterOn": "2024-06-02"},
        ),
        "coverage": (ops.COVERAGE, {"obligee": "322016"}, {"obligee": "999999"}),
        "staleRules": (ops.STALE, {"days": -10_000}, {"days": 100_000}),
        "halfTerm": (ops.HALF_TERM, term, {**term, "endsOn": "2024-06-30"}),
        "interimEligibility": (ops.INTERIM, {"input": works}, {"input": {**works, "contractPrice": 0}}),
        "maximumAdvance": (
            ops.MAXIMUM, {"workType": "SURVEY", "contractPrice": 100}, {"workType": "SERVICES", "contractPrice": 100},
        ),
        "performanceGuarantee": (ops.PERFORMANCE, {"contractPrice": 100}, {"contractPrice": 0}),
        "defaultPayment": (ops.DEFAULT, {"input": {"advance": 4, "workDone": 1}}, {"input": {"advance": -4, "workDone": 1}}),
        "feeEstimate": (
            ops.ESTIMATE, {"input": {"suretyId": surety["id"], "kind": "ADVANCE_PAYMENT", "guaranteedAmount": 100}},
            {"input": {"suretyId": global_id("Surety", 987_654_321), "kind": "ADVANCE_PAYMENT", "guaranteedAmount": 100}},
        ),
        "Viewer.changeConsequence": (ops.CONSEQUENCE, change, {**change, "guaranteeId": global_id("Guarantee", 987_654_321)}),
        "Viewer.feeMonth": (
            ops.FEE_MONTH, {"suretyId": surety["id"], "month": "2024-06"},
            {"suretyId": global_id("Surety", 987_654_321), "month": "2024-06"},
        ),
        "certificate": (ops.CERTIFICATE, key, {**key, "number": none}),
        "compareCertificate": (
            ops.COMPARE_CERTIFICATE, {**key, "contract": contract}, {**key, "contract": contract, "number": none},
        ),
        "Viewer.inbox": (INBOX, {"search": {"text": shown["number"]}}, {"search": {"text": none}}),
        "Viewer.inboxItem": (
            "query ($id: ID!) { viewer { inboxItem(guaranteeId: $id) { guaranteeId } } }",
            {"id": guarantee["id"]}, {"id": global_id("Guarantee", 987_654_321)},
        ),
        "Viewer.worksContracts": ("{ viewer { worksContracts { totalCount } } }", {}, {}),
        "Viewer.inboxExport": (
            "query ($search: InboxSearchInput) { viewer { inboxExport(search: $search) { total } } }",
            {"search": {"text": shown["number"]}}, {"search": {"text": none}},
        ),
        "verifyCertificate": (VERIFY, {"input": {"jws": await _statement(api, shown["number"])}}, {"input": {"jws": "x.y.z"}}),
    }  # fmt: skip


INBOX = "query ($search: InboxSearchInput) { viewer { inbox(search: $search) { totalCount nodes { guaranteeId } } } }"
VERIFY = """query ($input: VerifyCertificateInput!) { verifyCertificate(input: $input) {
  __typename ... on VerifiedCertificate { certificate { number } }
} }"""


async def _statement(api: Api, number: str) -> str:
    """The signed statement of the contractor's certificate, as its owner is given it."""
    query = "query ($number: GuaranteeNumber!) { viewer { guarantee(number: $number) { certificate { jws } } } }"
    seen = await (await api.as_("contractor")).ask(query, number=number)
    return str(seen["viewer"]["guarantee"]["certificate"]["jws"])


NO_OBJECT = {
    "viewer",
    "Viewer.role",
    "Viewer.partyName",
    "Viewer.parties",
    "sureties",
    "obligees",
    "auditLog",
    "Viewer.webhooks",
    "Viewer.worksContracts",
}  # asked for nothing by its name


async def test_who_sees_it(api: Api) -> None:
    askers, asked = await everybody(api), await queries(api)
    assert asked.keys() == QUERY_ROWS.keys()
    for operation, row in QUERY_ROWS.items():
        query, here, nowhere = asked[operation]
        for name, expected in row.items():
            mine = await askers[name].post(query, **here)
            none = await askers[name].post(query, **nowhere)
            assert mine.status_code == 200, (operation, name)
            assert "errors" not in mine.json(), (operation, name)
            if operation in NO_OBJECT:
                (answer,) = mine.json()["data"].values()
                assert (answer is not None) == (expected == "seen"), (operation, name)
            else:
                assert (mine.content == none.content) == (expected == "missing"), (operation, name)


async def test_what_is_not_one_s_own_is_not_read_through_what_is(api: Api) -> None:
    """Details of an object hang off its row: where the row is not one's own, none of them is answered."""
    askers = await everybody(api)
    guarantee = await concluded(api)
    details = (
        "query ($id: ID!) { node(id: $id) { ... on Guarantee { id certificate { worksName pdfUrl } keyEvents { event }"
        " decisions { text facts } submissions { id } submission { notes { ja } } } ... on GuaranteeApplication"
        " { id steps { step } decisions { facts } guarantee { id certificate { worksName } } } } }"
    )
    for each in (guarantee["id"], global_id("GuaranteeApplication", 1)):
        for name, asker in askers.items():
            node = (await asker.ask(details, id=each))["node"]
            assert (node is not None) == (name in {"owner", "surety"}), (each, name)


@pytest.mark.parametrize("database_kind", ["sqlite"])
async def test_nothing_about_the_input_is_told_to_who_may_not_ask(api: Api) -> None:
    """A malformed id, amount or note is told to those alone who may use the operation."""
    askers = await everybody(api)
    odd: dict[str, Json] = {
        "returnApplication": {"applicationId": "no id", "note": ""},
        "concludeGuarantee": {"applicationId": global_id("Guarantee", 1), "idempotencyKey": ""},
        "recordFee": {"applicationId": "", "amount": 0, "consolidated": True},
        "revealAccessKey": {"guaranteeId": "no id"},
        "prepareSubmission": {"guaranteeIds": ["no id"], "idempotencyKey": "é"},
        "submitKey": {"submissionId": "no id", "way": "EMAIL"},
    }
    for mutation, given in odd.items():
        for name, code in MUTATION_ROWS[mutation].items():
            response = (await askers[name].post(MUTATIONS[mutation], input=given)).json()
            if code in {"NOT_SIGNED_IN", "NOT_ALLOWED"}:
                assert codes(response["data"][mutation]) == [code], (mutation, name)
            else:
                assert response["errors"][0]["extensions"]["code"] == "ID_MALFORMED", (mutation, name)


async def wrong_headers(api: Api, clock: Clock) -> dict[str, str]:
    token = str((await api.as_("contractor")).token)
    session = await api.do(MUTATIONS["signIn"], loginId="contractor", password=PASSWORD)
    unsigned = "eyJhbGciOiJub25lIiwidHlwIjoiYXQrand0In0." + token.split(".")[1] + "."
    elsewhere = Tokens({"k1": b"t" * 32}, "http://hosho.test").access_token(
        Actor(1, Role.PRINCIPAL, 1, None, "0" * 32), clock()
    )
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
async def test_no_forgery_gets_through_the_door(api: Api) -> None:
    access = str((await api.as_("contractor")).token)
    ticket = api.platform.tokens.ticket(Ticket("certificate", 1, 1), api.platform.clock())
    genuine = Genuine(access, ticket, SECRET["k1"])
    assert await api.bearing(access).ask("{ viewer { role } }") == {"viewer": {"role": "PRINCIPAL"}}
    for kind, token in islice(forgeries(genuine, 7), 1_000):
        response = await api.bearing(token).post("{ viewer { role } }")
        assert response.status_code == 401, (kind, token)
        assert response.json()["errors"][0]["extensions"]["code"] == "TOKEN_INVALID"


async def test_a_signed_out_token_is_refused_at_once_here_and_within_a_second_elsewhere(
    api: Api, settings: Settings, clock: Clock
) -> None:
    another = Platform.build(settings, clock=clock, rulebook=api.platform.rulebook)
    session = await api.do(MUTATIONS["signIn"], loginId="contractor", password=PASSWORD)
    async with api_of(another) as elsewhere:
        doors = [door.bearing(session["accessToken"]) for door in (api, elsewhere)]
        for door in doors:
            assert (await door.post("{ viewer { role } }")).status_code == 200
        await api.do(MUTATIONS["signOut"], refreshToken=session["refreshToken"])
        assert [(await door.post("{ viewer { role } }")).status_code for door in doors] == [401, 200]
        clock.now += timedelta(seconds=1)
        assert [(await door.post("{ viewer { role } }")).status_code for door in doors] == [401, 401]
    await another.database.close()


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

"""Who else may do what: those who act for the contractor, or see what is its, and the obligees, operation by operation."""

import pytest

from denshi_hosho.core.tables import delegation
from denshi_hosho.schema.ids import global_id
from tests.client import Api, Json, applied, codes, concluded, matsue
from tests.schema import operations as ops
from tests.schema.delegating import add_delegates, add_venture
from tests.schema.operations import MUTATIONS
from tests.schema.test_roles import (
    GIVEN,
    MUTATION_ROWS,
    NO_OBJECT,
    OF_A_SESSION,
    QUERY_ROWS,
    everything,
    queries,
    table_of,
    without_objects,
)

pytestmark = pytest.mark.anyio

# The same as in MUTATION_TABLE, for others: `company` acts for the contractor, `branch` is a sibling branch office of it,
# `member` sees what is the contractor's; the contractor's guarantee was handed in to `obligee`. An operation that is not
# named here is answered as `expected` says.
DELEGATION_TABLE = """
                     company       branch        member        obligee       other-obligee
signIn               done          done          done          done          done
signInWithProvider   PROVIDER_OFF  PROVIDER_OFF  PROVIDER_OFF  PROVIDER_OFF  PROVIDER_OFF
refreshSession       done          done          done          done          done
signOut              done          done          done          done          done
changePassword       done          done          done          done          done
applyForGuarantee    done          done          done          NOT_ALLOWED   NOT_ALLOWED
saveDraft            done          NOT_FOUND     NOT_FOUND     NOT_ALLOWED   NOT_ALLOWED
submitDraft          done          NOT_FOUND     NOT_FOUND     NOT_ALLOWED   NOT_ALLOWED
discardDraft         done          NOT_FOUND     NOT_FOUND     NOT_ALLOWED   NOT_ALLOWED
withdrawApplication  done          NOT_FOUND     SEES_ONLY     NOT_ALLOWED   NOT_ALLOWED
resubmitApplication  done          NOT_FOUND     SEES_ONLY     NOT_ALLOWED   NOT_ALLOWED
returnApplication    NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED
declineApplication   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED
approveApplication   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED
recordFee            NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED
concludeGuarantee    NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED
revealAccessKey      done          NOT_FOUND     SEES_ONLY     NOT_ALLOWED   NOT_ALLOWED
rotateAccessKey      done          NOT_FOUND     SEES_ONLY     NOT_ALLOWED   NOT_ALLOWED
prepareSubmission    done          NOT_FOUND     SEES_ONLY     NOT_ALLOWED   NOT_ALLOWED
submitKey            done          NOT_FOUND     SEES_ONLY     NOT_ALLOWED   NOT_ALLOWED
confirmArrival       done          NOT_FOUND     SEES_ONLY     NOT_ALLOWED   NOT_ALLOWED
recordAcceptance     done          NOT_FOUND     SEES_ONLY     NOT_ALLOWED   NOT_ALLOWED
recordRejection      done          NOT_FOUND     SEES_ONLY     NOT_ALLOWED   NOT_ALLOWED
consentFunds         NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED
returnFunds          NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED
returnWithdrawal     NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED
approveWithdrawal    NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED
recordWithdrawalPaid NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED
concludeChange       NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED
declineChange        NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED
calculateFee         NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED
setPrincipalClass    NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED
releaseGuarantee     NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED
cancelGuarantee      NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED
determineClaim       NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED
refuseClaim          NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED
recordClaimPaid      NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED
requestChange        done          NOT_FOUND     SEES_ONLY     NOT_ALLOWED   NOT_ALLOWED
withdrawChange       done          NOT_FOUND     SEES_ONLY     NOT_ALLOWED   NOT_ALLOWED
makeClaim            NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_FOUND     NOT_FOUND
withdrawClaim        NOT_ALLOWED   NOT_ALLOWED   NOT_ALLOWED   NOT_FOUND     NOT_FOUND
rotateWebhookSecret  done          NOT_FOUND     NOT_FOUND     NOT_FOUND     NOT_FOUND
disableWebhook       done          NOT_FOUND     NOT_FOUND     NOT_FOUND     NOT_FOUND
redeliverWebhook     done          NOT_FOUND     NOT_FOUND     NOT_FOUND     NOT_FOUND
openInboxItems          NOT_ALLOWED  NOT_ALLOWED  NOT_ALLOWED  done          NOT_FOUND
acceptCertificate       NOT_ALLOWED  NOT_ALLOWED  NOT_ALLOWED  done          NOT_FOUND
rejectCertificate       NOT_ALLOWED  NOT_ALLOWED  NOT_ALLOWED  done          NOT_FOUND
registerWorksContracts  NOT_ALLOWED  NOT_ALLOWED  NOT_ALLOWED  done          done
"""
# Who sees the contractor's object; what is not named here is seen by everybody whom QUERY_TABLE lets see it.
SEEING_TABLE = """
                          company  branch   member   obligee  other-obligee
Viewer.guarantees         seen     missing  seen     seen     missing
Viewer.guarantee          seen     missing  seen     seen     missing
Viewer.applications       seen     missing  seen     missing  missing
Viewer.drafts             seen     missing  missing  missing  missing
Viewer.auditTrail         seen     missing  seen     missing  missing
Viewer.inbox              missing  missing  missing  seen     missing
Viewer.inboxItem          missing  missing  missing  seen     missing
Viewer.inboxExport        missing  missing  missing  seen     missing
node.Guarantee            seen     missing  seen     seen     missing
node.GuaranteeApplication seen     missing  seen     missing  missing
node.Submission           seen     missing  seen     missing  missing
node.Draft                seen     missing  missing  missing  missing
node.FundsStatement       seen     missing  seen     missing  missing
node.Withdrawal           seen     missing  seen     missing  missing
node.Principal            seen     missing  seen     missing  missing
Viewer.changeConsequence  seen     missing  seen     missing  missing
node.ChangeRequest        seen     missing  seen     missing  missing
node.Claim                seen     missing  seen     seen     missing
"""
DELEGATION_ROWS, SEEING_ROWS = table_of(DELEGATION_TABLE), table_of(SEEING_TABLE)
ASKERS = ("company", "branch", "member", "obligee", "other-obligee")


def expected(mutation: str) -> Json:
    """What the askers are answered, as it follows from what the owner and a stranger are."""
    owner, stranger = (MUTATION_ROWS[mutation][name] for name in ("owner", "other"))
    if owner != "done" or stranger != "NOT_FOUND":
        return {}
    obligees = dict.fromkeys(("obligee", "other-obligee"), "NOT_ALLOWED")
    return {"company": "done", "branch": "NOT_FOUND", "member": "SEES_ONLY", **obligees}


async def delegates(api: Api) -> dict[str, Api]:
    await add_delegates(api.platform)
    return {name: await api.as_(name) for name in ASKERS}


def test_every_row_is_of_an_operation() -> None:
    assert DELEGATION_ROWS.keys() <= MUTATION_ROWS.keys()
    assert SEEING_ROWS.keys() <= QUERY_ROWS.keys()
    # Whoever may not submit a draft does not even see it; a webhook is its party's own, and of every role's.
    drafts = {"saveDraft", "submitDraft", "discardDraft", "rotateWebhookSecret", "disableWebhook", "redeliverWebhook"}
    assert all(not expected(name) or row == expected(name)
               for name, row in DELEGATION_ROWS.items() if name not in drafts)  # fmt: skip


@pytest.mark.parametrize("mutation", sorted(MUTATION_ROWS))
async def test_who_else_may_do_it(api: Api, mutation: str) -> None:
    row = DELEGATION_ROWS.get(mutation) or expected(mutation)
    askers, given = await delegates(api), await GIVEN[mutation](api)
    before = await everything(api)
    for name, code in row.items():
        if code != "done":
            response = await askers[name].post(MUTATIONS[mutation], input=given)
            (answer,) = response.json()["data"].values()
            assert codes(answer) == [code], name
            none = await askers[name].post(MUTATIONS[mutation], input=without_objects(given))
            assert (none.content == response.content) == (code != "SEES_ONLY"), name
            assert await everything(api) == before, name
    for name in (name for name, code in row.items() if code == "done"):
        renewed = await GIVEN[mutation](api) if mutation in OF_A_SESSION else given
        assert (await askers[name].do(MUTATIONS[mutation], **renewed))["__typename"] != "Refused", name
    assert "done" not in row.values() or await everything(api) != before


async def test_who_else_sees_it(api: Api) -> None:
    askers, asked = await delegates(api), await queries(api)
    contractor = await api.as_("contractor")
    submission = asked["node.Submission"][1]["id"]
    await contractor.do(MUTATIONS["submitKey"], submissionId=submission, way="EMAIL", address="a@example.lg.jp")
    for operation, (query, here, nowhere) in asked.items():
        row = SEEING_ROWS.get(operation, {})
        for name, asker in askers.items():
            mine, none = await asker.post(query, **here), await asker.post(query, **nowhere)
            assert "errors" not in mine.json(), (operation, name)
            if operation in NO_OBJECT:
                assert mine.json()["data"] is not None
            elif name in row:
                assert (mine.content == none.content) == (row[name] == "missing"), (operation, name)


async def test_an_obligee_sees_a_guarantee_once_it_was_handed_in_and_nothing_of_what_came_before(api: Api) -> None:
    await add_delegates(api.platform)
    guarantee = await concluded(api)
    contractor, obligee = await api.as_("contractor"), await api.as_("obligee")
    prepared = await contractor.do(MUTATIONS["prepareSubmission"], guaranteeIds=[guarantee["id"]], idempotencyKey="p")
    asked = (
        "query ($id: ID!) { node(id: $id) { ... on Guarantee { number principalName keyEvents { event } submissions { id }"
        " decisions { facts } submission { notes { ja } } certificate { worksName } } } }"
    )
    assert await obligee.ask(asked, id=guarantee["id"]) == {"node": None}
    submission_id = prepared["prepared"][0]["submission"]["id"]
    await contractor.do(MUTATIONS["submitKey"], submissionId=submission_id, way="EMAIL", address="a@example.lg.jp")
    assert (await obligee.ask(asked, id=guarantee["id"]))["node"] == {
        "number": guarantee["number"], "principalName": "株式会社西日本保証建設 本町支店", "keyEvents": [], "submissions": [],
        "decisions": [], "submission": None, "certificate": {"worksName": "市道〇号線 道路改良工事"},
    }  # fmt: skip
    assert await (await api.as_("other-obligee")).ask(asked, id=guarantee["id"]) == {"node": None}


async def test_a_leading_member_acts_for_its_joint_venture_and_the_other_member_sees(api: Api) -> None:
    venture = global_id("Principal", await add_venture(api.platform))
    lead, member = await api.as_("contractor"), await api.as_("other")
    given = {"application": matsue(lead.surety_id), "onBehalfOf": venture, "idempotencyKey": "jv"}
    before = await api.rows()
    assert codes(await member.do(MUTATIONS["applyForGuarantee"], **given)) == ["SEES_ONLY"]
    refused = await member.do(MUTATIONS["saveDraft"], title="下書き", onBehalfOf=venture, idempotencyKey="d")
    assert [(each["code"], each["path"]) for each in refused["refusals"]] == [("SEES_ONLY", ["onBehalfOf"])]
    for none in (global_id("Principal", 987_654_321), global_id("Principal", 0)):
        answer = await lead.do(MUTATIONS["applyForGuarantee"], **{**given, "onBehalfOf": none})
        assert codes(answer) == ["NOT_FOUND"]
    assert await api.rows() == before
    answer = await lead.do(MUTATIONS["applyForGuarantee"], **given)
    node = "query ($id: ID!) { node(id: $id) { ... on GuaranteeApplication { principalName steps { step } } } }"
    for who in (lead, member):
        seen = await who.ask(node, id=answer["application"]["id"])
        assert seen["node"] == {
            "principalName": "（例）西日本・別会社 特定建設工事共同企業体", "steps": [{"step": "SUBMITTED"}],
        }  # fmt: skip


async def test_the_certificate_names_the_joint_venture(api: Api) -> None:
    venture = global_id("Principal", await add_venture(api.platform))
    lead, member, surety = [await api.as_(name) for name in ("contractor", "other", "surety")]
    given = {"application": matsue(lead.surety_id), "onBehalfOf": venture, "idempotencyKey": "jv"}
    application_id = (await lead.do(MUTATIONS["applyForGuarantee"], **given))["application"]["id"]
    await surety.do(MUTATIONS["approveApplication"], applicationId=application_id)
    await surety.do(MUTATIONS["recordFee"], applicationId=application_id, amount=1, receivedOn="2024-06-03")
    answer = await surety.do(MUTATIONS["concludeGuarantee"], applicationId=application_id, idempotencyKey="c")
    number, guarantee_id = answer["guarantee"]["number"], answer["guarantee"]["id"]
    asked = (
        "query ($number: GuaranteeNumber!) { viewer { guarantee(number: $number) {"
        " principalName certificate { principalName } } } }"
    )
    name = "（例）西日本・別会社 特定建設工事共同企業体"
    for who in (lead, member, surety):
        seen = (await who.ask(asked, number=number))["viewer"]["guarantee"]
        assert seen == {"principalName": name, "certificate": {"principalName": name}}
    assert codes(await member.do(MUTATIONS["revealAccessKey"], guaranteeId=guarantee_id)) == ["SEES_ONLY"]
    shown = await lead.do(MUTATIONS["revealAccessKey"], guaranteeId=guarantee_id)
    assert shown["__typename"] == "RevealedKey"


async def test_what_a_party_is_to_the_account(api: Api) -> None:
    await add_delegates(api.platform)
    await add_venture(api.platform)
    venture = "（例）西日本・別会社 特定建設工事共同企業体"
    mine, head, sibling = (
        "株式会社西日本保証建設 本町支店",
        "（例）西日本保証建設 本店",
        "（例）西日本保証建設 松江支店",
    )
    expected_of = {
        "contractor": [(mine, True, "ITSELF", "COMPANY"), (venture, True, "LEADING_MEMBER", "JOINT_VENTURE")],
        "other": [("別会社", True, "ITSELF", "COMPANY"), (venture, False, "MEMBER", "JOINT_VENTURE")],
        "company": [(mine, True, "HEAD_OFFICE", "COMPANY"), (head, True, "ITSELF", "COMPANY"),
                    (sibling, True, "HEAD_OFFICE", "BRANCH_OFFICE")],
        "branch": [(sibling, True, "ITSELF", "BRANCH_OFFICE")],
        "surety": [],
        "obligee": [],
    }  # fmt: skip
    for login_id, parties in expected_of.items():
        page = (await (await api.as_(login_id)).ask(ops.PARTIES))["viewer"]["parties"]
        seen = [(each["name"], each["acts"], each["relation"], each["principal"]["kind"]) for each in page["nodes"]]
        assert (seen, page["totalCount"]) == (parties, len(parties)), login_id


async def test_what_is_no_longer_delegated_is_no_longer_seen(api: Api) -> None:
    await add_delegates(api.platform)
    application_id = await applied(api)
    company = await api.as_("company")
    node = "query ($id: ID!) { node(id: $id) { id } }"
    assert await company.ask(node, id=application_id) == {"node": {"id": application_id}}
    await api.platform.database.write(
        lambda c: c.execute(delegation.delete().where(delegation.c.principal_id != delegation.c.for_principal_id))
    )
    assert await company.ask(node, id=application_id) == {"node": None}
    answer = await company.do(
        MUTATIONS["withdrawApplication"], applicationId=application_id, reason="誤り", idempotencyKey="w"
    )
    assert codes(answer) == ["NOT_FOUND"]

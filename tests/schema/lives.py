"""What tests of a guarantee's life share: a tariff, an obligee with an account, a guarantee that was handed in to it."""

from datetime import date
from importlib.resources import files

import sqlalchemy as sa

from denshi_hosho.cli.seeding import add_account
from denshi_hosho.core import parties
from denshi_hosho.core.fees.classes import load
from denshi_hosho.core.tables import surety
from denshi_hosho.core.vocabulary import Role
from denshi_hosho.examples.leaflets import WEST_JAPAN
from tests.client import APPROVE, CONCLUDE, RECORD_FEE, Api, Json, applied
from tests.conftest import NOW
from tests.schema.operations import MUTATIONS

TARIFF = files("denshi_hosho.examples").joinpath("tariff_example.toml").read_text(encoding="utf-8")


async def add_tariff(api: Api, from_on: date = date(2022, 1, 1), text: str = TARIFF) -> None:
    """Let the leaflets' surety charge by a tariff."""
    database = api.platform.database
    async with database.read() as connection:
        named = sa.select(surety.c.id).where(surety.c.name == WEST_JAPAN.name)
        surety_id = (await connection.execute(named)).scalar_one()
    await database.write(lambda connection: load(connection, surety_id, text, from_on, NOW))


async def add_obligee(api: Api, code: str = "322016", login_id: str = "obligee") -> Api:
    """Give an obligee an account; return the API as it sees it."""
    obligee_id = await api.platform.database.write(lambda c: parties.add_obligee(c, code, f"発注者{code}", NOW))
    await add_account(api.platform, login_id, Role.OBLIGEE, obligee_id)
    return await api.as_(login_id)


async def lived(api: Api, key: str = "apply-1", **changes: object) -> Json:
    """Take an application all the way, its fee stated if there is a tariff; return the guarantee's id and number."""
    application_id = await applied(api, key, **changes)
    owner = await api.as_("surety")
    await owner.do(APPROVE, applicationId=application_id)
    stated = await owner.do(MUTATIONS["calculateFee"], applicationId=application_id, idempotencyKey=f"{key}-fee")
    amount = 100_000 if stated["__typename"] == "Refused" else await _stated(owner, application_id)
    await owner.do(RECORD_FEE, applicationId=application_id, amount=amount, receivedOn="2024-06-03")
    answer = await owner.do(CONCLUDE, applicationId=application_id, idempotencyKey=f"{key}-conclude")
    assert answer["__typename"] == "GuaranteePayload", answer
    return dict(answer["guarantee"])


async def _stated(owner: Api, application_id: str) -> int:
    query = "query ($id: ID!) { node(id: $id) { ... on GuaranteeApplication { feeStatements { amount } } } }"
    return int((await owner.ask(query, id=application_id))["node"]["feeStatements"][-1]["amount"])


async def handed_in(api: Api, guarantee_id: str) -> str:
    """Hand the guarantee's key in; return the submission's id."""
    contractor = await api.as_("contractor")
    given = {"guaranteeIds": [guarantee_id], "idempotencyKey": f"prepare {guarantee_id}"}
    answer = await contractor.do(MUTATIONS["prepareSubmission"], **given)
    submission_id = str(answer["prepared"][0]["submission"]["id"])
    how = {"way": "EMAIL", "address": "keiyaku@matsue.example.jp"}
    assert (await contractor.do(MUTATIONS["submitKey"], submissionId=submission_id, **how))["submission"]
    return submission_id

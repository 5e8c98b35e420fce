"""What the demo begins with, made on the same road that every guarantee takes: apply, approve, fee, conclude."""

from dataclasses import replace
from datetime import date
from importlib.resources import files

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import parties
from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.fees.classes import load
from denshi_hosho.core.form import Form
from denshi_hosho.core.tables import account, surety
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import GuaranteeKind, Medium, Role, SuretyClass, WorkType
from denshi_hosho.examples import leaflets
from denshi_hosho.resolvers import applying, submitting, underwriting
from denshi_hosho.resolvers.messages import Told
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.resolvers.submitting import HandedIn
from denshi_hosho.rules import Application, Way

CONTRACTOR = "contractor"
SURETY = "surety"
OBLIGEE = "obligee"
PASSWORD = "denshi-hosho-demo"  # noqa: S105  printed at each start; the demo listens on this machine only
FEE = 100_000  # an example: no surety's tariff is known


async def is_empty(platform: Platform) -> bool:
    """Return whether the database has no surety yet."""
    async with platform.database.read() as connection:
        return (await connection.execute(sa.select(surety.c.id).limit(1))).first() is None


async def seed(platform: Platform) -> None:
    """Add the leaflets' parties, their two certificates, one of them handed in, and an application that waits for the surety."""
    at_issue = replace(platform, clock=lambda: leaflets.ISSUED_AT)
    surety_id = await add_parties(at_issue)
    tariff = files("denshi_hosho.examples").joinpath("tariff_example.toml").read_text(encoding="utf-8")
    await platform.database.write(lambda c: load(c, surety_id, tariff, leaflets.ISSUED_AT.date(), platform.clock()))
    contractor, underwriter = await actor(platform, CONTRACTOR), await actor(platform, SURETY)
    forms = leaflets.advance_payment(surety_id), leaflets.performance(surety_id)
    concluded = [
        await conclude(at_issue, (contractor, underwriter), form, replace(leaflets.FACTS, kind=form.kind))
        for form in forms
    ]
    await hand_in(at_issue, contractor, concluded[-1])
    form, facts = _waiting(surety_id, japan_day(platform.clock()))
    await applying.apply(platform, contractor, form, facts, "demo-waiting")


async def add_parties(platform: Platform) -> int:
    """Add the leaflets' surety and principal with an account each; return the surety's id."""
    now = platform.clock()

    async def work(connection: AsyncConnection) -> tuple[int, int]:
        surety_id = await parties.add_surety(
            connection, leaflets.WEST_JAPAN, SuretyClass.GUARANTEE_COMPANY, (leaflets.TOKYO_BRANCH,), leaflets.NUMBERS, now
        )  # fmt: skip
        return surety_id, await parties.add_principal(connection, leaflets.PRINCIPAL, now)

    surety_id, principal_id = await platform.database.write(work)
    await add_account(platform, CONTRACTOR, Role.PRINCIPAL, principal_id)
    await add_account(platform, SURETY, Role.SURETY, surety_id)
    return surety_id


async def hand_in(platform: Platform, contractor: Actor, guarantee_id: int) -> None:
    """Add the leaflets' obligee with an account, and hand the key of the guarantee in to it; nothing is sent."""
    name = f"（例）{leaflets.OBLIGEE_NAME}"
    obligee_id = await platform.database.write(
        lambda connection: parties.add_obligee(connection, leaflets.OBLIGEE, name, platform.clock())
    )
    await add_account(platform, OBLIGEE, Role.OBLIGEE, obligee_id)
    (submission_id,) = await submitting.prepare(platform, contractor, [guarantee_id], Told(), "demo-prepare")
    how = HandedIn(
        way=Way.CONTRACT_SYSTEM, address=None, handed_in_on=None, address_confirmed=False, send=False, note=None
    )
    await submitting.submit(platform, contractor, submission_id, how)


async def add_account(platform: Platform, login_id: str, role: Role, party_id: int) -> None:
    """Add an account with the demo's password; its mail goes nowhere but into the demo's folder."""
    row = await parties.prepare_account(
        parties.NewAccount(
            login_id=login_id,
            password=PASSWORD,
            role=role,
            party_id=party_id,
            email=f"{login_id}@example.jp",
        )
    )
    await platform.database.write(lambda connection: parties.add_account(connection, row, platform.clock()))


async def actor(platform: Platform, login_id: str) -> Actor:
    """Return whom the account `login_id` acts for."""
    columns = account.c.id, account.c.role, account.c.principal_id, account.c.surety_id, account.c.obligee_id
    async with platform.database.read() as connection:
        row = (await connection.execute(sa.select(*columns).where(account.c.login_id == login_id))).one()
    return Actor(row.id, row.role, row.principal_id, row.surety_id, obligee_id=row.obligee_id)


async def conclude(platform: Platform, who: tuple[Actor, Actor], form: Form, facts: Application) -> int:
    """Take an application all the way; return the guarantee's id. `who` is (principal's, surety's) actor."""
    contractor, underwriter = who
    key = f"demo-{form.kind}-{form.works_name}"[:30].encode("ascii", "replace").decode()
    application_id = await applying.apply(platform, contractor, form, facts, key)
    await underwriting.approve(platform, underwriter, application_id, None)
    await underwriting.record_fee(
        platform,
        underwriter,
        application_id,
        amount=FEE,
        received_on=japan_day(platform.clock()),
        consolidated=False,
    )
    return await underwriting.conclude(platform, underwriter, application_id, key)


def _waiting(surety_id: int, today: date) -> tuple[Form, Application]:
    form = Form(
        surety_id=surety_id, kind=GuaranteeKind.ADVANCE_PAYMENT, obligee="322016", obligee_name="松江市",
        delivery=Medium.ELECTRONIC, works_name="（例示）市道〇号線 舗装工事", contract_price=48_000_000, covered_price=None,
        guaranteed_amount=19_200_000, completion_on=date(today.year + 1, 3, 15),
        guarantee_ends_on=date(today.year + 1, 3, 15), depositary_bank=None, urgent=False, contract_on=today,
    )  # fmt: skip
    facts = Application(
        obligee=form.obligee, kind=form.kind, work_type=WorkType.CONSTRUCTION, contract_on=today,
        contract_price=form.contract_price, guaranteed_amount=form.guaranteed_amount,
    )  # fmt: skip
    return form, facts

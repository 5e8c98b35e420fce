"""Parties around the contractor: its head office, a sibling branch office, a member that sees, and two obligees."""

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.cli.seeding import actor, add_account
from denshi_hosho.core import parties
from denshi_hosho.core.principals.registering import add_branch_office, add_joint_venture
from denshi_hosho.core.tables import delegation
from denshi_hosho.core.vocabulary import Role
from denshi_hosho.resolvers.platform import Platform
from tests.conftest import NOW

OBLIGEES = {"obligee": "322016", "other-obligee": "322024"}


async def add_delegates(platform: Platform) -> None:
    """Add the accounts `company` (acts for the contractor), `branch` (a sibling), `member` (sees it) and the obligees."""
    contractor = await actor(platform, "contractor")

    async def work(connection: AsyncConnection) -> dict[str, int]:
        company = await parties.add_principal(connection, "（例）西日本保証建設 本店", NOW)
        branch = await add_branch_office(connection, company, "（例）西日本保証建設 松江支店", NOW)
        member = await parties.add_principal(connection, "（例）構成員建設", NOW)
        rows = [{"principal_id": each, "for_principal_id": contractor.principal_id, "acts": acts}
                for each, acts in ((company, True), (member, False))]  # fmt: skip
        await connection.execute(sa.insert(delegation), rows)
        return {"company": company, "branch": branch, "member": member}

    for login_id, principal_id in (await platform.database.write(work)).items():
        await add_account(platform, login_id, Role.PRINCIPAL, principal_id)
    for login_id, code in OBLIGEES.items():
        await add_obligee(platform, login_id, code)


async def add_obligee(platform: Platform, login_id: str, code: str) -> None:
    """Add the obligee `code` with an account."""
    obligee_id = await platform.database.write(lambda c: parties.add_obligee(c, code, f"（例）発注者 {code}", NOW))
    await add_account(platform, login_id, Role.OBLIGEE, obligee_id)


async def add_venture(platform: Platform) -> int:
    """Add a joint venture that the contractor leads and the account `other` sees; return its id."""
    lead, member = await actor(platform, "contractor"), await actor(platform, "other")
    assert lead.principal_id is not None
    assert member.principal_id is not None
    who = lead.principal_id, [member.principal_id]
    return await platform.database.write(
        lambda c: add_joint_venture(c, *who, "（例）西日本・別会社 特定建設工事共同企業体", NOW)
    )

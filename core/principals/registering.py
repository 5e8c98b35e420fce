"""Registering branch offices (支店) and joint ventures (共同企業体): who acts for them is written down at once."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.parties import add_principal
from denshi_hosho.core.principals.reading import kind_of
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import delegation, principal
from denshi_hosho.core.vocabulary import PrincipalKind

NOT_A_COMPANY: Final = Refusal(
    "NOT_A_COMPANY", "支店を置けるのは会社だけです。支店や共同企業体の支店は登録できません。",
    "Only a company has branch offices: neither a branch office nor a joint venture does.", ("branch_of",),
)  # fmt: skip
MEMBER_NOT_ALLOWED: Final = Refusal(
    "MEMBER_NOT_ALLOWED", "共同企業体は、他の共同企業体の構成員になれません。",
    "A joint venture cannot be a member of another one.", ("member",),
)  # fmt: skip
MEMBERS_NEEDED: Final = Refusal(
    "MEMBERS_NEEDED", "代表者のほかに1者以上の構成員を、重複なく指定してください。",
    "Name at least one member beside the leading one, each of them once.", ("member",),
)  # fmt: skip


async def add_branch_office(
    connection: AsyncConnection, company_id: int, name: str, now: datetime, *, consolidated_payment: bool = False
) -> int:
    """Return the id of a new branch office of a company, whose accounts act for it, too. Raise `Refused`."""
    if kind_of(await _row(connection, company_id)) is not PrincipalKind.COMPANY:
        raise Refused(NOT_A_COMPANY)
    office = await add_principal(connection, name, now, consolidated_payment=consolidated_payment)
    change = sa.update(principal).where(principal.c.id == office).values(company_id=company_id)
    await connection.execute(change)
    await _delegate(connection, company_id, office, acts=True)
    return office


async def add_joint_venture(
    connection: AsyncConnection, lead_id: int, member_ids: Sequence[int], name: str, now: datetime, *,
    consolidated_payment: bool = False,
) -> int:  # fmt: skip
    """Return the id of a new joint venture: the leading member's accounts act for it, the other members' only see it.

    Raise `Refused`.
    """
    everybody = [lead_id, *member_ids]
    if not member_ids or len(set(everybody)) < len(everybody):
        raise Refused(MEMBERS_NEEDED)
    for each in everybody:
        if kind_of(await _row(connection, each)) is PrincipalKind.JOINT_VENTURE:
            raise Refused(MEMBER_NOT_ALLOWED)
    venture = await add_principal(connection, name, now, consolidated_payment=consolidated_payment)
    await connection.execute(sa.update(principal).where(principal.c.id == venture).values(joint_venture=True))
    for each in everybody:
        await _delegate(connection, each, venture, acts=each == lead_id)
    return venture


async def _row(connection: AsyncConnection, principal_id: int) -> AnyRow:
    return (await connection.execute(sa.select(principal).where(principal.c.id == principal_id))).one()


async def _delegate(connection: AsyncConnection, principal_id: int, for_principal_id: int, *, acts: bool) -> None:
    row = {"principal_id": principal_id, "for_principal_id": for_principal_id, "acts": acts}
    await connection.execute(sa.insert(delegation).values(row))

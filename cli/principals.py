"""Commands for principals (保証契約者): companies, their branch offices, joint ventures: `principals`."""

from collections.abc import Awaitable, Callable
from functools import partial

import click
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.cli.environment import with_database
from denshi_hosho.core import parties
from denshi_hosho.core.clock import system_clock
from denshi_hosho.core.principals import registering
from denshi_hosho.core.vocabulary import Role

_Add = Callable[..., Awaitable[int]]


@click.group()
def principals() -> None:
    """Keep principals (保証契約者)."""


@principals.command("add")
@click.argument("name")
@click.option("--consolidated", is_flag=True, help="It pays its fees consolidated (一括後払).")
@click.option("--branch-of", help="The company of which it is a branch office (支店); the company acts for it, too.")
@click.option("--joint-venture", is_flag=True, help="It is a joint venture (共同企業体).")
@click.option("--lead", help="The leading member of the joint venture (代表者), which acts for it.")
@click.option("--member", "members", multiple=True, help="Another member (構成員), which only sees it; repeatable.")
def principals_add(
    name: str,
    branch_of: str | None,
    lead: str | None,
    members: tuple[str, ...],
    *,
    consolidated: bool,
    joint_venture: bool,
) -> None:
    """Add a principal; NAME is how certificates name it, with its branch if it acts through one."""
    if joint_venture != (lead is not None) or (members and not joint_venture) or (branch_of and joint_venture):
        raise click.UsageError("give --branch-of alone, or --joint-venture with --lead and --member")

    async def work(connection: AsyncConnection) -> int:
        add: _Add = parties.add_principal
        if branch_of is not None:
            add = partial(registering.add_branch_office, company_id=await _principal(connection, branch_of))
        elif lead is not None:
            ids = [await _principal(connection, each) for each in (lead, *members)]
            add = partial(registering.add_joint_venture, lead_id=ids[0], member_ids=ids[1:])
        return await add(connection, name=name, now=system_clock(), consolidated_payment=consolidated)

    with_database(lambda database: database.write(work))
    click.echo(f"Added the principal {name}.")


async def _principal(connection: AsyncConnection, name: str) -> int:
    return await parties.party_id(connection, Role.PRINCIPAL, name)

"""Branch offices and joint ventures: who acts for whom is written down, and everything else is refused."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import applications, keys, parties, submissions
from denshi_hosho.core.errors import Refused
from denshi_hosho.core.life.steps import take
from denshi_hosho.core.ownership import changes, sees, sees_only
from denshi_hosho.core.paging import Window
from denshi_hosho.core.principals.reading import acting_party, list_parties
from denshi_hosho.core.principals.registering import add_branch_office, add_joint_venture
from denshi_hosho.core.submissions import Prepared
from denshi_hosho.core.tables import application, delegation, guarantee, mail, principal
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import GuaranteeStep, Role, SubmissionState
from tests.core.world import NOW, World, add_actor, form, grown

pytestmark = pytest.mark.anyio
Step = Callable[[AsyncConnection, Actor, int], Awaitable[object]]


def of(actor: Actor) -> int:
    assert actor.principal_id is not None
    return actor.principal_id


async def venture_of(world: World) -> int:
    """A joint venture that the contractor leads and `other` is a member of."""
    who = of(world.contractor), [of(world.other)]
    return await world.database.write(lambda c: add_joint_venture(c, *who, "（例）共同企業体", NOW))


async def applied(world: World, principal_id: int) -> int:
    filled = form(world.surety_id)
    return await world.database.write(
        lambda c: applications.submit(c, world.contractor, filled, "{}", NOW, principal_id=principal_id)
    )


async def refused(
    world: World, call: Callable[[AsyncConnection], Awaitable[object]]
) -> list[tuple[str, tuple[str, ...]]]:
    before = await world.rows()
    with pytest.raises(Refused) as caught:
        await world.database.write(call)
    assert grown(before, await world.rows()) == {}
    return [(each.code, each.path) for each in caught.value.refusals]


async def delegated(world: World, for_principal_id: int) -> set[tuple[int, bool]]:
    columns = delegation.c.principal_id, delegation.c.acts
    mine = sa.select(*columns).where(delegation.c.for_principal_id == for_principal_id)
    return {(row.principal_id, row.acts) for row in await world.all(mine)}


async def test_a_company_acts_for_its_branch_office(world: World) -> None:
    company = of(world.contractor)
    office = await world.database.write(
        lambda c: add_branch_office(c, company, " （例）松江支店 ", NOW, consolidated_payment=True)
    )
    row = await world.one(sa.select(principal).where(principal.c.id == office))
    assert row == (office, "（例）松江支店", True, NOW, company, False)
    assert await delegated(world, office) == {(office, True), (company, True)}


async def test_a_leading_member_acts_for_the_joint_venture_and_the_others_see_it(world: World) -> None:
    venture = await venture_of(world)
    assert (await world.one(sa.select(principal).where(principal.c.id == venture))).joint_venture
    assert await delegated(world, venture) == {
        (venture, True), (of(world.contractor), True), (of(world.other), False),
    }  # fmt: skip


async def test_what_cannot_be_registered_is_refused_and_nothing_is_written(world: World) -> None:
    lead, other = of(world.contractor), of(world.other)
    venture = await venture_of(world)
    office = await world.database.write(lambda c: add_branch_office(c, lead, "（例）支店", NOW))
    for company in (office, venture):
        assert await refused(world, partial(add_branch_office, company_id=company, name="新", now=NOW)) == [
            ("NOT_A_COMPANY", ("branch_of",))
        ]
    assert await refused(world, lambda c: add_branch_office(c, lead, "（例）支店", NOW)) == [
        ("PRINCIPAL_EXISTS", ("name",))
    ]
    needed, not_allowed = [("MEMBERS_NEEDED", ("member",))], [("MEMBER_NOT_ALLOWED", ("member",))]
    wrong: list[tuple[list[int], object]] = [
        ([], needed), ([lead], needed), ([other, other], needed), ([venture], not_allowed), ([other, venture], not_allowed),
    ]  # fmt: skip
    for members, expected in wrong:
        assert (
            await refused(world, partial(add_joint_venture, lead_id=lead, member_ids=members, name="新", now=NOW))
            == expected
        )
    assert await refused(world, lambda c: add_joint_venture(c, venture, [other], "新", NOW)) == not_allowed


async def test_acting_is_not_handed_on(world: World) -> None:
    """A branch office's joint venture is not its company's, and a company's is not its branch office's."""
    company, other = of(world.contractor), of(world.other)
    office = await world.database.write(lambda c: add_branch_office(c, company, "（例）支店", NOW))
    clerk = await world.database.write(lambda c: add_actor(c, "clerk", Role.PRINCIPAL, office))
    by_office = await world.database.write(
        lambda c: add_joint_venture(c, office, [other], "（例）支店の共同企業体", NOW)
    )
    by_company = await world.database.write(
        lambda c: add_joint_venture(c, company, [other], "（例）本店の共同企業体", NOW)
    )
    reached = {}
    for name, actor in (("company", world.contractor), ("office", clerk), ("other", world.other)):
        async with world.database.read() as connection:
            page = await list_parties(connection, actor, Window(), frozenset())
        reached[name] = {(row.id, row.acts) for row in page.rows}
    assert reached == {
        "company": {(company, True), (office, True), (by_company, True)},
        "office": {(office, True), (by_office, True)},
        "other": {(other, True), (by_office, False), (by_company, False)},
    }


async def test_for_whom_one_applies_is_one_s_own_or_one_that_one_acts_for(world: World) -> None:
    venture = await venture_of(world)
    async with world.database.read() as connection:
        assert await acting_party(connection, world.contractor, None) == of(world.contractor)
        assert await acting_party(connection, world.contractor, venture) == venture
    for actor, principal_id, code in (
        (world.other, venture, "SEES_ONLY"), (world.other, of(world.contractor), "NOT_FOUND"),
        (world.contractor, 987_654_321, "NOT_FOUND"), (world.contractor, 0, "NOT_FOUND"),
    ):  # fmt: skip
        assert await refused(world, partial(acting_party, actor=actor, principal_id=principal_id)) == [
            (code, ("on_behalf_of",))
        ]


async def test_a_member_sees_and_changes_nothing(world: World) -> None:
    venture = await venture_of(world)
    application_id = await applied(world, venture)
    for table, row_id in ((application, application_id),):
        for actor, seen, changed in (
            (world.contractor, 1, 1),
            (world.other, 1, 0),
            (world.underwriter, 1, 1),
            (world.rival, 0, 0),
        ):
            for condition, count in ((sees, seen), (changes, changed)):
                mine = table.c.id == row_id, condition(actor, table)
                assert len(await world.all(sa.select(table.c.id).where(*mine))) == count
    assert await refused(world, lambda c: applications.withdraw(c, world.other, application_id, NOW, "理由")) == [
        ("SEES_ONLY", ("application_id",))
    ]


async def concluded(world: World, principal_id: int) -> int:
    application_id = await applied(world, principal_id)
    await world.database.write(lambda c: applications.approve(c, world.underwriter, application_id, NOW, None))
    fee = applications.record_fee_received
    await world.database.write(lambda c: fee(c, world.underwriter, application_id, NOW, (1, NOW.date())))
    return await world.conclude(application_id)


async def recipients(world: World, guarantee_id: int) -> list[str]:
    mine = sa.select(mail.c.recipient).where(mail.c.guarantee_id == guarantee_id).order_by(mail.c.recipient)
    return [row.recipient for row in await world.all(mine)]


async def test_mail_goes_to_a_principal_s_own_accounts_or_to_those_who_act_for_it(world: World) -> None:
    company = of(world.contractor)
    office = await world.database.write(lambda c: add_branch_office(c, company, "（例）支店", NOW))
    venture = await venture_of(world)
    assert await recipients(world, await concluded(world, venture)) == ["contractor@example.jp"]
    assert await recipients(world, await concluded(world, office)) == ["contractor@example.jp"]
    await world.database.write(lambda c: add_actor(c, "clerk", Role.PRINCIPAL, office))
    assert await recipients(world, await concluded(world, office)) == ["clerk@example.jp"]
    assert await recipients(world, await concluded(world, company)) == ["contractor@example.jp"]


async def submitted_key(world: World, guarantee_id: int) -> int:
    prepared = Prepared(way="EMAIL", address=None, guarantee_ids=[guarantee_id], told="{}")
    return await world.database.write(lambda c: submissions.keep_batch(c, world.contractor, [prepared], NOW))


async def test_every_step_of_a_member_with_a_guarantee_is_refused_as_seeing_only(world: World) -> None:
    guarantee_id = await concluded(world, await venture_of(world))
    submission_id = await submitted_key(world, guarantee_id)
    steps: dict[str, tuple[Step, int]] = {
        "guarantee_id": (lambda c, who, it: take(c, who, it, GuaranteeStep.ADVANCE_RECEIVED, NOW), guarantee_id),
        "guarantee_id ": (lambda c, who, it: keys.reveal_to(c, world.vault, who, it, NOW), guarantee_id),
        "guarantee_id  ": (lambda c, who, it: keys.rotate(c, world.vault, who, it, "理由", NOW), guarantee_id),
        "guarantee_ids": (lambda c, who, it: submissions.check_own(c, who, [it]), guarantee_id),
        "submission_id": (lambda c, who, it: submissions.move(c, who, it, SubmissionState.SENT, NOW), submission_id),
    }
    stranger = await world.database.write(_stranger)
    for path, (step, row_id) in steps.items():
        for actor, code in ((world.other, "SEES_ONLY"), (stranger, "NOT_FOUND")):
            call: Any = lambda c, do=step, who=actor, it=row_id: do(c, who, it)  # noqa: E731
            assert await refused(world, call) == [(code, (path.strip(),))]
    both = lambda c: submissions.check_own(c, world.other, [guarantee_id, guarantee_id + 1])  # noqa: E731
    assert await refused(world, both) == [("NOT_FOUND", ("guarantee_ids",))]
    assert len(await world.all(sa.select(guarantee.c.id).where(sees(world.other, guarantee)))) == 1


async def _stranger(connection: AsyncConnection) -> Actor:
    return await add_actor(
        connection, "stranger", Role.PRINCIPAL, await parties.add_principal(connection, "（例）他人", NOW)
    )


def test_the_refusal_says_who_acts() -> None:
    refusal = sees_only(("application_id",))
    assert (refusal.code, refusal.path) == ("SEES_ONLY", ("application_id",))
    assert "代表者" in refusal.ja
    assert "leading member" in refusal.en

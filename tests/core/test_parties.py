import asyncio
from dataclasses import replace
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import parties
from denshi_hosho.core.certificate import HandlingBranch, Surety
from denshi_hosho.core.database import Database
from denshi_hosho.core.errors import Refused
from denshi_hosho.core.numbers import add_range
from denshi_hosho.core.parties import NewAccount, prepare_account
from denshi_hosho.core.passwords import matches
from denshi_hosho.core.tables import account, branch, delegation, number_range, principal, surety
from denshi_hosho.core.vocabulary import GuaranteeKind, Role, SuretyClass
from tests.core.world import NOW, World, grown

WHO = Surety(name="新しい保証", address="大阪市", representative="社長 保証太郎", terms_url=None)
BRANCH = HandlingBranch(name="本店", address="大阪市", tel="06", fax=None)
NEW = NewAccount(login_id="new.login", password="twelve chars", role=Role.PRINCIPAL, party_id=1, email="a@example.jp")


async def add_surety(world: World, who: Surety = WHO, *branches: HandlingBranch, **numbers: tuple[int, int]) -> int:
    ranges = {GuaranteeKind(kind): ends for kind, ends in numbers.items()}
    return await world.database.write(
        lambda c: parties.add_surety(c, who, SuretyClass.BANK, branches or (BRANCH,), ranges, NOW)
    )


async def refused(world: World, call: Any, *codes: str) -> None:
    before = await world.rows()
    with pytest.raises(Refused) as caught:
        await call
    assert [refusal.code for refusal in caught.value.refusals] == list(codes)
    assert grown(before, await world.rows()) == {}


@pytest.mark.anyio
async def test_a_surety_comes_with_its_branches_and_numbers(world: World) -> None:
    decomposed = replace(BRANCH, name=" か\u3099本店 ", fax="06-1")
    surety_id = await add_surety(
        world, replace(WHO, name=" は\u309aなま保証 "), decomposed, BRANCH, BID=(0, 9), PERFORMANCE=(10, 19)
    )
    row = await world.one(sa.select(surety).where(surety.c.id == surety_id))
    assert row[1:] == ("ぱなま保証", SuretyClass.BANK, "大阪市", "社長 保証太郎", None, NOW, False, None)
    mine = sa.select(branch.c.name, branch.c.fax).where(branch.c.surety_id == surety_id).order_by(branch.c.id)
    assert [tuple(each) for each in await world.all(mine)] == [("が本店", "06-1"), ("本店", None)]
    ranges = sa.select(number_range).where(number_range.c.surety_id == surety_id).order_by(number_range.c.id)
    assert [(each.kind, each.first, each.next, each.last) for each in await world.all(ranges)] == [
        (GuaranteeKind.BID, 0, 0, 9), (GuaranteeKind.PERFORMANCE, 10, 10, 19),
    ]  # fmt: skip


@pytest.mark.anyio
async def test_a_surety_that_cannot_be_added_whole_is_not_added(world: World) -> None:
    await refused(world, add_surety(world, replace(WHO, name=" 別の保証 ")), "SURETY_EXISTS")
    await refused(world, add_surety(world, WHO, BID=(0, 9), PERFORMANCE=(9, 10)), "NUMBER_RANGE")
    await refused(world, add_surety(world, replace(WHO, name="𠮷野保証")), "TEXT_NOT_PRINTABLE")
    await refused(world, add_surety(world, WHO, replace(BRANCH, name="𠮷野支店")), "TEXT_NOT_PRINTABLE")


@pytest.mark.anyio
async def test_a_principal_is_added_once(world: World) -> None:
    def add(name: str, *, consolidated: bool = False) -> Any:
        return world.database.write(lambda c: parties.add_principal(c, name, NOW, consolidated_payment=consolidated))

    new = await add(" は\u3099んだい ", consolidated=True)
    row = await world.one(sa.select(principal).where(principal.c.id == new))
    assert tuple(row) == (new, "ばんだい", True, NOW, None, False)
    assert [
        tuple(each)[1:] for each in await world.all(sa.select(delegation).where(delegation.c.principal_id == new))
    ] == [(new, new, True)]
    await refused(world, add("ばんだい"), "PRINCIPAL_EXISTS")
    await refused(world, add("𠮷野"), "TEXT_NOT_PRINTABLE")


@pytest.mark.anyio
async def test_a_party_is_found_by_its_name(world: World) -> None:
    async def find(role: Role, name: str) -> int:
        async with world.database.read() as connection:
            return await parties.party_id(connection, role, name)

    assert await find(Role.PRINCIPAL, " 別会社 ") == world.other.principal_id
    assert await find(Role.SURETY, "別の保証") == world.rival_id
    for role, name in ((Role.SURETY, "別会社"), (Role.PRINCIPAL, "別の保証"), (Role.PRINCIPAL, "")):
        with pytest.raises(Refused, match="PARTY_UNKNOWN"):
            await find(role, name)


@pytest.mark.anyio
async def test_a_surety_is_called_by_name_and_class(world: World) -> None:
    async with world.database.read() as connection:
        assert tuple(await parties.surety_called(connection, world.rival_id)) == ("別の保証", SuretyClass.INSURER)
        with pytest.raises(Refused) as caught:
            await parties.surety_called(connection, 10**9)
    assert [(each.code, each.path) for each in caught.value.refusals] == [("SURETY_UNKNOWN", ("surety_id",))]


@pytest.mark.anyio
async def test_an_account_is_added_once_with_a_hash_for_its_password(world: World) -> None:
    assert world.other.principal_id
    row = await prepare_account(replace(NEW, party_id=world.other.principal_id))

    async def add(connection: AsyncConnection) -> int:
        return await parties.add_account(connection, row, NOW)

    account_id = await world.database.write(add)
    stored = await world.one(sa.select(account).where(account.c.id == account_id))
    assert (stored.login_id, stored.role, stored.principal_id, stored.surety_id, stored.email, stored.created_at) == (
        "new.login", Role.PRINCIPAL, world.other.principal_id, None, "a@example.jp", NOW,
    )  # fmt: skip
    assert await matches(stored.password_hash, "twelve chars")
    await refused(world, world.database.write(add), "LOGIN_ID_TAKEN")


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("changes", "codes"),
    [
        *[({"login_id": login}, ["LOGIN_ID_MALFORMED"]) for login in ("", "ab", "a" * 65, ".ab", "a b", "あいう", "abc\n", "abc\0")],
        *[({"email": mail}, ["EMAIL_MALFORMED"]) for mail in ("", "a", "a@b", "@b.jp", "a@b.jp\n", "a b@c.jp", "a@b@c.jp", "あ@b.jp",
          "a,b@c.jp", "<a@b.jp>", '"a"@b.jp', "a@b..jp", "a@例え.jp", "a" * 65 + "@b.jp")],
        ({"password": "x" * 11}, ["PASSWORD_LENGTH"]),
        ({"login_id": "", "email": ""}, ["LOGIN_ID_MALFORMED", "EMAIL_MALFORMED"]),
    ],
)  # fmt: skip
async def test_a_malformed_account_is_refused(changes: dict[str, Any], codes: list[str]) -> None:
    with pytest.raises(Refused) as caught:
        await prepare_account(replace(NEW, **changes))
    assert [refusal.code for refusal in caught.value.refusals] == codes


@pytest.mark.anyio
@pytest.mark.parametrize("login_id", ["abc", "a" * 64, "a.b_c@d+e-f", "1ab"])
async def test_a_login_id_of_three_to_64_characters_is_taken(login_id: str) -> None:
    row = await prepare_account(replace(NEW, login_id=login_id, role=Role.SURETY, party_id=7))
    assert (row["login_id"], row["surety_id"], "principal_id" in row) == (login_id, 7, False)


@pytest.mark.anyio
async def test_of_several_that_take_a_name_at_once_one_gets_it_and_the_others_are_refused(
    world: World, database_url: str
) -> None:
    other = Database(database_url)

    async def at_once(work: Any) -> list[Any]:
        each = (world.database, other)
        return await asyncio.gather(*(each[n % 2].write(partial(work, n)) for n in range(8)), return_exceptions=True)

    row = {
        "login_id": "same",
        "password_hash": "x",
        "role": Role.SURETY,
        "email": "a@example.jp",
        "surety_id": world.surety_id,
    }
    for code, work in (
        ("PRINCIPAL_EXISTS", lambda _n, c: parties.add_principal(c, "同名", NOW)),
        ("SURETY_EXISTS", lambda n, c: parties.add_surety(
            c, WHO, SuretyClass.BANK, (BRANCH,), {GuaranteeKind.BID: (100 * n, 100 * n + 9)}, NOW)),
        ("LOGIN_ID_TAKEN", lambda _n, c: parties.add_account(c, dict(row), NOW)),
        ("NUMBER_RANGE", lambda _n, c: add_range(c, world.surety_id, GuaranteeKind.BID, 5_000, 5_009)),
    ):  # fmt: skip
        answers = await at_once(work)
        refusals = [each for each in answers if isinstance(each, Refused)]
        assert [each.refusals[0].code for each in refusals] == [code] * 7, answers
        assert not [each for each in answers if isinstance(each, Exception) and not isinstance(each, Refused)]
    await other.close()


@pytest.mark.anyio
async def test_a_branch_that_is_given_twice_is_refused(world: World) -> None:
    await refused(world, add_surety(world, WHO, BRANCH, replace(BRANCH, name=" 本店 ")), "BRANCH_TWICE")

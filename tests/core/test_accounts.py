import asyncio
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher

from denshi_hosho.core import accounts, passwords
from denshi_hosho.core.accounts import SESSION_LIFE, SignedIn, change_password, refresh, sign_in, sign_out
from denshi_hosho.core.errors import Refused
from denshi_hosho.core.passwords import check_new_password, hashed, matches
from denshi_hosho.core.tables import account, session
from denshi_hosho.core.tokens import token_hash
from tests.core.world import NOW, World, changing, grown, signing_in

PASSWORD, NEW = "correct horse battery", "new correct horse"
HOUR = timedelta(hours=1)


@pytest.fixture(autouse=True)
def quick_argon2(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same algorithm with the least work: what it costs is not tested here."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._dummy_hash.cache_clear()
    yield
    passwords._dummy_hash.cache_clear()


@pytest.fixture
async def people(world: World) -> World:
    """The world, in which the contractor has a password."""
    mine = sa.update(account).where(account.c.login_id == "contractor").values(password_hash=await hashed(PASSWORD))
    await world.database.write(lambda connection: connection.execute(mine))
    return world


async def enter(world: World, password: str = PASSWORD) -> SignedIn:
    return await sign_in(world.database, world.throttle, signing_in("contractor"), password, NOW)


async def live(world: World) -> int:
    return len(await world.all(sa.select(session.c.id).where(session.c.ended_at.is_(None))))


async def refused(call: Any, code: str) -> None:
    with pytest.raises(Refused) as caught:
        await call
    assert [refusal.code for refusal in caught.value.refusals] == [code]


@pytest.mark.anyio
async def test_signing_in_begins_a_session_of_fourteen_days(people: World) -> None:
    before = await people.rows()
    signed_in = await enter(people)
    assert signed_in.actor == people.contractor
    assert grown(before, await people.rows()) == {"session": 1}
    row = await people.one(sa.select(session))
    assert (row.account_id, row.created_at, row.expires_at, row.ended_at) == (
        people.contractor.account_id, NOW, NOW + timedelta(days=14), None,
    )  # fmt: skip
    assert row.refresh_hash == token_hash(signed_in.refresh_token)


@pytest.mark.anyio
@pytest.mark.parametrize(
    ("login_id", "password"),
    [("contractor", NEW), ("nobody", PASSWORD), ("CONTRACTOR", PASSWORD), ("contractor", ""), ("", ""), ("contractor\0", PASSWORD),
     ("contractor", PASSWORD + "\0"), ("contractor", "\ud800"), ("contractor", "x" * 100_000), ("' OR 1=1 --", PASSWORD)],
)  # fmt: skip
async def test_an_unknown_id_and_a_wrong_password_are_refused_alike(
    people: World, login_id: str, password: str
) -> None:
    before = await people.rows()
    with pytest.raises(Refused) as caught:
        await sign_in(people.database, people.throttle, signing_in(login_id), password, NOW)
    assert caught.value.refusals == (accounts.WRONG,)
    assert grown(before, await people.rows()) == {"throttle": 2}  # the source and the login id, each once


@pytest.mark.anyio
async def test_an_unknown_id_costs_the_same_work(people: World, monkeypatch: pytest.MonkeyPatch) -> None:
    verified = []
    real: Callable[[str | None, str], bool] = passwords._verify

    def verify(password_hash: str | None, password: str) -> bool:
        verified.append(password)
        return real(password_hash, password)

    monkeypatch.setattr(passwords, "_verify", verify)
    for login_id in ("contractor", "nobody"):
        await refused(sign_in(people.database, people.throttle, signing_in(login_id), NEW, NOW), "SIGN_IN_FAILED")
    assert verified == [NEW, NEW]


@pytest.mark.anyio
async def test_a_refresh_token_is_good_once_and_brings_the_next(people: World) -> None:
    first = await enter(people)
    later = NOW + timedelta(days=13)
    second = await refresh(people.database, first.refresh_token, later)
    assert second.actor == people.contractor
    assert second.refresh_token != first.refresh_token
    assert await live(people) == 1
    third = await refresh(people.database, second.refresh_token, later + timedelta(days=13))
    assert third.actor == people.contractor
    families = {row.family for row in await people.all(sa.select(session.c.family))}
    assert len(families) == 1


@pytest.mark.anyio
async def test_a_token_used_twice_ends_its_session_and_no_other(people: World) -> None:
    stolen, other = await enter(people), await enter(people)
    following = await refresh(people.database, stolen.refresh_token, NOW)
    await refused(refresh(people.database, stolen.refresh_token, NOW), "SESSION_ENDED")
    await refused(refresh(people.database, following.refresh_token, NOW), "SESSION_ENDED")
    assert await live(people) == 1
    await refresh(people.database, other.refresh_token, NOW)


@pytest.mark.anyio
async def test_of_two_uses_at_the_same_time_none_is_left_with_a_session(people: World) -> None:
    for _ in range(8):
        token = (await enter(people)).refresh_token
        results = await asyncio.gather(
            *(refresh(people.database, token, NOW) for _ in range(3)), return_exceptions=True
        )
        assert sorted(type(each).__name__ for each in results) == ["Refused", "Refused", "SignedIn"]
        assert await live(people) == 0


@pytest.mark.anyio
async def test_a_stolen_token_used_while_its_owner_refreshes_ends_both(people: World) -> None:
    for _ in range(8):
        used = (await enter(people)).refresh_token
        current = (await refresh(people.database, used, NOW)).refresh_token
        both = refresh(people.database, current, NOW), refresh(people.database, used, NOW)
        await asyncio.gather(*both, return_exceptions=True)
        assert await live(people) == 0


@pytest.mark.anyio
async def test_a_session_that_is_not_used_ends_after_fourteen_days(people: World) -> None:
    token = (await enter(people)).refresh_token
    await refused(refresh(people.database, token, NOW + SESSION_LIFE), "SESSION_ENDED")
    await refused(refresh(people.database, token, NOW), "SESSION_ENDED")
    in_time = (await enter(people)).refresh_token
    await refresh(people.database, in_time, NOW + SESSION_LIFE - timedelta(seconds=1))


@pytest.mark.anyio
@pytest.mark.parametrize("token", ["", "x", "\0", "\ud800", "あ"])
async def test_an_unknown_refresh_token_is_refused(people: World, token: str) -> None:
    await enter(people)
    await refused(refresh(people.database, token, NOW), "SESSION_ENDED")
    await sign_out(people.database, token, NOW)
    assert await live(people) == 1


@pytest.mark.anyio
async def test_signing_out_ends_this_session_and_no_other(people: World) -> None:
    mine, other = await enter(people), await enter(people)
    await sign_out(people.database, mine.refresh_token, NOW + HOUR)
    await sign_out(people.database, mine.refresh_token, NOW + 2 * HOUR)
    await refused(refresh(people.database, mine.refresh_token, NOW + HOUR), "SESSION_ENDED")
    await refresh(people.database, other.refresh_token, NOW + HOUR)
    ended = [row.ended_at for row in await people.all(sa.select(session.c.ended_at).order_by(session.c.id))]
    assert ended == [NOW + HOUR, NOW + HOUR, None]


@pytest.mark.anyio
async def test_a_changed_password_ends_all_sessions_but_the_new_one(people: World) -> None:
    old = [await enter(people) for _ in range(3)]
    new = await change_password(
        people.database, people.throttle, people.contractor, changing(PASSWORD, NEW), NOW + HOUR
    )
    assert await live(people) == 1
    for each in old:
        await refused(refresh(people.database, each.refresh_token, NOW + HOUR), "SESSION_ENDED")
    assert (await refresh(people.database, new.refresh_token, NOW + HOUR)).actor == people.contractor
    await refused(enter(people), "SIGN_IN_FAILED")
    await enter(people, NEW)


@pytest.mark.anyio
async def test_a_wrong_current_password_changes_nothing(people: World) -> None:
    await enter(people)
    before = await people.all(sa.select(account.c.password_hash).order_by(account.c.id))
    await refused(
        change_password(people.database, people.throttle, people.contractor, changing(NEW, NEW), NOW), "PASSWORD_WRONG"
    )
    assert await people.all(sa.select(account.c.password_hash).order_by(account.c.id)) == before
    assert await live(people) == 1


@pytest.mark.anyio
@pytest.mark.parametrize("new", ["x" * 11, "x" * 257, ""])
async def test_a_new_password_of_another_length_is_refused(people: World, new: str) -> None:
    await refused(
        change_password(people.database, people.throttle, people.contractor, changing(PASSWORD, new), NOW),
        "PASSWORD_LENGTH",
    )
    await enter(people)


@pytest.mark.anyio
async def test_of_two_changes_at_the_same_time_one_holds(people: World) -> None:
    changes = (
        change_password(people.database, people.throttle, people.contractor, changing(PASSWORD, f"{NEW} {n}"), NOW)
        for n in range(3)
    )
    results = await asyncio.gather(*changes, return_exceptions=True)
    assert sorted(type(each).__name__ for each in results) == ["Refused", "Refused", "SignedIn"]
    assert await live(people) == 1


@pytest.mark.anyio
async def test_nobody_signs_in_with_the_old_password_while_it_is_changed(
    people: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The old password is checked, which takes long; the change is committed; then the session would begin."""

    async def changed_meanwhile(password_hash: str | None, password: str) -> bool:
        fits = await matches(password_hash, password)
        monkeypatch.setattr(accounts, "matches", matches)
        await change_password(people.database, people.throttle, people.contractor, changing(PASSWORD, NEW), NOW)
        return fits

    monkeypatch.setattr(accounts, "matches", changed_meanwhile)
    await refused(enter(people), "SIGN_IN_FAILED")
    assert await live(people) == 1


@pytest.mark.anyio
async def test_no_session_outlives_a_password_change_by_refreshing_meanwhile(people: World) -> None:
    password = PASSWORD
    for turn in range(8):
        token = (await enter(people, password)).refresh_token
        new = f"{NEW} {turn}"
        await asyncio.gather(
            refresh(people.database, token, NOW),
            change_password(people.database, people.throttle, people.contractor, changing(password, new), NOW),
            return_exceptions=True,
        )
        assert await live(people) == 1
        password = new


@pytest.mark.parametrize("length", [12, 256])
def test_a_password_of_twelve_to_256_characters_is_taken(length: int) -> None:
    check_new_password("パ" * length, ("password",))


@pytest.mark.parametrize("password", ["x" * 11, "x" * 257, ""])
def test_another_password_is_refused(password: str) -> None:
    with pytest.raises(Refused) as caught:
        check_new_password(password, ("input", "password"))
    assert caught.value.refusals[0].path == ("input", "password")


@pytest.mark.anyio
async def test_a_hash_is_argon2id_salted_and_fits_its_password_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()
    one, two = await hashed(PASSWORD), await hashed(PASSWORD)
    assert one.startswith("$argon2id$")
    assert one != two
    assert await matches(one, PASSWORD) is True
    assert await matches(one, PASSWORD + " ") is False
    assert await matches(None, PASSWORD) is False
    assert await matches(None, "nobody has this password") is False

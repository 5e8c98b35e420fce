"""An access token dies with its session: at once in the process that ends it, within a second in every other."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import ended, passwords
from denshi_hosho.core.accounts import change_password, refresh, reset_password, sign_out
from denshi_hosho.core.database import Database
from denshi_hosho.core.ended import KEPT, EndedSessions
from denshi_hosho.core.errors import Refused, TokenInvalid
from denshi_hosho.core.tables import account, ended_session
from tests.core.test_accounts import NEW, PASSWORD, enter, people, quick_argon2
from tests.core.world import NOW, World, changing

__all__ = ["people", "quick_argon2"]
pytestmark = pytest.mark.anyio
SECOND = timedelta(seconds=1)


@pytest.fixture
async def here(people: World) -> EndedSessions:
    """What the process that ends sessions knows."""
    return EndedSessions(people.database)


@pytest.fixture
async def elsewhere(database_url: str) -> AsyncIterator[EndedSessions]:
    """What another process knows, which has read a moment ago."""
    database = Database(database_url)
    there = EndedSessions(database)
    await there.check("nothing", NOW)
    yield there
    await database.close()


async def goes_on(sessions: EndedSessions, family: str, now: datetime = NOW) -> bool:
    try:
        await sessions.check(family, now)
    except TokenInvalid:
        return False
    return True


async def families(world: World) -> set[str]:
    return {row.family for row in await world.all(sa.select(ended_session.c.family))}


async def test_another_process_sees_it_within_a_second(
    people: World, here: EndedSessions, elsewhere: EndedSessions
) -> None:
    mine, other = await enter(people), await enter(people)
    assert await goes_on(here, mine.actor.session)
    await sign_out(people.database, mine.refresh_token, NOW)
    here.look_again()
    assert not await goes_on(here, mine.actor.session)
    assert await goes_on(elsewhere, mine.actor.session, NOW + SECOND - timedelta(microseconds=1))
    assert not await goes_on(elsewhere, mine.actor.session, NOW + SECOND)
    for each in (here, elsewhere):
        assert await goes_on(each, other.actor.session, NOW + SECOND)


async def test_it_is_read_once_a_second_and_no_more(
    people: World, here: EndedSessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    reads: list[datetime] = []
    real = EndedSessions._read

    async def read(self: EndedSessions, now: datetime) -> None:
        reads.append(now)
        await real(self, now)

    monkeypatch.setattr(EndedSessions, "_read", read)
    for milliseconds in range(0, 3_000, 100):
        now = NOW + timedelta(milliseconds=milliseconds)
        await asyncio.gather(*(here.check("nothing", now) for _ in range(5)))
    assert reads == [NOW, NOW + SECOND, NOW + 2 * SECOND]
    await here.check("nothing", NOW)  # a clock that was set back is no reason to go by the old answer
    assert reads[3:] == [NOW]


async def test_what_ends_while_it_is_read_is_not_missed(
    people: World, here: EndedSessions, monkeypatch: pytest.MonkeyPatch
) -> None:
    mine = await enter(people)
    read = people.database.read

    @asynccontextmanager
    async def overtaken() -> AsyncIterator[AsyncConnection]:
        async with read() as connection:
            yield connection
        await sign_out(people.database, mine.refresh_token, NOW)
        here.look_again()

    monkeypatch.setattr(people.database, "read", overtaken)
    assert await goes_on(here, mine.actor.session)
    monkeypatch.undo()
    assert not await goes_on(here, mine.actor.session)


async def test_whatever_ends_a_session_ends_its_tokens(people: World) -> None:
    signed_out, used_twice, changed, reset = [await enter(people) for _ in range(4)]
    await sign_out(people.database, signed_out.refresh_token, NOW)
    assert await families(people) == {signed_out.actor.session}
    following = await refresh(people.database, used_twice.refresh_token, NOW)
    assert following.actor.session == used_twice.actor.session
    assert await families(people) == {signed_out.actor.session}
    with pytest.raises(Refused):
        await refresh(people.database, used_twice.refresh_token, NOW)
    assert await families(people) == {signed_out.actor.session, used_twice.actor.session}
    new = await change_password(people.database, people.throttle, people.contractor, changing(PASSWORD, NEW), NOW)
    gone = {each.actor.session for each in (signed_out, used_twice, changed, reset)}
    assert await families(people) == gone
    await reset_password(people.database, "contractor", PASSWORD, NOW)
    assert await families(people) == gone | {new.actor.session}


async def test_what_ends_twice_is_kept_once(people: World) -> None:
    mine = await enter(people)
    await asyncio.gather(*(sign_out(people.database, mine.refresh_token, NOW) for _ in range(4)))
    assert await families(people) == {mine.actor.session}


async def test_of_two_uses_at_once_the_winner_loses_its_access_too(people: World, here: EndedSessions) -> None:
    for _ in range(5):
        token = (await enter(people)).refresh_token
        both = await asyncio.gather(*(refresh(people.database, token, NOW) for _ in range(2)), return_exceptions=True)
        (winner,) = [each for each in both if not isinstance(each, BaseException)]
        here.look_again()
        assert not await goes_on(here, winner.actor.session)


async def test_what_ended_long_ago_is_forgotten(people: World, here: EndedSessions) -> None:
    old, at_the_edge, new = [await enter(people) for _ in range(3)]
    await sign_out(people.database, old.refresh_token, NOW)
    await sign_out(people.database, at_the_edge.refresh_token, NOW + SECOND)
    await sign_out(people.database, new.refresh_token, NOW + KEPT + SECOND)
    assert await families(people) == {at_the_edge.actor.session, new.actor.session}
    assert not await goes_on(here, new.actor.session, NOW + KEPT + SECOND)


async def test_many_may_forget_the_same_at_once(people: World) -> None:
    sessions = [await enter(people) for _ in range(12)]
    for each in sessions[:6]:
        await sign_out(people.database, each.refresh_token, NOW)
    later = NOW + KEPT + SECOND
    await asyncio.gather(*(sign_out(people.database, each.refresh_token, later) for each in sessions[6:]))
    assert await families(people) == {each.actor.session for each in sessions[6:]}


async def test_nothing_is_taken_for_granted_when_it_cannot_be_read(people: World, here: EndedSessions) -> None:
    await people.execute(sa.text("ALTER TABLE ended_session RENAME TO away"))
    try:
        with pytest.raises(SQLAlchemyError):
            await here.check("nothing", NOW)
    finally:
        await people.execute(sa.text("ALTER TABLE away RENAME TO ended_session"))


async def test_a_password_kept_under_old_parameters_is_kept_anew_at_the_next_sign_in(
    people: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    stored = sa.select(account.c.password_hash).where(account.c.login_id == "contractor")
    old = (await people.one(stored)).password_hash
    await enter(people)
    assert (await people.one(stored)).password_hash == old
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=2, memory_cost=16, parallelism=1))
    await enter(people)
    new = (await people.one(stored)).password_hash
    assert new.startswith("$argon2id$v=19$m=16,t=2,p=1$")
    assert (await enter(people)).actor == people.contractor
    with pytest.raises(Refused):
        await enter(people, NEW)
    assert (await people.one(stored)).password_hash == new


def test_they_are_kept_longer_than_any_token_lives() -> None:
    assert timedelta(minutes=15) < ended.KEPT

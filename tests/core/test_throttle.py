"""Attempts are counted where the design says, cost what it says, and lock nobody out."""

import asyncio
import hashlib
from collections.abc import Iterator
from datetime import timedelta

import pytest
import sqlalchemy as sa
from argon2 import PasswordHasher
from sqlalchemy import event

from denshi_hosho.core import passwords, work
from denshi_hosho.core.accounts import change_password, sign_in
from denshi_hosho.core.devices import PROOFS_KEPT, Caller, device_of, remember
from denshi_hosho.core.errors import Refusal, Refused, at, under
from denshi_hosho.core.keys import reveal_to
from denshi_hosho.core.opening import open_certificate
from denshi_hosho.core.stamps import SHORT, Stamps
from denshi_hosho.core.tables import account, throttle
from denshi_hosho.core.throttle import Throttle
from denshi_hosho.core.work import Challenge, Solution
from tests.core.world import NOW, SECRET, World, changing, claim, signing_in

NUMBER, WRONG, SUBJECT = "1070000473", "AAAAAAAAAAAA", ("opening", "1070000473")
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def quick_argon2(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The same algorithm with the least work."""
    monkeypatch.setattr(passwords, "_hasher", PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))
    passwords._dummy_hash.cache_clear()
    yield
    passwords._dummy_hash.cache_clear()


@pytest.fixture
async def key(world: World) -> str:
    """The key of the one guarantee."""
    guarantee_id = await world.concluded()
    shown = await world.database.write(lambda c: reveal_to(c, world.vault, world.contractor, guarantee_id, NOW))
    return shown.notice.access_key


def solved(challenge: Challenge) -> Solution:
    tried = (Solution(challenge.challenge, str(nonce)) for nonce in range(2**24))
    return next(each for each in tried if work.is_solved(each, challenge.bits))


async def attempt(
    world: World,
    key: str,
    caller: Caller,
    number: str = NUMBER,
    done: Solution | None = None,
    after: timedelta = 0 * MINUTE,
) -> Refused | None:
    """Try to open; return why not."""
    try:
        await open_certificate(
            world.database, world.vault, world.throttle, claim(number, key, caller, done), NOW + after, frozenset()
        )
    except Refused as refused:
        return refused
    return None


def code(refused: Refused | None) -> str:
    return refused.refusals[0].code if refused else "OPENED"


def asked(refused: Refused | None) -> Challenge:
    assert refused is not None
    assert isinstance(refused.work, Challenge)
    return refused.work


async def from_everywhere(world: World, count: int, number: str = NUMBER) -> list[str]:
    """Fail from as many sources as attempts."""
    return [code(await attempt(world, WRONG, Caller(f"198.51.100.{place}"), number)) for place in range(count)]


@pytest.mark.anyio
async def test_a_source_has_twenty_failures_then_one_every_thirty_seconds(world: World, key: str) -> None:
    caller = Caller("192.0.2.1")
    codes = [code(await attempt(world, WRONG, caller, f"{place:010}")) for place in range(22)]
    assert codes == ["CERTIFICATE_NOT_OPENED"] * 20 + ["TOO_MANY_ATTEMPTS"] * 2
    assert caller.retry_after == 30
    refused = await attempt(world, key, caller)  # not even the right key is looked at
    assert refused is not None
    assert (code(refused), refused.retry_after) == ("TOO_MANY_ATTEMPTS", 30)
    assert code(await attempt(world, key, Caller("192.0.2.2"))) == "OPENED"
    for typed, expected in ((key, "OPENED"), (WRONG, "CERTIFICATE_NOT_OPENED"), (key, "TOO_MANY_ATTEMPTS")):
        assert code(await attempt(world, typed, Caller("192.0.2.1"), after=MINUTE / 2)) == expected


@pytest.mark.anyio
async def test_successes_cost_nothing_and_forgive_nothing(world: World, key: str) -> None:
    caller = Caller("192.0.2.1")
    for _ in range(25):
        assert await attempt(world, key, caller) is None
        assert await attempt(world, key, Caller("192.0.2.1")) is None  # without its cookie
    assert await world.all(sa.select(throttle)) == []
    for place in range(20):
        await attempt(world, WRONG, Caller("192.0.2.1"), f"{place:010}")
        if place < 19:
            assert await attempt(world, key, Caller("192.0.2.1")) is None
    assert code(await attempt(world, WRONG, Caller("192.0.2.1"), "0000000000")) == "TOO_MANY_ATTEMPTS"


@pytest.mark.anyio
async def test_a_guarantee_under_attack_asks_for_work_and_a_known_device_for_nothing(world: World, key: str) -> None:
    known = Caller("192.0.2.1")
    assert await attempt(world, key, known) is None
    known = Caller("192.0.2.77", known.new_cookie or "")
    assert (await from_everywhere(world, 22))[-3:] == ["CERTIFICATE_NOT_OPENED", "WORK_NEEDED", "WORK_NEEDED"]
    assert await attempt(world, key, known) is None
    stranger = Caller("192.0.2.2")
    refused = await attempt(world, key, stranger)
    assert refused is not None
    assert (code(refused), refused.retry_after, stranger.retry_after) == ("WORK_NEEDED", None, None)
    assert await attempt(world, key, stranger, done=solved(asked(refused))) is None
    assert code(await attempt(world, WRONG, Caller("192.0.2.3"), "9999999999")) == "CERTIFICATE_NOT_OPENED"


@pytest.mark.anyio
async def test_a_number_without_a_guarantee_is_counted_alike(world: World, key: str) -> None:
    assert await from_everywhere(world, 22) == await from_everywhere(world, 22, "9999999999")
    assert len(key) == 12


@pytest.mark.anyio
async def test_work_is_good_once_for_its_number_for_five_minutes(world: World, key: str) -> None:
    await from_everywhere(world, 20)
    await from_everywhere(world, 20, "9999999999")
    mine = Caller("192.0.2.2")
    done = solved(asked(await attempt(world, key, mine)))
    bits, expires, rest = done.challenge.split(".", 2)
    others = asked(await attempt(world, key, mine, "9999999999"))
    forged = [
        Solution(done.challenge, done.nonce + "x"), Solution(done.challenge, "0" * 65), Solution("", ""), solved(others),
        Solution(f"1.{expires}.{rest}", done.nonce), Solution(f"{bits}.9999999999.{rest}", done.nonce),
        Solution(f"{bits}.{'9' * 12}.{rest}", done.nonce), Solution(done.challenge + "\n", done.nonce),
        Solution(done.challenge, "\ud800"), Solution("\ud800", "0"), Solution(done.challenge[:-1], done.nonce),
    ]  # fmt: skip
    if work.is_solved(forged[0], 8) or work.is_solved(forged[8], 8):  # one in 128: luck proves nothing
        forged = forged[1:8]
    for each in forged:
        assert code(await attempt(world, key, mine, done=each)) == "WORK_NEEDED", each
    elsewhere = Caller("203.0.113.9")  # a prefecture's egress address changes
    assert code(await attempt(world, WRONG, elsewhere, done=done)) == "CERTIFICATE_NOT_OPENED"
    assert code(await attempt(world, key, elsewhere, done=done)) == "WORK_NEEDED"
    late = solved(asked(await attempt(world, key, mine)))
    for _ in range(5):
        await from_everywhere(world, 5)
    assert work.expiry(Stamps(SECRET), SUBJECT, late, NOW + 5 * MINUTE - MINUTE / 60) == NOW + 5 * MINUTE
    assert work.expiry(Stamps(SECRET), SUBJECT, late, NOW + 5 * MINUTE) is None


@pytest.mark.anyio
async def test_of_one_work_sent_many_times_at_once_one_attempt_is_let_through(world: World, key: str) -> None:
    await from_everywhere(world, 20)
    done = solved(asked(await attempt(world, key, Caller("192.0.2.2"))))
    answers = await asyncio.gather(*(attempt(world, WRONG, Caller(f"192.0.2.{n}"), done=done) for n in range(10, 18)))
    assert sorted(map(code, answers)) == ["CERTIFICATE_NOT_OPENED"] + ["WORK_NEEDED"] * 7


@pytest.mark.anyio
async def test_work_lets_through_where_a_shared_source_is_used_up(world: World, key: str) -> None:
    for place in range(20):
        await attempt(world, WRONG, Caller("192.0.2.1"), f"{place:010}")
    refused = await attempt(world, key, Caller("192.0.2.1"))
    assert (code(refused), asked(refused).bits) == ("TOO_MANY_ATTEMPTS", 8)
    assert await attempt(world, key, Caller("192.0.2.1"), done=solved(asked(refused))) is None


@pytest.mark.anyio
async def test_attempts_at_once_cannot_slip_through_together(world: World, key: str) -> None:
    answers = await asyncio.gather(*(attempt(world, WRONG, Caller("192.0.2.1")) for _ in range(60)))
    codes = list(map(code, answers))
    assert codes.count("CERTIFICATE_NOT_OPENED") == 20
    assert codes.count("TOO_MANY_ATTEMPTS") == 40
    assert len(key) == 12


@pytest.mark.anyio
async def test_a_device_has_a_bucket_of_its_own_and_then_stands_where_all_do(world: World, key: str) -> None:
    first = Caller("192.0.2.1")
    await attempt(world, key, first)
    cookie = first.new_cookie or ""
    for place in range(20):
        await attempt(world, WRONG, Caller("192.0.2.1"), f"{place:010}")
    codes = [code(await attempt(world, WRONG, Caller("192.0.2.1", cookie))) for _ in range(11)]
    assert codes == ["CERTIFICATE_NOT_OPENED"] * 10 + ["TOO_MANY_ATTEMPTS"]
    assert code(await attempt(world, WRONG, Caller("192.0.2.1", cookie), "0000000099")) == "TOO_MANY_ATTEMPTS"
    assert code(await attempt(world, key, Caller("192.0.2.1", cookie), after=MINUTE)) == "OPENED"


def forgeries(cookie: str) -> list[str]:
    device, seal, *proofs = cookie.split(".")
    other = Caller("")
    remember(Stamps({"k": b"x" * 32}), other, SUBJECT)
    elsewhere = Caller("")
    remember(Stamps(SECRET), elsewhere, ("opening", "9999999999"))
    strange = (elsewhere.new_cookie or "").split(".")
    return [
        "", ".", cookie + ".", cookie[:-1], cookie.upper(), f"{device}.{seal}", f"{'0' * 32}.{seal}.{proofs[0]}", "é" + cookie,
        f"{device}.{'0' * SHORT}.{proofs[0]}", f"{device}.{seal}.{'0' * SHORT}", other.new_cookie or "", elsewhere.new_cookie or "",
        ".".join((*strange[:2], proofs[0])), f"{cookie}\n", ".".join((device, seal, *(PROOFS_KEPT + 1) * proofs)), "x" * 10_000,
    ]  # fmt: skip


def test_a_forged_or_copied_cookie_gives_nothing() -> None:
    caller = Caller("192.0.2.1")
    remember(Stamps(SECRET), caller, SUBJECT)
    cookie = caller.new_cookie or ""
    known = Caller("", cookie)
    assert device_of(Stamps(SECRET), known, SUBJECT) == cookie[:32]
    assert device_of(Stamps({"new": b"n" * 32, **SECRET}), known, SUBJECT) == cookie[:32]  # the secret was rotated
    for subject in (("sign-in", NUMBER), ("opening", "1070000474"), ("openin", f"g{NUMBER}")):
        assert device_of(Stamps(SECRET), known, subject) is None
    for forged in forgeries(cookie):
        assert device_of(Stamps(SECRET), Caller("", forged), SUBJECT) is None, forged


def test_a_cookie_keeps_the_newest_proofs_and_a_forged_device_is_not_taken_over() -> None:
    stamps, caller = Stamps(SECRET), Caller("")
    for place in range(PROOFS_KEPT + 1):
        remember(stamps, caller, ("opening", str(place)))
    cookie = caller.new_cookie or ""
    assert len(cookie) < 2000
    known = [
        place for place in range(PROOFS_KEPT + 1) if device_of(stamps, Caller("", cookie), ("opening", str(place)))
    ]
    assert known == list(range(1, PROOFS_KEPT + 1))
    again = Caller("", cookie)
    remember(stamps, again, ("opening", "64"))
    assert again.new_cookie is None
    planted = Caller("", f"{'a' * 32}.{'0' * SHORT}")
    remember(stamps, planted, SUBJECT)
    assert not (planted.new_cookie or "a" * 32).startswith("a" * 32)


def test_work_is_sha_256_of_challenge_colon_nonce() -> None:
    challenge = work.new_challenge(Stamps(SECRET), SUBJECT, NOW, 12)
    done = solved(challenge)
    digest = hashlib.sha256(f"{done.challenge}:{done.nonce}".encode()).hexdigest()
    assert digest.startswith("000")
    assert Throttle(SECRET)._bits == 18


def test_a_refusal_keeps_what_it_asks_for_when_its_path_is_moved() -> None:
    for moved in (under("input"), at("input")):
        with pytest.raises(Refused) as caught, moved:
            raise Refused(Refusal("X", "", ""), decision=1, retry_after=2, work=3)
        got = caught.value
        assert (got.refusals[0].path, got.decision, got.retry_after, got.work) == (("input",), 1, 2, 3)


async def statements(world: World, key: str, caller: Caller, number: str) -> tuple[list[str], dict[str, object], str]:
    """What an attempt asks of the database, word for word, what it leaves there, and how it is answered."""
    said: list[str] = []

    def listen(_c: object, _k: object, statement: str, *_: object) -> None:
        said.append(statement)

    event.listen(world.database.writer.sync_engine, "before_cursor_execute", listen)
    try:
        answer = code(await attempt(world, key, caller, number))
    finally:
        event.remove(world.database.writer.sync_engine, "before_cursor_execute", listen)
    return said, dict(await world.rows()), answer


@pytest.mark.anyio
async def test_whatever_is_wrong_costs_the_same_statements_and_the_same_writes(world: World, key: str) -> None:
    """Fresh, with the source used up, and with the number used up: nothing tells a right key or a number that exists."""
    wrong = key[:-1] + ("A" if key[-1] != "A" else "B")
    tries = [(NUMBER, wrong), (NUMBER, ""), ("9999999999", key), ("9999999999", "\0"), (NUMBER, "鍵" * 64)]
    empty = sa.delete(throttle)
    for state, expected in (
        ("fresh", "CERTIFICATE_NOT_OPENED"),
        ("source", "TOO_MANY_ATTEMPTS"),
        ("number", "WORK_NEEDED"),
    ):
        seen = []
        for number, typed in [*tries, *([(NUMBER, key)] if state != "fresh" else [])]:
            await world.execute(empty)
            if state == "source":
                for place in range(20):
                    await attempt(world, WRONG, Caller("192.0.2.1"), f"{place:010}")
            if state == "number":
                await from_everywhere(world, 20, number)
            seen.append(await statements(world, typed, Caller("192.0.2.1"), number))
        assert {answer for _, _, answer in seen} == {expected}
        assert all(each == seen[0] for each in seen), state


@pytest.mark.anyio
async def test_an_opening_asks_few_statements_more_than_what_it_writes(world: World, key: str) -> None:
    said = [len((await statements(world, key, Caller("192.0.2.1"), NUMBER))[0]) for _ in range(2)]
    begin = 1 if world.database.is_sqlite else 0
    # charge, look, refund; the event, the submission's step, and the first time also the guarantee; whose it is, the
    # log's head, the entry, the nodes that every other entry completes, the head again
    assert said == [11 + begin, 9 + begin]


async def with_password(world: World) -> None:
    await world.execute(sa.update(account).values(password_hash=await passwords.hashed("the right password")))


async def entered(
    world: World, login_id: str, source: str, done: Solution | None = None, after: timedelta = 0 * MINUTE
) -> Refused:
    """Try to sign in with a wrong password."""
    attempted = signing_in(login_id, Caller(source), done)
    with pytest.raises(Refused) as caught:
        await sign_in(world.database, world.throttle, attempted, "no such password", NOW + after)
    return caught.value


@pytest.mark.anyio
async def test_signing_in_is_throttled_by_source_and_by_login_id(world: World) -> None:
    await with_password(world)
    one = [code(await entered(world, f"somebody {place}", "192.0.2.1")) for place in range(21)]
    assert one == ["SIGN_IN_FAILED"] * 20 + ["TOO_MANY_ATTEMPTS"]
    for login_id in ("contractor", "nobody"):
        many = [code(await entered(world, login_id, f"198.51.100.{place}")) for place in range(21)]
        assert many == ["SIGN_IN_FAILED"] * 20 + ["WORK_NEEDED"]


@pytest.mark.anyio
async def test_work_for_a_password_has_a_pace_of_its_own(world: World) -> None:
    """A person chose the password: what is worked for is let through twenty times, then every two seconds."""
    await with_password(world)
    done: Solution | None = None
    codes: list[str] = []
    for _ in range(61):
        refused = await entered(world, "contractor", "192.0.2.1", done)
        codes.append(code(refused))
        done = solved(refused.work) if isinstance(refused.work, Challenge) else None
        if codes[-1] == "TOO_MANY_ATTEMPTS" and done is None:
            break
    assert codes == ["SIGN_IN_FAILED"] * 20 + ["TOO_MANY_ATTEMPTS", "SIGN_IN_FAILED"] * 20 + ["TOO_MANY_ATTEMPTS"]
    refused = await entered(world, "contractor", "192.0.2.1")
    done = solved(asked(refused))
    refused = await entered(world, "contractor", "192.0.2.1", done)
    assert (code(refused), refused.retry_after, refused.work) == ("TOO_MANY_ATTEMPTS", 2, None)
    # The work was not used up: it is good when its time has come.
    assert code(await entered(world, "contractor", "192.0.2.1", done, MINUTE / 30)) == "SIGN_IN_FAILED"


@pytest.mark.anyio
async def test_the_current_password_is_throttled(world: World) -> None:
    await with_password(world)
    codes = []
    for place in range(21):
        change = changing("no such password", "another password", Caller(f"198.51.100.{place}"))
        with pytest.raises(Refused) as caught:
            await change_password(world.database, world.throttle, world.contractor, change, NOW)
        codes.append(code(caught.value))
    assert codes == ["PASSWORD_WRONG"] * 20 + ["WORK_NEEDED"]

import asyncio
import json
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from denshi_hosho.core import keys
from denshi_hosho.core.errors import Refused, SealBroken
from denshi_hosho.core.guarantees import CERTIFICATE_COLUMNS
from denshi_hosho.core.opening import NOT_OPENED, open_certificate
from denshi_hosho.core.tables import access_key, audit_entry, certificate, guarantee, key_event
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vault import ALPHABET, Vault
from denshi_hosho.core.vocabulary import GuaranteeKind, KeyEventKind, Medium
from tests.core.world import NOW, SECRET, World, claim, grown

pytestmark = pytest.mark.anyio
LATER = NOW + timedelta(hours=1)
EVERYTHING = frozenset(CERTIFICATE_COLUMNS)


async def reveal(
    world: World, guarantee_id: int, actor: Actor | None = None, vault: Vault | None = None
) -> keys.Revealed:
    who = actor or world.contractor
    return await world.database.write(lambda c: keys.reveal_to(c, vault or world.vault, who, guarantee_id, LATER))


async def rotate(world: World, guarantee_id: int, actor: Actor | None = None) -> None:
    who = actor or world.contractor
    await world.database.write(lambda c: keys.rotate(c, world.vault, who, guarantee_id, "誤送信", LATER))


async def opened(world: World, number: str, key: str, wanted: frozenset[str] = EVERYTHING) -> Any:
    return await open_certificate(world.database, world.vault, world.throttle, claim(number, key), LATER, wanted)


async def events(world: World) -> list[tuple[Any, ...]]:
    columns = key_event.c.event, key_event.c.account_id, key_event.c.note, key_event.c.at
    return [tuple(row) for row in await world.all(sa.select(*columns).order_by(key_event.c.id))]


async def refused(world: World, call: Any, code: str) -> None:
    before = await world.rows()
    with pytest.raises(Refused) as caught:
        await call
    assert [refusal.code for refusal in caught.value.refusals] == [code]
    written = grown(before, await world.rows())
    counted = written.pop("throttle", 0)
    assert written == {}
    assert counted <= (
        2 if code == "CERTIFICATE_NOT_OPENED" else 0
    )  # its source and its number; tests of its own say when


async def test_a_key_is_shown_to_its_owner_and_that_is_written_down(world: World) -> None:
    guarantee_id = await world.concluded()
    notice = (await reveal(world, guarantee_id)).notice
    assert (notice.kind, notice.number, notice.works_name, notice.obligee_name, notice.surety_name) == (
        GuaranteeKind.ADVANCE_PAYMENT, "1070000473", "市道〇号線 道路改良工事", "松江市", "西日本建設業保証株式会社",
    )  # fmt: skip
    assert len(notice.access_key) == 12
    assert set(notice.access_key) <= set(ALPHABET)
    assert (await reveal(world, guarantee_id)).notice == notice
    assert await events(world) == [(KeyEventKind.REVEALED, world.contractor.account_id, None, LATER)] * 2


async def test_a_key_is_shown_to_nobody_else(world: World) -> None:
    guarantee_id = await world.concluded()
    for stranger in (world.other, world.underwriter, world.rival):
        for call in (reveal, rotate):
            await refused(world, call(world, guarantee_id, stranger), "NOT_FOUND")
    await refused(world, reveal(world, guarantee_id + 1), "NOT_FOUND")


async def test_a_guarantee_on_paper_has_no_key_to_show_or_rotate(world: World) -> None:
    guarantee_id = await world.concluded(delivery=Medium.PAPER)
    await refused(world, reveal(world, guarantee_id), "ON_PAPER")
    await refused(world, rotate(world, guarantee_id), "ON_PAPER")
    with pytest.raises(Refused):
        await world.database.write(lambda c: keys.reveal(c, world.vault, guarantee_id))


async def test_keys_swapped_in_the_database_open_nothing(world: World) -> None:
    one, two = await world.concluded(), await world.concluded()
    key = (await reveal(world, one)).notice.access_key
    stored = sa.select(access_key.c.sealed, access_key.c.mac).order_by(access_key.c.id)
    rows = await world.all(stored)
    for guarantee_id, row in ((one, rows[1]), (two, rows[0])):
        swap = sa.update(access_key).where(access_key.c.guarantee_id == guarantee_id).values(row._asdict())
        await world.execute(swap)
    before = await world.rows()
    with pytest.raises(SealBroken):
        await reveal(world, one)
    assert grown(before, await world.rows()) == {}
    for number in ("1070000473", "1070000474"):
        await refused(world, opened(world, number, key), "CERTIFICATE_NOT_OPENED")


async def test_after_a_rotation_of_secrets_a_key_is_still_shown_and_opens(world: World) -> None:
    guarantee_id = await world.concluded()
    key = (await reveal(world, guarantee_id)).notice.access_key
    both = {"k2": b"n" * 32, **SECRET}
    rotated = Vault(both, both)
    assert (await reveal(world, guarantee_id, vault=rotated)).notice.access_key == key
    await open_certificate(world.database, rotated, world.throttle, claim("1070000473", key), LATER, EVERYTHING)
    await world.database.write(lambda c: keys.rotate(c, rotated, world.contractor, guarantee_id, "交換", LATER))
    live = sa.select(access_key.c.sealed_with, access_key.c.mac_with).where(access_key.c.retired_at.is_(None))
    assert tuple(await world.one(live)) == ("k2", "k2")


async def test_a_rotated_key_is_dead_and_the_new_one_opens(world: World) -> None:
    guarantee_id = await world.concluded()
    old = await reveal(world, guarantee_id)
    before = await world.rows()
    await rotate(world, guarantee_id)
    assert grown(before, await world.rows()) == {"access_key": 1, "key_event": 1, "audit_entry": 1, "audit_node": 1}
    new = await reveal(world, guarantee_id)
    assert new.notice.access_key != old.notice.access_key
    assert new.key_id != old.key_id
    await refused(world, opened(world, "1070000473", old.notice.access_key), "CERTIFICATE_NOT_OPENED")
    await opened(world, "1070000473", new.notice.access_key)
    assert (await events(world))[1] == (KeyEventKind.ROTATED, world.contractor.account_id, "誤送信", LATER)
    retired = await world.all(sa.select(access_key.c.retired_at).order_by(access_key.c.id))
    assert [row.retired_at for row in retired] == [LATER, None]


async def test_rotated_several_times_at_once_one_key_is_live(world: World) -> None:
    guarantee_id = await world.concluded()
    await asyncio.gather(*(rotate(world, guarantee_id) for _ in range(5)))
    live = await world.all(sa.select(access_key.c.id).where(access_key.c.retired_at.is_(None)))
    assert len(live) == 1
    assert len(await world.all(sa.select(access_key.c.id))) == 6


async def test_number_and_key_open_the_certificate_and_the_first_time_is_remembered(world: World) -> None:
    guarantee_id = await world.concluded()
    key = (await reveal(world, guarantee_id)).notice.access_key
    before = await world.rows()
    row = await opened(world, "1070000473", f" {key.lower()[:4]}-{key[4:]} ")
    assert (row.number, row.works_name, row.guaranteed_amount, row.surety_name) == (
        "1070000473", "市道〇号線 道路改良工事", 19_200_000, "西日本建設業保証株式会社",
    )  # fmt: skip
    assert grown(before, await world.rows()) == {"key_event": 1, "audit_entry": 1, "audit_node": 1}
    assert (await events(world))[-1] == (KeyEventKind.OPENED, None, None, LATER)
    later = LATER + timedelta(days=1)
    await open_certificate(world.database, world.vault, world.throttle, claim("1070000473", key), later, EVERYTHING)
    assert (await world.one(sa.select(guarantee.c.first_opened_at))).first_opened_at == LATER
    assert [row[0] for row in await events(world)].count(KeyEventKind.OPENED) == 2


async def test_only_the_wanted_columns_are_read(world: World) -> None:
    guarantee_id = await world.concluded()
    key = (await reveal(world, guarantee_id)).notice.access_key
    row = await opened(world, "1070000473", key, frozenset({"works_name", "password_hash", "sealed"}))
    assert set(row._fields) == {"works_name", "guarantee_id", "mac", "mac_with", "opened_before"}


async def test_every_way_to_fail_has_the_same_answer_and_is_only_counted(world: World) -> None:
    one = await world.concluded()
    await world.concluded()
    await world.concluded(delivery=Medium.PAPER)
    key = (await reveal(world, one)).notice.access_key
    before = await world.rows()
    wrong = key[:-1] + ("A" if key[-1] != "A" else "B")
    attempts = [
        ("1070000473", wrong), ("1070000473", key + "A"), ("1070000473", key[:-1]), ("1070000473", ""), ("1070000473", "'; --"),
        ("1070000473", "\0"), ("1070000473", "\ud800"), ("1070000473", "鍵" * 64), ("1070000474", key), ("1070000475", key),
        ("9999999999", key), ("", key), ("107000047", key),
    ]  # fmt: skip
    for number, typed in attempts:
        with pytest.raises(Refused) as caught:
            await opened(world, number, typed)
        assert caught.value.refusals == (NOT_OPENED,)
    assert grown(before, await world.rows()) == {"throttle": 7}  # one source, and six numbers as typed


async def test_a_refusal_names_what_was_asked_for(world: World) -> None:
    assert (keys.NOT_FOUND.path, keys.ON_PAPER.path) == (("guarantee_id",), ("guarantee_id",))


async def test_a_key_is_shown_with_the_certificate_that_is_live_and_no_other_version(world: World) -> None:
    guarantee_id = await world.concluded()
    first = (await world.one(sa.select(certificate)))._asdict()
    del first["id"]
    await world.execute(sa.insert(certificate).values({**first, "version": 2, "works_name": "変更後の工事"}))
    assert (await reveal(world, guarantee_id)).notice.works_name == "市道〇号線 道路改良工事"
    await world.execute(sa.update(guarantee).values(live_version=2))
    assert (await reveal(world, guarantee_id)).notice.works_name == "変更後の工事"


async def test_the_newest_key_is_another_one_once_any_of_the_guarantees_has_a_new_key(world: World) -> None:
    one, two = await world.concluded(), await world.concluded()
    paper = await world.concluded(delivery=Medium.PAPER)

    async def newest(*ids: int) -> int:
        return await world.database.write(lambda c: keys.newest_key(c, ids))

    ids = [row.id for row in await world.all(sa.select(access_key.c.id).order_by(access_key.c.id))]
    assert [await newest(one), await newest(two), await newest(one, two)] == [ids[0], ids[1], ids[1]]
    assert [await newest(paper), await newest()] == [0, 0]
    await rotate(world, one)
    assert await newest(one, two) > ids[1]
    assert await newest(two) == ids[1]
    await world.execute(sa.update(access_key).where(access_key.c.retired_at.is_(None)).values(retired_at=LATER))
    assert await newest(one, two) == 0


async def test_without_a_live_key_there_is_none_to_rotate(world: World) -> None:
    guarantee_id = await world.concluded()
    await world.execute(sa.update(access_key).values(retired_at=NOW))
    await refused(world, rotate(world, guarantee_id), "ON_PAPER")
    assert len(await world.all(sa.select(access_key.c.id))) == 1


async def test_the_log_says_which_key_a_rotation_made_and_the_event_that_tells_of_it(world: World) -> None:
    guarantee_id = await world.concluded()
    await rotate(world, guarantee_id)
    last = await world.one(sa.select(audit_entry).order_by(audit_entry.c.index.desc()).limit(1))
    event = await world.one(sa.select(key_event.c.id))
    made = await world.one(sa.select(sa.func.max(access_key.c.id).label("id")))
    assert json.loads(last.entry)["said"] == {"key_event": event.id, "access_key": made.id}


async def test_the_secrets_in_use_are_those_of_live_keys(world: World) -> None:
    async def used() -> tuple[set[str], set[str]]:
        return await world.database.write(keys.secrets_in_use)

    assert await used() == (set(), set())
    one = await world.concluded()
    await world.concluded()
    assert await used() == ({"k1"}, {"k1"})
    vault = Vault({"k2": b"n" * 32}, {"k3": b"m" * 32})
    await world.database.write(lambda c: keys.rotate(c, vault, world.contractor, one, "交換", LATER))
    assert await used() == ({"k1", "k2"}, {"k1", "k3"})

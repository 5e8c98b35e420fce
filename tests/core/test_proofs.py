import base64
import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from denshi_hosho.core import audit, merkle, proofs
from denshi_hosho.core.notary import tlog_proof
from denshi_hosho.core.proofs import LogProof, LogSizeUnknown
from denshi_hosho.core.tables import audit_entry, guarantee
from tests.core.world import NOTARY, NOW, World

pytestmark = pytest.mark.anyio


async def proved(world: World, *guarantee_ids: int) -> dict[int, LogProof]:
    async with world.database.read() as connection:
        return await proofs.conclusion_proofs(connection, NOTARY, guarantee_ids)


async def consistent(world: World, first: int, second: int) -> list[str]:
    async with world.database.read() as connection:
        return await proofs.consistency_proof(connection, first, second)


def hashes(path: list[str]) -> list[bytes]:
    return [base64.b64decode(each) for each in path]


async def heads(world: World, count: int) -> list[audit.Head]:
    """The head of the log after each of `count` conclusions, and before them."""
    seen = [await world.database.write(audit.head)]
    for _ in range(count):
        await world.concluded()
        seen.append(await world.database.write(audit.head))
    return seen


async def test_every_conclusion_is_proved_against_the_newest_checkpoint(world: World) -> None:
    now = (await heads(world, 3))[-1]
    ids = [row.id for row in await world.all(sa.select(guarantee.c.id).order_by(guarantee.c.id))]
    found = await proved(world, *ids)
    assert list(found) == ids
    note = NOTARY.checkpoint(12, now.root)
    for place, (guarantee_id, proof) in zip((3, 7, 11), found.items(), strict=True):
        assert (proof.index, proof.size, proof.checkpoint) == (place, 12, note)
        told = json.loads(proof.record)
        assert (told["index"], told["event"], told["guarantee"]) == (place, "GUARANTEE_CONCLUDED", guarantee_id)
        leaf = merkle.leaf_hash(proof.record.encode())
        assert merkle.verify_inclusion(leaf, place, 12, hashes(proof.path), now.root)
        assert proof.proof == tlog_proof(place, hashes(proof.path), note)


async def test_only_the_guarantees_that_are_asked_for_are_proved_and_no_other_entry_of_theirs(world: World) -> None:
    one = await world.concluded()
    await world.concluded()
    assert list(await proved(world, one)) == [one]
    assert await proved(world) == {}
    assert await proved(world, one + 1_000) == {}


async def test_what_was_concluded_before_the_log_began_has_no_proof(world: World) -> None:
    one = await world.concluded()
    await world.execute(sa.update(audit_entry).where(audit_entry.c.guarantee_id == one).values(guarantee_id=None))
    assert await proved(world, one) == {}


async def test_every_two_states_of_the_log_are_proved_to_be_one_the_beginning_of_the_other(world: World) -> None:
    seen = [head for head in await heads(world, 3) if head.size]
    for at, first in enumerate(seen):
        for second in seen[at:]:
            path = hashes(await consistent(world, first.size, second.size))
            assert merkle.verify_consistency((first.size, second.size), (first.root, second.root), path)
    assert await consistent(world, 0, 12) == []
    assert await consistent(world, 12, 12) == []


@pytest.mark.parametrize(("first", "second"), [(-1, 4), (2, 1), (0, 5), (5, 5)])
async def test_sizes_that_the_log_never_had_are_refused(world: World, first: int, second: int) -> None:
    await world.concluded()
    with pytest.raises(LogSizeUnknown) as caught:
        await consistent(world, first, second)
    assert caught.value.code == "LOG_SIZE_UNKNOWN"
    assert "0 to 4" in caught.value.en


async def test_nodes_of_a_long_log_are_read_in_several_parts(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    *_, now = await heads(world, 3)
    ids = [row.id for row in await world.all(sa.select(guarantee.c.id))]
    whole = await proved(world, *ids)
    monkeypatch.setattr(proofs, "_AT_ONCE", 2)
    asked: list[tuple[int, list[int]]] = []
    select = proofs._nodes

    def noted(level: int, positions: list[int]) -> object:
        asked.append((level, positions))
        return select(level, positions)

    monkeypatch.setattr(proofs, "_nodes", noted)
    assert await proved(world, *ids) == whole
    assert asked == [(0, [2, 6]), (0, [10]), (1, [0, 2]), (1, [4]), (2, [0, 1]), (2, [2]), (3, [0])]
    assert now.size == 12


async def test_the_nodes_of_a_proof_are_asked_for_once_a_level(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    await heads(world, 2)
    ids = [row.id for row in await world.all(sa.select(guarantee.c.id))]
    asked: list[tuple[int, list[int]]] = []
    select = proofs._nodes

    def noted(level: int, positions: list[int]) -> object:
        asked.append((level, positions))
        return select(level, positions)

    monkeypatch.setattr(proofs, "_nodes", noted)
    await proved(world, *ids)
    assert asked == [(0, [2, 6]), (1, [0, 2]), (2, [0, 1])]


async def test_a_log_that_goes_on_keeps_old_proofs_true(world: World) -> None:
    one = await world.concluded(now=NOW + timedelta(days=1))
    old = (await proved(world, one))[one]
    before = await world.database.write(audit.head)
    await world.concluded()
    assert merkle.verify_inclusion(
        merkle.leaf_hash(old.record.encode()), old.index, old.size, hashes(old.path), before.root
    )
    assert (await proved(world, one))[one].record == old.record

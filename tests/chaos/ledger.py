"""The ledger: what the harness was told is true, kept outside the database, and held against it afterwards."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.errors import SealBroken
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import access_key, certificate, decision, guarantee, idempotency, mail, number_range
from denshi_hosho.core.vocabulary import GuaranteeKind, Stage
from denshi_hosho.schema.ids import global_id
from tests.chaos.world import World
from tests.client import CONCLUDE


@dataclass(frozen=True, slots=True)
class Conclusion:
    """One acknowledged conclusion, by the ids that a client sees."""

    application: str
    guarantee: str
    number: str


@dataclass(slots=True)
class Ledger:
    """Every acknowledged conclusion by its idempotency key; `changed` counts keys that were answered in two ways."""

    acknowledged: dict[str, Conclusion] = field(default_factory=dict)
    changed: int = 0

    def note(self, key: str, conclusion: Conclusion) -> None:
        """Write down one acknowledgement."""
        if self.acknowledged.setdefault(key, conclusion) != conclusion:
            self.changed += 1


@dataclass(frozen=True, slots=True)
class Kept:
    """What the database holds of guarantees."""

    guarantees: Sequence[AnyRow]
    keys: Sequence[AnyRow]
    each_once: dict[str, Counter[int]]
    first: int
    following: int
    answers: dict[str, int | None]


async def kept(connection: AsyncConnection) -> Kept:
    """Read what the database holds."""
    columns = guarantee.c.id, guarantee.c.number, guarantee.c.application_id
    rows = (await connection.execute(sa.select(*columns))).all()
    keys = (await connection.execute(sa.select(access_key).where(access_key.c.retired_at.is_(None)))).all()
    decided = sa.select(guarantee.c.id).join(decision, decision.c.application_id == guarantee.c.application_id)
    of = {
        "certificate": sa.select(certificate.c.guarantee_id),
        "key": sa.select(access_key.c.guarantee_id),
        "mail": sa.select(mail.c.guarantee_id),
        "decision": decided.where(decision.c.stage == Stage.CONCLUSION),
    }
    each_once = {name: Counter((await connection.execute(query)).scalars().all()) for name, query in of.items()}
    ranges = sa.select(number_range.c.first, number_range.c.next)
    span = (await connection.execute(ranges.where(number_range.c.kind == GuaranteeKind.ADVANCE_PAYMENT))).one()
    asked = sa.select(idempotency.c.key, idempotency.c.result_id).where(idempotency.c.operation == "conclude")
    answers = {row.key: row.result_id for row in (await connection.execute(asked)).all()}
    return Kept(rows, keys, each_once, span.first, span.next, answers)


async def verdict(world: World, ledger: Ledger) -> dict[str, int]:
    """Return what is wrong, each count to be 0. Every request must have been answered before: nobody waits any more."""
    async with world.platform.database.read() as connection:
        found = await kept(connection)
    return {**against(ledger, found), "keys not opening": unopened(world, found)}


def against(ledger: Ledger, found: Kept) -> dict[str, int]:
    """Hold the ledger against what the database holds."""
    numbers = Counter(row.number for row in found.guarantees)
    by_id = {global_id("Guarantee", row.id): row for row in found.guarantees}
    lost = sum(
        1
        for each in ledger.acknowledged.values()
        if each.guarantee not in by_id or by_id[each.guarantee].number != each.number
    )
    told = {each.guarantee for each in ledger.acknowledged.values()}
    expected = {f"{number:010}" for number in range(found.first, found.following)}
    ids = {row.id for row in found.guarantees}
    return {
        "lost": lost,
        "doubled": sum(numbers.values()) - len(numbers) + len(ledger.acknowledged) - len(told),
        "gaps": len(expected ^ set(numbers)),
        "not told of": len(by_id.keys() - told),
        "half-written": sum(1 for counts in found.each_once.values() if counts != Counter(ids)),
        "another answer on retry": ledger.changed + _other_answers(ledger, found),
    }


def _other_answers(ledger: Ledger, found: Kept) -> int:
    def differs(key: str, conclusion: Conclusion) -> bool:
        stored = found.answers.get(key)
        return stored is None or global_id("Guarantee", stored) != conclusion.guarantee

    return sum(differs(key, conclusion) for key, conclusion in ledger.acknowledged.items())


def unopened(world: World, found: Kept) -> int:
    """Count guarantees whose stored key is not shown, or does not open them."""
    numbers = {row.id: row.number for row in found.guarantees}
    vault = world.platform.vault

    def opens(row: AnyRow) -> bool:
        number = numbers[row.guarantee_id]
        try:
            return vault.fits(number, vault.unseal(number, row.sealed, row.sealed_with), row.mac, row.mac_with)
        except SealBroken:
            return False

    return len(numbers.keys() - {row.guarantee_id for row in found.keys if opens(row)})


async def repeat(world: World, ledger: Ledger, token: str, most: int) -> int:
    """Ask up to `most` acknowledged requests once more, over the API; return how many are answered differently."""
    different = 0
    for key, before in list(ledger.acknowledged.items())[:most]:
        given = {"applicationId": before.application, "idempotencyKey": key}
        answer = (await world.ask(CONCLUDE, token, input=given))["concludeGuarantee"]
        different += answer.get("guarantee", {}).get("number") != before.number
    return different

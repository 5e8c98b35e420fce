"""What the database itself refuses, so that no bug above it can write what must not be."""

from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError, StatementError

from denshi_hosho.core.tables import (
    Instant,
    access_key,
    account,
    application,
    certificate,
    guarantee,
    idempotency,
    mail,
    metadata,
    number_range,
    principal,
    surety,
)
from denshi_hosho.core.vocabulary import GuaranteeKind
from tests.core.world import NOW, World, grown

pytestmark = pytest.mark.anyio


async def refuse(world: World, statement: sa.Executable, why: str) -> None:
    before = await world.rows()
    with pytest.raises(IntegrityError, match=why):
        await world.execute(statement)
    assert grown(before, await world.rows()) == {}


def raw(table: sa.Table, column: str, code: str) -> sa.TextClause:
    """An update past every check in Python."""
    return sa.text(f'UPDATE "{table.name}" SET "{column}" = \'{code}\'')  # noqa: S608  constants


ENUMS = [
    (table, column.name, column.type.enums)
    for table in metadata.sorted_tables
    for column in table.c
    if isinstance(column.type, sa.Enum)
]


async def any_row(world: World, table: sa.Table) -> int:
    """The id of a row of `table`: of one that is there, or of a new one that says as little as it may."""
    found = await world.all(sa.select(table.c.id).limit(1))
    if found:
        return int(found[0].id)
    values: dict[str, Any] = {}
    for column in table.c:
        if column.nullable or column.server_default is not None or column.primary_key:
            continue
        (refers,) = column.foreign_keys or (None,)
        values[column.name] = await any_row(world, refers.column.table) if refers else plain(column.type)
    await world.execute(sa.insert(table).values(values))
    return await any_row(world, table)


def plain(kind: sa.types.TypeEngine[Any]) -> object:
    """Some value of this type."""
    if isinstance(kind, sa.Enum):
        return kind.enums[0]
    if isinstance(kind, Instant):
        return NOW
    return {sa.Date: NOW.date(), sa.BigInteger: 1, sa.Integer: 1, sa.Boolean: False}.get(type(kind), "x")


async def test_every_closed_word_is_checked_by_the_database(world: World) -> None:
    await world.concluded()
    for table, _column, _codes in ENUMS:
        await any_row(world, table)
    assert len(ENUMS) == 28
    for table, column, codes in ENUMS:
        for wrong in ("NO_SUCH", "", codes[0].lower()):
            await refuse(world, raw(table, column, wrong), "(?i)check")


async def test_a_guarantee_has_one_live_key(world: World) -> None:
    guarantee_id = await world.concluded()
    row = {"guarantee_id": guarantee_id, "sealed": b"s", "sealed_with": "k1", "mac": b"m", "mac_with": "k1",
           "created_at": NOW}  # fmt: skip
    await refuse(world, sa.insert(access_key).values(row), "(?i)unique")
    await world.execute(sa.update(access_key).values(retired_at=NOW))
    await world.execute(sa.insert(access_key).values(row))
    await refuse(world, sa.update(access_key).values(retired_at=None), "(?i)unique")


@pytest.mark.parametrize(
    "amounts",
    [
        {"guaranteed_amount": 0},
        {"guaranteed_amount": -1},
        {"contract_price": 0, "guaranteed_amount": 0},
        {"guaranteed_amount": 48_000_001},
    ],
)
async def test_amounts_that_cannot_be_are_refused(world: World, amounts: dict[str, int]) -> None:
    await world.submitted()
    await refuse(world, sa.update(application).values(amounts), "(?i)amounts")


@pytest.mark.parametrize(
    "ends",
    [{"first": -1, "next": -1}, {"last": 10**10}, {"next": 1_070_000_472}, {"next": 1_070_100_001}],
)
async def test_a_range_that_is_none_is_refused(world: World, ends: dict[str, int]) -> None:
    mine = sa.update(number_range).where(number_range.c.kind == GuaranteeKind.ADVANCE_PAYMENT)
    await refuse(world, mine.values(ends), "(?i)digits")


@pytest.mark.parametrize(
    "party",
    [
        {"role": "SURETY"},
        {"principal_id": None},
        {"surety_id": sa.select(sa.func.max(surety.c.id)).scalar_subquery()},
        {"role": "SURETY", "surety_id": sa.select(sa.func.max(surety.c.id)).scalar_subquery()},
    ],
)
async def test_an_account_acts_for_exactly_the_party_of_its_role(world: World, party: dict[str, object]) -> None:
    mine = sa.update(account).where(account.c.login_id == "contractor")
    await refuse(world, mine.values(party), "(?i)party")


async def test_foreign_keys_hold(world: World) -> None:
    await world.concluded()
    await refuse(world, sa.update(guarantee).values(surety_id=10**9), "(?i)foreign")
    await refuse(world, sa.delete(principal), "(?i)foreign")
    await refuse(world, sa.delete(application), "(?i)foreign")


async def test_what_must_be_alone_is_alone(world: World) -> None:
    application_id = await world.approved()
    one, two = await world.conclude(application_id), await world.concluded()
    of_two = guarantee.c.id == two
    number = (await world.one(sa.select(guarantee.c.number).where(guarantee.c.id == one))).number
    await refuse(world, sa.update(guarantee).where(of_two).values(number=number), "(?i)unique")
    await refuse(world, sa.update(guarantee).where(of_two).values(application_id=application_id), "(?i)unique")
    await refuse(world, sa.update(certificate).values(guarantee_id=one), "(?i)unique")
    await refuse(world, sa.update(mail).values(message_id="<same>"), "(?i)unique")
    await refuse(world, sa.update(account).values(login_id="same"), "(?i)unique")
    row = {"account_id": world.contractor.account_id, "key": "k", "operation": "o", "digest": "d", "created_at": NOW}
    await world.execute(sa.insert(idempotency).values(row))
    await refuse(world, sa.insert(idempotency).values(row), "(?i)unique")


@pytest.mark.parametrize(
    "instant",
    [
        datetime(2024, 6, 3, 1, 2, 3, 456789, tzinfo=UTC),
        datetime(2024, 6, 3, 10, 2, 3, 456789, tzinfo=timezone(timedelta(hours=9))),
    ],
)
async def test_an_instant_comes_back_as_the_same_in_utc(world: World, instant: datetime) -> None:
    await world.execute(sa.update(principal).values(created_at=instant))
    row = (await world.all(sa.select(principal.c.created_at)))[0]
    assert row.created_at == datetime(2024, 6, 3, 1, 2, 3, 456789, tzinfo=UTC)
    assert row.created_at.utcoffset() == timedelta(0)
    same = sa.select(principal.c.id).where(principal.c.created_at == instant)
    later = sa.select(principal.c.id).where(principal.c.created_at > instant)
    assert len(await world.all(same)) == 2
    assert await world.all(later) == []


async def test_an_instant_without_time_zone_is_refused(world: World) -> None:
    naive = datetime(2024, 6, 3, 10)  # noqa: DTZ001  that is what is refused
    with pytest.raises(StatementError, match="an instant needs a time zone"):
        await world.execute(sa.update(principal).values(created_at=naive))


async def test_absent_instants_stay_absent(world: World) -> None:
    await world.concluded()
    assert (await world.one(sa.select(guarantee.c.first_opened_at))).first_opened_at is None


async def test_ten_trillion_yen_are_kept_exactly(world: World) -> None:
    await world.concluded(contract_price=10**13, guaranteed_amount=10**13)
    row: Any = await world.one(sa.select(certificate.c.contract_price, certificate.c.guaranteed_amount))
    assert tuple(row) == (10**13, 10**13)

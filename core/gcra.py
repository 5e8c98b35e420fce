"""Leaky buckets in the database (GCRA): one row says all, one statement asks and charges, exact under any race.

A bucket is an instant, `free_at`: when all that was charged is paid off. Each charge moves it by `every`; it is refused
where that would lead further than `burst` charges ahead of now. A bucket without a row is empty, and so is one whose
instant has passed: that row may go. https://en.wikipedia.org/wiki/Generic_cell_rate_algorithm
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.tables import Instant, throttle

CLEARED_AT_ONCE = 16
# A row stays this much longer than it says something: the clocks of two machines differ.
_KEPT = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Limit:
    """`burst` charges at once, then one `every` (whole seconds)."""

    burst: int
    every: timedelta

    @property
    def ahead(self) -> timedelta:
        """How far in the future a bucket may stand and still take a charge."""
        return (self.burst - 1) * self.every


@dataclass(frozen=True, slots=True)
class Bucket:
    """What is counted under `name` (a keyed hash of up to 64 characters), and how much of it is let through."""

    name: str
    limit: Limit


@dataclass(frozen=True, slots=True)
class Charged:
    """A bucket that took a charge, and when it is empty now."""

    bucket: Bucket
    free_at: datetime


def to_milliseconds(now: datetime) -> datetime:
    """Return `now` without microseconds: SQLite reckons in milliseconds, and both databases shall reckon alike."""
    return now.replace(microsecond=now.microsecond // 1000 * 1000)


async def charge(connection: AsyncConnection, buckets: Sequence[Bucket], now: datetime) -> list[Charged]:
    """Charge each of `buckets` once, and return those that took it; the others are left as they are."""
    now = to_milliseconds(now)
    # Rows are locked in one order by everybody: two transactions cannot wait for each other.
    ordered = sorted(buckets, key=lambda bucket: bucket.name)
    statement = _charge(connection.dialect.name, tuple(bucket.limit for bucket in ordered))
    given: dict[str, object] = {"now": now}
    for place, bucket in enumerate(ordered):
        given[f"name{place}"] = bucket.name
        given[f"first{place}"] = now + bucket.limit.every
        given[f"latest{place}"] = now + bucket.limit.ahead
    taken = {row.name: row.free_at for row in await connection.execute(statement, given)}
    return [Charged(bucket, taken[bucket.name]) for bucket in buckets if bucket.name in taken]


async def refund(connection: AsyncConnection, charged: Sequence[Charged], now: datetime) -> None:
    """Take charges back that were made in this request. A bucket that was empty before has no row again."""
    now = to_milliseconds(now)
    gone: set[str] = set()
    if alone := [each.bucket for each in charged if each.free_at <= now + each.bucket.limit.every]:
        # Unless it was charged again since: then it is not ours alone.
        mine = [(throttle.c.name == bucket.name) & (throttle.c.free_at <= now + bucket.limit.every) for bucket in alone]
        deleted = await connection.execute(sa.delete(throttle).where(sa.or_(*mine)).returning(throttle.c.name))
        gone = set(deleted.scalars())
    for bucket in (each.bucket for each in charged if each.bucket.name not in gone):
        less = _moved(connection.dialect.name, throttle.c.free_at, -bucket.limit.every)
        await connection.execute(sa.update(throttle).where(throttle.c.name == bucket.name).values(free_at=less))


async def hold(connection: AsyncConnection, charged: Sequence[Charged]) -> None:
    """Lock the rows of buckets that another transaction charged, in everybody's order, until this one ends."""
    names = [each.bucket.name for each in charged]
    rows = sa.select(throttle.c.name).where(throttle.c.name.in_(names)).order_by(throttle.c.name)
    await connection.execute(rows.with_for_update())


async def wait(connection: AsyncConnection, bucket: Bucket, now: datetime) -> int:
    """Return after how many whole seconds `bucket` takes a charge again; 0 if it does so now."""
    statement = sa.select(throttle.c.free_at).where(throttle.c.name == bucket.name)
    free_at = (await connection.execute(statement)).scalar_one_or_none()
    if free_at is None:
        return 0
    left: timedelta = free_at - bucket.limit.ahead - to_milliseconds(now)
    return max(0, math.ceil(left.total_seconds()))


async def spend(connection: AsyncConnection, name: str, until: datetime) -> bool:
    """Return whether `name` is spent for the first time; it is remembered until `until`."""
    statement = (
        _insert(connection.dialect.name)
        .values(name=name, free_at=until)
        .on_conflict_do_nothing()
        .returning(throttle.c.name)
    )
    return (await connection.execute(statement)).one_or_none() is not None


async def clear(connection: AsyncConnection, now: datetime) -> None:
    """Delete some rows that say nothing any more: more than one attempt adds, so that they never pile up."""
    oldest = sa.select(throttle.c.name).where(throttle.c.free_at < now - _KEPT).order_by(throttle.c.free_at)
    # Rows that another transaction holds are left to the next one: nobody waits for a cleaner.
    some = oldest.limit(CLEARED_AT_ONCE).with_for_update(skip_locked=True)
    await connection.execute(sa.delete(throttle).where(throttle.c.name.in_(some)))


def _insert(dialect: str) -> postgresql.Insert | sqlite.Insert:
    return sqlite.insert(throttle) if dialect == "sqlite" else postgresql.insert(throttle)


@lru_cache(maxsize=64)
def _charge(dialect: str, limits: tuple[Limit, ...]) -> sa.Executable:
    """Return the statement that charges buckets with these limits, in this order."""
    names = [sa.bindparam(f"name{place}", type_=sa.String) for place in range(len(limits))]
    rows = [{"name": name, "free_at": _at(f"first{place}")} for place, name in enumerate(names)]
    now, latest = _at("now"), [_at(f"latest{place}") for place in range(len(limits))]
    start = sa.case((throttle.c.free_at > now, throttle.c.free_at), else_=now)
    moved = [_moved(dialect, start, limit.every) for limit in limits]
    insert = _insert(dialect).values(rows)
    return insert.on_conflict_do_update(
        index_elements=[throttle.c.name],
        set_={"free_at": _by_name(names, moved)},
        where=throttle.c.free_at <= _by_name(names, latest),
    ).returning(throttle.c.name, throttle.c.free_at)


def _at(name: str) -> sa.BindParameter[datetime]:
    return sa.bindparam(name, type_=Instant())


def _by_name(
    names: Sequence[sa.BindParameter[str]], values: Sequence[sa.ColumnElement[datetime]]
) -> sa.ColumnElement[datetime]:
    if len(names) == 1:
        return values[0]
    pairs = [(throttle.c.name == name, value) for name, value in zip(names[:-1], values[:-1], strict=True)]
    return sa.case(*pairs, else_=values[-1])


def _moved(dialect: str, instant: sa.ColumnElement[datetime], by: timedelta) -> sa.ColumnElement[datetime]:
    """Return `instant` moved by whole seconds. SQLite keeps instants as text, to microseconds, and reckons to milliseconds."""
    if dialect != "sqlite":
        return instant + sa.literal(by, sa.Interval())
    moved = sa.func.strftime("%Y-%m-%d %H:%M:%f", instant, f"{by.total_seconds():+.0f} seconds", type_=sa.String)
    return sa.type_coerce(moved.concat("000"), Instant())

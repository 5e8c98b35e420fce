"""Keeps every live access key under the newest secrets, and leaves nothing of dead ones: in small steps, while served.

A step changes a row only if it is as it was read: a key that its owner rotated meanwhile is left as it is. A run that
was stopped is simply run again.
"""

from collections import Counter
from collections.abc import AsyncIterator, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.database import Database
from denshi_hosho.core.errors import SealBroken
from denshi_hosho.core.keys import GONE
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import access_key, guarantee, webhook
from denshi_hosho.core.vault import Sealed, Vault

BATCH = 100
_LIVE = access_key.c.retired_at.is_(None)
_DEAD = access_key.c.retired_at.is_not(None) & (sa.func.length(access_key.c.sealed) > 0)
_OPEN = webhook.c.disabled_at.is_(None)
_COLUMNS = (access_key.c.id, guarantee.c.number, access_key.c.sealed, access_key.c.sealed_with, access_key.c.mac,
            access_key.c.mac_with)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standing:
    """How many live keys are sealed, and checked, under each secret; and of how many dead ones the sealed form is left.

    Among the sealed ones are the secrets of webhooks.
    """

    sealed: Counter[str]
    checked: Counter[str]
    dead: int


@dataclass(slots=True)
class Rewrapped:
    """What a run did: keys kept anew, dead ones wiped, and the numbers of guarantees whose keys cannot be opened."""

    renewed: int = 0
    wiped: int = 0
    broken: list[str] = field(default_factory=list)


async def standing(database: Database) -> Standing:
    """Return under which secrets the keys are kept."""
    columns = access_key.c.sealed_with, access_key.c.mac_with, sa.func.count()
    live = sa.select(*columns).where(_LIVE).group_by(access_key.c.sealed_with, access_key.c.mac_with)
    sealed, checked = Counter[str](), Counter[str]()
    async with database.read() as connection:
        for sealed_with, mac_with, count in (await connection.execute(live)).all():
            sealed[sealed_with] += count
            checked[mac_with] += count
        hooks = sa.select(webhook.c.sealed_with, sa.func.count()).where(_OPEN).group_by(webhook.c.sealed_with)
        for sealed_with, count in (await connection.execute(hooks)).all():
            sealed[sealed_with] += count
        dead = (await connection.execute(sa.select(sa.func.count()).select_from(access_key).where(_DEAD))).scalar_one()
    return Standing(sealed, checked, dead)


async def check_keys(database: Database, vault: Vault) -> tuple[int, list[str]]:
    """Return how many live keys can be shown and open their certificate, and the numbers of those that do not."""
    good, broken = 0, []
    async for batch in _batches(database, _LIVE):
        for row in batch:
            if _key(vault, row) is None:
                broken.append(str(row.number))
            else:
                good += 1
    return good, broken


async def rewrap(database: Database, vault: Vault, tell: Callable[[Rewrapped], None]) -> Rewrapped:
    """Keep every live key under the vault's newest secrets, wipe dead ones; `tell` is called after each batch.

    A key that cannot be opened, or whose two forms contradict each other, is left as it is and named in the result.
    """
    done = Rewrapped()
    newest_seal, newest_pepper = vault.newest
    old = _LIVE & ((access_key.c.sealed_with != newest_seal) | (access_key.c.mac_with != newest_pepper))
    async for batch in _batches(database, old):
        opened = [(row, _key(vault, row)) for row in batch]
        done.broken += [str(row.number) for row, key in opened if key is None]
        kept = [(row, vault.seal(str(row.number), key)) for row, key in opened if key is not None]
        done.renewed += await database.write(partial(_replace, kept))
        tell(done)
    done.renewed += await database.write(partial(_rewrap_webhooks, vault))
    while wiped := await database.write(_wipe):
        done.wiped += wiped
        tell(done)
    return done


def _key(vault: Vault, row: AnyRow) -> str | None:
    try:
        key = vault.unseal(row.number, row.sealed, row.sealed_with)
    except SealBroken:
        return None
    return key if vault.fits(row.number, key, row.mac, row.mac_with) else None


async def _batches(database: Database, which: sa.ColumnElement[bool]) -> AsyncIterator[list[AnyRow]]:
    """Give the keys that there are now, in batches; not those that are made meanwhile, so it ends."""
    async with database.read() as connection:
        last = (await connection.execute(sa.select(sa.func.max(access_key.c.id)))).scalar_one() or 0
    rows = sa.select(*_COLUMNS).join(guarantee, guarantee.c.id == access_key.c.guarantee_id)
    after = 0
    while after < last:
        following = rows.where(which, access_key.c.id.between(after + 1, last)).order_by(access_key.c.id).limit(BATCH)
        async with database.read() as connection:
            batch = list((await connection.execute(following)).all())
        after = batch[-1].id if batch else last
        if batch:
            yield batch


async def _replace(kept: list[tuple[AnyRow, Sealed]], connection: AsyncConnection) -> int:
    """Return how many of the rows were still as they were read, and are now kept anew."""
    changed = 0
    for row, new in kept:
        as_read = access_key.c.id == row.id, _LIVE, access_key.c.sealed == row.sealed, access_key.c.mac == row.mac
        values = {"sealed": new.sealed, "sealed_with": new.sealed_with, "mac": new.mac, "mac_with": new.mac_with}
        changed += (await connection.execute(sa.update(access_key).where(*as_read).values(values))).rowcount
    return changed


async def _rewrap_webhooks(vault: Vault, connection: AsyncConnection) -> int:
    """Return how many secrets of webhooks were sealed anew; one that cannot be opened is its owner's to rotate."""
    old = sa.select(webhook.c.id, webhook.c.sealed, webhook.c.sealed_with).where(
        _OPEN, webhook.c.sealed_with != vault.newest[0]
    )
    changed = 0
    for row in (await connection.execute(old)).all():
        with suppress(SealBroken):
            sealed, sealed_with = vault.seal_secret(row.id, vault.unseal_secret(row.id, row.sealed, row.sealed_with))
            as_read = webhook.c.id == row.id, webhook.c.sealed == row.sealed
            renewed = sa.update(webhook).where(*as_read).values(sealed=sealed, sealed_with=sealed_with)
            changed += (await connection.execute(renewed)).rowcount
    return changed


async def _wipe(connection: AsyncConnection) -> int:
    some = sa.select(access_key.c.id).where(_DEAD).order_by(access_key.c.id).limit(BATCH)
    statement = sa.update(access_key).where(access_key.c.id.in_(some)).values(GONE)
    return (await connection.execute(statement)).rowcount

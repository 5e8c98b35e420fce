"""The end of a guarantee: release and cancellation by the surety, and notice of guarantee periods that have passed."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from datetime import date, datetime
from typing import Final

import structlog
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.ending import ends
from denshi_hosho.core.ending.expiry import note_expired
from denshi_hosho.core.errors import DatabaseUnavailable
from denshi_hosho.core.notes import check_note
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import Role
from denshi_hosho.resolvers.doing import done
from denshi_hosho.resolvers.platform import Platform

EVERY_SECONDS: Final = 600
_log = structlog.get_logger("expiry")


async def release(
    platform: Platform, actor: Actor | None, guarantee_id: int, completed_on: date, note: str | None,
    idempotency_key: str,
) -> int:  # fmt: skip
    """Return the id of a guarantee after the surety released it. Raise `Refused`."""
    if note is not None:
        check_note(note, "note")
    body = {"guarantee_id": guarantee_id, "completed_on": completed_on.isoformat(), "note": note}

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        return await ends.release(connection, who, guarantee_id, completed_on, note, now)

    return await done(platform, actor, Role.SURETY, ("releaseGuarantee", body), idempotency_key, work)


async def cancel(
    platform: Platform, actor: Actor | None, guarantee_id: int, cancelled_on: date, reason: str, idempotency_key: str
) -> int:
    """Return the id of a guarantee after the surety cancelled it. Raise `Refused`."""
    check_note(reason, "reason")
    body = {"guarantee_id": guarantee_id, "cancelled_on": cancelled_on.isoformat(), "reason": reason}

    async def work(connection: AsyncConnection, who: Actor, now: datetime) -> int:
        return await ends.cancel(connection, who, guarantee_id, cancelled_on, reason, now)

    return await done(platform, actor, Role.SURETY, ("cancelGuarantee", body), idempotency_key, work)


async def refund(platform: Platform, guarantee_id: int) -> AnyRow | None:
    """Return the refund statement that a cancelled guarantee got, or None; the caller has checked who asks."""
    async with platform.database.read() as connection:
        return await ends.refund_of(connection, guarantee_id)


@asynccontextmanager
async def noting_expiry(platform: Platform) -> AsyncIterator[None]:
    """Note guarantees whose last day has passed, at once and every ten minutes, while the block runs."""
    walk = asyncio.create_task(_walk(platform))
    try:
        yield
    finally:
        walk.cancel()  # a notice that is being written is written whole or not at all
        with suppress(asyncio.CancelledError):
            await walk


async def _walk(platform: Platform) -> None:
    while True:
        try:
            noted = await note_expired(platform.database, platform.clock())
            if noted:
                _log.info("guarantees expired", count=noted)
        except DatabaseUnavailable as error:
            _log.warning("expiry waits for the database", code=error.code)
        except Exception:  # noqa: BLE001  one bad round must not stop all later ones; it is logged
            _log.exception("expiry failed")
        await asyncio.sleep(EVERY_SECONDS)

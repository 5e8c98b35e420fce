"""Opening a certificate by number and key, as a public body does: one path and one answer for every way to fail."""

from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.database import Database
from denshi_hosho.core.devices import Caller
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.guarantees import CERTIFICATE_COLUMNS, COLUMNS, LIVE
from denshi_hosho.core.keys import note_event
from denshi_hosho.core.rows import AnyRow, AnySelect
from denshi_hosho.core.submissions import was_opened
from denshi_hosho.core.tables import access_key, guarantee
from denshi_hosho.core.throttle import OPENING, Attempt, Throttle
from denshi_hosho.core.vault import Vault, typed
from denshi_hosho.core.vocabulary import KeyEventKind
from denshi_hosho.core.work import Solution

NOT_OPENED = Refusal(
    "CERTIFICATE_NOT_OPENED",
    "保証契約番号と認証キーの組み合わせが正しくありません。受注者にご確認ください。",
    "This number and this key do not belong together. Ask the principal.",
)
_COLUMNS = {
    **CERTIFICATE_COLUMNS, "current_price": COLUMNS["current_price"], "current_ends_on": COLUMNS["current_ends_on"],
    "mac": access_key.c.mac, "mac_with": access_key.c.mac_with, "opened_before": guarantee.c.first_opened_at,
}  # fmt: skip
_ALWAYS = frozenset({"guarantee_id", "mac", "mac_with", "opened_before"})
_LIVE_KEY = LIVE.join(access_key, (access_key.c.guarantee_id == guarantee.c.id) & access_key.c.retired_at.is_(None))


@lru_cache(maxsize=256)
def _statement(wanted: frozenset[str]) -> AnySelect:
    columns = [column.label(name) for name, column in _COLUMNS.items() if name in wanted]
    return sa.select(*columns).select_from(_LIVE_KEY).where(guarantee.c.number == sa.bindparam("number"))


@dataclass(frozen=True, slots=True, repr=False)
class Claim:
    """Number and key that somebody typed, who typed them, and work that was done for it."""

    number: str
    access_key: str
    caller: Caller
    work: Solution | None = None

    @property
    def attempt(self) -> Attempt:
        """What is counted: the number as typed, whether there is such a guarantee or not."""
        return Attempt(OPENING, self.number, self.caller, self.work)


async def open_certificate(
    database: Database, vault: Vault, throttle: Throttle, claim: Claim, now: datetime, wanted: frozenset[str]
) -> AnyRow:
    """Return the live certificate's columns in `wanted`, and write down that it was opened.

    Raise `Refused` with one and the same refusal whether the number is unknown, the key is wrong, retired or malformed,
    or the guarantee is on paper; or with that of the throttle, before anything is looked at.
    """
    attempt, statement = claim.attempt, _statement(wanted.intersection(_COLUMNS) | _ALWAYS)

    async def work(connection: AsyncConnection) -> AnyRow | None:
        # Charge, look and write in one transaction: a failure leaves the charge, a success leaves the event.
        charged = await throttle.reserve(connection, attempt, now)
        row: AnyRow | None = (await connection.execute(statement, {"number": claim.number})).one_or_none()
        key, mac, mac_with = typed(claim.access_key), row.mac if row else None, row.mac_with if row else None
        if not vault.fits(claim.number, key, mac, mac_with) or row is None:
            await throttle.clear(connection, now)
            return None
        await throttle.refund(connection, charged, now)
        await _note(connection, row, now)
        return row

    row = await database.write(work)
    if row is None:
        raise Refused(NOT_OPENED)
    throttle.remember(attempt)
    return row


async def _note(connection: AsyncConnection, row: AnyRow, now: datetime) -> None:
    await note_event(connection, row.guarantee_id, KeyEventKind.OPENED, now)
    await was_opened(connection, row.guarantee_id, now)
    if row.opened_before is None:
        first = guarantee.c.id == row.guarantee_id, guarantee.c.first_opened_at.is_(None)
        await connection.execute(sa.update(guarantee).where(*first).values(first_opened_at=now))

"""Opening a certificate by number and key, as a public body does: one path and one answer for every way to fail."""

from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.database import Database
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.guarantees import CERTIFICATE_COLUMNS, LIVE
from denshi_hosho.core.keys import note_event
from denshi_hosho.core.rows import AnyRow, AnySelect
from denshi_hosho.core.submissions import was_opened
from denshi_hosho.core.tables import access_key, guarantee
from denshi_hosho.core.vault import Vault, typed
from denshi_hosho.core.vocabulary import KeyEventKind

NOT_OPENED = Refusal(
    "CERTIFICATE_NOT_OPENED",
    "保証契約番号と認証キーの組み合わせが正しくありません。受注者にご確認ください。",
    "This number and this key do not belong together. Ask the principal.",
)
_COLUMNS = {**CERTIFICATE_COLUMNS, "mac": access_key.c.mac, "mac_with": access_key.c.mac_with}
_ALWAYS = frozenset({"guarantee_id", "mac", "mac_with"})
_LIVE_KEY = LIVE.join(access_key, (access_key.c.guarantee_id == guarantee.c.id) & access_key.c.retired_at.is_(None))


@lru_cache(maxsize=256)
def _statement(wanted: frozenset[str]) -> AnySelect:
    columns = [column.label(name) for name, column in _COLUMNS.items() if name in wanted]
    return sa.select(*columns).select_from(_LIVE_KEY).where(guarantee.c.number == sa.bindparam("number"))


async def open_certificate(
    database: Database, vault: Vault, proof: tuple[str, str], now: datetime, wanted: frozenset[str]
) -> AnyRow:
    """Return the live certificate's columns in `wanted`, and write down that it was opened.

    `proof` is (number, key). Raise `Refused` with one and the same refusal whether the number is unknown, the key is
    wrong, retired or malformed, or the guarantee is on paper.
    """
    number, key = proof
    statement = _statement(wanted.intersection(_COLUMNS) | _ALWAYS)
    async with database.read() as connection:
        row: AnyRow | None = (await connection.execute(statement, {"number": number})).one_or_none()
    if not vault.fits(number, typed(key), row.mac if row else None, row.mac_with if row else None) or row is None:
        raise Refused(NOT_OPENED)
    await database.write(lambda connection: _note(connection, row.guarantee_id, now))
    return row


async def _note(connection: AsyncConnection, guarantee_id: int, now: datetime) -> None:
    await note_event(connection, guarantee_id, KeyEventKind.OPENED, now)
    await was_opened(connection, guarantee_id, now)
    first = guarantee.c.id == guarantee_id, guarantee.c.first_opened_at.is_(None)
    await connection.execute(sa.update(guarantee).where(*first).values(first_opened_at=now))

"""The same request sent twice is done once: the request's key is written first, in the request's own transaction."""

import hashlib
import json
from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.tables import idempotency as table

MAX_KEY = 64


def digest(operation: str, body: Mapping[str, object]) -> str:
    """Return what two requests have in common exactly when they ask for the same."""
    text = json.dumps([operation, body], sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def check_key(key: str) -> None:
    """Raise `Refused` unless `key` has 1 to 64 printable ASCII characters."""
    if not (1 <= len(key) <= MAX_KEY and key.isascii() and key.isprintable()):
        raise Refused(
            Refusal(
                "IDEMPOTENCY_KEY_MALFORMED",
                f"idempotencyKey は半角英数記号で1文字以上{MAX_KEY}文字以内にしてください(UUIDなど)。",
                f"An idempotencyKey has 1 to {MAX_KEY} printable ASCII characters; a UUID is a good one.",
                ("idempotency_key",),
            )
        )


async def once(
    connection: AsyncConnection, account_id: int, key: str, request: tuple[str, str], now: datetime,
    work: Callable[[], Awaitable[int]],
) -> int:  # fmt: skip
    """Return the id that `work` returns, or the one it returned when this request came before.

    `request` is (operation, `digest`). Raise `Refused` if the key was used for another request. A second request that
    comes while the first is under way waits for it, in the database.
    """
    check_key(key)
    operation, body = request
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    row = {"account_id": account_id, "key": key, "operation": operation, "digest": body, "created_at": now}
    mine = table.c.account_id == account_id, table.c.key == key
    if (await connection.execute(insert(table).values(row).on_conflict_do_nothing())).rowcount:
        result = await work()
        await connection.execute(sa.update(table).where(*mine).values(result_id=result))
        return result
    first = (await connection.execute(sa.select(table.c.digest, table.c.result_id).where(*mine))).one()
    if first.digest != body:
        raise Refused(
            Refusal(
                "IDEMPOTENCY_KEY_REUSED",
                "この idempotencyKey は別の内容の要求で使われています。新しいキーを使ってください。",
                "This idempotencyKey was used for another request. Use a new one.",
                ("idempotency_key",),
            )
        )
    return int(first.result_id)

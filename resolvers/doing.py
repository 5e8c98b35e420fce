"""How every step of a signed-in party is done: role, request key and transaction, always in the same order."""

from collections.abc import Awaitable, Callable, Mapping
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.idempotency import digest, once
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import Role
from denshi_hosho.resolvers.platform import Platform
from denshi_hosho.resolvers.policy import acting_for

Work = Callable[[AsyncConnection, Actor, datetime], Awaitable[int]]


async def done(
    platform: Platform, actor: Actor | None, role: Role, asked: tuple[str, Mapping[str, object]],
    idempotency_key: str | None, work: Work,
) -> int:  # fmt: skip
    """Return the id that `work` returns, in one transaction, or the one that it returned when the request came before.

    `asked` is (operation, all that it was asked for). Without a request key it is done each time that it comes: those
    operations alone take none that had none at first. Raise `Refused`: then nothing was written.
    """
    who, now = acting_for(actor, role), platform.clock()
    operation, body = asked

    async def transaction(connection: AsyncConnection) -> int:
        if idempotency_key is None:
            return await work(connection, who, now)
        request = operation, digest(operation, body)
        return await once(connection, who.account_id, idempotency_key, request, now, lambda: work(connection, who, now))

    return await platform.database.write(transaction)

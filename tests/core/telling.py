"""What the tests of the herald have in common: an obligee with an account, keys handed in, entries of every kind."""

from collections.abc import Callable
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core import audit, parties, submissions
from denshi_hosho.core.clock import japan_day
from denshi_hosho.core.heralding.herald import Herald
from denshi_hosho.core.submissions import Prepared
from denshi_hosho.core.tables import herald as cursor
from denshi_hosho.core.tables import mail, webhook
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vocabulary import AuditEvent, Role, SubmissionState
from tests.core.world import NOW, POST, World


def herald(world: World, *, notices: bool = True, webhooks: bool = True) -> Herald:
    return Herald(world.database, POST, notices, webhooks)


async def add_obligee(world: World, code: str = "322016", login_id: str = "obligee") -> Actor:
    """Add an obligee with an account; return the actor."""

    async def work(connection: AsyncConnection) -> Actor:
        obligee_id = await parties.add_obligee(connection, code, f"発注者{code}", NOW)
        row = {"login_id": login_id, "password_hash": "none", "role": Role.OBLIGEE, "email": f"{login_id}@example.jp",
               "obligee_id": obligee_id}  # fmt: skip
        return Actor(await parties.add_account(connection, row, NOW), Role.OBLIGEE, None, None, "", obligee_id)

    return await world.database.write(work)


async def handed_in(
    world: World, guarantee_id: int, way: str = "EMAIL", address: str | None = "keiyaku@example.jp"
) -> int:
    """Hand the key of a guarantee in; return the submission's id."""

    async def work(connection: AsyncConnection) -> int:
        made = Prepared(way=way, address=address, guarantee_ids=[guarantee_id], told="{}")
        first = await submissions.keep_batch(connection, world.contractor, [made], NOW)
        await submissions.move(connection, world.contractor, first, SubmissionState.SENT, NOW)
        await submissions.went(connection, world.contractor, first, way, address, japan_day(NOW))
        return first

    return await world.database.write(work)


async def happens(
    world: World, event: AuditEvent, guarantee_id: int, actor: Actor | None = None, now: Any = NOW
) -> None:
    """Put an entry about a guarantee into the log."""
    said: dict[str, int] = {}
    await world.database.write(
        lambda connection: audit.append_about(connection, event, now, actor=actor, guarantee_id=guarantee_id, said=said)
    )


async def hook(
    world: World, actor: Actor, events: Callable[[], Any] = lambda: AuditEvent, url: str = "https://e.jp/"
) -> int:
    """Register a webhook of the actor's party by hand; return its id."""
    row = {"principal_id": actor.principal_id, "surety_id": actor.surety_id, "obligee_id": actor.obligee_id, "url": url,
           "events": " ".join(events()), "account_id": actor.account_id, "created_at": NOW, "sealed": b"",
           "sealed_with": ""}  # fmt: skip

    async def work(connection: AsyncConnection) -> int:
        made = int((await connection.execute(sa.insert(webhook).values(row).returning(webhook.c.id))).scalar_one())
        sealed, sealed_with = world.vault.seal_secret(made, b"w" * 32)
        await connection.execute(
            sa.update(webhook).where(webhook.c.id == made).values(sealed=sealed, sealed_with=sealed_with)
        )
        return made

    return await world.database.write(work)


async def skip(world: World) -> None:
    """Tell of nothing that has happened so far."""
    await herald(world, notices=False, webhooks=False).tell(NOW)


async def notices(world: World) -> list[Any]:
    """The mails that a herald has made, oldest first."""
    return await world.all(sa.select(mail).where(mail.c.message_id.like("<notice.%")).order_by(mail.c.id))


async def next_index(world: World) -> int:
    return int((await world.one(sa.select(cursor.c.next_index))).next_index)

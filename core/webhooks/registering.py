"""A party's webhooks: registered with a secret that is shown once, given a new one, and closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.ext.asyncio import AsyncConnection

from denshi_hosho.core.audience import HEARD_BY
from denshi_hosho.core.errors import Refusal, Refused
from denshi_hosho.core.ownership import acts_for
from denshi_hosho.core.rows import AnyRow
from denshi_hosho.core.tables import obligee, principal, surety, webhook, webhook_delivery
from denshi_hosho.core.tokens import Actor
from denshi_hosho.core.vault import Vault
from denshi_hosho.core.vocabulary import AuditEvent, Role
from denshi_hosho.core.webhooks.deliveries import OPEN
from denshi_hosho.core.webhooks.signing import new_secret

MAX_WEBHOOKS = 10  # open ones of a party
MAX_SHOWN = 100
CLOSED = "CLOSED"
NOT_FOUND = Refusal("NOT_FOUND", "該当するWebhookがありません。", "There is no such webhook.", ("webhook_id",))
DISABLED = Refusal("WEBHOOK_DISABLED", "このWebhookは停止されています。新しく登録してください。",
                   "This webhook is closed. Register another one.", ("webhook_id",))  # fmt: skip


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """A webhook's id, with the secret that was made for it."""

    webhook_id: int
    secret: bytes


def theirs(actor: Actor) -> sa.ColumnElement[bool]:
    """Return the condition that a webhook is of the party for which `actor` acts."""
    if actor.principal_id is not None:
        return acts_for(actor, webhook.c.principal_id)
    if actor.surety_id is not None:
        return webhook.c.surety_id == actor.surety_id
    return webhook.c.obligee_id == actor.obligee_id


def check_events(role: Role, events: Sequence[AuditEvent]) -> None:
    """Raise `Refused` unless a party of this `role` can be told of all `events`, and there is one at least."""
    if not events:
        raise Refused(Refusal("WEBHOOK_EVENTS", "通知を受けるイベントを1つ以上指定してください。",
                              "Name one event at least.", ("events",)))  # fmt: skip
    if never := [each for each in dict.fromkeys(events) if each not in HEARD_BY[role]]:
        names = ", ".join(never)
        raise Refused(Refusal("WEBHOOK_EVENTS", f"{role.ja}には通知されないイベントです: {names}",
                              f"An account of this kind is not told of {names}.", ("events",)))  # fmt: skip


async def register(
    connection: AsyncConnection, vault: Vault, actor: Actor, hook: tuple[str, Sequence[AuditEvent]], now: datetime
) -> Secret:
    """Return a new webhook of the actor's party with its secret; `hook` is (URL, events), both checked. Raise `Refused`."""
    url, events = hook
    await _check_count(connection, actor)
    row = {
        "principal_id": actor.principal_id, "surety_id": actor.surety_id, "obligee_id": actor.obligee_id, "url": url,
        "events": " ".join(dict.fromkeys(events)), "account_id": actor.account_id, "created_at": now, "sealed": b"",
        "sealed_with": "",
    }  # fmt: skip
    webhook_id = int((await connection.execute(sa.insert(webhook).values(row).returning(webhook.c.id))).scalar_one())
    return await _keep_new_secret(connection, vault, webhook_id)


async def _check_count(connection: AsyncConnection, actor: Actor) -> None:
    party, party_id = {
        Role.PRINCIPAL: (principal, actor.principal_id), Role.SURETY: (surety, actor.surety_id),
        Role.OBLIGEE: (obligee, actor.obligee_id),
    }[actor.role]  # fmt: skip
    # Held, so that two registrations are counted one after the other.
    await connection.execute(sa.select(party.c.id).where(party.c.id == party_id).with_for_update(key_share=True))
    mine = webhook.c[f"{party.name}_id"] == party_id, webhook.c.disabled_at.is_(None)
    count = (await connection.execute(sa.select(sa.func.count()).select_from(webhook).where(*mine))).scalar_one()
    if count >= MAX_WEBHOOKS:
        raise Refused(Refusal("TOO_MANY_WEBHOOKS", f"Webhookは{MAX_WEBHOOKS}件まで登録できます。使っていないものを停止してください。",
                              f"A party has {MAX_WEBHOOKS} webhooks at most. Disable one that is not used."))  # fmt: skip


async def _keep_new_secret(connection: AsyncConnection, vault: Vault, webhook_id: int) -> Secret:
    secret = new_secret()
    sealed, sealed_with = vault.seal_secret(webhook_id, secret)
    kept = sa.update(webhook).where(webhook.c.id == webhook_id).values(sealed=sealed, sealed_with=sealed_with)
    await connection.execute(kept)
    return Secret(webhook_id, secret)


async def rotate(connection: AsyncConnection, vault: Vault, actor: Actor, webhook_id: int) -> Secret:
    """Return the webhook with a new secret; what is sent from now on is signed by it alone. Raise `Refused`."""
    await held(connection, actor, webhook_id)
    return await _keep_new_secret(connection, vault, webhook_id)


async def disable(connection: AsyncConnection, actor: Actor, webhook_id: int, now: datetime) -> None:
    """Close the webhook for good: nothing is sent any more, not even what waits. Raise `Refused`."""
    await held(connection, actor, webhook_id)
    await connection.execute(sa.update(webhook).where(webhook.c.id == webhook_id).values(disabled_at=now))
    waiting = sa.update(webhook_delivery).where(webhook_delivery.c.webhook_id == webhook_id, OPEN)
    await connection.execute(waiting.values(parked_at=now, last_error=CLOSED))


async def held(connection: AsyncConnection, actor: Actor, webhook_id: int) -> AnyRow:
    """Return an open webhook of the actor's party, held until the transaction ends. Raise `Refused`."""
    mine = webhook.c.id == webhook_id, theirs(actor)
    found = sa.select(webhook.c.id, webhook.c.disabled_at).where(*mine).with_for_update(key_share=True)
    row = (await connection.execute(found)).one_or_none()
    if row is None:
        raise Refused(NOT_FOUND)
    if row.disabled_at is not None:
        raise Refused(DISABLED)
    return row


async def webhooks(connection: AsyncConnection, actor: Actor, ids: Sequence[int] | None = None) -> list[AnyRow]:
    """Return webhooks of the actor's party, all or those with these `ids`: the newest first, 100 at most."""
    columns = webhook.c.id, webhook.c.url, webhook.c.events, webhook.c.created_at, webhook.c.disabled_at
    mine = [theirs(actor)] if ids is None else [theirs(actor), webhook.c.id.in_(ids)]
    statement = sa.select(*columns).where(*mine).order_by(webhook.c.id.desc()).limit(MAX_SHOWN)
    return list((await connection.execute(statement)).all())

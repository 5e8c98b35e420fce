"""The mutations of webhooks: register one, give it a new secret, close it, and have a delivery sent again."""

from typing import Annotated

import strawberry

from denshi_hosho.resolvers import webhooks
from denshi_hosho.resolvers.policy import Policy
from denshi_hosho.schema.context import CoreObject, Request
from denshi_hosho.schema.ids import row_id
from denshi_hosho.schema.policy import may
from denshi_hosho.schema.webhooks import (
    WebhookDeliveryPayload,
    WebhookDeliveryResult,
    WebhookPayload,
    WebhookResult,
    WebhookSecret,
    WebhookSecretResult,
)
from denshi_hosho.schema.words import AuditEvent

_KEY = "A name of your own for this request, such as a UUID: sent twice, it is done once."
_INPUT = strawberry.argument(description="What to do, and to what.")


@strawberry.input(description="A webhook to be registered.")
class RegisterWebhookInput:
    url: str = strawberry.field(
        description="Where it leads: https, an address of the public internet, port 443 or from 1024."
    )
    events: list[AuditEvent] = strawberry.field(description="Of which events it is to be told; one at least.")
    idempotency_key: str = strawberry.field(description=_KEY)


@strawberry.input(description="Which webhook.")
class WebhookInput:
    webhook_id: strawberry.ID = strawberry.field(description="Global id of the webhook.")
    idempotency_key: str = strawberry.field(description=_KEY)


@strawberry.input(description="Which delivery.")
class RedeliverWebhookInput:
    delivery_id: strawberry.ID = strawberry.field(description="Global id of the delivery.")
    idempotency_key: str = strawberry.field(description=_KEY)


async def _webhook(info: Request, webhook_id: int) -> CoreObject:
    info.context.forget()
    return (await webhooks.webhooks_by_id(info.context.platform, info.context.signed_in, [webhook_id]))[0]


@strawberry.type
class WebhookMutations:
    @strawberry.mutation(
        description="Register a webhook (Webhook通知) of the signed-in party. The answer shows its secret this once.",
        metadata=may(Policy.SIGNED_IN),
    )
    async def register_webhook(
        self, info: Request, input: Annotated[RegisterWebhookInput, _INPUT]
    ) -> WebhookSecretResult:
        context = info.context
        made, secret = await webhooks.register(
            context.platform, context.actor, input.url, input.events, input.idempotency_key
        )
        return WebhookSecret(webhook=await _webhook(info, made), secret=secret)

    @strawberry.mutation(
        description="Give a webhook of the signed-in party a new secret; the old one signs nothing any more.",
        metadata=may(Policy.SIGNED_IN),
    )
    async def rotate_webhook_secret(self, info: Request, input: Annotated[WebhookInput, _INPUT]) -> WebhookSecretResult:
        context, webhook_id = info.context, row_id(input.webhook_id, "Webhook")
        made, secret = await webhooks.rotate_secret(context.platform, context.actor, webhook_id, input.idempotency_key)
        return WebhookSecret(webhook=await _webhook(info, made), secret=secret)

    @strawberry.mutation(
        description="Close a webhook of the signed-in party for good (停止): nothing is sent to it any more.",
        metadata=may(Policy.SIGNED_IN),
    )
    async def disable_webhook(self, info: Request, input: Annotated[WebhookInput, _INPUT]) -> WebhookResult:
        context, webhook_id = info.context, row_id(input.webhook_id, "Webhook")
        closed = await webhooks.disable(context.platform, context.actor, webhook_id, input.idempotency_key)
        return WebhookPayload(webhook=await _webhook(info, closed))

    @strawberry.mutation(
        description="Have a delivery to a webhook of the signed-in party sent again at once (再送), whatever came of it.",
        metadata=may(Policy.SIGNED_IN),
    )
    async def redeliver_webhook(
        self, info: Request, input: Annotated[RedeliverWebhookInput, _INPUT]
    ) -> WebhookDeliveryResult:
        context, delivery_id = info.context, row_id(input.delivery_id, "WebhookDelivery")
        queued = await webhooks.redeliver(context.platform, context.actor, delivery_id, input.idempotency_key)
        context.forget()
        (delivery,) = await webhooks.deliveries_by_id(context.platform, context.signed_in, [queued])
        row: CoreObject = delivery
        return WebhookDeliveryPayload(delivery=row)

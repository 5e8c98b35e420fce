"""Webhooks (Webhook通知) as GraphQL types: where a party wants to be told of events, and what became of each telling."""

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from denshi_hosho.core.vocabulary import AuditEvent as CoreAuditEvent
from denshi_hosho.resolvers import webhooks
from denshi_hosho.resolvers.policy import Policy
from denshi_hosho.schema.context import CoreObject, Request, shown
from denshi_hosho.schema.node import Node, shows
from denshi_hosho.schema.paging import Connection, PageInfo, extras, window
from denshi_hosho.schema.policy import Reach, may, reached
from denshi_hosho.schema.refusals import Refused
from denshi_hosho.schema.selection import wanted
from denshi_hosho.schema.words import AuditEvent

_FIRST = strawberry.argument(description="How many rows from the start, 1 to 100 (default 20).")
_AFTER = strawberry.argument(description="Cursor after which the page begins.")


@reached(Reach.OWN)
@strawberry.type(description="One event's way to a webhook (配信).")
class WebhookDelivery(Node):
    is_type_of = staticmethod(shows("WebhookDelivery"))

    at: datetime = strawberry.field(description="When the event happened.")
    attempts: int = strawberry.field(description="How often it was tried since it was last put into the queue.")
    last_status: int | None = strawberry.field(description="HTTP status of the last answer; null: there was none.")
    last_error: str | None = strawberry.field(
        description="Why the last attempt failed, as a code (docs/notices.md); null: it did not, or there was none."
    )
    delivered_at: datetime | None = strawberry.field(description="When the receiver took it; null: not yet.")
    parked_at: datetime | None = strawberry.field(
        description="Since when it is tried no more (保留); null: it is not parked. `redeliverWebhook` tries it again."
    )

    @strawberry.field(graphql_type=AuditEvent, description="What happened.")
    def event(self) -> CoreObject:
        return CoreAuditEvent(shown(self).event)

    @strawberry.field(description="Place of the event in the audit log (監査ログ); the body calls it `index`.")
    def index(self) -> int:
        return int(shown(self).entry_index)


@reached(Reach.OWN)
@strawberry.type(description="A delivery in a list.")
class WebhookDeliveryEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: WebhookDelivery = strawberry.field(description="The delivery.")


@reached(Reach.OWN)
@strawberry.type(description="A page of a webhook's deliveries, the newest first.")
class WebhookDeliveryConnection:
    edges: list[WebhookDeliveryEdge] = strawberry.field(description="The deliveries with their cursors.")
    nodes: list[WebhookDelivery] = strawberry.field(description="The deliveries without their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: int = strawberry.field(description="How many deliveries there are.")


@reached(Reach.OWN)
@strawberry.type(
    description="Where a party wants to be told of events by HTTP (Webhook), signed after the Standard Webhooks specification "
    "(docs/notices.md)."
)
class Webhook(Node):
    is_type_of = staticmethod(shows("Webhook"))

    url: str = strawberry.field(description="Where it leads.")
    created_at: datetime = strawberry.field(description="When it was registered: of earlier events nothing is sent.")
    disabled_at: datetime | None = strawberry.field(description="When it was closed for good; null: it is open.")

    @strawberry.field(graphql_type=list[AuditEvent], description="Of which events it is told.")
    def events(self) -> CoreObject:
        return [CoreAuditEvent(each) for each in shown(self).events.split()]

    @strawberry.field(graphql_type=WebhookDeliveryConnection, description="What was, or is to be, sent to it.")
    async def deliveries(
        self, info: Request, first: Annotated[int | None, _FIRST] = None, after: Annotated[str | None, _AFTER] = None
    ) -> CoreObject:
        context, page = info.context, window(first, after, None, None)
        asked = extras(wanted(info))
        found = await webhooks.deliveries(context.platform, context.signed_in, shown(self).id, page, asked)
        return Connection(found)


@reached(Reach.ANSWER)
@strawberry.type(description="The webhook as it stands now.")
class WebhookPayload:
    webhook: Webhook = strawberry.field(description="The webhook.")


@reached(Reach.ANSWER)
@strawberry.type(description="The webhook with its new secret. Never cache or log it.")
class WebhookSecret:
    webhook: Webhook = strawberry.field(description="The webhook.")
    secret: str | None = strawberry.field(
        description="The secret by which its messages are signed, `whsec_…`: shown this once, and never again. Null: this "
        "request came before; `rotateWebhookSecret` gives another one."
    )


@reached(Reach.ANSWER)
@strawberry.type(description="The delivery as it stands now.")
class WebhookDeliveryPayload:
    delivery: WebhookDelivery = strawberry.field(description="The delivery.")


def _either(name: str, description: str) -> CoreObject:
    return strawberry.union(name, description=description)


WebhookResult: TypeAlias = Annotated[
    WebhookPayload | Refused, _either("WebhookResult", "The webhook, or why it was refused.")
]
WebhookSecretResult: TypeAlias = Annotated[
    WebhookSecret | Refused, _either("WebhookSecretResult", "The webhook with its secret, or why it was refused.")
]
WebhookDeliveryResult: TypeAlias = Annotated[
    WebhookDeliveryPayload | Refused, _either("WebhookDeliveryResult", "The delivery, or why it was refused.")
]


@strawberry.type
class WebhookFields:
    @strawberry.field(
        graphql_type=list[Webhook],
        description="The webhooks of its party, the newest first; 100 at most.",
        metadata=may(Policy.SIGNED_IN),
    )
    async def webhooks(self, info: Request) -> CoreObject:
        return await webhooks.webhooks(info.context.platform, info.context.signed_in)

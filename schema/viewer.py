"""The signed-in account, and all that it may see."""

from datetime import date
from typing import Annotated

import strawberry

from denshi_hosho.core.guarantees import Search
from denshi_hosho.core.trail import TrailSearch
from denshi_hosho.resolvers import auditing, drafting, parties, reading
from denshi_hosho.resolvers.policy import Policy
from denshi_hosho.schema.applications import ApplicationConnection
from denshi_hosho.schema.audit import AuditRecordConnection, AuditSearchInput
from denshi_hosho.schema.changing import ChangeQueries
from denshi_hosho.schema.context import CoreObject, Request
from denshi_hosho.schema.drafts import DraftConnection
from denshi_hosho.schema.fees import FeeViewing
from denshi_hosho.schema.guarantees import Guarantee, GuaranteeConnection
from denshi_hosho.schema.inbox_queries import ViewerInbox
from denshi_hosho.schema.paging import After, Before, Connection, First, Last, extras, window
from denshi_hosho.schema.policy import About, Reach, may, reached
from denshi_hosho.schema.principals import PartyConnection
from denshi_hosho.schema.scalars import GuaranteeNumber
from denshi_hosho.schema.selection import wanted
from denshi_hosho.schema.webhooks import WebhookFields
from denshi_hosho.schema.words import (
    ApplicationOrder,
    ApplicationState,
    DraftState,
    GuaranteeOrder,
    GuaranteeState,
    Role,
    SearchField,
)


@strawberry.input(description="What to look for in the list of guarantees (検索).")
class GuaranteeSearchInput:
    text: str = strawberry.field(
        default="",
        description="A part of it, full- or half-width, upper or lower case; empty finds everything.",
    )
    field: SearchField = strawberry.field(default=SearchField.ALL, description="Where to look (default: everywhere).")
    states: list[GuaranteeState] = strawberry.field(
        default_factory=list, description="Only those in these states (保証契約の状態); all if empty."
    )
    ends_to_on: date | None = strawberry.field(
        default=None,
        description="Only those whose last day as it holds today (現在の保証期間の末日) is this one at the latest.",
    )

    def look(self) -> Search:
        """Return it as the core takes it."""
        return Search(self.text, self.field, tuple(self.states), self.ends_to_on)


@reached(Reach.GUARDED)
@strawberry.type(description="The signed-in account, and all that it may see (ログイン中の利用者).")
class Viewer(ChangeQueries, FeeViewing, WebhookFields, ViewerInbox):
    role: Role = strawberry.field(description="For whom it acts.", metadata=may(Policy.SIGNED_IN, About.ACCOUNT))

    @strawberry.field(
        description="Name of the principal, surety or obligee for which it acts.",
        metadata=may(Policy.SIGNED_IN, About.ACCOUNT),
    )
    async def party_name(self, info: Request) -> str:
        return str((await reading.party(info.context.platform, info.context.signed_in)).name)

    @strawberry.field(
        graphql_type=GuaranteeConnection, description="Its guarantees (保証工事一覧).", metadata=may(Policy.SIGNED_IN)
    )
    async def guarantees(
        self, info: Request,
        search: Annotated[GuaranteeSearchInput | None, strawberry.argument(description="What to look for; all if left out.")] = None,
        sort: Annotated[GuaranteeOrder, strawberry.argument(description="In which order.")] = GuaranteeOrder.NEWEST,
        first: First = None, after: After = None, last: Last = None, before: Before = None,
    ) -> CoreObject:  # fmt: skip
        look = search.look() if search else Search()
        columns = wanted(info, "nodes") | wanted(info, "edges", "node") | extras(wanted(info))
        context, page = info.context, window(first, after, last, before)
        found = await reading.guarantee_page(context.platform, context.signed_in, look, sort, page, columns)
        return Connection(found)

    @strawberry.field(
        graphql_type=Guarantee | None,
        description="One of its guarantees; null if there is no such one.",
        metadata=may(Policy.SIGNED_IN),
    )
    async def guarantee(
        self, info: Request,
        number: Annotated[GuaranteeNumber, strawberry.argument(description="Guarantee number (保証契約番号).")],
    ) -> CoreObject:  # fmt: skip
        context = info.context
        key = "number", number
        return await reading.guarantee(context.platform, context.signed_in, key, wanted(info))

    @strawberry.field(
        graphql_type=ApplicationConnection,
        description="Its applications: of the principals that it sees, or those made to a surety (its queue); an obligee sees none.",
        metadata=may(Policy.SIGNED_IN),
    )
    async def applications(
        self, info: Request,
        states: Annotated[list[ApplicationState] | None, strawberry.argument(description="Only those in these states.")] = None,
        sort: Annotated[ApplicationOrder, strawberry.argument(description="In which order.")] = ApplicationOrder.OLDEST,
        first: First = None, after: After = None, last: Last = None, before: Before = None,
    ) -> CoreObject:  # fmt: skip
        columns = wanted(info, "nodes") | wanted(info, "edges", "node") | extras(wanted(info))
        context, page = info.context, window(first, after, last, before)
        found = await reading.application_page(context.platform, context.signed_in, states or [], sort, page, columns)
        return Connection(found)

    @strawberry.field(
        graphql_type=AuditRecordConnection,
        description="The entries of the audit log (監査ログ) about its applications and guarantees: who did what, and when, the "
        "newest first.",
        metadata=may(Policy.SIGNED_IN),
    )
    async def audit_trail(
        self, info: Request,
        search: Annotated[AuditSearchInput | None, strawberry.argument(description="What to look for; all if left out.")] = None,
        first: First = None, after: After = None, last: Last = None, before: Before = None,
    ) -> CoreObject:  # fmt: skip
        columns = wanted(info, "nodes") | wanted(info, "edges", "node") | extras(wanted(info))
        context, page = info.context, window(first, after, last, before)
        look = search.look() if search else TrailSearch()
        return Connection(await auditing.audit_trail(context.platform, context.signed_in, look, page, columns))

    @strawberry.field(
        graphql_type=DraftConnection,
        description="The drafts of applications (下書き) of the principals for which it acts, the newest first; a surety has none.",
        metadata=may(Policy.SIGNED_IN),
    )
    async def drafts(
        self, info: Request,
        states: Annotated[list[DraftState] | None, strawberry.argument(description="Only those in these states.")] = None,
        first: First = None, after: After = None, last: Last = None, before: Before = None,
    ) -> CoreObject:  # fmt: skip
        context, page = info.context, window(first, after, last, before)
        counted = extras(wanted(info))
        return Connection(await drafting.page(context.platform, context.signed_in, states or [], page, counted))

    @strawberry.field(
        graphql_type=PartyConnection,
        description="The principals (保証契約者) for whom it may act, or whom it may see: itself, branch offices (支店), joint "
        "ventures (JV), the first registered first. A surety acts for none.",
        metadata=may(Policy.SIGNED_IN),
    )
    async def parties(
        self, info: Request,
        first: First = None, after: After = None, last: Last = None, before: Before = None,
    ) -> CoreObject:  # fmt: skip
        context, page = info.context, window(first, after, last, before)
        return Connection(await parties.page(context.platform, context.signed_in, page, extras(wanted(info))))

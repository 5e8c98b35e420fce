"""What an obligee asks of its inbox, and the comparison that needs no account."""

from typing import Annotated, cast

import strawberry

from denshi_hosho.core.inbox.items import InboxFilter
from denshi_hosho.core.opening import Claim
from denshi_hosho.resolvers import inbox, inbox_export
from denshi_hosho.resolvers.policy import Policy
from denshi_hosho.schema.context import CoreObject, Request
from denshi_hosho.schema.ids import row_id
from denshi_hosho.schema.inbox import (
    ComparedContractInput,
    InboxConnection,
    InboxExport,
    InboxItem,
    InboxSearchInput,
    WorksComparisonResult,
    WorksContractConnection,
)
from denshi_hosho.schema.inputs import WorkInput
from denshi_hosho.schema.paging import After, Before, Connection, First, Last, extras, window
from denshi_hosho.schema.policy import About, may
from denshi_hosho.schema.scalars import AccessKey, GuaranteeNumber
from denshi_hosho.schema.selection import wanted
from denshi_hosho.schema.words import InboxOrder

_Search = Annotated[InboxSearchInput | None, strawberry.argument(description="What to look for; all if left out.")]


@strawberry.type
class ViewerInbox:
    @strawberry.field(
        graphql_type=InboxConnection,
        description="What was handed in to an obligee (発注者, 提出された保証証書); empty for others. To read it notes nothing: "
        "`openInboxItems` does.",
        metadata=may(Policy.SIGNED_IN),
    )
    async def inbox(
        self, info: Request, search: _Search = None,
        sort: Annotated[InboxOrder, strawberry.argument(description="In which order.")] = InboxOrder.NEWEST,
        first: First = None, after: After = None, last: Last = None, before: Before = None,
    ) -> CoreObject:  # fmt: skip
        context, look = info.context, search.look() if search else InboxFilter()
        page = window(first, after, last, before)
        return Connection(await inbox.page(context.platform, context.signed_in, look, sort, page, extras(wanted(info))))

    @strawberry.field(
        graphql_type=InboxItem | None,
        description="One guarantee that was handed in to the obligee (発注者); null if there is no such one.",
        metadata=may(Policy.SIGNED_IN),
    )
    async def inbox_item(
        self, info: Request,
        guarantee_id: Annotated[strawberry.ID, strawberry.argument(description="The guarantee.")],
    ) -> CoreObject:  # fmt: skip
        context = info.context
        (found,) = await inbox.by_id(context.platform, context.signed_in, [row_id(guarantee_id, "Guarantee")])
        return found

    @strawberry.field(
        graphql_type=WorksContractConnection,
        description="The works contracts (請負契約) that the obligee registered, the newest first; empty for everybody else.",
        metadata=may(Policy.SIGNED_IN),
    )
    async def works_contracts(
        self, info: Request, first: First = None, after: After = None, last: Last = None, before: Before = None,
    ) -> CoreObject:  # fmt: skip
        context, page = info.context, window(first, after, last, before)
        found = await inbox.contract_page(context.platform, context.signed_in, page, extras(wanted(info)))
        return Connection(found)

    @strawberry.field(
        graphql_type=InboxExport | None,
        description="The inbox as files (CSV・JSON), the newest first; null for whoever has none.",
        metadata=may(Policy.SIGNED_IN),
    )
    async def inbox_export(self, info: Request, search: _Search = None) -> CoreObject:
        context = info.context
        look = search.look() if search else InboxFilter()
        return await inbox_export.export(context.platform, context.signed_in, look)


@strawberry.type
class ComparisonQueries:
    @strawberry.field(
        description="Open a certificate with number and key, no account needed, and compare it with a works contract (突合). The "
        "opening is written down as any other; the contract is not kept.",
        metadata=may(Policy.OPEN, About.KEY),
    )
    async def compare_certificate(
        self, info: Request,
        number: Annotated[GuaranteeNumber, strawberry.argument(description="Guarantee number (保証契約番号).")],
        access_key: Annotated[AccessKey, strawberry.argument(description="Access key (認証キー), in a variable.")],
        contract: Annotated[ComparedContractInput, strawberry.argument(description="The works contract (請負契約).")],
        work: Annotated[
            WorkInput | None, strawberry.argument(description="The work that a refusal with `work` has asked for.")
        ] = None,
    ) -> WorksComparisonResult:  # fmt: skip
        claim = Claim(number, access_key, info.context.caller, work.solution() if work else None)
        found = await inbox.compare_by_key(info.context.platform, claim, contract.contract())
        return cast("WorksComparisonResult", found)

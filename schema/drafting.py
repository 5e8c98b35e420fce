"""The mutations of a principal before its application is decided: drafts, and withdrawing an application."""

from typing import Annotated

import strawberry

from denshi_hosho.resolvers import applying, drafting
from denshi_hosho.resolvers.policy import Policy
from denshi_hosho.schema import draft_inputs as inputs
from denshi_hosho.schema.context import CoreObject, Request
from denshi_hosho.schema.drafts import DraftPayload, DraftResult
from denshi_hosho.schema.outcomes import ApplicationResult
from denshi_hosho.schema.payloads import application_id_of, application_payload
from denshi_hosho.schema.policy import may

_INPUT = strawberry.argument(description="What to do, and to what.")


async def _payload(info: Request, draft_id: int) -> DraftPayload:
    info.context.forget()
    row: CoreObject = (await drafting.by_id(info.context.platform, info.context.signed_in, [draft_id]))[0]
    return DraftPayload(draft=row)


@strawberry.type
class DraftMutations:
    @strawberry.mutation(
        description="Principal: save a draft of an application (下書きの保存), as far as it is filled in, or begin one "
        "with the content of an earlier application.",
        metadata=may(Policy.PRINCIPAL),
    )
    async def save_draft(self, info: Request, input: Annotated[inputs.SaveDraftInput, _INPUT]) -> DraftResult:
        context = info.context
        saved = await drafting.save(context.platform, context.actor, input.writing(), input.idempotency_key)
        return await _payload(info, saved)

    @strawberry.mutation(
        description="Principal: apply for a guarantee with a draft (下書きからの申込), by the checks and rules of `applyForGuarantee`.",
        metadata=may(Policy.PRINCIPAL),
    )
    async def submit_draft(self, info: Request, input: Annotated[inputs.DraftInput, _INPUT]) -> ApplicationResult:
        context, draft_id = info.context, inputs.draft_id_of(input.draft_id)
        applied = await drafting.submit(context.platform, context.actor, draft_id, input.idempotency_key)
        return await application_payload(info, applied)

    @strawberry.mutation(
        description="Principal: discard a draft (下書きの破棄); what was filled in is wiped.",
        metadata=may(Policy.PRINCIPAL),
    )
    async def discard_draft(self, info: Request, input: Annotated[inputs.DraftInput, _INPUT]) -> DraftResult:
        context, draft_id = info.context, inputs.draft_id_of(input.draft_id)
        return await _payload(
            info, await drafting.discard(context.platform, context.actor, draft_id, input.idempotency_key)
        )

    @strawberry.mutation(
        description="Principal: withdraw an application (申込の取下げ) for which no guarantee is concluded yet.",
        metadata=may(Policy.PRINCIPAL),
    )
    async def withdraw_application(
        self, info: Request, input: Annotated[inputs.WithdrawApplicationInput, _INPUT]
    ) -> ApplicationResult:
        context, application_id = info.context, application_id_of(input.application_id)
        withdrawn = await applying.withdraw(
            context.platform, context.actor, application_id, input.reason, input.idempotency_key
        )
        return await application_payload(info, withdrawn)

"""The mutations and the query of changes (変更契約)."""

from typing import Annotated, cast

import strawberry

from denshi_hosho.resolvers import changing
from denshi_hosho.resolvers.policy import Policy
from denshi_hosho.schema.changes import ChangeInput, ChangePayload, ChangeResult, ConsequenceResult, consequence
from denshi_hosho.schema.context import CoreObject, Request
from denshi_hosho.schema.ids import row_id
from denshi_hosho.schema.inputs import KEY
from denshi_hosho.schema.policy import may

_INPUT = strawberry.argument(description="What is asked for.")


@strawberry.input(description="What `requestChange` needs.")
class RequestChangeInput:
    guarantee_id: strawberry.ID = strawberry.field(description="The guarantee.")
    change: ChangeInput = strawberry.field(description="What changes.")
    reason: str = strawberry.field(description="Why: 1 to 1,000 characters (変更の理由).")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="What `concludeChange` needs.")
class ConcludeChangeInput:
    change_id: strawberry.ID = strawberry.field(description="The request for a change.")
    new_key: bool | None = strawberry.field(
        default=None, description="Whether the version comes with a new access key; left out: as the surety has set."
    )
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="What ends a request for a change without a certificate.")
class EndChangeInput:
    change_id: strawberry.ID = strawberry.field(description="The request for a change.")
    note: str = strawberry.field(description="Why: 1 to 1,000 characters (理由).")
    idempotency_key: str = strawberry.field(description=KEY)


async def _payload(info: Request, change_id: int) -> ChangePayload:
    context = info.context
    context.forget()
    row: CoreObject = await changing.change(context.platform, context.signed_in, change_id)
    return ChangePayload(change=row)


def _change(text: str) -> int:
    return row_id(text, "ChangeRequest")


@strawberry.type
class ChangeQueries:
    @strawberry.field(
        description="What would follow from a change of an own guarantee (変更の取扱い); nothing is written.",
        metadata=may(Policy.PARTIES),
    )
    async def change_consequence(
        self, info: Request,
        guarantee_id: Annotated[strawberry.ID, strawberry.argument(description="The guarantee.")],
        change: Annotated[ChangeInput, strawberry.argument(description="What changes.")],
    ) -> ConsequenceResult:  # fmt: skip
        context = info.context
        found = await changing.preview(
            context.platform, context.actor, row_id(guarantee_id, "Guarantee"), change.asked()
        )
        return cast("ConsequenceResult", consequence(found))


@strawberry.type
class ChangeMutations:
    @strawberry.mutation(
        description="Principal: say what changes of a guarantee (変更の申込). The answer says what follows: nothing to issue, and "
        "why, which is recorded at once; or a certificate, which the surety issues.",
        metadata=may(Policy.PRINCIPAL),
    )
    async def request_change(self, info: Request, input: Annotated[RequestChangeInput, _INPUT]) -> ChangeResult:
        context, guarantee_id = info.context, row_id(input.guarantee_id, "Guarantee")
        change_id = await changing.request(
            context.platform, context.actor, guarantee_id, input.change.asked(), input.reason, input.idempotency_key
        )
        return await _payload(info, change_id)

    @strawberry.mutation(
        description="Surety: issue the certificate that a change leads to, marked （変更） or （訂正） (変更契約の締結). The obligee's "
        "rules are asked again; the version before stays readable and is superseded at once.",
        metadata=may(Policy.SURETY),
    )
    async def conclude_change(self, info: Request, input: Annotated[ConcludeChangeInput, _INPUT]) -> ChangeResult:
        context = info.context
        change_id = await changing.conclude(
            context.platform, context.actor, _change(input.change_id), input.idempotency_key, new_key=input.new_key
        )
        return await _payload(info, change_id)

    @strawberry.mutation(description="Surety: decline a change (変更の謝絶).", metadata=may(Policy.SURETY))
    async def decline_change(self, info: Request, input: Annotated[EndChangeInput, _INPUT]) -> ChangeResult:
        context, change_id = info.context, _change(input.change_id)
        return await _payload(
            info, await changing.decline(context.platform, context.actor, change_id, input.note, input.idempotency_key)
        )

    @strawberry.mutation(
        description="Principal: withdraw a change (変更の申込の取下げ).", metadata=may(Policy.PRINCIPAL)
    )
    async def withdraw_change(self, info: Request, input: Annotated[EndChangeInput, _INPUT]) -> ChangeResult:
        context, change_id = info.context, _change(input.change_id)
        return await _payload(
            info, await changing.withdraw(context.platform, context.actor, change_id, input.note, input.idempotency_key)
        )

"""The mutations that end a guarantee: release (保証の終了) and cancellation (解約), both by the surety."""

from datetime import date
from typing import Annotated, TypeAlias

import strawberry

from denshi_hosho.core.ending.ends import AFTER_COMPLETION, NO_REFUND, REFUND
from denshi_hosho.core.text import kept
from denshi_hosho.resolvers import ending, reading
from denshi_hosho.resolvers.policy import Policy
from denshi_hosho.schema.context import CoreObject, Request
from denshi_hosho.schema.guarantees import Guarantee
from denshi_hosho.schema.ids import global_id, row_id
from denshi_hosho.schema.inputs import KEY
from denshi_hosho.schema.policy import Reach, may, reached
from denshi_hosho.schema.refusals import Refused
from denshi_hosho.schema.scalars import Yen
from denshi_hosho.schema.selection import wanted

_INPUT = strawberry.argument(description="What is asked for.")


@strawberry.input(description="Input of `releaseGuarantee`.")
class ReleaseGuaranteeInput:
    guarantee_id: strawberry.ID = strawberry.field(description="Global id of the guarantee.")
    completed_on: date = strawberry.field(description="Day on which the works were completed (工事完成日).")
    note: str | None = strawberry.field(default=None, description="What is to be noted: 1 to 1,000 characters.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="Input of `cancelGuarantee`.")
class CancelGuaranteeInput:
    guarantee_id: strawberry.ID = strawberry.field(description="Global id of the guarantee.")
    cancelled_on: date = strawberry.field(description="Day of the cancellation (解約日).")
    reason: str = strawberry.field(description="Why: 1 to 1,000 characters (解約の理由).")
    idempotency_key: str = strawberry.field(description=KEY)


@reached(Reach.ANSWER)
@strawberry.type(description="A guarantee that has ended.")
class EndedGuarantee:
    guarantee: Guarantee = strawberry.field(description="The guarantee (保証契約) as it stands now.")
    refund_statement_id: strawberry.ID | None = strawberry.field(
        description="Global id of the refund statement (返戻保証料計算書) that was made; null: none was, and `ja` says why."
    )
    refund_amount: Yen | None = strawberry.field(
        description="What is returned of the fee (返戻保証料); null: not stated."
    )
    ja: str = strawberry.field(description="What becomes of the fee, in Japanese.")
    en: str = strawberry.field(description="What becomes of the fee, in English.")


EndedResult: TypeAlias = Annotated[
    EndedGuarantee | Refused, strawberry.union("EndedResult", description="The ended guarantee, or why it was refused.")
]


async def _guarantee(info: Request, guarantee_id: int) -> CoreObject:
    columns = wanted(info, "guarantee", on="EndedGuarantee")
    info.context.forget()
    return await reading.guarantee(info.context.platform, info.context.signed_in, ("id", guarantee_id), columns)


@strawberry.type
class EndingMutations:
    @strawberry.mutation(
        description="Surety: end a guarantee whose works are completed (保証の終了). Nothing of the fee is returned after completion.",
        metadata=may(Policy.SURETY),
    )
    async def release_guarantee(self, info: Request, input: Annotated[ReleaseGuaranteeInput, _INPUT]) -> EndedResult:
        context, note = info.context, None if input.note is None else kept(input.note)
        released = await ending.release(
            context.platform, context.actor, row_id(input.guarantee_id, "Guarantee"), input.completed_on, note,
            input.idempotency_key,
        )  # fmt: skip
        ja, en = AFTER_COMPLETION
        return EndedGuarantee(
            guarantee=await _guarantee(info, released), refund_statement_id=None, refund_amount=None, ja=ja, en=en
        )

    @strawberry.mutation(
        description="Surety: cancel a guarantee (解約). A refund statement (返戻保証料計算書) is made where a fee statement and a "
        "tariff say what is returned.",
        metadata=may(Policy.SURETY),
    )
    async def cancel_guarantee(self, info: Request, input: Annotated[CancelGuaranteeInput, _INPUT]) -> EndedResult:
        context = info.context
        cancelled = await ending.cancel(
            context.platform, context.actor, row_id(input.guarantee_id, "Guarantee"), input.cancelled_on,
            kept(input.reason), input.idempotency_key,
        )  # fmt: skip
        refund = await ending.refund(context.platform, cancelled)
        ja, en = NO_REFUND if refund is None else REFUND
        return EndedGuarantee(
            guarantee=await _guarantee(info, cancelled), ja=ja, en=en,
            refund_statement_id=None if refund is None else strawberry.ID(global_id("FeeStatement", refund.id)),
            refund_amount=None if refund is None else refund.amount,
        )  # fmt: skip

"""The mutations of claims (保証金の請求)."""

from datetime import date
from typing import Annotated

import strawberry

from denshi_hosho.resolvers import claiming
from denshi_hosho.resolvers.policy import Policy
from denshi_hosho.schema.claims import ClaimFactsInput, ClaimPayload, ClaimResult, ExaminedInput
from denshi_hosho.schema.context import CoreObject, Request
from denshi_hosho.schema.ids import row_id
from denshi_hosho.schema.inputs import KEY
from denshi_hosho.schema.policy import may
from denshi_hosho.schema.scalars import Yen

_INPUT = strawberry.argument(description="What is asked for.")


@strawberry.input(description="Input of `makeClaim`.")
class MakeClaimInput:
    guarantee_id: strawberry.ID = strawberry.field(description="Global id of the guarantee.")
    facts: ClaimFactsInput = strawberry.field(description="What the claim rests on.")
    claimed_amount: Yen = strawberry.field(description="What is claimed, the guaranteed amount at most (請求額).")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="Input of `determineClaim`.")
class DetermineClaimInput:
    claim_id: strawberry.ID = strawberry.field(description="Global id of the claim.")
    examined: ExaminedInput = strawberry.field(
        default_factory=ExaminedInput, description="What the surety examined (調査の結果)."
    )
    determined_amount: Yen | None = strawberry.field(
        default=None, description="What is paid under a performance guarantee (契約保証); advances are calculated."
    )
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="Input of `refuseClaim` and `withdrawClaim`.")
class EndClaimInput:
    claim_id: strawberry.ID = strawberry.field(description="Global id of the claim.")
    note: str = strawberry.field(description="Why: 1 to 1,000 characters (理由).")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="Input of `recordClaimPaid`.")
class RecordClaimPaidInput:
    claim_id: strawberry.ID = strawberry.field(description="Global id of the claim.")
    amount: Yen = strawberry.field(description="What was paid: the determined amount (支払額).")
    paid_on: date = strawberry.field(description="Day of payment (支払日).")
    idempotency_key: str = strawberry.field(description=KEY)


async def _payload(info: Request, claim_id: int) -> ClaimPayload:
    context = info.context
    context.forget()
    row: CoreObject = await claiming.claim(context.platform, context.signed_in, claim_id)
    return ClaimPayload(claim=row)


def _claim(text: str) -> int:
    return row_id(text, "Claim")


@strawberry.type
class ClaimMutations:
    @strawberry.mutation(
        description="Obligee: claim under a guarantee that was handed in to it (保証金の請求). Surety: record a claim that came on "
        "paper.",
        metadata=may(Policy.CLAIMANTS),
    )
    async def make_claim(self, info: Request, input: Annotated[MakeClaimInput, _INPUT]) -> ClaimResult:
        context, guarantee_id = info.context, row_id(input.guarantee_id, "Guarantee")
        claim_id = await claiming.make(
            context.platform,
            context.actor,
            guarantee_id,
            input.facts.told(),
            input.claimed_amount,
            input.idempotency_key,
        )
        return await _payload(info, claim_id)

    @strawberry.mutation(
        description="Obligee, or the surety that recorded it: withdraw a claim (保証金の請求の取下げ). The guarantee is active again.",
        metadata=may(Policy.CLAIMANTS),
    )
    async def withdraw_claim(self, info: Request, input: Annotated[EndClaimInput, _INPUT]) -> ClaimResult:
        context, claim_id = info.context, _claim(input.claim_id)
        return await _payload(
            info,
            await claiming.withdraw(context.platform, context.actor, claim_id, input.note, input.idempotency_key),
        )

    @strawberry.mutation(
        description="Surety: determine what is paid of a claim (保証金の支払額の決定): of advances, what was paid less the work done.",
        metadata=may(Policy.SURETY),
    )
    async def determine_claim(self, info: Request, input: Annotated[DetermineClaimInput, _INPUT]) -> ClaimResult:
        context, claim_id = info.context, _claim(input.claim_id)
        determined = await claiming.determine(
            context.platform,
            context.actor,
            claim_id,
            input.examined.told(),
            input.determined_amount,
            input.idempotency_key,
        )
        return await _payload(info, determined)

    @strawberry.mutation(
        description="Surety: refuse a claim (保証金の支払の拒絶). The guarantee is active again.",
        metadata=may(Policy.SURETY),
    )
    async def refuse_claim(self, info: Request, input: Annotated[EndClaimInput, _INPUT]) -> ClaimResult:
        context, claim_id = info.context, _claim(input.claim_id)
        return await _payload(
            info, await claiming.refuse(context.platform, context.actor, claim_id, input.note, input.idempotency_key)
        )

    @strawberry.mutation(
        description="Surety: record that the determined amount was paid (保証金の支払). The guarantee is performed, and ends.",
        metadata=may(Policy.SURETY),
    )
    async def record_claim_paid(self, info: Request, input: Annotated[RecordClaimPaidInput, _INPUT]) -> ClaimResult:
        context, claim_id = info.context, _claim(input.claim_id)
        paid = await claiming.record_paid(
            context.platform, context.actor, claim_id, input.amount, input.paid_on, input.idempotency_key
        )
        return await _payload(info, paid)

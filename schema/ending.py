"""The mutations by which a guarantee ends: release, cancellation, and a claim's way."""

from datetime import date
from typing import Annotated

import strawberry

from denshi_hosho.resolvers import ending, reading
from denshi_hosho.resolvers.policy import Policy
from denshi_hosho.schema.claims import ClaimFactsInput, ClaimPayload, ClaimResult, ExaminedInput, payload
from denshi_hosho.schema.context import CoreObject, Request
from denshi_hosho.schema.ids import row_id
from denshi_hosho.schema.inputs import KEY
from denshi_hosho.schema.outcomes import GuaranteePayload, GuaranteeResult
from denshi_hosho.schema.policy import may
from denshi_hosho.schema.scalars import Yen
from denshi_hosho.schema.selection import wanted

_INPUT = strawberry.argument(description="What is asked for.")
_GUARANTEE = "The guarantee."
_CLAIM = "The claim."


@strawberry.input(description="What `releaseGuarantee` needs.")
class ReleaseGuaranteeInput:
    guarantee_id: strawberry.ID = strawberry.field(description=_GUARANTEE)
    completed_on: date = strawberry.field(description="Day on which the works were completed (工事完成日).")
    note: str | None = strawberry.field(default=None, description="What is to be said with it, up to 1,000 characters.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="What `cancelGuarantee` needs.")
class CancelGuaranteeInput:
    guarantee_id: strawberry.ID = strawberry.field(description=_GUARANTEE)
    cancelled_on: date = strawberry.field(description="From which day on it is cancelled (解約日).")
    reason: str = strawberry.field(description="Why: 1 to 1,000 characters.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="What `makeClaim` needs.")
class MakeClaimInput:
    guarantee_id: strawberry.ID = strawberry.field(description=_GUARANTEE)
    facts: ClaimFactsInput = strawberry.field(description="What is said of the default.")
    claimed_amount: Yen = strawberry.field(description="How much is claimed: at most the guaranteed amount (請求額).")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="What `determineClaim` needs.")
class DetermineClaimInput:
    claim_id: strawberry.ID = strawberry.field(description=_CLAIM)
    examined: ExaminedInput = strawberry.field(description="What the examination found.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="What ends a claim without payment.")
class EndClaimInput:
    claim_id: strawberry.ID = strawberry.field(description=_CLAIM)
    note: str = strawberry.field(description="Why: 1 to 1,000 characters.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="What `recordClaimPaid` needs.")
class RecordClaimPaidInput:
    claim_id: strawberry.ID = strawberry.field(description=_CLAIM)
    paid_on: date = strawberry.field(description="Day of the payment.")
    idempotency_key: str = strawberry.field(description=KEY)


async def _guarantee(info: Request, guarantee_id: int) -> GuaranteePayload:
    columns = wanted(info, "guarantee", on="GuaranteePayload")
    context = info.context
    context.forget()
    row: CoreObject = await reading.guarantee(context.platform, context.signed_in, ("id", guarantee_id), columns)
    return GuaranteePayload(guarantee=row)


async def _claim(info: Request, claim_id: int) -> ClaimPayload:
    context = info.context
    context.forget()
    return payload(await ending.claim(context.platform, context.signed_in, claim_id))


def _claim_id(text: str) -> int:
    return row_id(text, "Claim")


@strawberry.type
class EndingMutations:
    @strawberry.mutation(
        description="Surety: release a guarantee: the works are complete (保証の終了). Nothing is returned, and nothing is released by "
        "the calendar alone.",
        metadata=may(Policy.SURETY),
    )
    async def release_guarantee(
        self, info: Request, input: Annotated[ReleaseGuaranteeInput, _INPUT]
    ) -> GuaranteeResult:
        context, guarantee_id = info.context, row_id(input.guarantee_id, "Guarantee")
        return await _guarantee(
            info,
            await ending.release(
                context.platform, context.actor, guarantee_id, input.completed_on, input.note, input.idempotency_key
            ),
        )

    @strawberry.mutation(
        description="Surety: cancel a guarantee (解約). What its tariff returns of the fee is stated with it.",
        metadata=may(Policy.SURETY),
    )
    async def cancel_guarantee(self, info: Request, input: Annotated[CancelGuaranteeInput, _INPUT]) -> GuaranteeResult:
        context, guarantee_id = info.context, row_id(input.guarantee_id, "Guarantee")
        return await _guarantee(
            info,
            await ending.cancel(
                context.platform, context.actor, guarantee_id, input.cancelled_on, input.reason, input.idempotency_key
            ),
        )

    @strawberry.mutation(
        description="Obligee (発注者, the issuer) to which the guarantee was handed in, or surety for a claim on paper: claim "
        "after a default (保証金の請求).",
        metadata=may(Policy.CLAIMANTS),
    )
    async def make_claim(self, info: Request, input: Annotated[MakeClaimInput, _INPUT]) -> ClaimResult:
        context, guarantee_id = info.context, row_id(input.guarantee_id, "Guarantee")
        claim_id = await ending.make_claim(
            context.platform,
            context.actor,
            guarantee_id,
            input.facts.told(),
            input.claimed_amount,
            input.idempotency_key,
        )
        return await _claim(info, claim_id)

    @strawberry.mutation(
        description="Who made a claim: withdraw it (請求の取下げ); the guarantee is in force again.",
        metadata=may(Policy.CLAIMANTS),
    )
    async def withdraw_claim(self, info: Request, input: Annotated[EndClaimInput, _INPUT]) -> ClaimResult:
        context, claim_id = info.context, _claim_id(input.claim_id)
        return await _claim(
            info,
            await ending.withdraw_claim(context.platform, context.actor, claim_id, input.note, input.idempotency_key),
        )

    @strawberry.mutation(
        description="Surety: determine what it pays, as it follows from what was examined (支払額の決定).",
        metadata=may(Policy.SURETY),
    )
    async def determine_claim(self, info: Request, input: Annotated[DetermineClaimInput, _INPUT]) -> ClaimResult:
        context, claim_id = info.context, _claim_id(input.claim_id)
        examined = input.examined.told()
        return await _claim(
            info,
            await ending.determine_claim(context.platform, context.actor, claim_id, examined, input.idempotency_key),
        )

    @strawberry.mutation(
        description="Surety: refuse a claim (支払の拒絶); the guarantee is in force again.", metadata=may(Policy.SURETY)
    )
    async def refuse_claim(self, info: Request, input: Annotated[EndClaimInput, _INPUT]) -> ClaimResult:
        context, claim_id = info.context, _claim_id(input.claim_id)
        return await _claim(
            info,
            await ending.refuse_claim(context.platform, context.actor, claim_id, input.note, input.idempotency_key),
        )

    @strawberry.mutation(
        description="Surety: record that the determined amount was paid (保証金の支払). The guarantee is performed with that.",
        metadata=may(Policy.SURETY),
    )
    async def record_claim_paid(self, info: Request, input: Annotated[RecordClaimPaidInput, _INPUT]) -> ClaimResult:
        context, claim_id = info.context, _claim_id(input.claim_id)
        return await _claim(
            info,
            await ending.record_claim_paid(
                context.platform, context.actor, claim_id, input.paid_on, input.idempotency_key
            ),
        )

"""The mutation that records the receipt of an advance (前払金の受領)."""

from datetime import date
from typing import Annotated

import strawberry

from denshi_hosho.resolvers import advancing, reading
from denshi_hosho.resolvers.policy import Policy
from denshi_hosho.schema.context import CoreObject, Request
from denshi_hosho.schema.ids import row_id
from denshi_hosho.schema.inputs import KEY
from denshi_hosho.schema.outcomes import GuaranteePayload, GuaranteeResult
from denshi_hosho.schema.policy import may
from denshi_hosho.schema.scalars import Yen
from denshi_hosho.schema.selection import wanted

_INPUT = strawberry.argument(description="What is asked for.")


@strawberry.input(description="What `recordAdvanceReceived` needs.")
class RecordAdvanceReceivedInput:
    guarantee_id: strawberry.ID = strawberry.field(
        description="Global id of the guarantee of the advance or interim advance (前払金保証・中間前払金保証)."
    )
    amount: Yen = strawberry.field(description="How much came in: at most the guaranteed amount (受領額).")
    received_on: date = strawberry.field(description="Day on which it came in (受領日).")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.type
class AdvanceMutations:
    @strawberry.mutation(
        description="Principal: record that the advance or interim advance came in (前払金の受領). Recorded again, it is corrected, as "
        "long as nothing was withdrawn.",
        metadata=may(Policy.PRINCIPAL),
    )
    async def record_advance_received(
        self, info: Request, input: Annotated[RecordAdvanceReceivedInput, _INPUT]
    ) -> GuaranteeResult:
        context, guarantee_id = info.context, row_id(input.guarantee_id, "Guarantee")
        await advancing.record_received(
            context.platform, context.actor, guarantee_id, input.amount, input.received_on, input.idempotency_key
        )
        columns = wanted(info, "guarantee", on="GuaranteePayload")
        context.forget()
        row: CoreObject = await reading.guarantee(context.platform, context.signed_in, ("id", guarantee_id), columns)
        return GuaranteePayload(guarantee=row)

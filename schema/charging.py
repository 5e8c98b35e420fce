"""The surety's mutations of fees: put a principal in a class, state an application's fee."""

from datetime import date
from typing import Annotated

import strawberry

from denshi_hosho.resolvers import fees
from denshi_hosho.resolvers.policy import Policy
from denshi_hosho.schema.context import Request
from denshi_hosho.schema.ids import row_id
from denshi_hosho.schema.inputs import KEY
from denshi_hosho.schema.outcomes import ApplicationResult
from denshi_hosho.schema.payloads import application_payload
from denshi_hosho.schema.policy import may

_INPUT = strawberry.argument(description="What is asked for.")
_APPLICATION = "The application (保証申込)."


@strawberry.input(description="What `calculateFee` needs.")
class CalculateFeeInput:
    application_id: strawberry.ID = strawberry.field(description=_APPLICATION)
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="What `setPrincipalClass` needs.")
class SetPrincipalClassInput:
    application_id: strawberry.ID = strawberry.field(description="An application of the principal's.")
    class_name: str = strawberry.field(description="The class of the surety's tariff (等級).")
    from_on: date = strawberry.field(description="From which day on.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.type
class FeeMutations:
    @strawberry.mutation(
        description="Surety: state the fee of an application by the tariff of today (保証料計算書の作成). `recordFee` then takes that "
        "amount alone.",
        metadata=may(Policy.SURETY),
    )
    async def calculate_fee(self, info: Request, input: Annotated[CalculateFeeInput, _INPUT]) -> ApplicationResult:
        context, application_id = info.context, row_id(input.application_id, "GuaranteeApplication")
        done = await fees.calculate(context.platform, context.actor, application_id, input.idempotency_key)
        return await application_payload(info, done)

    @strawberry.mutation(
        description="Surety: say in which class of its tariff it has the principal of an application (等級の設定).",
        metadata=may(Policy.SURETY),
    )
    async def set_principal_class(
        self, info: Request, input: Annotated[SetPrincipalClassInput, _INPUT]
    ) -> ApplicationResult:
        context, application_id = info.context, row_id(input.application_id, "GuaranteeApplication")
        done = await fees.set_class(
            context.platform, context.actor, application_id, input.class_name, input.from_on, input.idempotency_key
        )
        return await application_payload(info, done)

"""Fees (保証料) as GraphQL types: an estimate, a statement, and the statements of a month."""

from datetime import date
from typing import Annotated, TypeAlias

import strawberry

from denshi_hosho.core.fees.calculating import Charged
from denshi_hosho.core.fees.statements import lines_of
from denshi_hosho.resolvers import fees
from denshi_hosho.resolvers.policy import Policy
from denshi_hosho.schema.calculators import CalculationLine
from denshi_hosho.schema.context import CoreObject, Request, shown
from denshi_hosho.schema.ids import row_id
from denshi_hosho.schema.policy import Reach, may, reached
from denshi_hosho.schema.refusals import Refused
from denshi_hosho.schema.scalars import Yen
from denshi_hosho.schema.words import FeeStatementKind, GuaranteeKind

_EXAMPLE = "The tariff is an example (例示): these are nobody's real rates."


@reached(Reach.ANSWER)
@strawberry.type(description="A fee as a tariff has it (保証料の試算). Nothing was stated.")
class FeeEstimate:
    amount: Yen = strawberry.field(description="The fee.")
    lines: list[CalculationLine] = strawberry.field(description="How it comes about, line by line; they add up to it.")
    tariff_name: str = strawberry.field(description="The tariff (料率).")
    is_example: bool = strawberry.field(description=_EXAMPLE)


@reached(Reach.OWN)
@strawberry.type(description="A fee statement (保証料計算書). Once made it is never changed.")
class FeeStatement:
    kind: FeeStatementKind = strawberry.field(description="For what it was made.")
    amount: Yen = strawberry.field(description="What is charged, or returned for a REFUND; never negative.")
    stated_on: date = strawberry.field(description="Day on which it was made (計算日).")
    tariff_name: str = strawberry.field(description="The tariff by which it was calculated (適用料率).")

    @strawberry.field(description=_EXAMPLE)
    def is_example(self) -> bool:
        return bool(shown(self).example)

    @strawberry.field(
        description="How it comes about, line by line (計算); they add up to `amount`, and for a REFUND to "
        "what it takes off."
    )
    def lines(self) -> list[CalculationLine]:
        return [CalculationLine(ja=each["ja"], en=each["en"], yen=Yen(each["yen"])) for each in lines_of(shown(self))]

    @strawberry.field(
        description="URL of it as PDF, good for five minutes for whoever has it: for the surety, and for principals that pay "
        "consolidated (一括後払); null for others."
    )
    def pdf_url(self, info: Request) -> str | None:
        return fees.statement_url(info.context.platform, info.context.signed_in, shown(self))


@reached(Reach.ANSWER)
@strawberry.type(description="The fees of a month that a principal pays consolidated (一括後払の保証料明細書).")
class FeeMonth:
    month: str = strawberry.field(description="The month, such as 2024-06.")
    total: Yen = strawberry.field(
        description="What they come to; what is returned is taken off, so it can be negative."
    )
    pdf_url: str = strawberry.field(description="URL of the list as PDF, good for five minutes for whoever has it.")
    statements: list[FeeStatement] = strawberry.field(description="The statements, oldest first.")


def _either(name: str, description: str) -> CoreObject:
    return strawberry.union(name, description=description)


FeeEstimateResult: TypeAlias = Annotated[
    FeeEstimate | Refused, _either("FeeEstimateResult", "The fee, or why there is none.")
]
FeeMonthResult: TypeAlias = Annotated[
    FeeMonth | Refused, _either("FeeMonthResult", "The month, or why it cannot be shown.")
]


@strawberry.input(description="What a fee depends on.")
class FeeEstimateInput:
    surety_id: strawberry.ID = strawberry.field(description="The surety (保証会社).")
    kind: GuaranteeKind = strawberry.field(description="What is to be guaranteed (保証の種類).")
    guaranteed_amount: Yen = strawberry.field(description="The guaranteed amount (保証金額).")
    class_name: str | None = strawberry.field(
        default=None, description="The principal's class in the surety's tariff (等級); left out: not told."
    )
    online: bool = strawberry.field(default=True, description="Applied for online (インターネット申込).")
    on: date | None = strawberry.field(
        default=None, description="By the tariff of which day; today in Japan if left out."
    )


@strawberry.type
class FeeQueries:
    @strawberry.field(
        description="What a guarantee would cost by the surety's tariff (保証料の試算), line by line.",
        metadata=may(Policy.OPEN),
    )
    async def fee_estimate(
        self, info: Request, input: Annotated[FeeEstimateInput, strawberry.argument(description="What is known.")]
    ) -> FeeEstimateResult:
        charged = Charged(
            kind=input.kind, guaranteed_amount=input.guaranteed_amount, class_=input.class_name, online=input.online
        )
        found = await fees.estimate(info.context.platform, row_id(input.surety_id, "Surety"), charged, input.on)
        lines: CoreObject = list(found.derived.lines)
        return FeeEstimate(
            amount=Yen(found.derived.amount), lines=lines, tariff_name=found.tariff_name, is_example=found.example
        )


@strawberry.type
class FeeViewing:
    @strawberry.field(
        description="Principal: the fees of a month that it pays consolidated (一括後払の保証料明細書): of guarantees concluded in "
        "that month, and what was charged in addition or returned in it.",
        metadata=may(Policy.PRINCIPAL),
    )
    async def fee_month(
        self, info: Request,
        surety_id: Annotated[strawberry.ID, strawberry.argument(description="The surety (保証会社).")],
        month: Annotated[str, strawberry.argument(description="The month in Japan, such as 2024-06.")],
    ) -> FeeMonthResult:  # fmt: skip
        context = info.context
        found = await fees.month(context.platform, context.actor, row_id(surety_id, "Surety"), month)
        rows: CoreObject = list(found.rows)
        return FeeMonth(month=found.month, total=Yen(found.total), pdf_url=found.pdf_url, statements=rows)

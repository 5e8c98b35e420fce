"""The queries about rules themselves: why they say what they say, how they differ, how far they are known."""

from datetime import date
from typing import Annotated, cast

import strawberry

from denshi_hosho.resolvers import explaining
from denshi_hosho.resolvers.policy import Policy
from denshi_hosho.schema.context import CoreObject, Request
from denshi_hosho.schema.explaining import Coverage, StaleRules
from denshi_hosho.schema.inputs import EligibilityInput
from denshi_hosho.schema.outcomes import ComparisonResult, ExplanationResult
from denshi_hosho.schema.policy import may

_CODE = 'Code of an obligee (発注者), an issuer of works contracts, such as "322016" for 松江市.'
Day = Annotated[date | None, strawberry.argument(description="On which day; today in Japan if left out.")]
Code = Annotated[str, strawberry.argument(description=_CODE)]


@strawberry.type
class RuleQueries:
    @strawberry.field(
        description="Why an obligee's (発注者, the issuer's) rules say what they say, clause by clause (判定の説明).",
        metadata=may(Policy.OPEN),
    )
    def explain(
        self, info: Request,
        application: Annotated[EligibilityInput, strawberry.argument(description="What is known of the application.")],
    ) -> ExplanationResult:  # fmt: skip
        return cast("ExplanationResult", explaining.explained(info.context.platform, application.told()))

    @strawberry.field(
        description="How the rules of two obligees (発注者), issuers of works contracts, differ (規則の比較).",
        metadata=may(Policy.OPEN),
    )
    def compare_obligees(self, info: Request, left: Code, right: Code, on: Day = None) -> ComparisonResult:
        return cast("ComparisonResult", explaining.compared(info.context.platform, left, right, on))

    @strawberry.field(
        description="How the rules of an obligee (発注者), the issuer, differ between two days (規則の変化).",
        metadata=may(Policy.OPEN),
    )
    def compare_days(
        self, info: Request, obligee: Code,
        earlier_on: Annotated[date, strawberry.argument(description="One day.")],
        later_on: Annotated[date, strawberry.argument(description="Another day.")],
    ) -> ComparisonResult:  # fmt: skip
        return cast("ComparisonResult", explaining.compared_days(info.context.platform, obligee, earlier_on, later_on))

    @strawberry.field(
        graphql_type=list[Coverage] | None,
        description="What is known of the rules of an obligee (発注者), the issuer, and what is not; null if none are installed.",
        metadata=may(Policy.OPEN),
    )
    def coverage(self, info: Request, obligee: Code, on: Day = None) -> CoreObject:
        return explaining.covered(info.context.platform, obligee, on)

    @strawberry.field(
        graphql_type=list[StaleRules],
        description="Rules that nobody has compared with their page lately, oldest first.",
        metadata=may(Policy.OPEN),
    )
    def stale_rules(
        self, info: Request,
        days: Annotated[int, strawberry.argument(description="Not for more than so many days.")] = 365,
    ) -> CoreObject:  # fmt: skip
        return explaining.grown_old(info.context.platform, days)

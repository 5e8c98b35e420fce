"""What an obligee says of its payments (支払条件), as the calculations show it."""

import strawberry

from denshi_hosho.resolvers.calculating import Told
from denshi_hosho.schema.context import CoreObject
from denshi_hosho.schema.plans import Source
from denshi_hosho.schema.policy import Reach, reached
from denshi_hosho.schema.scalars import Yen

_NUMBERS = ("advance_percent", "interim_percent", "excludes_partial_payment", "performance_percent", "low_bid_percent")
_AMOUNTS = ("advance_floor", "advance_rounding", "advance_cap", "interim_floor")


@reached(Reach.ANSWER)
@strawberry.type(
    description="What the rules of an obligee (発注者), the issuer, say of its payments (支払条件). Null: not known."
)
class ObligeeTerms:
    advance_percent: int | None = strawberry.field(description="An advance (前払金) is at most this percentage.")
    advance_floor: Yen | None = strawberry.field(description="The contract price from which on an advance is paid.")
    advance_rounding: Yen | None = strawberry.field(description="An advance is rounded down to this unit.")
    advance_cap: Yen | None = strawberry.field(description="The most that is paid in advance (上限額).")
    interim_percent: int | None = strawberry.field(
        description="An interim advance (中間前払金) is at most this percentage."
    )
    interim_floor: Yen | None = strawberry.field(
        description="The contract price from which on an interim advance is paid."
    )
    excludes_partial_payment: bool | None = strawberry.field(
        description="Interim advances and partial payments (部分払) exclude each other."
    )
    performance_percent: int | None = strawberry.field(
        description="A performance guarantee (契約保証) covers at least this percentage."
    )
    low_bid_percent: int | None = strawberry.field(
        description="The same where the bid was low (低入札); nothing is calculated by it unless it is told as `percent`."
    )
    ja: str | None = strawberry.field(description="What the file says of it, in Japanese.")
    en: str | None = strawberry.field(description="What the file says of it, in English.")
    literal: str | None = strawberry.field(description="The page's own wording, where it matters.")
    is_example: bool = strawberry.field(description="The obligee is an example (例示): these are nobody's real terms.")
    sources: list[Source] = strawberry.field(description="Who says so (出典).")


@reached(Reach.ANSWER)
@strawberry.type(
    description="What is known of an obligee's terms of payment, in a sentence; what is not known is named."
)
class TermsRemark:
    ja: str = strawberry.field(description="In Japanese (日本語).")
    en: str = strawberry.field(description="In English.")


def terms_of(told: Told | None) -> ObligeeTerms | None:
    """Return how the API shows what an obligee says of its payments; None: nothing is known, or none was named."""
    if told is None or told.payment is None:
        return None
    said = told.payment
    amounts: dict[str, CoreObject] = {
        key: None if getattr(said, key) is None else Yen(getattr(said, key)) for key in _AMOUNTS
    }
    numbers: dict[str, CoreObject] = {key: getattr(said, key) for key in _NUMBERS}
    sources: CoreObject = list(said.sources)
    return ObligeeTerms(
        **amounts, **numbers, ja=said.ja, en=said.en, literal=said.literal, is_example=told.example, sources=sources
    )


def remark_of(told: Told | None) -> TermsRemark | None:
    """Return the sentence about an obligee's terms; None: no obligee was named."""
    return None if told is None else TermsRemark(ja=told.ja, en=told.en)

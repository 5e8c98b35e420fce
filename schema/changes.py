"""Changes of a guarantee (変更契約) as GraphQL types: what is asked, what follows from it, and what became of it."""

import json
from datetime import date, datetime
from typing import Annotated, Any, TypeAlias

import strawberry

from denshi_hosho.core.changes import requests
from denshi_hosho.core.changes.consequence import WHY
from denshi_hosho.resolvers.changing import Asked
from denshi_hosho.schema.context import CoreObject, camel, shown
from denshi_hosho.schema.node import Node, shows
from denshi_hosho.schema.policy import Reach, reached
from denshi_hosho.schema.refusals import Refused
from denshi_hosho.schema.rules import Decision
from denshi_hosho.schema.scalars import Yen
from denshi_hosho.schema.words import ChangeState, Consequence, Medium


@strawberry.input(description="What changes of a guarantee: the new values; what is left out stays as it holds today.")
class ChangeInput:
    completion_on: date | None = strawberry.field(
        default=None,
        description="New last day of the works (工期末日). The guarantee's last day moves by as many days.",
    )
    guarantee_ends_on: date | None = strawberry.field(
        default=None,
        description="New last day of the guarantee (保証期間), where it does not just move with the works.",
    )
    contract_price: Yen | None = strawberry.field(default=None, description="New contract price (請負金額(総額)).")
    covered_price: Yen | None = strawberry.field(default=None, description="New covered part of it (請負金額(対象額)).")
    guaranteed_amount: Yen | None = strawberry.field(default=None, description="New guaranteed amount (保証金額).")
    principal_name: str | None = strawberry.field(default=None, description="New name of the principal (保証契約者).")
    obligee_name: str | None = strawberry.field(
        default=None, description="New name of the obligee (被保証者; 発注者, the issuer of the works contract)."
    )
    works_name: str | None = strawberry.field(default=None, description="New name of the works (工事名).")
    depositary_bank: str | None = strawberry.field(default=None, description="New depositary bank (預託金融機関).")
    correction: bool = strawberry.field(
        default=False, description="What the certificate says was wrong from the beginning (訂正), nothing has changed."
    )

    def asked(self) -> Asked:
        """Return what is asked for."""
        told: dict[str, Any] = {name: value for name, value in vars(self).items() if name != "correction"}
        return Asked({name: value for name, value in told.items() if value is not None}, correction=self.correction)


@reached(Reach.ANSWER)
@strawberry.type(description="What would follow from a change (変更の取扱い). Nothing was written.")
class ChangeConsequence:
    consequence: Consequence = strawberry.field(description="What follows.")
    ja: str = strawberry.field(description="Why, in Japanese.")
    en: str = strawberry.field(description="Why, in English.")
    medium: Medium | None = strawberry.field(
        description="How the certificate would be delivered, as the obligee's (発注者) rules have it; null: none is issued."
    )
    guarantee_ends_on: date = strawberry.field(description="Last day of the guarantee after it (保証期間).")
    changed: list[str] = strawberry.field(description="The fields that differ, by their names in this API.")
    decision: Decision | None = strawberry.field(
        description="What the obligee's rules say of it; null: they are not asked."
    )


def consequence(found: CoreObject) -> ChangeConsequence:
    """Return how the API shows what follows from a change."""
    followed = found.followed
    ja, en = WHY[followed.consequence]
    return ChangeConsequence(
        consequence=followed.consequence, ja=ja, en=en, medium=found.medium, decision=found.decision,
        guarantee_ends_on=followed.content.guarantee_ends_on, changed=[camel(name) for name in followed.changed],
    )  # fmt: skip


@reached(Reach.OWN)
@strawberry.type(description="A new value that was asked for.")
class ChangedField:
    field: str = strawberry.field(description="The field, by its name in this API.")
    value: str | None = strawberry.field(description="Its new value: text, a day, or yen in digits.")


@reached(Reach.OWN)
@strawberry.type(description="A request for a change (変更の申込), and what became of it.")
class ChangeRequest(Node):
    is_type_of = staticmethod(shows("ChangeRequest"))

    state: ChangeState = strawberry.field(description="Where it stands.")
    requested_at: datetime = strawberry.field(description="When it was asked for.")
    settled_at: datetime | None = strawberry.field(description="When it ended; null: it waits for the surety.")
    version: int | None = strawberry.field(
        description="The version of the certificate that it led to; null: none, or not yet."
    )

    @strawberry.field(description="The reason that was given (変更の理由).")
    def reason(self) -> str | None:
        return str(shown(self).note) if shown(self).note is not None else None

    @strawberry.field(description="What follows from it.")
    def consequence(self) -> Consequence:
        return requests.consequence_of(shown(self))

    @strawberry.field(description="Why a certificate is issued, or is not, in Japanese.")
    def ja(self) -> str:
        return requests.why(shown(self))[0]

    @strawberry.field(description="Why a certificate is issued, or is not, in English.")
    def en(self) -> str:
        return requests.why(shown(self))[1]

    @strawberry.field(description="How the certificate is to be delivered; null: none is issued.")
    def medium(self) -> Medium | None:
        return requests.medium_of(shown(self))

    @strawberry.field(description="The new values that were asked for.")
    def changed(self) -> list[ChangedField]:
        told: dict[str, Any] = json.loads(shown(self).asked)
        return [
            ChangedField(field=camel(name), value=None if value is None else str(value)) for name, value in told.items()
        ]


@reached(Reach.ANSWER)
@strawberry.type(description="The request for a change as it stands now.")
class ChangePayload:
    change: ChangeRequest = strawberry.field(description="The request (変更の申込).")


def _either(name: str, description: str) -> CoreObject:
    return strawberry.union(name, description=description)


ChangeResult: TypeAlias = Annotated[
    ChangePayload | Refused, _either("ChangeResult", "The request for a change, or why it was refused.")
]
ConsequenceResult: TypeAlias = Annotated[
    ChangeConsequence | Refused, _either("ConsequenceResult", "What would follow, or why it cannot be changed so.")
]

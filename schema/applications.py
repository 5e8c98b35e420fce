"""Applications for a guarantee (保証申込) as their principal and the surety see them."""

from datetime import date, datetime

import strawberry

from denshi_hosho.resolvers import applying, fees, obligees
from denshi_hosho.schema.calculators import InterimEligibility, conditions
from denshi_hosho.schema.context import CoreObject, Request, shown
from denshi_hosho.schema.fees import FeeStatement
from denshi_hosho.schema.guarantees import DecisionRecord, Guarantee
from denshi_hosho.schema.node import Node, shows
from denshi_hosho.schema.paging import PageInfo
from denshi_hosho.schema.policy import Reach, reached
from denshi_hosho.schema.rules import Obligee
from denshi_hosho.schema.scalars import GuaranteeNumber, Yen
from denshi_hosho.schema.selection import needs, wanted
from denshi_hosho.schema.words import ApplicationState, ApplicationStep, FeeState, GuaranteeKind, Medium


@reached(Reach.OWN)
@strawberry.type(description="One step of an application (保証申込の経過).")
class Step:
    step: ApplicationStep = strawberry.field(description="What happened.")
    at: datetime = strawberry.field(description="When.")
    note: str | None = strawberry.field(description="What was said with it: why it was returned or declined.")


@reached(Reach.OWN)
@strawberry.type(description="An application for a guarantee (保証申込).")
class GuaranteeApplication(Node):
    is_type_of = staticmethod(shows("GuaranteeApplication"))

    kind: GuaranteeKind = strawberry.field(description="What is to be guaranteed (保証の種類).")
    state: ApplicationState = strawberry.field(description="Where it stands.")
    fee_state: FeeState = strawberry.field(description="Whether the fee (保証料) is in.")
    fee_amount: Yen | None = strawberry.field(description="The fee received.")
    fee_received_on: date | None = strawberry.field(description="Day on which the fee was received.")
    delivery: Medium = strawberry.field(description="How the certificate is to be delivered (保証証書の受取方法).")
    principal_name: str = strawberry.field(description="The principal (保証契約者).")
    surety_name: str = strawberry.field(description="The surety (保証会社).")
    consolidated_payment: bool = strawberry.field(description="The principal pays fees consolidated (一括後払).")
    obligee_name: str = strawberry.field(
        description="The obligee (被保証者; 発注者, the issuer of the works contract) as the certificate will name it."
    )
    works_name: str = strawberry.field(description="Name of the works (工事名).")
    contract_price: Yen = strawberry.field(description="Contract price (請負金額(総額)).")
    covered_price: Yen | None = strawberry.field(description="Covered part of the contract price (請負金額(対象額)).")
    guaranteed_amount: Yen = strawberry.field(description="Amount to be guaranteed (保証金額).")
    completion_on: date = strawberry.field(description="Last day of the works (工期末日).")
    guarantee_ends_on: date = strawberry.field(description="Last day of the guarantee (保証期間).")
    depositary_bank: str | None = strawberry.field(description="Depositary bank (預託金融機関).")
    urgent: bool = strawberry.field(description="The registration mail is to go out at once, not at 16:00 (至急).")
    submitted_at: datetime = strawberry.field(description="When it was first submitted.")

    follows: GuaranteeNumber | None = strawberry.field(
        description="Number of the advance payment guarantee that an interim one follows (前払金保証の番号)."
    )

    @strawberry.field(
        description="The conditions of the interim advance as far as they are known today (中間前払金の要件); null where it follows no "
        "guarantee.",
        metadata=needs("id"),
    )
    async def interim(self, info: Request) -> InterimEligibility | None:
        found = await info.context.loader("interims", applying.interims_of).load(shown(self).id)
        return None if found is None else conditions(found)

    @strawberry.field(
        graphql_type=Obligee | None,
        description="The obligee (発注者, the issuer of the works contract); null if its rules are no longer installed.",
        metadata=needs("obligee"),
    )
    def obligee(self, info: Request) -> CoreObject:
        return obligees.one(info.context.platform, shown(self).obligee)

    @strawberry.field(graphql_type=list[Step], description="What happened to it, oldest first.", metadata=needs("id"))
    async def steps(self, info: Request) -> CoreObject:
        return await info.context.steps.load(shown(self).id)

    @strawberry.field(
        graphql_type=list[FeeStatement],
        description="The statements of its fee (保証料計算書), oldest first; the newest for the amount as it is counts.",
        metadata=needs("id"),
    )
    async def fee_statements(self, info: Request) -> CoreObject:
        return await info.context.loader("fee_statements", fees.statements_of).load(shown(self).id)

    @strawberry.field(
        graphql_type=list[DecisionRecord],
        description="What the obligee's rules said of it, oldest first.",
        metadata=needs("id"),
    )
    async def decisions(self, info: Request) -> CoreObject:
        return await info.context.decisions.load(shown(self).id)

    @strawberry.field(
        graphql_type=Guarantee | None,
        description="The guarantee that was concluded for it; null: not yet.",
        metadata=needs("id"),
    )
    async def guarantee(self, info: Request) -> CoreObject:
        return await info.context.guarantees(wanted(info)).load(shown(self).id)


@reached(Reach.OWN)
@strawberry.type(description="An application in a list.")
class ApplicationEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: GuaranteeApplication = strawberry.field(description="The application.")


@reached(Reach.OWN)
@strawberry.type(description="A page of applications.")
class ApplicationConnection:
    edges: list[ApplicationEdge] = strawberry.field(description="The applications with their cursors.")
    nodes: list[GuaranteeApplication] = strawberry.field(description="The applications without their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: int = strawberry.field(description="How many applications were found.")

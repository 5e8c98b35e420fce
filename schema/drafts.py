"""Drafts of applications (保証申込の下書き): what is filled in, and what stands in the way of submitting it."""

from datetime import date, datetime
from typing import Annotated, TypeAlias

import strawberry

from denshi_hosho.resolvers.draft_content import Content
from denshi_hosho.resolvers.draft_questions import unresolved
from denshi_hosho.schema.applications import GuaranteeApplication
from denshi_hosho.schema.context import CoreObject, Request, camel, shown
from denshi_hosho.schema.ids import global_id
from denshi_hosho.schema.node import Node, shows
from denshi_hosho.schema.paging import PageInfo
from denshi_hosho.schema.policy import Reach, reached
from denshi_hosho.schema.refusals import Refusal, Refused, refusal
from denshi_hosho.schema.scalars import GuaranteeNumber, Yen
from denshi_hosho.schema.selection import wanted
from denshi_hosho.schema.words import Change, DraftState, GuaranteeKind, Medium, Procurement, WorkType


@reached(Reach.PART)
@strawberry.type(description="What the obligee's (発注者) rules may ask for, as far as it is told; null: not told.")
class DraftFacts:
    work_type: WorkType | None = strawberry.field(description="Kind of work (業種).")
    work_wording: str | None = strawberry.field(description="The obligee's own word for the work.")
    division: str | None = strawberry.field(description="The obligee's ordering division (発注課).")
    procurement: Procurement | None = strawberry.field(description="How it was awarded (契約方式).")
    contract_medium: Medium | None = strawberry.field(
        description="Whether the works contract is electronic or on paper."
    )
    change: Change = strawberry.field(description="Whether it is a new guarantee, a change or a correction.")
    original_medium: Medium | None = strawberry.field(description="In which form the first guarantee was.")
    excluded_in_notice: bool | None = strawberry.field(description="The tender notice excludes electronic guarantees.")
    trial: bool | None = strawberry.field(description="The case takes part in a trial (試行).")
    works_numbers: list[str] = strawberry.field(description="The obligee's numbers of the works (工事番号).")
    notice_on: date | None = strawberry.field(description="Day of the tender notice (入札公告日).")
    nomination_on: date | None = strawberry.field(description="Day of nomination (指名日).")
    bidding_on: date | None = strawberry.field(description="Day of bidding (入札日).")
    order_on: date | None = strawberry.field(description="Day of the order (発注日).")
    contract_on: date | None = strawberry.field(description="Day of the works contract (契約締結日).")
    initial_contract_on: date | None = strawberry.field(description="Day of the initial works contract (当初契約日).")
    first_guarantee_on: date | None = strawberry.field(description="Day of the first guarantee (最初の保証契約日).")


@reached(Reach.PART)
@strawberry.type(description="What is filled into a draft; null: not filled in yet.")
class DraftContent:
    obligee: str | None = strawberry.field(
        description="Code of the obligee (発注者, the issuer of the works contract)."
    )
    obligee_name: str | None = strawberry.field(
        description="The obligee (被保証者; 発注者, the issuer of the works contract) as the certificate is to name it."
    )
    kind: GuaranteeKind | None = strawberry.field(description="What is to be guaranteed (保証の種類).")
    delivery: Medium | None = strawberry.field(
        description="How the certificate is to be delivered (保証証書の受取方法)."
    )
    works_name: str | None = strawberry.field(description="Name of the works (工事名).")
    contract_price: Yen | None = strawberry.field(description="Contract price (請負金額(総額)).")
    covered_price: Yen | None = strawberry.field(description="Covered price (請負金額(対象額)).")
    guaranteed_amount: Yen | None = strawberry.field(description="Amount to be guaranteed (保証金額).")
    completion_on: date | None = strawberry.field(description="Last day of the works (工期末日).")
    guarantee_ends_on: date | None = strawberry.field(description="Last day of the guarantee (保証期間).")
    depositary_bank: str | None = strawberry.field(description="Depositary bank (預託金融機関).")
    urgent: bool | None = strawberry.field(description="The registration mail is to go out at once (至急).")
    follows: GuaranteeNumber | None = strawberry.field(
        description="Number of the advance payment guarantee that an interim one follows (前払金保証の番号)."
    )
    facts: DraftFacts = strawberry.field(description="What the obligee's rules may ask for.")

    @strawberry.field(graphql_type=strawberry.ID | None, description="Global id of the surety (保証会社).")
    def surety_id(self) -> CoreObject:
        found = shown(self).surety_id
        return None if found is None else global_id("Surety", found)


@reached(Reach.PRINCIPALS)
@strawberry.type(
    description="A draft of an application (保証申込の下書き). It is no application: no surety sees it, no rule has decided on it."
)
class Draft(Node):
    is_type_of = staticmethod(shows("Draft"))

    title: str = strawberry.field(description="What its writer calls it.")
    state: DraftState = strawberry.field(description="Where it stands.")
    principal_name: str = strawberry.field(description="The principal (保証契約者) for whom it is written.")
    created_at: datetime = strawberry.field(description="When it was begun.")
    changed_at: datetime = strawberry.field(description="When it was saved, submitted or discarded last.")

    @strawberry.field(graphql_type=DraftContent, description="What is filled in; empty once it is discarded.")
    def content(self) -> CoreObject:
        return Content.from_json(shown(self).content)

    @strawberry.field(
        description="The fields that must still be filled in before it can be submitted, as `saveDraft` calls them."
    )
    def missing(self) -> list[str]:
        return [camel(each) for each in Content.from_json(shown(self).content).missing()]

    @strawberry.field(
        graphql_type=list[Refusal],
        description="Why submitting it today would be refused: what is missing, what is wrong, what the obligee's (発注者) rules "
        "have against it. Nothing is decided by that. Empty: nothing is in the way, or it is closed.",
    )
    async def unresolved(self, info: Request) -> CoreObject:
        return [refusal(each) for each in await info.context.loader("unresolved", unresolved).load(shown(self).id)]

    @strawberry.field(
        graphql_type=GuaranteeApplication | None, description="The application that it has become; null: none yet."
    )
    async def application(self, info: Request) -> CoreObject:
        found = shown(self).application_id
        return None if found is None else await info.context.applications(wanted(info)).load(found)

    @strawberry.field(
        graphql_type=GuaranteeApplication | None, description="The application with whose content it began; null: none."
    )
    async def copied_from(self, info: Request) -> CoreObject:
        found = shown(self).copied_from_id
        return None if found is None else await info.context.applications(wanted(info)).load(found)


@reached(Reach.PRINCIPALS)
@strawberry.type(description="A draft in a list.")
class DraftEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: Draft = strawberry.field(description="The draft.")


@reached(Reach.PRINCIPALS)
@strawberry.type(description="A page of drafts, the newest first.")
class DraftConnection:
    edges: list[DraftEdge] = strawberry.field(description="The drafts with their cursors.")
    nodes: list[Draft] = strawberry.field(description="The drafts without their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: int = strawberry.field(description="How many drafts were found.")


@reached(Reach.PRINCIPALS)
@strawberry.type(description="The draft as it stands now.")
class DraftPayload:
    draft: Draft = strawberry.field(description="The draft (下書き).")


DraftResult: TypeAlias = Annotated[
    DraftPayload | Refused, strawberry.union("DraftResult", description="The draft, or why it was refused.")
]

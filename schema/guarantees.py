"""Guarantees (保証契約) as their principal and their surety see them, with every column of the leaflet's list."""

from datetime import date, datetime
from typing import Annotated

import strawberry

from denshi_hosho.core.trail import KEY_HOLDER
from denshi_hosho.resolvers import changing, ending, explaining, fees, funding, inbox, obligees, reading
from denshi_hosho.resolvers.decisions import stored
from denshi_hosho.schema.certificates import Certificate
from denshi_hosho.schema.changes import ChangeRequest
from denshi_hosho.schema.claims import Claim, TimelineEntry
from denshi_hosho.schema.context import CoreObject, Request, shown
from denshi_hosho.schema.explaining import Replay
from denshi_hosho.schema.fees import FeeStatement
from denshi_hosho.schema.funds import Funds
from denshi_hosho.schema.node import Node, shows
from denshi_hosho.schema.paging import PageInfo
from denshi_hosho.schema.plans import SubmissionPlan
from denshi_hosho.schema.policy import Reach, reached
from denshi_hosho.schema.rules import Decision, Obligee
from denshi_hosho.schema.scalars import GuaranteeNumber, Yen
from denshi_hosho.schema.selection import needs, same_row
from denshi_hosho.schema.submissions import Submission
from denshi_hosho.schema.verdicts import CertificateVerdict
from denshi_hosho.schema.words import GuaranteeKind, GuaranteeState, KeyEventKind, Medium, Stage


@reached(Reach.OWN)
@strawberry.type(description="Something that happened around an access key (認証キー).")
class KeyEvent:
    event: KeyEventKind = strawberry.field(description="What happened.")
    at: datetime = strawberry.field(description="When.")
    note: str | None = strawberry.field(description="The reason given, if one was asked for (再発行の理由).")

    @strawberry.field(
        description="Who did it: the login id of an account of one's own party, else the name of the other party, or that it was "
        "whoever held number and key (番号と認証キーの所持者)."
    )
    def who(self) -> str:
        return shown(self).who or KEY_HOLDER


@reached(Reach.OWN)
@strawberry.type(description="A decision as it was kept (判定の記録), with the very rules that were applied.")
class DecisionRecord:
    stage: Stage = strawberry.field(description="At which moment the rules were asked.")
    decided_at: datetime = strawberry.field(description="When.")
    text: str = strawberry.field(description="The rule file (TOML) that was applied.")
    facts: str = strawberry.field(description="What the rules were told, as canonical JSON.")

    @strawberry.field(graphql_type=Decision, description="What they answered.")
    def decision(self) -> CoreObject:
        return stored(shown(self).body)

    @strawberry.field(
        graphql_type=Replay | None,
        description="The decision made again from the stored facts (再現); null if no rules are installed any more.",
    )
    def replay(
        self,
        info: Request,
        by_todays_rules: Annotated[
            bool, strawberry.argument(description="By the rules installed today, not by the text kept with it.")
        ] = False,
    ) -> CoreObject:
        return explaining.replayed(info.context.platform, shown(self), by_todays_text=by_todays_rules)


@reached(Reach.OWN)
@strawberry.type(description="A contract of guarantee (保証契約).")
class Guarantee(Node):
    is_type_of = staticmethod(shows("Guarantee"))

    number: GuaranteeNumber = strawberry.field(description="Guarantee number (保証契約番号), ten digits.")
    kind: GuaranteeKind = strawberry.field(description="What is guaranteed (保証の種類).")
    medium: Medium = strawberry.field(description="Whether the certificate was delivered electronically or on paper.")
    issued_on: date = strawberry.field(description="Day of issue of the live certificate (証書発行日).")
    changed: bool = strawberry.field(description="The live certificate is a change or a correction (変更契約).")
    obligee_name: str = strawberry.field(
        description="The obligee (発注者, the issuer of the works contract) as the certificate names it."
    )
    principal_name: str = strawberry.field(description="The principal (保証契約者) as the certificate names it.")
    works_name: str = strawberry.field(description="Name of the works (工事名).")
    contract_price: Yen = strawberry.field(description="Contract price (請負金額(総額)).")
    covered_price: Yen | None = strawberry.field(description="Covered part of the contract price (請負金額(対象額)).")
    guaranteed_amount: Yen = strawberry.field(description="Guaranteed amount (保証金額).")
    concluded_at: datetime = strawberry.field(description="When it was concluded (締結).")
    first_opened_at: datetime | None = strawberry.field(
        description="When number and key first opened the certificate (発注者による最初の閲覧); null: not yet."
    )

    state: GuaranteeState = strawberry.field(description="Whether it is in force (保証契約の状態).")
    current_completion_on: date = strawberry.field(
        description="Last day of the works as it holds today (現在の工期末日): moved by a change for which no certificate was issued, "
        "or as the live certificate says."
    )
    current_ends_on: date = strawberry.field(
        description="Last day of the guarantee as it holds today (現在の保証期間の末日)."
    )
    current_price: Yen = strawberry.field(description="Contract price as it holds today (現在の請負金額(総額)).")
    advance_amount: Yen | None = strawberry.field(
        description="The advance that the obligee (発注者) paid (前払金の受領額); null: not told."
    )
    advance_received_on: date | None = strawberry.field(description="Day on which it was received (受領日).")

    @strawberry.field(
        graphql_type=list[ChangeRequest],
        description="The changes that were asked of it (変更の申込), oldest first, with what followed.",
        metadata=needs("id"),
    )
    async def changes(self, info: Request) -> CoreObject:
        return await info.context.loader("changes", changing.changes_of).load(shown(self).id)

    @strawberry.field(
        graphql_type=list[Claim], description="The claims on it (保証金の請求), oldest first.", metadata=needs("id")
    )
    async def claims(self, info: Request) -> CoreObject:
        return await info.context.loader("claims", ending.claims_of).load(shown(self).id)

    @strawberry.field(
        graphql_type=list[FeeStatement],
        description="What was charged for it and returned (保証料計算書), oldest first.",
        metadata=needs("application_id"),
    )
    async def fee_statements(self, info: Request) -> CoreObject:
        return await info.context.loader("fee_statements", fees.statements_of).load(shown(self).application_id)

    @strawberry.field(
        graphql_type=Funds | None,
        description="Its advance, the use of it and withdrawals (前払金の使途と払出し), for principal and surety; null for a "
        "performance guarantee (契約保証).",
        metadata=needs("id"),
    )
    async def funds(self, info: Request) -> CoreObject:
        return await info.context.loader("funds", funding.standings).load(shown(self).id)

    @strawberry.field(
        graphql_type=list[TimelineEntry],
        description="Everything that happened to it, oldest first (経過): application, key, handings in, changes, end.",
        metadata=needs("id"),
    )
    async def timeline(
        self,
        info: Request,
        first: Annotated[int, strawberry.argument(description="How many entries, 1 to 500.")] = 100,
        skip: Annotated[int, strawberry.argument(description="After how many.")] = 0,
    ) -> CoreObject:
        context = info.context
        return await ending.timeline(context.platform, context.signed_in, shown(self).id, first, skip)

    @strawberry.field(
        graphql_type=list[Certificate],
        description="Every version of its certificate (保証証書), the first one first.",
        metadata=needs("id"),
    )
    async def versions(self, info: Request) -> CoreObject:
        return await info.context.versions.load(shown(self).id)

    @strawberry.field(description="The list's short word for the kind (区分).", metadata=needs("kind"))
    def kind_short(self) -> str:
        return str(shown(self).kind.short_ja)

    @strawberry.field(
        graphql_type=Obligee | None,
        description="The obligee (発注者, the issuer of the works contract); null if its rules are no longer installed.",
        metadata=needs("obligee"),
    )
    def obligee(self, info: Request) -> CoreObject:
        return obligees.one(info.context.platform, shown(self).obligee)

    @strawberry.field(graphql_type=Certificate, description="The live certificate (保証証書).", metadata=same_row())
    def certificate(self) -> CoreObject:
        return self

    @strawberry.field(
        graphql_type=list[KeyEvent],
        description="What happened around its access key (認証キー), oldest first.",
        metadata=needs("id"),
    )
    async def key_events(self, info: Request) -> CoreObject:
        return await info.context.key_events.load(shown(self).id)

    @strawberry.field(
        graphql_type=list[DecisionRecord],
        description="What the obligee's rules said, at application, at conclusion and at changes, oldest first.",
        metadata=needs("application_id"),
    )
    async def decisions(self, info: Request) -> CoreObject:
        return await info.context.decisions.load(shown(self).application_id)

    @strawberry.field(
        graphql_type=SubmissionPlan | None,
        description="How to hand its access key in here (認証キーの提出方法); null on paper, and to whom it was handed in.",
        metadata=needs("application_id", "medium"),
    )
    async def submission(self, info: Request) -> CoreObject:
        records = await info.context.decisions.load(shown(self).application_id)
        concluded = [each for each in records if each.stage is not Stage.CHANGE]
        return stored(concluded[-1].body).plan if concluded and shown(self).medium is Medium.ELECTRONIC else None

    @strawberry.field(
        graphql_type=CertificateVerdict | None,
        description="What the obligee (発注者) said of the live certificate (受理・不受理); null: nothing, or not here.",
        metadata=needs("id"),
    )
    async def verdict(self, info: Request) -> CoreObject:
        return await info.context.loader("verdicts", inbox.verdicts_of).load(shown(self).id)

    @strawberry.field(
        graphql_type=list[Submission],
        description="The handings in of its key (認証キーの提出), oldest first.",
        metadata=needs("id"),
    )
    async def submissions(self, info: Request) -> CoreObject:
        return await info.context.loader("submissions", reading.submissions_of).load(shown(self).id)


@reached(Reach.OWN)
@strawberry.type(description="A guarantee in a list.")
class GuaranteeEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: Guarantee = strawberry.field(description="The guarantee.")


@reached(Reach.OWN)
@strawberry.type(description="A page of guarantees (保証工事一覧).")
class GuaranteeConnection:
    edges: list[GuaranteeEdge] = strawberry.field(description="The guarantees with their cursors.")
    nodes: list[Guarantee] = strawberry.field(description="The guarantees without their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: int = strawberry.field(description="How many guarantees were found (n件中).")
    first_position: int = strawberry.field(description="Place of the page's first row in the list, from 1; 0 if empty.")
    last_position: int = strawberry.field(description="Place of the page's last row in the list, from 1; 0 if empty.")

"""The inbox of an obligee (発注者) as GraphQL types: what was handed in, how it agrees with the works contract, the verdict."""

from datetime import date, datetime
from functools import partial
from typing import Annotated, TypeAlias

import strawberry

from denshi_hosho.core.inbox.comparison import Contract
from denshi_hosho.core.inbox.items import InboxFilter
from denshi_hosho.resolvers import inbox
from denshi_hosho.schema.certificates import Certificate
from denshi_hosho.schema.context import CoreObject, Request, shown
from denshi_hosho.schema.ids import global_id
from denshi_hosho.schema.paging import PageInfo
from denshi_hosho.schema.policy import Reach, reached
from denshi_hosho.schema.refusals import Refused
from denshi_hosho.schema.scalars import Yen
from denshi_hosho.schema.verdicts import CertificateVerdict
from denshi_hosho.schema.words import (
    Agreement,
    ComparedPoint,
    ContractMatch,
    GuaranteeKind,
    GuaranteeState,
    RejectionCode,
    SubmissionState,
    Verdict,
    Way,
)


@strawberry.input(description="What to look for in the inbox; what is left out finds everything.")
class InboxSearchInput:
    text: str = strawberry.field(
        default="", description="A part of number, works name or principal's name: 60 characters at most."
    )
    works: str = strawberry.field(default="", description="A part of the works name (工事名): 60 characters at most.")
    kinds: list[GuaranteeKind] | None = strawberry.field(default=None, description="Only these kinds (保証の種類).")
    states: list[SubmissionState] | None = strawberry.field(
        default=None, description="Only what was handed in and is in these states (提出の状態)."
    )
    verdicts: list[Verdict] | None = strawberry.field(
        default=None, description="Only those with these verdicts on the live version (判定)."
    )
    unanswered: bool | None = strawberry.field(
        default=None, description="True: only those without a verdict on the live version; false: only those with one."
    )
    from_on: date | None = strawberry.field(default=None, description="Handed in on this day or later (提出日).")
    to_on: date | None = strawberry.field(default=None, description="Handed in on this day or earlier (提出日).")

    def look(self) -> InboxFilter:
        """Return what is looked for."""
        lists = {name: tuple(getattr(self, name) or ()) for name in ("kinds", "states", "verdicts")}
        return InboxFilter(text=self.text, works=self.works, unanswered=self.unanswered, from_on=self.from_on,
                           to_on=self.to_on, **lists)  # fmt: skip


@strawberry.input
class _ContractTold:
    works_name: str = strawberry.field(description="Name of the works (工事名).")
    principal_name: str = strawberry.field(description="The contractor (受注者), the principal of the guarantee.")
    contract_price: Yen = strawberry.field(description="Contract price (請負金額(総額)).")
    contract_on: date | None = strawberry.field(default=None, description="Day of the contract (契約締結日).")
    completion_on: date | None = strawberry.field(default=None, description="Last day of the works (工期末日).")
    advance_amount: Yen | None = strawberry.field(
        default=None, description="The advance that the guarantee is to cover (前払金額)."
    )
    performance_percent: int | None = strawberry.field(
        default=None,
        description="How many hundredths of the contract price a performance guarantee (契約保証) must have, 1 to 100; left out: 10.",
    )

    def contract(self) -> Contract:
        """Return what was told."""
        return Contract(**vars(self))


@strawberry.input(description="A works contract (請負契約) to compare a certificate with; it is not kept.")
class ComparedContractInput(_ContractTold):
    obligee_name: str | None = strawberry.field(
        default=None, description="The obligee (発注者, the issuer) as the certificate should name it."
    )


@strawberry.input(description="A works contract (請負契約) of the obligee, to compare certificates with.")
class WorksContractInput(_ContractTold):
    contract_number: str = strawberry.field(description="The obligee's own number of it (契約番号).")


@reached(Reach.OWN)
@strawberry.type(description="A works contract (請負契約) as the obligee registered it.")
class WorksContract:
    contract_number: str = strawberry.field(description="The obligee's own number of it (契約番号).")
    works_name: str = strawberry.field(description="Name of the works (工事名).")
    principal_name: str = strawberry.field(description="The contractor (受注者), the principal of the guarantee.")
    contract_price: Yen = strawberry.field(description="Contract price (請負金額(総額)).")
    contract_on: date | None = strawberry.field(description="Day of the contract (契約締結日).")
    completion_on: date | None = strawberry.field(description="Last day of the works (工期末日).")
    advance_amount: Yen | None = strawberry.field(description="The advance (前払金額).")
    performance_percent: int | None = strawberry.field(
        description="Hundredths of the contract price that a performance guarantee (契約保証) must have; null: 10."
    )
    registered_at: datetime = strawberry.field(description="When it was registered, or registered anew.")


@reached(Reach.PART)
@strawberry.type(description="What a comparison found in one point (突合の結果).")
class ComparisonFinding:
    point: ComparedPoint = strawberry.field(description="The point.")
    agreement: Agreement = strawberry.field(description="Whether both agree.")
    code: str = strawberry.field(description="Both in one word, such as `TERM_DIFFERS`.")
    on_certificate: str = strawberry.field(description="The certificate's value: text, a day, or yen in digits.")
    in_contract: str | None = strawberry.field(
        description="The contract's value, or the least that it asks for; null: not told."
    )
    rejection: RejectionCode | None = strawberry.field(
        description="The code with which one would reject for it; null: nothing differs."
    )
    ja: str = strawberry.field(description="The finding in Japanese.")
    en: str = strawberry.field(description="The finding in English.")


@reached(Reach.ANSWER)
@strawberry.type(
    description="A certificate compared with its works contract (突合). It helps the clerk who decides; it decides nothing."
)
class WorksComparison:
    match: ContractMatch = strawberry.field(description="How the contract was found.")
    agreement: Agreement = strawberry.field(
        description="The whole: DIFFERS if one point differs, UNKNOWN if one is unknown or no contract was found."
    )
    findings: list[ComparisonFinding] = strawberry.field(description="Point by point; empty without a contract.")

    @strawberry.field(description="The contract's number (契約番号); null: none was found, or it has none.")
    def contract_number(self) -> str | None:
        contract = shown(self).contract
        return contract.contract_number if contract else None

    @classmethod
    def is_type_of(cls, _source: CoreObject, _info: CoreObject) -> bool:
        """Return True: of the union's members, this is the one that shows a core object."""
        return True


@reached(Reach.OWN)
@strawberry.type(
    description="A guarantee whose key was handed in to the obligee (発注者, the issuer of the works contract): 提出された保証証書."
)
class InboxItem:
    handed_in_on: date = strawberry.field(description="Day on which it was handed in, last if more than once (提出日).")
    handed_in_at: datetime | None = strawberry.field(description="When that was written down; null: not known.")
    guarantee_state: GuaranteeState = strawberry.field(description="Whether the guarantee is in force.")
    current_completion_on: date = strawberry.field(
        description="Last day of the works as it holds today (現在の工期末日)."
    )
    current_ends_on: date = strawberry.field(description="Last day of the guarantee as it holds today.")
    current_price: Yen = strawberry.field(description="Contract price as it holds today (現在の請負金額(総額)).")
    first_opened_at: datetime | None = strawberry.field(
        description="When the certificate was first opened (最初の閲覧); null: not yet."
    )

    @strawberry.field(description="Global id of the guarantee.")
    def guarantee_id(self) -> strawberry.ID:
        return strawberry.ID(global_id("Guarantee", shown(self).id))

    @strawberry.field(description="By which way it was handed in (提出方法); null: not told.")
    def way(self) -> Way | None:
        way = shown(self).way
        return Way(way) if way else None

    @strawberry.field(description="Where the handing in stands (提出の状態).")
    def state(self) -> SubmissionState:
        state: SubmissionState = shown(self).submission_state
        return state

    @strawberry.field(description="How many days ago, in Japan, it was handed in.")
    def days_since(self, info: Request) -> int:
        return inbox.days_since(info.context.platform, shown(self))

    @strawberry.field(graphql_type=Certificate, description="The live certificate (保証証書).")
    def certificate(self) -> CoreObject:
        return self

    @strawberry.field(
        graphql_type=CertificateVerdict | None,
        description="What the obligee said of the live version; null: nothing yet (判定).",
    )
    async def verdict(self, info: Request) -> CoreObject:
        return await info.context.loader("verdicts", inbox.verdicts_of).load(shown(self).id)

    @strawberry.field(
        graphql_type=WorksComparison,
        description="How it agrees with the works contract that the obligee registered (突合).",
    )
    async def comparison(
        self, info: Request,
        contract_number: Annotated[
            str | None,
            strawberry.argument(description="Compare with this contract; left out: the one of the same works and principal."),
        ] = None,
    ) -> CoreObject:  # fmt: skip
        read = partial(inbox.comparisons, number=contract_number)
        return await info.context.loader(f"comparisons {contract_number!r}", read).load(shown(self).id)


@reached(Reach.OWN)
@strawberry.type(description="Something handed in, in a list.")
class InboxEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: InboxItem = strawberry.field(description="What was handed in.")


@reached(Reach.OWN)
@strawberry.type(description="A page of what was handed in (提出された保証証書の一覧).")
class InboxConnection:
    edges: list[InboxEdge] = strawberry.field(description="The items with their cursors.")
    nodes: list[InboxItem] = strawberry.field(description="The items without their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: int = strawberry.field(description="How many items were found.")


@reached(Reach.OWN)
@strawberry.type(description="A works contract in a list.")
class WorksContractEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: WorksContract = strawberry.field(description="The works contract.")


@reached(Reach.OWN)
@strawberry.type(description="A page of works contracts (請負契約), the newest first.")
class WorksContractConnection:
    edges: list[WorksContractEdge] = strawberry.field(description="The works contracts with their cursors.")
    nodes: list[WorksContract] = strawberry.field(description="The works contracts without their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: int = strawberry.field(description="How many works contracts were found.")


@reached(Reach.OWN)
@strawberry.type(description="The inbox as files (書き出し), of the rows that a filter finds.")
class InboxExport:
    csv_url: str = strawberry.field(description="URL of a CSV file for spreadsheets, good for five minutes.")
    json_url: str = strawberry.field(description="URL of a JSON file for programs, good for five minutes.")
    total: int = strawberry.field(description="How many rows were found.")
    cut: bool = strawberry.field(description="The files hold the newest 10,000 rows only; their names say so.")


@reached(Reach.ANSWER)
@strawberry.type(description="Items of the inbox as they stand now.")
class InboxPayload:
    items: list[InboxItem] = strawberry.field(description="The items, in the order asked for.")


@reached(Reach.ANSWER)
@strawberry.type(description="The works contracts as they are registered now.")
class WorksContractsPayload:
    contracts: list[WorksContract] = strawberry.field(description="The works contracts, in the order given.")


def _either(name: str, description: str) -> CoreObject:
    return strawberry.union(name, description=description)


InboxResult: TypeAlias = Annotated[
    InboxPayload | Refused, _either("InboxResult", "The items of the inbox, or why it was refused.")
]
WorksContractsResult: TypeAlias = Annotated[
    WorksContractsPayload | Refused, _either("WorksContractsResult", "The works contracts, or why they were refused.")
]
WorksComparisonResult: TypeAlias = Annotated[
    WorksComparison | Refused,
    _either("WorksComparisonResult", "The comparison, or why the certificate was not opened."),
]

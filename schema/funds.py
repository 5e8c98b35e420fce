"""The use of an advance (前払金の使途) and its withdrawals (払出し) as GraphQL types."""

from datetime import date, datetime
from typing import Annotated, TypeAlias

import strawberry

from denshi_hosho.core.funds import evidence
from denshi_hosho.core.funds.checking import FundsLine as CoreLine
from denshi_hosho.core.funds.withdrawals import Drawn
from denshi_hosho.resolvers import funding
from denshi_hosho.schema.context import CoreObject, Request, shown
from denshi_hosho.schema.ids import global_id, row_id
from denshi_hosho.schema.limits import counts_as
from denshi_hosho.schema.node import Node, shows
from denshi_hosho.schema.policy import Reach, reached
from denshi_hosho.schema.refusals import Refused
from denshi_hosho.schema.scalars import Yen
from denshi_hosho.schema.words import Evidence, FundsItem, FundsState, WithdrawalMethod, WithdrawalState

LINES_VALUES = 1_000  # what the lines of a statement or a request count as
_UNDETERMINED = "null: not fixed yet (未定)."
_FIRST = strawberry.argument(description="How many, 1 to 20.")
_SKIP = strawberry.argument(description="After how many.")


@strawberry.input(
    description="A line of a use-of-funds statement (使途内訳明細書); what is left out is not fixed yet (未定)."
)
class FundsLineInput:
    item: FundsItem = strawberry.field(description="For what it is used (使途).")
    description: str | None = strawberry.field(default=None, description="What it is (品名), up to 100 characters.")
    quantity: str | None = strawberry.field(
        default=None, description="How much of it there is in all, with its unit (総数量), up to 50 characters."
    )
    total_cost: Yen | None = strawberry.field(default=None, description="What it costs in all (総金額).")
    from_advance: Yen | None = strawberry.field(
        default=None, description="Which part of that the advance pays (前払金使途額)."
    )
    method: WithdrawalMethod | None = strawberry.field(default=None, description="How it is paid out (払出方法).")
    planned: str | None = strawberry.field(
        default=None, description="When it is to be paid out (払出予定), up to 50 characters."
    )
    payee: str | None = strawberry.field(default=None, description="To whom it is paid (支払先), up to 100 characters.")

    def told(self) -> CoreLine:
        """Return what is told."""
        return CoreLine(**vars(self))


@strawberry.input(description="What is to be withdrawn for a line of the statement.")
class WithdrawalLineInput:
    funds_line_id: strawberry.ID = strawberry.field(description="The line of the statement that is consented to.")
    amount: Yen = strawberry.field(description="How much (払出額).")
    payee: str | None = strawberry.field(
        default=None, description="To whom it is paid (支払先); left out: as the statement says."
    )
    method: WithdrawalMethod | None = strawberry.field(
        default=None, description="How it is paid out (払出方法); left out: as the statement says."
    )
    evidence: list[Evidence] = strawberry.field(default_factory=list, description="Which papers are there (確認書類).")

    def told(self) -> Drawn:
        """Return what is told."""
        line_id = row_id(self.funds_line_id, "FundsLine")
        return Drawn(
            funds_line_id=line_id,
            amount=self.amount,
            payee=self.payee,
            method=self.method,
            evidence=tuple(self.evidence),
        )


@reached(Reach.OWN)
@strawberry.type(description="A line of a use-of-funds statement (使途内訳明細書の明細).")
class FundsLine:
    line: int = strawberry.field(description="Its place in the statement, from 1.")
    item: FundsItem = strawberry.field(description="For what it is used (使途).")
    description: str | None = strawberry.field(description=f"What it is (品名); {_UNDETERMINED}")
    quantity: str | None = strawberry.field(description=f"How much of it there is in all (総数量); {_UNDETERMINED}")
    total_cost: Yen | None = strawberry.field(description=f"What it costs in all (総金額); {_UNDETERMINED}")
    from_advance: Yen | None = strawberry.field(
        description=f"Which part of that the advance pays (前払金使途額); {_UNDETERMINED}"
    )
    method: WithdrawalMethod | None = strawberry.field(description=f"How it is paid out (払出方法); {_UNDETERMINED}")
    planned: str | None = strawberry.field(description=f"When it is to be paid out (払出予定); {_UNDETERMINED}")
    payee: str | None = strawberry.field(description=f"To whom it is paid (支払先); {_UNDETERMINED}")
    drawn: Yen = strawberry.field(description="How much of it was asked for or paid out (払出依頼済みの額).")

    @strawberry.field(description="Its id, for `requestWithdrawal`.")
    def id(self) -> strawberry.ID:
        return strawberry.ID(global_id("FundsLine", shown(self).id))


@reached(Reach.OWN)
@strawberry.type(description="A version of a use-of-funds statement (使途内訳明細書).")
class FundsStatement(Node):
    is_type_of = staticmethod(shows("FundsStatement"))

    version: int = strawberry.field(description="Which version it is, from 1 (版).")
    state: FundsState = strawberry.field(description="Where it stands.")
    note: str | None = strawberry.field(description="Why it was returned, if it was (差戻しの理由).")
    stated_at: datetime = strawberry.field(description="When it was stated (提出).")

    @strawberry.field(
        graphql_type=list[FundsLine], description="Its lines, 1 to 100.", metadata=counts_as(LINES_VALUES)
    )
    async def lines(self, info: Request) -> CoreObject:
        return await info.context.loader("funds_lines", funding.statement_lines).load(shown(self).id)

    @strawberry.field(description="URL of it as PDF, good for five minutes for whoever has it.")
    def pdf_url(self, info: Request) -> str:
        return funding.statement_url(info.context.platform, shown(self))


@reached(Reach.OWN)
@strawberry.type(description="What is withdrawn for a line of the statement (払出依頼の明細).")
class WithdrawalLine:
    line: int = strawberry.field(description="The place of the line in the statement, from 1.")
    item: FundsItem = strawberry.field(description="For what it is used (使途).")
    description: str | None = strawberry.field(description="What it is (品名).")
    amount: Yen = strawberry.field(description="How much (払出額).")

    @strawberry.field(description=f"To whom it is paid (支払先); {_UNDETERMINED}")
    def payee(self) -> str | None:
        paid_to: str | None = shown(self).paid_to
        return paid_to

    @strawberry.field(description=f"How it is paid out (払出方法); {_UNDETERMINED}")
    def method(self) -> WithdrawalMethod | None:
        method: WithdrawalMethod | None = shown(self).paid_by
        return method

    @strawberry.field(description="Which papers are there, as the principal says (確認書類).")
    def evidence(self) -> list[Evidence]:
        return evidence.papers_of(shown(self).evidence)


@reached(Reach.OWN)
@strawberry.type(description="A withdrawal request (払出依頼書).")
class Withdrawal(Node):
    is_type_of = staticmethod(shows("Withdrawal"))

    state: WithdrawalState = strawberry.field(description="Where it stands.")
    amount: Yen = strawberry.field(description="How much in all (払出額).")
    note: str | None = strawberry.field(description="What the principal said with it.")
    reason: str | None = strawberry.field(description="Why it was returned, if it was (差戻しの理由).")
    requested_at: datetime = strawberry.field(description="When it was made (依頼).")
    paid_on: date | None = strawberry.field(description="Day on which it was paid out (払出日).")

    @strawberry.field(
        graphql_type=list[WithdrawalLine],
        description="Its lines, 1 to 100, in the statement's order.",
        metadata=counts_as(LINES_VALUES),
    )
    async def lines(self, info: Request) -> CoreObject:
        return await info.context.loader("withdrawal_lines", funding.withdrawal_lines).load(shown(self).id)

    @strawberry.field(description="URL of it as PDF, good for five minutes for whoever has it.")
    def pdf_url(self, info: Request) -> str:
        return funding.withdrawal_url(info.context.platform, shown(self))


@reached(Reach.OWN)
@strawberry.type(description="The papers that the surety wants to see for an item (項目ごとの確認書類).")
class ChecklistItem:
    item: FundsItem = strawberry.field(description="The item (使途).")
    evidence: list[Evidence] = strawberry.field(description="All of these papers.")


@reached(Reach.OWN)
@strawberry.type(
    description="Which papers the surety wants to see, as it has set (確認書類の一覧). Of other items nothing is known."
)
class Checklist:
    name: str = strawberry.field(description="What it is called.")
    is_example: bool = strawberry.field(description="It is an example (例示): nobody's real list.")
    items: list[ChecklistItem] = strawberry.field(description="What is wanted for which item.")


@reached(Reach.OWN)
@strawberry.type(
    description="An advance, its use and its withdrawals (前払金の使途と払出し). Null amounts: its receipt was not told."
)
class Funds:
    advance: Yen | None = strawberry.field(description="The advance that was received (前払金の受領額).")
    requested: Yen = strawberry.field(description="What is asked for and waits for approval (確認待ちの額).")
    approved: Yen = strawberry.field(description="What is approved and not paid out yet (確認済みの額).")
    paid: Yen = strawberry.field(description="What was paid out (払出済みの額).")
    balance: Yen | None = strawberry.field(description="The advance without what was paid out (残額).")
    available: Yen | None = strawberry.field(
        description="What can still be asked for (払出可能額): the advance without all that is neither cancelled nor returned."
    )

    @strawberry.field(
        graphql_type=FundsStatement | None,
        description="The version that is consented to (同意済みの使途内訳明細書); null: there is none, and nothing is withdrawn.",
    )
    async def statement(self, info: Request) -> CoreObject:
        return await info.context.loader("funds_consented", funding.consented).load(shown(self).guarantee_id)

    @strawberry.field(
        graphql_type=list[FundsStatement], description="Its versions (使途内訳明細書の各版), newest first."
    )
    async def statements(
        self, info: Request, first: Annotated[int, _FIRST] = 10, skip: Annotated[int, _SKIP] = 0
    ) -> CoreObject:
        context = info.context
        return await funding.statements_of(context.platform, context.signed_in, shown(self).guarantee_id, first, skip)

    @strawberry.field(graphql_type=list[Withdrawal], description="The withdrawal requests (払出依頼), newest first.")
    async def withdrawals(
        self, info: Request, first: Annotated[int, _FIRST] = 20, skip: Annotated[int, _SKIP] = 0
    ) -> CoreObject:
        context = info.context
        return await funding.withdrawals_of(context.platform, context.signed_in, shown(self).guarantee_id, first, skip)

    @strawberry.field(
        description="Which papers the surety wants to see (確認書類); null: it has not told, and none is demanded."
    )
    def checklist(self) -> Checklist | None:
        told = evidence.read(shown(self).evidence)
        if told is None:
            return None
        items = [ChecklistItem(item=item, evidence=list(papers)) for item, papers in told.items.items()]
        return Checklist(name=told.name, is_example=told.example, items=items)


@reached(Reach.ANSWER)
@strawberry.type(description="The use-of-funds statement as it stands now.")
class FundsPayload:
    statement: FundsStatement = strawberry.field(description="The statement (使途内訳明細書).")


@reached(Reach.ANSWER)
@strawberry.type(description="The withdrawal request as it stands now.")
class WithdrawalPayload:
    withdrawal: Withdrawal = strawberry.field(description="The withdrawal request (払出依頼).")


FundsResult: TypeAlias = Annotated[
    FundsPayload | Refused, strawberry.union("FundsResult", description="The statement, or why it was refused.")
]
WithdrawalResult: TypeAlias = Annotated[
    WithdrawalPayload | Refused,
    strawberry.union("WithdrawalResult", description="The withdrawal request, or why it was refused."),
]

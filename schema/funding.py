"""The mutations of an advance: its use stated and consented to, withdrawals asked for, approved and paid out."""

from datetime import date
from typing import Annotated

import strawberry

from denshi_hosho.resolvers import funding
from denshi_hosho.resolvers.policy import Policy
from denshi_hosho.schema.context import CoreObject, Request
from denshi_hosho.schema.funds import (
    FundsLineInput,
    FundsPayload,
    FundsResult,
    WithdrawalLineInput,
    WithdrawalPayload,
    WithdrawalResult,
)
from denshi_hosho.schema.ids import row_id
from denshi_hosho.schema.inputs import KEY
from denshi_hosho.schema.policy import may

_INPUT = strawberry.argument(description="What is asked for.")
_GUARANTEE = "The guarantee, of an advance or an interim advance."
_STATEMENT = "The version of the statement (使途内訳明細書)."
_WITHDRAWAL = "The withdrawal request (払出依頼)."
_WHY = "Why: 1 to 1,000 characters (理由)."


@strawberry.input(description="What `stateFunds` needs.")
class StateFundsInput:
    guarantee_id: strawberry.ID = strawberry.field(description=_GUARANTEE)
    lines: list[FundsLineInput] = strawberry.field(description="1 to 100 lines.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="What `consentFunds` needs.")
class ConsentFundsInput:
    statement_id: strawberry.ID = strawberry.field(description=_STATEMENT)
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="What `returnFunds` needs.")
class ReturnFundsInput:
    statement_id: strawberry.ID = strawberry.field(description=_STATEMENT)
    note: str = strawberry.field(description=_WHY)
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="What `requestWithdrawal` needs.")
class RequestWithdrawalInput:
    guarantee_id: strawberry.ID = strawberry.field(description=_GUARANTEE)
    lines: list[WithdrawalLineInput] = strawberry.field(description="1 to 100 lines, each of the statement once.")
    note: str | None = strawberry.field(default=None, description="What is to be said with it, up to 1,000 characters.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="What settles a withdrawal request.")
class SettleWithdrawalInput:
    withdrawal_id: strawberry.ID = strawberry.field(description=_WITHDRAWAL)
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="What `returnWithdrawal` needs.")
class ReturnWithdrawalInput:
    withdrawal_id: strawberry.ID = strawberry.field(description=_WITHDRAWAL)
    note: str = strawberry.field(description=_WHY)
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="What `recordWithdrawalPaid` needs.")
class RecordWithdrawalPaidInput:
    withdrawal_id: strawberry.ID = strawberry.field(description=_WITHDRAWAL)
    paid_on: date = strawberry.field(description="Day on which it was paid out (払出日).")
    idempotency_key: str = strawberry.field(description=KEY)


async def _stated(info: Request, statement_id: int) -> FundsPayload:
    context = info.context
    context.forget()
    row: CoreObject = await funding.statement(context.platform, context.signed_in, statement_id)
    return FundsPayload(statement=row)


async def _withdrawal(info: Request, withdrawal_id: int) -> WithdrawalPayload:
    context = info.context
    context.forget()
    row: CoreObject = await funding.withdrawal(context.platform, context.signed_in, withdrawal_id)
    return WithdrawalPayload(withdrawal=row)


@strawberry.type
class FundsMutations:
    @strawberry.mutation(
        description="Principal: state for what the advance is used (使途内訳明細書の提出), as a new version.",
        metadata=may(Policy.PRINCIPAL),
    )
    async def state_funds(self, info: Request, input: Annotated[StateFundsInput, _INPUT]) -> FundsResult:
        context, guarantee_id = info.context, row_id(input.guarantee_id, "Guarantee")
        lines = [line.told() for line in input.lines]
        stated = await funding.state_funds(context.platform, context.actor, guarantee_id, lines, input.idempotency_key)
        return await _stated(info, stated)

    @strawberry.mutation(
        description="Surety: consent to a version of a use-of-funds statement (使途への同意); it takes the place of the one before.",
        metadata=may(Policy.SURETY),
    )
    async def consent_funds(self, info: Request, input: Annotated[ConsentFundsInput, _INPUT]) -> FundsResult:
        context, statement_id = info.context, row_id(input.statement_id, "FundsStatement")
        key = input.idempotency_key
        return await _stated(info, await funding.consent_funds(context.platform, context.actor, statement_id, key))

    @strawberry.mutation(
        description="Surety: return a use-of-funds statement for correction (使途内訳明細書の差戻し).",
        metadata=may(Policy.SURETY),
    )
    async def return_funds(self, info: Request, input: Annotated[ReturnFundsInput, _INPUT]) -> FundsResult:
        context, statement_id = info.context, row_id(input.statement_id, "FundsStatement")
        told = input.note, input.idempotency_key
        return await _stated(info, await funding.return_funds(context.platform, context.actor, statement_id, *told))

    @strawberry.mutation(
        description="Principal: ask for a withdrawal (払出依頼), against the statement that is consented to.",
        metadata=may(Policy.PRINCIPAL),
    )
    async def request_withdrawal(
        self, info: Request, input: Annotated[RequestWithdrawalInput, _INPUT]
    ) -> WithdrawalResult:
        context, guarantee_id = info.context, row_id(input.guarantee_id, "Guarantee")
        asked = [line.told() for line in input.lines], input.note
        made = await funding.request_withdrawal(
            context.platform, context.actor, guarantee_id, asked, input.idempotency_key
        )
        return await _withdrawal(info, made)

    @strawberry.mutation(
        description="Principal: cancel a withdrawal request that is not approved yet (払出依頼の取下げ).",
        metadata=may(Policy.PRINCIPAL),
    )
    async def cancel_withdrawal(
        self, info: Request, input: Annotated[SettleWithdrawalInput, _INPUT]
    ) -> WithdrawalResult:
        context, asked = info.context, row_id(input.withdrawal_id, "Withdrawal")
        key = input.idempotency_key
        return await _withdrawal(info, await funding.cancel_withdrawal(context.platform, context.actor, asked, key))

    @strawberry.mutation(
        description="Surety: return a withdrawal request that is not paid out yet (払出依頼の差戻し).",
        metadata=may(Policy.SURETY),
    )
    async def return_withdrawal(
        self, info: Request, input: Annotated[ReturnWithdrawalInput, _INPUT]
    ) -> WithdrawalResult:
        context, asked = info.context, row_id(input.withdrawal_id, "Withdrawal")
        told = input.note, input.idempotency_key
        return await _withdrawal(info, await funding.return_withdrawal(context.platform, context.actor, asked, *told))

    @strawberry.mutation(
        description="Surety: approve a withdrawal request (払出依頼の確認). Papers that the surety has set must be there.",
        metadata=may(Policy.SURETY),
    )
    async def approve_withdrawal(
        self, info: Request, input: Annotated[SettleWithdrawalInput, _INPUT]
    ) -> WithdrawalResult:
        context, asked = info.context, row_id(input.withdrawal_id, "Withdrawal")
        key = input.idempotency_key
        return await _withdrawal(info, await funding.approve_withdrawal(context.platform, context.actor, asked, key))

    @strawberry.mutation(
        description="Surety: record that an approved withdrawal was paid out (払出し).", metadata=may(Policy.SURETY)
    )
    async def record_withdrawal_paid(
        self, info: Request, input: Annotated[RecordWithdrawalPaidInput, _INPUT]
    ) -> WithdrawalResult:
        context, asked = info.context, row_id(input.withdrawal_id, "Withdrawal")
        told = input.paid_on, input.idempotency_key
        paid = await funding.record_withdrawal_paid(context.platform, context.actor, asked, *told)
        return await _withdrawal(info, paid)

"""The mutations that hand keys in: prepare the message, say that it went or send it, and record what came of it."""

from typing import Annotated

import strawberry

from denshi_hosho.core.text import kept
from denshi_hosho.core.vocabulary import SubmissionState
from denshi_hosho.resolvers import submitting
from denshi_hosho.resolvers.policy import Policy
from denshi_hosho.resolvers.submitting import HandedIn
from denshi_hosho.schema import inputs
from denshi_hosho.schema.context import Request
from denshi_hosho.schema.ids import row_id
from denshi_hosho.schema.outcomes import PrepareResult, SubmissionResult
from denshi_hosho.schema.policy import may
from denshi_hosho.schema.submissions import payload, prepared

_INPUT = strawberry.argument(description="What is asked for.")


async def _follow(info: Request, given: inputs.FollowSubmissionInput, state: SubmissionState) -> SubmissionResult:
    context, submission_id = info.context, _submission_id(given.submission_id)
    await submitting.follow(context.platform, context.actor, submission_id, state, given.note)
    return await payload(info, submission_id)


def _submission_id(text: str) -> int:
    return row_id(text, "Submission")


@strawberry.type
class SubmissionMutations:
    @strawberry.mutation(
        description="Principal: prepare the message that hands in the keys of own guarantees, as the obligee's (発注者) rules want it "
        "(認証キーの提出準備). The answer holds the keys; that they were shown is written down.",
        metadata=may(Policy.PRINCIPAL),
    )
    async def prepare_submission(
        self, info: Request, input: Annotated[inputs.PrepareSubmissionInput, _INPUT]
    ) -> PrepareResult:
        context = info.context
        ids = [row_id(each, "Guarantee") for each in input.guarantee_ids]
        made = await submitting.prepare(context.platform, context.actor, ids, input.facts.told(), input.idempotency_key)
        return await prepared(info, made)

    @strawberry.mutation(
        description="Principal: record that a prepared key was handed in (認証キーの提出), or have the mail sent from here.",
        metadata=may(Policy.PRINCIPAL),
    )
    async def submit_key(self, info: Request, input: Annotated[inputs.SubmitKeyInput, _INPUT]) -> SubmissionResult:
        context, submission_id = info.context, _submission_id(input.submission_id)
        how = HandedIn(
            way=input.way, address=None if input.address is None else kept(input.address), handed_in_on=input.handed_in_on,
            address_confirmed=input.address_confirmed, send=input.send, note=input.note,
        )  # fmt: skip
        await submitting.submit(context.platform, context.actor, submission_id, how)
        return await payload(info, submission_id)

    @strawberry.mutation(
        description="Principal: record that the obligee (発注者) confirmed the arrival (到達確認).",
        metadata=may(Policy.PRINCIPAL),
    )
    async def confirm_arrival(
        self, info: Request, input: Annotated[inputs.FollowSubmissionInput, _INPUT]
    ) -> SubmissionResult:
        return await _follow(info, input, SubmissionState.ARRIVED)

    @strawberry.mutation(
        description="Principal: record that the obligee (発注者) accepted the guarantee (受理).",
        metadata=may(Policy.PRINCIPAL),
    )
    async def record_acceptance(
        self, info: Request, input: Annotated[inputs.FollowSubmissionInput, _INPUT]
    ) -> SubmissionResult:
        return await _follow(info, input, SubmissionState.ACCEPTED)

    @strawberry.mutation(
        description="Principal: record that the obligee (発注者) rejected it, and why (不受理).",
        metadata=may(Policy.PRINCIPAL),
    )
    async def record_rejection(
        self, info: Request, input: Annotated[inputs.FollowSubmissionInput, _INPUT]
    ) -> SubmissionResult:
        return await _follow(info, input, SubmissionState.REJECTED)

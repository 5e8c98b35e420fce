"""Every mutation: one input, and an answer that is either what was done or `Refused`."""

from typing import Annotated

import strawberry

from denshi_hosho.core.accounts import PasswordChange
from denshi_hosho.core.throttle import SIGN_IN, Attempt
from denshi_hosho.resolvers import access, applying, documents, obligees, reading, underwriting
from denshi_hosho.resolvers.access import Session as CoreSession
from denshi_hosho.resolvers.policy import Policy
from denshi_hosho.schema import inputs
from denshi_hosho.schema.advancing import AdvanceMutations
from denshi_hosho.schema.changing import ChangeMutations
from denshi_hosho.schema.charging import FeeMutations
from denshi_hosho.schema.context import CoreObject, Request
from denshi_hosho.schema.drafting import DraftMutations
from denshi_hosho.schema.ending import EndingMutations
from denshi_hosho.schema.funding import FundsMutations
from denshi_hosho.schema.ids import row_id
from denshi_hosho.schema.judging import ObligeeMutations
from denshi_hosho.schema.outcomes import (
    ApplicationResult,
    GuaranteePayload,
    GuaranteeResult,
    RevealedKey,
    RevealResult,
    Session,
    SessionResult,
    SignedOut,
    SignOutResult,
)
from denshi_hosho.schema.payloads import application_id_of, application_payload, principal_id_of
from denshi_hosho.schema.policy import About, may
from denshi_hosho.schema.selection import wanted
from denshi_hosho.schema.submitting import SubmissionMutations
from denshi_hosho.schema.webhook_mutations import WebhookMutations

_INPUT = strawberry.argument(description="What to do, and to what.")


def _session(info: Request, session: CoreSession) -> Session:
    info.context.actor = session.actor
    info.context.forget()
    viewer: CoreObject = session.actor
    return Session(
        access_token=session.access_token,
        expires_at=session.expires_at,
        refresh_token=session.refresh_token,
        viewer=viewer,
    )


async def _guarantee(info: Request, guarantee_id: int) -> GuaranteePayload:
    columns = wanted(info, "guarantee", on="GuaranteePayload")
    context = info.context
    context.forget()
    row: CoreObject = await reading.guarantee(context.platform, context.signed_in, ("id", guarantee_id), columns)
    return GuaranteePayload(guarantee=row)


@strawberry.type(description="Everything that changes something.")
class Mutation(
    SubmissionMutations, DraftMutations, ChangeMutations, EndingMutations, FeeMutations, WebhookMutations, AdvanceMutations,
    FundsMutations, ObligeeMutations,
):  # fmt: skip
    @strawberry.mutation(
        description="Sign in with login id and password (ログイン).", metadata=may(Policy.OPEN, About.ACCOUNT)
    )
    async def sign_in(self, info: Request, input: Annotated[inputs.SignInInput, _INPUT]) -> SessionResult:
        work = input.work.solution() if input.work else None
        attempt = Attempt(SIGN_IN, input.login_id, info.context.caller, work)
        return _session(info, await access.sign_in(info.context.platform, attempt, input.password))

    @strawberry.mutation(
        description="Sign in with an ID token of the external OpenID Connect provider, if one is configured; it is good once.",
        metadata=may(Policy.OPEN, About.ACCOUNT),
    )
    async def sign_in_with_provider(
        self, info: Request, input: Annotated[inputs.SignInWithProviderInput, _INPUT]
    ) -> SessionResult:
        return _session(info, await access.sign_in_with_provider(info.context.platform, input.id_token, input.nonce))

    @strawberry.mutation(
        description="Continue a session. A refresh token is good once; used twice, it ends the session.",
        metadata=may(Policy.OPEN, About.ACCOUNT),
    )
    async def refresh_session(self, info: Request, input: Annotated[inputs.RefreshInput, _INPUT]) -> SessionResult:
        return _session(info, await access.refresh_session(info.context.platform, input.refresh_token))

    @strawberry.mutation(description="End a session (ログアウト).", metadata=may(Policy.OPEN, About.ACCOUNT))
    async def sign_out(self, info: Request, input: Annotated[inputs.RefreshInput, _INPUT]) -> SignOutResult:
        return SignedOut(ended=await access.sign_out(info.context.platform, input.refresh_token))

    @strawberry.mutation(
        description="Change one's password (パスワード変更); every other session of the account ends.",
        metadata=may(Policy.SIGNED_IN, About.ACCOUNT),
    )
    async def change_password(
        self, info: Request, input: Annotated[inputs.ChangePasswordInput, _INPUT]
    ) -> SessionResult:
        context, work = info.context, input.work.solution() if input.work else None
        change = PasswordChange(input.current_password, input.new_password, context.caller, work)
        return _session(info, await access.change_password(context.platform, context.actor, change))

    @strawberry.mutation(
        description="Principal: apply for a guarantee (保証申込). The obligee's rules are asked.",
        metadata=may(Policy.PRINCIPAL),
    )
    async def apply_for_guarantee(
        self, info: Request, input: Annotated[inputs.ApplyForGuaranteeInput, _INPUT]
    ) -> ApplicationResult:
        context = info.context
        form = input.application.form(obligees.name(context.platform, input.application.obligee))
        told, whose = input.application.told(), principal_id_of(input.on_behalf_of)
        applied = await applying.apply(
            context.platform, context.actor, form, told, input.idempotency_key, on_behalf_of=whose
        )
        return await application_payload(info, applied)

    @strawberry.mutation(
        description="Principal: submit a returned application again, corrected (再申込).",
        metadata=may(Policy.PRINCIPAL),
    )
    async def resubmit_application(
        self, info: Request, input: Annotated[inputs.ResubmitApplicationInput, _INPUT]
    ) -> ApplicationResult:
        context = info.context
        form = input.application.form(obligees.name(context.platform, input.application.obligee))
        told, application_id = input.application.told(), application_id_of(input.application_id)
        again = await applying.resubmit(
            context.platform, context.actor, application_id, form, told, input.idempotency_key
        )
        return await application_payload(info, again)

    @strawberry.mutation(
        description="Surety: return an application to its principal for correction (差戻し).",
        metadata=may(Policy.SURETY),
    )
    async def return_application(
        self, info: Request, input: Annotated[inputs.JudgeApplicationInput, _INPUT]
    ) -> ApplicationResult:
        context, application_id = info.context, application_id_of(input.application_id)
        judged = await underwriting.send_back(
            context.platform, context.actor, application_id, input.note, input.idempotency_key
        )
        return await application_payload(info, judged)

    @strawberry.mutation(description="Surety: decline an application for good (謝絶).", metadata=may(Policy.SURETY))
    async def decline_application(
        self, info: Request, input: Annotated[inputs.JudgeApplicationInput, _INPUT]
    ) -> ApplicationResult:
        context, application_id = info.context, application_id_of(input.application_id)
        judged = await underwriting.decline(
            context.platform, context.actor, application_id, input.note, input.idempotency_key
        )
        return await application_payload(info, judged)

    @strawberry.mutation(description="Surety: approve an application (承認).", metadata=may(Policy.SURETY))
    async def approve_application(
        self, info: Request, input: Annotated[inputs.ApproveApplicationInput, _INPUT]
    ) -> ApplicationResult:
        context, application_id = info.context, application_id_of(input.application_id)
        branch_id = None if input.branch_id is None else row_id(input.branch_id, "Branch")
        approved = await underwriting.approve(
            context.platform, context.actor, application_id, branch_id, input.idempotency_key
        )
        return await application_payload(info, approved)

    @strawberry.mutation(
        description="Surety: record the fee as received or as consolidated (保証料の領収・一括後払).",
        metadata=may(Policy.SURETY),
    )
    async def record_fee(self, info: Request, input: Annotated[inputs.RecordFeeInput, _INPUT]) -> ApplicationResult:
        context, application_id = info.context, application_id_of(input.application_id)
        recorded = await underwriting.record_fee(
            context.platform, context.actor, application_id, amount=input.amount, received_on=input.received_on,
            consolidated=input.consolidated, idempotency_key=input.idempotency_key,
        )  # fmt: skip
        return await application_payload(info, recorded)

    @strawberry.mutation(
        description="Surety: conclude the guarantee of an approved application (保証契約締結). Number, certificate, key and mail come "
        "into being together; the obligee's rules are asked again.",
        metadata=may(Policy.SURETY),
    )
    async def conclude_guarantee(
        self, info: Request, input: Annotated[inputs.ConcludeGuaranteeInput, _INPUT]
    ) -> GuaranteeResult:
        context, application_id = info.context, application_id_of(input.application_id)
        return await _guarantee(
            info,
            await underwriting.conclude(context.platform, context.actor, application_id, input.idempotency_key),
        )

    @strawberry.mutation(
        description="Principal: show the access key of an own guarantee (認証キーの表示).",
        metadata=may(Policy.PRINCIPAL),
    )
    async def reveal_access_key(
        self, info: Request, input: Annotated[inputs.RevealAccessKeyInput, _INPUT]
    ) -> RevealResult:
        context = info.context
        guarantee_id = row_id(input.guarantee_id, "Guarantee")
        revealed = await documents.reveal(context.platform, context.actor, guarantee_id)
        notice: CoreObject = revealed.notice
        return RevealedKey(notice=notice, pdf_url=revealed.pdf_url, checkpoint=revealed.checkpoint)

    @strawberry.mutation(
        description="Principal: give an own guarantee a new access key (認証キーの再発行); the old one is dead at once. It has to be "
        "handed in anew.",
        metadata=may(Policy.PRINCIPAL),
    )
    async def rotate_access_key(
        self, info: Request, input: Annotated[inputs.RotateAccessKeyInput, _INPUT]
    ) -> GuaranteeResult:
        context, guarantee_id = info.context, row_id(input.guarantee_id, "Guarantee")
        rotated = await documents.rotate(
            context.platform, context.actor, guarantee_id, input.reason, input.idempotency_key
        )
        return await _guarantee(info, rotated)

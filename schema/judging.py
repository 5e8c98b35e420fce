"""The mutations of an obligee (発注者): look at what was handed in, accept, reject, register works contracts."""

from typing import Annotated

import strawberry

from denshi_hosho.core.inbox.verdicts import Saying
from denshi_hosho.core.vocabulary import Verdict
from denshi_hosho.resolvers import inbox
from denshi_hosho.resolvers.policy import Policy
from denshi_hosho.schema.context import CoreObject, Request
from denshi_hosho.schema.ids import row_id
from denshi_hosho.schema.inbox import (
    InboxPayload,
    InboxResult,
    WorksContractInput,
    WorksContractsPayload,
    WorksContractsResult,
)
from denshi_hosho.schema.inputs import KEY
from denshi_hosho.schema.policy import may
from denshi_hosho.schema.words import RejectionCode

_INPUT = strawberry.argument(description="What to do, and to what.")
_VERSION = "The version that was looked at; left out: whichever is live. Another one is refused."


@strawberry.input(description="What `openInboxItems` needs.")
class OpenInboxItemsInput:
    guarantee_ids: list[strawberry.ID] = strawberry.field(description="1 to 100 guarantees that were handed in.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="What `acceptCertificate` needs.")
class AcceptCertificateInput:
    guarantee_id: strawberry.ID = strawberry.field(description="The guarantee.")
    version: int | None = strawberry.field(default=None, description=_VERSION)
    note: str | None = strawberry.field(default=None, description="1 to 1,000 characters; the principal sees it.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="What `rejectCertificate` needs.")
class RejectCertificateInput:
    guarantee_id: strawberry.ID = strawberry.field(description="The guarantee.")
    code: RejectionCode = strawberry.field(description="Why, in one word (不受理の理由).")
    note: str = strawberry.field(description="Why: 1 to 1,000 characters; the principal sees it.")
    version: int | None = strawberry.field(default=None, description=_VERSION)
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="What `registerWorksContracts` needs.")
class RegisterWorksContractsInput:
    contracts: list[WorksContractInput] = strawberry.field(
        description="1 to 100 works contracts (請負契約); one with a known number takes the place of the old one."
    )
    idempotency_key: str = strawberry.field(description=KEY)


async def _items(info: Request, ids: list[int]) -> InboxPayload:
    context = info.context
    context.forget()
    rows: CoreObject = await inbox.by_id(context.platform, context.signed_in, ids)
    return InboxPayload(items=rows)


@strawberry.type
class ObligeeMutations:
    @strawberry.mutation(
        description="Obligee: look at certificates that were handed in (一括確認). That they were opened is written down, and the "
        "principal sees it.",
        metadata=may(Policy.OBLIGEE),
    )
    async def open_inbox_items(self, info: Request, input: Annotated[OpenInboxItemsInput, _INPUT]) -> InboxResult:
        context, ids = info.context, [row_id(each, "Guarantee") for each in input.guarantee_ids]
        await inbox.open_items(context.platform, context.actor, ids, input.idempotency_key)
        return await _items(info, list(dict.fromkeys(ids)))

    @strawberry.mutation(
        description="Obligee: accept the live certificate of a guarantee (受理).", metadata=may(Policy.OBLIGEE)
    )
    async def accept_certificate(self, info: Request, input: Annotated[AcceptCertificateInput, _INPUT]) -> InboxResult:
        saying = Saying(
            guarantee_id=row_id(input.guarantee_id, "Guarantee"), verdict=Verdict.ACCEPTED, version=input.version,
            note=input.note,
        )  # fmt: skip
        return await _said(info, saying, input.idempotency_key)

    @strawberry.mutation(
        description="Obligee: reject the live certificate of a guarantee, and say why (不受理). It can be judged again once a new "
        "version is issued, or it is handed in anew.",
        metadata=may(Policy.OBLIGEE),
    )
    async def reject_certificate(self, info: Request, input: Annotated[RejectCertificateInput, _INPUT]) -> InboxResult:
        saying = Saying(
            guarantee_id=row_id(input.guarantee_id, "Guarantee"), verdict=Verdict.REJECTED, version=input.version,
            code=input.code, note=input.note,
        )  # fmt: skip
        return await _said(info, saying, input.idempotency_key)

    @strawberry.mutation(
        description="Obligee: register works contracts (請負契約), with which certificates are compared.",
        metadata=may(Policy.OBLIGEE),
    )
    async def register_works_contracts(
        self, info: Request, input: Annotated[RegisterWorksContractsInput, _INPUT]
    ) -> WorksContractsResult:
        context, told = info.context, [each.contract() for each in input.contracts]
        context.forget()
        rows: CoreObject = await inbox.register(context.platform, context.actor, told, input.idempotency_key)
        return WorksContractsPayload(contracts=rows)


async def _said(info: Request, saying: Saying, idempotency_key: str) -> InboxResult:
    context = info.context
    return await _items(info, [await inbox.say(context.platform, context.actor, saying, idempotency_key)])

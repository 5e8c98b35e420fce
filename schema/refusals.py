"""Refusals as data: whatever the platform refuses on purpose is answered with codes, sentences and sources."""

from typing import Any

import strawberry
from strawberry.types.field import StrawberryField

from denshi_hosho.core.errors import Refusal as CoreRefusal
from denshi_hosho.core.errors import Refused as CoreRefused
from denshi_hosho.schema import log
from denshi_hosho.schema.context import CoreObject, camel
from denshi_hosho.schema.plans import Source
from denshi_hosho.schema.policy import Reach, reached
from denshi_hosho.schema.rules import Decision


@reached(Reach.ANSWER)
@strawberry.type(description="One reason for which a request is refused.")
class Refusal:
    code: str = strawberry.field(description="Stable code; docs/errors.md lists them all.")
    message: str = strawberry.field(description="What is wrong and what to do, in Japanese.")
    message_en: str = strawberry.field(description="What is wrong and what to do, in English.")
    path: list[str] = strawberry.field(
        description="The input field it is about, from the outermost in; empty if it is about none."
    )
    sources: list[Source] = strawberry.field(description="Where the obligee (発注者) publishes the rule behind it.")


@reached(Reach.ANSWER)
@strawberry.type(description="Work to be done before the next attempt: find a nonce, then send both as `work`.")
class WorkChallenge:
    challenge: str = strawberry.field(description="What the nonce is sought for; good once, for five minutes.")
    bits: int = strawberry.field(
        description="SHA-256 of challenge, colon and nonce must begin with so many zero bits: on average 2^bits tries."
    )


@reached(Reach.ANSWER)
@strawberry.type(description="The request was understood and is refused. Nothing was written.")
class Refused:
    refusals: list[Refusal] = strawberry.field(description="Every reason; at least one.")
    decision: Decision | None = strawberry.field(
        description="What the obligee's rules said, if they were the reason (発注者の規則による判定)."
    )
    retry_after_seconds: int | None = strawberry.field(
        description="After how many seconds to try again; null if waiting does not help. `Retry-After` says it, too."
    )
    work: WorkChallenge | None = strawberry.field(
        description="Work with which the attempt is let through at once; null if none is asked for."
    )


def refused(exception: CoreRefused) -> Refused:
    """Return the GraphQL answer for a refusal."""
    decision: CoreObject = exception.decision
    work: CoreObject = exception.work
    log.tell(*(each.code for each in exception.refusals))
    return Refused(
        refusals=[refusal(each) for each in exception.refusals],
        decision=decision,
        retry_after_seconds=exception.retry_after,
        work=work,
    )


def refusal(reason: CoreRefusal) -> Refusal:
    """Return the GraphQL form of one reason for a refusal."""
    sources: CoreObject = list(reason.sources)
    path = [camel(name) for name in reason.path]
    return Refusal(code=reason.code, message=reason.ja, message_en=reason.en, path=path, sources=sources)


class RefusedHandler(strawberry.ExceptionHandler[CoreRefused, Refused]):
    """Turns a raised refusal into the `Refused` member of the field's union."""

    def handle(  # Strawberry names the parameters
        self,
        exception: CoreRefused,
        *,
        field: StrawberryField,  # noqa: ARG002
        info: strawberry.Info[Any, Any],  # noqa: ARG002
    ) -> Refused:
        """Return the GraphQL answer for `exception`."""
        return refused(exception)

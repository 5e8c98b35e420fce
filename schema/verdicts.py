"""What an obligee (発注者) said of a certificate, as its parties and the obligee itself see it."""

from datetime import datetime

import strawberry

from denshi_hosho.core.vocabulary import RejectionCode as CoreRejectionCode
from denshi_hosho.schema.context import shown
from denshi_hosho.schema.policy import Reach, reached
from denshi_hosho.schema.words import RejectionCode, Verdict


@reached(Reach.OWN)
@strawberry.type(description="What the obligee (発注者, the issuer) said of a version of a certificate (受理・不受理).")
class CertificateVerdict:
    verdict: Verdict = strawberry.field(description="Accepted or rejected.")
    version: int = strawberry.field(description="The version of the certificate.")
    note: str | None = strawberry.field(description="The note that was given.")
    at: datetime = strawberry.field(description="When.")

    @strawberry.field(description="Why it was rejected (不受理の理由); null: it was accepted.")
    def code(self) -> RejectionCode | None:
        code = shown(self).code
        return None if code is None else CoreRejectionCode(code)

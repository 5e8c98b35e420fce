"""Verifying a copy of a certificate: for anybody, without an account."""

from datetime import date, datetime
from typing import Annotated, TypeAlias, cast

import strawberry

from denshi_hosho.core import wording
from denshi_hosho.resolvers import signing
from denshi_hosho.resolvers.policy import Policy
from denshi_hosho.schema.certificates import CertificateBranch, CertificateSurety, CertificateText
from denshi_hosho.schema.context import CoreObject, Request, shown
from denshi_hosho.schema.policy import Reach, may, reached
from denshi_hosho.schema.refusals import Refused
from denshi_hosho.schema.words import CertificateStatus, CopyForm


@reached(Reach.PART)
@strawberry.type(description="What a certificate says, taken from the copy that was handed in and from nowhere else.")
class StatedCertificate(CertificateText):
    surety: CertificateSurety = strawberry.field(description="The surety (保証会社).")
    branch: CertificateBranch = strawberry.field(description="The handling branch (取扱店).")

    @strawberry.field(description="Title (証書の標題), marked （変更） or （訂正） where it is one.")
    def title(self) -> str:
        said = shown(self)
        return wording.title(said.kind, said.change)


@reached(Reach.ANSWER)
@strawberry.type(
    description="A copy of a certificate that proves itself: signed by the issuer and unchanged since. Whether it still "
    "holds, `status` says."
)
class VerifiedCertificate:
    form: CopyForm = strawberry.field(description="In which form the copy was given.")
    issuer: str = strawberry.field(description="Public URL of the platform that issued it.")
    signer: str = strawberry.field(
        description="Who signed: the name in the signing certificate, or of the signing key."
    )
    signed_at: datetime = strawberry.field(description="When it was signed.")
    timestamped: bool = strawberry.field(
        description="Whether a timestamp authority confirms that time; otherwise the signer alone says so."
    )
    self_made: bool = strawberry.field(
        description="Whether the PDF's signing certificate is of the issuer's own making (自己発行)."
    )
    pdf_sha256: str = strawberry.field(description="SHA-256 of the certificate's PDF, in hexadecimal.")

    certificate: StatedCertificate = strawberry.field(description="What the copy says.")
    identical: bool = strawberry.field(
        description="Whether the copy is, byte for byte, what was issued. False also if this platform no longer has it."
    )
    status: CertificateStatus | None = strawberry.field(
        description="Whether the certificate is still current; null if this platform no longer has it."
    )
    status_changed_on: date | None = strawberry.field(
        description="Since which day in Japan it is not; null while it is, and where the day was not recorded."
    )
    status_url: str = strawberry.field(
        description="Where the status is published to everybody: URL of the signed status list, as the copy itself says."
    )

    @classmethod
    def is_type_of(cls, _source: CoreObject, _info: CoreObject) -> bool:
        """Return True: of the union's members, this is the one that shows a core object."""
        return True


@strawberry.input(description="The copy to verify: one of the two.")
class VerifyCertificateInput:
    pdf: str | None = strawberry.field(default=None, description="The certificate's PDF, in base64.")
    jws: str | None = strawberry.field(default=None, description="The certificate's signed statement (JWS).")


VerificationResult: TypeAlias = Annotated[
    VerifiedCertificate | Refused,
    strawberry.union("VerificationResult", description="What the copy proves, or why it proves nothing."),
]


@strawberry.type
class VerifyingQueries:
    @strawberry.field(
        description="Verify a copy of a certificate (保証証書の検証), no account needed: who signed it, whether anything was "
        "changed, and whether it is still current. Nothing of the copy is written down. "
        "From one source, twenty are verified at once and then one every three seconds (`TOO_MANY_ATTEMPTS`).",
        metadata=may(Policy.OPEN),
    )
    async def verify_certificate(
        self, info: Request,
        input: Annotated[VerifyCertificateInput, strawberry.argument(description="The copy to verify.")],
    ) -> VerificationResult:  # fmt: skip
        context = info.context
        return cast("VerificationResult", await signing.verify(context.platform, context.caller, input.pdf, input.jws))

"""What mutations and refusable queries answer: what was done, or `Refused`."""

from datetime import datetime
from typing import Annotated, TypeAlias

import strawberry

from denshi_hosho.core.documents import key_notice_text
from denshi_hosho.schema.applications import GuaranteeApplication
from denshi_hosho.schema.certificates import Certificate
from denshi_hosho.schema.context import CoreObject, shown
from denshi_hosho.schema.explaining import Explanation, RulesComparison
from denshi_hosho.schema.guarantees import Guarantee
from denshi_hosho.schema.refusals import Refused
from denshi_hosho.schema.rules import Decision
from denshi_hosho.schema.scalars import AccessKey, GuaranteeNumber
from denshi_hosho.schema.submissions import PreparedSubmissions, SubmissionPayload
from denshi_hosho.schema.viewer import Viewer
from denshi_hosho.schema.words import GuaranteeKind


@strawberry.type(description="A session: send `Authorization: Bearer` with the access token.")
class Session:
    access_token: str = strawberry.field(description="Lets its bearer act, for 15 minutes.")
    expires_at: datetime = strawberry.field(description="When the access token expires.")
    refresh_token: str = strawberry.field(description="Good for one `refreshSession`, for 14 days. Keep it safe.")
    viewer: Viewer = strawberry.field(description="The signed-in account.")


@strawberry.type(description="The session has ended, if there was one.")
class SignedOut:
    ended: bool = strawberry.field(description="Always true.")


@strawberry.type(description="The application as it stands now.")
class ApplicationPayload:
    application: GuaranteeApplication = strawberry.field(description="The application (保証申込).")


@strawberry.type(description="The guarantee as it stands now.")
class GuaranteePayload:
    guarantee: Guarantee = strawberry.field(description="The guarantee (保証契約).")


@strawberry.type(description="The key notice (認証キー等のお知らせ): the thing to hand in. Never cache or log it.")
class KeyNotice:
    kind: GuaranteeKind = strawberry.field(description="What is guaranteed (区分).")
    number: GuaranteeNumber = strawberry.field(description="Guarantee number (保証契約番号).")
    access_key: AccessKey = strawberry.field(description="The key (認証キー).")
    works_name: str = strawberry.field(description="Name of the works (工事名).")
    obligee_name: str = strawberry.field(description="The obligee (発注者, the issuer of the works contract).")
    surety_name: str = strawberry.field(description="The surety (保証機関).")

    @strawberry.field(description="The notice as text to copy (保証契約等の内容をコピー).")
    def text(self) -> str:
        return key_notice_text(shown(self))


@strawberry.type(description="A key that was shown to its owner; that it was shown is written down.")
class RevealedKey:
    notice: KeyNotice = strawberry.field(description="The notice.")
    pdf_url: str = strawberry.field(description="URL of the notice as PDF, to be handed in; good for five minutes.")
    checkpoint: str = strawberry.field(
        description="Signed checkpoint of the audit log, in which this showing stands; keep it with the notice."
    )


def _either(name: str, description: str) -> CoreObject:
    return strawberry.union(name, description=description)


SessionResult: TypeAlias = Annotated[Session | Refused, _either("SessionResult", "A session, or why not.")]
SignOutResult: TypeAlias = Annotated[SignedOut | Refused, _either("SignOutResult", "Signed out, or why not.")]
ApplicationResult: TypeAlias = Annotated[
    ApplicationPayload | Refused, _either("ApplicationResult", "The application, or why it was refused.")
]
GuaranteeResult: TypeAlias = Annotated[
    GuaranteePayload | Refused, _either("GuaranteeResult", "The guarantee, or why it was refused.")
]
RevealResult: TypeAlias = Annotated[RevealedKey | Refused, _either("RevealResult", "The key, or why not.")]
PrepareResult: TypeAlias = Annotated[
    PreparedSubmissions | Refused, _either("PrepareResult", "What was prepared, or why not.")
]
SubmissionResult: TypeAlias = Annotated[
    SubmissionPayload | Refused, _either("SubmissionResult", "The submission, or why it was refused.")
]
CertificateResult: TypeAlias = Annotated[
    Certificate | Refused, _either("CertificateResult", "The certificate, or why it was not opened.")
]
EligibilityResult: TypeAlias = Annotated[
    Decision | Refused, _either("EligibilityResult", "What the rules say, or why they could not be asked.")
]
ExplanationResult: TypeAlias = Annotated[
    Explanation | Refused,
    _either("ExplanationResult", "Why the rules say what they say, or why they could not be asked."),
]
ComparisonResult: TypeAlias = Annotated[
    RulesComparison | Refused, _either("ComparisonResult", "How rules differ, or why they could not be compared.")
]

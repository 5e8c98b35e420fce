"""The domain's closed sets as GraphQL enums; each value is described by its English name and its Japanese term."""

from enum import Enum

import strawberry
from strawberry.types.enum import StrawberryEnumDefinition

from denshi_hosho.core.guarantees import GuaranteeOrder, SearchField
from denshi_hosho.core.inbox.items import InboxOrder
from denshi_hosho.core.queue import ApplicationOrder
from denshi_hosho.core.verifying import CopyForm
from denshi_hosho.core.vocabulary import (
    Agreement,
    ApplicationState,
    ApplicationStep,
    AuditEvent,
    CertificateStatus,
    Change,
    ChangeState,
    ClaimState,
    ComparedPoint,
    ConditionState,
    Consequence,
    ContractMatch,
    DraftState,
    Evidence,
    FeeState,
    FeeStatementKind,
    FundsItem,
    FundsState,
    GuaranteeKind,
    GuaranteeState,
    GuaranteeStep,
    KeyEventKind,
    Medium,
    PrincipalKind,
    Procurement,
    RejectionCode,
    Relation,
    Role,
    Stage,
    SubmissionState,
    SuretyClass,
    Verdict,
    WithdrawalMethod,
    WithdrawalState,
    WorkType,
)
from denshi_hosho.rules.vocabulary import (
    Artefact,
    Batching,
    CompanionWay,
    CopyFor,
    DeadlineEvent,
    KeyForm,
    Known,
    Need,
    Outcome,
    RecipientKnown,
    Standing,
    Way,
)

__all__ = [
    "Agreement",
    "ApplicationOrder",
    "ApplicationState",
    "ApplicationStep",
    "Artefact",
    "AuditEvent",
    "Batching",
    "CertificateStatus",
    "Change",
    "ChangeState",
    "ClaimState",
    "CompanionWay",
    "ComparedPoint",
    "ConditionState",
    "Consequence",
    "ContractMatch",
    "CopyFor",
    "CopyForm",
    "DeadlineEvent",
    "DraftState",
    "Evidence",
    "FeeState",
    "FeeStatementKind",
    "FundsItem",
    "FundsState",
    "GuaranteeKind",
    "GuaranteeOrder",
    "GuaranteeState",
    "GuaranteeStep",
    "InboxOrder",
    "KeyEventKind",
    "KeyForm",
    "Known",
    "Medium",
    "Need",
    "Outcome",
    "PrincipalKind",
    "Procurement",
    "RecipientKnown",
    "RejectionCode",
    "Relation",
    "Role",
    "SearchField",
    "Stage",
    "Standing",
    "SubmissionState",
    "SuretyClass",
    "Verdict",
    "Way",
    "WithdrawalMethod",
    "WithdrawalState",
    "WorkType",
]


def word_enum(words: type[Enum], description: str, values: dict[str, str] | None = None) -> None:
    """Make `words` a GraphQL enum. `values` describes members that carry no Japanese term themselves."""
    strawberry.enum(words, description=description)
    definition: StrawberryEnumDefinition = words.__strawberry_definition__  # type: ignore[attr-defined]  # set above
    for value in definition.values:
        member = words[value.name]
        english = value.name.replace("_", " ").capitalize()
        value.description = (values or {}).get(value.name) or f"{english} ({getattr(member, 'ja', '')})"


word_enum(GuaranteeKind, "What is guaranteed (保証の種類).")
word_enum(WorkType, "What kind of work the works contract is for (業種).")
word_enum(SuretyClass, "Who guarantees (保証機関の種類).")
word_enum(Medium, "Electronic or paper (電子・書面).")
word_enum(Change, "Why a version of a certificate was issued (当初・変更・訂正).")
word_enum(CertificateStatus, "Whether a copy of a certificate is still current (保証証書の現況).")
word_enum(
    CopyForm,
    "In which form a copy of a certificate was given.",
    {"PDF": "The signed PDF (署名付きPDF)", "JWS": "The signed statement (署名付きデータ)"},
)
word_enum(Procurement, "How the works contract was awarded (契約方式).")
word_enum(Role, "For whom an account acts.")
word_enum(ApplicationState, "Where an application (保証申込) stands.")
word_enum(ApplicationStep, "What happened to an application (保証申込の経過).")
word_enum(DraftState, "Where a draft of an application (保証申込の下書き) stands.")
word_enum(PrincipalKind, "What a principal (保証契約者) is among those that act for each other.")
word_enum(Relation, "As what an account's principal acts for another one, or sees it.")
word_enum(FeeState, "Whether the fee (保証料) stands in the way of the certificate.")
word_enum(SubmissionState, "Where a handing in of keys (認証キーの提出) stands.")
word_enum(Stage, "At which moment the obligee's rules were asked.")
word_enum(ConditionState, "Whether a condition is met (条件の充足).")
word_enum(GuaranteeState, "Whether a guarantee is in force (保証契約の状態).")
word_enum(GuaranteeStep, "What happened to a guarantee after it was concluded (保証契約の経過).")
word_enum(Consequence, "What follows from a change (変更の取扱い).")
word_enum(ChangeState, "Where a request for a change stands (変更の申込の状態).")
word_enum(ClaimState, "Where a claim stands (保証金の請求の状態).")
word_enum(FeeStatementKind, "For what a fee statement was made (保証料計算書の区分).")
word_enum(FundsItem, "For what an advance may be used (前払金の使途).")
word_enum(FundsState, "Where a version of a use-of-funds statement stands (使途内訳明細書の状態).")
word_enum(WithdrawalMethod, "By which way what is withdrawn is paid out (払出方法).")
word_enum(Evidence, "A paper that shows for what a withdrawal is used (確認書類).")
word_enum(WithdrawalState, "Where a withdrawal request stands (払出依頼の状態).")
word_enum(Verdict, "What an obligee (発注者), the issuer, said of a certificate (保証証書の受理・不受理).")
word_enum(RejectionCode, "Why an obligee (発注者), the issuer, rejected a certificate (不受理の理由).")
word_enum(Agreement, "Whether a certificate agrees with a works contract (突合の結果).")
word_enum(ContractMatch, "How the works contract was found with which a certificate was compared (突合した請負契約).")
word_enum(ComparedPoint, "In which point a certificate was compared with a works contract (突合の項目).")
word_enum(KeyEventKind, "What happened around an access key (認証キー).")
word_enum(AuditEvent, "What an entry of the audit log (監査ログ) says has happened.")
word_enum(Outcome, "What the obligee's rules say of electronic delivery (電子交付の可否).")
word_enum(Way, "By which way the key is handed in (認証キーの提出方法).")
word_enum(RecipientKnown, "How far the recipient (提出先) is known from the rule.")
word_enum(Artefact, "A thing that may or may not be handed in (提出物).")
word_enum(Batching, "Whether several guarantees of the same works may be handed in at once.")
word_enum(CompanionWay, "How a companion document, such as the invoice (前払金請求書), is handed in.")
word_enum(CopyFor, "Who gets a copy (CC).")
word_enum(DeadlineEvent, "The event that a deadline (提出期限) is relative to.")
word_enum(KeyForm, "In which form the key itself is handed over (認証キーの渡し方).")
word_enum(
    Known, "How far a rule file knows one aspect of the rules of an obligee (発注者), the issuer of works contracts."
)
word_enum(Standing, "Whether a clause of a rule held when a decision came to it.")
word_enum(Need, "Whether an artefact must, may or must not be handed in.")
word_enum(
    SearchField,
    "By what guarantees are searched (検索対象).",
    {
        "ALL": "Number, obligee or works name (全件)",
        "NUMBER": "Guarantee number (保証契約番号)",
        "OBLIGEE": "Obligee's name on the certificate (発注者)",
        "WORKS_NAME": "Works name (工事名)",
    },
)
_BY = {
    "ISSUED_ON": "day of issue (証書発行日)",
    "NUMBER": "number (保証契約番号)",
    "OBLIGEE": "obligee's name (発注者)",
    "WORKS_NAME": "works name (工事名)",
    "AMOUNT": "guaranteed amount (保証金額)",
}
_AGES = {"NEWEST": "Newest first (新しい順)", "OLDEST": "Oldest first (古い順)"}
word_enum(
    GuaranteeOrder,
    "How guarantees are sorted (並び順); ties are settled by age.",
    {
        **_AGES,
        **{f"{name}_ASC": f"By {what}, ascending" for name, what in _BY.items()},
        **{f"{name}_DESC": f"By {what}, descending" for name, what in _BY.items()},
    },
)
word_enum(ApplicationOrder, "How applications are sorted (並び順).", _AGES)
word_enum(
    InboxOrder,
    "How what was handed in is sorted (並び順); ties are settled by age.",
    {
        "NEWEST": "Handed in last, first (提出日の新しい順)",
        "OLDEST": "Handed in first, first (提出日の古い順)",
        "NUMBER": "By number (保証契約番号順)",
        "WORKS_NAME": "By works name (工事名順)",
        "AMOUNT": "By guaranteed amount, the largest first (保証金額の大きい順)",
    },
)

"""What clients fill in: the facts that rules ask for, an application, and the inputs of every mutation."""

from datetime import date
from typing import Any

import strawberry

from denshi_hosho.core.form import Form
from denshi_hosho.core.text import kept
from denshi_hosho.core.work import Solution
from denshi_hosho.resolvers.messages import Told
from denshi_hosho.rules import Application
from denshi_hosho.schema.ids import row_id
from denshi_hosho.schema.scalars import GuaranteeNumber, Yen
from denshi_hosho.schema.words import Change, GuaranteeKind, Medium, Procurement, SuretyClass, Way, WorkType

KEY = "A name of your own for this request, such as a UUID: sent twice, it is done once."
MAY_KEY = f"{KEY} Without one it is done each time."
_WORK = "The work that a refusal with `work` has asked for."


@strawberry.input(
    description="What an obligee's rules may ask of an application. All optional: what is missing and matters is named in the "
    "answer."
)
class RuleFactsInput:
    work_type: WorkType | None = strawberry.field(default=None, description="Kind of work (業種).")
    work_wording: str | None = strawberry.field(default=None, description="The obligee's own word for the work.")
    division: str | None = strawberry.field(default=None, description="The obligee's ordering division (発注課).")
    procurement: Procurement | None = strawberry.field(default=None, description="How it was awarded (契約方式).")
    contract_medium: Medium | None = strawberry.field(
        default=None, description="Whether the works contract is electronic or on paper (電子契約・紙契約)."
    )
    change: Change = strawberry.field(
        default=Change.ORIGINAL,
        description="Whether it is a new guarantee, a change or a correction (当初・変更・訂正).",
    )
    original_medium: Medium | None = strawberry.field(
        default=None, description="Whether the first guarantee of these works was electronic or on paper."
    )
    excluded_in_notice: bool | None = strawberry.field(
        default=None, description="The case's own tender notice (入札公告) excludes electronic guarantees."
    )
    trial: bool | None = strawberry.field(default=None, description="The case takes part in a trial (試行).")
    works_numbers: list[str] | None = strawberry.field(
        default=None, description="The obligee's (発注者, the issuer's) numbers of the works (工事番号)."
    )
    notice_on: date | None = strawberry.field(default=None, description="Day of the tender notice (入札公告日).")
    nomination_on: date | None = strawberry.field(default=None, description="Day of nomination (指名日).")
    bidding_on: date | None = strawberry.field(default=None, description="Day of bidding (入札日).")
    order_on: date | None = strawberry.field(default=None, description="Day of the order (発注日).")
    contract_on: date | None = strawberry.field(default=None, description="Day of the works contract (契約締結日).")
    initial_contract_on: date | None = strawberry.field(
        default=None, description="Day of the initial works contract, if it was amended since (当初契約日)."
    )
    first_guarantee_on: date | None = strawberry.field(
        default=None,
        description="Day of the first guarantee of these works: of the advance payment, before its interim one (最初の保証契約日).",
    )


@strawberry.input(description="An application that is not made yet, for `eligibility`.")
class EligibilityInput:
    obligee: str = strawberry.field(
        description='Code of the obligee (発注者, the issuer of the works contract), such as "322016" for 松江市.'
    )
    kind: GuaranteeKind = strawberry.field(description="What is to be guaranteed (保証の種類).")
    surety_class: SuretyClass | None = strawberry.field(default=None, description="Who guarantees (保証機関の種類).")
    surety: str | None = strawberry.field(default=None, description="Name of the surety (保証会社).")
    contract_price: Yen | None = strawberry.field(default=None, description="Contract price (請負金額(総額)).")
    covered_price: Yen | None = strawberry.field(default=None, description="Covered price (請負金額(対象額)).")
    guaranteed_amount: Yen | None = strawberry.field(default=None, description="Amount to be guaranteed (保証金額).")
    guarantee_on: date | None = strawberry.field(
        default=None, description="Day on which the guarantee is concluded (保証契約日)."
    )
    facts: RuleFactsInput = strawberry.field(
        default_factory=RuleFactsInput, description="What else the rules may ask for."
    )

    def told(self) -> Application:
        """Return what the rules are told."""
        return Application(
            obligee=self.obligee, kind=self.kind, surety=self.surety, surety_class=self.surety_class,
            contract_price=self.contract_price, covered_price=self.covered_price,
            guaranteed_amount=self.guaranteed_amount, guarantee_on=self.guarantee_on, **_facts(self.facts),
        )  # fmt: skip


@strawberry.input(description="An application for a guarantee (保証申込) as the principal fills it in.")
class ApplicationInput:
    surety_id: strawberry.ID = strawberry.field(description="Global id of the surety (保証会社), from `sureties`.")
    obligee: str = strawberry.field(
        description='Code of the obligee (発注者, the issuer of the works contract), such as "322016" for 松江市.'
    )
    obligee_name: str | None = strawberry.field(
        default=None,
        description="The obligee (被保証者; 発注者, the issuer of the works contract) as the certificate is to name it, such as "
        "支出負担行為担当官 近畿地方整備局長; its own name if left out.",
    )
    kind: GuaranteeKind = strawberry.field(description="What is to be guaranteed (保証の種類).")
    delivery: Medium = strawberry.field(description="How the certificate is to be delivered (保証証書の受取方法).")
    works_name: str = strawberry.field(description="Name of the works (工事名).")
    contract_price: Yen = strawberry.field(description="Contract price (請負金額(総額)).")
    covered_price: Yen | None = strawberry.field(default=None, description="Covered price (請負金額(対象額)).")
    guaranteed_amount: Yen = strawberry.field(description="Amount to be guaranteed (保証金額).")
    completion_on: date = strawberry.field(description="Last day of the works (工期末日).")
    guarantee_ends_on: date | None = strawberry.field(
        default=None,
        description="Last day of the guarantee (保証期間); the last day of the works if left out.",
    )
    depositary_bank: str | None = strawberry.field(default=None, description="Depositary bank (預託金融機関).")
    urgent: bool = strawberry.field(
        default=False, description="Send the registration mail at once, not at 16:00 (至急)."
    )
    follows: GuaranteeNumber | None = strawberry.field(
        default=None,
        description="For an interim advance: number of the own advance payment guarantee of the same works that it follows "
        "(前払金保証の番号).",
    )
    facts: RuleFactsInput = strawberry.field(
        default_factory=RuleFactsInput, description="What the obligee's rules may ask for."
    )

    def form(self, obligee_name: str) -> Form:
        """Return the form as it is kept; `obligee_name` stands in for a name that was left out."""
        return Form(
            surety_id=row_id(self.surety_id, "Surety"), kind=self.kind, obligee=self.obligee,
            obligee_name=obligee_name if self.obligee_name is None else kept(self.obligee_name), delivery=self.delivery,
            works_name=kept(self.works_name), contract_price=self.contract_price, covered_price=self.covered_price,
            guaranteed_amount=self.guaranteed_amount, completion_on=self.completion_on,
            guarantee_ends_on=self.guarantee_ends_on or self.completion_on,
            depositary_bank=None if self.depositary_bank is None else kept(self.depositary_bank), urgent=self.urgent,
            contract_on=self.facts.contract_on, follows=self.follows,
        )  # fmt: skip

    def told(self) -> Application:
        """Return what the rules are told; who the surety is, the platform knows."""
        return Application(
            obligee=self.obligee, kind=self.kind, contract_price=self.contract_price,
            covered_price=self.covered_price, guaranteed_amount=self.guaranteed_amount, **_facts(self.facts),
        )  # fmt: skip


def _facts(facts: RuleFactsInput) -> dict[str, Any]:
    return {**vars(facts), "works_numbers": tuple(facts.works_numbers or ())}


@strawberry.input(
    description="Work that was done for a `WorkChallenge`; good for one attempt at what it was asked for."
)
class WorkInput:
    challenge: str = strawberry.field(description="The challenge, as it was answered.")
    nonce: str = strawberry.field(description="The nonce that was found, up to 64 characters.")

    def solution(self) -> Solution:
        return Solution(self.challenge, self.nonce)


@strawberry.input(description="Input of `signIn`.")
class SignInInput:
    login_id: str = strawberry.field(description="Login id (お客様ID).")
    password: str = strawberry.field(description="Password (パスワード).")
    work: WorkInput | None = strawberry.field(default=None, description=_WORK)


@strawberry.input(description="Input of `signInWithProvider`.")
class SignInWithProviderInput:
    id_token: str = strawberry.field(description="The ID token that the provider gave the client, unread.")
    nonce: str = strawberry.field(description="The nonce that the client sent in its authorization request.")


@strawberry.input(description="Input of `refreshSession` and `signOut`.")
class RefreshInput:
    refresh_token: str = strawberry.field(description="The refresh token received last.")


@strawberry.input(description="Input of `changePassword`.")
class ChangePasswordInput:
    current_password: str = strawberry.field(description="The password until now.")
    new_password: str = strawberry.field(description="The new password, 12 to 256 characters.")
    work: WorkInput | None = strawberry.field(default=None, description=_WORK)


@strawberry.input(description="Input of `applyForGuarantee`.")
class ApplyForGuaranteeInput:
    application: ApplicationInput = strawberry.field(description="The application.")
    on_behalf_of: strawberry.ID | None = strawberry.field(
        default=None,
        description="Global id of the principal (保証契約者) for whom it is made, from `viewer.parties`; one's own if left out.",
    )
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="Input of `resubmitApplication`.")
class ResubmitApplicationInput:
    application_id: strawberry.ID = strawberry.field(description="Global id of the returned application.")
    application: ApplicationInput = strawberry.field(description="The whole application, corrected.")
    idempotency_key: str | None = strawberry.field(default=None, description=MAY_KEY)


@strawberry.input(description="Input of `approveApplication`.")
class ApproveApplicationInput:
    application_id: strawberry.ID = strawberry.field(description="Global id of the application.")
    branch_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Global id of the handling branch (取扱店); needed if the surety has several.",
    )
    idempotency_key: str | None = strawberry.field(default=None, description=MAY_KEY)


@strawberry.input(description="Input of `returnApplication` and `declineApplication`.")
class JudgeApplicationInput:
    application_id: strawberry.ID = strawberry.field(description="Global id of the application.")
    note: str = strawberry.field(description="Why, for the principal to read (理由), 1 to 1,000 characters.")
    idempotency_key: str | None = strawberry.field(default=None, description=MAY_KEY)


@strawberry.input(description="Input of `recordFee`: `amount` and `receivedOn`, or `consolidated`.")
class RecordFeeInput:
    application_id: strawberry.ID = strawberry.field(description="Global id of the application.")
    amount: Yen | None = strawberry.field(default=None, description="The fee received (保証料).")
    received_on: date | None = strawberry.field(default=None, description="Day on which it was received (領収日).")
    consolidated: bool = strawberry.field(default=False, description="It is paid later, consolidated (一括後払).")
    idempotency_key: str | None = strawberry.field(default=None, description=MAY_KEY)


@strawberry.input(description="Input of `concludeGuarantee`.")
class ConcludeGuaranteeInput:
    application_id: strawberry.ID = strawberry.field(description="Global id of the approved application.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="Input of `revealAccessKey`.")
class RevealAccessKeyInput:
    guarantee_id: strawberry.ID = strawberry.field(description="Global id of the guarantee.")


@strawberry.input(description="Input of `rotateAccessKey`.")
class RotateAccessKeyInput:
    guarantee_id: strawberry.ID = strawberry.field(description="Global id of the guarantee.")
    reason: str = strawberry.field(description="Why, such as: sent to the wrong address (理由), 1 to 1,000 characters.")
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(
    description="What is told for a message that hands keys in. All optional: what is missing and matters is named in the answer."
)
class SubmissionFactsInput:
    contact_name: str | None = strawberry.field(default=None, description="Who is in charge (担当者の氏名).")
    contact_phone: str | None = strawberry.field(default=None, description="Their telephone number.")
    contact_email: str | None = strawberry.field(default=None, description="Their mail address.")
    works_number: str | None = strawberry.field(
        default=None, description="The obligee's number of the works (工事番号)."
    )
    contract_number: str | None = strawberry.field(
        default=None, description="The obligee's number of the contract (契約番号)."
    )
    division: str | None = strawberry.field(default=None, description="The obligee's ordering division (発注課).")
    subject: str | None = strawberry.field(
        default=None, description="Subject line (件名), only where the rule describes it in words."
    )
    surety_email: str | None = strawberry.field(default=None, description="The surety's address, where it gets a copy.")
    way: Way | None = strawberry.field(default=None, description="The way chosen; the first open one if left out.")
    address: str | None = strawberry.field(
        default=None,
        description="The recipient's address as confirmed with the obligee (発注者), where the rule does not give it.",
    )

    def told(self) -> Told:
        """Return what is told, as it is kept."""
        texts: dict[str, Any] = {name: kept(text) if isinstance(text, str) and not isinstance(text, Way) else text
                 for name, text in vars(self).items()}  # fmt: skip
        return Told(**texts)


@strawberry.input(description="Input of `prepareSubmission`.")
class PrepareSubmissionInput:
    guarantee_ids: list[strawberry.ID] = strawberry.field(
        description="Global ids of 1 to 10 electronic guarantees of the same works."
    )
    facts: SubmissionFactsInput = strawberry.field(
        default_factory=SubmissionFactsInput, description="What the rules may ask for."
    )
    idempotency_key: str = strawberry.field(description=KEY)


@strawberry.input(description="Input of `submitKey`.")
class SubmitKeyInput:
    submission_id: strawberry.ID = strawberry.field(description="Global id of the prepared submission.")
    way: Way = strawberry.field(description="By which way the key is or was handed in.")
    address: str | None = strawberry.field(
        default=None, description="To which address; the one that was prepared if left out."
    )
    handed_in_on: date | None = strawberry.field(default=None, description="On which day in Japan; today if left out.")
    address_confirmed: bool = strawberry.field(
        default=False, description="The address was confirmed with the obligee (発注者)."
    )
    send: bool = strawberry.field(
        default=False, description="The platform is to send the mail itself; otherwise it was handed in by other means."
    )
    note: str | None = strawberry.field(default=None, description="A remark, 1 to 1,000 characters.")


@strawberry.input(description="Input of `confirmArrival`, `recordAcceptance` and `recordRejection`.")
class FollowSubmissionInput:
    submission_id: strawberry.ID = strawberry.field(description="Global id of the submission.")
    note: str | None = strawberry.field(
        default=None, description="What was said, 1 to 1,000 characters; a rejection needs its reason."
    )

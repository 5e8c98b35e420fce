"""What clients fill in for drafts of applications (下書き), and to withdraw an application."""

from dataclasses import fields
from datetime import date
from typing import Any

import strawberry

from denshi_hosho.core.text import kept
from denshi_hosho.resolvers.draft_content import Content, Facts
from denshi_hosho.resolvers.drafting import Writing
from denshi_hosho.schema.ids import row_id
from denshi_hosho.schema.inputs import RuleFactsInput
from denshi_hosho.schema.payloads import application_id_of, principal_id_of
from denshi_hosho.schema.scalars import GuaranteeNumber, Yen
from denshi_hosho.schema.words import GuaranteeKind, Medium

_KEY = "A name of your own for this request, such as a UUID: sent twice, it is done once."


@strawberry.input(
    description="An application as far as it is filled in. All optional: what is still missing, the draft says itself. A blank text "
    "is as good as none."
)
class DraftContentInput:
    surety_id: strawberry.ID | None = strawberry.field(
        default=None, description="Global id of the surety (保証会社), from `sureties`."
    )
    obligee: str | None = strawberry.field(
        default=None, description='Code of the obligee (発注者, the issuer of the works contract), such as "322016".'
    )
    obligee_name: str | None = strawberry.field(
        default=None,
        description="The obligee (被保証者; 発注者, the issuer of the works contract) as the certificate is to name it; its own name "
        "if left out.",
    )
    kind: GuaranteeKind | None = strawberry.field(default=None, description="What is to be guaranteed (保証の種類).")
    delivery: Medium | None = strawberry.field(
        default=None, description="How the certificate is to be delivered (保証証書の受取方法)."
    )
    works_name: str | None = strawberry.field(default=None, description="Name of the works (工事名).")
    contract_price: Yen | None = strawberry.field(default=None, description="Contract price (請負金額(総額)).")
    covered_price: Yen | None = strawberry.field(default=None, description="Covered price (請負金額(対象額)).")
    guaranteed_amount: Yen | None = strawberry.field(default=None, description="Amount to be guaranteed (保証金額).")
    completion_on: date | None = strawberry.field(default=None, description="Last day of the works (工期末日).")
    guarantee_ends_on: date | None = strawberry.field(
        default=None, description="Last day of the guarantee (保証期間); the last day of the works if left out."
    )
    depositary_bank: str | None = strawberry.field(default=None, description="Depositary bank (預託金融機関).")
    urgent: bool | None = strawberry.field(
        default=None, description="Send the registration mail at once, not at 16:00 (至急)."
    )
    follows: GuaranteeNumber | None = strawberry.field(
        default=None,
        description="For an interim advance: number of the own advance payment guarantee of the same works that it follows "
        "(前払金保証の番号).",
    )
    facts: RuleFactsInput = strawberry.field(
        default_factory=RuleFactsInput, description="What the obligee's rules may ask for."
    )

    def content(self) -> Content:
        """Return the content as it is kept."""
        values = {each.name: _kept(getattr(self, each.name)) for each in fields(Content) if each.name != "facts"}
        if self.surety_id is not None:
            values["surety_id"] = row_id(self.surety_id, "Surety")
        told = {each.name: _kept(getattr(self.facts, each.name)) for each in fields(Facts)}
        numbers = [kept(each) for each in self.facts.works_numbers or ()]
        return Content(**values, facts=Facts(**{**told, "works_numbers": tuple(filter(None, numbers))}))


def _kept(value: Any) -> Any:
    return kept(value) or None if type(value) is str else value


@strawberry.input(description="Input of `saveDraft`.")
class SaveDraftInput:
    draft_id: strawberry.ID | None = strawberry.field(
        default=None, description="Global id of the draft whose title and content are replaced; a new one if left out."
    )
    on_behalf_of: strawberry.ID | None = strawberry.field(
        default=None,
        description="Global id of the principal (保証契約者) for whom it is written, from `viewer.parties`; the account's own if "
        "left out, or the draft's until now.",
    )
    title: str = strawberry.field(description="What to call it, 1 to 200 characters.")
    content: DraftContentInput = strawberry.field(
        default_factory=DraftContentInput, description="What is filled in so far, all of it."
    )
    copy_from_application_id: strawberry.ID | None = strawberry.field(
        default=None,
        description="Global id of an earlier application, in whatever state, with whose content it begins; what `content` has "
        "goes over it. That it was urgent is left behind.",
    )
    idempotency_key: str = strawberry.field(description=_KEY)

    def writing(self) -> Writing:
        """Return what is to be written. Raise `IdMalformed`."""
        copied = self.copy_from_application_id
        return Writing(
            draft_id=None if self.draft_id is None else draft_id_of(self.draft_id),
            on_behalf_of=principal_id_of(self.on_behalf_of), title=kept(self.title), content=self.content.content(),
            copy_from=None if copied is None else application_id_of(copied),
        )  # fmt: skip


def draft_id_of(text: str) -> int:
    """Return the number of the draft with this global id. Raise `IdMalformed`."""
    return row_id(text, "Draft")


@strawberry.input(description="Input of `submitDraft` and `discardDraft`.")
class DraftInput:
    draft_id: strawberry.ID = strawberry.field(description="Global id of the draft.")
    idempotency_key: str = strawberry.field(description=_KEY)


@strawberry.input(description="Input of `withdrawApplication`.")
class WithdrawApplicationInput:
    application_id: strawberry.ID = strawberry.field(description="Global id of the application.")
    reason: str = strawberry.field(description="Why, for the surety to read (理由), 1 to 1,000 characters.")
    idempotency_key: str = strawberry.field(description=_KEY)

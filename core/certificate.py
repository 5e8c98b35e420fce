"""A certificate (保証証書): the frozen wording of what a guarantee says, and the notice that hands its key in."""

from dataclasses import dataclass
from datetime import date

from denshi_hosho.core.vocabulary import Change, GuaranteeKind, Medium


@dataclass(frozen=True, slots=True, kw_only=True)
class Surety:
    """The surety (保証会社) as a certificate names it. `terms_url` is where its guarantee terms (約款) are published."""

    name: str
    address: str
    representative: str
    terms_url: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HandlingBranch:
    """The surety's branch (取扱店) that handles the guarantee."""

    name: str
    address: str
    tel: str
    fax: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """One version of one guarantee's certificate, word for word. Money is yen; days are Japan's.

    `principal_name` 保証契約者, `obligee_name` 被保証者, `guaranteed_amount` 保証金額, `guarantee_ends_on` 保証期間
    (its last day), `completion_on` 工期末日, `contract_price` 請負金額(総額), `covered_price` 請負金額(対象額),
    `depositary_bank` 預託金融機関. `version` counts from 1. `salt` is 32 random hexadecimal digits.
    """

    number: str
    version: int
    change: Change
    kind: GuaranteeKind
    medium: Medium
    issued_on: date
    principal_name: str
    obligee_name: str
    guaranteed_amount: int
    guarantee_ends_on: date
    completion_on: date
    works_name: str
    contract_price: int
    covered_price: int | None
    depositary_bank: str | None
    surety: Surety
    branch: HandlingBranch
    salt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, repr=False)
class KeyNotice:
    """The key notice (認証キー等のお知らせ): the thing to hand in. It holds the key in clear: never store or log it."""

    kind: GuaranteeKind
    number: str
    access_key: str
    works_name: str
    obligee_name: str
    surety_name: str

"""The certificate (保証証書) as principal and obligee see it: one type, so that both see the same."""

from datetime import date

import strawberry

from denshi_hosho.core import wording
from denshi_hosho.core.changes.differences import shown as as_shown
from denshi_hosho.core.changes.versions import Version
from denshi_hosho.core.wareki import wareki
from denshi_hosho.resolvers import changing, documents, signing
from denshi_hosho.schema.audit import LogProof
from denshi_hosho.schema.context import CoreObject, Request, camel, shown
from denshi_hosho.schema.limits import counts_as
from denshi_hosho.schema.policy import Reach, reached
from denshi_hosho.schema.scalars import GuaranteeNumber, Yen
from denshi_hosho.schema.selection import needs
from denshi_hosho.schema.words import Change, GuaranteeKind, Medium

STATEMENT_VALUES = 1_000  # signing one takes as long as reading some thousand rows
_SURETY = ("surety_name", "surety_address", "surety_representative", "surety_terms_url")
_BRANCH = ("branch_name", "branch_address", "branch_tel", "branch_fax")


class Part:
    """The columns of a row that begin with a prefix, without it."""

    def __init__(self, row: CoreObject, prefix: str) -> None:
        self._row = row
        self._prefix = prefix

    def __getattr__(self, name: str) -> CoreObject:
        """Return the row's column with the prefix."""
        return getattr(self._row, self._prefix + name)


@reached(Reach.BY_KEY)
@strawberry.type(description="The surety (保証会社) as the certificate names it.")
class CertificateSurety:
    name: str = strawberry.field(description="Its name.")
    address: str = strawberry.field(description="Its address.")
    representative: str = strawberry.field(description="Title and name of its representative (代表者).")
    terms_url: str | None = strawberry.field(description="Where its guarantee terms (約款) can be read.")


@reached(Reach.BY_KEY)
@strawberry.type(description="The surety's branch that handles the guarantee (取扱店), as the certificate names it.")
class CertificateBranch:
    name: str = strawberry.field(description="Its name.")
    address: str = strawberry.field(description="Its address.")
    tel: str = strawberry.field(description="Its telephone number.")
    fax: str | None = strawberry.field(description="Its FAX number.")


@strawberry.type
class CertificateText:
    """The fields that a certificate states in plain words, whoever shows it."""

    number: GuaranteeNumber = strawberry.field(description="Guarantee number (保証契約番号).")
    kind: GuaranteeKind = strawberry.field(description="What is guaranteed (保証の種類).")
    medium: Medium = strawberry.field(description="Whether it is electronic or on paper.")
    version: int = strawberry.field(description="Counts the versions of this guarantee's certificate from 1.")
    change: Change = strawberry.field(description="Why this version was issued (当初・変更・訂正).")
    issued_on: date = strawberry.field(description="Day of issue (証書発行日).")
    principal_name: str = strawberry.field(description="The principal (保証契約者).")
    obligee_name: str = strawberry.field(
        description="The obligee (被保証者), the issuer of the works contract (発注者)."
    )
    guaranteed_amount: Yen = strawberry.field(description="Guaranteed amount (保証金額).")
    guarantee_ends_on: date = strawberry.field(description="Last day of the guarantee (保証期間).")
    completion_on: date = strawberry.field(description="Last day of the works (工期末日).")
    works_name: str = strawberry.field(description="Name of the works (工事名).")
    contract_price: Yen = strawberry.field(description="Contract price (請負金額(総額)).")
    covered_price: Yen | None = strawberry.field(description="Covered part of the contract price (請負金額(対象額)).")
    depositary_bank: str | None = strawberry.field(description="Depositary bank (預託金融機関).")


@reached(Reach.BY_KEY)
@strawberry.type(description="A field in which a version of a certificate differs from the one before (変更箇所).")
class Difference:
    label: str = strawberry.field(description="The field's label on the certificate, in Japanese.")

    @strawberry.field(description="The field's name in this API.")
    def field(self) -> str:
        return camel(shown(self).field)

    @strawberry.field(description="What it said before, as the certificate shows it (変更前).")
    def before(self) -> str:
        return as_shown(shown(self).before)

    @strawberry.field(description="What it says now, as the certificate shows it (変更後).")
    def after(self) -> str:
        return as_shown(shown(self).after)


async def _this(row: object, info: Request) -> Version:
    """Return the version that a certificate's row shows, with its neighbours."""
    whole = shown(row)
    every = await info.context.versions.load(whole.guarantee_id)
    found: Version = next(each for each in every if each.version == whole.version)
    return found


@reached(Reach.BY_KEY)
@strawberry.type(
    description="One version of a guarantee's certificate (保証証書・電子証書), word for word. It is not the thing to hand in: "
    "that is the key notice (認証キー等のお知らせ)."
)
class Certificate(CertificateText):
    @strawberry.field(
        description="Title (証書の標題), marked （変更） or （訂正） where it is one.",
        metadata=needs("kind", "change"),
    )
    def title(self) -> str:
        row = shown(self)
        return wording.title(row.kind, row.change)

    @strawberry.field(
        description="The sentence by which the surety binds itself; null for a kind without a certificate form.",
        metadata=needs("kind"),
    )
    def statement(self) -> str | None:
        return wording.sentence(shown(self).kind)

    @strawberry.field(description="Name of the guarantee terms (約款).", metadata=needs("kind"))
    def terms_name(self) -> str | None:
        return wording.terms_name(shown(self).kind)

    @strawberry.field(description="The notes below the certificate ((注)).", metadata=needs())
    def notes(self) -> list[str]:
        return list(wording.NOTES)

    @strawberry.field(description="Day of issue in the Japanese calendar (和暦).", metadata=needs("issued_on"))
    def issued_on_wareki(self) -> str:
        return wareki(shown(self).issued_on)

    @strawberry.field(
        description="Last day of the guarantee in the Japanese calendar.", metadata=needs("guarantee_ends_on")
    )
    def guarantee_ends_on_wareki(self) -> str:
        return wareki(shown(self).guarantee_ends_on)

    @strawberry.field(description="Last day of the works in the Japanese calendar.", metadata=needs("completion_on"))
    def completion_on_wareki(self) -> str:
        return wareki(shown(self).completion_on)

    @strawberry.field(graphql_type=CertificateSurety, description="The surety (保証会社).", metadata=needs(*_SURETY))
    def surety(self) -> CoreObject:
        return Part(self, "surety_")

    @strawberry.field(
        graphql_type=CertificateBranch, description="The handling branch (取扱店).", metadata=needs(*_BRANCH)
    )
    def branch(self) -> CoreObject:
        return Part(self, "branch_")

    @strawberry.field(
        description="URL of the certificate as PDF, good for five minutes for whoever has it; null for a kind without a "
        "certificate form.",
        metadata=needs("guarantee_id", "version", "kind"),
    )
    def pdf_url(self, info: Request) -> str | None:
        row = shown(self)
        if not wording.has_form(row.kind):
            return None
        return documents.certificate_url(info.context.platform, row.guarantee_id, row.version)

    @strawberry.field(
        description="The certificate as signed statement (JWS): what programs verify. The same text each time; null for a "
        "kind without a certificate form. Whoever is the first to ask has it signed: it counts as 1,000 of the 20,000 values "
        "that an answer may have; `jwsUrl` as one.",
        metadata={**needs("guarantee_id", "version", "kind"), **counts_as(STATEMENT_VALUES)},
    )
    async def jws(self, info: Request) -> str | None:
        row = shown(self)
        if not wording.has_form(row.kind):
            return None
        _, signed = await signing.signed_file(info.context.platform, row.guarantee_id, row.version)
        return signed.jws

    @strawberry.field(
        description="URL of the signed statement as file, good for five minutes for whoever has it; null for a kind without "
        "a certificate form.",
        metadata=needs("guarantee_id", "version", "kind"),
    )
    def jws_url(self, info: Request) -> str | None:
        row = shown(self)
        if not wording.has_form(row.kind):
            return None
        return documents.statement_url(info.context.platform, row.guarantee_id, row.version)

    @strawberry.field(
        description="The version by which this one was replaced (差替え後の版); null: it is the live one.",
        metadata=needs("guarantee_id", "version"),
    )
    async def replaced_by(self, info: Request) -> int | None:
        return (await _this(self, info)).replaced_by

    @strawberry.field(
        description="The day on which it was replaced (差替えの日); null: it is the live one.",
        metadata=needs("guarantee_id", "version"),
    )
    async def replaced_on(self, info: Request) -> date | None:
        return (await _this(self, info)).replaced_on

    @strawberry.field(
        graphql_type=list[Difference],
        description="What it says otherwise than the version before (変更内容); empty for the first one.",
        metadata=needs("guarantee_id", "version"),
    )
    async def differences(self, info: Request) -> CoreObject:
        return changing.differences_of(await _this(self, info))

    @strawberry.field(
        graphql_type=LogProof | None,
        description="The proof that the conclusion with this certificate's digest stands in the audit log (監査ログ); null: it was "
        "concluded before the log began.",
        metadata=needs("guarantee_id"),
    )
    async def log_proof(self, info: Request) -> CoreObject:
        return await info.context.log_proofs.load(shown(self).guarantee_id)

    @classmethod
    def is_type_of(cls, _source: CoreObject, _info: CoreObject) -> bool:
        """Return True: of the union's members, this is the one that shows a core object."""
        return True

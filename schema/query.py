"""Everything that can be asked."""

from typing import Annotated, cast

import strawberry

from denshi_hosho.core.opening import Claim
from denshi_hosho.core.paging import Window, foreign_cursor
from denshi_hosho.resolvers import (
    auditing,
    changing,
    decisions,
    documents,
    drafting,
    ending,
    funding,
    obligees,
    parties,
    reading,
    webhooks,
)
from denshi_hosho.resolvers.obligees import ObligeePage
from denshi_hosho.resolvers.policy import Policy
from denshi_hosho.schema.asking import RuleQueries
from denshi_hosho.schema.audit import AuditLog
from denshi_hosho.schema.calculators import CalculatorQueries
from denshi_hosho.schema.context import CoreObject, Request, shown
from denshi_hosho.schema.fees import FeeQueries
from denshi_hosho.schema.ids import IdMalformed, global_id, row_id, split_id
from denshi_hosho.schema.inbox_queries import ComparisonQueries
from denshi_hosho.schema.inputs import EligibilityInput, WorkInput
from denshi_hosho.schema.node import Loaded, Node, shows
from denshi_hosho.schema.outcomes import CertificateResult, EligibilityResult
from denshi_hosho.schema.paging import After, First, PageInfo
from denshi_hosho.schema.policy import About, Reach, may, reached
from denshi_hosho.schema.rules import Obligee
from denshi_hosho.schema.scalars import AccessKey, GuaranteeNumber
from denshi_hosho.schema.selection import wanted
from denshi_hosho.schema.verifying import VerifyingQueries
from denshi_hosho.schema.viewer import Viewer
from denshi_hosho.schema.words import SuretyClass


@reached(Reach.OPEN)
@strawberry.type(description="A branch of a surety (取扱店).")
class Branch(Node):
    is_type_of = staticmethod(shows("Branch"))

    name: str = strawberry.field(description="Its name.")
    address: str = strawberry.field(description="Its address.")
    tel: str = strawberry.field(description="Its telephone number.")
    fax: str | None = strawberry.field(description="Its FAX number.")


@reached(Reach.OPEN)
@strawberry.type(description="A surety (保証会社) to which one can apply.")
class Surety(Node):
    is_type_of = staticmethod(shows("Surety"))

    name: str = strawberry.field(description="Its name.")
    surety_class: SuretyClass = strawberry.field(description="What it is (保証機関の種類).")
    address: str = strawberry.field(description="Its address.")
    representative: str = strawberry.field(description="Title and name of its representative (代表者).")
    terms_url: str | None = strawberry.field(description="Where its guarantee terms (約款) can be read.")
    new_key_on_change: bool = strawberry.field(
        description="A changed certificate (変更・訂正) comes with a new access key; else the old one goes on opening it."
    )

    @strawberry.field(graphql_type=list[Branch], description="Its branches (取扱店).")
    async def branches(self, info: Request) -> CoreObject:
        return await info.context.branches.load(shown(self).id)


@reached(Reach.OPEN)
@strawberry.type(description="An obligee in a list.")
class ObligeeEdge:
    cursor: str = strawberry.field(description="Its place in the list.")
    node: Obligee = strawberry.field(description="The obligee.")


@reached(Reach.OPEN)
@strawberry.type(description="A page of obligees (発注者) in order of code.")
class ObligeeConnection:
    edges: list[ObligeeEdge] = strawberry.field(description="The obligees with their cursors.")
    nodes: list[Obligee] = strawberry.field(description="The obligees without their cursors.")
    page_info: PageInfo = strawberry.field(description="Where the page stands in the list.")
    total_count: int = strawberry.field(description="How many obligees were found.")


def _obligee_page(found: ObligeePage) -> ObligeeConnection:
    nodes: CoreObject = found.rows
    edges = [ObligeeEdge(cursor=global_id("Obligee", each.id), node=each) for each in nodes]
    cursors = [edge.cursor for edge in edges]
    info = PageInfo(
        has_next_page=found.has_next,
        has_previous_page=found.start > 0,
        start_cursor=cursors[0] if cursors else None,
        end_cursor=cursors[-1] if cursors else None,
    )
    return ObligeeConnection(edges=edges, nodes=nodes, page_info=info, total_count=found.total)


def _code_at(cursor: str) -> str:
    try:
        typename, code = split_id(cursor)
    except IdMalformed as error:
        raise foreign_cursor() from error
    if typename != "Obligee":
        raise foreign_cursor()
    return code


async def _load(info: Request, typename: str, local: str, text: str) -> CoreObject:
    platform, actor = info.context.platform, info.context.actor
    if typename == "Obligee":
        return obligees.one(platform, local)
    if typename in _OPEN:
        return await _OPEN[typename](platform, row_id(text, typename))
    if actor is None or typename not in _OWN:
        return None
    return await _OWN[typename](info, row_id(text, typename))


async def _guarantee(info: Request, local: int) -> CoreObject:
    context = info.context
    return await reading.guarantee(context.platform, context.signed_in, ("id", local), wanted(info, on="Guarantee"))


async def _application(info: Request, local: int) -> CoreObject:
    return await info.context.applications(wanted(info, on="GuaranteeApplication")).load(local)


async def _change(info: Request, local: int) -> CoreObject:
    return await changing.change(info.context.platform, info.context.signed_in, local)


async def _claim(info: Request, local: int) -> CoreObject:
    return await ending.claim(info.context.platform, info.context.signed_in, local)


async def _funds_statement(info: Request, local: int) -> CoreObject:
    return await funding.statement(info.context.platform, info.context.signed_in, local)


async def _withdrawal(info: Request, local: int) -> CoreObject:
    return await funding.withdrawal(info.context.platform, info.context.signed_in, local)


async def _submission(info: Request, local: int) -> CoreObject:
    (found,) = await reading.submissions(info.context.platform, info.context.signed_in, [local])
    return found


async def _draft(info: Request, local: int) -> CoreObject:
    (found,) = await drafting.by_id(info.context.platform, info.context.signed_in, [local])
    return found


async def _principal(info: Request, local: int) -> CoreObject:
    return await parties.one(info.context.platform, info.context.signed_in, local)


async def _webhook(info: Request, local: int) -> CoreObject:
    (found,) = await webhooks.webhooks_by_id(info.context.platform, info.context.signed_in, [local])
    return found


async def _delivery(info: Request, local: int) -> CoreObject:
    (found,) = await webhooks.deliveries_by_id(info.context.platform, info.context.signed_in, [local])
    return found


# How an object is loaded by its own id: those that everybody may see, and those that belong to a party.
_OPEN = {"Surety": reading.surety, "Branch": reading.branch}
_OWN = {
    "Guarantee": _guarantee,
    "GuaranteeApplication": _application,
    "Submission": _submission,
    "ChangeRequest": _change,
    "Claim": _claim,
    "FundsStatement": _funds_statement,
    "Withdrawal": _withdrawal,
    "Draft": _draft,
    "Principal": _principal,
    "Webhook": _webhook,
    "WebhookDelivery": _delivery,
}


@strawberry.type(description="Everything that can be asked.")
class Query(RuleQueries, VerifyingQueries, CalculatorQueries, FeeQueries, ComparisonQueries):
    @strawberry.field(
        graphql_type=Viewer | None,
        description="The signed-in account; null if nobody is signed in.",
        metadata=may(Policy.OPEN, About.ROWS),
    )
    def viewer(self, info: Request) -> CoreObject:
        return info.context.actor

    @strawberry.field(
        graphql_type=Node | None,
        description="The object with this global id, if the asker may see it.",
        metadata=may(Policy.OPEN, About.ROWS),
    )
    async def node(
        self,
        info: Request,
        id: Annotated[strawberry.ID, strawberry.argument(description="Global id.")],
    ) -> CoreObject:
        typename, local = split_id(id)
        found = await _load(info, typename, local, id)
        return None if found is None else Loaded(typename, found)

    @strawberry.field(
        graphql_type=ObligeeConnection,
        description="The obligees (発注者, issuers of works contracts) whose rules are installed, in order of code.",
        metadata=may(Policy.OPEN),
    )
    def obligees(
        self, info: Request,
        search: Annotated[str, strawberry.argument(description="A part of code, name, Latin name or prefecture.")] = "",
        first: First = None, after: After = None,
    ) -> CoreObject:  # fmt: skip
        size = Window(first=first).size
        code = None if after is None else _code_at(after)
        return _obligee_page(obligees.search(info.context.platform, search, size, code))

    @strawberry.field(
        graphql_type=Obligee | None,
        description="One obligee (発注者, issuer of works contracts); null if its rules are not installed.",
        metadata=may(Policy.OPEN),
    )
    def obligee(
        self, info: Request,
        code: Annotated[str, strawberry.argument(description='Its code, such as "322016" for 松江市.')],
    ) -> CoreObject:  # fmt: skip
        return obligees.one(info.context.platform, code)

    @strawberry.field(
        graphql_type=AuditLog,
        description="The audit log (監査ログ), which everybody may hold to its word.",
        metadata=may(Policy.OPEN),
    )
    async def audit_log(self, info: Request) -> CoreObject:
        return await auditing.audit_log(info.context.platform)

    @strawberry.field(
        graphql_type=list[Surety],
        description="The sureties (保証会社) to which one can apply, by name.",
        metadata=may(Policy.OPEN),
    )
    async def sureties(self, info: Request) -> CoreObject:
        return await reading.sureties(info.context.platform)

    @strawberry.field(
        description="What an obligee's rules say of an application that is not made yet (電子保証の可否).",
        metadata=may(Policy.OPEN),
    )
    def eligibility(
        self, info: Request,
        application: Annotated[EligibilityInput, strawberry.argument(description="What is known of it.")],
    ) -> EligibilityResult:  # fmt: skip
        return cast("EligibilityResult", decisions.eligibility(info.context.platform, application.told()))

    @strawberry.field(
        description="Open a certificate with number and key (電子証書の閲覧), no account needed. The opening is written down and the "
        "principal sees it.",
        metadata=may(Policy.OPEN, About.KEY),
    )
    async def certificate(
        self, info: Request,
        number: Annotated[GuaranteeNumber, strawberry.argument(description="Guarantee number (保証契約番号).")],
        access_key: Annotated[AccessKey, strawberry.argument(description="Access key (認証キー), in a variable.")],
        work: Annotated[
            WorkInput | None, strawberry.argument(description="The work that a refusal with `work` has asked for.")
        ] = None,
        version: Annotated[
            int | None, strawberry.argument(description="Which version of it (版), from 1; left out: the live one.")
        ] = None,
    ) -> CertificateResult:  # fmt: skip
        columns = wanted(info, on="Certificate")
        claim = Claim(number, access_key, info.context.caller, work.solution() if work else None)
        return cast("CertificateResult", await documents.opened(info.context.platform, claim, columns, version))

"""Decisions and rules of obligees as GraphQL types; they show the rules' own records."""

from datetime import date
from typing import Annotated

import strawberry

from denshi_hosho.resolvers import obligees
from denshi_hosho.schema.context import CoreObject, Request, camel, shown
from denshi_hosho.schema.node import Node, shows
from denshi_hosho.schema.plans import Source, SubmissionPlan
from denshi_hosho.schema.policy import Reach, reached
from denshi_hosho.schema.words import Outcome

_JA = "In Japanese (日本語)."
_EN = "In English."
_SOURCES = "Who says so (出典)."


@reached(Reach.PART)
@strawberry.type(description="One reason of a decision (判定の理由).")
class Reason:
    code: str = strawberry.field(description="Stable code; docs/rules.md lists them all.")
    ja: str = strawberry.field(description=_JA)
    en: str = strawberry.field(description=_EN)
    refuses: bool = strawberry.field(description="Electronic delivery is refused for this reason.")
    unsettled: bool = strawberry.field(description="The outcome stays open for this reason.")
    sources: list[Source] = strawberry.field(description=_SOURCES)

    @strawberry.field(description="The facts of the application that it is about, as their input fields are called.")
    def facts(self) -> list[str]:
        return [camel(fact) for fact in shown(self).facts]


@reached(Reach.PART)
@strawberry.type(description="What an obligee's (発注者) rules say of electronic delivery for one application (判定).")
class Decision:
    outcome: Outcome = strawberry.field(description="The answer.")
    revision: date | None = strawberry.field(
        description="Start of the revision of the rules that was in force; null before the first."
    )
    digest: str = strawberry.field(description="SHA-256 of the rule file that was applied.")
    plugin: str = strawberry.field(description="The rule plugin that answered.")
    plugin_version: str = strawberry.field(description="Its version.")
    reasons: list[Reason] = strawberry.field(description="Why; never empty.")
    paper: bool | None = strawberry.field(
        description="Whether the certificate may be handed in on paper (書面); null: the rule does not say."
    )
    plan: SubmissionPlan | None = strawberry.field(
        description="How to hand the key in. Set when accepted; when undetermined, how it would be, should it be accepted."
    )

    @strawberry.field(
        description="The facts that would settle an undetermined outcome, as their input fields are called."
    )
    def missing(self) -> list[str]:
        return [camel(fact) for fact in shown(self).missing]

    @strawberry.field(name="obligee", description="The obligee (発注者, the issuer of the works contract).")
    def obligee_code(self) -> str:
        return str(shown(self).obligee)

    @classmethod
    def is_type_of(cls, _source: CoreObject, _info: CoreObject) -> bool:
        """Return True: of the union's members, this is the one that shows a core object."""
        return True


@reached(Reach.OPEN)
@strawberry.type(description="One fact of an obligee's rules.")
class Fact:
    code: str = strawberry.field(description="Stable code of the kind of fact; docs/rules.md lists them all.")
    ja: str = strawberry.field(description=_JA)
    en: str = strawberry.field(description=_EN)
    value: str = strawberry.field(description="The plain value, for machines.")
    sources: list[Source] = strawberry.field(description=_SOURCES)


@reached(Reach.OPEN)
@strawberry.type(description="An obligee's (発注者) rules on a day.")
class ObligeeRules:
    day: date = strawberry.field(description="The day.")
    revision: date | None = strawberry.field(description="Start of the revision in force; null before the first.")
    facts: list[Fact] = strawberry.field(description="The rules, fact by fact, to be read by people.")
    text: str = strawberry.field(description="The whole rule file (TOML), to be read by machines.")
    digest: str = strawberry.field(description="SHA-256 of the rule file.")
    plugin: str = strawberry.field(description="The rule plugin that serves it.")
    plugin_version: str = strawberry.field(description="Its version.")


@reached(Reach.OPEN)
@strawberry.type(
    description="A public body that orders works (発注者, 被保証者): the issuer of the works contract. Its rules are a plugin."
)
class Obligee(Node):
    is_type_of = staticmethod(shows("Obligee"))

    name: str = strawberry.field(description="Its name.")
    name_en: str | None = strawberry.field(description="Its name in Latin letters.")
    prefecture: str | None = strawberry.field(description="Its prefecture (都道府県).")
    example: bool = strawberry.field(description="Its rules are an example, not what the body published.")

    @strawberry.field(description="Its code: the local-government code (全国地方公共団体コード, 6 digits) or a name.")
    def code(self) -> str:
        return str(shown(self).id)

    @strawberry.field(graphql_type=ObligeeRules, description="Its rules on a day.")
    def rules(
        self, info: Request,
        on: Annotated[date | None, strawberry.argument(description="The day (default: today in Japan).")] = None,
    ) -> CoreObject:  # fmt: skip
        return obligees.rules_on(info.context.platform, shown(self).id, on)

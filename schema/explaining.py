"""Why a rule answers as it does: clause by clause, between two obligees, over time, and again from what was kept."""

from datetime import date

import strawberry

from denshi_hosho.schema.context import CoreObject, camel, shown
from denshi_hosho.schema.policy import Reach, reached
from denshi_hosho.schema.rules import Decision, Fact, ObligeeRules, Reason
from denshi_hosho.schema.words import Known, Standing

_JA = "In Japanese (日本語)."
_EN = "In English."


@reached(Reach.OPEN)
@strawberry.type(description="One clause of a rule as a decision came to it.")
class ExplanationStep:
    place: str = strawberry.field(description="Where it stands in the rule file.")
    aspect: str = strawberry.field(description="What it is about; docs/rules.md lists the aspects.")
    standing: Standing = strawberry.field(description="Whether it held.")
    ja: str = strawberry.field(description=_JA)
    en: str = strawberry.field(description=_EN)
    reasons: list[Reason] = strawberry.field(description="What it said.")

    @strawberry.field(description="The untold facts that leave it open, as their input fields are called.")
    def missing(self) -> list[str]:
        return [camel(fact) for fact in shown(self).missing]


@reached(Reach.OPEN)
@strawberry.type(
    description="A decision and every clause that led to it, in the order in which they were looked at (判定の説明)."
)
class Explanation:
    decision: Decision = strawberry.field(description="The decision.")
    steps: list[ExplanationStep] = strawberry.field(description="The clauses.")
    text: str = strawberry.field(description="The whole explanation to read, in Japanese.")
    text_en: str = strawberry.field(description="The whole explanation to read, in English.")

    @classmethod
    def is_type_of(cls, _source: CoreObject, _info: CoreObject) -> bool:
        """Return True: of the union's members, this is the one that shows a record of the rules."""
        return True


@reached(Reach.OPEN)
@strawberry.type(description="What two sides say otherwise of one aspect.")
class RulesDifference:
    aspect: str = strawberry.field(description="The aspect: a code of `Fact`.")
    left: list[Fact] = strawberry.field(description="What only the left side says.")
    right: list[Fact] = strawberry.field(description="What only the right side says.")

    @strawberry.field(description="The difference as one line, in Japanese.")
    def ja(self) -> str:
        return str(shown(self).line("ja"))

    @strawberry.field(description="The difference as one line, in English.")
    def en(self) -> str:
        return str(shown(self).line("en"))


@reached(Reach.OPEN)
@strawberry.type(
    description="How the rules of two obligees (発注者), or of one issuer on two days, differ (規則の比較)."
)
class RulesComparison:
    left: ObligeeRules = strawberry.field(description="One side.")
    right: ObligeeRules = strawberry.field(description="The other side.")
    differences: list[RulesDifference] = strawberry.field(description="What they say otherwise.")
    same: list[str] = strawberry.field(description="The aspects of which they say the same.")

    @classmethod
    def is_type_of(cls, _source: CoreObject, _info: CoreObject) -> bool:
        """Return True: of the union's members, this is the one that shows a record of the rules."""
        return True


@reached(Reach.OPEN)
@strawberry.type(description="How far one aspect of an obligee's (発注者, the issuer's) rules is known.")
class Coverage:
    aspect: str = strawberry.field(description="The aspect: a key of the rule file (docs/rules.md).")
    known: Known = strawberry.field(description="How far it is known.")
    ja: str = strawberry.field(description=_JA)
    en: str = strawberry.field(description=_EN)


@reached(Reach.OWN)
@strawberry.type(description="One difference between a stored decision and its replay.")
class DecisionChange:
    place: str = strawberry.field(description="Dotted path of the field.")

    @strawberry.field(description="The difference as one line.")
    def line(self) -> str:
        return str(shown(self).line())


@reached(Reach.OWN)
@strawberry.type(description="A stored decision, made again from the stored facts (判定の再現).")
class Replay:
    same: bool = strawberry.field(description="Nothing differs.")
    same_bits: bool = strawberry.field(description="The JSON texts are equal, bit for bit.")
    same_text: bool = strawberry.field(description="The rule text is the one by which the stored decision was made.")
    again: Decision = strawberry.field(description="The decision made now.")
    changes: list[DecisionChange] = strawberry.field(description="What differs.")
    not_replayed: list[Reason] = strawberry.field(
        description="Reasons that the plugin's own review had added; a review is code, so they were taken over."
    )
    ja: str = strawberry.field(description=_JA)
    en: str = strawberry.field(description=_EN)


@reached(Reach.OPEN)
@strawberry.type(description="A rule file that nobody has compared with its page lately.")
class StaleRules:
    source: str = strawberry.field(description="Name of its oldest source in the rule file.")
    url: str | None = strawberry.field(description="Where the source can be read.")
    seen_on: date = strawberry.field(description="When it was last compared.")
    age: int = strawberry.field(description="Days since then.")

    @strawberry.field(name="obligee", description="Code of the obligee (発注者, the issuer of the works contract).")
    def obligee_code(self) -> str:
        return str(shown(self).obligee.id)

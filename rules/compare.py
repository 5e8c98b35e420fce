"""Compare the rules of two obligees, or of one obligee on two days, fact by fact."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from denshi_hosho.rules.facts import Fact, RulesInForce
from denshi_hosho.rules.rulebook import Rulebook

_CODED = frozenset({"CHANNEL", "RECIPIENT", "ARTEFACT"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What two sides say otherwise of one aspect (a fact code): the facts that only one of them has."""

    aspect: str
    left: tuple[Fact, ...]
    right: tuple[Fact, ...]

    def line(self, language: str = "en") -> str:
        """Return the difference as one line; `language` is "ja" or "en"."""
        nothing = "記載なし" if language == "ja" else "not stated"
        sides = [" ".join(_said(fact, language) for fact in facts) or nothing for facts in (self.left, self.right)]
        return f"{self.aspect}: {sides[0]} | {sides[1]}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Comparison:
    """The rules of two sides, what they say otherwise, and the aspects of which they say the same.

    Facts are held against each other by what they say, a way or an address by its code as well, and not by who
    published them or in which words.
    """

    left: RulesInForce
    right: RulesInForce
    differences: tuple[Difference, ...]
    same: tuple[str, ...]


def compare(rulebook: Rulebook, left: str, right: str, day: date) -> Comparison:
    """Return how the rules of two obligees differ on `day`; raise UnknownObligee where one is not served."""
    return _compared(rulebook.rules_on(left, day), rulebook.rules_on(right, day))


def compare_days(rulebook: Rulebook, obligee: str, earlier: date, later: date) -> Comparison:
    """Return how an obligee's rules differ between two days: of two revisions, name the first day of each."""
    return _compared(rulebook.rules_on(obligee, earlier), rulebook.rules_on(obligee, later))


def _compared(left: RulesInForce, right: RulesInForce) -> Comparison:
    differences: list[Difference] = []
    same: list[str] = []
    for aspect in dict.fromkeys(fact.code for fact in (*left.facts, *right.facts)):
        one, other = _of(left.facts, aspect), _of(right.facts, aspect)
        only_left, only_right = _without(one, other), _without(other, one)
        if only_left or only_right:
            differences.append(Difference(aspect=aspect, left=only_left, right=only_right))
        else:
            same.append(aspect)
    return Comparison(left=left, right=right, differences=tuple(differences), same=tuple(same))


def _of(facts: Iterable[Fact], aspect: str) -> tuple[Fact, ...]:
    return tuple(fact for fact in facts if fact.code == aspect)


def _without(facts: tuple[Fact, ...], others: tuple[Fact, ...]) -> tuple[Fact, ...]:
    said = {(fact.ja, fact.en, _coded(fact)) for fact in others}
    return tuple(fact for fact in facts if (fact.ja, fact.en, _coded(fact)) not in said)


def _coded(fact: Fact) -> str:
    return fact.value if fact.code in _CODED else ""


def _said(fact: Fact, language: str) -> str:
    return f"{_coded(fact)} {fact.ja if language == 'ja' else fact.en}".lstrip()

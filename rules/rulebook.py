"""The rulebook (全登録規則): every installed obligee's rules, and the one place that decides by them."""

import difflib
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Self

from denshi_hosho.rules import deciding
from denshi_hosho.rules.application import Application
from denshi_hosho.rules.deciding import Review, ServedRules
from denshi_hosho.rules.decision import PLUGIN_FAILED, Decision
from denshi_hosho.rules.facts import RulesInForce, rules_in_force
from denshi_hosho.rules.faults import (
    ObligeeNotServed,
    Problem,
    RulebookProblems,
    UnknownObligee,
    UnknownRuleText,
)
from denshi_hosho.rules.loading import candidates, load_plugin, without_collection
from denshi_hosho.rules.obligees import Obligee
from denshi_hosho.rules.rulefile import parse
from denshi_hosho.rules.steps import Explanation, explained

MAX_REVIEW_PROBLEMS = 100


class Rulebook:
    """All obligees' rules: make one with `load` (installed plugins) or `from_texts` (files in memory)."""

    def __init__(
        self, served: Iterable[ServedRules], problems: Iterable[Problem] = (), *, strict: bool = False
    ) -> None:
        """Take what the plugins serve; an obligee that two of them claim is served by neither."""
        self._problems = list(problems)
        self._failed_reviews: dict[str, Problem] = {}
        self._not_served: dict[str, Problem] = {}
        self._served = self._claimed(served)
        self._texts = {item.rules.digest: item.rules.text for item in self._served.values()}
        if strict and self._problems:
            raise RulebookProblems(self._problems)

    @classmethod
    def load(cls, *, modules: Sequence[str] = (), disabled: Sequence[str] = (), strict: bool = False) -> Self:
        """Return the rulebook of all installed plugins (entry points `denshi_hosho.rules`) and of `modules`.

        `disabled` switches plugins off by name. A plugin that does not load becomes one of `problems`; with
        `strict` it raises RulebookProblems instead.
        """
        served: list[ServedRules] = []
        problems: list[Problem] = []
        with without_collection():
            for candidate in candidates(modules, disabled):
                its_rules, its_problems = load_plugin(candidate)
                served += its_rules
                problems += its_problems
        return cls(served, problems, strict=strict)

    @classmethod
    def from_texts(cls, texts: Mapping[str, str], *, reviews: Mapping[str, Review] | None = None) -> Self:
        """Return a rulebook of rule files in memory, by plugin name; raise RuleFileError for a wrong file."""
        with without_collection():
            served = [
                ServedRules(
                    rules=parse(text.encode(), f"{name}/rules.toml"),
                    plugin=name,
                    plugin_version="memory",
                    review=(reviews or {}).get(name),
                )
                for name, text in texts.items()
            ]
        return cls(served)

    @property
    def problems(self) -> Sequence[Problem]:
        """Return the plugins and files that are not served, and the obligees whose last review failed."""
        return (*self._problems, *self._failed_reviews.values())

    def decide(self, application: Application) -> Decision:
        """Return the decision for `application`; raise UnknownObligee where no plugin serves its obligee."""
        served = self._served.get(application.obligee) or self._find(application.obligee)
        decision = deciding.decide(served, application)
        if served.review is not None:
            self._note_review(served, decision)
        return decision

    def explained(self, application: Application) -> Explanation:
        """Return the decision with every clause that led to it; raise UnknownObligee as `decide` does."""
        return explained(self._find(application.obligee), application)

    def obligees(self) -> Sequence[Obligee]:
        """Return every obligee that is served, in order of id."""
        return tuple(self._served[key].rules.obligee for key in sorted(self._served))

    def obligee(self, obligee_id: str) -> Obligee:
        """Return one obligee; raise UnknownObligee where no plugin serves it."""
        return self._find(obligee_id).rules.obligee

    def rules_on(self, obligee_id: str, day: date) -> RulesInForce:
        """Return the rules of an obligee on `day` (Japan's); raise UnknownObligee where none serves it."""
        return rules_in_force(self._find(obligee_id), day)

    def text(self, digest: str) -> str:
        """Return the rule file (TOML) with this SHA-256 digest; raise UnknownRuleText for others."""
        try:
            return self._texts[digest]
        except KeyError as error:
            raise UnknownRuleText(digest) from error

    def served(self, obligee_id: str) -> ServedRules:
        """Return the rule file that serves an obligee; raise UnknownObligee where there is none."""
        return self._find(obligee_id)

    def _find(self, obligee_id: str) -> ServedRules:
        if obligee_id in self._served:
            return self._served[obligee_id]
        if obligee_id in self._not_served:
            raise ObligeeNotServed(obligee_id, self._not_served[obligee_id])
        raise UnknownObligee(obligee_id, self._near(obligee_id))

    def _near(self, obligee_id: str) -> list[str]:
        given = unicodedata.normalize("NFKC", obligee_id).strip()
        known = {word: key for key, item in self._served.items() for word in (key, item.rules.obligee.name)}
        found = difflib.get_close_matches(given, known, n=3, cutoff=0.6)
        return [
            f"{key}（{self._served[key].rules.obligee.name}）" for key in dict.fromkeys(known[word] for word in found)
        ]

    def _claimed(self, served: Iterable[ServedRules]) -> dict[str, ServedRules]:
        claims: dict[str, list[ServedRules]] = {}
        for item in served:
            claims.setdefault(item.rules.obligee.id, []).append(item)
        for obligee, claimants in claims.items():
            if len(claimants) > 1:
                self._refuse(obligee, claimants)
        return {obligee: claimants[0] for obligee, claimants in claims.items() if len(claimants) == 1}

    def _refuse(self, obligee: str, claimants: Sequence[ServedRules]) -> None:
        names = " / ".join(f"{item.plugin} ({item.plugin_version})" for item in claimants)
        problem = Problem(
            names,
            f"発注者 {obligee} を複数のプラグインが名乗っています: {names}。"
            "どれも使いません。一つを残して無効にしてください。",
            f"the obligee {obligee} is claimed by more than one plugin: {names}. None is used; disable all but one.",
            (obligee,),
        )
        self._not_served[obligee] = problem
        self._problems.append(problem)

    def _note_review(self, served: ServedRules, decision: Decision) -> None:
        """Keep a failed review among the problems until the same obligee's next review goes well."""
        obligee = decision.obligee
        failed = next((reason for reason in decision.reasons if reason.code == PLUGIN_FAILED), None)
        if failed is None:
            if decision.revision is not None:
                self._failed_reviews.pop(obligee, None)
        elif obligee in self._failed_reviews or len(self._failed_reviews) < MAX_REVIEW_PROBLEMS:
            self._failed_reviews[obligee] = Problem(served.plugin, failed.ja, failed.en, (obligee,))

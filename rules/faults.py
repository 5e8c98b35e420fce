"""What can be wrong with a rule file, a plugin or a question to the rulebook: one line, two languages."""

import difflib
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from denshi_hosho.core.errors import HoshoError


class Grade(StrEnum):
    """How grave a fault is: an error has to be mended; a warning has to be looked at, and may be meant so."""

    ERROR = "ERROR"
    WARNING = "WARNING"


@dataclass(frozen=True, slots=True)
class Fault:
    """One mistake in a rule file or a case file: where it is, what it is and how to mend it.

    `place` is the dotted path of the key, such as `revision[1].kinds`; `code` is stable (docs/rules.md).
    """

    code: str
    place: str
    ja: str
    en: str
    file: str = ""
    grade: Grade = Grade.ERROR

    def line(self, language: str = "en") -> str:
        """Return the mistake as one line; `language` is "ja" or "en"."""
        text = self.ja if language == "ja" else self.en
        if self.grade is Grade.WARNING:
            text = f"注意: {text}" if language == "ja" else f"warning: {text}"
        return ": ".join(part for part in (self.file, self.place, text) if part)


class RuleFileError(HoshoError):
    """A rule file (or its cases) does not load; `faults` says where and why."""

    code = "RULE_FILE_INVALID"

    def __init__(self, *faults: Fault) -> None:
        super().__init__(
            "\n".join(fault.line("ja") for fault in faults), "\n".join(fault.line("en") for fault in faults)
        )
        self.faults = faults


class MalformedRecord(HoshoError):
    """A JSON value is not the record that it should be; `place` is the dotted path of the field."""

    code = "RECORD_MALFORMED"

    def __init__(self, place: str, expected: str, given: object) -> None:
        super().__init__(
            f"{place}: 「{given}」は使えません（必要な形: {expected}）",
            f"{place}: {given!r} is not {expected}",
        )
        self.place = place


class UnknownObligee(HoshoError):
    """No installed plugin knows this obligee (発注者)."""

    code = "OBLIGEE_UNKNOWN"

    def __init__(self, obligee: str, near: Iterable[str] = ()) -> None:
        hints = tuple(near)
        ja = f"発注者「{obligee}」の規則は登録されていません。"
        en = f'no installed plugin has rules for the obligee "{obligee}".'
        if hints:
            ja += f"もしかして: {'、'.join(hints)}"
            en += f" Did you mean {', '.join(hints)}?"
        super().__init__(ja, en)
        self.obligee = obligee
        self.near = hints


class ObligeeNotServed(UnknownObligee):
    """The obligee is known, but its rules cannot be used: `problem` says why. Nothing is issued for it."""

    code = "OBLIGEE_NOT_SERVED"

    def __init__(self, obligee: str, problem: "Problem") -> None:
        HoshoError.__init__(
            self,
            f"発注者「{obligee}」の規則は現在使えません: {problem.ja}",
            f'the rules of the obligee "{obligee}" cannot be used now: {problem.en}',
        )
        self.obligee = obligee
        self.near = ()
        self.problem = problem


class UnknownRuleText(HoshoError):
    """No loaded rule file has this digest."""

    code = "RULE_TEXT_UNKNOWN"

    def __init__(self, digest: str) -> None:
        super().__init__(
            f"ダイジェスト {digest} の規則ファイルは読み込まれていません。",
            f"no loaded rule file has the digest {digest}.",
        )


@dataclass(frozen=True, slots=True)
class Problem:
    """A plugin, or one of its files, that is not served: which, why, and which obligees go without."""

    plugin: str
    ja: str
    en: str
    obligees: tuple[str, ...] = ()


class RulebookProblems(HoshoError):
    """Strict loading met at least one problem; `problems` holds all of them."""

    code = "RULEBOOK_PROBLEMS"

    def __init__(self, problems: Iterable[Problem]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            "\n".join(f"{problem.plugin}: {problem.ja}" for problem in self.problems),
            "\n".join(f"{problem.plugin}: {problem.en}" for problem in self.problems),
        )


def did_you_mean(word: str, known: Iterable[str]) -> tuple[str, str]:
    """Return the Japanese and English tail that proposes the nearest of `known`, or that lists them all."""
    words = sorted(known)
    near = difflib.get_close_matches(word, words, n=1, cutoff=0.6)
    if near:
        return f"もしかして「{near[0]}」", f'did you mean "{near[0]}"?'
    return f"使えるもの: {', '.join(words)}", f"known here: {', '.join(words)}"

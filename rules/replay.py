"""Replay: decide a stored application again by a stored rule text, and hold the answer against the stored one."""

import json
from dataclasses import dataclass

from denshi_hosho.rules.application import Application
from denshi_hosho.rules.deciding import ServedRules, decide
from denshi_hosho.rules.decision import Decision, Reason
from denshi_hosho.rules.differences import Change, changes
from denshi_hosho.rules.rulefile import parse


@dataclass(frozen=True, slots=True, kw_only=True)
class Replayed:
    """A stored decision and the one that the same facts get now by a rule text.

    `same`: nothing differs; `same_bits`: the JSON texts are equal, too. `same_text`: the text is the one that the
    stored decision was made by (its digest). `changes`: what differs. `not_replayed`: reasons that the plugin's
    own review had added: a review is code and no part of the text, so they were taken over, not asked for again.
    """

    stored: Decision
    again: Decision
    same: bool
    same_bits: bool
    same_text: bool
    changes: tuple[Change, ...]
    not_replayed: tuple[Reason, ...]
    ja: str
    en: str


def replay(text: str, facts: str, body: str) -> Replayed:
    """Return what `text` (a rule file) says today of the stored `facts`, beside the stored decision `body`.

    `facts` and `body` are the JSON texts kept with a guarantee (`Application.to_json`, `Decision.to_json`). Pure:
    no installed plugin is asked. Raise RuleFileError or MalformedRecord where one of the three cannot be read.
    """
    rules = parse(text.encode(), "stored rules.toml")
    application = Application.from_json(json.loads(facts))
    stored = Decision.from_json(json.loads(body))
    served = ServedRules(rules=rules, plugin=stored.plugin, plugin_version=stored.plugin_version, review=None)
    reviewed = _reviewed(stored, decide(served, application))
    again = decide(_saying_again(served, reviewed), application) if reviewed else decide(served, application)
    found = changes(stored, again)
    same_text = rules.digest == stored.digest
    ja, en = _verdict(same=not found, same_text=same_text, reviewed=bool(reviewed))
    return Replayed(
        stored=stored,
        again=again,
        same=not found,
        same_bits=_canonical(again.to_json()) == _canonical(json.loads(body)),
        same_text=same_text,
        changes=found,
        not_replayed=reviewed,
        ja=ja,
        en=en,
    )


def _reviewed(stored: Decision, again: Decision) -> tuple[Reason, ...]:
    """Return the stored reasons that no clause of any text gives: those of the plugin's own review.

    By the very text, they are what is left over; by another text, only what no file can say is surely a review's.
    """
    left = tuple(reason for reason in stored.reasons if reason not in again.reasons)
    if stored.digest == again.digest:
        return left
    return tuple(reason for reason in left if not _from_a_file(reason))


def _from_a_file(reason: Reason) -> bool:
    return reason.code in _FILE_CODES or reason.code.endswith(_FILE_ENDINGS)


_FILE_CODES = {
    "STARTED", "BEFORE_START", "START_DATE_MISSING", "START_BASIS_NOT_STATED", "START_OPEN", "READING_TAKEN",
    "EXCLUDED", "EXCLUSION_OPEN", "REMARK", "EXAMPLE_RULE", "KIND_NEVER_ELECTRONIC",
    "PAPER_OPEN", "PAPER_CLOSED", "PAPER_NOT_STATED",
}  # fmt: skip
_LISTS = ("KIND", "WORK_TYPE", "SURETY", "DIVISION", "PROCUREMENT", "CONTRACT_MEDIUM")
_SAID = ("TAKEN", "NOT_TAKEN", "UNCLEAR", "MISSING", "NOT_STATED", "OPEN", "CONTRADICTS")
_FILE_ENDINGS = tuple(f"{name}_{said}" for name in _LISTS for said in _SAID)


def _saying_again(served: ServedRules, reviewed: tuple[Reason, ...]) -> ServedRules:
    """Return the rules with a review that says once more what the plugin's own review had said."""
    return ServedRules(
        rules=served.rules,
        plugin=served.plugin,
        plugin_version=served.plugin_version,
        review=lambda _application, _revision: reviewed,
    )


def _verdict(*, same: bool, same_text: bool, reviewed: bool) -> tuple[str, str]:
    text = ("同じ規則文で", "By the very rule text") if same_text else ("別の規則文で", "By another rule text")
    if same:
        ja, en = f"{text[0]}再判定し、同じ判定になりました。", f"{text[1]} the decision comes out the same."
    else:
        ja, en = f"{text[0]}再判定し、判定に違いがあります。", f"{text[1]} the decision comes out differently."
    if reviewed:
        ja += "プラグイン自身の審査は規則文だけでは再現できないため、当時の理由をそのまま用いました。"
        en += " The plugin's own review cannot be replayed from the text alone; its reasons of then were taken over."
    return ja, en


def _canonical(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

"""Conditions: what a guard (`when = {…}`) tests, as data that can be said in words and looked through."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import TypeAlias

from denshi_hosho.core.vocabulary import Word


@dataclass(frozen=True, slots=True)
class OneOf:
    """The field's value is one of `values`."""

    field: str
    values: tuple[object, ...]


@dataclass(frozen=True, slots=True)
class Within:
    """The field's value (a day, or yen) keeps every bound; a bound is its key in the file and its value."""

    field: str
    bounds: tuple[tuple[str, date | int], ...]


@dataclass(frozen=True, slots=True)
class Every:
    """All `parts` hold."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of `parts` holds."""

    parts: tuple["Condition", ...]


@dataclass(frozen=True, slots=True)
class Opposite:
    """`part` does not hold."""

    part: "Condition"


Condition: TypeAlias = OneOf | Within | Every | Some | Opposite

FIELD_NAMES = {
    "kind": ("保証の種類", "kind"),
    "work_type": ("業務の種別", "work type"),
    "work_wording": ("業務の表記", "wording of the work"),
    "surety": ("保証機関", "surety"),
    "surety_class": ("保証機関の区分", "class of surety"),
    "division": ("発注担当課", "ordering division"),
    "procurement": ("契約方式", "procurement method"),
    "contract_medium": ("請負契約の形式", "form of the works contract"),
    "change": ("当初・変更・訂正", "original, amendment or correction"),
    "original_medium": ("当初の保証の形式", "form of the first guarantee"),
    "contract_price": ("請負金額（総額）", "contract price"),
    "covered_price": ("請負金額（対象額）", "covered price"),
    "guaranteed_amount": ("保証金額", "guaranteed amount"),
    "notice_on": ("入札公告日", "day of the tender notice"),
    "nomination_on": ("指名日", "day of the nomination"),
    "bidding_on": ("入札日", "day of the bidding"),
    "order_on": ("発注日", "day of the order"),
    "contract_on": ("契約締結日", "day of the contract"),
    "initial_contract_on": ("当初契約の締結日", "day of the initial contract"),
    "guarantee_on": ("保証契約日", "day of the guarantee"),
    "first_guarantee_on": ("最初の保証契約日", "day of the first guarantee"),
    "excluded_in_notice": ("公告での対象外の指定", "exclusion in the tender notice"),
    "trial": ("試行への参加", "part in a trial"),
    "works_numbers": ("工事番号", "works numbers"),
}
_BOUNDS_JA = {
    "from": "{}以後",
    "after": "{}より後",
    "until": "{}まで",
    "before": "{}より前",
    "at_least": "{}以上",
    "above": "{}超",
    "at_most": "{}以下",
    "below": "{}未満",
}
_BOUNDS_EN = {
    "from": "on or after {}",
    "after": "after {}",
    "until": "on or before {}",
    "before": "before {}",
    "at_least": "at least {}",
    "above": "above {}",
    "at_most": "at most {}",
    "below": "below {}",
}


def tests(condition: Condition) -> Iterator[OneOf | Within]:
    """Yield the tests of single fields that `condition` is made of."""
    if isinstance(condition, OneOf | Within):
        yield condition
    elif isinstance(condition, Opposite):
        yield from tests(condition.part)
    else:
        for part in condition.parts:
            yield from tests(part)


def said(condition: Condition) -> tuple[str, str]:
    """Return `condition` in Japanese and in English words."""
    if isinstance(condition, OneOf):
        return _one_of_said(condition)
    if isinstance(condition, Within):
        return _within_said(condition)
    if isinstance(condition, Opposite):
        ja, en = said(condition.part)
        return f"「{ja}」以外", f"not ({en})"
    pairs = [said(part) for part in condition.parts]
    if isinstance(condition, Every):
        return "、かつ".join(ja for ja, _ in pairs), " and ".join(en for _, en in pairs)
    return "（" + "、または".join(ja for ja, _ in pairs) + "）", "(" + " or ".join(en for _, en in pairs) + ")"


def when_said(condition: Condition | None) -> tuple[str, str]:
    """Return the tail that a sentence about a guarded clause ends in, empty for a clause without a guard."""
    if condition is None:
        return "", ""
    ja, en = said(condition)
    return f"（{ja}の場合）", f" (where {en})"


def _one_of_said(test: OneOf) -> tuple[str, str]:
    ja, en = FIELD_NAMES[test.field]
    pairs = [_value_said(value) for value in test.values]
    return f"{ja}が{'・'.join(each for each, _ in pairs)}", f"{en} is {' or '.join(each for _, each in pairs)}"


def _value_said(value: object) -> tuple[str, str]:
    if isinstance(value, bool):
        return ("はい", "yes") if value else ("いいえ", "no")
    return (value.ja, value.value.replace("_", " ").lower()) if isinstance(value, Word) else (str(value), str(value))


def _within_said(test: Within) -> tuple[str, str]:
    ja, en = FIELD_NAMES[test.field]
    pairs = [_bound_said(key, bound) for key, bound in test.bounds]
    return f"{ja}が{'・'.join(each for each, _ in pairs)}", f"{en} is {' and '.join(each for _, each in pairs)}"


def _bound_said(key: str, bound: date | int) -> tuple[str, str]:
    if isinstance(bound, date):
        return _BOUNDS_JA[key].format(f"{bound.year}年{bound.month}月{bound.day}日"), _BOUNDS_EN[key].format(bound)
    return _BOUNDS_JA[key].format(f"{bound:,}円"), _BOUNDS_EN[key].format(f"{bound:,} yen")

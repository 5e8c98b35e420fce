"""Templates of subject lines and body fields: text with typed placeholders, checked when a rule file is read."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from typing import TypeAlias

from denshi_hosho.core.vocabulary import GuaranteeKind
from denshi_hosho.rules.faults import RuleFileError, did_you_mean
from denshi_hosho.rules.handin import Missing
from denshi_hosho.rules.normalisers import (
    DAY_FORMATS,
    TEXT_FORMATS,
    DayFormat,
    TextFormat,
    Unfit,
    as_given,
    day_format,
    text_format,
)
from denshi_hosho.rules.plan import KindWord
from denshi_hosho.rules.reader import Table, mistake

Known: TypeAlias = Mapping[str, str | date | Sequence[GuaranteeKind] | None]

ELECTRONIC_KINDS = tuple(kind for kind in GuaranteeKind if kind is not GuaranteeKind.BID)
KIND = "kind"


@dataclass(frozen=True, slots=True)
class Told:
    """What a placeholder stands for: the field that tells it, and its name in both languages."""

    field: str
    ja: str
    en: str


TEXTS = {
    "works_name": Told("items", "工事名", "works name"),
    "works_number": Told("works_number", "工事番号", "works number"),
    "contract_number": Told("contract_number", "契約番号", "contract number"),
    "company": Told("principal_name", "受注者", "principal (contractor)"),
    "contact": Told("contact_name", "担当者の氏名・連絡先", "contact's name and telephone or mail"),
    "contact_name": Told("contact_name", "担当者の氏名", "contact's name"),
    "contact_phone": Told("contact_phone", "担当者の電話番号", "contact's telephone number"),
    "contact_email": Told("contact_email", "担当者の電子メールアドレス", "contact's mail address"),
    "division": Told("division", "発注担当課", "ordering division"),
    "number": Told("items", "保証契約番号", "guarantee number"),
    "surety": Told("items", "保証機関", "surety"),
    "obligee": Told("items", "発注者", "obligee"),
}
DAYS = {
    "bidding_on": Told("bidding_on", "入札日", "day of bidding"),
    "notice_on": Told("notice_on", "入札公告日", "day of the tender notice"),
    "contract_on": Told("contract_on", "契約締結日", "day of the contract"),
}
PLACEHOLDERS = frozenset({KIND, *TEXTS, *DAYS})
_PART = re.compile(r"\{\{|\}\}|\{([^{}]*)\}|[{}]")
_DAY_DEFAULT = "M月D日"


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A named place in a template, with the format of its value."""

    name: str
    text: TextFormat = as_given
    day: DayFormat | None = None


@dataclass(frozen=True, slots=True)
class Template:
    """Text and placeholders in turn."""

    parts: tuple[str | Placeholder, ...]

    @property
    def names(self) -> frozenset[str]:
        """Return the placeholders' names."""
        return frozenset(part.name for part in self.parts if isinstance(part, Placeholder))

    def filled(self, known: Known, kinds: Sequence[KindWord] = (), joined_by: str = "、") -> str | tuple[Missing, ...]:
        """Return the text for what is `known`, or everything that is missing or does not fit."""
        found = [
            part if isinstance(part, str) else _value(part, known.get(part.name), kinds, joined_by)
            for part in self.parts
        ]
        missing = tuple(dict.fromkeys(item for item in found if isinstance(item, Missing)))
        return missing or "".join(item for item in found if isinstance(item, str))


def read_template(text: str, place: str) -> Template:
    """Return the template that `text` writes; raise RuleFileError for what is wrong in it."""
    if as_given(text) != text:
        raise mistake(
            "TEMPLATE_LINE",
            place,
            "前後に空白のない1行で書いてください。",
            "must be one line without spaces at its ends.",
        )
    return Template(tuple(_parts(text, place)))


@cache
def template_of(text: str) -> Template:
    """Return the template of a plan, which was checked when its rule file was read."""
    return read_template(text, "template")


def _parts(text: str, place: str) -> Iterator[str | Placeholder]:
    end = 0
    for match in _PART.finditer(text):
        if match.start() > end:
            yield text[end : match.start()]
        end = match.end()
        if match.group() in ("{{", "}}"):
            yield match.group()[0]
        elif match.group(1) is None:
            raise mistake(
                "TEMPLATE_BRACE",
                place,
                f"「{match.group()}」の相手がありません。文字としての波かっこは {{{{ と }}}} で書きます。",
                f'a "{match.group()}" stands alone; write {{{{ and }}}} for braces that are text.',
            )
        else:
            yield _placeholder(match.group(1), place)
    if end < len(text):
        yield text[end:]


def _placeholder(spec: str, place: str) -> Placeholder:
    name, colon, wanted = spec.partition(":")
    if name not in PLACEHOLDERS:
        ja, en = did_you_mean(name, PLACEHOLDERS)
        raise mistake(
            "PLACEHOLDER",
            place,
            f"{{{name}}} という差込み項目はありません。{ja}",
            f"there is no placeholder {{{name}}}; {en}",
        )
    if name in DAYS:
        day = day_format(wanted if colon else _DAY_DEFAULT)
        if day is None:
            raise _wrong_format(spec, wanted, DAY_FORMATS, place)
        return Placeholder(name, day=day)
    text = text_format(wanted) if colon and name != KIND else None if colon else as_given
    if text is None:
        raise _wrong_format(spec, wanted, TEXT_FORMATS if name != KIND else (), place)
    return Placeholder(name, text)


def _wrong_format(spec: str, wanted: str, known: Sequence[str], place: str) -> RuleFileError:
    if not known:
        return mistake(
            "PLACEHOLDER_FORMAT",
            place,
            f"{{{spec}}}: {{kind}} に書式はありません。発注者の言葉は kinds の表に書きます。",
            f"{{{spec}}}: {{kind}} takes no format; the obligee's own words stand in the table `kinds`.",
        )
    ja, en = did_you_mean(wanted, known)
    return mistake(
        "PLACEHOLDER_FORMAT",
        place,
        f"{{{spec}}}: 「{wanted}」という書式は使えません。{ja}",
        f'{{{spec}}}: "{wanted}" is not a format for it; {en}',
    )


def _value(part: Placeholder, told: object, kinds: Sequence[KindWord], joined_by: str) -> str | Missing:
    if part.name == KIND:
        given = told if isinstance(told, list | tuple) else ()
        return joined_by.join(kind_words(given, kinds)) or _untold(Told("items", "保証の種類", "kind of guarantee"))
    if part.day is not None:
        return _fitting(DAYS[part.name], told, part.day(told)) if isinstance(told, date) else _untold(DAYS[part.name])
    if not isinstance(told, str) or not as_given(told):
        return _untold(TEXTS[part.name])
    return _fitting(TEXTS[part.name], told, part.text(told))


def given_value(given: Table, name: str) -> str | date | tuple[GuaranteeKind, ...]:
    """Return what an example or a case gives for the placeholder `name`; raise RuleFileError for a wrong type."""
    if name == KIND:
        return given.words(name, GuaranteeKind)
    return given.day(name) if name in DAYS else given.text(name)


def kind_words(kinds: Sequence[GuaranteeKind], words: Sequence[KindWord]) -> tuple[str, ...]:
    """Return the word of each kind, each once: the obligee's own where it has one."""
    own = {item.kind: item.word for item in words}
    return tuple(dict.fromkeys(own.get(kind, kind.ja) for kind in kinds))


def _untold(told: Told) -> Missing:
    return Missing(
        code="FACT_MISSING",
        field=told.field,
        ja=f"{told.ja}が伝えられていません。",
        en=f"The {told.en} is not told.",
    )


def _fitting(told: Told, given: object, found: str | Unfit) -> str | Missing:
    if isinstance(found, str):
        return found
    return Missing(
        code="FACT_MALFORMED",
        field=told.field,
        ja=f"{told.ja}「{given}」は{found.ja}。確認して入力し直してください。",
        en=f"The {told.en} “{given}” {found.en}; check it and tell it again.",
    )

"""Dimensions: the lists of a rule (kinds, work types, sureties …) and what they say of an application."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from denshi_hosho.core.vocabulary import GuaranteeKind, Medium, Procurement, SuretyClass, Word, WorkType
from denshi_hosho.rules.application import Application
from denshi_hosho.rules.citations import cited
from denshi_hosho.rules.decision import Reason
from denshi_hosho.rules.guards import Guard, read_guard
from denshi_hosho.rules.plan import Source
from denshi_hosho.rules.reader import Table, mistake
from denshi_hosho.rules.texts import Reading, read_readings, word_en

LIST_KEYS = frozenset({"when", "accepted", "unclear", "literal", "reading", "source"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Dimension:
    """A field of the application that a rule may list values for. `key` is its table in a rule file."""

    key: str
    field: str
    code: str
    words: type[Word] | None
    ja: str
    en: str


KINDS = Dimension(key="kinds", field="kind", code="KIND", words=GuaranteeKind, ja="保証の種類", en="kind of guarantee")
WORK_TYPES = Dimension(
    key="work_types", field="work_type", code="WORK_TYPE", words=WorkType, ja="業務の種別", en="work type"
)
SURETIES = Dimension(
    key="sureties",
    field="surety_class",
    code="SURETY",
    words=SuretyClass,
    ja="保証機関の区分",
    en="class of surety",
)
DIVISIONS = Dimension(
    key="divisions", field="division", code="DIVISION", words=None, ja="発注担当課", en="ordering division"
)
PROCUREMENTS = Dimension(
    key="procurements",
    field="procurement",
    code="PROCUREMENT",
    words=Procurement,
    ja="契約方式",
    en="procurement method",
)
CONTRACT_MEDIA = Dimension(
    key="contract_media",
    field="contract_medium",
    code="CONTRACT_MEDIUM",
    words=Medium,
    ja="請負契約の形式",
    en="form of the works contract",
)
DIMENSIONS = (KINDS, WORK_TYPES, SURETIES, DIVISIONS, PROCUREMENTS, CONTRACT_MEDIA)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One list of a dimension: the values taken, for applications that `guard` holds for."""

    dimension: Dimension
    guard: Guard
    accepted: frozenset[str]
    wordings: Mapping[str, tuple[str, ...]]
    literal: str | None
    readings: tuple[Reading, ...]
    sources: tuple[Source, ...]
    settled: Mapping[str, Reason]
    told: Callable[[Application], Any]

    def reason(self, application: Application) -> Reason | None:
        """Return what the list says of `application`; None where it takes every value and none is told."""
        value = self.told(application)
        if value is not None:
            return self.settled.get(value) or self._not_taken(value)
        if self.dimension.words is not None and len(self.accepted) == len(self.dimension.words):
            return None
        dimension = self.dimension
        return Reason(
            code=f"{dimension.code}_MISSING",
            ja=f"{dimension.ja}が伝えられていません。この発注者は{dimension.ja}により取扱いが異なります。",
            en=f"The {dimension.en} is not told, and this obligee decides by it.",
            unsettled=True,
            facts=(dimension.field,),
            sources=self.sources,
        )

    def _not_taken(self, value: str) -> Reason:
        ja, en = shown(value)
        return Reason(
            code=f"{self.dimension.code}_NOT_TAKEN",
            ja=f"{self.dimension.ja}「{ja}」は、この発注者の電子保証の対象として挙げられていません。",
            en=f"The {self.dimension.en} “{en}” is not among those this obligee takes electronically.",
            refuses=True,
            facts=(self.dimension.field,),
            sources=self.sources,
        )


def shown(value: str) -> tuple[str, str]:
    """Return a value as Japanese and as English prose."""
    return (value.ja, word_en(value)) if isinstance(value, Word) else (value, value)


def read_listings(revision: Table, dimension: Dimension, sources: Mapping[str, Source]) -> tuple[Listing, ...]:
    """Return the lists of one dimension, in the order of the file: the first whose guard holds decides."""
    return tuple(
        _listing(Table(raw, place, LIST_KEYS), dimension, sources) for raw, place in revision.tables(dimension.key)
    )


def _listing(table: Table, dimension: Dimension, sources: Mapping[str, Source]) -> Listing:
    facts = cited(table, sources)
    wordings = _wordings(table) if dimension is WORK_TYPES else {}
    accepted = frozenset(wordings) if wordings else _accepted(table, dimension)
    return Listing(
        dimension=dimension,
        guard=read_guard(table),
        accepted=accepted,
        wordings=wordings,
        literal=table.text_or_none("literal"),
        readings=read_readings(table, facts),
        sources=facts,
        settled={
            **{value: _unclear(dimension, value, facts) for value in _unclear_values(table, dimension)},
            **{value: _taken(dimension, value, facts) for value in accepted},
        },
        told=_told(dimension, wordings),
    )


def _accepted(table: Table, dimension: Dimension) -> frozenset[str]:
    words = dimension.words
    if words is None:
        return frozenset(table.texts("accepted"))
    if table.need("accepted") == "ANY":
        return frozenset(_members(words))
    accepted = frozenset(table.words("accepted", words))
    if GuaranteeKind.BID in accepted:
        raise mistake(
            "BID_NEVER",
            table.at("accepted"),
            "契約保証予約（BID）は電子交付されません。削除してください。",
            "BID (契約保証予約) is never delivered electronically; remove it.",
        )
    return accepted


def _unclear_values(table: Table, dimension: Dimension) -> tuple[str, ...]:
    if not table.has("unclear"):
        return ()
    return table.texts("unclear") if dimension.words is None else table.words("unclear", dimension.words)


def _members(words: type[Word]) -> tuple[Word, ...]:
    return tuple(member for member in words if member != GuaranteeKind.BID)


def _wordings(table: Table) -> dict[str, tuple[str, ...]]:
    """Return the obligee's own words by work type, from `accepted = { CONSTRUCTION = "工事" }`."""
    if not isinstance(table.need("accepted"), Mapping):
        return {}
    words = Table(table.raw["accepted"], table.at("accepted"), frozenset(word.value for word in WorkType))
    return {kind: words.texts(kind.value) for kind in WorkType if words.has(kind.value)}


def _told(dimension: Dimension, wordings: Mapping[str, tuple[str, ...]]) -> Callable[[Application], Any]:
    told = attrgetter(dimension.field)
    if not wordings:
        return told
    by_word = {word: kinds for word, kinds in by_wording(wordings).items() if len(kinds) == 1}

    def told_or_worded(application: Application) -> Any:
        value = told(application)
        return value or next(iter(by_word.get(application.work_wording or "", ())), None)

    return told_or_worded


def by_wording(wordings: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the work types that each of the obligee's own words stands for."""
    words = dict.fromkeys(word for said in wordings.values() for word in said)
    return {word: tuple(kind for kind, said in wordings.items() if word in said) for word in words}


def _taken(dimension: Dimension, value: str, sources: tuple[Source, ...]) -> Reason:
    ja, en = shown(value)
    return Reason(
        code=f"{dimension.code}_TAKEN",
        ja=f"{dimension.ja}「{ja}」は電子保証の対象です。",
        en=f"The {dimension.en} “{en}” is taken electronically.",
        facts=(dimension.field,),
        sources=sources,
    )


def _unclear(dimension: Dimension, value: str, sources: tuple[Source, ...]) -> Reason:
    ja, en = shown(value)
    return Reason(
        code=f"{dimension.code}_UNCLEAR",
        ja=f"{dimension.ja}「{ja}」が対象に含まれるかどうかは規則の文言から明らかではありません。発注者にご確認ください。",
        en=f"The rule's wording leaves open whether the {dimension.en} “{en}” is included; ask the obligee.",
        unsettled=True,
        sources=sources,
    )

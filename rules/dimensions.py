"""Dimensions: the lists of a rule (kinds, work types, sureties …) and what they say of an application."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Any

from denshi_hosho.core.vocabulary import GuaranteeKind, Medium, Procurement, SuretyClass, Word, WorkType
from denshi_hosho.rules.application import Application
from denshi_hosho.rules.citations import cited
from denshi_hosho.rules.decision import Reason
from denshi_hosho.rules.guards import Guard, folded, read_guard
from denshi_hosho.rules.plan import Source
from denshi_hosho.rules.reader import Table, mistake
from denshi_hosho.rules.texts import Reading, read_readings, word_en
from denshi_hosho.rules.vocabulary import Others

LIST_KEYS = frozenset({"when", "accepted", "unclear", "others", "literal", "reading", "source"})


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
# Without a list of these the outcome stays open; a rule silent about sureties speaks of guarantee companies.
ALWAYS_ASKED = (KINDS, WORK_TYPES, SURETIES)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """One list of a dimension: the values taken, for applications that `guard` holds for.

    `names` are the sureties taken by name, by class, folded for comparing; a class without any is taken as a
    whole. `others`: what a value means that the list does not hold.
    """

    place: str
    dimension: Dimension
    guard: Guard
    accepted: frozenset[str]
    unclear: frozenset[str]
    wordings: Mapping[str, tuple[str, ...]]
    names: Mapping[str, frozenset[str]]
    others: Others
    literal: str | None
    readings: tuple[Reading, ...]
    sources: tuple[Source, ...]
    settled: Mapping[str, Reason]
    told: Callable[[Application], Any]

    def reason(self, application: Application) -> Reason | None:
        """Return what the list says of `application`; None where it takes every value and none is told."""
        value = self.told(application)
        if value is not None:
            return self._settled(value, application)
        if self.dimension.words is not None and len(self.accepted) == len(self.dimension.words):
            return None
        return self._missing(self.dimension.ja, self.dimension.en, self.dimension.field)

    def _settled(self, value: str, application: Application) -> Reason:
        reason = self.settled.get(value if isinstance(value, Word) else folded(value))
        if value not in self.names or reason is None:
            return reason or self._outside(value)
        if application.surety is None:
            return self._missing("保証機関の名称", "name of the surety", "surety")
        return reason if folded(application.surety) in self.names[value] else self._outside(application.surety)

    def _missing(self, ja: str, en: str, field: str) -> Reason:
        return Reason(
            code=f"{self.dimension.code}_MISSING",
            ja=f"{ja}が伝えられていません。この発注者は{ja}により取扱いが異なります。",
            en=f"The {en} is not told, and this obligee decides by it.",
            unsettled=True,
            facts=(field,),
            sources=self.sources,
        )

    def _outside(self, value: str) -> Reason:
        if self.others is Others.ASK:
            return unclear(self.dimension, value, self.sources)
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
    names = _names(table) if dimension is SURETIES else {}
    accepted = frozenset(wordings or names) or _accepted(table, dimension)
    asked = _unclear_values(table, dimension)
    return Listing(
        place=table.place,
        dimension=dimension,
        guard=read_guard(table),
        accepted=accepted,
        unclear=frozenset(asked),
        wordings=wordings,
        names={kind: frozenset(map(folded, said)) for kind, said in names.items() if said},
        others=table.word("others", Others) if table.has("others") else Others.NOT_TAKEN,
        literal=table.text_or_none("literal"),
        readings=read_readings(table, facts),
        sources=facts,
        settled={
            **{_key(value): unclear(dimension, value, facts) for value in asked},
            **{_key(value): _taken(dimension, value, facts) for value in accepted},
        },
        told=_told(dimension, wordings),
    )


def _key(value: str) -> str:
    return value if isinstance(value, Word) else folded(value)


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


def _names(table: Table) -> dict[str, tuple[str, ...]]:
    """Return the sureties by class, from `accepted = { INSURER = ["…"] }`; "ANY" takes the whole class."""
    if not isinstance(table.need("accepted"), Mapping):
        return {}
    classes = Table(table.raw["accepted"], table.at("accepted"), frozenset(word.value for word in SuretyClass))
    found = {kind: classes.texts(kind.value) for kind in SuretyClass if classes.has(kind.value)}
    if not found:
        raise table.wrong("accepted", "一つ以上の区分", "at least one class of surety")
    return {kind: () if said == ("ANY",) else said for kind, said in found.items()}


def _told(dimension: Dimension, wordings: Mapping[str, tuple[str, ...]]) -> Callable[[Application], Any]:
    told = attrgetter(dimension.field)
    if not wordings:
        return told
    by_word = {word: kinds for word, kinds in by_wording(wordings).items() if len(kinds) == 1}

    def told_or_worded(application: Application) -> Any:
        value = told(application)
        return value or next(iter(by_word.get(folded(application.work_wording or ""), ())), None)

    return told_or_worded


def by_wording(wordings: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Return the work types that each of the obligee's own words, folded, stands for."""
    meant: dict[str, tuple[str, ...]] = {}
    for kind, said in wordings.items():
        for word in dict.fromkeys(map(folded, said)):
            meant[word] = (*meant.get(word, ()), kind)
    return meant


def _taken(dimension: Dimension, value: str, sources: tuple[Source, ...]) -> Reason:
    ja, en = shown(value)
    return Reason(
        code=f"{dimension.code}_TAKEN",
        ja=f"{dimension.ja}「{ja}」は電子保証の対象です。",
        en=f"The {dimension.en} “{en}” is taken electronically.",
        facts=(dimension.field,),
        sources=sources,
    )


def unclear(dimension: Dimension, value: str, sources: tuple[Source, ...]) -> Reason:
    """Return the reason that the obligee has to be asked about `value`."""
    ja, en = shown(value)
    return Reason(
        code=f"{dimension.code}_UNCLEAR",
        ja=f"{dimension.ja}「{ja}」が対象に含まれるかどうかは規則の文言から明らかではありません。発注者にご確認ください。",
        en=f"The rule's wording leaves open whether the {dimension.en} “{en}” is included; ask the obligee.",
        unsettled=True,
        sources=sources,
    )

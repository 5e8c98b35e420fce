"""Starts (適用開始日): from which day on a revision applies, and by which day that is counted."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from denshi_hosho.core.vocabulary import Change, Procurement
from denshi_hosho.rules.application import Application
from denshi_hosho.rules.citations import cited
from denshi_hosho.rules.decision import Reason
from denshi_hosho.rules.guards import Guard, read_guard
from denshi_hosho.rules.plan import Source
from denshi_hosho.rules.reader import Table, mistake
from denshi_hosho.rules.texts import Reading, day_ja, read_readings
from denshi_hosho.rules.vocabulary import Basis, Precision

START_KEYS = frozenset({"from", "counted_by", "precision", "literal", "reading", "source"})

NOT_STATED = "not_stated"


@dataclass(frozen=True, slots=True, kw_only=True)
class Start:
    """From `from_on` on, counted by any one of `counted_by`, for applications that `guard` holds for.

    An empty `counted_by`: the page does not say by which day it counts.
    """

    place: str
    guard: Guard
    from_on: date
    counted_by: tuple[Basis, ...]
    precision: Precision
    literal: str | None
    readings: tuple[Reading, ...]
    sources: tuple[Source, ...]

    def reason(self, application: Application) -> Reason:
        """Return STARTED, BEFORE_START (refuses), START_DATE_MISSING or START_BASIS_NOT_STATED (unsettled)."""
        if not self.counted_by:
            return self._by_any_basis(application)
        told = [(basis, *counted_day(basis, application)) for basis in self.counted_by]
        days = [(basis, field, day) for basis, field, day in told if day is not None]
        for basis, field, day in days:
            if day >= self.from_on:
                return self._started(basis, field, day)
        if days:
            return self._before(*days[0])
        return self._missing(tuple(field for _, field, _ in told))

    def _started(self, basis: Basis, field: str, day: date) -> Reason:
        return Reason(
            code="STARTED",
            ja=f"{basis.ja}（{day_ja(day)}）が適用開始日（{day_ja(self.from_on)}）以後です。",
            en=f"The {basis.en} ({day}) is on or after the start ({self.from_on}).",
            facts=(field,),
            sources=self.sources,
        )

    def _before(self, basis: Basis, field: str, day: date) -> Reason:
        return Reason(
            code="BEFORE_START",
            ja=f"電子保証は{basis.ja}が{day_ja(self.from_on)}以後の案件からです。{basis.ja}は{day_ja(day)}です。",
            en=f"Taken electronically from {self.from_on} on, counted by the {basis.en}; here that is {day}.",
            refuses=True,
            facts=(field,),
            sources=self.sources,
        )

    def _missing(self, fields: tuple[str, ...]) -> Reason:
        ja = "または".join(basis.ja for basis in self.counted_by)
        en = " or ".join(basis.en for basis in self.counted_by)
        return Reason(
            code="START_DATE_MISSING",
            ja=f"適用開始日（{day_ja(self.from_on)}）は{ja}で判定しますが、その日付が伝えられていません。",
            en=f"The start ({self.from_on}) is counted by the {en}, which is not told.",
            unsettled=True,
            facts=fields,
            sources=self.sources,
        )

    def _by_any_basis(self, application: Application) -> Reason:
        """Return what holds whichever day the page may mean, or that it hangs on which one it means.

        It has begun where the opening of the procedure and every other told day is on or after the start; it has
        not where contract, guarantee and every other told day is before it.
        """
        told = {field: day for field in _ANY_DAY if (day := getattr(application, field)) is not None}
        if told and min(told.values()) >= self.from_on:
            opening = _opening(application)
            return self._all_on("STARTED", told) if told.keys() & opening else self._no_basis(opening)
        if told and max(told.values()) < self.from_on:
            untold = tuple(field for field in _CLOSING if field not in told)
            return self._no_basis(untold) if untold else self._all_on("BEFORE_START", told)
        return self._no_basis(() if told else _opening(application))

    def _all_on(self, code: str, told: Mapping[str, date]) -> Reason:
        begun = code == "STARTED"
        return Reason(
            code=code,
            ja=f"起算の基準は示されていませんが、伝えられた日はすべて適用開始日（{day_ja(self.from_on)}）"
            f"{'以後' if begun else 'より前'}です。",
            en=f"The page does not say by which day it counts; all days told are "
            f"{'on or after' if begun else 'before'} the start ({self.from_on}).",
            refuses=not begun,
            facts=tuple(told),
            sources=self.sources,
        )

    def _no_basis(self, fields: tuple[str, ...]) -> Reason:
        ask = ("", "") if fields else ("発注者にご確認ください。", " Ask the obligee.")
        return Reason(
            code="START_BASIS_NOT_STATED",
            ja=f"適用開始日（{day_ja(self.from_on)}）をどの日で判定するかが示されていないため、判定できません。{ask[0]}",
            en=f"The page does not say by which day the start ({self.from_on}) is counted, and it matters here.{ask[1]}",
            unsettled=True,
            facts=fields,
            sources=self.sources,
        )


_ANY_DAY = (*dict.fromkeys(basis.field for basis in Basis), "first_guarantee_on")
_CLOSING = (Basis.CONTRACT.field, Basis.GUARANTEE.field)


def _opening(application: Application) -> tuple[str, ...]:
    """Return the days that open a procurement procedure: no other day that a page may mean comes before them."""
    tender = (Basis.NOTICE.field, Basis.NOMINATION.field)
    return (*tender, Basis.ORDER.field) if application.procurement is Procurement.NEGOTIATED else tender


def counted_day(basis: Basis, application: Application) -> tuple[str, date | None]:
    """Return the field that `basis` is read from, and its day (None: not told).

    An original guarantee's contract is the initial one unless the application says otherwise; after a change
    only `initial_contract_on` will do.
    """
    told: date | None = getattr(application, basis.field)
    if basis is Basis.INITIAL_CONTRACT and told is None and application.change is Change.ORIGINAL:
        return Basis.CONTRACT.field, application.contract_on
    return basis.field, told


def read_start(table: Table, sources: Mapping[str, Source]) -> Start:
    """Return the start that `table` states; a start known to the month says which reading is taken."""
    facts = cited(table, sources)
    start = Start(
        place=table.place,
        guard=read_guard(table),
        from_on=table.day("from"),
        counted_by=() if table.need("counted_by") == NOT_STATED else table.words("counted_by", Basis),
        precision=table.word("precision", Precision) if table.has("precision") else Precision.DAY,
        literal=table.text_or_none("literal"),
        readings=read_readings(table, facts),
        sources=facts,
    )
    if start.precision is Precision.MONTH:
        _check_month(start, table)
    return start


def _check_month(start: Start, table: Table) -> None:
    if start.from_on.day != 1:
        raise mistake(
            "MONTH_FIRST_DAY",
            table.at("from"),
            "precision が month のときは、月の初日を書いてください。",
            'with precision = "month" write the first day of the month.',
        )
    if not start.readings:
        raise mistake(
            "MONTH_READING",
            table.place,
            "月までしか分からない開始日です。どの日と読むかを reading（ja, en）に書いてください。",
            "the start is known to the month only; say in `reading` (ja, en) which day it is read as.",
        )

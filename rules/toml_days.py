"""Say well what is wrong with a day that TOML cannot read, such as 2024-02-30 or 2024-4-1."""

import calendar
import re

from denshi_hosho.rules.faults import Fault

_DAY = re.compile(r"=\s*((\d{4})[-/.](\d{1,2})[-/.](\d{1,2}))(?!\d)")
_MONTHS = 12


def day_fault(text: str) -> Fault | None:
    """Return the fault of the first day in `text` that is not one, None where all days are."""
    for number, line in enumerate(text.splitlines(), 1):
        for match in _DAY.finditer(line):
            fault = _fault(f"line {number}", *match.groups())
            if fault is not None:
                return fault
    return None


def _fault(place: str, given: str, year: str, month: str, day: str) -> Fault | None:
    if not 1 <= int(month) <= _MONTHS:
        return Fault(
            "NO_SUCH_DAY",
            place,
            f"{given} という日はありません。月は 01 から 12 までです。",
            f"{given} is no day of the calendar: months run from 01 to 12.",
        )
    last = calendar.monthrange(int(year), int(month))[1]
    if not 1 <= int(day) <= last:
        return Fault(
            "NO_SUCH_DAY",
            place,
            f"{given} という日はありません。{year}年{int(month)}月は {last} 日までです。",
            f"{given} is no day of the calendar: {year}-{month} ends on the {last}th.".replace("31th", "31st"),
        )
    right = f"{year}-{int(month):02}-{int(day):02}"
    if given != right:
        return Fault(
            "NO_SUCH_DAY",
            place,
            f"日付は {right} と二桁で書いてください。",
            f"{given} is not written as a day; write {right}.",
        )
    return None

"""Days as Japanese documents write them (和暦): era name, year of the era, month, day."""

from datetime import date
from typing import NamedTuple

from denshi_hosho.core.errors import HoshoError


class Era(NamedTuple):
    """An era (元号): its name, and its first day as the solar calendar counts it."""

    name: str
    began_on: date


# First days by the orders that set them: 大正 and 昭和 took the whole of the day of their proclamation.
ERAS = (
    Era("令和", date(2019, 5, 1)),
    Era("平成", date(1989, 1, 8)),
    Era("昭和", date(1926, 12, 25)),
    Era("大正", date(1912, 7, 30)),
    Era("明治", date(1868, 10, 23)),
)

# 明治5年 was lunar; the day after its 12月2日 was 明治6年1月1日 (明治5年太政官布告第337号).
SOLAR_CALENDAR_FROM = date(1873, 1, 1)


class BeforeSolarCalendar(HoshoError):
    """A day before 1873-01-01 has no date in an era that counts solar months."""

    code = "DATE_BEFORE_SOLAR_CALENDAR"

    def __init__(self, day: date) -> None:
        super().__init__(
            f"{day.isoformat()} は明治6年1月1日より前のため、和暦で表示できません。日付を確認してください。",
            f"{day.isoformat()} is before 1873-01-01 and cannot be written as an era date. Check the date.",
        )


def wareki(day: date) -> str:
    """Return `day` (Japan's) as 令和4年1月20日; the first year of an era is 元年.

    Raise `BeforeSolarCalendar` for a day before 1873-01-01.
    """
    if day < SOLAR_CALENDAR_FROM:
        raise BeforeSolarCalendar(day)
    era = next(era for era in ERAS if era.began_on <= day)
    year = day.year - era.began_on.year + 1
    return f"{era.name}{'元' if year == 1 else year}年{day.month}月{day.day}日"

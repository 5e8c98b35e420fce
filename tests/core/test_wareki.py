from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from denshi_hosho.core.wareki import ERAS, SOLAR_CALENDAR_FROM, BeforeSolarCalendar, wareki


@pytest.mark.parametrize(
    ("day", "written"),
    [
        (date(2022, 1, 20), "令和4年1月20日"),
        (date(2019, 5, 1), "令和元年5月1日"),
        (date(2019, 4, 30), "平成31年4月30日"),
        (date(1989, 1, 8), "平成元年1月8日"),
        (date(1989, 1, 7), "昭和64年1月7日"),
        (date(1926, 12, 25), "昭和元年12月25日"),
        (date(1926, 12, 24), "大正15年12月24日"),
        (date(1912, 7, 30), "大正元年7月30日"),
        (date(1912, 7, 29), "明治45年7月29日"),
        (date(1873, 1, 1), "明治6年1月1日"),
    ],
)
def test_each_era_begins_and_ends_on_its_day(day: date, written: str) -> None:
    assert wareki(day) == written


def test_a_day_of_the_lunar_calendar_is_refused() -> None:
    with pytest.raises(BeforeSolarCalendar) as refused:
        wareki(date(1872, 12, 31))
    assert refused.value.code == "DATE_BEFORE_SOLAR_CALENDAR"
    assert "1872-12-31" in refused.value.ja


@given(st.dates(SOLAR_CALENDAR_FROM, date(2100, 12, 31)), st.dates(SOLAR_CALENDAR_FROM, date(2100, 12, 31)))
def test_two_days_are_never_written_alike(one: date, other: date) -> None:
    assert (wareki(one) == wareki(other)) == (one == other)


def test_eras_are_listed_from_the_latest_back() -> None:
    assert list(ERAS) == sorted(ERAS, key=lambda era: era.began_on, reverse=True)

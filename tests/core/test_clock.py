from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from denshi_hosho.core.clock import JST, japan_day, next_mail_time, system_clock

DAY = timedelta(days=1)


def jst(year: int, month: int, day: int, *clock: int) -> datetime:
    hour, minute, second, microsecond = (*clock, 0, 0, 0, 0)[:4]
    return datetime(year, month, day, hour, minute, second, microsecond, JST)


@pytest.mark.parametrize(
    ("asked", "due"),
    [
        (jst(2024, 6, 3, 15, 59, 59), jst(2024, 6, 3, 16)),
        (jst(2024, 6, 3, 16, 0, 0), jst(2024, 6, 3, 16)),
        (jst(2024, 6, 3, 16, 0, 0, 1), jst(2024, 6, 4, 16)),
        (jst(2024, 6, 3, 16, 0, 1), jst(2024, 6, 4, 16)),
        (jst(2024, 6, 30, 16, 0, 1), jst(2024, 7, 1, 16)),
        (jst(2024, 2, 28, 23, 59, 59), jst(2024, 2, 29, 16)),
        (jst(2024, 12, 31, 17), jst(2025, 1, 1, 16)),
        (jst(2024, 6, 3, 0, 0, 0), jst(2024, 6, 3, 16)),
        # 2024-06-02 20:00 in London is 04:00 of the 3rd in Japan.
        (datetime(2024, 6, 2, 20, tzinfo=timezone(timedelta(hours=1))), jst(2024, 6, 3, 16)),
    ],
)
def test_mail_goes_out_at_the_next_16_oclock_in_japan(asked: datetime, due: datetime) -> None:
    found = next_mail_time(asked)
    assert found == due
    assert found.tzinfo is UTC


@given(st.datetimes(datetime(1960, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC)))  # noqa: DTZ001  bounds are naive
def test_the_wait_is_under_a_day_and_ends_at_16_oclock(asked: datetime) -> None:
    due = next_mail_time(asked)
    assert timedelta(0) <= due - asked < DAY
    assert due.astimezone(JST).time().isoformat() == "16:00:00"
    assert next_mail_time(due) == due


@pytest.mark.parametrize(
    ("instant", "day"),
    [
        (datetime(2024, 5, 31, 14, 59, 59, tzinfo=UTC), date(2024, 5, 31)),
        (datetime(2024, 5, 31, 15, 0, 0, tzinfo=UTC), date(2024, 6, 1)),
    ],
)
def test_the_day_changes_at_midnight_in_japan(instant: datetime, day: date) -> None:
    assert japan_day(instant) == day


def test_the_system_clock_is_aware_utc() -> None:
    before = datetime.now(UTC)
    assert before <= (now := system_clock()) <= datetime.now(UTC)
    assert now.tzinfo is UTC

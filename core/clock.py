"""Japan's days and the instants behind them: instants are aware UTC, days are Asia/Tokyo."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

JST = ZoneInfo("Asia/Tokyo")
MAIL_HOUR = time(16)  # 原則16時すぎに配信 (Nakatane's leaflet)

Clock = Callable[[], datetime]


def system_clock() -> datetime:
    """Return this instant, aware UTC. For entry points only; everything below is given the time."""
    return datetime.now(UTC)


def japan_day(instant: datetime) -> date:
    """Return the day that it is in Japan at `instant`."""
    return instant.astimezone(JST).date()


def next_mail_time(instant: datetime) -> datetime:
    """Return the first 16:00 in Japan that is not before `instant`, as UTC."""
    local = instant.astimezone(JST)
    today = datetime.combine(local.date(), MAIL_HOUR, JST)
    due = today if local <= today else today + timedelta(days=1)
    return due.astimezone(UTC)

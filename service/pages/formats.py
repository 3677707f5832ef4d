"""How dates, money and names are written for people: functions of their arguments alone, and filters of templates."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

__all__ = ["ago", "clock_time", "count_of", "day", "in_days", "moment", "money", "percent", "words"]

Number = int | float | Decimal

MINUTE, HOUR, DAY = 60, 3600, 86400


def day(value: dt.date | dt.datetime | str | None) -> str:
    """`12 Mar 2026`; an en dash where there is none."""
    if value is None:
        return "–"
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value)
    return f"{value.day} {value:%b %Y}"


def moment(value: dt.datetime | str | None) -> str:
    """`12 Mar 2026, 15:00 UTC`, whatever its own offset is."""
    if value is None:
        return "–"
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value)
    value = value.astimezone(dt.UTC)
    return f"{day(value)}, {value:%H:%M} UTC"


def clock_time(seconds: float | None) -> str:
    """Where in a call: `4:07`, `1:02:33`; nothing where it is not known."""
    if seconds is None:
        return ""
    whole = int(seconds)
    hours, rest = divmod(whole, HOUR)
    minutes, left = divmod(rest, MINUTE)
    return f"{hours}:{minutes:02}:{left:02}" if hours else f"{minutes}:{left:02}"


def money(value: Number | None, currency: str | None = None) -> str:
    """`USD 120,000`; cents only where there are some."""
    if value is None:
        return "–"
    exact = Decimal(str(value))
    figure = f"{exact:,.0f}" if exact == exact.to_integral_value() else f"{exact:,.2f}"
    return f"{currency} {figure}" if currency else figure


def percent(value: Number | None, *, of_one: bool = False) -> str:
    """A probability in percent, or with `of_one` one between 0 and 1."""
    if value is None:
        return "–"
    return f"{float(value) * (100 if of_one else 1):.0f}%"


def ago(value: dt.datetime, now: dt.datetime) -> str:
    """How long ago, in its largest whole unit: `just now`, `5 min ago`, `3 h ago`, `yesterday`, `12 days ago`."""
    seconds = (now - value).total_seconds()
    if seconds < MINUTE:
        return "just now"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)} min ago"
    if seconds < DAY:
        return f"{int(seconds // HOUR)} h ago"
    days = int(seconds // DAY)
    if days == 1:
        return "yesterday"
    return f"{days} days ago" if days < 60 else day(value)


def in_days(value: dt.datetime, now: dt.datetime) -> str:
    """How much time is left: `in 3 days`, `today`, `overdue by 2 days`."""
    days = (value.date() - now.date()).days
    if days == 0:
        return "today"
    if days == 1:
        return "tomorrow"
    if days > 1:
        return f"in {days} days"
    return "overdue by a day" if days == -1 else f"overdue by {-days} days"


def words(name: str) -> str:
    """A name of the program in words: `budget_approved` is `budget approved`."""
    return name.replace("_", " ").replace(".", " · ")


def count_of(number: int, one: str, many: str | None = None) -> str:
    """`1 deal`, `1,204 deals`."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"

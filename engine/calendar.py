"""Days and business days in a pipeline's own time zone. Daylight-saving changes are the zone's, not ours."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import ROUND_FLOOR, ROUND_HALF_UP, Decimal
from zoneinfo import ZoneInfo

SATURDAY = 5
DAY = dt.timedelta(days=1)
MIDNIGHT = dt.time()


@dataclass(frozen=True, slots=True, kw_only=True)
class Calendar:
    """`zone` says when a day begins; `holidays` are days on which nobody works, beside Saturdays and Sundays."""

    zone: ZoneInfo | dt.timezone
    holidays: frozenset[dt.date] = frozenset()

    def day(self, moment: dt.datetime) -> dt.date:
        """The day on which `moment` falls."""
        return moment.date() if self.zone is dt.UTC else moment.astimezone(self.zone).date()

    def begins(self, day: dt.date) -> dt.datetime:
        """The first moment of `day`, in UTC."""
        return dt.datetime.combine(day, MIDNIGHT, self.zone).astimezone(dt.UTC)

    def after(self, day: dt.date) -> dt.datetime:
        """The moment at which `day` is past."""
        return self.begins(day + DAY)

    def works(self, day: dt.date) -> bool:
        return day.weekday() < SATURDAY and day not in self.holidays

    def business_days_after(self, moment: dt.datetime, days: int) -> dt.datetime:
        """The same time of day, `days` working days later."""
        local = moment.astimezone(self.zone)
        day = local.date()
        while days > 0:
            day += DAY
            days -= self.works(day)
        return dt.datetime.combine(day, local.timetz()).astimezone(dt.UTC)

    def days_after(self, moment: dt.datetime, days: int) -> dt.datetime:
        """The same time of day, `days` days later, whatever the clocks do in between."""
        local = moment.astimezone(self.zone)
        return dt.datetime.combine(local.date() + dt.timedelta(days=days), local.timetz()).astimezone(dt.UTC)


def lasting(days: Decimal) -> dt.timedelta:
    """`days`, whole or not, as a duration."""
    return dt.timedelta(microseconds=int(days * 86_400_000_000))


def rounded(value: Decimal) -> int:
    """To whole numbers, halves up (towards plus infinity)."""
    if value < 0:
        return int((value + Decimal("0.5")).to_integral_value(ROUND_FLOOR))
    return int(value.to_integral_value(ROUND_HALF_UP))

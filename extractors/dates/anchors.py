"""Days that count from what was just spoken of: "mid July... the ninth", "the week of the 19th... Tuesday", "before the
audit on the 20th"."""

from __future__ import annotations

import datetime as dt
import re

from extractors.periods import PeriodMention
from extractors.reading import Reading, Unit
from extractors.slots import periods_in

__all__ = ["anchored"]

BACK = 4
DAY = dt.timedelta(days=1)
COARSE = {"month", "part", "week"}
NAMED = re.compile(
    r"jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|day|week|today|tomorrow|month|year|quarter|easter|christmas|\d/\d|\d\.\d"
)
EVENT_ON = re.compile(
    r"\b(?:before|ahead of|prior to) (?!(?:you|i) )(?:[\w'’&/-]+,? ){1,8}?"
    r"(?:(?:(?:that|which)(?: is|'s)?|is|are|starts?|opens?|begins?|comes?|falls?|arrives?|takes place|kicks off)"
    r"(?: on)?(?: the)?|on(?: the)?)\s*$"
)
"""Words before a date that make it the day of something which another thing must precede: "before the season, that
starts on" the 18th is the 17th."""
WEEKDAY = re.compile(r"(?:on |this |the )*(?:mon|tues|wednes|thurs|fri|satur|sun)day(?: \w+)?")


def in_next_week(unit: Unit, date: PeriodMention) -> bool:
    """Whether a day was put as one of next week: another weekday said right after is of that week too."""
    return "next week" in unit.lower[date.start : date.end]


def anchored(reading: Reading, unit: Unit, date: PeriodMention) -> tuple[dt.date, dt.date]:
    """The days that the date means beside the month or week that was named before it."""
    words = unit.lower[date.start : date.end]
    if date.grain == "day" and date.hedge is None and EVENT_ON.search(unit.lower[: date.start]):
        return date.first - DAY, date.first - DAY
    ordinal, weekday = not NAMED.search(words), bool(WEEKDAY.fullmatch(words.strip(" ,.")))
    if not (ordinal or weekday) or date.grain not in ("day", "part", "hour", "minute"):
        return date.first, date.last
    for other in reading.units[max(0, unit.index - BACK) : unit.index + 1]:
        for frame in periods_in(reading, other):
            if (
                frame is date
                or frame.past
                or frame.grain not in (*COARSE, "day")
                or (other is unit and frame.start > date.start)
            ):
                continue
            if ordinal and frame.grain not in ("week", "day") and not frame.first <= date.first <= frame.last:
                try:
                    first = frame.first.replace(day=date.first.day)
                    return first, max(first, frame.first.replace(day=date.last.day))
                except ValueError:  # no such day in that month
                    continue
            if weekday and frame.grain == "day" and frame.first != date.first and in_next_week(other, frame):
                monday = frame.first - dt.timedelta(days=frame.first.weekday())
                there = monday + dt.timedelta(days=date.first.weekday())
                return there, there
            if weekday and frame.grain == "week" and not frame.first <= date.first <= frame.last:
                first = frame.first + dt.timedelta(days=(date.first.weekday() - frame.first.weekday()) % 7)
                return first, first
    return date.first, date.last

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
    r"\b(?:mon|tue|tues|wed|thu|thur|thurs|fri|sat|sun)\b|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|day|week|today|tomorrow|month|year|quarter|easter|christmas|\d/\d|\d\.\d"
)
NUMBERED = re.compile(
    r"\d(?:st|nd|rd|th)?\b|first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth|eleventh|twelfth|teenth|tieth"
)
EVENT_ON = re.compile(
    r"\b(?:before|ahead of|prior to) (?!(?:you|i) )(?:[\w'’&/-]+,? ){1,8}?"
    r"(?:(?:(?:that|which)(?: is|'s)?|is|are|starts?|opens?|begins?|comes?|falls?|arrives?|takes place|kicks off)"
    r"(?: on)?(?: the)?|on(?: the)?)\s*$"
)
"""Words before a date that make it the day of something which another thing must precede: "before the season, that
starts on" the 18th is the 17th."""
AT_WEEKDAY = re.compile(r"(?:(?:by|on|this|that|the) )*(?:mon|tues|wednes|thurs|fri|satur|sun)day(?: before| after)?")
BESIDE_IN = re.compile(r"\b(?P<way>before|after)$")
WEEKDAY = re.compile(r"(?:on |this |the )*(?:mon|tues|wednes|thurs|fri|satur|sun)day(?: \w+)?")


BESIDE = re.compile(r"^(?P<way>before|after)(?: (?:it|that|this|then))?\s*(?:$|[,.;:?!-]|(?:at|call|so|and|the|is)\b)")
"""After a weekday: the one just before or after what was told last, "they meet on the 17th... the Monday before"."""


def beside_told(reading: Reading, unit: Unit, date: PeriodMention) -> dt.date | None:
    """The weekday just before or after the days that were told last."""
    told = BESIDE_IN.search(unit.lower[date.start : date.end])
    rest = unit.lower[date.end - len(told["way"]) if told else date.end :].lstrip()
    match = BESIDE.match(rest)
    if match is None:
        return None
    for other in (unit, *reading.before(unit, BACK)):
        frames = [frame for frame in periods_in(reading, other) if other is not unit or frame.end <= date.start]
        if frames and not frames[-1].past:
            frame, weekday = frames[-1], date.first.weekday()
            if match["way"] == "before":
                # "before X" is itself the day before X
                first = frame.first + DAY if frame.hedge == "before" else frame.first
                return first - dt.timedelta(days=(first.weekday() - weekday - 1) % 7 + 1)
            return frame.last + dt.timedelta(days=(weekday - frame.last.weekday() - 1) % 7 + 1)
    return None


def in_next_week(unit: Unit, date: PeriodMention) -> bool:
    """Whether a day was put as one of next week: another weekday said right after is of that week too."""
    return "next week" in unit.lower[date.start : date.end]


def anchored(reading: Reading, unit: Unit, date: PeriodMention) -> tuple[dt.date, dt.date]:
    """The days that the date means beside the month or week that was named before it."""
    words = unit.lower[date.start : date.end]
    if date.grain == "day" and date.hedge is None and EVENT_ON.search(unit.lower[: date.start]):
        return date.first - DAY, date.first - DAY
    at_weekday = date.first == date.last and AT_WEEKDAY.fullmatch(words.strip(" ,."))
    if at_weekday and (day := beside_told(reading, unit, date)) is not None:
        return day, day
    ordinal, weekday = (
        bool(NUMBERED.search(words)) and not NAMED.search(words),
        bool(WEEKDAY.fullmatch(words.strip(" ,."))),
    )
    if not (ordinal or weekday) or date.grain not in ("day", "part", "hour", "minute"):
        return date.first, date.last
    if (
        ordinal
        and date.hedge != "before"
        and date.first == date.last
        and (told := same_day(reading, unit, date)) is not None
    ):
        return told, told
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


def same_day(reading: Reading, unit: Unit, date: PeriodMention) -> dt.date | None:
    """The date said before, with its month, whose day is named again by its number: "the 12th of January... the
    twelfth, ten o'clock", "in two weeks, that's the sixteenth"."""
    for other in (unit, *reading.before(unit, BACK)):
        for full in periods_in(reading, other):
            if full.start >= date.start and other is unit:
                break
            named = NAMED.search(other.lower[full.start : full.end]) or full.grain == "day"
            if named and full.first == full.last and full.first.day == date.first.day and not full.past:
                return full.first
    return None

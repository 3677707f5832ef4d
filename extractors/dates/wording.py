"""How a date is put: as a request, as a supposition, as today and nothing more, as the year that a thing is for."""

from __future__ import annotations

import re

from extractors.cues import cues_of
from extractors.periods import PeriodMention
from extractors.reading import Unit

__all__ = [
    "is_any",
    "is_declined",
    "is_idle",
    "is_kept_until",
    "is_request",
    "is_span",
    "is_supposed",
    "is_today",
    "is_whole_year",
]

CUES = cues_of("extractors.dates")
REQUEST = CUES["request"]
PROMISE = CUES["promise"]
SUPPOSED = CUES["supposed"]
REQUIRED = CUES["required"]
"""What must not fail: "if it isn't running on the first, we needn't begin"."""
ANY = CUES["any"]
DECLINED = CUES["declined"]
DECLINED_BEFORE = CUES["declined_before"]
TODAY = re.compile(r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b")
NOW = re.compile(r"\b(?:today|tonight|this (?:morning|afternoon|evening|week|month|year)|now)\b")
SPAN = re.compile(r"\b(?:to|through|till|until|thru)\b| ?- ?\d")
KEPT, BUSY = CUES["kept"], CUES["busy"]
UNTIL = re.compile(r"\b(?:un)?till?(?: the)?\s*$|\b(?:up ?to|through|thru|to)(?: the)?\s*$")
SHORTEST, LONGEST = 4, 80
YEAR_DAYS = 300


def is_request(unit: Unit) -> bool:
    return bool(REQUEST.search(unit.lower))


def is_supposed(unit: Unit, date: PeriodMention) -> bool:
    """Whether a condition stands before the date."""
    return bool(SUPPOSED.search(REQUIRED.sub(" ", unit.lower[: date.start])))


def is_any(unit: Unit, date: PeriodMention) -> bool:
    """No one day: "any Thursday", "on a Friday"."""
    return bool(ANY.search(unit.lower[: date.start])) or unit.lower.startswith("every ", date.start)


def is_declined(unit: Unit, date: PeriodMention) -> bool:
    """A day on which somebody cannot: "Thursday I'm at the dentist", "Tuesday is a holiday here"."""
    return bool(DECLINED.match(unit.lower[date.end :])) or bool(DECLINED_BEFORE.search(unit.lower[: date.start]))


def is_today(unit: Unit, date: PeriodMention) -> bool:
    return bool(TODAY.search(unit.lower[date.start : date.end]))


def is_idle(unit: Unit, date: PeriodMention) -> bool:
    """Only says that it is now: "who runs our gradebook today"."""
    return bool(NOW.search(unit.lower[date.start : date.end])) and not PROMISE.search(unit.lower)


def is_span(unit: Unit, date: PeriodMention) -> bool:
    """Some days or weeks from one day to another: so are tests put more than anything else."""
    days = (date.last - date.first).days
    return SHORTEST <= days <= LONGEST and bool(SPAN.search(unit.lower[date.start : date.end]))


def is_kept_until(unit: Unit, date: PeriodMention) -> bool:
    """The last day of something that the buyer has: "you're on Bamboo through January", "they've got till the 30th"."""
    before = unit.lower[: date.start]
    if date.hedge != "until" and not UNTIL.search(before):
        return False
    return bool(KEPT.search(UNTIL.sub("", before))) and not BUSY.search(unit.lower)


def is_whole_year(date: PeriodMention) -> bool:
    return (date.last - date.first).days > YEAR_DAYS

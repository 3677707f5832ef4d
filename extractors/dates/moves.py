"""Dates that moved: which one is the old, and which way it went."""

from __future__ import annotations

import re

from extractors.cues import cues_of
from extractors.periods import PeriodMention
from extractors.reading import Reading, Unit
from extractors.slots import periods_in
from signals import DateChange

__all__ = ["change_said", "corrects", "duration_after", "for_notice", "from_to", "superseded"]

CUES = cues_of("extractors.dates")
OLD_BEFORE = CUES["old_before"]
OLD_AFTER = CUES["old_after"]
DENIED_DAY = CUES["denied_day"]
SUPPOSED = CUES["supposed"]
LATER = CUES["later"]
MOVED = CUES["moved"]
EARLIER = CUES["earlier"]
FROM_OLD = CUES["from_old"]
CORRECTS = CUES["corrects"]
NOTICE = CUES["notice"]
FROM_TO = CUES["from_to"]
DURATION, LENGTH = CUES["duration"], CUES["length"]
BEFORE, AFTER, SHORT, LEADING = 110, 40, 8, 2
COUNTS = {
    "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6,
    "seven": 7, "eight": 8, "nine": 9, "ten": 10, "twelve": 12,
}  # fmt: skip
DENIED = re.compile(r"(?:\bnot|n't|\bno|\bnever|\botherwise|\bunless|\bwithout)\b[^.,;]{0,25}$")
NOT_NOW = re.compile(r"\bnot (?:in |on )?(?:this (?:week|month|year|quarter)|today|tomorrow|now|yet)$")
"""Too soon for somebody; no plan was for then."""
DAYS = {"day": 1, "week": 7, "month": 30}


def superseded(unit: Unit, date: PeriodMention) -> bool:
    """Whether the words say that this date no longer holds."""
    before = unit.lower[max(0, date.start - 40) : date.start]
    after = unit.lower[date.end : date.end + 40]
    own = unit.lower[date.start : date.end]
    if re.search(r"\bnot (?:later|before)(?: than)?(?: the)?\s*$", before) or (
        NOT_NOW.search(before + own) and not re.match(r" any ?more\b| no longer", after)
    ):
        return False
    if own.startswith("from ") and re.match(r"\)? ?,? ?(?:to|until)\b", after):
        return bool(FROM_OLD.search(before) or EARLIER.search(unit.lower) or LATER.search(unit.lower))
    if own.startswith("from ") and FROM_OLD.search(before):
        return True
    if date.hedge is None and not SUPPOSED.search(unit.lower[: date.start]) and DENIED_DAY.search(before):
        return True
    return bool(OLD_BEFORE.search(before) or OLD_AFTER.match(after))


def change_said(reading: Reading, unit: Unit, date: PeriodMention) -> DateChange | None:
    """Which way the words near the date, or the short sentences beside it, say that it went."""
    text = unit.lower[max(0, date.start - BEFORE) : date.end + AFTER]
    for near in (*reading.before(unit, 1), *reading.after(unit, 1)):
        if near.turn == unit.turn and len(near.words) <= SHORT:
            text += " . " + near.lower
    if (way := way_of(text)) is not None:
        return way
    lead = [near for near in reading.before(unit, LEADING) if near.turn == unit.turn]
    for near in lead:
        dates = periods_in(reading, near)
        moved = MOVED.search(near.lower)
        if moved and not any(other.start > moved.start() for other in dates):
            return way_of(near.lower[moved.start() :])
        if dates:
            return None
    return None


def way_of(text: str) -> DateChange | None:
    if holds_of(EARLIER, text):
        return DateChange.EARLIER
    if holds_of(LATER, text):
        return DateChange.LATER
    return None


def holds_of(cue: re.Pattern[str], text: str) -> bool:
    """Whether a word of moving stands there that is not denied: "not keen to extend" moves nothing."""
    return any(DENIED.search(text[: match.start()]) is None for match in cue.finditer(text))


def corrects(text: str) -> bool:
    """Whether words between two dates put the first aside."""
    return bool(CORRECTS.search(text))


def from_to(text: str) -> bool:
    """Whether words between two dates make them a start and an end."""
    return bool(FROM_TO.search(text))


def duration_after(unit: Unit, date: PeriodMention) -> int | None:
    """The length in days that the sentence gives to what begins on a day."""
    if date.first != date.last and date.grain != "week":
        return None
    match = LENGTH.match(unit.lower[date.end :]) or DURATION.search(unit.lower)
    if match is None:
        return None
    count = int(match["count"]) if match["count"].isdigit() else COUNTS[match["count"]]
    return count * DAYS[match["unit"]]


def for_notice(unit: Unit, date: PeriodMention) -> bool:
    """Whether it is the day by which somebody must be told that a contract ends."""
    return bool(NOTICE.search(unit.lower[max(0, date.start - BEFORE // 2) : date.start]))

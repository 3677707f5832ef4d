"""Dates that moved: which one is the old, and which way it went."""

from __future__ import annotations

import re

from extractors.cues import cues_of
from extractors.periods import PeriodMention
from extractors.reading import Reading, Unit
from signals import DateChange

__all__ = ["change_said", "corrects", "duration_after", "from_to", "superseded"]

CUES = cues_of("extractors.dates")
OLD_BEFORE = CUES["old_before"]
OLD_AFTER = CUES["old_after"]
LATER = CUES["later"]
EARLIER = CUES["earlier"]
FROM_OLD = CUES["from_old"]
CORRECTS = CUES["corrects"]
FROM_TO = CUES["from_to"]
DURATION = CUES["duration"]
BEFORE, AFTER, SHORT = 110, 40, 8
COUNTS = {
    "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10, "twelve": 12,
}  # fmt: skip
DENIED = re.compile(r"(?:\bnot|n't|\bno|\bnever|\botherwise|\bunless|\bwithout)\b[^.,;]{0,25}$")
DAYS = {"day": 1, "week": 7, "month": 30}


def superseded(unit: Unit, date: PeriodMention) -> bool:
    """Whether the words say that this date no longer holds."""
    before = unit.lower[max(0, date.start - 40) : date.start]
    after = unit.lower[date.end : date.end + 40]
    if re.search(r"\bnot (?:later|before)\s*$", before):
        return False
    own = unit.lower[date.start : date.end]
    if own.startswith("from ") and re.match(r"\)? ?,? ?(?:to|until)\b", after):
        return bool(FROM_OLD.search(before) or EARLIER.search(unit.lower) or LATER.search(unit.lower))
    if own.startswith("from ") and FROM_OLD.search(before):
        return True
    return bool(OLD_BEFORE.search(before) or OLD_AFTER.match(after))


def change_said(reading: Reading, unit: Unit, date: PeriodMention) -> DateChange | None:
    """Which way the words near the date, or the short sentences beside it, say that it went."""
    text = unit.lower[max(0, date.start - BEFORE) : date.end + AFTER]
    for near in (*reading.before(unit, 1), *reading.after(unit, 1)):
        if near.turn == unit.turn and len(near.words) <= SHORT:
            text += " . " + near.lower
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
    if date.first != date.last or (match := DURATION.search(unit.lower)) is None:
        return None
    count = int(match["count"]) if match["count"].isdigit() else COUNTS[match["count"]]
    return count * DAYS[match["unit"]]

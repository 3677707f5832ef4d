"""Dates that moved: which one is the old, and which way it went."""

from __future__ import annotations

import re

from extractors.periods import PeriodMention
from extractors.reading import Reading, Unit
from signals import DateChange

__all__ = ["change_said", "corrects", "duration_after", "from_to", "superseded"]

OLD_BEFORE = re.compile(
    r"(?:\b(?:was|were|'d been|had been) (?:going|meant|supposed|originally|first|initially|planned|expected|scheduled|finishing|ending|starting)\b[^,.;]{0,25}?|\bwas(?: to be)?(?: on)?|\bwere|\boriginally(?: on| for| it was)?|, planned (?:on|for)|\binstead of|\brather than"
    r"|\bin place of|\bnot|\bno longer|\b(?:we|you|i|he|they)(?:'d| had)? (?:had )?said|\byou had|\bwe had|\bi had"
    r"|\bthere was a plan\b.{0,20}?|\binitially|\bearlier|\bput for|\bscheduled for|\bpreviously|\bformerly|\bthat was|\bspoke of,?|\bdown for"
    r"|\bwas to (?:end|start|last) (?:in|on|until)|\b(?:it|that) was|\btold you|\bslides from|\bmoved from|\bpreponed, from"
    r"|\bpostponed from|\bpushed from|\bbrought forward from|\bslipped from|\bdown for(?: an?)? (?:\w+ )?)\s*(?:the |on |for |in |until |to |by )*$"
)
OLD_AFTER = re.compile(
    r"^[^.]{0,25}?(?:\boriginally\b|doesn't work|does not work|\bis off\b|\bno longer\b|\bforget it\b|(?:has to|needs to|must|have to|will|is|'s|was|got|gets)(?: be)? (?:moves?d?|moving|shift(?:ed)?|slip(?:s|ped)?|postponed|pushed|brought)\b|won't happen|isn't happening)"
    r"|^\)? ?(?:->|→)"
)
LATER = re.compile(
    r"\b(?:slip(?:s|ped|ping)?|push(?:ed|ing|es)? (?:it |that |this )?(?:back|out|to)|also have to push|postpon\w+|delay\w*|(?<!not )(?<!no )later(?! than)"
    r"|moved? back|moved? out|put back|prolong\w*|extend\w*|extension|reported to|not happening|slid|slides?|bumped (?:it )?to|defer\w*"
    r"|has moved|is moved|it moved|moves to|will now|now (?:sit|run|end|be)s?|realistically)\b"
)
EARLIER = re.compile(
    r"\b(?:brought forward|bring (?:it |this |that )?forward|pull(?:ed|ing)? (?:it |that |this |the \w+ )?(?:up|in|forward)|sooner|earlier"
    r"|preponed?|advanced|moved? (?:it )?(?:forward|up)|moves up|ahead of (?:plan|schedule))\b"
)
FROM_OLD = re.compile(r"\b(?:slipped|moved|pushed|postponed|delayed|brought forward|slid|shifted|preponed)(?: it| back| out| forward)?\s*$")
CORRECTS = re.compile(
    r"\b(?:instead|not happening|actually|make it|sooner|sorry|rather|no longer|doesn't work|can't|cannot|moved|moves|changed|better"
    r"|that was|scratch|i mean|no,|no wait|push|a bit tight|at the dentist|i'm at|no good|won't work|at the latest|forget|i propose)\b"
)
FROM_TO = re.compile(r"\b(?:until|till|to|through|and runs?|ends?|finish\w*)\b")
DURATION = re.compile(
    r"\b(?:for|during|runs?|lasts?|takes?)(?: for)?(?: about| around)? (?P<count>\d+|a|one|two|three|four|five|six|eight|ten|twelve) "
    r"(?P<unit>day|week|month)s?\b"
)
BEFORE, AFTER, SHORT = 110, 40, 8
COUNTS = {
    "a": 1, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "eight": 8, "ten": 10, "twelve": 12,
}  # fmt: skip
DAYS = {"day": 1, "week": 7, "month": 30}


def superseded(unit: Unit, date: PeriodMention) -> bool:
    """Whether the words say that this date no longer holds."""
    before = unit.lower[max(0, date.start - 40) : date.start]
    after = unit.lower[date.end : date.end + 40]
    if re.search(r"\bnot (?:later|before)\s*$", before):
        return False
    own = unit.lower[date.start : date.end]
    if own.startswith("from ") and re.match(r"\)? ?,? ?(?:to|until)\b", after):
        return bool(EARLIER.search(unit.lower) or LATER.search(unit.lower))
    if own.startswith("from ") and FROM_OLD.search(before):
        return True
    return bool(OLD_BEFORE.search(before) or OLD_AFTER.match(after))


def change_said(reading: Reading, unit: Unit, date: PeriodMention) -> DateChange | None:
    """Which way the words near the date, or the short sentences beside it, say that it went."""
    text = unit.lower[max(0, date.start - BEFORE) : date.end + AFTER]
    for near in (*reading.before(unit, 1), *reading.after(unit, 1)):
        if near.turn == unit.turn and len(near.words) <= SHORT:
            text += " . " + near.lower
    if EARLIER.search(text):
        return DateChange.EARLIER
    if LATER.search(text):
        return DateChange.LATER
    return None


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

"""Dates of a plan that no longer holds, told by the talk around them: "we had hoped for April", "still April? - It
became July", "the ninth? - That date is gone"."""

from __future__ import annotations

from extractors.cues import cues_of
from extractors.dates.moves import superseded
from extractors.periods import PeriodMention
from extractors.reading import Reading, Unit
from extractors.stance import confirms, denies, is_question

__all__ = ["former"]

CUES = cues_of("extractors.dates")
HOPED = CUES["hoped"]
SAID_ONCE = CUES["said_once"]
CONTRAST = CUES["contrast"]
GONE = CUES["gone"]
PLAN = CUES["plan"]
UNTIL_REPLY = 3
YEAR_DAYS = 300
FAR_DAYS = 240
"""A month told in the past and so far ahead is that of the year before: "it was the standard until March"."""
LEAD = 90
SHORT_REST, SHORT_CLAUSE = 3, 8


def former(reading: Reading, unit: Unit, date: PeriodMention) -> bool:
    """Whether the date is told as that of an earlier plan."""
    if superseded(unit, date):
        return True
    today = reading.turn_of(unit).written_at.date()
    if date.past or date.last <= today or (date.last - date.first).days > YEAR_DAYS:
        return False
    if date.grain == "month" and (date.first - today).days > FAR_DAYS:
        return False
    before = unit.lower[max(0, date.start - LEAD) : date.start]
    if HOPED.search(before):
        return True
    if SAID_ONCE.search(before) and contrasts(reading, unit, date):
        return True
    return given_up(reading, unit, date) or dropped(reading, unit)


def contrasts(reading: Reading, unit: Unit, date: PeriodMention) -> bool:
    """Whether what follows is set against it: "we said March, but..."."""
    rest = unit.lower[date.end :]
    if CONTRAST.search(rest):
        return True
    if len(rest.split()) > SHORT_REST:
        return False
    later = [near for near in reading.after(unit, 2) if not (confirms(near) and len(near.words) <= SHORT_REST)]
    return bool(later and CONTRAST.search(later[0].lower))


def given_up(reading: Reading, unit: Unit, date: PeriodMention) -> bool:
    """Whether the next words, or the sentence after, say that it is gone."""
    if GONE.match(unit.lower[date.end :]):
        return True
    answer = next((later for later in reading.after(unit, 1) if later.turn != unit.turn), None)
    return len(unit.lower[date.end :].split()) <= SHORT_CLAUSE and answer is not None and bool(GONE.match(answer.lower))


def dropped(reading: Reading, unit: Unit) -> bool:
    """Whether somebody asked if an earlier plan still holds, and was told that it does not."""
    if not is_question(reading, unit) or not PLAN.search(unit.lower):
        return False
    reply = next((later for later in reading.after(unit, UNTIL_REPLY) if later.turn != unit.turn), None)
    return reply is not None and (denies(reply) or (not confirms(reply) and bool(CONTRAST.search(reply.lower))))

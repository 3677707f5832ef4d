"""How a date is put: as a request, as a supposition, as today and nothing more, as the year that a thing is for."""

from __future__ import annotations

import re

from extractors.periods import PeriodMention
from extractors.reading import Unit

__all__ = ["is_any", "is_declined", "is_idle", "is_request", "is_supposed", "is_today", "is_whole_year"]

REQUEST = re.compile(
    r"\b(?:can|could|would|will|may|might) (?:you|they|he|she|we|somebody|someone|i)\b|\bplease\b|\bkindly\b"
    r"|\bany chance\b|\bpossible\b|\bhow about\b|\bwould\b|\binstead\b|\bsame time\b"
)
PROMISE = re.compile(
    r"\b(?:i|we|you|he|she|they)(?:'ll| will| can| must| shall| need| have to| want)\b|\bplease\b|\bkindly\b|\blet me\b"
    r"|\bsend\b|\bit goes\b|\byou (?:have|get)\b|\bcan (?:you|they)\b|\bpush\b"
)
SUPPOSED = re.compile(
    r"\b(?:if|unless|assuming|supposing|suppose|imagine|hypothetically|in theory|say you|whether|ask me in|maybe|depends)\b"
)
REQUIRED = re.compile(r"\bif (?:it|we|they|this|that|he|she|i|you)(?: \w+)? ?(?:isn't|aren't|don't|doesn't|not|can't|cannot)\b|if i were you|\bwhat if\b|\bif (?:i|we) (?:have|get|receive) (?:it|them|this|that)\b")
"""What must not fail: "if it isn't running on the first, we needn't begin"."""
ANY = re.compile(r"\b(?:any|every|each|most|usual|a|an)\s*$")
DECLINED = re.compile(
    r",? ?(?:i'm|i am|we're|we are|he's|she's|they're|is|'s) (?:at|in|on|out|away|off|travel\w+|busy|booked|full|a|the|no good|bad|tight|difficult|impossible|not|fl)\b"
    r"(?! (?:good|fine|best|better|go))"
)
DECLINED_BEFORE = re.compile(r"\b(?:not|won't be|isn't|wouldn't be|can't (?:do|make)|cannot (?:do|make)|except|but not|any day but)(?: on| the)*\s*$")
TODAY = re.compile(r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b")
NOW = re.compile(r"\b(?:today|tonight|this (?:morning|afternoon|evening|week|month|year)|now)\b")
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


def is_whole_year(date: PeriodMention) -> bool:
    return (date.last - date.first).days > YEAR_DAYS

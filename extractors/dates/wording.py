"""How a date is put: as a request, as a supposition, as today and nothing more, as the year that a thing is for."""

from __future__ import annotations

import re

from extractors.periods import PeriodMention
from extractors.reading import Unit

__all__ = ["is_idle", "is_request", "is_supposed", "is_today", "is_whole_year"]

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
TODAY = re.compile(r"\b(?:today|tonight|this (?:morning|afternoon|evening))\b")
NOW = re.compile(r"\b(?:today|tonight|this (?:morning|afternoon|evening|week|month|year)|now)\b")
YEAR_DAYS = 300


def is_request(unit: Unit) -> bool:
    return bool(REQUEST.search(unit.lower))


def is_supposed(unit: Unit, date: PeriodMention) -> bool:
    """Whether a condition stands before the date."""
    return bool(SUPPOSED.search(unit.lower[: date.start]))


def is_today(unit: Unit, date: PeriodMention) -> bool:
    return bool(TODAY.search(unit.lower[date.start : date.end]))


def is_idle(unit: Unit, date: PeriodMention) -> bool:
    """Only says that it is now: "who runs our gradebook today"."""
    return bool(NOW.search(unit.lower[date.start : date.end])) and not PROMISE.search(unit.lower)


def is_whole_year(date: PeriodMention) -> bool:
    return (date.last - date.first).days > YEAR_DAYS

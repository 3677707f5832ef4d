"""A proposed date against the one that is said: the grammar reads the quoted words anew, and it wins.

| the quoted words say | then |
|---|---|
| the proposed days | those days |
| these and others, and nothing singles them out | the same, marked: it may be another date |
| other days, and only one date | that date, marked |
| other days, several of them | the proposal is dropped |
| no date, but one nearby that is proposed | that date, marked |
| no date, or one that is over | the proposal is dropped |

Of several dates one is singled out where the others are put aside ("not June, on the 3rd of July"), or only say more
coarsely what it says ("in July... on the 3rd").
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from extractors.dates.anchors import NAMED, anchored
from extractors.dates.moves import duration_after, superseded
from extractors.dates.tense import told_of_the_past
from extractors.dates.wording import is_whole_year
from extractors.periods import PeriodMention
from extractors.proposals.faults import Fault, Mark, RefusedError
from extractors.proposals.place import Quoted
from extractors.reading import Unit
from extractors.slots import periods_in
from signals import DateRole, KeyDate, Period

__all__ = ["with_days_read"]

# Of longer periods it is enough that they mostly are the same.
SHORT, OVERLAP = 10, 0.6
MONTH = dt.timedelta(days=31)
# A date that is said so often in a row holds.
SAID_AGAIN = 2
WEEKDAY = re.compile(r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b")
# Of what must be ahead of a day: "before the audit... it's on the 15th" is the 14th.
DAY_BEFORE = re.compile(r"\b(?:(?<!or )(?<!as )before|by the time|ahead of|prior to)\b")
# What "that day" is was said at most so many sentences before, or soon after.
BEFORE, AFTER = 6, 2


@dataclass(frozen=True, slots=True)
class Said:
    """A date of the quoted words. `old`: they put it aside. `made`: of a date and what else is said. `guessed`: by what
    was spoken of before, or it may be the day before that is meant."""

    period: Period
    old: bool = False
    made: bool = False
    guessed: bool = False


def with_days_read(signal: KeyDate, place: Quoted) -> tuple[KeyDate, tuple[Mark, ...]]:
    """The signal with the days that its words say. Raises RefusedError."""
    if signal.period.end < place.reading.conversation.occurred_at.date():
        raise RefusedError(Fault.PAST)
    said = list(dates_said(place, signal))
    single = list(dict.fromkeys(one.period for one in said))
    if not said:
        return replace(signal, period=spoken_of(signal, place)), (Mark.DATE_OPEN,)
    made = [Said(period, made=True) for period in spans(single)]
    agreeing = next((one for one in (*said, *made) if same(one.period, signal.period)), None)
    marks: tuple[Mark, ...]
    if agreeing is None:
        if len(single) > 1:
            raise RefusedError(Fault.OTHER_DATE)
        agreeing, marks = said[0], (Mark.DATE,)
    else:
        marks = () if singled_out(agreeing, said) else (Mark.DATE_OPEN,)
    if agreeing.period.end < place.reading.conversation.occurred_at.date():
        raise RefusedError(Fault.PAST)
    return replace(signal, period=agreeing.period), marks


def singled_out(agreeing: Said, said: Sequence[Said]) -> bool:
    """Whether the words can mean this date only."""
    if agreeing.old or agreeing.guessed:
        return False
    rivals = [one for one in said if not one.old and one.period != agreeing.period]
    if [one.period for one in said[-SAID_AGAIN:]] == [agreeing.period] * SAID_AGAIN and not agreeing.made:
        return True  # what both sides say in the end
    if agreeing.made:  # a period: its own days are no rivals
        return all(within(one.period, agreeing.period) for one in rivals)
    return all(within(agreeing.period, one.period) and not one.made for one in rivals)


def within(fine: Period, coarse: Period) -> bool:
    return coarse.start <= fine.start and fine.end <= coarse.end


def dates_said(place: Quoted, signal: KeyDate) -> Iterator[Said]:
    """Each date of the quoted words: by the words around it where these change it, and as it stands. What is told of
    the past is none, unless it is just what is proposed: "we signed on the 3rd" may be over or not."""
    for unit, date in place.mentions(periods_in):
        if date.past:
            continue
        first, last = anchored(place.reading, unit, date)
        if told_of_the_past(unit, date) and not same(Period(first, last), signal.period):
            continue
        if is_whole_year(date) and not same(Period(first, last), signal.period):
            continue  # "the budget for 2027": what it is for, not when
        yield Said(Period(first, last), old=superseded(unit, date), guessed=guessed(place, unit, date, first))
        if signal.role is DateRole.EVALUATION and (days := duration_after(unit, date)):
            yield Said(Period(date.first, date.first + dt.timedelta(days=days)), made=True)


def guessed(place: Quoted, unit: Unit, date: PeriodMention, first: dt.date) -> bool:
    """Whether it may be another day all the same: a weekday of a week that was named before, or the day of what must be
    preceded."""
    if first != date.first:  # either the words say "before" it, or what was named before tells the month or week
        return WEEKDAY.search(unit.lower, date.start, date.end) is not None
    today = place.reading.conversation.occurred_at.date()
    if not NAMED.search(unit.lower, date.start, date.end) and first - today > MONTH:
        return True  # "the seventeenth" is the next one, if nothing else is said
    return date.hedge != "before" and date.first == date.last and DAY_BEFORE.search(place.words) is not None


def spoken_of(signal: KeyDate, place: Quoted) -> Period:
    """The proposed days where they are said near the quotes: "she'll choose that afternoon". Raises RefusedError."""
    for unit in place.around(BEFORE, AFTER):
        for date in periods_in(place.reading, unit):
            period = Period(*anchored(place.reading, unit, date))
            if not date.past and same(period, signal.period):
                return period
    raise RefusedError(Fault.NO_DATE)


def spans(said: list[Period]) -> Iterator[Period]:
    """From one day to a later one."""
    for first in said:
        for last in said:
            if first.start < last.start and first.end < last.end:
                yield Period(first.start, last.end)


def same(said: Period, proposed: Period) -> bool:
    if proposed.days <= SHORT + 1 or said.days <= SHORT + 1:
        return said == proposed
    shared = (min(said.end, proposed.end) - max(said.start, proposed.start)).days + 1
    union = (max(said.end, proposed.end) - min(said.start, proposed.start)).days + 1
    return shared / union >= OVERLAP

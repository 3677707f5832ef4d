"""A proposed date against the one that is said: the grammar reads the quoted words anew, and it wins.

| the quoted words say | then |
|---|---|
| the proposed days | those days |
| other days, and only one date | that date, marked |
| other days, several of them | the proposal is dropped |
| no date, or one that is over | the proposal is dropped |
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import replace

from extractors.dates.anchors import anchored
from extractors.dates.moves import duration_after
from extractors.dates.tense import told_of_the_past
from extractors.proposals.faults import Fault, Mark, RefusedError
from extractors.proposals.place import Quoted
from extractors.slots import periods_in
from signals import KeyDate, Period

__all__ = ["with_days_read"]

# Of longer periods it is enough that they mostly are the same.
SHORT, OVERLAP = 10, 0.6


def with_days_read(signal: KeyDate, place: Quoted) -> tuple[KeyDate, tuple[Mark, ...]]:
    """The signal with the days that its words say. Raises RefusedError."""
    if signal.period.end < place.reading.conversation.occurred_at.date():
        raise RefusedError(Fault.PAST)
    said = list(dict.fromkeys(periods_said(place, signal.period)))
    if not said:
        raise RefusedError(Fault.NO_DATE)
    agreeing = next((period for period in (*said, *spans(said)) if same(period, signal.period)), None)
    marks: tuple[Mark, ...] = ()
    if agreeing is None:
        if len(said) > 1:
            raise RefusedError(Fault.OTHER_DATE)
        agreeing, marks = said[0], (Mark.DATE,)
    if agreeing.end < place.reading.conversation.occurred_at.date():
        raise RefusedError(Fault.PAST)
    return replace(signal, period=agreeing), marks


def periods_said(place: Quoted, proposed: Period) -> Iterator[Period]:
    """Each date of the quoted words: by the words around it where these change it, and as it stands. What is told of
    the past is none, unless it is just what is proposed: "we signed on the 3rd" may be over or not."""
    for unit, date in place.mentions(periods_in):
        if date.past:
            continue
        first, last = anchored(place.reading, unit, date)
        if told_of_the_past(unit, date) and not same(Period(first, last), proposed):
            continue
        yield Period(first, last)
        if days := duration_after(unit, date):
            yield Period(date.first, date.first + dt.timedelta(days=days))


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

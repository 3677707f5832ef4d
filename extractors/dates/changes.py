"""Whether a date moved: by the earlier date of the same thing told beside it, else as its own words have it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractors.dates.plans import former
from extractors.dates.said import NEARBY, Said
from extractors.periods import PeriodMention
from extractors.reading import Reading, Unit
from extractors.slots import periods_in
from signals import DateChange

__all__ = ["change_of"]

BESIDE = 4
LIKELY = 0.25
"""Below it a statement's role is no more than a guess: its date may be of another thing."""


def change_of(reading: Reading, entry: Said, said: Sequence[Said]) -> DateChange:
    """Later or earlier than the date it takes the place of; where that is not told, as the words have it."""
    for other in said:
        if not other.old or other.role != entry.role or abs(other.place - entry.place) > NEARBY:
            continue
        if other.last == entry.last or (other.first <= entry.first and entry.last <= other.last):
            continue  # the old one was only coarser
        if other.statement.confidence >= LIKELY or nearest(other.statement.unit, entry.statement.unit, entry, said):
            return DateChange.LATER if other.last < entry.last else DateChange.EARLIER
    for place in told_at(reading, entry):
        for near, loose in put_aside(reading, place, entry, said):
            if loose != entry.date and loose.last != entry.last and nearest(near, place, entry, said):
                return DateChange.LATER if loose.last < entry.last else DateChange.EARLIER
    return entry.change or DateChange.SET


def told_at(reading: Reading, entry: Said) -> Iterator[Unit]:
    """Where the entry's days are told: in its own sentence, and said again or before beside it."""
    unit = entry.statement.unit
    yield unit
    for near in (*reading.before(unit, BESIDE), *reading.after(unit, 1)):
        if any((date.first, date.last) == (entry.first, entry.last) for date in periods_in(reading, near)):
            yield near


def nearest(near: Unit, place: Unit, entry: Said, said: Sequence[Said]) -> bool:
    """Whether no other date that still holds stands nearer to a sentence."""
    distance = abs(place.index - near.index)
    return all(
        abs(other.place - near.index) >= distance
        or (other.first <= entry.last and entry.first <= other.last)
        or other.statement.confidence < entry.statement.confidence / 2
        for other in said
        if not other.old
    )


def put_aside(reading: Reading, unit: Unit, entry: Said, said: Sequence[Said]) -> Iterator[tuple[Unit, PeriodMention]]:
    """Dates nearby that no longer hold, and that are not of another thing."""
    held = {other.role for other in said if not other.old and other.role != entry.role}
    known = {id(other.date): other for other in said}
    for near in (unit, *reading.before(unit, BESIDE), *reading.after(unit, 1)):
        if reading.is_email and near.turn != unit.turn and reading.turn_of(near).own:
            continue  # another paragraph speaks of another thing
        for date in periods_in(reading, near):
            within = date.first <= entry.first and entry.last <= date.last
            other = known.get(id(date))
            if other is not None and (not other.old or other.role in held or abs(near.index - unit.index) > 1):
                continue
            if not within and former(reading, near, date):
                yield near, date

"""Where a conversation names what a fact is about: its amount, its date, its person or its company."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from extractors.companies import Company
from extractors.competitors.names import alternatives_in
from extractors.dates.anchors import anchored
from extractors.reading import Reading, Unit
from extractors.scaling import money_of, same_figure
from extractors.second.rivals import same_name
from extractors.slots import amounts_in, periods_in
from extractors.who import Who, speaker_of, who_in
from signals import Budget, Champion, Competitor, KeyDate, Pricing, Signal, Stakeholder

__all__ = ["Place", "places_of", "units_of"]

# A name may stand so many sentences before what is told of it, or after.
BEFORE, AFTER = 4, 1

# A unit's index and the characters of its text; an empty span stands for who speaks.
Place = tuple[int, int, int]


def places_of(reading: Reading, signal: Signal, indexes: Sequence[int]) -> list[Place]:
    """`indexes`: of the units of its evidence."""
    units = [reading.units[index] for index in indexes]
    match signal:
        case Budget() | Pricing():
            return [place for unit in units for place in amounts(reading, unit, signal)]
        case KeyDate():
            return [place for unit in units for place in days(reading, unit, signal)]
        case Competitor():
            return [place for unit in around(reading, units) for place in companies(reading, unit, signal.name)]
        case Champion() | Stakeholder():
            title = signal.title if isinstance(signal, Stakeholder) else None
            return [place for unit in around(reading, units) for place in people(reading, unit, signal.person, title)]
        case _:
            return []


def around(reading: Reading, units: Sequence[Unit]) -> list[Unit]:
    """The units and, for names, their neighbours."""
    wanted = {
        index
        for unit in units
        for index in range(max(0, unit.index - BEFORE), min(len(reading.units), unit.index + AFTER + 1))
    }
    return [reading.units[index] for index in sorted(wanted)]


def amounts(reading: Reading, unit: Unit, signal: Budget | Pricing) -> Iterator[Place]:
    if signal.amount is None:
        return
    for amount in amounts_in(reading, unit):
        money = money_of(reading, unit, amount)
        if money is not None and same_figure(money, signal.amount):
            yield unit.index, amount.start, amount.end


def days(reading: Reading, unit: Unit, signal: KeyDate) -> Iterator[Place]:
    """Of its days, or of some that lie among them."""
    for period in periods_in(reading, unit):
        first, last = anchored(reading, unit, period)
        if first <= signal.period.end and signal.period.start <= last:
            yield unit.index, period.start, period.end


def companies(reading: Reading, unit: Unit, name: str) -> Iterator[Place]:
    for company in alternatives_in(reading, unit):
        if isinstance(company, Company) and company.name == name:
            yield unit.index, company.start, company.end


def people(reading: Reading, unit: Unit, name: str | None, title: str | None) -> Iterator[Place]:
    for who in (*who_in(reading, unit), speaker_of(reading, unit)):
        if isinstance(who, Who) and (
            same_name(who.person, name) if name is not None else who.person is None and same_name(who.title, title)
        ):
            yield unit.index, who.start, who.end


def units_of(reading: Reading, signal: Signal) -> list[int]:
    """The units that the evidence lies in."""
    wanted = {piece.segment for piece in signal.evidence}
    turns = [reading.turns[segment] for segment in wanted if segment is not None]
    units = [unit for turn in turns for unit in turn.units] if turns else list(reading.own_units())
    return [
        unit.index
        for unit in units
        if any(
            piece.segment == unit.segment and piece.start < unit.end and unit.start < piece.end
            for piece in signal.evidence
        )
    ]

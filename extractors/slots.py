"""What is written in a unit before any judgement: amounts, periods, people, companies, titles.

Each is read at most once a unit, and only where some family asks, so that the grammars never run over a whole
conversation. Offsets are within the unit.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeVar

from extractors.amounts import Amount, find_amounts
from extractors.companies import Company, find_companies
from extractors.people import Person, Title, find_people, find_titles
from extractors.periods import PeriodMention, find_periods
from extractors.phrases import Reader
from extractors.reading import Reading, Unit

__all__ = ["READERS", "amounts_in", "companies_in", "people_in", "periods_in", "titles_in"]

M = TypeVar("M")


def once(kind: str, reading: Reading, unit: Unit, read: Callable[[], Sequence[M]]) -> Sequence[M]:
    key = (kind, unit.index)
    if key not in reading.cache:
        reading.cache[key] = read()
    return reading.cache[key]  # type: ignore[return-value]


def amounts_in(reading: Reading, unit: Unit) -> Sequence[Amount]:
    """Money in the unit, and plain numbers that context may make money (their `explicit` is False)."""
    return once("amount", reading, unit, lambda: find_amounts(unit.text, currency=reading.currency, bare=True))


def periods_in(reading: Reading, unit: Unit) -> Sequence[PeriodMention]:
    """Dates in the unit, counted from when it was said or written."""
    return once(
        "date",
        reading,
        unit,
        lambda: find_periods(
            unit.text,
            now=reading.turn_of(unit).written_at,
            fiscal_year_start_month=reading.deal.fiscal_year_start_month or 1,
            day_first=reading.day_first,
            country=reading.country,
        ),
    )


def people_in(reading: Reading, unit: Unit) -> Sequence[Person]:
    return once("person", reading, unit, lambda: find_people(unit.text, reading.people, written=True))


def titles_in(reading: Reading, unit: Unit) -> Sequence[Title]:
    return once("title", reading, unit, lambda: find_titles(unit.text))


def companies_in(reading: Reading, unit: Unit) -> Sequence[Company]:
    return once("company", reading, unit, lambda: find_companies(unit.text, reading.companies))


READERS: dict[str, Reader] = {
    "amount": amounts_in,
    "date": periods_in,
    "person": people_in,
    "title": titles_in,
    "company": companies_in,
}

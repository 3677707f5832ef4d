"""Whose price it is, and what it buys where only the words after it tell: "fourteen cents the word"."""

from __future__ import annotations

from extractors.amounts import Amount
from extractors.companies import How
from extractors.cues import cues_of
from extractors.reading import Reading, Unit
from extractors.slots import companies_in
from signals import Per

__all__ = ["buys", "of_another"]

CUES = cues_of("extractors.pricing")
UNIT, YEAR_BY_YEAR = CUES["a_unit"], CUES["year_by_year"]
LARGEST_PRICE = 1000


def buys(unit: Unit, amount: Amount) -> Per:
    """The amount's own reading, or a unit where a small sum of money is followed by one ("the word", "a door"), or a
    year where the next year's price is told as well."""
    if amount.per is Per.TOTAL and YEAR_BY_YEAR.match(unit.lower, amount.end):
        return Per.YEAR
    if amount.per is not Per.TOTAL or not amount.explicit or amount.high is None or amount.high >= LARGEST_PRICE:
        return amount.per
    return Per.UNIT if UNIT.match(unit.lower, amount.end) else Per.TOTAL


def of_another(reading: Reading, unit: Unit, start: int) -> bool:
    """Whether a rival is named before the figure: "Wenco is at thirty-five" is no bid of ours."""
    return any(company.end <= start and company.how is not How.WRITTEN for company in companies_in(reading, unit))

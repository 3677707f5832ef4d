"""Dates that matter to the deal: decision, roll-out, next step, renewal, evaluation, budget round."""

from __future__ import annotations

from extractors.automatic import is_automatic
from extractors.dates.resolve import resolved
from extractors.dates.statements import statements
from extractors.reading import Reading
from signals import KeyDate

__all__ = ["find_dates"]


def find_dates(reading: Reading) -> list[KeyDate]:
    """The conversation's key dates, each with all its evidence, in the order in which they were first said."""
    return [] if is_automatic(reading) else resolved(reading, statements(reading))

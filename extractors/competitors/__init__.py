"""Finds the alternatives to the seller that the buyer has, weighs or weighed, and how each of them stands."""

from __future__ import annotations

from extractors.competitors.resolve import resolved
from extractors.competitors.statements import statements
from extractors.reading import Reading
from signals import Competitor

__all__ = ["find_competitors"]


def find_competitors(reading: Reading) -> list[Competitor]:
    """One signal for each alternative, in the order in which they were first named."""
    return resolved(reading, statements(reading))

"""Finds the people on the buyer's side who sell this inside, and those who lose the power or the will to."""

from __future__ import annotations

from extractors.champions.resolve import resolved
from extractors.champions.statements import statements
from extractors.reading import Reading
from signals import Champion

__all__ = ["find_champions"]


def find_champions(reading: Reading) -> list[Champion]:
    """One signal for each person, in the order in which it was first told."""
    return resolved(reading, statements(reading))

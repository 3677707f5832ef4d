"""Finds who is part of the buyer's decision, and how that changes: named, joined, left, moved, gone quiet."""

from __future__ import annotations

from extractors.reading import Reading
from extractors.stakeholders.resolve import resolved
from extractors.stakeholders.statements import statements
from signals import Stakeholder

__all__ = ["find_stakeholders"]


def find_stakeholders(reading: Reading) -> list[Stakeholder]:
    """One signal for each person, in the order in which the change was first told."""
    return resolved(reading, statements(reading))

"""The money the buyer has, seeks or lost for this purchase."""

from __future__ import annotations

from extractors.automatic import is_automatic
from extractors.budget.resolve import resolved
from extractors.budget.statements import statements
from extractors.reading import Reading
from signals import Budget

__all__ = ["find_budgets"]


def find_budgets(reading: Reading) -> list[Budget]:
    """What the conversation says of this purchase's budget: one signal with all its evidence, or none."""
    return [] if is_automatic(reading) else resolved(reading, statements(reading))

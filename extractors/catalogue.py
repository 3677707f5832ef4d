"""The one list of families. Nothing registers itself: what is not here does not run."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from extractors.reading import Reading
from signals import Signal

__all__ = ["Extractor", "families"]

Extractor = Callable[[Reading], Sequence[Signal]]


@cache
def families() -> tuple[Extractor, ...]:
    """Every family's public function, in the order of the specification's types."""
    from extractors.budget import find_budgets
    from extractors.champions import find_champions
    from extractors.competitors import find_competitors
    from extractors.dates import find_dates
    from extractors.milestones import find_milestones
    from extractors.pricing import find_pricing
    from extractors.qualification import find_qualification
    from extractors.stakeholders import find_stakeholders

    return (
        find_budgets,
        find_pricing,
        find_dates,
        find_competitors,
        find_champions,
        find_stakeholders,
        find_qualification,
        find_milestones,
    )

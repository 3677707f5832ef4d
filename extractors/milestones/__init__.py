"""Steps of the deal that were asked for or done: demos, proposals, reviews, pilots, contracts, agreed next steps."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.automatic import is_automatic
from extractors.milestones.next_steps import settled_steps
from extractors.milestones.resolve import resolve
from extractors.milestones.said import said_steps
from extractors.reading import Reading
from signals import Milestone

__all__ = ["find_milestones"]


def find_milestones(reading: Reading) -> Sequence[Milestone]:
    """Each kind of step at most once, with every place that states it, in the order in which they were first said."""
    if is_automatic(reading):
        return []
    return resolve(reading, [*said_steps(reading), *settled_steps(reading)])

"""The learned reader's facts: its statements, resolved by the families themselves."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

from extractors.reading import Reading
from extractors.second.opinion import Opinion
from extractors.second.statements import LEARNED
from extractors.statement import Statement
from signals import Signal

__all__ = ["learned_facts"]

Resolve = Callable[[Reading, Sequence[Statement]], Sequence[Signal]]


@cache
def resolving() -> dict[str, Resolve]:
    """Each type's resolving step."""
    from extractors.budget.resolve import resolved as budget
    from extractors.champions.resolve import resolved as champion
    from extractors.competitors.resolve import resolved as competitor
    from extractors.dates.resolve import resolved as date
    from extractors.milestones.resolve import resolve as milestone
    from extractors.pricing.resolve import resolved as pricing
    from extractors.qualification.resolve import resolve as qualification
    from extractors.stakeholders.resolve import resolved as stakeholder

    return {
        "budget": budget,
        "pricing": pricing,
        "date": date,
        "competitor": competitor,
        "champion": champion,
        "stakeholder": stakeholder,
        "qualification": qualification,
        "milestone": milestone,
    }


def learned_facts(reading: Reading, opinion: Opinion) -> dict[str, Sequence[Signal]]:
    """By type; the confidence of each is the probability of its surest sentence."""
    return {kind: resolve(reading, list(LEARNED[kind](reading, opinion))) for kind, resolve in resolving().items()}

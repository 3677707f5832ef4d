"""Verified signals of one conversation, from however many windows and readers: one fact, all its evidence."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import assert_never

from extractors.budget.resolve import RANK
from extractors.companies import squeeze
from extractors.competitors.resolve import PRECEDENCE
from extractors.consolidate import merge, place
from signals import (
    Budget,
    BudgetStatus,
    Champion,
    ChampionStatus,
    Competitor,
    Element,
    KeyDate,
    Milestone,
    Pricing,
    PricingStatus,
    Qualification,
    Signal,
    Stakeholder,
)

__all__ = ["fact_of", "joined"]

CHAMPION_RANK = (ChampionStatus.ADVOCATING, ChampionStatus.AT_RISK, ChampionStatus.LOST)


def joined(signals: Iterable[Signal]) -> list[Signal]:
    """One signal for each fact, in the order in which they were first said."""
    linked: list[tuple[Hashable, Signal]] = []
    for signal in signals:
        key = fact_of(signal)
        if isinstance(signal, Qualification) and signal.element is not Element.DECISION_PROCESS:
            key = next((k for k, other in linked if other.type == signal.type and touches(signal, other)), key)
        linked.append((key, signal))
    keys = {id(signal): key for key, signal in linked}
    merged = merge((signal for _, signal in linked), key=lambda signal: keys[id(signal)], rank=rank)
    return sorted(merged, key=lambda signal: (*place(signal), signal.type))


def fact_of(signal: Signal) -> Hashable:
    """What two signals of one fact have in common."""
    match signal:
        case Budget():  # there may be none for this year and some for the next
            return signal.type, signal.status is BudgetStatus.NONE
        case Pricing(status=PricingStatus.OBJECTED | PricingStatus.AGREED):
            return signal.type, signal.status
        case Pricing():
            figures = None if signal.amount is None else (signal.amount.low, signal.amount.high)
            return signal.type, signal.status, figures
        case KeyDate():
            return signal.type, signal.role, signal.period
        case Competitor():
            return signal.type, squeeze(signal.name)
        case Champion():
            return signal.type, signal.person.lower()
        case Stakeholder():
            return signal.type, (signal.person or signal.title or "").lower(), signal.change
        case Qualification(element=Element.DECISION_PROCESS):
            return signal.type, signal.element
        case Qualification():
            return signal.type, signal.element, place(signal)
        case Milestone():
            return signal.type, signal.kind
        case _:
            assert_never(signal)


def rank(signal: Signal) -> float:
    """Of two signals of one fact the higher holds; of equals the last."""
    match signal:
        case Budget():
            return RANK[signal.status]
        case Competitor():
            return -PRECEDENCE.index(signal.relation)
        case Champion():
            return CHAMPION_RANK.index(signal.status)
        case Stakeholder():
            return signal.role is not None
        case KeyDate():
            return signal.change != "set"
        case Pricing() | Qualification() | Milestone():
            return 0
        case _:
            assert_never(signal)


def touches(a: Signal, b: Signal) -> bool:
    """Whether two signals of an element prove themselves by the same words."""
    if not (isinstance(a, Qualification) and isinstance(b, Qualification) and a.element is b.element):
        return False
    return any(
        one.segment == other.segment and one.start < other.end and other.start < one.end
        for one in a.evidence
        for other in b.evidence
    )

"""When two facts are the same, and when one stands in the place of the other."""

from __future__ import annotations

import re

from signals import (
    Budget,
    Champion,
    Competitor,
    KeyDate,
    Milestone,
    Pricing,
    Qualification,
    Signal,
    Stakeholder,
)

__all__ = ["rivals", "same_fact"]

SAME_PLACE = 80


def same_fact(a: Signal, b: Signal) -> bool:
    """Whether two facts of one type are equal in every field, told in the same place."""
    match a, b:
        case Budget(), Budget():
            return a.status == b.status and a.amount == b.amount
        case Pricing(), Pricing():
            return a.status == b.status and a.amount == b.amount and beside(a, b)
        case KeyDate(), KeyDate():
            return (a.role, a.period, a.change) == (b.role, b.period, b.change)
        case Competitor(), Competitor():
            return (a.name, a.relation) == (b.name, b.relation)
        case Champion(), Champion():
            return same_name(a.person, b.person) and a.status == b.status
        case Stakeholder(), Stakeholder():
            return same_person(a, b) and (a.change, a.role) == (b.change, b.role)
        case Qualification(), Qualification():
            return a.element == b.element and overlap(a, b)
        case Milestone(), Milestone():
            return a.kind == b.kind and beside(a, b)
        case _:
            return False


def rivals(a: Signal, b: Signal) -> bool:
    """Whether only one of two different facts of one type can hold."""
    if same_fact(a, b):
        return False
    match a, b:
        case Budget(), Budget():
            return True
        case Pricing(), Pricing():
            return beside(a, b) and (a.status == b.status or (a.amount is not None and a.amount == b.amount))
        case KeyDate(), KeyDate():
            if a.role == b.role:
                return beside(a, b) or a.period == b.period
            return beside(a, b) and a.period.start <= b.period.end and b.period.start <= a.period.end
        case Competitor(), Competitor():
            return a.name == b.name
        case Champion(), Champion():
            return same_name(a.person, b.person)
        case Stakeholder(), Stakeholder():
            return same_person(a, b)
        case Milestone(), Milestone():
            return a.kind == b.kind
        case _:
            return False


def words(name: str | None) -> frozenset[str]:
    return frozenset(re.findall(r"[^\W\d_]+", (name or "").lower())) - {"mr", "mrs", "ms", "dr"}


def same_name(a: str | None, b: str | None) -> bool:
    first, second = words(a), words(b)
    return bool(first and second) and (first <= second or second <= first)


def same_person(a: Stakeholder, b: Stakeholder) -> bool:
    if a.person is None and b.person is None:
        return same_name(a.title, b.title)
    return same_name(a.person, b.person)


def beside(a: Signal, b: Signal) -> bool:
    """In the same or the next utterance, or a few words apart in a mail."""
    return any(
        abs(one.segment - two.segment) <= 1
        if one.segment is not None and two.segment is not None
        else one.start < two.end + SAME_PLACE and two.start < one.end + SAME_PLACE
        for one in a.evidence
        for two in b.evidence
    )


def overlap(a: Signal, b: Signal) -> bool:
    return any(
        one.segment == two.segment and one.start < two.end and two.start < one.end
        for one in a.evidence
        for two in b.evidence
    )

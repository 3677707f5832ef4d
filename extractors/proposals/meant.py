"""Whether the quoted words assert what is proposed: not asked without an answer, supposed, denied, told of others."""

from __future__ import annotations

import re
from typing import assert_never

from extractors.proposals.faults import Fault, RefusedError
from extractors.proposals.place import Quoted
from extractors.reading import Unit
from extractors.stance import answers, confirms, denies, is_question, stance_of
from signals import (
    Budget,
    BudgetStatus,
    Champion,
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

__all__ = ["assert_meant"]

NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty\w*"
    r"|hundred|thousand|million|lakhs?|crores?|half|third|quarter|twice|double|dozens?|couple|percent|every|zero|once)\b"
)


# A whole quote may hold its own condition, which no clause before it tells of.
CONDITION = re.compile(
    r"\b(?:if|unless|assuming|suppose|supposing|provided|as long as|subject to|in case|whether)\b"
    r"(?! (?:possible|you (?:like|want|will|can|could)|not|so|anything|i may|needed|necessary))"
)


def assert_meant(signal: Signal, place: Quoted) -> None:
    """Raises RefusedError for a signal that no quoted sentence asserts."""
    if isinstance(signal, Qualification) and signal.element is Element.METRICS and not NUMBER.search(place.words):
        raise RefusedError(Fault.NO_FIGURE)
    if not any(asserts(signal, place, unit, start, end) for unit, start, end in place.spans):
        raise RefusedError(Fault.NOT_ASSERTED)


def asserts(signal: Signal, place: Quoted, unit: Unit, start: int, end: int) -> bool:
    stance = stance_of(place.reading, unit, start, end)
    if stance.joking or stance.others:
        return False
    asked = is_question(place.reading, unit) and not taken(place, unit)
    conditional = bool(CONDITION.search(unit.lower, start, end))
    match signal:
        case Milestone():
            if signal.kind.value.endswith("_requested"):
                return True
            return not asked and not conditional
        case Budget():
            denial = signal.status in (BudgetStatus.NONE, BudgetStatus.CANCELLED)
            return not asked and (denial or not (stance.supposed or stance.denied or conditional))
        case Pricing():
            return not asked and not (conditional and signal.status is PricingStatus.AGREED)
        case Qualification() | KeyDate() | Competitor() | Champion() | Stakeholder():
            return not asked
        case _:
            assert_never(signal)


def taken(place: Quoted, unit: Unit) -> bool:
    """Whether the question is answered with a yes, or anything but a no where the answer is quoted too."""
    answer = answers(place.reading, unit)
    return answer is not None and (confirms(answer) or (answer in place.units and not denies(answer)))

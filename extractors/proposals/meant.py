"""Whether the quoted words assert what is proposed: not asked without an answer, supposed, denied, told of others.

Some facts are put as questions: "could you send it by Friday?" fixes a day, "what if I said forty-eight?" names a
price, "does it do the report?" asks for what must be there. They are kept, marked; and so is what a buyer says before
they come to ask.
"""

from __future__ import annotations

import re
from typing import assert_never

from extractors.proposals.faults import Fault, Mark, RefusedError
from extractors.proposals.place import Quoted
from extractors.reading import Unit
from extractors.stance import answers, confirms, denies, is_question, stance_of
from signals import (
    Budget,
    BudgetStatus,
    Champion,
    Competitor,
    DateRole,
    Element,
    KeyDate,
    Milestone,
    Pricing,
    PricingStatus,
    Qualification,
    Side,
    Signal,
    Stakeholder,
    StakeholderChange,
)

__all__ = ["assert_meant"]

NUMBER = re.compile(
    r"\d|\b(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|(?:twen|thir|for|fif|six|seven|eigh|nine)ty\w*"
    r"|hundred|thousand|million|lakhs?|crores?|half|third|quarter|twice|double|dozens?|couple|percent|every|zero|once)\b"
)


ASKS = re.compile(
    r"(?:so |and |but |or )*(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should|shall|may"
    r"|what|when|where|who|whose|which|why|how|any)\b"
)
# A whole quote may hold its own condition, which no clause before it tells of.
CONDITION = re.compile(
    r"\b(?:if|unless|assuming|suppose|supposing|provided|as long as|subject to|in case|whether)\b"
    r"(?! (?:possible|you (?:like|want|will|can|could)|not|so|anything|i may|needed|necessary))"
)


# So many words after the quote are a question of their own, no "right?" that asks for all that was said.
OWN_QUESTION = 4
CLAUSE = re.compile(r"[,;:.]|\s-\s|\b(?:and|but)\b")


def assert_meant(signal: Signal, place: Quoted) -> tuple[Mark, ...]:
    """Marked where it is only asked. Raises RefusedError for a signal that no quoted sentence asserts."""
    if isinstance(signal, Qualification) and signal.element is Element.METRICS and not NUMBER.search(place.words):
        raise RefusedError(Fault.NO_FIGURE)
    if any(asserts(signal, place, unit, start, end) for unit, start, end in place.spans):
        return ()
    if any(asserts(signal, place, unit, start, end, asking=True) for unit, start, end in place.spans):
        return (Mark.ASKED,)
    raise RefusedError(Fault.NOT_ASSERTED)


def put_as_question(signal: Signal) -> bool:
    """Whether such a fact is often put as a question."""
    match signal:
        case KeyDate():
            return signal.role is DateRole.NEXT_STEP
        case Pricing():
            return signal.status in (PricingStatus.QUOTED, PricingStatus.COUNTERED)
        case Qualification():
            return signal.element is Element.DECISION_CRITERIA
        case Stakeholder():
            return signal.change is StakeholderChange.IDENTIFIED
        case Budget() | Competitor() | Champion() | Milestone():
            return False
        case _:
            assert_never(signal)


def told_before_asking(place: Quoted, unit: Unit, start: int, end: int) -> bool:
    """Whether a buyer's quote ends before the question of its sentence: "the trial started, did you hear of it?" """
    rest = unit.lower[end:]
    clause = CLAUSE.search(rest)
    begins_to_ask = ASKS.match(unit.lower[start:end].lstrip())
    told = clause is not None and len(rest[clause.end() :].split()) >= OWN_QUESTION and not begins_to_ask
    return told and place.reading.side_of(unit) is Side.BUYER


def asserts(signal: Signal, place: Quoted, unit: Unit, start: int, end: int, *, asking: bool = False) -> bool:
    """`asking`: whether a question will do, where it is one that tells."""
    stance = stance_of(place.reading, unit, start, end)
    if stance.joking or stance.others:
        return False
    asked = is_question(place.reading, unit) and not taken(place, unit)
    if asking and (put_as_question(signal) or told_before_asking(place, unit, start, end)):
        asked = False
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

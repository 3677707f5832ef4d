"""What the phrases find: a step named in one sentence, or what happened to the step that was spoken of just before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from extractors.phrases import Phrasebook, load_phrases
from extractors.reading import Reading, Unit
from extractors.slots import READERS
from extractors.statement import Statement
from signals import MilestoneKind

__all__ = ["OFFERED", "said_steps"]

OFFERED = "?"
"""Ends a meaning that holds only once the other side takes it: "shall I send the contract?"."""

# What happened, where the sentence does not name the step: (topic spoken of, the kind of step that it makes).
EVENTS: dict[str, tuple[tuple[str, MilestoneKind], ...]] = {
    "passed": (("pilot", MilestoneKind.PILOT_SUCCEEDED),),
    "failed": (("pilot", MilestoneKind.PILOT_FAILED),),
    "called": (("reference", MilestoneKind.REFERENCE_COMPLETED),),
    "planned": (("plan", MilestoneKind.IMPLEMENTATION_PLAN_AGREED),),
}
TOPICS = {
    "pilot": re.compile(r"\b(?:pilots?|trials?|poc|p o c|proof of (?:concept|value)|tests?|acceptance|evaluation)\b"),
    "reference": re.compile(r"\b(?:references?|referees?|customers?|clients?|your people in|installation)\b"),
    "plan": re.compile(
        r"\b(?:gantt|roll-?outs?|implementation|onboarding|schedule|phases?|waves?|(?:project|launch|cutover) plan"
        r"|the plan|weeks)\b"
    ),
}
TOPIC_REACH = 5

CONFIDENCE = {
    "demo_completed": 0.6,
    "proposal_requested": 0.5,
    "proposal_sent": 0.6,
    "security_review_requested": 0.5,
    "security_review_completed": 0.5,
    "technical_validation_completed": 0.5,
    "legal_review_requested": 0.5,
    "legal_review_completed": 0.6,
    "procurement_engaged": 0.6,
    "reference_requested": 0.5,
    "reference_completed": 0.6,
    "pilot_started": 0.5,
    "pilot_succeeded": 0.5,
    "pilot_failed": 0.5,
    "contract_requested": 0.5,
    "contract_sent": 0.5,
    "contract_signed": 0.6,
    "verbal_commitment": 0.5,
    "implementation_plan_agreed": 0.5,
    "deal_paused": 0.5,
    "deal_lost": 0.5,
}


@cache
def book() -> Phrasebook:
    kinds = [kind.value for kind in MilestoneKind]
    means = [*kinds, *(kind + OFFERED for kind in kinds), *EVENTS]
    return Phrasebook(load_phrases("extractors.milestones", means=means), READERS)


def said_steps(reading: Reading) -> Iterator[Statement]:
    """A statement for each phrase that stands in the conversation, whatever its stance."""
    for unit in reading.own_units():
        for match in book().matches(reading, unit):
            means = match.phrase.means
            if means in EVENTS:
                kind = spoken_of(reading, unit, EVENTS[means])
                if kind is None:
                    continue
                means = kind.value
            yield Statement(
                unit=unit,
                means=means,
                start=match.start,
                end=match.end,
                mentions=match.mentions,
                found_by=f"milestones: {match.phrase.name}",
                confidence=CONFIDENCE[means.rstrip(OFFERED)],
            )


def spoken_of(reading: Reading, unit: Unit, kinds: tuple[tuple[str, MilestoneKind], ...]) -> MilestoneKind | None:
    """The kind of step whose topic was named last, in this sentence or in the few before it."""
    for near in (unit, *reading.before(unit, TOPIC_REACH)):
        for topic, kind in kinds:
            if TOPICS[topic].search(near.lower):
                return kind
    return None

"""What the phrases find: a step named in one sentence, or what happened to the step that was spoken of just before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

from extractors.companies import Company
from extractors.people import find_people
from extractors.phrases import Phrasebook, PhraseMatch, load_phrases
from extractors.reading import Reading, Unit
from extractors.slots import READERS
from extractors.statement import Statement
from signals import MilestoneKind, Side

__all__ = ["OFFERED", "said_steps"]

PHRASES = ("words.toml", "offers.toml", "reviews.toml", "pilots.toml", "outcomes.toml", "events.toml", "oblique.toml")
CHOSEN = (
    r"\b(?:(?:go(?:es|ing)?|went|gone|proceed\w*)(?: ahead)? with|choos\w+|chose|chosen|picked|selected"
    r"|decided (?:on|for)) {}\b"
)
"""How somebody says that the seller, whom they name, has won."""
OFFERED = "?"
"""Ends a meaning that holds only once the other side takes it: "shall I send the contract?"."""

# What happened, where the sentence does not name the step: (topic spoken of, the kind of step that it makes, if any).
EVENTS: dict[str, tuple[tuple[str, MilestoneKind | None], ...]] = {
    "passed": (("pilot", MilestoneKind.PILOT_SUCCEEDED),),
    "failed": (("pilot", MilestoneKind.PILOT_FAILED),),
    "called": (("reference", MilestoneKind.REFERENCE_COMPLETED),),
    "planned": (("plan", MilestoneKind.IMPLEMENTATION_PLAN_AGREED),),
    "reviewed": (
        ("security", MilestoneKind.SECURITY_REVIEW_COMPLETED),
        ("legal", MilestoneKind.LEGAL_REVIEW_COMPLETED),
        ("technical", MilestoneKind.TECHNICAL_VALIDATION_COMPLETED),
    ),
    "engaged": (("procurement", MilestoneKind.PROCUREMENT_ENGAGED), ("legal", MilestoneKind.LEGAL_REVIEW_REQUESTED)),
    "named": (("decision", MilestoneKind.DEAL_LOST),),
    "started": (("pilot", MilestoneKind.PILOT_STARTED),),
    "signed": (("money", None), ("contract", MilestoneKind.CONTRACT_SIGNED)),
    "sent": (("contract", MilestoneKind.CONTRACT_SENT), ("proposal", MilestoneKind.PROPOSAL_SENT)),
    "asked": (
        ("contract", MilestoneKind.CONTRACT_REQUESTED),
        ("proposal", MilestoneKind.PROPOSAL_REQUESTED),
        ("papers", MilestoneKind.SECURITY_REVIEW_REQUESTED),
    ),
}
TOPICS = {
    "pilot": re.compile(r"\b(?:pilots?|trials?|poc|p o c|proof of (?:concept|value)|tests?|acceptance|evaluation)\b"),
    "reference": re.compile(r"\b(?:references?|referees?|customers?|clients?|your people in|installation)\b"),
    "plan": re.compile(
        r"\b(?:gantt|roll-?outs?|implementation|onboarding|schedule|phases?|waves?|(?:project|launch|cutover) plan"
        r"|the plan|weeks|calendar|cutover|sheet)\b"
    ),
    "security": re.compile(
        r"\b(?:security|info ?sec|ciso|cyber|dpo|privacy|pen ?-?tests?|questionnaires?|soc ?2|risk assessment|dpia"
        r"|compliance)\b"
    ),
    "legal": re.compile(
        r"\b(?:legal|lawyers?|counsel|attorneys?|solicitors?|barrister|advocate|redlines?|law firm|gc|paralegal)\b"
    ),
    "technical": re.compile(
        r"\b(?:technical(?:ly)?|integrations?|apis?|sandbox|architecture|validation|engineers|sso|connectors?|load test"
        r"|test cases|tech (?:team|side|review))\b"
    ),
    "procurement": re.compile(r"\b(?:procurement|purchasing|sourcing|buyer|vendor (?:management|team)|supply chain)\b"),
    "contract": re.compile(r"\b(?:contracts?|agreements?|msa|order forms?|paperwork|docusign|redlines?)\b"),
    "proposal": re.compile(r"\b(?:proposals?|quotes?|quotations?|offers?|estimates?|pricing)\b"),
    "money": re.compile(r"\b(?:budget|capex|requisition|funding|business case|purchase order|po|approval|nda)\b"),
    "decision": re.compile(
        r"\b(?:decided?|decision|choose|chose|chosen|choice|award\w*|voted?|verdict|news|winner|won|outcome"
        r"|pick(?:ed)?|select(?:ed)?|met)\b"
    ),
    "papers": re.compile(r"\b(?:soc ?2|pen ?-?tests?|questionnaires?|iso 27001|security (?:pack|papers|documents?))\b"),
}
# How many sentences back the step may have been named.
REACH = {
    "passed": 5,
    "failed": 5,
    "called": 5,
    "planned": 5,
    "reviewed": 2,
    "engaged": 1,
    "started": 2,
    "named": 2,
    "signed": 4,
    "sent": 2,
    "asked": 2,
}

# How many sentences on it may yet be named: "It's Kyruus. The vote was five to two."
AHEAD = {"named": 1}
# What it is where no topic was named at all: "it's signed" is the contract.
UNNAMED = {"signed": MilestoneKind.CONTRACT_SIGNED}

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
    return Phrasebook(load_phrases("extractors.milestones", *PHRASES, means=means), READERS)


def said_steps(reading: Reading) -> Iterator[Statement]:
    """A statement for each phrase that stands in the conversation, whatever its stance."""
    yield from named_seller(reading)
    for unit in reading.own_units():
        for match in book().matches(reading, unit):
            means = match.phrase.means
            if names_a_person(reading, match):
                continue
            if means in EVENTS:
                kind = spoken_of(reading, unit, means)
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


def named_seller(reading: Reading) -> Iterator[Statement]:
    """A word given that names the seller's company in place of "you": "the director says go with Portia"."""
    names = (reading.deal.seller or "").lower().split()
    if not names:
        return
    chosen = re.compile(CHOSEN.format(re.escape(names[0])))
    for unit in reading.own_units():
        found = chosen.search(unit.lower) if names[0] in unit.lower else None
        if found and reading.side_of(unit) is not Side.SELLER:
            yield Statement(
                unit=unit,
                means=MilestoneKind.VERBAL_COMMITMENT.value,
                start=found.start(),
                end=found.end(),
                found_by="milestones: we are going with <seller>",
                confidence=CONFIDENCE["verbal_commitment"],
            )


def names_a_person(reading: Reading, match: PhraseMatch) -> bool:
    """What was taken for a company is somebody's name."""
    return any(
        mention.start < person.end and person.start < mention.end
        for mention in match.mentions
        if isinstance(mention, Company)
        for person in find_people(match.unit.text, reading.people)
    )


def spoken_of(reading: Reading, unit: Unit, event: str) -> MilestoneKind | None:
    """The kind of step whose topic was named last, in this sentence or in the few before it."""
    for near in (unit, *reading.before(unit, REACH[event]), *reading.after(unit, AHEAD.get(event, 0))):
        for topic, kind in EVENTS[event]:
            if TOPICS[topic].search(near.lower):
                return kind
    return UNNAMED.get(event)

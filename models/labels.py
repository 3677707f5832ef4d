"""What the model tells of a sentence, and of each thing mentioned in it."""

from __future__ import annotations

from collections.abc import Mapping

from signals import (
    BudgetStatus,
    ChampionStatus,
    DateRole,
    Element,
    MilestoneKind,
    Per,
    PricingStatus,
    Relation,
    StakeholderChange,
    StakeholderRole,
)

__all__ = ["FAMILIES", "KINDS", "MARKS", "MARKS_OF", "UNITS", "details_of", "unit_labels_of"]

# What kind of fact, before which of it: the many examples of a kind teach what the few of a status cannot.
FAMILIES: tuple[str, ...] = (
    "budget",
    "pricing",
    "date",
    "competitor",
    "champion",
    "stakeholder",
    "qualification",
    "milestone",
)

# A sentence may have any number of these.
UNITS: tuple[str, ...] = (
    *FAMILIES,
    *(f"budget.{status}" for status in BudgetStatus),
    *(f"pricing.{status}" for status in PricingStatus),
    *(f"date.{role}" for role in DateRole),
    "date.later",
    "date.earlier",
    *(f"competitor.{relation}" for relation in Relation),
    *(f"champion.{status}" for status in ChampionStatus),
    *(f"stakeholder.{change}" for change in StakeholderChange),
    *(f"role.{role}" for role in StakeholderRole),
    *(f"qualification.{element}" for element in Element),
    *(f"milestone.{kind}" for kind in MilestoneKind),
)

# What kinds of mention there are: how one was recognised matters to what it may be.
KINDS: tuple[str, ...] = (
    "amount.said",
    "amount.bare",
    "date",
    "person.participant",
    "person.other",
    "title",
    "speaker",
    "company.catalogue",
    "company.vendor",
    "company.heard",
    "written",
    "spoken",
)

# A mention may have any number of those that its kind allows.
MARKS: tuple[str, ...] = (
    "budget",
    "pricing",
    *(f"date.{role}" for role in DateRole),
    *(f"champion.{status}" for status in ChampionStatus),
    *(f"stakeholder.{change}" for change in StakeholderChange),
    "successor",
    *(f"competitor.{relation}" for relation in Relation),
    *(f"budget.{status}" for status in BudgetStatus),
    *(f"pricing.{status}" for status in PricingStatus),
    *(f"per.{per}" for per in Per),
    "date.later",
    "date.earlier",
    *(f"role.{role}" for role in StakeholderRole),
)

PERSON = ("champion.", "stakeholder.", "role.")
GROUPS = {
    "amount": ("budget", "pricing", "per."),
    "date": ("date.",),
    "person": (*PERSON, "successor"),
    "title": (*PERSON, "successor"),
    "speaker": PERSON,
    "company": ("competitor.",),
    # a name of somebody or something: with capitals, or known only from what the conversation is labelled with
    "written": (*PERSON, "successor", "competitor."),
    "spoken": (*PERSON, "successor", "competitor."),
}

# Kind to the places in MARKS that it allows.
MARKS_OF: dict[str, tuple[int, ...]] = {
    kind: tuple(place for place, mark in enumerate(MARKS) if mark.startswith(GROUPS[kind.split(".")[0]]))
    for kind in KINDS
}


def unit_labels_of(fact: Mapping[str, object]) -> list[str]:
    """The sentence labels of a gold fact (a signal as JSON)."""
    return [str(fact["type"]), *details_of(fact)]


def details_of(fact: Mapping[str, object]) -> list[str]:
    """Those that tell more than the type: status, role and change, relation, element or kind."""
    kind = fact["type"]
    match kind:
        case "budget" | "pricing" | "champion":
            return [f"{kind}.{fact['status']}"]
        case "date":
            change = fact.get("change") or "set"
            return [f"date.{fact['role']}", *([f"date.{change}"] if change != "set" else [])]
        case "competitor":
            return [f"competitor.{fact['relation']}"]
        case "stakeholder":
            return [f"stakeholder.{fact['change']}", *([f"role.{fact['role']}"] if fact.get("role") else [])]
        case "qualification":
            return [f"qualification.{fact['element']}"]
        case "milestone":
            return [f"milestone.{fact['kind']}"]
        case _:
            raise ValueError(f"unknown type of signal {kind!r}")

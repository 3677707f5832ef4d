"""What would raise a deal's probability, and by how much: each change on its own, the best first."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from engine.deal import Deal
from engine.health import BUDGET_RISKS, COMPONENTS, gates, probability
from engine.pipeline import Pipeline
from signals import Relation

__all__ = ["Change", "what_if"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """`if_` reads on from "with": "a champion who advocates". `points` is the change of the probability."""

    if_: str
    component: str
    points: int | float

    def to_json(self) -> dict[str, Any]:
        return {"if": self.if_, "component": self.component, "points": self.points}


def what_if(deal: Deal, pipeline: Pipeline) -> tuple[Change, ...]:
    """The changes that would raise the probability now; none for a closed deal."""
    if deal.stage >= pipeline.won:
        return ()
    changes = [
        Change(if_=said, component=component, points=gained)
        for said, component, raised in possible(deal, pipeline)
        if (gained := gain(deal, pipeline, component, raised)) > 0
    ]
    return tuple(sorted(changes, key=lambda change: (-change.points, change.if_)))


def possible(deal: Deal, pipeline: Pipeline) -> Iterator[tuple[str, str, int]]:
    """Each change: in words, the component (or "increments") that it touches, and what that would then be."""
    points = pipeline.health
    yield "a champion who advocates", "champion", points.champion["advocating"]
    yield "more than two touches a week", "engagement", points.engagement["high"]
    yield "three buyer contacts active", "contacts", dict(points.contacts).get(3, points.contacts[-1][1])
    yield from gates_to_meet(deal, pipeline)
    yield from risks_to_end(deal, pipeline)
    for rule in pipeline.rules:
        if rule.points is not None and rule.points.each == "stakeholder":
            here = deal.increments.get(deal.stage, 0)
            roles = ", ".join(sorted(role.replace("_", " ") for role in rule.points.roles))
            yield f"a new {roles} identified", "increments", here + rule.points.more


def gates_to_meet(deal: Deal, pipeline: Pipeline) -> Iterator[tuple[str, str, int]]:
    begin, end = pipeline.gate_span[deal.stage]
    met = deal.gates
    for n in range(begin, end):
        if not met[n]:
            deal.gates = [*met[:n], True, *met[n + 1 :]]
            worth = gates(deal, pipeline)
            deal.gates = met
            yield f"gate {pipeline.gates[n][1].id} met", "gates", worth


def risks_to_end(deal: Deal, pipeline: Pipeline) -> Iterator[tuple[str, str, int]]:
    """Each risk that counts now, ended."""
    worth, now = pipeline.health.risks, deal.components[COMPONENTS.index("risks")]
    relations = {relation for _, relation in deal.competitors.values()}
    if Relation.SELECTED in relations or Relation.FAVORED in relations:
        name = "competitor_selected" if Relation.SELECTED in relations else "competitor_favored"
        yield "the leading competitor rejected", "risks", min(0, now - worth[name])
    if deal.budget in BUDGET_RISKS:
        yield "the budget approved", "risks", min(0, now - worth[BUDGET_RISKS[deal.budget]])
    if deal.stale:
        yield "any activity", "risks", min(0, now - worth["stale"])
    if any(person.unresponsive and not person.left for person in deal.people.values()):
        yield "everybody responsive", "risks", min(0, now - worth["stakeholder_unresponsive"])


def gain(deal: Deal, pipeline: Pipeline, component: str, raised: int) -> int | float:
    """By how much the probability would rise; health and probability keep their bounds."""
    health, increments = deal.health, dict(deal.increments)
    if component == "increments":
        deal.increments[deal.stage] = raised
    else:
        parts = dict(zip(COMPONENTS, deal.components, strict=True)) | {component: raised}
        bound = pipeline.health.bound
        deal.health = min(bound, max(-bound, sum(parts.values())))
    found = probability(deal, pipeline) - deal.probability
    deal.health, deal.increments = health, increments
    return found

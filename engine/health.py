"""Health: five components that adjust the probability, and the probability itself."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from engine.calendar import rounded
from engine.deal import Deal, Topic
from engine.parts import HealthPoints
from engine.pipeline import Pipeline
from signals import BudgetStatus, ChampionStatus, Relation

COMPONENTS = ("engagement", "contacts", "champion", "gates", "risks")
# The topics that engagement and contacts, and that risks depend on.
MEETING = Topic.ACTIVITY | Topic.TIME | Topic.PEOPLE
RISKY = Topic.RISKS | Topic.COMPETITORS | Topic.BUDGET | Topic.PEOPLE
BUDGET_RISKS = {
    BudgetStatus.PENDING: "budget_pending",
    BudgetStatus.REDUCED: "budget_reduced",
    BudgetStatus.NONE: "budget_none",
    BudgetStatus.CANCELLED: "budget_cancelled",
}


def slide_windows(deal: Deal, pipeline: Pipeline, now: dt.datetime) -> None:
    """Lets touches fall out of the windows: one exactly so many days old is out."""
    touches = deal.touches
    count = len(touches)
    recent = now - pipeline.windows[0]
    while deal.from_14 < count and touches[deal.from_14] <= recent:
        deal.from_14 += 1
    longer = now - pipeline.windows[1]
    while deal.from_28 < count and touches[deal.from_28] <= longer:
        deal.from_28 += 1


def pace(deal: Deal, pipeline: Pipeline) -> int:
    """Touches a week: 2 above high, 1 from low to high, 0 below low."""
    touches = len(deal.touches) - deal.from_28
    steady, fast = pipeline.paces
    return 2 if touches >= fast else 1 if touches >= steady else 0


PACES = ("low", "steady", "high")


def engagement(deal: Deal, pipeline: Pipeline) -> int:
    worth = pipeline.health.engagement
    recent = len(deal.touches) - deal.from_14
    if recent == 0:
        total = worth["silent"]
    else:
        total = worth[PACES[pace(deal, pipeline)]]
        if recent > deal.from_14 - deal.from_28:
            total += worth["rising"]
    return min(worth["most"], max(worth["least"], total))


def contacts(deal: Deal, pipeline: Pipeline, now: dt.datetime) -> int:
    """Buyer contacts active lately; notes on the deal when the next of them will no longer be."""
    window = pipeline.windows[2]
    since = now - window
    active, oldest = 0, None
    for person in deal.people.values():
        at = person.last_active
        if at is not None and at > since and person.side_buyer:
            active += 1
            if oldest is None or at < oldest:
                oldest = at
    deal.contact_expiry = None if oldest is None else oldest + window
    worth = 0
    for least, step in pipeline.health.contacts:
        if active >= least:
            worth = step
    return worth


def champion(deal: Deal, points: HealthPoints) -> int:
    """Someone who advocates; else the latest word on any champion."""
    latest, at = "none", 0
    for person in deal.people.values():
        if person.champion is None:
            continue
        status = ChampionStatus.LOST if person.left else person.champion
        if status is ChampionStatus.ADVOCATING:
            return points.champion["advocating"]
        if person.champion_at > at:
            latest, at = status.value, person.champion_at
    return points.champion[latest]


def gates(deal: Deal, pipeline: Pipeline) -> int:
    """The share of this stage's gates that are met, and those of later stages: work done ahead."""
    begin, end = pipeline.gate_span[deal.stage]
    here, ahead = sum(deal.gates[begin:end]), sum(deal.gates[end:])
    known = pipeline.gate_points.get((end - begin, here, ahead))
    if known is None:
        worth = pipeline.health.gates
        share = worth["share"] * here / (end - begin) if end > begin else Decimal(0)
        known = rounded(share + min(worth["ahead"], worth["ahead"] * ahead / worth["ahead_gates"]))
        pipeline.gate_points[end - begin, here, ahead] = known
    return known


def risks(deal: Deal, points: HealthPoints) -> int:
    worth = points.risks
    total = 0
    relations = {relation for _, relation in deal.competitors.values()}
    if Relation.SELECTED in relations:
        total += worth["competitor_selected"]
    elif Relation.FAVORED in relations:
        total += worth["competitor_favored"]
    if deal.budget in BUDGET_RISKS:
        total += worth[BUDGET_RISKS[deal.budget]]
    for person in deal.people.values():
        if person.unresponsive and not person.left and (person.role in points.key_roles or person.champion):
            total += worth["stakeholder_unresponsive"]
            break
    if deal.stale:
        total += worth["stale"]
    if "close_date_unstable" in deal.flags:
        total += worth["close_date_unstable"]
    return min(0, max(worth["least"], total))


def assess(deal: Deal, pipeline: Pipeline, now: dt.datetime) -> int | float:
    """Sets the components that the touched topics can change, and the health, and returns the probability."""
    points, touched = pipeline.health, deal.touched
    touches, people, standing, met, at_risk = deal.components
    if touched & MEETING:
        touches = engagement(deal, pipeline)
        people = contacts(deal, pipeline, now)
    if touched & Topic.PEOPLE:
        standing = champion(deal, points)
    if touched & Topic.GATES:
        met = gates(deal, pipeline)
    if touched & RISKY:
        at_risk = risks(deal, points)
    deal.components = (touches, people, standing, met, at_risk)
    deal.health = min(points.bound, max(-points.bound, touches + people + standing + met + at_risk))
    return probability(deal, pipeline)


def probability(deal: Deal, pipeline: Pipeline) -> int | float:
    """Base, health and increments, within 0 and the stage's cap; a closed stage is exactly its own."""
    stage = pipeline.stages[deal.stage]
    if stage.closed is not None:
        return stage.probability
    total = stage.probability + deal.health + deal.increments.get(deal.stage, 0)
    return min(stage.cap, max(0, total))

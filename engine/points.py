"""What stakeholders and executives add to the probability, in the stage in which it is earned."""

from __future__ import annotations

from engine import events as e
from engine.deal import Deal, Person, key_of
from engine.parts import Points, Rule
from engine.ranks import Rank
from engine.step import Step
from signals import Stakeholder, StakeholderChange

COUNTS = (StakeholderChange.IDENTIFIED, StakeholderChange.JOINED)


def earn(step: Step, rule: str, points: int) -> None:
    """Adds points to the stage in which the deal stands."""
    if points:
        deal = step.deal
        deal.increments[deal.stage] = deal.increments.get(deal.stage, 0) + points
        step.earned.append((rule, points))


def earn_points(step: Step, rule: Rule, points: Points) -> None:
    for person in people_of(step.deal, step.event.body):
        if not person.side_buyer:
            continue
        if points.each == "executive":
            earn_for_executive(step, rule, points, person)
        else:
            earn_for_stakeholder(step, rule, points, person)


def people_of(deal: Deal, body: e.Body) -> list[Person]:
    """Whom an event is about."""
    match body:
        case e.Email() | e.Conversation():
            keys = dict.fromkeys(map(key_of, body.contacts))
            return [deal.people[key] for key in keys if key in deal.people]
        case e.ContactAdded():
            return [deal.people[key_of(body.person)]]
        case e.SignalHeard(signal=Stakeholder() as signal):
            return [deal.people[key_of(signal.person or signal.title or "")]]
        case _:
            return []


def earn_for_stakeholder(step: Step, rule: Rule, points: Points, person: Person) -> None:
    """Once a person, when first identified or joined; a role that is learnt later adds the difference."""
    body = step.event.body
    if isinstance(body, e.SignalHeard) and isinstance(body.signal, Stakeholder) and body.signal.change in COUNTS:
        person.counted = True
    if not person.counted:
        return
    worth = points.more if person.role in points.roles else points.default
    if worth > person.points:
        earn(step, rule.id, worth - person.points)
        person.points = worth


def earn_for_executive(step: Step, rule: Rule, points: Points, person: Person) -> None:
    """Once a stage for each executive who takes part; a higher rank that is learnt later adds the difference."""
    if person.rank is Rank.OTHER or not person.engaged:
        return
    key = (step.deal.stage, key_of(person.name))
    worth = points.more if person.rank is Rank.C_LEVEL else points.default
    before = step.deal.executives.get(key, 0)
    if worth > before:
        step.deal.executives[key] = worth
        earn(step, rule.id, worth - before)

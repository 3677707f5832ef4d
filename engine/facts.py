"""What an event adds to what is known of a deal, before anything is concluded from it."""

from __future__ import annotations

from typing import assert_never

from engine import events as e
from engine.deal import Deal, Person, Topic, key_of, merge
from engine.ranks import rank_of
from engine.step import Step
from signals import (
    Budget,
    BudgetStatus,
    Champion,
    ChampionStatus,
    Competitor,
    DateRole,
    KeyDate,
    Milestone,
    MilestoneKind,
    Pricing,
    PricingStatus,
    Qualification,
    Signal,
    Stakeholder,
    StakeholderChange,
)

LOST_MONEY = (BudgetStatus.CANCELLED, BudgetStatus.NONE)


def take(step: Step) -> str:
    """Takes the event's facts into the deal and returns its trigger, which rules listen to."""
    deal, event = step.deal, step.event
    body = event.body
    if event.quotes:
        deal.words[event.id] = event.quotes
    match body:
        case e.DealCreated(facts=facts) | e.DealUpdated(facts=facts):
            if merge(deal, facts):
                deal.touched |= Topic.CRM
        case e.Email():
            take_email(step, body)
        case e.Conversation():
            take_conversation(step, body)
        case e.MeetingScheduled():
            for name in body.contacts:
                person_of(deal, name)
            deal.booked[body.meeting] = body.at
            deal.touched |= Topic.ACTIVITY | Topic.PEOPLE
        case e.MeetingCancelled():
            at = deal.booked.pop(body.meeting, None)
            if at is not None and at > deal.now:
                deal.booking_ended_at = deal.now
            deal.touched |= Topic.ACTIVITY
        case e.ContactAdded():
            take_contact(step, body)
        case e.SignalHeard(signal=signal):
            take_signal(step, signal, body.lost)
            return f"signal.{signal.type}" if not isinstance(signal, Milestone) else "milestone"
        case e.MilestoneRecorded():
            take_milestone(step, body.kind, body.lost)
        case e.DocumentSent():
            take_document(deal, body.document)
        case e.DocumentViewed():
            deal.proposal_viewed = deal.proposal_viewed or body.document is e.DocumentKind.PROPOSAL
            deal.touched |= Topic.DOCUMENTS
        case e.EsignSent():
            take_document(deal, body.document)
        case e.EsignCompleted():
            deal.signed = deal.signed or body.document is e.DocumentKind.CONTRACT
            deal.touched |= Topic.DOCUMENTS
        case e.EsignDeclined():
            if body.document is e.DocumentKind.CONTRACT:
                deal.contract_sent = False
                deal.touched |= Topic.DOCUMENTS
        case (
            e.StageOverride()
            | e.RegressionOverride()
            | e.ApprovalGranted()
            | e.ApprovalRefused()
            | e.StageJustified()
            | e.Retraction()
            | e.Clock()
        ):
            pass
        case _:
            assert_never(body)
    return event.type


def person_of(deal: Deal, name: str, *, title: str | None = None) -> Person:
    """The person of that name, known from now on; someone known by title alone until now gets the name."""
    key = key_of(name)
    person = deal.people.get(key)
    if person is None:
        person = Person(name=name)
        deal.people[key] = person
        deal.touched |= Topic.PEOPLE
    if title:
        give_title(deal, person, title)
    return person


def give_title(deal: Deal, person: Person, title: str) -> None:
    if person.title != title:
        person.title, person.rank = title, rank_of(title)
        deal.touched |= Topic.PEOPLE


def give_role(step: Step, person: Person, role: str | None) -> None:
    if role is not None and person.role != role:
        person.role = role
        step.gained = (key_of(person.name), role)


def buyers(deal: Deal, contacts: tuple[str, ...]) -> list[Person]:
    """Who of the contacts is the buyer's: everybody who is not known to be the seller's."""
    people = dict.fromkeys([person_of(deal, name) for name in contacts])
    return [person for person in people if person.side_buyer]


def touch(step: Step, people: list[Person], *, took_part: bool) -> None:
    """Something was done together with the buyer."""
    deal = step.deal
    at = step.event.occurred_at
    deal.touches.append(at)
    deal.last_touch, deal.last_touch_event = max(deal.last_touch, at), step.event.id
    if deal.paused_at is not None and at > deal.paused_at:
        deal.paused_at, deal.resumed_at = None, deal.now
    if not took_part:
        return
    for person in people:
        person.last_active = at if person.last_active is None else max(at, person.last_active)
        if not person.engaged or person.unresponsive:
            person.engaged, person.unresponsive = True, False
            deal.touched |= Topic.PEOPLE


def acted(step: Step) -> None:
    deal = step.deal
    deal.last_activity = max(deal.last_activity, step.event.occurred_at)
    deal.last_activity_event = step.event.id
    deal.touched |= Topic.ACTIVITY


def take_email(step: Step, body: e.Email) -> None:
    deal = step.deal
    acted(step)
    people = buyers(deal, body.contacts)
    if body.contacts and not people:
        return  # among the seller's own
    inbound = body.direction is e.Direction.INBOUND
    if inbound:
        deal.inbound += 1
    else:
        deal.outbound += 1
    touch(step, people, took_part=inbound)


def take_conversation(step: Step, body: e.Conversation) -> None:
    deal = step.deal
    acted(step)
    people = buyers(deal, body.contacts)
    if body.contacts and not people:
        return  # among the seller's own
    if body.minutes > deal.longest_minutes:
        deal.longest_minutes = body.minutes
    if body.purpose is e.Purpose.DEMO:
        deal.demo_attendees = max(deal.demo_attendees, len(people))
    if body.meeting:
        deal.meetings_held += 1
    elif people:
        deal.calls_with_contact += 1
    if body.meeting or people:
        touch(step, people, took_part=True)


def take_contact(step: Step, body: e.ContactAdded) -> None:
    deal = step.deal
    person = person_of(deal, body.person, title=body.title)
    buyer = body.side is e.ContactSide.BUYER
    if person.side_buyer is not buyer or not person.contact or (body.role and person.role != body.role) or person.left:
        deal.touched |= Topic.PEOPLE
    person.side_buyer, person.contact, person.left = buyer, True, False
    give_role(step, person, body.role)


def take_signal(step: Step, signal: Signal, lost: e.DealFacts | None) -> None:
    deal = step.deal
    match signal:
        case Budget():
            take_budget(deal, signal)
        case Pricing():
            take_pricing(deal, signal)
        case KeyDate():
            take_date(step, signal)
        case Competitor():
            deal.competitors[key_of(signal.name)] = (signal.name, signal.relation)
            deal.touched |= Topic.COMPETITORS
        case Champion():
            take_champion(deal, signal)
        case Stakeholder():
            take_stakeholder(step, signal)
        case Qualification():
            deal.elements.setdefault(signal.element, step.event.id)
            deal.touched |= Topic.ELEMENTS
        case Milestone():
            take_milestone(step, signal.kind, lost)
        case _:
            assert_never(signal)


def take_budget(deal: Deal, signal: Budget) -> None:
    """The last word wins: money that is gone takes its amount along, and so does a cut that does not say what is
    left."""
    deal.budget = signal.status
    if signal.status in LOST_MONEY:
        deal.budget_amount = None
    elif signal.amount is not None or signal.status is BudgetStatus.REDUCED:
        deal.budget_amount = signal.amount
    deal.touched |= Topic.BUDGET


def take_pricing(deal: Deal, signal: Pricing) -> None:
    deal.pricing = signal.status
    if signal.amount is not None:
        match signal.status:
            case PricingStatus.QUOTED:
                deal.quote = signal.amount
            case PricingStatus.COUNTERED:
                deal.counter = signal.amount
            case PricingStatus.AGREED:
                deal.agreed = signal.amount
            case PricingStatus.OBJECTED:
                pass
            case _:
                assert_never(signal.status)
    deal.touched |= Topic.PRICING


def take_date(step: Step, signal: KeyDate) -> None:
    deal = step.deal
    deal.dates[signal.role] = signal.period
    if signal.role is DateRole.NEXT_STEP and signal.period.end >= step.pipeline.calendar.day(deal.now):
        until = deal.next_step_until
        deal.next_step_until = signal.period.end if until is None else max(until, signal.period.end)
    deal.touched |= Topic.DATES


def take_champion(deal: Deal, signal: Champion) -> None:
    person = person_of(deal, signal.person)
    deal.champion_words += 1
    person.champion, person.champion_at = signal.status, deal.champion_words
    if signal.status is ChampionStatus.ADVOCATING:
        person.left = False
    deal.touched |= Topic.PEOPLE


def take_stakeholder(step: Step, signal: Stakeholder) -> None:
    deal = step.deal
    person = person_of(deal, signal.person or signal.title or "", title=signal.title)
    # Somebody known by title alone is no contact yet: contacts are full names.
    person.contact = person.contact and signal.person is not None
    give_role(step, person, signal.role)
    match signal.change:
        case StakeholderChange.LEFT:
            person.left = True
        case StakeholderChange.UNRESPONSIVE:
            person.unresponsive = True
        case StakeholderChange.IDENTIFIED | StakeholderChange.JOINED | StakeholderChange.ROLE_CHANGED:
            person.left, person.unresponsive = False, False
        case _:
            assert_never(signal.change)
    if signal.successor:
        person_of(deal, signal.successor)
    deal.touched |= Topic.PEOPLE


def take_milestone(step: Step, kind: MilestoneKind, lost: e.DealFacts | None) -> None:
    deal = step.deal
    deal.milestones.setdefault(kind, step.event.id)
    deal.touched |= Topic.MILESTONES
    match kind:
        case MilestoneKind.PROPOSAL_SENT:
            take_document(deal, e.DocumentKind.PROPOSAL)
        case MilestoneKind.CONTRACT_SENT:
            take_document(deal, e.DocumentKind.CONTRACT)
        case MilestoneKind.CONTRACT_SIGNED:
            deal.signed = True
            deal.touched |= Topic.DOCUMENTS
        case MilestoneKind.DEAL_PAUSED:
            deal.paused_at = deal.paused_at or step.event.occurred_at
        case _:
            pass  # every other kind is a fact and nothing more
    if lost is not None and merge(deal, lost):
        deal.touched |= Topic.CRM


def take_document(deal: Deal, document: e.DocumentKind) -> None:
    if document is e.DocumentKind.PROPOSAL:
        deal.proposal_sent = True
    else:
        deal.contract_sent = True
    deal.touched |= Topic.DOCUMENTS

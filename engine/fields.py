"""The closed catalogue of what conditions may ask: of a deal (`budget.status`) or an event (`event.minutes`)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from engine import events as e
from engine import readings as r
from engine.deal import Topic
from signals import (
    BudgetStatus,
    ChampionStatus,
    DateChange,
    DateRole,
    Element,
    MilestoneKind,
    PricingStatus,
    Relation,
    StakeholderChange,
    StakeholderRole,
)

__all__ = ["FIELDS", "Field", "Kind"]


class Kind(StrEnum):
    NUMBER = "number"
    FLAG = "flag"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Field:
    """`said` names it in a sentence; `options` are the only texts that it can be. A field of the event at hand names in
    `on` the triggers whose events have it."""

    kind: Kind
    topics: int
    said: str
    read: r.Read
    options: frozenset[str] | None = None
    on: tuple[str, ...] = ()

    @property
    def of_event(self) -> bool:
        return bool(self.on)


def number(topics: int, said: str, read: r.Read) -> Field:
    return Field(Kind.NUMBER, topics, said, read)


def flag(topics: int, said: str, read: r.Read) -> Field:
    return Field(Kind.FLAG, topics, said, read)


def text(topics: int, said: str, read: r.Read, options: type[StrEnum] | None = None) -> Field:
    return Field(Kind.TEXT, topics, said, read, None if options is None else frozenset(options))


def of_event(on: tuple[str, ...], kind: Kind, said: str, read: r.Read, options: Iterable[str] | None = None) -> Field:
    return Field(kind, 0, said, read, None if options is None else frozenset(options), on=on)


TALKS = ("activity.call", "activity.meeting")
PAPERS = ("document.sent", "document.viewed", "esign.sent", "esign.completed", "esign.declined")
MONEY = ("signal.budget", "signal.pricing")
MEETS = Topic.PEOPLE | Topic.ACTIVITY

FIELDS: dict[str, Field] = {
    "emails.inbound": number(Topic.ACTIVITY, "e-mails received", lambda d, _: d.inbound),
    "emails.outbound": number(Topic.ACTIVITY, "e-mails sent", lambda d, _: d.outbound),
    "emails.exchanged": number(Topic.ACTIVITY, "e-mails exchanged", lambda d, _: d.inbound + d.outbound),
    "calls.with_contact": number(Topic.ACTIVITY, "calls with a contact", lambda d, _: d.calls_with_contact),
    "meetings.held": number(Topic.ACTIVITY, "meetings held", lambda d, _: d.meetings_held),
    "meetings.scheduled": number(Topic.ACTIVITY, "meetings scheduled", lambda d, _: len(d.booked)),
    "conversations.longest_minutes": number(
        Topic.ACTIVITY, "minutes of the longest call or meeting", lambda d, _: d.longest_minutes
    ),
    "demo.buyer_attendees": number(Topic.ACTIVITY, "buyers in the best attended demo", lambda d, _: d.demo_attendees),
    "engagement.deepens": flag(Topic.ACTIVITY | Topic.TIME, "engagement deepens", r.deepens),
    "contacts.known": flag(MEETS, "a contact is known", r.contact_known),
    "contacts.role_known": flag(Topic.PEOPLE, "a buyer's title or role is known", r.role_known),
    "stakeholders.with_role": number(Topic.PEOPLE, "stakeholders with a role", r.stakeholders_with_role),
    "economic_buyer.engaged": flag(MEETS, "the economic buyer is engaged", r.engaged("economic_buyer")),
    "decision_maker.engaged": flag(MEETS, "a decision maker is engaged", r.engaged("decision_maker")),
    "champion.advocating": flag(Topic.PEOPLE, "a champion advocates", lambda d, _: r.advocated(d)),
    "budget.status": text(Topic.BUDGET, "the budget", lambda d, _: d.budget, BudgetStatus),
    "budget.has_amount": flag(Topic.BUDGET, "an amount is known", lambda d, _: d.budget_amount is not None),
    "budget.amount": number(Topic.BUDGET | Topic.CRM, "the budget", lambda d, _: r.comparable(d.budget_amount, d)),
    "budget.off_expected": number(
        Topic.BUDGET | Topic.CRM, "the budget's distance from the expected amount", r.off_expected
    ),
    "pricing.status": text(Topic.PRICING, "pricing", lambda d, _: d.pricing, PricingStatus),
    "pricing.counter_off_quote": number(
        Topic.PRICING | Topic.CRM, "the counter's distance from the quote", r.counter_off_quote
    ),
    "pricing.agreed_off_quote": number(
        Topic.PRICING | Topic.CRM, "the agreed price's distance from the quote", r.agreed_off_quote
    ),
    "dates.timeline_days": number(Topic.DATES, "days that the timeline leaves open", r.timeline_days),
    "dates.close_to_the_day": flag(Topic.DATES, "a close date to the day is known", r.close_to_the_day),
    "dates.go_live_known": flag(Topic.DATES, "a go-live date is known", lambda d, _: DateRole.GO_LIVE in d.dates),
    "dates.next_step_ahead": flag(
        Topic.DATES | Topic.TIME, "a next step's date is ahead", lambda d, _: d.next_step_until is not None
    ),
    "competitors.known": flag(Topic.COMPETITORS, "a competitor is known", lambda d, _: bool(d.competitors)),
    "document.proposal_sent": flag(Topic.DOCUMENTS, "the proposal was sent", lambda d, _: d.proposal_sent),
    "document.proposal_viewed": flag(Topic.DOCUMENTS, "the proposal was viewed", lambda d, _: d.proposal_viewed),
    "document.contract_sent": flag(Topic.DOCUMENTS, "the contract is out for signature", lambda d, _: d.contract_sent),
    "document.contract_signed": flag(Topic.DOCUMENTS, "the contract is signed", lambda d, _: d.signed),
    "deal.lead_score": number(Topic.CRM, "the lead score", r.number_of("lead_score")),
    "deal.amount": number(Topic.CRM, "the amount", r.number_of("amount")),
    "deal.competitive": flag(Topic.COMPETITORS, "the deal is competitive", lambda d, _: "competitive" in d.flags),
    "deal.lost_on_budget": flag(Topic.CRM | Topic.BUDGET, "the deal was lost on budget", r.lost_on_budget),
    "event.minutes": of_event(TALKS, Kind.NUMBER, "minutes", r.conversation(lambda body: body.minutes)),
    "event.purpose": of_event(TALKS, Kind.TEXT, "the purpose", r.conversation(lambda body: body.purpose), e.Purpose),
    "event.document": of_event(PAPERS, Kind.TEXT, "the document", r.event_document, e.DocumentKind),
    "event.milestone": of_event(("milestone",), Kind.TEXT, "the milestone", r.event_milestone, MilestoneKind),
    "event.status": of_event(
        ("signal.budget", "signal.pricing", "signal.champion"),
        Kind.TEXT,
        "the status",
        r.of_signal("status"),
        (*BudgetStatus, *PricingStatus, *ChampionStatus),
    ),
    "event.change": of_event(
        ("signal.date", "signal.stakeholder"),
        Kind.TEXT,
        "the change",
        r.of_signal("change"),
        (*StakeholderChange, *DateChange),
    ),
    "event.role": of_event(
        ("signal.date", "signal.stakeholder"),
        Kind.TEXT,
        "the role",
        r.of_signal("role"),
        (*DateRole, *StakeholderRole),
    ),
    "event.role_known": of_event(("signal.stakeholder",), Kind.FLAG, "the person has a role", r.event_role_known),
    "event.relation": of_event(("signal.competitor",), Kind.TEXT, "the relation", r.of_signal("relation"), Relation),
    "event.amount": of_event(MONEY, Kind.NUMBER, "the amount", r.event_amount),
    "event.has_amount": of_event(MONEY, Kind.FLAG, "an amount was said", r.event_has_amount),
    "event.days": of_event(("signal.date",), Kind.NUMBER, "days that the date leaves open", r.event_days),
    "event.champion_left": of_event(
        ("signal.champion", "signal.stakeholder"), Kind.FLAG, "the one who left was a champion", r.champion_left
    ),
}
FIELDS |= {
    f"deal.{name}": flag(Topic.CRM, f"{said} is known", r.known(name))
    for name, said in {
        "account": "the account",
        "industry": "the industry",
        "size": "the size",
        "owner": "the owner",
        "amount_known": "the amount",
        "loss_reason": "the loss reason",
        "lost_to": "who it was lost to",
        "lessons": "the lessons learned",
    }.items()
}
FIELDS |= {
    f"milestone.{kind.value}": flag(Topic.MILESTONES, f"{kind.value.replace('_', ' ')} is done", r.happened(kind))
    for kind in MilestoneKind
}
FIELDS |= {
    f"qualification.{element.value}": flag(
        Topic.ELEMENTS, f"{element.value.replace('_', ' ')} is documented", r.documented(element)
    )
    for element in Element
}

"""How each field of a condition is read from a deal or an event; `fields.py` names them all.

Money that is not in the deal's currency, or is per user or month, is not comparable: its field is then unknown.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

from engine import events as e
from engine.deal import Deal, key_of
from signals import (
    Budget,
    BudgetStatus,
    Champion,
    ChampionStatus,
    DateRole,
    Element,
    KeyDate,
    MilestoneKind,
    Money,
    Per,
    Pricing,
    Stakeholder,
    StakeholderChange,
)

Value = bool | int | float | Decimal | str | None
Read = Callable[[Deal, e.Event], Value]
COMPARABLE = (Per.TOTAL, Per.YEAR)
TIMELINE = (DateRole.CLOSE, DateRole.GO_LIVE, DateRole.BUDGET_CYCLE)


def comparable(money: Money | None, deal: Deal) -> Decimal | None:
    """The figure that an amount counts by, or None where it cannot be compared with the deal's."""
    if money is None or money.currency != deal.currency or money.per not in COMPARABLE:
        return None
    return money.middle


def off_expected(deal: Deal, _: e.Event) -> Value:
    """How far the budget is from the expected amount, as a share of it; 0 where none is expected."""
    if deal.budget_amount is None:
        return None
    if not deal.expected:
        return 0
    figure = comparable(deal.budget_amount, deal)
    return None if figure is None else abs(figure - deal.expected) / deal.expected


def off_quote(money: Money | None, deal: Deal) -> Decimal | None:
    quote, figure = comparable(deal.quote, deal), comparable(money, deal)
    if quote is None or figure is None or not quote:
        return None
    return abs(figure - quote) / quote


def counter_off_quote(deal: Deal, _: e.Event) -> Value:
    return off_quote(deal.counter, deal)


def agreed_off_quote(deal: Deal, _: e.Event) -> Value:
    return off_quote(deal.agreed, deal)


def timeline_days(deal: Deal, _: e.Event) -> Value:
    """The length of the sharpest stated close, go-live or budget-cycle date."""
    return min((deal.dates[role].days for role in TIMELINE if role in deal.dates), default=None)


def stakeholders_with_role(deal: Deal, _: e.Event) -> Value:
    return sum(1 for p in deal.people.values() if p.side_buyer and p.role is not None and not p.left)


# Plain loops in what follows: they run for every event, and any() over a generator takes twice as long.
def role_known(deal: Deal, _: e.Event) -> Value:
    for person in deal.people.values():
        if (person.title or person.role) and person.side_buyer and person.contact and not person.left:
            return True
    return False


def contact_known(deal: Deal, _: e.Event) -> Value:
    for person in deal.people.values():  # noqa: SIM110
        if person.contact and person.side_buyer and not person.left:
            return True
    return False


def close_to_the_day(deal: Deal, _: e.Event) -> Value:
    stated = deal.dates.get(DateRole.CLOSE)
    return stated is not None and stated.days == 1


def lost_on_budget(deal: Deal, _: e.Event) -> Value:
    """Lost for want of money: the loss reason says so, or the last word on the budget was that there is none."""
    reason = str(deal.facts.get("loss_reason") or "").casefold()
    if reason:
        return any(word in reason for word in ("budget", "funding", "money", "afford"))
    return deal.budget in (BudgetStatus.NONE, BudgetStatus.CANCELLED)


def engaged(*roles: str) -> Read:
    def read(deal: Deal, _: e.Event) -> Value:
        for person in deal.people.values():
            if person.engaged and person.role in roles and not person.left and person.side_buyer:
                return True
        return False

    return read


def advocated(deal: Deal) -> bool:
    for person in deal.people.values():  # noqa: SIM110
        if person.champion is ChampionStatus.ADVOCATING and not person.left:
            return True
    return False


def known(name: str) -> Read:
    def read(deal: Deal, _: e.Event) -> Value:
        value = deal.facts.get("amount" if name == "amount_known" else name)
        return value is not None and value != ""

    return read


def number_of(name: str) -> Read:
    def read(deal: Deal, _: e.Event) -> Value:
        value = deal.facts.get(name)
        return value if isinstance(value, int | float | Decimal) else None

    return read


def happened(kind: MilestoneKind) -> Read:
    return lambda deal, _: kind in deal.milestones


def documented(element: Element) -> Read:
    return lambda deal, _: element in deal.elements


def deepens(deal: Deal, _: e.Event) -> Value:
    recent = len(deal.touches) - deal.from_14
    return recent > deal.from_14 - deal.from_28


def conversation(read: Callable[[e.Conversation], Value]) -> Read:
    return lambda _, event: read(event.body) if isinstance(event.body, e.Conversation) else None


def event_amount(deal: Deal, event: e.Event) -> Value:
    signal = event.body.signal if isinstance(event.body, e.SignalHeard) else None
    return comparable(signal.amount, deal) if isinstance(signal, Budget | Pricing) else None


def event_has_amount(_: Deal, event: e.Event) -> Value:
    signal = event.body.signal if isinstance(event.body, e.SignalHeard) else None
    return isinstance(signal, Budget | Pricing) and signal.amount is not None


def event_days(_: Deal, event: e.Event) -> Value:
    signal = event.body.signal if isinstance(event.body, e.SignalHeard) else None
    return signal.period.days if isinstance(signal, KeyDate) else None


def of_signal(name: str) -> Read:
    """A field of the signal heard, as text; None where it has none of that name."""

    def read(_: Deal, event: e.Event) -> Value:
        value = getattr(event.body.signal, name, None) if isinstance(event.body, e.SignalHeard) else None
        return value if isinstance(value, str) else None

    return read


def event_milestone(_: Deal, event: e.Event) -> Value:
    if isinstance(event.body, e.MilestoneRecorded):
        return event.body.kind
    return of_signal("kind")(_, event)


def event_document(_: Deal, event: e.Event) -> Value:
    return getattr(event.body, "document", None)


def event_role_known(deal: Deal, event: e.Event) -> Value:
    """Whether the stakeholder of the signal has a role, from the signal or from before."""
    signal = event.body.signal if isinstance(event.body, e.SignalHeard) else None
    if not isinstance(signal, Stakeholder):
        return None
    person = deal.people.get(key_of(signal.person or signal.title or ""))
    return signal.role is not None or (person is not None and person.role is not None)


def champion_left(deal: Deal, event: e.Event) -> Value:
    """Whether the signal tells of a departure of somebody who is or was a champion."""
    signal = event.body.signal if isinstance(event.body, e.SignalHeard) else None
    if isinstance(signal, Champion):
        return signal.status is ChampionStatus.LOST
    if not isinstance(signal, Stakeholder) or signal.change is not StakeholderChange.LEFT:
        return None
    person = deal.people.get(key_of(signal.person or signal.title or ""))
    return person is not None and person.champion is not None

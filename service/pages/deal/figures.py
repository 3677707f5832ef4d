"""A deal's figures: the probability and what it is made of, what would raise it, health, money and the close date."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from engine import DecisionType, Pipeline, what_if
from engine.close_date import close_date_of
from engine.deal import Deal
from engine.health import COMPONENTS, pace
from service.flows.deal_now import DealNow
from service.pages.deal.wording import day, money, number, plain, signed
from signals import Money
from signals.money import Per

__all__ = [
    "Chance",
    "CloseDateView",
    "DateChange",
    "Part",
    "WhatIf",
    "budget_of",
    "chance_of",
    "close_date_of_deal",
    "range_of",
]

WHAT = {
    "engagement": "touches with the buyer in the last weeks",
    "contacts": "the buyer's people who took part lately",
    "champion": "somebody who sells it inside",
    "gates": "gates met in this stage, and ahead of it",
    "risks": "rivals ahead, money at risk, silence",
}
BASES = {
    "stated": "as the buyer stated it",
    "automatic": "from the stage's usual time and the pace of contact; nobody has stated a day",
    "awaits approval": "until the manager approves a later one",
    "closed": "the day on which it was closed",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One summand. `start` and `width` place its bar on a scale from 0 to 100; `tone` is base, good, bad or none."""

    name: str
    what: str
    points: str
    tone: str
    start: float
    width: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WhatIf:
    text: str
    component: str
    points: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chance:
    """`sum` tells how the parts come to the probability, bounds included; `rep` is what the rep sees."""

    probability: str
    parts: tuple[Part, ...]
    sum: str
    what_ifs: tuple[WhatIf, ...]
    rep: str
    health: str
    health_tone: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DateChange:
    """One change of a date: `whose` is the close date's, the rep's or a request for one."""

    at: str
    whose: str
    before: str
    after: str
    rule: str
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CloseDateView:
    day: str
    left: str
    basis: str
    original: str
    rep: str
    stable: str
    changes: tuple[DateChange, ...]


def chance_of(deal: Deal, pipeline: Pipeline) -> Chance:
    stage = pipeline.stages[deal.stage]
    closed = stage.closed is not None
    changes = [
        WhatIf(text=f"With {said(c.if_)}", component=c.component, points=signed(c.points))
        for c in what_if(deal, pipeline)
    ]
    rep = deal.facts.get("rep_probability")
    return Chance(
        probability=number(deal.probability),
        parts=() if closed else tuple(parts(deal, pipeline)),
        sum=f"A closed deal has {stage.probability} %." if closed else summed(deal, pipeline),
        what_ifs=tuple(changes),
        rep=f"{number(rep)} %" if isinstance(rep, int | float) else "",
        health=signed(deal.health),
        health_tone=tone(deal.health),
    )


def said(change: str) -> str:
    """The engine names gates by their ids."""
    return change.replace("_", " ")


def tone(points: float) -> str:
    return "good" if points > 0 else "bad" if points < 0 else "none"


def parts(deal: Deal, pipeline: Pipeline) -> Iterator[Part]:
    """The stage's own probability, the five components of health and what people earned, as a staircase."""
    stage = pipeline.stages[deal.stage]
    yield Part(
        name=f"Stage {plain(stage.id).lower()}",
        what="what a deal in this stage begins with",
        points=number(stage.probability),
        tone="base",
        start=0.0,
        width=float(stage.probability),
    )
    at = float(stage.probability)
    earned = deal.increments.get(deal.stage, 0)
    summands = [(plain(name), WHAT[name], points) for name, points in zip(COMPONENTS, deal.components, strict=True)]
    for name, what, points in [*summands, ("People", "stakeholders and executives won in this stage", earned)]:
        low, high = sorted((at, at + points))
        low, high = max(0.0, low), min(100.0, high)
        yield Part(
            name=name,
            what=what,
            points=signed(points),
            tone=tone(points),
            start=low,
            width=max(0.0, high - low),
        )
        at += points


def summed(deal: Deal, pipeline: Pipeline) -> str:
    """The sum in a sentence, with the bounds that took part in it."""
    stage, health = pipeline.stages[deal.stage], sum(deal.components)
    earned = deal.increments.get(deal.stage, 0)
    said = f"{stage.probability} of the stage, {signed(deal.health)} of health and {signed(earned)} of people"
    bounds = []
    if health != deal.health:
        bounds.append(f"health is bounded at ±{pipeline.health.bound} (it would be {signed(health)})")
    total = stage.probability + deal.health + earned
    if total > stage.cap:
        bounds.append(f"this stage is capped at {stage.cap} (it would be {number(total)})")
    if total < 0:
        bounds.append("it is never below 0")
    return f"{said} make {number(deal.probability)}" + (": " + "; ".join(bounds) if bounds else "") + "."


def close_date_of_deal(now: DealNow, pipeline: Pipeline, at: dt.datetime) -> CloseDateView:
    deal, close = now.deal, now.deal.close
    # As of the newest event, as the board, the forecast and the API have it: an automatic date follows the days.
    in_force = close_date_of(deal, pipeline, deal.now)
    today = pipeline.calendar.day(at)
    return CloseDateView(
        day=day(in_force),
        left="" if in_force is None or close.real is not None else days_off((in_force - today).days),
        basis=BASES[basis(deal)] + pace_said(deal, pipeline),
        original=day(close.original),
        rep=day(close.rep) if close.rep is not None else "",
        stable=f"changed {close.changes} time{'' if close.changes == 1 else 's'}",
        changes=tuple(reversed([*date_changes(now)])),
    )


def basis(deal: Deal) -> str:
    close = deal.close
    if close.real is not None:
        return "closed"
    if close.frozen is not None:
        return "awaits approval"
    return "stated" if close.stated is not None else "automatic"


def pace_said(deal: Deal, pipeline: Pipeline) -> str:
    if basis(deal) != "automatic":
        return ""
    return f" (the pace is {('slow', 'steady', 'fast')[pace(deal, pipeline)]})"


def days_off(days: int) -> str:
    if days == 0:
        return "today"
    return f"in {days} day{'' if days == 1 else 's'}" if days > 0 else f"{-days} day{'' if days == -1 else 's'} ago"


def date_changes(now: DealNow) -> Iterator[DateChange]:
    """What changed a date, or asked for it, in order of time."""
    for decision in now.history:
        whose = whose_date(decision.type, decision.data.get("field"), decision.data.get("kind"))
        if whose is not None:
            yield DateChange(
                at=day(decision.at),
                whose=whose,
                before=shown_day(decision.source),
                after=shown_day(decision.to),
                rule=decision.rule,
                why=decision.why,
            )


def whose_date(type: DecisionType, field: object, kind: object) -> str | None:
    if type is DecisionType.CLOSE_DATE_MOVED:
        return "moved"
    if type is DecisionType.FIELD_UPDATED and field == "rep_close_date":
        return "rep's"
    return "asked for" if type is DecisionType.APPROVAL_REQUESTED and kind == "close_date" else None


def shown_day(value: object) -> str:
    return day(dt.date.fromisoformat(value)) if isinstance(value, str) else "–"


def budget_of(deal: Deal) -> str:
    """The buyer's budget: "Approved, $120,000 a year"; empty where nobody told one."""
    if deal.budget is None:
        return ""
    told = plain(deal.budget.value)
    return told if deal.budget_amount is None else f"{told}, {range_of(deal.budget_amount)}"


def range_of(amount: Money) -> str:
    low, high = amount.low, amount.high
    per = "" if amount.per is Per.TOTAL else f" a {amount.per.value}"
    if low is not None and low == high:
        return f"{money(low, amount.currency)}{per}"
    if low is None:
        return f"up to {money(high, amount.currency)}{per}"
    if high is None:
        return f"from {money(low, amount.currency)}{per}"
    return f"{money(low, amount.currency)} to {money(high, amount.currency)}{per}"

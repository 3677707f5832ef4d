"""Alerts: what people are told, once for one cause. They never move a deal."""

from __future__ import annotations

import datetime as dt

from engine.deal import Deal
from engine.decisions import DecisionType, iso
from engine.parts import AlertRule
from engine.pipeline import Pipeline
from engine.step import Step

SILENCES = ("no_contact", "stale", "inactive")
# A meeting is past when it has begun and nobody told that it was held: held at its very moment, it is none of these.
PAST = dt.timedelta(seconds=1)
OVERSTAYS = ("stage_1_5x", "stage_2x")


def silent_since(deal: Deal, name: str) -> dt.datetime:
    return deal.last_touch if name == "no_contact" else deal.last_activity


def silence_due(deal: Deal, pipeline: Pipeline, name: str) -> dt.datetime:
    """When a silence becomes too long: counted from the end of a pause or of a close, and not
    while a booked meeting is to come."""
    since = silent_since(deal, name)
    if deal.resumed_at is not None and deal.resumed_at > since:
        since = deal.resumed_at
    due = since + pipeline.silences[name]
    if deal.booked:
        due = max(due, max(deal.booked.values()) + PAST)
    if deal.booking_ended_at is not None and deal.booking_ended_at > due:
        due = deal.booking_ended_at
    return due


def overstay_due(deal: Deal, pipeline: Pipeline, name: str) -> dt.datetime | None:
    after = pipeline.overstays[deal.stage].get(name)
    if after is None or (name == "stage_2x" and deal.justified):
        return None
    due = deal.entered_at + after
    return due if deal.resumed_at is None else max(due, deal.resumed_at)


def past_day(deal: Deal) -> tuple[dt.date, dt.datetime | None] | None:
    """The day whose passing is told, with the moment before which nobody could know: the buyer's day or the one that
    waits for the manager; where neither is, the rep's."""
    close = deal.close
    day = close.frozen or close.stated
    if day is not None:
        return day, None
    return None if close.rep is None else (close.rep, close.rep_since)


def past_due(deal: Deal, pipeline: Pipeline) -> dt.datetime | None:
    past = past_day(deal)
    if past is None or deal.close.past_alerted == past[0]:
        return None
    due = pipeline.calendar.after(past[0])
    return max(due, deal.created_at, *(floor for floor in (past[1], deal.resumed_at) if floor is not None))


def tell_silence(step: Step, name: str, due: dt.datetime) -> None:
    deal = step.deal
    rule: AlertRule = getattr(step.pipeline.alerts, name)
    deal.alerted[name] = due
    what = "contact with the buyer" if name == "no_contact" else "activity"
    since = silent_since(deal, name)
    event = deal.last_touch_event if name == "no_contact" else deal.last_activity_event
    why = f"There has been no {what} since {iso(since)}, {rule.after} days or more. {rule.suggest}"
    tell(step, name, rule, why, event, since=since)


def tell_overstay(step: Step, name: str, due: dt.datetime) -> None:
    deal, pipeline = step.deal, step.pipeline
    rule: AlertRule = getattr(pipeline.alerts, name)
    deal.alerted[name] = due
    stage = pipeline.stages[deal.stage]
    why = f"The deal has been in {stage.id} for {rule.after} times its average of {stage.average_days} days."
    why = f"{why} {rule.suggest}"
    tell(step, name, rule, why, deal.entered_event, since=deal.entered_at)


def tell_past(step: Step) -> None:
    deal = step.deal
    past = past_day(deal)
    if past is None:
        return
    deal.close.past_alerted = past[0]
    rule = step.pipeline.alerts.close_date_past
    event = deal.close.stated_event or deal.created_event
    tell(step, "close_date_past", rule, f"The close date, {past[0].isoformat()}, has passed. {rule.suggest}", event)


def tell(step: Step, name: str, rule: AlertRule, why: str, event: str, *, since: dt.datetime | None = None) -> None:
    data = {"to": list(rule.to), "suggest": rule.suggest, "since": None if since is None else iso(since)}
    step.decide(DecisionType.ALERT, f"alert.{name}", why, events=(event,), data=data, cause=(name, step.at))

"""What an entry into a stage sets off, as the pipeline file tells it. The engine only says what is to be done."""

from __future__ import annotations

import datetime as dt

from engine.decisions import DecisionType, iso
from engine.pipeline import Action, Due, Unit
from engine.step import Step
from engine.templates import render


def trigger_workflows(step: Step, rule: str, events: tuple[str, ...]) -> None:
    """One decision for each action of the stage that the deal has just entered."""
    stage = step.pipeline.stages[step.deal.stage]
    for action in stage.actions:
        if action.enabled and not action.loss_pattern and applies(step, action):
            trigger(step, action, rule, events)


def applies(step: Step, action: Action) -> bool:
    return action.test is None or action.test(step.deal, step.event)


def trigger(step: Step, action: Action, rule: str, events: tuple[str, ...]) -> None:
    deal = step.deal
    stage = step.pipeline.stages[deal.stage]
    due = None if action.due is None else due_at(step, action.due)
    title = render(action.title, step)
    data = {
        "action": action.id,
        "kind": action.kind.value,
        "title": title,
        "due": None if due is None else iso(due),
        "to": list(action.to),
        "stage": stage.id,
        "entry": deal.entries,
        "document": action.document,
        "body": None if action.body is None else render(action.body, step),
    }
    why = f"The deal entered {stage.id}, which sets off: {title}."
    step.decide(
        DecisionType.WORKFLOW_TRIGGERED,
        rule,
        why,
        to=stage.id,
        events=events,
        data=data,
        cause=(stage.id, action.id, deal.entries),
    )


def due_at(step: Step, due: Due) -> dt.datetime:
    calendar = step.pipeline.calendar
    match due.unit:
        case Unit.DAYS:
            return calendar.days_after(step.at, due.amount)
        case Unit.BUSINESS_DAYS:
            return calendar.business_days_after(step.at, due.amount)
        case Unit.HOURS:
            return step.at + dt.timedelta(hours=due.amount)

"""What an entry into a stage sets off, as the pipeline file tells it. The engine only says what is to be done."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

from engine.decisions import DecisionType, iso
from engine.parts import Action, Due, Unit
from engine.step import NO_DATA, Step
from engine.templates import render


def trigger_workflows(step: Step, rule: str, events: tuple[str, ...]) -> None:
    """One decision for each action of the stage that the deal has just entered. An action whose condition does not hold
    yet is set off when it does, as long as the deal stays."""
    deal = step.deal
    deal.entered_by = rule
    for action in step.pipeline.stages[deal.stage].actions:
        if not action.enabled or action.loss_pattern:
            continue
        if applies(step, action):
            trigger(step, action, rule, events)
        else:
            deal.pending_actions.append(action.id)


def trigger_pending(step: Step) -> None:
    """Sets off the actions whose condition has come to hold since the entry."""
    deal = step.deal
    for action in step.pipeline.stages[deal.stage].actions:
        if action.id in deal.pending_actions and applies(step, action):
            deal.pending_actions.remove(action.id)
            trigger(step, action, deal.entered_by, ())


def applies(step: Step, action: Action) -> bool:
    return action.test is None or bool(action.test(step.deal, step.event))


def trigger(
    step: Step, action: Action, rule: str, events: tuple[str, ...], extra: Mapping[str, object] = NO_DATA
) -> None:
    deal = step.deal
    stage = step.pipeline.stages[deal.stage]
    due = None if action.due is None else due_at(step, action.due)
    title = render(action.title, step, extra)
    data = {
        "action": action.id,
        "kind": action.kind.value,
        "title": title,
        "due": None if due is None else iso(due),
        "to": list(action.to),
        "stage": stage.id,
        "entry": deal.entries,
        "document": action.document,
        "body": None if action.body is None else render(action.body, step, extra),
    }
    why = f"The deal is in {stage.id}, which sets off: {title}."
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

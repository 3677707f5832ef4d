"""A pattern of losses: one rep's deals that were lost for one reason within some time. It looks across deals, so the
ledger asks it; the fold of one deal never does."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from engine.deal import Deal
from engine.decisions import Decision
from engine.events import Event
from engine.pipeline import Pipeline
from engine.step import Step
from engine.workflows import trigger

__all__ = ["Loss", "loss_of", "loss_of_state", "pattern"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Loss:
    """A lost deal: when, whose, and why. `reason` is compared without case."""

    deal_id: str
    at: dt.datetime
    owner: str
    reason: str


def loss_of(deal: Deal) -> Loss | None:
    """The loss that a deal stands for, once its reason and its owner are known."""
    return loss(deal.id, deal.lost_at, deal.facts.get("owner"), deal.facts.get("loss_reason"))


def loss_of_state(deal_id: str, state: Mapping[str, Any], pipeline: Pipeline) -> Loss | None:
    """The same from a deal's state in its JSON shape."""
    if state["stage"] != pipeline.stages[pipeline.lost].id:
        return None
    return loss(deal_id, dt.datetime.fromisoformat(state["closed_at"]), state["owner"], state["loss_reason"])


def loss(deal_id: str, at: dt.datetime | None, owner: object, reason: object) -> Loss | None:
    if at is None or not isinstance(reason, str) or not isinstance(owner, str):
        return None
    return Loss(deal_id=deal_id, at=at, owner=owner, reason=" ".join(reason.split()).casefold())


def pattern(one: Loss, losses: Iterable[Loss], *, days: int) -> int:
    """How many of the owner's losses for that reason, this one included, fall into so many days that begin or end with
    it; the larger of the two counts."""
    span = dt.timedelta(days=days)
    same = [other.at - one.at for other in losses if (other.owner, other.reason) == (one.owner, one.reason)]
    return max(
        sum(-span <= gap <= dt.timedelta(0) for gap in same), sum(dt.timedelta(0) <= gap <= span for gap in same)
    )


def coach(pipeline: Pipeline, deal: Deal, event: Event, count: int) -> list[Decision]:
    """The actions that a pattern of losses sets off."""
    step = Step(pipeline, deal, event, event.occurred_at)
    step.at = deal.now
    extra = {"losses": count, "loss_days": pipeline.loss_pattern_days, "loss_reason": deal.facts.get("loss_reason")}
    for action in pipeline.stages[deal.stage].actions:
        if action.enabled and action.loss_pattern:
            trigger(step, action, pipeline.lost_rule, (deal.entered_event,), extra)
    return step.decisions

"""Moving a deal from stage to stage: one decision for each move, and what an entry into a stage sets off."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from engine.close_date import close_for_good, follow
from engine.deal import Approval, Topic
from engine.decisions import DecisionType
from engine.gates import GATES, all_met, gate_events, missing_gates
from engine.parts import GatePolicy, Rule
from engine.requirements import flag_missing_data
from engine.step import NO_DATA, Step, words_of
from engine.workflows import trigger_workflows


def advance_by_gates(step: Step, *, rule: str = GATES, target: int | None = None) -> bool:
    """Moves the deal on, one stage at a time, while the stage that it leaves has all its gates met; True if it moved.

    The won stage is never entered so.
    """
    deal, pipeline = step.deal, step.pipeline
    last = pipeline.won - 1 if target is None else min(target, pipeline.won - 1)
    moved = False
    while deal.stage < last and all_met(step, deal.stage):
        here = pipeline.stages[deal.stage].id
        events = gate_events(step, deal.stage)
        there = pipeline.stages[deal.stage + 1].id
        why = f"All gates of {here} are met, so the deal moves on to {there}.{words_of(step)}"
        move(step, deal.stage + 1, rule, why, events=events)
        moved = True
    return moved


def attempt(step: Step, rule: Rule, target: int) -> None:
    """A rule's attempt to advance: under `strict` as far as the gates allow, under `rules` by itself."""
    deal, pipeline = step.deal, step.pipeline
    if deal.stage >= pipeline.won or target <= deal.stage or target >= pipeline.won:
        return
    deal.waits_for_gate = False
    deal.touched |= Topic.GATES
    here, there = pipeline.stages[deal.stage].id, pipeline.stages[target].id
    if rule.policy is GatePolicy.RULES:
        if target == deal.stage + 1:
            move(step, target, rule.id, f"{rule.because} Rule {rule.id} moves the deal to {there}.{words_of(step)}")
        else:
            why = (
                f"{rule.because} Rule {rule.id} would move the deal from {here} to {there}, more than one stage: "
                f"the manager is to approve it.{words_of(step)}"
            )
            ask(step, rule.id, target, why)
        return
    if advance_by_gates(step, rule=rule.id, target=target):
        return
    missing = missing_gates(step, deal.stage)
    if deal.held.get(rule.id) == (deal.stage, missing):
        return
    deal.held[rule.id] = (deal.stage, missing)
    why = f"{rule.because} The advance to {there} is held: {here} still lacks {', '.join(missing)}.{words_of(step)}"
    step.decide(
        DecisionType.ADVANCE_HELD,
        rule.id,
        why,
        source=here,
        to=there,
        data={"missing": list(missing)},
        cause=(deal.entries, missing),
    )


def ask(step: Step, rule: str, target: int, why: str, *, by: str | None = None, reason: str | None = None) -> None:
    """Asks the manager for a move of more than one stage."""
    deal, pipeline = step.deal, step.pipeline
    if any(a.kind == "move" and a.rule == rule and a.to == target for a in deal.approvals):
        return
    approval = Approval(
        kind="move",
        event=step.event.id,
        rule=rule,
        to=target,
        at=step.at,
        reason=reason,
        by=by,
    )
    for other in deal.approvals:
        if other.since is not None:
            other.since.discard(step.event.id)
    deal.approvals.append(approval)
    here, there = pipeline.stages[deal.stage].id, pipeline.stages[target].id
    data = {"approval": step.event.id, "kind": "move", "to": ["manager"], "by": by, "reason": reason}
    step.decide(
        DecisionType.APPROVAL_REQUESTED, rule, why, source=here, to=there, data=data, cause=("move", step.event.id)
    )


def move(
    step: Step,
    target: int,
    rule: str,
    why: str,
    *,
    events: tuple[str, ...] = (),
    data: Mapping[str, Any] = NO_DATA,
    up: bool | None = None,
) -> None:
    """Moves the deal. `up` says whether it counts as an advance; without it, a later stage is one."""
    deal, pipeline = step.deal, step.pipeline
    source = deal.stage
    up = target > source if up is None else up
    kind = DecisionType.STAGE_ADVANCED if up else DecisionType.STAGE_REGRESSED
    step.decide(
        kind,
        rule,
        why,
        source=pipeline.stages[source].id,
        to=pipeline.stages[target].id,
        events=events,
        data=data,
        cause=target,
    )
    deal.stage, deal.entered_at = target, step.at
    deal.entered_event = events[-1] if step.timed and events else step.cause()
    deal.entries += 1
    deal.touched |= Topic.GATES
    deal.justified = False
    deal.waits_for_gate = not up
    deal.held.clear()
    deal.pending_actions.clear()
    deal.alerted.pop("stage_1_5x", None)
    deal.alerted.pop("stage_2x", None)
    deal.approvals = [a for a in deal.approvals if a.kind != "move" or a.to > target]
    step.move = rule
    if pipeline.stages[target].closed is not None:
        close(step)
    elif pipeline.stages[source].closed is not None:
        reopen(step)
    follow(step)
    flag_missing_data(step, entered=True)
    if up:
        trigger_workflows(step, rule, events)


def close(step: Step) -> None:
    """What ends with a deal: everything that waited; what begins: the loss reason's time."""
    deal, pipeline = step.deal, step.pipeline
    deal.closed_at = step.at
    close_for_good(step)
    if deal.stage == pipeline.lost:
        deal.lost_at = step.at
        deal.loss_due = pipeline.calendar.business_days_after(step.at, pipeline.loss_reason_days)
    for waiting in deal.scheduled:
        step.decide(
            DecisionType.REGRESSION_CANCELLED,
            waiting.rule,
            f"The deal is closed, so the regression that was due for {waiting.person} is dropped.",
            events=waiting.events,
            data={"regression": waiting.event, "person": waiting.person},
            cause=waiting.event,
        )
        if waiting.key in deal.departures:
            deal.departures[waiting.key].settled = True
    deal.scheduled.clear()
    deal.approvals.clear()


def reopen(step: Step) -> None:
    deal = step.deal
    deal.closed_at = deal.lost_at = deal.loss_due = None
    deal.close.real = deal.close.accuracy = None
    deal.flags.pop("loss_reason_missing", None)
    # Nobody spoke with the buyer while it was closed: silence counts from the reopening.
    deal.resumed_at = step.at

"""What people decide: overrides, approvals granted or refused, regressions stopped, long stays justified."""

from __future__ import annotations

from engine import events as e
from engine.close_date import grant_extension, refuse_extension
from engine.deal import Approval
from engine.departures import cancel
from engine.moves import ask, move
from engine.step import Step

OVERRIDE = "override.stage"


def overridden(step: Step, to: str, *, by: str | None, reason: str | None, approved: str | None) -> None:
    """A person moves the deal: one stage up, down or out by themselves; further up with the manager's approval."""
    deal, pipeline = step.deal, step.pipeline
    target = pipeline.index(to)
    if target == deal.stage:
        return
    here = pipeline.stages[deal.stage].id
    said = f"{by or 'A person'} moves the deal from {here} to {to}: {reason or 'no reason was given'}."
    skips = target - deal.stage > 1 and target != pipeline.lost and deal.stage < pipeline.won
    if skips and approved is None:
        ask(
            step,
            OVERRIDE,
            target,
            f"{said} That is more than one stage: the manager is to approve it.",
            by=by,
            reason=reason,
        )
        return
    override(step, target, said, by=by, reason=reason, approved_by=approved)


def override(
    step: Step,
    target: int,
    said: str,
    *,
    by: str | None,
    reason: str | None,
    approved_by: str | None,
    events: tuple[str, ...] = (),
) -> None:
    deal, pipeline = step.deal, step.pipeline
    rule = pipeline.lost_rule if target == pipeline.lost else OVERRIDE
    # From a closed stage, whatever is open lies behind; between the closed ones, won is the better end.
    up = target > deal.stage if deal.stage < pipeline.won else target >= pipeline.won
    data = {"by": by, "reason": reason, "approved_by": approved_by, "override": True}
    move(step, target, rule, said, data=data, up=up, events=events)


def taken(step: Step, name: str) -> list[Approval]:
    """The approvals that wait under that id; they wait no longer."""
    found = [a for a in step.deal.approvals if a.event == name or name in a.also]
    step.deal.approvals = [a for a in step.deal.approvals if a not in found]
    return found


def granted(step: Step, body: e.ApprovalGranted) -> None:
    deal, pipeline = step.deal, step.pipeline
    for approval in taken(step, body.approval):
        if approval.kind == "close_date":
            grant_extension(step, approval)
        elif approval.to > deal.stage and deal.stage < pipeline.won:
            there = pipeline.stages[approval.to].id
            said = f"{body.by or 'The manager'} approved the move to {there}" + (
                f": {body.reason}." if body.reason else "."
            )
            if approval.rule == OVERRIDE:
                override(
                    step,
                    approval.to,
                    said,
                    by=approval.by,
                    reason=approval.reason,
                    approved_by=body.by,
                    events=(approval.event,),
                )
            else:
                move(step, approval.to, approval.rule, said, events=(approval.event,), data={"approved_by": body.by})


def refused(step: Step, body: e.ApprovalRefused) -> None:
    for approval in taken(step, body.approval):
        if approval.kind == "close_date":
            refuse_extension(step, approval)


def regression_stopped(step: Step, body: e.RegressionOverride) -> None:
    for waiting in [w for w in step.deal.scheduled if w.event == body.regression]:
        because = f"{body.by or 'A person'} stopped it ({body.reason or 'no reason was given'})"
        cancel(step, waiting, because, by=body.by, reason=body.reason)


def justified(step: Step) -> None:
    """The long stay is explained: its cause is gone until the stage is entered anew."""
    step.deal.justified = True

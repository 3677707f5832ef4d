"""What people decide, or leave undecided: overrides, approvals granted, refused or expired, regressions stopped."""

from __future__ import annotations

from engine import events as e
from engine.close_date import grant_extension, refuse_extension
from engine.deal import Approval, Deal
from engine.decisions import DecisionType, iso
from engine.departures import cancel
from engine.moves import ask, move
from engine.step import Step, ended

OVERRIDE = "override.stage"


def overridden(step: Step, to: str, *, by: str | None, reason: str | None, approved: str | None) -> None:
    """A person moves the deal: one stage up, down or out by themselves; further up with the manager's approval."""
    deal, pipeline = step.deal, step.pipeline
    target = pipeline.index(to)
    if target == deal.stage:
        return
    here = pipeline.stages[deal.stage].id
    said = ended(f"{by or 'A person'} moves the deal from {here} to {to}: {reason or 'no reason was given'}")
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


def heard(deal: Deal, event: str) -> None:
    """One more event since time asked for something: an answer may name it."""
    for approval in deal.approvals:
        if approval.since is not None:
            approval.since.add(event)


def taken(step: Step, name: str) -> list[Approval]:
    """The approvals that wait under that id, or else since before that event; they wait no longer."""
    waiting = step.deal.approvals
    found = [a for a in waiting if a.event == name] or [a for a in waiting if a.since is not None and name in a.since]
    step.deal.approvals = [a for a in waiting if a not in found]
    return found


def granted(step: Step, body: e.ApprovalGranted) -> None:
    deal, pipeline = step.deal, step.pipeline
    for approval in taken(step, body.approval):
        if approval.kind == "close_date":
            grant_extension(step, approval)
        elif approval.to > deal.stage and deal.stage < pipeline.won:
            there = pipeline.stages[approval.to].id
            said = ended(f"{body.by or 'The manager'} approved the move to {there}{because(body.reason)}")
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
        said = f"{body.by or 'The manager'} refused {asked(step, approval)}{because(body.reason)}"
        drop(step, approval, "refused", said, by=body.by, reason=body.reason)


def expire(step: Step, approval: Approval) -> None:
    """Nobody has answered in time: as if it were refused, and told to rep and manager."""
    step.deal.approvals.remove(approval)
    days = step.pipeline.approvals_expire_days
    said = f"Nobody has answered in {days} days, so {asked(step, approval)} is no longer asked for"
    drop(step, approval, "expired", said, by=None, reason=None)


def drop(step: Step, approval: Approval, how: str, said: str, *, by: str | None, reason: str | None) -> None:
    """What was asked for is not done; the deal stays as it is."""
    if approval.kind == "close_date":
        refuse_extension(step, approval)
    step.decide(
        DecisionType.FIELD_UPDATED,
        approval.rule,
        ended(said),
        source="waiting",
        to=how,
        events=(approval.event,),
        data={
            "field": "approval",
            "approval": approval.event,
            "kind": approval.kind,
            "asked_at": iso(approval.at),
            "to": ["rep", "manager"],
            "by": by,
            "reason": reason,
        },
        cause=("approval", approval.event, how),
    )


def asked(step: Step, approval: Approval) -> str:
    if approval.kind == "move":
        return f"the move to {step.pipeline.stages[approval.to].id}"
    return f"the close date {approval.day}" if approval.stated else "the later close date"


def because(reason: str | None) -> str:
    return f": {reason}" if reason else ""


def regression_stopped(step: Step, body: e.RegressionOverride) -> None:
    for waiting in [w for w in step.deal.scheduled if w.event == body.regression]:
        said = f"{body.by or 'A person'} stopped it ({body.reason or 'no reason was given'})"
        cancel(step, waiting, said, by=body.by, reason=body.reason)


def justified(step: Step) -> None:
    """The long stay is explained: its cause is gone until the stage is entered anew."""
    step.deal.justified = True

"""The fold: a deal's events, one after the other, into its state and the decisions taken on the way."""

from __future__ import annotations

import datetime as dt
from typing import assert_never

from engine import close_date, points
from engine import events as e
from engine.alerts import silence_due
from engine.approvals import granted, heard, justified, overridden, refused, regression_stopped
from engine.deal import Deal, Topic
from engine.decisions import Decision, DecisionType
from engine.departures import look_for_replacements, regress
from engine.facts import take
from engine.gates import look_at_gates
from engine.health import COMPONENTS, assess, slide_windows
from engine.moves import advance_by_gates, attempt
from engine.notes import signature_declined, update_budget, update_close_date
from engine.parts import Rule
from engine.pipeline import Pipeline
from engine.requirements import flag_missing_data, set_flag
from engine.signing import closed_by_rule
from engine.step import Step
from engine.timers import next_due, next_window, windows_slide
from engine.workflows import trigger_pending, trigger_workflows

# Events that only put off what is due.
TOUCHES = (e.Email, e.Conversation)
HEALTH = "health"
OFF = "rep_probability_off"


def begin(pipeline: Pipeline, event: e.Event, heard_at: dt.datetime) -> tuple[Deal, list[Decision]]:
    """A new deal from its `deal.created`; a retracted creation leaves a deal of which nothing is known."""
    at = event.occurred_at
    deal = Deal(
        id=event.deal_id,
        created_at=at,
        created_event=event.id,
        now=at,
        entered_at=at,
        entered_event=event.id,
        last_touch=at,
        last_touch_event=event.id,
        last_activity=at,
        last_activity_event=event.id,
    )
    deal.gates = [False] * len(pipeline.gates)
    deal.gate_events = [""] * len(pipeline.gates)
    body = event.body
    facts = body.facts if isinstance(body, e.DealCreated) else None
    if facts is not None and facts.stage is not None:
        deal.stage = pipeline.index(facts.stage)
    step = Step(pipeline, deal, event, heard_at)
    trigger = take(step)
    deal.probability = assess(deal, pipeline, at)
    close_date.begin(step, None if facts is None else facts.close_date)
    if deal.stage >= pipeline.won:
        deal.closed_at, deal.close.real = at, pipeline.calendar.day(at)
    flag_missing_data(step, entered=True)
    if deal.stage == 0 and facts is not None:
        trigger_workflows(step, trigger, ())
    conclude(step, trigger)
    look_ahead(deal, pipeline)
    pass_time(step, at)
    return deal, step.decisions


def proceed(pipeline: Pipeline, deal: Deal, event: e.Event, heard_at: dt.datetime) -> list[Decision]:
    """One more event: first what time has brought by then, then the event itself, then what is due because of it."""
    step = Step(pipeline, deal, event, heard_at)
    pass_time(step, event.occurred_at)
    deal.now = max(deal.now, event.occurred_at)
    if deal.approvals:
        heard(deal, event.id)
    if isinstance(event.body, e.Clock):
        return step.decisions  # time has come, and nothing else
    step.at = deal.now
    # A touch only puts off what was due, so the bound stays good; it is looked at again when it is reached.
    puts_off = what_time_rests_on(deal) if isinstance(event.body, TOUCHES) else None
    trigger = take(step)
    if event.occurred_at < deal.now:
        slide_windows(deal, pipeline, step.at)
    conclude(step, trigger)
    if puts_off is None or puts_off != what_time_rests_on(deal):
        look_ahead(deal, pipeline)
    pass_time(step, deal.now)
    return step.decisions


def pass_time(step: Step, until: dt.datetime) -> None:
    """Does everything that is due by `until`, each at its moment."""
    deal, pipeline = step.deal, step.pipeline
    step.timed = True
    while True:
        window, bound = deal.next_window, deal.next_due
        if window is not None and window <= until and (bound is None or window < bound):
            step.at = deal.now = max(deal.now, window)
            if windows_slide(step):
                settle(step)
                look_ahead(deal, pipeline)
            deal.next_window = next_window(deal, pipeline)
        elif bound is not None and bound <= until:
            due = next_due(deal, pipeline)
            if due is not None and due[0] <= bound:
                step.at = deal.now = max(deal.now, due[0])
                if due[2](step, due[0]):
                    settle(step)
            look_ahead(deal, pipeline)
        else:
            break
    step.timed = False


def look_ahead(deal: Deal, pipeline: Pipeline) -> None:
    due = next_due(deal, pipeline)
    deal.next_due = None if due is None else due[0]


def conclude(step: Step, trigger: str) -> None:
    """Everything that follows from the event at hand, in the order in which it is told."""
    deal, body = step.deal, step.event.body
    look_at_gates(step)
    look_for_replacements(step)
    run_rules(step, trigger)
    run_event(step, body)
    settle(step)
    deal.next_window = next_window(deal, step.pipeline)


def what_time_rests_on(deal: Deal) -> tuple[object, ...]:
    """What decides when something is due, beside silence."""
    close = deal.close
    date = (close.offset, close.stated, close.frozen, close.automatic_alerted)
    return (deal.entries, deal.resumed_at, len(deal.approvals), date)


def run_rules(step: Step, trigger: str) -> None:
    """The rules that listen: first what they note and earn, which belongs to the stage before a move; then moves."""
    deal, event, pipeline = step.deal, step.event, step.pipeline
    fired = [rule for rule in pipeline.rules_on.get(trigger, ()) if rule.test is None or rule.test(deal, event)]
    if not fired:
        return
    for rule in fired:
        note(step, rule)
    if step.earned:
        settle_probability(step)
    for rule in fired:
        advance = rule.advance
        if advance is None or (advance.source is not None and pipeline.index(advance.source) != deal.stage):
            continue
        if advance.test is None or advance.test(deal, event):
            attempt(step, rule, deal.stage + 1 if advance.to is None else pipeline.index(advance.to))
    for rule in fired:
        if rule.regress is not None:
            regress(step, rule, rule.regress)
        if rule.closes is not None:
            closed_by_rule(step, rule, rule.closes)


def note(step: Step, rule: Rule) -> None:
    if rule.update == "budget":
        update_budget(step, rule)
    elif rule.update == "close_date":
        update_close_date(step, rule)
    if rule.flag is not None:
        set_flag(step, rule.flag, rule.id, f"{rule.because} The deal is flagged {rule.flag}.")
    if rule.points is not None and step.deal.stage < step.pipeline.won:
        points.earn_points(step, rule, rule.points)


def run_event(step: Step, body: e.Body) -> None:
    """What an event of a person's or a system's own does, beside the rules."""
    match body:
        case (
            e.Email()
            | e.SignalHeard()
            | e.Conversation()
            | e.DealCreated()
            | e.MeetingScheduled()
            | e.MeetingCancelled()
            | e.ContactAdded()
            | e.MilestoneRecorded()
            | e.DocumentSent()
            | e.DocumentViewed()
            | e.EsignSent()
            | e.EsignCompleted()
            | e.Retraction()
            | e.Clock()
        ):
            pass  # facts only
        case e.StageOverride():
            overridden(step, body.to, by=body.by, reason=body.reason, approved=body.approved_by)
        case e.DealUpdated(facts=facts):
            if "close_date" in facts.said:
                close_date.rep_says(step, facts.close_date)
            if facts.stage is not None:
                overridden(step, facts.stage, by=step.event.source or "crm", reason="as the CRM says", approved="crm")
        case e.RegressionOverride():
            regression_stopped(step, body)
        case e.ApprovalGranted():
            granted(step, body)
        case e.ApprovalRefused():
            refused(step, body)
        case e.StageJustified():
            justified(step)
        case e.EsignDeclined():
            signature_declined(step, body)
        case _:
            assert_never(body)


def settle(step: Step) -> None:
    """Lets the deal come to rest: gates, moves by gates, close date, required data, probability."""
    deal, pipeline = step.deal, step.pipeline
    if step.timed:
        look_at_gates(step)
    if deal.touched & Topic.GATES and not deal.waits_for_gate:
        advance_by_gates(step)
    if deal.stale and (deal.stage >= pipeline.won or step.at < silence_due(deal, pipeline, "stale")):
        deal.stale = False
        deal.touched |= Topic.RISKS
    close_date.follow(step)
    flag_missing_data(step, entered=False)
    if "loss_reason_missing" in deal.flags and deal.facts.get("loss_reason"):
        del deal.flags["loss_reason_missing"]
    if deal.pending_actions and deal.touched:
        trigger_pending(step)
    settle_probability(step)
    deal.touched = 0


def settle_probability(step: Step) -> None:
    deal = step.deal
    components, old = deal.components, deal.probability
    deal.probability = assess(deal, step.pipeline, step.at)
    if old != deal.probability:
        tell_probability(step, components, old)
    step.earned.clear()
    step.move = None
    flag_rep_probability(step)


def tell_probability(step: Step, components: tuple[int, ...], old: float) -> None:
    """Tells how the probability has changed from the `old` one, and what of the components and increments did."""
    deal, stage = step.deal, step.pipeline.stages[step.deal.stage]
    moved = zip(COMPONENTS, components, deal.components, strict=True)
    changed = [f"{name} {before:+d} → {after:+d}" for name, before, after in moved if before != after]
    changed += [f"{rule} {worth:+d}" for rule, worth in step.earned]
    if step.move is not None:
        changed.append(f"stage {stage.id}")
    step.decide(
        DecisionType.PROBABILITY_CHANGED,
        step.earned[0][0] if step.earned else step.move or HEALTH,
        f"The probability is {deal.probability} instead of {old}: {', '.join(changed) or 'within its bounds'}.",
        source=old,
        to=deal.probability,
        data={
            "base": stage.probability,
            "health": {"total": deal.health, "components": dict(zip(COMPONENTS, deal.components, strict=True))},
            "increments": deal.increments.get(deal.stage, 0),
            "earned": [{"rule": name, "points": worth} for name, worth in step.earned],
        },
    )


def flag_rep_probability(step: Step) -> None:
    deal, pipeline = step.deal, step.pipeline
    told = deal.facts.get("rep_probability")
    if not isinstance(told, int | float) or deal.stage >= pipeline.won:
        deal.flags.pop(OFF, None)
        return
    if abs(told - deal.probability) > pipeline.rep_probability_off:
        far = f"more than {pipeline.rep_probability_off} points from {deal.probability}"
        why = f"The rep puts the probability at {told:g}, {far}."
        set_flag(step, OFF, f"flag.{OFF}", why, data={"rep": told, "probability": deal.probability})
    else:
        deal.flags.pop(OFF, None)

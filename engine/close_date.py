"""The close date: the buyer's stated day while it holds, else one that moves with today.

The automatic date is `today + offset`, where the offset is the stage's average times a multiplier for the pace. It
moves with every day, whether or not an event comes on that day; only a jump (another stage, another pace, a stated day
that has passed) can be an extension that waits for the manager.
"""

from __future__ import annotations

import datetime as dt

from engine.deal import Approval, Deal, Topic
from engine.decisions import DecisionType
from engine.health import pace
from engine.pipeline import Pipeline
from engine.requirements import set_flag
from engine.step import Step, words_of

AUTOMATIC = "close_date.automatic"
REPS = "close_date.rep"
MOVED = "alert.close_date_moved"
UNSTABLE = "close_date_unstable"


def close_date_of(deal: Deal, pipeline: Pipeline, now: dt.datetime) -> dt.date | None:
    """The date in force: the real one of a closed deal, None where the pipeline knows no average."""
    close = deal.close
    if close.real is not None:
        return close.real
    return close.frozen or close.stated or automatic(deal, pipeline.calendar.day(now))


def automatic(deal: Deal, today: dt.date) -> dt.date:
    return today + dt.timedelta(days=deal.close.offset)


def offset_now(deal: Deal, pipeline: Pipeline) -> int:
    """Days from today to the automatic date, at the present stage and pace."""
    return pipeline.offsets[deal.stage][pace(deal, pipeline)]


def begin(step: Step, day: dt.date | None) -> None:
    """The close date of a new deal: the CRM's date is the original; without one, the first automatic date is."""
    deal = step.deal
    deal.close.rep = deal.close.original = day
    deal.close.offset = offset_now(deal, step.pipeline)
    if deal.close.original is None:
        deal.close.original = automatic(deal, step.pipeline.calendar.day(step.at))


def state_day(step: Step, day: dt.date, rule: str, because: str) -> None:
    """The buyer has stated the day of the close: it holds from now on, or waits where it is a long extension."""
    deal, pipeline = step.deal, step.pipeline
    close = deal.close
    today = pipeline.calendar.day(step.at)
    if day < today or close.real is not None:
        return
    before = close_date_of(deal, pipeline, step.at)
    drop_extensions(deal)
    if before is not None and (day - before).days > pipeline.close_date.approval_days:
        if close.stated is None:
            close.frozen = before
        ask_extension(step, rule, before, day, f"{because} The buyer stated {day.isoformat()}", stated=True)
        return
    hold(step, day, rule, before, f"{because} The close date is {day.isoformat()}, as the buyer stated it.")


def hold(
    step: Step, day: dt.date, rule: str, before: dt.date | None, why: str, *, events: tuple[str, ...] = ()
) -> None:
    """Puts a stated day in force."""
    close = step.deal.close
    known = close.last_stated or close.rep
    close.frozen, close.refused = None, None
    close.stated, close.last_stated, close.stated_event = day, day, step.event.id
    moved(step, rule, before, day, f"{why}{words_of(step)}", events=events)
    if known is not None and known != day:
        count_change(step, rule)
    alert_if_far(step, day, by_itself=False)


def moved(
    step: Step, rule: str, before: dt.date | None, day: dt.date, why: str, *, events: tuple[str, ...] = ()
) -> None:
    if before == day:
        return
    step.decide(
        DecisionType.CLOSE_DATE_MOVED,
        rule,
        why,
        source=None if before is None else before.isoformat(),
        to=day.isoformat(),
        events=events,
        cause=day,
    )


def count_change(step: Step, rule: str) -> None:
    close, rules = step.deal.close, step.pipeline.close_date
    close.changes += 1
    if close.changes >= rules.unstable_changes:
        why = f"The close date has changed {close.changes} times: it is unstable."
        set_flag(step, UNSTABLE, rule, why, data={"changes": close.changes})
        step.deal.touched |= Topic.RISKS


def alert_if_far(step: Step, day: dt.date, *, by_itself: bool) -> None:
    """Tells the rep when the date in force is far from the original: the automatic one once, a stated one again only
    after it was near."""
    deal, pipeline = step.deal, step.pipeline
    close, limit = deal.close, pipeline.close_date.alert_days
    if close.original is None:
        return
    distance = (day - close.original).days
    if abs(distance) <= limit:
        if not by_itself:
            close.stated_alerted = False
        return
    if deal.paused_at is not None or (close.automatic_alerted if by_itself else close.stated_alerted):
        return
    if by_itself:
        close.automatic_alerted = True
    else:
        close.stated_alerted = True
    alert = pipeline.alerts.close_date_moved
    how = "later" if distance > 0 else "earlier"
    whose = "The automatic close date" if by_itself else "The close date"
    why = f"{whose}, {day.isoformat()}, is {abs(distance)} days {how} than the original {close.original.isoformat()}."
    data = {"to": list(alert.to), "suggest": alert.suggest, "days": distance, "automatic": by_itself}
    step.decide(
        DecisionType.ALERT,
        MOVED,
        why,
        source=close.original.isoformat(),
        to=day.isoformat(),
        events=(deal.entered_event,) if by_itself else (),
        data=data,
        cause=(by_itself, day),
    )


def rep_says(step: Step, day: dt.date | None) -> None:
    """The CRM's date is the rep's: kept beside, and a change of it is a change."""
    deal = step.deal
    before, deal.close.rep = deal.close.rep, day
    if day is None or day == before:
        return
    deal.close.rep_since = step.at
    step.decide(
        DecisionType.FIELD_UPDATED,
        REPS,
        f"The rep's close date is now {day.isoformat()}.",
        source=None if before is None else before.isoformat(),
        to=day.isoformat(),
        data={"field": "rep_close_date"},
        cause=("rep_close_date", day),
    )
    if before is not None:
        count_change(step, REPS)


def close_for_good(step: Step) -> None:
    """The deal is closed: the real date, and by how many days each of the others missed it (later ones are above 0)."""
    deal = step.deal
    close = deal.close
    real = step.pipeline.calendar.day(step.at)
    close.real = real
    days = {
        "stated": close.last_stated,
        "automatic": automatic(deal, real),
        "rep": close.rep,
        "original": close.original,
    }
    close.accuracy = {name: None if day is None else (day - real).days for name, day in days.items()}


def follow(step: Step) -> None:
    """Follows the stage, the pace and the days: the automatic date, and what is due because of it."""
    deal, pipeline = step.deal, step.pipeline
    close = deal.close
    if close.real is not None:
        return
    rests_on = (offset_now(deal, pipeline), close.stated, close.frozen)
    if not step.timed and close.frozen is None and rests_on == close.followed:
        return
    close.followed = rests_on
    today = pipeline.calendar.day(step.at)
    passed = close.stated is not None and close.stated < today
    before = close_date_of(deal, pipeline, step.at)
    if passed:
        close.stated = None
    close.offset = offset_now(deal, pipeline)
    if close.stated is not None:
        return
    day = automatic(deal, today)
    if before is None:
        return
    waits = any(a.kind == "close_date" and a.stated for a in deal.approvals)
    far = (day - before).days > pipeline.close_date.approval_days
    if waits or far:
        close.frozen = before
        if not waits and close.refused != basis(deal) and not any(a.kind == "close_date" for a in deal.approvals):
            ask_extension(step, AUTOMATIC, before, day, f"The automatic close date is {day.isoformat()}", stated=False)
        return
    if close.frozen is not None:
        close.frozen = None
        drop_extensions(deal)
        moved(step, AUTOMATIC, before, day, f"The close date follows the pace again: {day.isoformat()}.")
    elif passed:
        why = f"{before.isoformat()}, the day that the buyer stated, has passed: the date is {day.isoformat()} for now."
        moved(step, AUTOMATIC, before, day, why, events=(close.stated_event,) if close.stated_event else ())
    alert_if_far(step, day, by_itself=True)


def basis(deal: Deal) -> tuple[object, ...]:
    """What an automatic extension rests on; one that was refused is not asked for again on the same."""
    return (deal.entries, deal.close.offset, deal.close.frozen)


def ask_extension(step: Step, rule: str, before: dt.date, day: dt.date, what: str, *, stated: bool) -> None:
    deal, pipeline = step.deal, step.pipeline
    days = (day - before).days
    asker = who_asks(step)
    since: set[str] | None = set() if step.timed else None
    deal.approvals.append(
        Approval(kind="close_date", event=asker, since=since, rule=rule, day=day, stated=stated, at=step.at)
    )
    why = (
        f"{what}, {days} days after {before.isoformat()}, more than {pipeline.close_date.approval_days}: until the "
        f"manager approves, {before.isoformat()} stays.{words_of(step) if stated else ''}"
    )
    data = {"approval": asker, "kind": "close_date", "to": ["manager"], "days": days}
    step.decide(
        DecisionType.APPROVAL_REQUESTED,
        rule,
        why,
        source=before.isoformat(),
        to=day.isoformat(),
        events=(asker,),
        data=data,
        cause=("extension", asker, stated),
    )


def who_asks(step: Step) -> str:
    """The event that asks for an extension: where time brings it, the one that moved the deal or stated the day that
    has passed, else the last touch; so that it does not matter which event brought the time."""
    stated = step.deal.close.stated_event
    return stated if step.timed and stated is not None and not step.move else step.cause()


def drop_extensions(deal: Deal) -> None:
    deal.approvals = [a for a in deal.approvals if a.kind != "close_date"]


def grant_extension(step: Step, approval: Approval) -> None:
    """A granted extension takes effect: the stated day, or the automatic date as it is now."""
    deal, pipeline = step.deal, step.pipeline
    before = close_date_of(deal, pipeline, step.at)
    today = pipeline.calendar.day(step.at)
    deal.close.frozen = None
    if approval.stated and approval.day is not None and approval.day >= today:
        why = f"The manager approved it: the close date is {approval.day.isoformat()}."
        hold(step, approval.day, approval.rule, before, why, events=(approval.event,))
        return
    deal.close.stated = None
    day = automatic(deal, today)
    why = f"The manager approved it: the close date is {day.isoformat()} for now."
    moved(step, approval.rule, before, day, why, events=(approval.event,))


def refuse_extension(step: Step, approval: Approval) -> None:
    """A refused extension is dropped. What a stated day had frozen moves again; an automatic one stays where it is."""
    deal = step.deal
    if approval.stated:
        deal.close.frozen = None
    else:
        deal.close.refused = basis(deal)

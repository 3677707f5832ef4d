"""What time brings to a deal: found by looking ahead, and done at the moment when it was due.

Nothing here depends on how often a clock event comes: an event at some time first brings everything that was due by
then, in order of due time.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from functools import partial

from engine import alerts, approvals, close_date
from engine.deal import Approval, Deal, Scheduled, Topic
from engine.departures import fall_due
from engine.health import contacts, pace, slide_windows
from engine.pipeline import Pipeline
from engine.readings import deepens
from engine.requirements import set_flag
from engine.step import Step

Do = Callable[[Step, dt.datetime], bool]
Due = tuple[dt.datetime, int, Do]


def next_window(deal: Deal, pipeline: Pipeline) -> dt.datetime | None:
    """When the next touch or contact falls out of its window."""
    first = deal.contact_expiry
    touches = deal.touches
    recent, longer, _ = pipeline.windows
    if deal.from_14 < len(touches):
        due = touches[deal.from_14] + recent
        if first is None or due < first:
            first = due
    if deal.from_28 < len(touches):
        due = touches[deal.from_28] + longer
        if first is None or due < first:
            first = due
    return first


def next_due(deal: Deal, pipeline: Pipeline) -> Due | None:
    """The earliest thing that time will bring; of several at one moment, the first by their order."""
    first: Due | None = None
    for due in coming(deal, pipeline):
        if first is None or due[0] < first[0] or (due[0] == first[0] and due[1] < first[1]):
            first = due
    return first


def coming(deal: Deal, pipeline: Pipeline) -> list[Due]:
    found: list[Due] = []
    if deal.loss_due is not None and not deal.facts.get("loss_reason"):
        found.append((deal.loss_due, 0, loss_reason_is_due))
    if deal.stage >= pipeline.won:
        return found
    for waiting in deal.scheduled:
        found.append((waiting.due, 1, partial(regression_is_due, waiting)))
    if deal.next_step_until is not None:
        found.append((pipeline.calendar.after(deal.next_step_until), 2, next_step_is_past))
    if deal.paused_at is None:
        add_alerts(found, deal, pipeline)
    if deal.close.stated is not None:
        found.append((pipeline.calendar.after(deal.close.stated), 11, stated_day_is_past))
    if pipeline.approvals_expire_days is not None:
        lasting = dt.timedelta(days=pipeline.approvals_expire_days)
        found.extend((asked.at + lasting, 13, partial(approval_expires, asked)) for asked in deal.approvals)
    return found


def add_alerts(found: list[Due], deal: Deal, pipeline: Pipeline) -> None:
    past = alerts.past_due(deal, pipeline)
    if past is not None:
        found.append((past, 3, close_date_is_past))
    alerted = deal.alerted
    for name, order, do in OVERSTAYS:
        due = alerts.overstay_due(deal, pipeline, name)
        if due is not None and alerted.get(name) != due:
            found.append((due, order, do))
    for name, order, do in SILENCES:
        due = alerts.silence_due(deal, pipeline, name)
        if alerted.get(name) != due:
            found.append((due, order, do))
    close = deal.close
    if not close.automatic_alerted and close.frozen is None and close.stated is None and close.original is not None:
        ahead = close.original + dt.timedelta(days=pipeline.close_date.alert_days + 1 - close.offset)
        found.append((pipeline.calendar.begins(ahead), 12, automatic_date_drifts))


def loss_reason_is_due(step: Step, _: dt.datetime) -> bool:
    step.deal.loss_due = None
    why = f"The deal is lost, and {step.pipeline.loss_reason_days} business days later nobody has said why."
    rule = step.pipeline.lost_rule
    set_flag(step, "loss_reason_missing", rule, why, events=(step.deal.entered_event,))
    return True


def regression_is_due(waiting: Scheduled, step: Step, _: dt.datetime) -> bool:
    fall_due(step, waiting)
    return True


def next_step_is_past(step: Step, _: dt.datetime) -> bool:
    step.deal.next_step_until = None
    step.deal.touched |= Topic.DATES | Topic.TIME
    return True


def close_date_is_past(step: Step, _: dt.datetime) -> bool:
    alerts.tell_past(step)
    return False


def overstay_is_due(name: str, step: Step, due: dt.datetime) -> bool:
    alerts.tell_overstay(step, name, due)
    return False


def silence_is_due(name: str, step: Step, due: dt.datetime) -> bool:
    alerts.tell_silence(step, name, due)
    if name == "stale":
        step.deal.stale = True
        step.deal.touched |= Topic.RISKS
    return name == "stale"


def stated_day_is_past(step: Step, _: dt.datetime) -> bool:
    close_date.follow(step)
    return False


def approval_expires(approval: Approval, step: Step, _: dt.datetime) -> bool:
    approvals.expire(step, approval)
    return True


def automatic_date_drifts(step: Step, _: dt.datetime) -> bool:
    day = close_date.automatic(step.deal, step.pipeline.calendar.day(step.at))
    close_date.alert_if_far(step, day, by_itself=True)
    return False


def windows_slide(step: Step) -> bool:
    """Touches and contacts fall out of their windows; true only where that tells anything."""
    deal, pipeline = step.deal, step.pipeline
    before = (pace(deal, pipeline), deepens(deal, step.event))
    slide_windows(deal, pipeline, step.at)
    tells = before != (pace(deal, pipeline), deepens(deal, step.event)) or deal.from_14 == len(deal.touches)
    if not tells and deal.contact_expiry is not None and deal.contact_expiry <= step.at:
        tells = contacts(deal, pipeline, step.at) != deal.components[1]
    if tells:
        deal.touched |= Topic.TIME
    return tells


OVERSTAYS = tuple((name, n, partial(overstay_is_due, name)) for n, name in enumerate(alerts.OVERSTAYS, start=4))
SILENCES = tuple((name, n, partial(silence_is_due, name)) for n, name in enumerate(alerts.SILENCES, start=6))

"""What a late event or a retraction has changed: told by one correction, so that nothing sent is unsent silently."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from typing import Any

from engine.close_date import close_date_of
from engine.deal import Deal
from engine.decisions import Decision, DecisionType, iso
from engine.events import Event, Retraction
from engine.pipeline import Pipeline

RETRACTION, LATE = "retraction", "late_event"
MOVES = (DecisionType.STAGE_ADVANCED, DecisionType.STAGE_REGRESSED)
SHOWN = 12


def key(decision: Decision) -> tuple[object, ...]:
    """What makes two decisions the same one, whenever it was taken."""
    return (decision.type, decision.rule, str(decision.source), str(decision.to), decision.cause)


def correct(
    pipeline: Pipeline,
    before: Deal,
    after: Deal,
    taken: list[Decision],
    right: list[Decision],
    event: Event,
    newest: dt.datetime | None,
) -> list[Decision]:
    """The decisions that come out when a deal was folded again: those that are new, then a correction of those that no
    longer hold. `taken` is what the former fold decided, `right` what the new one does."""
    earlier: dict[tuple[object, ...], list[Decision]] = defaultdict(list)
    for decision in taken:
        if decision.type is not DecisionType.PROBABILITY_CHANGED:
            earlier[key(decision)].append(decision)
    added: list[Decision] = []
    shifted: list[tuple[Decision, Decision]] = []
    for decision in right:
        if decision.type is DecisionType.PROBABILITY_CHANGED:
            continue
        same = earlier.get(key(decision))
        if not same:
            added.append(decision)
        elif (former := same.pop(0)).at != decision.at:
            shifted.append((former, decision))
    withdrawn = [decision for decision in taken if any(decision is left for left in earlier.get(key(decision), ()))]
    # What the event itself brings is news; moves, and what follows at other events, change what was told before.
    rewritten = [decision for decision in added if decision.type in MOVES or event.id not in decision.events]
    if before.probability != after.probability:
        added.extend([d for d in right if d.type is DecisionType.PROBABILITY_CHANGED][-1:])
    if withdrawn or shifted or rewritten:
        at = event.occurred_at if newest is None else newest
        added.append(correction(pipeline, before, after, event, at, withdrawn, shifted, rewritten))
    return added


def correction(
    pipeline: Pipeline,
    before: Deal,
    after: Deal,
    event: Event,
    at: dt.datetime,
    withdrawn: list[Decision],
    shifted: list[tuple[Decision, Decision]],
    rewritten: list[Decision],
) -> Decision:
    body = event.body
    if isinstance(body, Retraction):
        rule = RETRACTION
        cause = f"{body.by or 'A person'} took back event {body.event} ({body.reason or 'no reason was given'})"
    else:
        rule, cause = LATE, f"Event {event.id} came late, for {iso(event.occurred_at)}"
    parts = [f"{described(decision)} no longer holds" for decision in withdrawn[:SHOWN]]
    parts += [f"{described(now)} belongs to {iso(now.at)} and not to {iso(was.at)}" for was, now in shifted[:SHOWN]]
    parts += [f"{described(decision)} is added at {iso(decision.at)}" for decision in rewritten[:SHOWN]]
    changed = changes(pipeline, before, after, at)
    stages = changed.get("stage", {"from": None, "to": None})
    data = {
        "withdrawn": [brief(decision) for decision in withdrawn],
        "shifted": [{**brief(now), "was_at": iso(was.at)} for was, now in shifted],
        "added": [brief(decision) for decision in rewritten],
        "changed": changed,
        "pipeline": pipeline.label,
        "quotes": [],
    }
    return Decision(
        type=DecisionType.CORRECTION,
        deal_id=after.id,
        at=at,
        rule=rule,
        source=stages["from"],
        to=stages["to"],
        events=tuple(dict.fromkeys((event.id, *((body.event,) if isinstance(body, Retraction) else ())))),
        why=f"{cause}: {'; '.join(parts)}.",
        data=data,
    )


def described(decision: Decision) -> str:
    """A decision in a few words: "stage advanced identified → discovery (gates)"."""
    words = decision.type.value.replace("_", " ")
    if decision.type in (DecisionType.GATE_MET, DecisionType.GATE_LOST):
        return f"{words} {decision.data.get('gate')}"
    if decision.type is DecisionType.WORKFLOW_TRIGGERED:
        return f"{words} “{decision.data.get('title')}”"
    span = f" {decision.source} → {decision.to}" if isinstance(decision.source, str) else ""
    when = f" of {iso(decision.at)}" if decision.type is DecisionType.ALERT else ""
    return f"{words}{span} ({decision.rule}){when}"


def brief(decision: Decision) -> dict[str, Any]:
    out = {"type": decision.type.value, "rule": decision.rule, "at": iso(decision.at)}
    return {**out, "from": decision.source, "to": decision.to, "why": decision.why}


def changes(pipeline: Pipeline, before: Deal, after: Deal, at: dt.datetime) -> dict[str, dict[str, Any]]:
    """The fields of the state that differ."""

    def shown(deal: Deal) -> dict[str, Any]:
        day = close_date_of(deal, pipeline, at)
        return {
            "stage": pipeline.stages[deal.stage].id,
            "probability": deal.probability,
            "close_date": None if day is None else day.isoformat(),
            "entered_stage_at": iso(deal.entered_at),
        }

    old, new = shown(before), shown(after)
    return {name: {"from": old[name], "to": new[name]} for name in old if old[name] != new[name]}
